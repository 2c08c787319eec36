# SPDX-License-Identifier: Apache-2.0
"""Carries out contractions as a host's driver would; what the drivers of both interfaces share."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator

from cocotb.handle import SimHandleBase
from pyuvm import uvm_analysis_port, uvm_driver

from models.device.registers import ALL_ONES, mask
from tb.agents.axil.item import AxilSequence
from tb.agents.contraction.item import ContractionItem, Outcome
from tb.common.stalls import STALLS

READ_BACK = tuple(
    """RegStatus RegError RegErrorPlace RegErrorCount RegFlags RegOrderA RegEntriesA RegFibersA RegOrderB
    RegEntriesB RegFibersB""".split()
)

SOFT_RESET = mask("ControlSoftReset")
BUSY = mask("StatusBusy")


class ContractionDriver(uvm_driver):
    """Takes items, carries them out and reads back; a subclass knows an interface.

    Publishes each item on `items` before it touches the hardware, and its Outcome on `outcomes`.

    Args:
        irq: the interrupt line.
        seed: of every random choice.

    Attributes:
        silence: most cycles in which the contraction in progress only looks for long jobs.

    Before the run `registers`, a RegisterModel, and `stallers` must be set. `stallers` has a function for each
    name in `stalls` of an item: it makes that port pause.
    """

    interrupts = ""  # the register of the interface's interrupts

    def __init__(self, name: str, parent, irq: SimHandleBase, seed: int):
        super().__init__(name, parent)
        self._irq = irq
        self._random = random.Random(seed)
        self._fibers = [0, 0]  # of the operands
        self.silence = 0
        self.registers = None
        self.stallers: dict[str, Callable[[Callable[[], Iterator[bool]] | None], None]] = {}

    def build_phase(self) -> None:
        self.items = uvm_analysis_port("items", self)
        self.outcomes = uvm_analysis_port("outcomes", self)

    async def run_phase(self) -> None:
        while True:
            item = await self.seq_item_port.get_next_item()
            self.items.write(item)
            self.begin(item)
            await self.carry_out(item)
            self.seq_item_port.item_done()

    async def finished(self) -> None:
        """Wait until all items that were taken have ended."""

    async def carry_out(self, item: ContractionItem) -> None:
        """Carry out one item and publish its Outcome."""
        raise NotImplementedError

    def begin(self, item: ContractionItem) -> None:
        """Note the size of the contraction and let the ports pause as the item says."""
        for which, csf in enumerate((item.a, item.b)):
            if csf is not None:
                self._fibers[which] = len(csf.fiber_bounds())
        self.silence = self._fibers[0] * self._fibers[1] if item.long_lines else 0
        for port in self.stallers:
            self.set_stalls(port, item)

    def set_stalls(self, port: str, item: ContractionItem) -> None:
        """Let a port pause as the item says."""
        name = item.stalls.get(port, "none")
        self.stallers[port](None if name == "none" else functools.partial(STALLS[name], self._random))

    async def refused(self, item: ContractionItem) -> list[bool]:
        """Carry out the item's accesses and return which of them were refused."""
        for access in item.accesses:
            await AxilSequence(access).start(self.registers.map.get_sequencer())
        return [not access.okay for access in item.accesses]

    async def status(self, bits: int) -> bool:
        """Return whether a bit of RegStatus is set."""
        return bool(await self.registers.read("RegStatus") & bits)

    async def read_back(self, item: ContractionItem, refused: list[bool], *more: str) -> Outcome:
        """Return what the registers say when an item has ended."""
        values = {name: await self.registers.read(name) for name in (*READ_BACK, *more)}
        return Outcome(item, values, await self.registers.counters(), refused)

    async def acknowledge(self) -> str:
        """Clear what can be cleared by writing ones; return a sentence if that does not work."""
        await self.registers.write("RegFlags", ALL_ONES)
        await self.registers.write(self.interrupts, ALL_ONES)
        left = await self.registers.read(self.interrupts)
        if left or self._irq.value:
            return f"after it was cleared {self.interrupts} is {left:#x} and the line is {self._irq.value}"
        return ""
