# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a FIFO or a register keeps every beat, in order, under all stalls."""

import cocotb
from cocotb.triggers import ClockCycles, ReadOnly, RisingEdge, Timer

from tb.common.bench import reset, start, zero
from tb.common.stalls import STALLS
from tests.blocks.ports import Passage, Sink


def depth_of(dut) -> int:
    """Return how many beats there is room for: two in a register."""
    return int(dut.Depth.value) if hasattr(dut, "Depth") else 2


@cocotb.test()
@cocotb.parametrize(producer=list(STALLS), consumer=list(STALLS))
async def order_is_kept(dut, producer: str, consumer: str) -> None:
    passage = await Passage.begin(dut, producer, consumer)
    passage.send(100)
    await passage.finish()


@cocotb.test()
async def fills_to_its_depth(dut) -> None:
    """With the exit closed it takes that many beats, and shows the first one; then all leave."""
    depth, passage = depth_of(dut), Passage(dut, "none", None)
    dut.out_ready_i.value = 0
    await start(dut)
    passage.send(depth + 2)
    await ClockCycles(dut.clk_i, depth + 8)
    assert len(passage.source.accepted[0]) == depth
    assert dut.in_ready_o.value == 0 and dut.in_valid_i.value == 1
    assert dut.out_valid_o.value == 1 and int(dut.out_data_o.value) == passage.source.sent[0][0]
    assert not hasattr(dut, "usage_o") or int(dut.usage_o.value) == depth
    dut.out_ready_i.value = 1
    await passage.finish()


@cocotb.test()
async def reset_empties_it(dut) -> None:
    """A reset at every filling; the old contents do not disturb later beats."""
    sink = Sink(dut, "out", None)
    zero(dut, "out_ready", "in_valid", "in_data")
    await start(dut)
    for beats in range(1, depth_of(dut) + 1):
        dut.out_ready_i.value, dut.in_valid_i.value, dut.in_data_i.value = 0, 1, 0xDEAD
        await ClockCycles(dut.clk_i, beats)
        dut.in_valid_i.value = 0
        await reset(dut)
        dut.out_ready_i.value = 1
        await ClockCycles(dut.clk_i, 2)
        assert dut.out_valid_o.value == 0 and dut.in_ready_o.value == 1
        assert not hasattr(dut, "usage_o") or int(dut.usage_o.value) == 0
        dut.in_valid_i.value, dut.in_data_i.value = 1, beats
        await ClockCycles(dut.clk_i, 1)
        dut.in_valid_i.value = 0
        await ClockCycles(dut.clk_i, 3)
        assert sink.beats == list(range(1, beats + 1))


@cocotb.test()
async def a_beat_per_cycle(dut) -> None:
    """Of a register each beat leaves a cycle after it came."""
    passage = await Passage.begin(dut)
    passage.send(30)
    await passage.finish()
    accepted, came = passage.source.accepted[0], passage.sink.cycles
    assert accepted == list(range(accepted[0], accepted[0] + 30))
    assert came == list(range(came[0], came[0] + 30))
    assert hasattr(dut, "Depth") or came[0] == accepted[0] + 1


@cocotb.test()
async def no_path_through(dut) -> None:
    """Within a cycle neither ready reaches the producer of a register nor valid the consumer."""
    if hasattr(dut, "Depth"):
        return
    zero(dut, "out_ready", "in_valid", "in_data")
    await start(dut)
    for beats in range(3):  # inside
        for valid, ready in ((0, 0), (0, 1), (1, 0), (1, 1)):
            dut.in_valid_i.value, dut.out_ready_i.value = valid, ready
            await Timer(100, "ps")
            await ReadOnly()
            assert dut.in_ready_o.value == int(beats < 2)
            assert dut.out_valid_o.value == int(beats > 0)
            await Timer(1, "ps")
        dut.out_ready_i.value, dut.in_valid_i.value = 0, 1
        await RisingEdge(dut.clk_i)
        dut.in_valid_i.value = 0
