# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: every register of an interface, by its access and its bits.

The mirror of the environment compares each read of a register that keeps written values.
"""

import cocotb
from cocotb.handle import SimHandleBase
from pyuvm import uvm_factory

from models.device.registers import ALL_ONES
from tb.agents.axil.item import AxilItem, AxilSequence
from tb.agents.contraction.driver import ContractionDriver
from tb.common import rtl_constants as rtl
from tb.common.bench import start
from tb.env.register_mirror import RegisterMirror
from tb.env.registers import OF_THE_BUILD
from tb.env.test import ContractionTest
from tb.env.top_tests import run_test
from tb.sequences.smoke import SmokeSeq

# A write of these is an order; other tests check its effect.
ORDERS = ("RegControl", "RegRingTail")
# Errors are counted in these.
LOGGED = ("RegError", "RegErrorPlace", "RegErrorCount", "RegStatus")


class RegisterTest(ContractionTest):
    """Has the environment and reaches every register."""

    def of(self, *accesses: str) -> list[rtl.Register]:
        """Return the registers of some kinds of access."""
        return [register for register in self.env.register_table.values() if register.access in accesses]

    @property
    def writable(self) -> list[rtl.Register]:
        """Registers that keep written values."""
        return [
            register
            for register in self.of("RW")
            if register.address in self.env.registers.lasting
            and (register.name != "RegPortion" or self.config.can_split)
        ]

    async def access(self, address: int, write: int | None = None) -> AxilItem:
        item = AxilItem(address, write)
        await AxilSequence(item).start(self.env.axil.sequencer)
        return item

    async def read(self, name: str) -> int:
        return await self.env.registers.read(name)

    async def write(self, name: str, value: int) -> None:
        await self.env.registers.write(name, value)

    async def run_phase(self) -> None:
        self.raise_objection()
        await start(cocotb.top)
        await self.exercise()
        self.drop_objection()

    def connect_phase(self) -> None:
        self.env.scoreboard.check_phase = lambda: None  # nothing is contracted

    def check_phase(self) -> None:
        assert self.env.mirror.compared, "the mirror has compared nothing"

    def export(self, folder) -> None:
        """Write nothing: this is about registers."""


class ResetValues(RegisterTest):
    """All are 0, except the registers of the build, which check_identity() compares."""

    async def exercise(self) -> None:
        await self.check_identity()
        for name in self.env.register_table:
            value = await self.read(name)
            assert value == 0 or name in OF_THE_BUILD, f"{name} is {value:#x} after reset"


class BitBash(RegisterTest):
    """Each bit alone, and all others: it is kept where it exists, and no other changes."""

    async def exercise(self) -> None:
        for register in self.writable:
            for bit in range(32):
                for value in (1 << bit, ALL_ONES ^ 1 << bit):
                    await self.write(register.name, value)
                    read, mask = await self.read(register.name), self.env.registers.mask(register.name)
                    assert read == value & mask, f"{register.name} is {read:#x} after {value:#x}"
            await self.write(register.name, 0)


class ReadOnly(RegisterTest):
    """A write is refused and changes nothing; an order can't be read."""

    async def exercise(self) -> None:
        for register in self.of("RO"):
            before = await self.read(register.name)
            for value in (0, ALL_ONES):
                assert not (await self.access(register.address, value)).okay, f"{register.name} was written"
            after = await self.read(register.name)
            assert after == before or register.name in LOGGED, f"{register.name}: {after:#x}, not {before:#x}"
        assert await self.read("RegErrorCount") == 2 * len(self.of("RO"))
        assert await self.read("RegControl") == 0


class Aliases(RegisterTest):
    """Each register that can be written has a value of its own, whatever order they are written in."""

    async def exercise(self) -> None:
        registers = self.env.registers
        for order in (1, -1):
            values = {
                register.name: (0x9E37_79B9 * (index + 1 + order) & ALL_ONES)
                for index, register in enumerate(self.writable)
            }
            for name in list(values)[::order]:
                await self.write(name, values[name])
            for name, value in values.items():
                assert await self.read(name) == value & registers.mask(name), f"{name} has another's value"


class WriteOneToClear(RegisterTest):
    """What an event has set stays when zeros, or other bits, are written."""

    def connect_phase(self) -> None:
        """Leave the scoreboard as it is."""

    def check_phase(self) -> None:
        """The mirror has nothing of these registers."""

    async def exercise(self) -> None:
        self.seen: set[str] = set()
        driver: ContractionDriver = self.env.contraction.driver
        acknowledge = driver.acknowledge

        async def checked() -> str:
            await self.check_events()
            return await acknowledge()

        driver.acknowledge = checked
        sequence = SmokeSeq()
        sequence.prepare(self.config, self.seed, self.interface)
        await sequence.start(self.env.contraction.sequencer)
        await driver.finished()
        await self.access(rtl.REGISTERS["RegId"].address, 0)  # an error, so that IrqError is set
        await self.check_events()
        if "RegRingTail" in self.env.register_table:  # no ring has this number of slots
            await self.write("RegRingTail", ALL_ONES)
            await self.check_events()
        assert self.seen == {register.name for register in self.of("W1C")}, self.seen

    async def check_events(self) -> None:
        for register in self.of("W1C"):
            held = await self.read(register.name)
            for value in (0, ALL_ONES ^ held):
                await self.write(register.name, value)
                kept = await self.read(register.name)
                assert kept == held, f"{register.name} was {held:#x}, is {kept:#x} after {value:#x}"
            low = held & -held
            await self.write(register.name, low)
            left = await self.read(register.name)
            assert left == held ^ low, f"{register.name} was {held:#x}, is {left:#x} after {low:#x}"
            if held:
                self.seen.add(register.name)


class AlteredMirror(RegisterMirror):
    """A bit of each read arrives changed."""

    def write(self, item: AxilItem) -> None:
        if not item.is_write:
            item.data = [item.data[0] ^ 1]
        super().write(item)


class Broken(Aliases):
    """Must fail."""

    def build_phase(self) -> None:
        uvm_factory().set_type_override_by_type(RegisterMirror, AlteredMirror)
        super().build_phase()


@cocotb.test()
async def broken_mirror(dut: SimHandleBase) -> None:
    await run_test(dut, Broken)


@cocotb.test()
@cocotb.parametrize(kind=[ResetValues, BitBash, ReadOnly, Aliases, WriteOneToClear])
async def registers(dut: SimHandleBase, kind: type) -> None:
    await run_test(dut, kind)
