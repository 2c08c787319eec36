# SPDX-License-Identifier: Apache-2.0
"""Carries out contractions over the three ports of the chip with streams."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import RisingEdge, Timer
from pyuvm import uvm_sequencer

from models.device.registers import mask
from tb.agents.axis import FrameSequence
from tb.agents.contraction.driver import BUSY, SOFT_RESET, ContractionDriver
from tb.agents.contraction.item import ContractionItem

START = mask("ControlStart")
LOADING = mask("StatusLoading")
DRAINED, ERROR = mask("IrqDrained"), mask("IrqError")


class StreamDriver(ContractionDriver):
    """Loads operands, starts, waits for the interrupt and reads back.

    Args:
        irq, seed: as for ContractionDriver.
        pack: returns the beats of an operand's frame, from (csf, 0 for A or 1 for B).

    Before the run `operands` must be set, the sequencer of the operand agent.
    """

    interrupts = "RegIrqStatus"

    def __init__(self, name: str, parent, irq: SimHandleBase, seed: int, pack: Callable):
        super().__init__(name, parent, irq, seed)
        self._pack = pack
        self._portion = 0  # what RegPortion holds; a soft reset leaves it
        self.operands: uvm_sequencer | None = None

    async def carry_out(self, item: ContractionItem) -> None:
        if item.held:
            self.stallers["result"](functools.partial(itertools.repeat, True))
        registers = self.registers
        await registers.write("RegIrqEnable", DRAINED | ERROR)
        refused = await self.refused(item)
        await self._load(item)
        if item.start and not item.while_loading:
            await registers.write("RegMode", mask("ModeDense") if item.dense else 0)
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
        outcome = await self.read_back(item, refused)
        if item.error:
            await registers.write("RegControl", SOFT_RESET)
        outcome.interrupt = await self.acknowledge()
        self.outcomes.write(outcome)

    async def _load(self, item: ContractionItem) -> None:
        """Send the frames and wait until the loader has taken them apart."""
        frames = item.frames
        if frames is None:
            frames = [self._pack(csf, which) for which, csf in enumerate((item.a, item.b)) if csf is not None]
        for index, beats in enumerate(frames):
            sending = cocotb.start_soon(FrameSequence(beats).start(self.operands))
            if item.while_loading and index == len(frames) - 1:
                while not await self.status(LOADING):
                    pass
                await self.registers.write("RegControl", mask(item.while_loading))
            await sending
        while await self.status(LOADING):
            pass

    async def _reset(self, item: ContractionItem) -> None:
        """Reset the machine in the middle of its work and wait until it has put that to an end."""
        if item.reset_after is not None:
            if item.reset_after:
                await Timer(item.reset_after, "ns")
            await self.registers.write("RegControl", SOFT_RESET)
            self.set_stalls("result", item)
        while await self.status(BUSY):
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
