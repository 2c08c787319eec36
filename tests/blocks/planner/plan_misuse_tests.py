# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: what no chip does. An assertion ends each of these tests."""

import cocotb
from cocotb.triggers import ClockCycles, RisingEdge

from tests.blocks.planner.plan_bench import PREPARED, begun


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


@cocotb.test()
async def entries_change_while_busy(dut) -> None:
    planner, _ = await begun(dut)
    a, b = [3] * 9, [2] * 5
    await planner.plan(a, b)
    await ClockCycles(dut.clk_i, PREPARED)
    dut.start_i.value = 1
    await RisingEdge(dut.clk_i)
    dut.start_i.value = 0
    planner.loaded(1, [3] * 5)
    await ClockCycles(dut.clk_i, 3)


@cocotb.test()
async def loaded_a_cycle_after_the_last_line(dut) -> None:
    planner, _ = await begun(dut)
    for cycles in (2, 1):
        planner.leave(0)
        await RisingEdge(dut.clk_i)
        written = {"valid": 1, "last": 1, "begins": 1, "filled": planner.filled[0]}
        dut.written_i.value = planner.types["written_i"].pack(written)
        await RisingEdge(dut.clk_i)
        dut.written_i.value = 0
        await ClockCycles(dut.clk_i, cycles - 1)
        planner.loaded(0, [1])
        await ClockCycles(dut.clk_i, 3)
