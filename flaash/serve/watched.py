# SPDX-License-Identifier: Apache-2.0
"""The simulated chip with the memory edge and its driver; each byte that the chip must not write is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cocotb.handle import SimHandleBase

from flaash.driver import Accelerator, Device
from flaash.driver.device import Job
from models.device.layout import COMPLETION, COMPLETION_AT
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
        base, size: of its memory.
        latency: cycles by channel, see BusMemory.

    Attributes:
        bus: the memory at m_axi.
        device: the driver's queue, after open().
    """

    bus_type, device_type = BusMemory, WatchedDevice  # a test's see more

    def __init__(
        self,
        dut: SimHandleBase,
        base: int = 0x1_2345_0000,
        size: int = 1 << 20,
        latency: Mapping[str, int] | None = None,
    ):
        self.bus = self.bus_type(dut, base, size, latency)
        self.memory, self.registers = SimMemory(self.bus), SimRegisters(dut)
        guard(dut, self.registers, lambda: self.bus.moved, self.bus.outstanding, shown=RING)

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
