# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: start() resets all registers before the first edge of the clock."""

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge

from tb.common.bench import start


@cocotb.test()
async def all_is_reset_before_the_first_edge(dut) -> None:
    await start(dut)
    await FallingEdge(dut.clk_i)
    before = int(dut.count_o.value)
    await ClockCycles(dut.clk_i, 3, FallingEdge)
    assert int(dut.count_o.value) == before + 3
