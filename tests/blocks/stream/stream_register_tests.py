# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_stream_register keeps every beat and cuts the paths through it."""

import cocotb
from cocotb.triggers import ClockCycles, ReadOnly, RisingEdge, Timer

from tb.agents.stream.driver import StreamDriver
from tb.agents.stream.monitor import StreamMonitor
from tb.common.bench import reset, rng, start
from tb.common.stalls import STALLS
from tests.blocks.stream.order import check_order


@cocotb.test()
@cocotb.parametrize(producer=list(STALLS), consumer=list(STALLS))
async def order_is_kept(dut, producer: str, consumer: str) -> None:
    await check_order(dut, producer, consumer)


@cocotb.test()
async def a_beat_per_cycle_after_one(dut) -> None:
    random = rng()
    received: list[tuple[int, int]] = []
    accepted: list[int] = []
    cycle = 0
    driver = StreamDriver(dut, "in", dut.clk_i)
    StreamMonitor(dut, "in", dut.clk_i, inward=True, callback=lambda _: accepted.append(cycle))
    StreamMonitor(dut, "out", dut.clk_i, callback=lambda beat: received.append((cycle, beat)))
    dut.out_ready_i.value = 1
    await start(dut)
    sent = [random.getrandbits(len(dut.in_data_i)) for _ in range(30)]
    for beat in sent:
        driver.append(beat)
    while len(received) < len(sent) and cycle < 100:
        await RisingEdge(dut.clk_i)
        cycle += 1
    assert received == [(accepted[0] + 1 + i, beat) for i, beat in enumerate(sent)]


@cocotb.test()
async def holds_two_beats(dut) -> None:
    received: list[int] = []
    driver = StreamDriver(dut, "in", dut.clk_i)
    StreamMonitor(dut, "out", dut.clk_i, callback=received.append)
    dut.out_ready_i.value = 0
    await start(dut)
    for beat in (1, 2, 3):
        driver.append(beat)
    await ClockCycles(dut.clk_i, 10)
    assert dut.in_ready_o.value == 0 and dut.in_valid_i.value == 1
    assert dut.out_valid_o.value == 1 and dut.out_data_o.value == 1
    dut.out_ready_i.value = 1
    await ClockCycles(dut.clk_i, 6)
    assert received == [1, 2, 3]


@cocotb.test()
async def no_path_through(dut) -> None:
    """Within a cycle neither ready reaches the producer nor valid the consumer."""
    dut.in_valid_i.value = 0
    dut.in_data_i.value = 0
    dut.out_ready_i.value = 0
    await start(dut)
    for beats in range(3):  # inside
        for valid in (0, 1):
            for ready in (0, 1):
                dut.in_valid_i.value = valid
                dut.out_ready_i.value = ready
                await Timer(100, "ps")
                await ReadOnly()
                assert dut.in_ready_o.value == int(beats < 2)
                assert dut.out_valid_o.value == int(beats > 0)
                await Timer(1, "ps")
        dut.out_ready_i.value = 0
        dut.in_valid_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.in_valid_i.value = 0


@cocotb.test()
async def reset_empties_it(dut) -> None:
    dut.in_valid_i.value = 1
    dut.in_data_i.value = 1
    dut.out_ready_i.value = 0
    await start(dut)
    for beats in (1, 2):
        dut.in_valid_i.value = 1
        await ClockCycles(dut.clk_i, beats)
        dut.in_valid_i.value = 0
        await reset(dut)
        await Timer(100, "ps")
        assert dut.out_valid_o.value == 0 and dut.in_ready_o.value == 1
        await RisingEdge(dut.clk_i)
