# SPDX-License-Identifier: Apache-2.0
"""The simulated chip as a transport of the driver: memory by the back door, registers over AXI4-Lite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cocotb.handle import SimHandleBase

from flaash.driver import Accelerator, Device
from flaash.driver.device import Job
from flaash.driver.layout import COMPLETION, COMPLETION_AT
from tb.common.transport import SimRegisters
from tb.edge import coverage
from tb.edge.guard import guard
from tb.edge.memory import BusMemory


class SimMemory:
    """See flaash.driver.Memory; takes no simulated time.

    Args:
        bus: the memory at m_axi.
    """

    def __init__(self, bus: BusMemory):
        self.base, self.size, self._bytes = bus.bytes.base, bus.bytes.size, bus.bytes
        self.bus = bus

    async def read(self, address: int, length: int) -> bytes:
        """Return bytes."""
        return self._bytes.get(address, length)

    async def write(self, address: int, data: Any) -> None:
        """Write bytes."""
        self._bytes.put(address, data)


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
        for job in jobs:
            coverage.sample_slot(job.slot, self.ring.slots)
        coverage.sample_ring(len(self._queue), self.ring.slots)

    async def reset(self) -> None:
        """See Device.reset()."""
        coverage.sample_end("soft reset", self.memory.bus.under_way)
        await super().reset()


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

    def __init__(
        self,
        dut: SimHandleBase,
        base: int = 0x1_2345_0000,
        size: int = 1 << 20,
        latency: Mapping[str, int] | None = None,
    ):
        self.bus = BusMemory(dut, base, size, latency)
        coverage.export_at_the_end()
        self.memory, self.registers = SimMemory(self.bus), SimRegisters(dut)
        guard(dut, self.bus, self.registers.master, lambda: (self.registers.writes,))

    async def open(self, slots: int = 4) -> Accelerator:
        """Return the driver; the chip is out of reset."""
        self.device = await WatchedDevice.open(self.memory, self.registers, slots)
        return Accelerator(self.device)

    def check(self) -> None:
        """Compare all of the memory but completion records and results, byte by byte."""
        for job, record in self.device.entered:
            buffer, done = job.descriptor.results, job.completion
            written = done.written if done else job.descriptor.capacity
            if done and done.code:
                coverage.sample_error(done.code, done.place)
            elif done and job.descriptor.a:
                coverage.sample_completion(job.descriptor, done, self.bus.bytes.beat)
            self.bus.bytes.allowed += [(record, record + COMPLETION), (buffer, buffer + written)]
        self.device.entered.clear()
        self.bus.bytes.check()
