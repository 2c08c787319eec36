# SPDX-License-Identifier: Apache-2.0
"""Carries out contractions over the three ports of the chip, as a host's driver would."""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Callable

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import RisingEdge, Timer
from pyuvm import uvm_analysis_port, uvm_driver, uvm_sequencer

from tb.agents.axil.item import AxilItem, AxilSequence
from tb.agents.axis import FrameSequence
from tb.agents.contraction.item import PORTS, ContractionItem, Outcome
from tb.common import rtl_constants as rtl
from tb.common.stalls import STALLS

READ_BACK = ("RegStatus", "RegError", "RegErrorPlace", "RegErrorCount", "RegFlags", "RegOrderA",
             "RegEntriesA", "RegFibersA", "RegOrderB", "RegEntriesB", "RegFibersB")


def mask(table: dict[str, rtl.Constant], *names: str) -> int:
    """Return the word with these bits set."""
    return sum(1 << table[name].value for name in names)


START = mask(rtl.CONTROL_BITS, "ControlStart")
SOFT_RESET = mask(rtl.CONTROL_BITS, "ControlSoftReset")
LOADING, BUSY = mask(rtl.STATUS_BITS, "StatusLoading"), mask(rtl.STATUS_BITS, "StatusBusy")
DRAINED, ERROR = mask(rtl.IRQ_BITS, "IrqDrained"), mask(rtl.IRQ_BITS, "IrqError")
ALL_IRQS = mask(rtl.IRQ_BITS, *rtl.IRQ_BITS)


class ContractionDriver(uvm_driver):
    """Loads operands, starts, waits for the interrupt and reads back.

    Publishes each item on `items` before it touches the hardware, and its Outcome on `outcomes`.

    Args:
        irq: the interrupt line.
        pack: returns the beats of an operand's frame, from (csf, 0 for A or 1 for B).
        seed: of the stalls.

    Attributes:
        silence: cycles in which the contraction under way may do nothing but look for long jobs, at most.

    Before the run these must be set: `registers`, a RegisterModel; `operands`, the sequencer of the
    operand agent; `stallers`, for each of PORTS the function that makes it pause.
    """

    def __init__(self, name: str, parent, irq: SimHandleBase, pack: Callable, seed: int):
        super().__init__(name, parent)
        self._irq, self._pack = irq, pack
        self._random = random.Random(seed)
        self._portion = 0  # what RegPortion holds; a soft reset leaves it
        self._fibers = [0, 0]  # of the operands
        self.silence = 0
        self.registers = None
        self.operands: uvm_sequencer | None = None
        self.stallers: dict[str, Callable] = {}

    def build_phase(self) -> None:
        self.items = uvm_analysis_port("items", self)
        self.outcomes = uvm_analysis_port("outcomes", self)

    async def run_phase(self) -> None:
        while True:
            item = await self.seq_item_port.get_next_item()
            self.items.write(item)
            self.outcomes.write(await self._contract(item))
            self.seq_item_port.item_done()

    async def _contract(self, item: ContractionItem) -> Outcome:
        for which, csf in enumerate((item.a, item.b)):
            if csf is not None:
                self._fibers[which] = len(csf.fiber_bounds())
        self.silence = self._fibers[0] * self._fibers[1] if item.long_lines else 0
        for port in PORTS:
            self._set_stalls(port, item)
        if item.held:
            self.stallers["result"](functools.partial(itertools.repeat, True))
        registers = self.registers
        await registers.write("RegIrqEnable", DRAINED | ERROR)
        refused = [await self._refused(access) for access in item.accesses]
        await self._load(item)
        if item.start and not item.while_loading:
            await registers.write("RegMode", mask(rtl.MODE_BITS, "ModeDense") if item.dense else 0)
            await registers.write("RegRunLength", item.run_length)
            await registers.write("RegLongLines", item.long_lines)
            if item.portion != self._portion:  # hardware that can't split has no such register
                await registers.write("RegPortion", item.portion)
                self._portion = item.portion
            for _ in range(1 + item.start_twice):
                await registers.write("RegControl", START)
        if item.resets:
            await self._reset(item)
        elif item.start or item.error:
            await self._interrupted(item)
        outcome = Outcome(item, {name: await registers.read(name) for name in READ_BACK},
                          await registers.counters(), refused)
        if item.error:
            await registers.write("RegControl", SOFT_RESET)
        outcome.interrupt = await self._acknowledge()
        return outcome

    def _set_stalls(self, port: str, item: ContractionItem) -> None:
        name = item.stalls.get(port, "none")
        self.stallers[port](None if name == "none" else functools.partial(STALLS[name], self._random))

    async def _refused(self, access: AxilItem) -> bool:
        await AxilSequence(access).start(self.registers.map.get_sequencer())
        return not access.okay

    async def _load(self, item: ContractionItem) -> None:
        """Send the frames and wait until the loader has taken them apart."""
        frames = item.frames
        if frames is None:
            frames = [self._pack(csf, which) for which, csf in enumerate((item.a, item.b))
                      if csf is not None]
        for index, beats in enumerate(frames):
            sending = cocotb.start_soon(FrameSequence(beats).start(self.operands))
            if item.while_loading and index == len(frames) - 1:
                while not await self._status(LOADING):
                    pass
                await self.registers.write("RegControl", mask(rtl.CONTROL_BITS, item.while_loading))
            await sending
        while await self._status(LOADING):
            pass

    async def _status(self, bits: int) -> bool:
        return bool(await self.registers.read("RegStatus") & bits)

    async def _reset(self, item: ContractionItem) -> None:
        """Reset the machine in the middle of its work and wait until it has put that to an end."""
        if item.reset_after is not None:
            if item.reset_after:
                await Timer(item.reset_after, "ns")
            await self.registers.write("RegControl", SOFT_RESET)
            self._set_stalls("result", item)
        while await self._status(BUSY):
            pass

    async def _interrupted(self, item: ContractionItem) -> None:
        """Wait for the interrupt that ends the item; some errors do not end a contraction."""
        while True:
            if not self._irq.value:
                await RisingEdge(self._irq)
            raised = await self.registers.read("RegIrqStatus")
            if raised & DRAINED or (raised & ERROR and not item.drains):
                return
            await self.registers.write("RegIrqEnable", DRAINED)

    async def _acknowledge(self) -> str:
        """Clear what can be cleared by writing ones; return a sentence if that does not work."""
        await self.registers.write("RegFlags", 2**32 - 1)
        await self.registers.write("RegIrqStatus", ALL_IRQS)
        left = await self.registers.read("RegIrqStatus")
        if left or self._irq.value:
            return f"after it was cleared RegIrqStatus is {left:#x} and the line is {self._irq.value}"
        return ""
