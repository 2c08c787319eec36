# SPDX-License-Identifier: Apache-2.0
"""The simulated chip with the memory interface and its driver; each byte that the chip must not write is compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cocotb.handle import SimHandleBase

from flaash.driver import Accelerator, Device
from flaash.driver.device import Job
from models.device.layout import COMPLETION, COMPLETION_AT
from sim.direct import DirectMemory
from sim.guard import RING, guard
from sim.memory import BusMemory, SimMemory
from sim.transport import SimRegisters


class WatchedDevice(Device):
    """A device that knows what the machine may write: see Chip.check().

    Attributes:
        entered: descriptors that were queued, each with the address of its completion record.
    """

    def __init__(self, *arguments: Any):
        super().__init__(*arguments)
        self.entered: list[tuple[Job, int]] = []

    async def _enter(self, jobs: Sequence[Job]) -> None:
        await super()._enter(jobs)
        self.entered += [(job, self.ring.address(job.slot) + COMPLETION_AT) for job in jobs]


class Chip:
    """The simulated chip with its driver.

    Args:
        dut: flaash_memory_top.
        bus: the memory at m_axi.

    Attributes:
        bus: the same.
        device: the driver's queue, after open().
    """

    device_type = WatchedDevice  # a test's sees more

    def __init__(self, dut: SimHandleBase, bus: BusMemory | DirectMemory):
        self.bus = bus
        self.memory, self.registers = SimMemory(bus), SimRegisters(dut)
        guard(dut, self.registers, lambda: bus.moved, bus.outstanding, shown=RING)

    async def open(self, slots: int = 4) -> Accelerator:
        """Return the driver; the chip is out of reset."""
        self.device = await self.device_type.open(self.memory, self.registers, slots)
        return Accelerator(self.device)

    def check(self) -> None:
        """Compare all of the memory but completion records and results, byte by byte."""
        for job, record in self.device.entered:
            buffer, done = job.descriptor.results, job.completion
            written = done.written if done else job.descriptor.capacity
            self.bus.bytes.allowed += [(record, record + COMPLETION), (buffer, buffer + written)]
        self.device.entered.clear()
        self.bus.bytes.check()
