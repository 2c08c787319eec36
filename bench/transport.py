# SPDX-License-Identifier: Apache-2.0
"""The streams of flaash_bench_host as a transport of the driver.

flaash_bench_host plays and records the frames; Python wakes for whole frames and for register accesses. So
simulations of millions of cycles are much shorter than with the environment of tb/env.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge

from sim.transport import within
from tb.common import rtl_constants as rtl

PERIOD = 2  # ns, of the clock in flaash_bench_host
OPERANDS, RESULT = Path("operands.hex"), Path("result.hex")  # in the folder of the run
_LAST = 1 << rtl.CONSTANTS["StreamWidth"]


class BenchStreams:
    """See flaash.driver.Streams.

    Args:
        dut: flaash_bench_host.

    Attributes:
        limit: ns in which the operands must be accepted.
    """

    def __init__(self, dut: SimHandleBase):
        self._dut, self.limit = dut, 0
        dut.rst_ni.value = dut.read_i.value = dut.beats_i.value = 0

    async def prepare(self, frames: Sequence[Sequence[int]]) -> None:
        """Reset the machine, so that a run does not depend on the ones before, and hand over the frames."""
        OPERANDS.write_text(
            "".join(
                f"{beat | (_LAST if index == len(beats) - 1 else 0):x}\n"
                for beats in frames
                for index, beat in enumerate(beats)
            )
        )
        dut = self._dut
        dut.rst_ni.value = 0
        dut.beats_i.value = 0
        await ClockCycles(dut.clk_i, 8)
        dut.read_i.value = 1
        await ClockCycles(dut.clk_i, 1)
        dut.read_i.value = 0
        dut.rst_ni.value = 1
        await ClockCycles(dut.clk_i, 8)

    async def send(self, *frames: Sequence[int]) -> None:
        """Send the frames that prepare() has handed over."""
        self._dut.beats_i.value = sum(map(len, frames))
        await within(RisingEdge(self._dut.sent_o), self.limit, "accepted the operands")

    async def receive(self) -> list[int]:
        """Return the result frame of a machine that is drained."""
        if not self._dut.ended_o.value:
            raise TimeoutError("the machine is drained, but its result frame has not ended")
        return [int(line, 16) for line in RESULT.read_text().split()]
