# SPDX-License-Identifier: Apache-2.0
"""The register model of the machine, built from the register map of the hardware."""

from collections.abc import Mapping

from pyuvm import (
    uvm_endianness_e,
    uvm_reg,
    uvm_reg_block,
    uvm_reg_field,
    uvm_sequencer,
    uvm_status_e,
)

from tb.agents.axil.adapter import AxilAdapter
from tb.agents.axil.item import AxilItem, AxilSequence
from tb.common import rtl_constants as rtl

_RIGHTS = {"RO": "RO", "RW": "RW", "WO": "WO", "W1C": "RW"}
COUNTER_WORDS = 2 * len(rtl.COUNTERS)


class AccessRefusedError(AssertionError):
    """A register access that the specification allows was answered with an error."""


class RegisterModel(uvm_reg_block):
    """All registers of an edge, with one field `value` each, accessed over an AXI4-Lite agent.

    Args:
        sequencer: of the agent.
        table: registers by name.
    """

    def __init__(self, sequencer: uvm_sequencer, table: Mapping[str, rtl.Register]):
        super().__init__("registers")
        self.map = self.create_map("map", 0, 4, uvm_endianness_e.UVM_LITTLE_ENDIAN)
        self._sequencer = sequencer
        self._registers: dict[str, uvm_reg] = {}
        for register in table.values():
            self._add(register)
        self.map.set_sequencer(sequencer, AxilAdapter("adapter"))
        self.map.set_auto_predict(True)
        self.lock_model()

    def _add(self, register: rtl.Register) -> None:
        model = uvm_reg(register.name, 32)
        model.configure(self)
        field = uvm_reg_field("value")
        field.configure(model, 32, 0, register.access, volatile=register.access != "RW", reset=0,
                        has_reset=True, is_rand=False, individually_accessible=False)
        self.map.add_reg(model, register.address, _RIGHTS[register.access])
        self._registers[register.name] = model

    async def read(self, name: str) -> int:
        """Return what a register holds."""
        status, value = await self._registers[name].read(map=self.map)
        if status != uvm_status_e.UVM_IS_OK:
            raise AccessRefusedError(f"reading {name} was answered with an error")
        return int(value)

    async def write(self, name: str, value: int) -> None:
        """Write a register."""
        if await self._registers[name].write(value, map=self.map) != uvm_status_e.UVM_IS_OK:
            raise AccessRefusedError(f"writing {value:#x} to {name} was answered with an error")

    def mirrored(self, name: str) -> int:
        """Return what the model believes a register holds."""
        return int(self._registers[name].get_mirrored_value())

    async def counters(self) -> dict[str, int]:
        """Return all performance counters, 64 bits each, read in one go."""
        item = AxilItem(rtl.CONSTANTS["RegCounters"], words=COUNTER_WORDS)
        await AxilSequence(item).start(self._sequencer)
        if not item.okay:
            raise AccessRefusedError("reading the counters was answered with an error")
        return {name: item.data[2 * counter.value] | item.data[2 * counter.value + 1] << 32
                for name, counter in rtl.COUNTERS.items()}


def status_text(status: int) -> str:
    """Return the names of the bits that are set in RegStatus."""
    names = [name.removeprefix("Status") for name, bit in rtl.STATUS_BITS.items() if status >> bit.value & 1]
    return ", ".join(names) or "idle"
