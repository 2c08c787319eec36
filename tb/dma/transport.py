# SPDX-License-Identifier: Apache-2.0
"""The simulated chip with its driver, as tests have it: what happens is coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cocotb.handle import SimHandleBase

from flaash.driver.device import Job
from flaash.serve import watched
from tb.dma import coverage
from tb.dma.bus_memory import CoveredMemory


class CoveredDevice(watched.WatchedDevice):
    """See WatchedDevice."""

    async def _enter(self, jobs: Sequence[Job]) -> None:
        await super()._enter(jobs)
        for job in jobs:
            coverage.sample_slot(job.slot, self.ring.slots)
        coverage.sample_ring(len(self._queue), self.ring.slots)

    async def reset(self) -> None:
        """See Device.reset()."""
        coverage.sample_end("soft reset", self.memory.bus.in_flight)
        await super().reset()


class Chip(watched.Chip):
    """See there; its memory has stalls and latency.

    Args:
        dut: flaash_memory_top.
        base, size: of its memory.
        latency: cycles by channel, see BusMemory.
    """

    device_type = CoveredDevice

    def __init__(
        self,
        dut: SimHandleBase,
        base: int = 0x1_2345_0000,
        size: int = 1 << 20,
        latency: Mapping[str, int] | None = None,
    ):
        super().__init__(dut, CoveredMemory(dut, base, size, latency))
        coverage.export_at_the_end()

    def check(self) -> None:
        """Compare all of the memory but completion records and results, byte by byte."""
        for job, _ in self.device.entered:
            done = job.completion
            if done and done.code:
                coverage.sample_error(done.code, done.place)
            elif done and job.descriptor.a:
                coverage.sample_completion(job.descriptor, done, self.bus.bytes.beat)
        super().check()
