# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: an operand that its memory cannot hold, which no chip can have."""

import cocotb
from cocotb.triggers import ClockCycles

from tests.blocks.planner.plan_bench import begun


@cocotb.test()
async def more_lines_than_the_memory(dut) -> None:
    planner, _ = await begun(dut)
    planner.loaded(0, [planner.mem_lines])
    await ClockCycles(dut.clk_i, 2)
    planner.loaded(0, [planner.mem_lines, 1])
    await ClockCycles(dut.clk_i, 2)


@cocotb.test()
async def fibers_without_lines(dut) -> None:
    planner, _ = await begun(dut)
    planner.loaded(1, [0, 1])
    await ClockCycles(dut.clk_i, 2)
