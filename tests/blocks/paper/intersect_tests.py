# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: an intersection delivers the common coordinates, in time, under all stalls."""

import itertools

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge

from tb.common.bench import reset, rng, start, until
from tb.common.stalls import STALLS
from tests.blocks.lines import pack_fiber
from tests.blocks.paper.intersect_model import (
    Beat,
    Outcome,
    Pair,
    check_matches,
    directed_pairs,
    fiber,
    merge,
    random_pairs,
)
from tests.blocks.ports import Sink, Source


class Bench:
    """Drivers of both fibers, the monitor of the matches, and a count of cycles and steps."""

    def __init__(self, dut: SimHandleBase, stalls: tuple[str, str, str] = ("none", "none", "none")):
        self.dut, self.random = dut, rng()
        self.lanes = int(dut.Lanes.value)
        self.widths = int(dut.CoordWidth.value), int(dut.ValueWidth.value)
        self.beats: list[Beat] = []
        self.steps = self.cycles = 0  # cycles: from the first step to the last beat so far
        self._since = 0
        self.sources = [Source(dut, name, kind) for name, kind in zip("ab", stalls, strict=False)]
        Sink(dut, "match", "open" if stalls[2] == "none" else stalls[2], take=self._beat)
        cocotb.start_soon(self._count())

    def _beat(self, match: tuple) -> None:
        self.beats.append((match.product, match.last, match.a, match.b))

    async def _count(self) -> None:
        while True:
            await FallingEdge(self.dut.clk_i)
            if self.dut.rst_ni.value == 1:
                step = int(self.dut.step_o.value)
                self.steps += step
                if self.steps:
                    self._since += 1
                if step or (self.dut.match_valid_o.value == 1 and self.dut.match_ready_i.value == 1):
                    self.cycles = self._since

    def outcome(self, pairs: list[Pair]) -> Outcome:
        """Return the outcome of all pairs by the model."""
        parts = [merge(a, b, self.lanes) for a, b in pairs]
        return Outcome(
            list(itertools.chain.from_iterable(part.beats for part in parts)),
            sum(part.steps for part in parts),
            sum(part.dropped for part in parts),
        )

    def send(self, pairs: list[Pair]) -> None:
        for pair in pairs:
            for source, entries in zip(self.sources, pair, strict=True):
                for line in pack_fiber(entries, self.lanes, *self.widths):
                    source.put(line)

    async def run(self, pairs: list[Pair]) -> Outcome:
        """Send the pairs, wait for their beats, check them, and return the expectation."""
        expected = self.outcome(pairs)
        self.send(pairs)
        lines = sum(len(entries) for pair in pairs for entries in pair) + len(expected.beats)
        await until(
            self.dut, lambda: len(self.beats) >= len(expected.beats), 500 + 10 * lines, f"{len(expected.beats)} beats"
        )
        await ClockCycles(self.dut.clk_i, 20)
        check_matches(pairs, self.beats)
        assert self.beats == expected.beats
        assert self.steps == expected.steps
        return expected


@cocotb.test()
async def corners_come_out_right(dut) -> None:
    bench = Bench(dut)
    await start(dut)
    await bench.run(directed_pairs(bench.random, bench.lanes, *bench.widths))


@cocotb.test()
@cocotb.parametrize(a=list(STALLS), b=list(STALLS))
async def stalls_change_nothing(dut, a: str, b: str) -> None:
    # The third stream's stalls follow from the other two, so that all pairs of kinds occur.
    kinds = list(STALLS)
    match = kinds[(kinds.index(a) + kinds.index(b)) % len(kinds)]
    bench = Bench(dut, (a, b, match))
    await start(dut)
    await bench.run(
        [*random_pairs(bench.random, 12, *bench.widths), *directed_pairs(bench.random, bench.lanes, *bench.widths)[::3]]
    )


@cocotb.test()
async def long_random_traffic(dut) -> None:
    bench = Bench(dut)
    await start(dut)
    await bench.run([*random_pairs(bench.random, 60, *bench.widths, longest=100)])


@cocotb.test()
async def no_cycle_is_lost(dut) -> None:
    bench = Bench(dut)
    await start(dut)
    pairs = [*random_pairs(bench.random, 40, *bench.widths)]
    pairs.append(([(0, 1)], [(0, 1)]))  # so that no dropped line comes after the last beat
    expected = await bench.run(pairs)
    assert bench.cycles == expected.steps + expected.dropped


@cocotb.test()
async def a_match_per_cycle(dut) -> None:
    bench = Bench(dut)
    await start(dut)
    entries = fiber(bench.random, 5 * bench.lanes, 5 * bench.lanes, bench.widths[1])
    expected = await bench.run([(entries, entries)] * 5)
    assert bench.cycles == len(expected.beats)


@cocotb.test()
async def a_stalled_mac_stops_no_matchless_step(dut) -> None:
    bench = Bench(dut)
    await start(dut)
    dut.match_ready_i.value = 0
    evens = [(2 * n, n + 1) for n in range(4 * bench.lanes)]
    odds = [(2 * n + 1, n + 1) for n in range(4 * bench.lanes)]
    pairs = [(evens, odds)]
    bench.send(pairs)
    # All but the step that ends the pair, which brings a beat.
    free = bench.outcome(pairs).steps - 1
    await until(dut, lambda: bench.steps == free, 200, f"{free} steps")
    await ClockCycles(dut.clk_i, 20)
    assert bench.steps == free and not bench.beats
    dut.match_ready_i.value = 1
    await until(dut, lambda: len(bench.beats) == len(pairs), 50, "the beats")
    check_matches(pairs, bench.beats)


@cocotb.test()
@cocotb.parametrize(cycles=[3, 7, 15, 24])
async def reset_forgets_the_place(dut, cycles: int) -> None:
    before = Bench(dut, ("none", "none", "single"))
    await start(dut)
    before.send([*random_pairs(before.random, 30, *before.widths)])
    await ClockCycles(dut.clk_i, cycles)
    for source in before.sources:
        source.stop()
    await reset(dut)
    await ClockCycles(dut.clk_i, 2)
    assert not int(dut.match_valid_o.value)
    after = Bench(dut)
    await after.run(directed_pairs(after.random, after.lanes, *after.widths))
