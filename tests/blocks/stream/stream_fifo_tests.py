# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a FIFO keeps every beat, in order, under all stalls."""

import cocotb
from cocotb.triggers import ClockCycles

from tb.agents.stream.driver import StreamDriver
from tb.agents.stream.monitor import StreamMonitor
from tb.common.bench import reset, start
from tb.common.stalls import STALLS
from tests.blocks.stream.order import check_order


@cocotb.test()
@cocotb.parametrize(producer=list(STALLS), consumer=list(STALLS))
async def order_is_kept(dut, producer: str, consumer: str) -> None:
    await check_order(dut, producer, consumer)


@cocotb.test()
async def fills_to_its_depth(dut) -> None:
    driver = StreamDriver(dut, "in", dut.clk_i)
    dut.out_ready_i.value = 0
    await start(dut)
    depth = int(dut.Depth.value)
    for beat in range(depth + 2):
        driver.append(beat)
    await ClockCycles(dut.clk_i, depth + 5)
    assert int(dut.usage_o.value) == depth and not int(dut.in_ready_o.value)


@cocotb.test()
async def reset_empties_it(dut) -> None:
    """A reset at every filling; the old contents do not disturb later beats."""
    received: list[int] = []
    StreamMonitor(dut, "out", dut.clk_i, callback=received.append)
    dut.out_ready_i.value = 0
    dut.in_valid_i.value = 0
    dut.in_data_i.value = 0
    await start(dut)
    for beats in range(1, int(dut.Depth.value) + 1):
        dut.out_ready_i.value = 0
        dut.in_valid_i.value = 1
        dut.in_data_i.value = 0xDEAD
        await ClockCycles(dut.clk_i, beats)
        dut.in_valid_i.value = 0
        await reset(dut)
        dut.out_ready_i.value = 1
        await ClockCycles(dut.clk_i, 2)
        assert int(dut.usage_o.value) == 0 and dut.out_valid_o.value == 0
        dut.in_valid_i.value = 1
        dut.in_data_i.value = beats
        await ClockCycles(dut.clk_i, 1)
        dut.in_valid_i.value = 0
        await ClockCycles(dut.clk_i, 3)
        assert received == list(range(1, beats + 1))
