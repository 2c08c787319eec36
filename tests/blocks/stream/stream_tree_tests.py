# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a tree of arbiters, or one arbiter, passes every beat once, in order, fairly."""

import cocotb
from cocotb.triggers import ClockCycles

from tb.common.bench import start
from tb.common.stalls import STALLS
from tests.blocks.ports import Passage


def levels(passage: Passage) -> int:
    return max(1, (len(passage.streams) - 1).bit_length())


@cocotb.test()
@cocotb.parametrize(producers=[None, *STALLS], consumer=list(STALLS))
async def nothing_is_lost_or_reordered(dut, producers: str | None, consumer: str) -> None:
    passage = await Passage.begin(dut, producers, consumer)
    passage.send(2 + 110 // len(passage.streams))
    await passage.finish()


@cocotb.test()
async def latency_is_a_cycle_for_three_levels(dut) -> None:
    """One result alone; an SDPE that skips a level is earlier."""
    passage = await Passage.begin(dut)
    latencies = []
    for sdpe in passage.streams:
        passage.send(1, sdpe)
        await passage.finish()
        latencies.append(passage.sink.cycles[-1] - passage.source.accepted[sdpe][0])
    # Of three levels one has registers.
    assert max(latencies) == latencies[0] == -(-levels(passage) // 3)
    assert min(latencies) >= 1


@cocotb.test()
@cocotb.parametrize(active=["all", "first", "last"])
async def one_result_per_cycle(dut, active: str) -> None:
    passage = await Passage.begin(dut)
    last = len(passage.streams) - 1
    # Enough that an input that skips levels is not finished before the others have come down the tree.
    passage.send(2 + levels(passage) + 40 // (last + 1), *{"all": (), "first": (0,), "last": (last,)}[active])
    await passage.finish()
    assert passage.sink.cycles[-1] - passage.sink.cycles[0] == len(passage.sink.beats) - 1
    assert active == "all" or not any(passage.source.refused), "one alone has every cycle"


@cocotb.test()
@cocotb.parametrize(consumer=["none", "random"])
async def nobody_starves(dut, consumer: str) -> None:
    """All inputs offer always: an input waits for at most 2**levels results at the exit, one per cycle.

    Two of them alternate.
    """
    passage = await Passage.begin(dut, "none", consumer)
    passage.send(40 if len(passage.streams) == 2 else 12)
    await passage.finish()
    assert consumer != "none" or max(passage.source.refused) <= 2 ** levels(passage)
    if len(passage.streams) == 2:
        by_turns = [beat for pair in zip(*passage.source.sent, strict=True) for beat in pair]
        assert [passage.packed(beat) for beat in passage.sink.beats] == by_turns
        assert consumer != "none" or max(passage.source.refused) <= 1


@cocotb.test()
async def stops_and_goes_on(dut) -> None:
    """With the exit closed the tree fills up and stalls; nothing is lost."""
    passage = Passage(dut, "none", None)
    dut.out_ready_i.value = 0
    await start(dut)
    passage.send(20)
    await ClockCycles(dut.clk_i, 20 + 2 * len(passage.streams))
    assert not passage.sink.beats and int(dut.in_ready_o.value) == 0
    dut.out_ready_i.value = 1
    await passage.finish()


@cocotb.test()
async def reset_empties_it(dut) -> None:
    passage = await Passage.begin(dut, None, "random")
    for cycles in range(2, 40, 6):
        passage.send(20)
        await ClockCycles(dut.clk_i, cycles)
        await passage.reset()
        passage.send(3)
        await passage.finish()
        await passage.reset()
