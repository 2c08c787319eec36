# SPDX-License-Identifier: Apache-2.0
"""The register model of the machine, built from the register map of the hardware."""

from collections.abc import Collection, Mapping

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

# Bits by register; one without any has a field `value` of 32 bits.
BITS: dict[str, dict[str, rtl.Constant]] = {
    "RegControl": rtl.CONTROL_BITS,
    "RegStatus": rtl.STATUS_BITS,
    "RegMode": rtl.MODE_BITS,
    "RegIrqEnable": rtl.IRQ_BITS,
    "RegIrqStatus": rtl.IRQ_BITS,
    "RegDmaStatus": rtl.DMA.prefixed("DmaStatus"),
    "RegDmaIrqEnable": rtl.DMA.prefixed("DmaIrq"),
    "RegDmaIrqStatus": rtl.DMA.prefixed("DmaIrq"),
}
WIDTHS = {"RegSdpeSelect": 6, "RegFlags": 4}  # of a field `value` that is narrower
OF_THE_BUILD = [name for name, register in rtl.REGISTERS.items() if register.address < 0x40] + ["RegDmaInfo"]
COUNTER_WORDS = 2 * len(rtl.COUNTERS)


class AccessRefusedError(AssertionError):
    """A register access that the specification allows had an error as its response."""


class RegisterModel(uvm_reg_block):
    """All registers of an interface with their fields, accessed over an AXI4-Lite agent.

    A RegisterMirror predicts their values from the accesses at the bus.

    Args:
        sequencer: of the agent.
        table: registers by name.
        changing: RW registers that the hardware changes, too.

    Attributes:
        lasting: registers that keep written values or describe the build, by address.
    """

    def __init__(self, sequencer: uvm_sequencer, table: Mapping[str, rtl.Register], changing: Collection[str]):
        super().__init__("registers")
        self.map = self.create_map("map", 0, 4, uvm_endianness_e.UVM_LITTLE_ENDIAN)
        self._sequencer = sequencer
        self._registers: dict[str, uvm_reg] = {}
        self.lasting: dict[int, uvm_reg] = {}
        for register in table.values():
            model = self._add(register)
            if register.name in OF_THE_BUILD or (register.access == "RW" and register.name not in changing):
                self.lasting[register.address] = model
        self.map.set_sequencer(sequencer, AxilAdapter("adapter"))
        self.map.set_auto_predict(False)
        self.lock_model()

    def _add(self, register: rtl.Register) -> uvm_reg:
        model = uvm_reg(register.name, 32)
        model.configure(self)
        fields = [(name, 1, bit.value) for name, bit in BITS.get(register.name, {}).items()]
        for name, width, low in fields or [("value", WIDTHS.get(register.name, 32), 0)]:
            field = uvm_reg_field(name)
            field.configure(
                model,
                width,
                low,
                register.access,
                volatile=register.access != "RW",
                reset=0,
                has_reset=True,
                is_rand=False,
                individually_accessible=False,
            )
        self.map.add_reg(model, register.address, "RO" if register.access == "RO" else "RW")
        model.reset()
        self._registers[register.name] = model
        return model

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

    def mask(self, name: str) -> int:
        """Return the bits of a register that exist."""
        return sum((1 << field.get_n_bits()) - 1 << field.get_lsb_pos() for field in self._registers[name].get_fields())

    async def counters(self) -> dict[str, int]:
        """Return all performance counters, 64 bits each, read in one go."""
        item = AxilItem(rtl.CONSTANTS["RegCounters"], words=COUNTER_WORDS)
        await AxilSequence(item).start(self._sequencer)
        if not item.okay:
            raise AccessRefusedError("reading the counters was answered with an error")
        return {
            name: item.data[2 * counter.value] | item.data[2 * counter.value + 1] << 32
            for name, counter in rtl.COUNTERS.items()
        }
