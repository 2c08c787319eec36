# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: jobs of flaash_sdpe that are portions give the words of their exact sums."""

from __future__ import annotations

import cocotb
from cocotb.triggers import ClockCycles

from tb.common.bench import reset, start, until
from tests.blocks.paper.portion_model import Message, messages, read_message, total
from tests.blocks.paper.sdpe_bench import Bench
from tests.blocks.paper.sdpe_model import FIELD_WIDTH, Job, Setup
from tests.blocks.ports import Sink

SLOT_BITS, LANE_BITS = 6, 3


class PortionBench(Bench):
    """An SDPE that gets whole dot products and portions, mixed.

    Attributes:
        parts: (slot, message) of each word that came.
        wanted: slot and messages of each sent portion.
    """

    def __init__(self, dut, stalls: tuple[str, ...], part_stalls: str):
        super().__init__(dut, stalls)
        self.parts: list[tuple[int, Message]] = []
        self.wanted: list[tuple[int, list[Message]]] = []
        Sink(dut, "part", part_stalls, take=self._take)

    def _take(self, part: tuple) -> None:
        self.parts.append((part.slot, read_message(self.fmt, part)))

    def hand_in(self, setup: Setup, length: int) -> Setup:
        """Split the dot products of the odd fibers of A; return the rest, which stays whole."""
        whole = [Job(job.a, job.b + n, 1) for job in setup.jobs for n in range(job.count)]
        rest = []
        for job in whole:
            if job.a % 2 == 0:
                rest.append(job)
                self.jobs.put(setup.pack_job(job))
            else:
                self._split(setup, job, length)
        return Setup(setup.fmt, setup.a, setup.b, rest, setup.dense)

    def _split(self, setup: Setup, job: Job, length: int) -> None:
        values_b, entries = dict(setup.b.fibers[job.b]), setup.a.fibers[job.a]
        places = setup.a.lines[job.a] * self.lanes
        for begin in range(0, places, length):
            end = min(begin + length, places)
            slot = self.random.getrandbits(SLOT_BITS)
            first, last = begin // self.lanes, (end - 1) // self.lanes
            portion = ((1 << SLOT_BITS | slot) << LANE_BITS | begin % self.lanes) << LANE_BITS | (end - 1) % self.lanes
            mask = 2**FIELD_WIDTH - 1
            fields = setup.pack_job(job) & ~(mask << 5 * FIELD_WIDTH) & ~(mask << 4 * FIELD_WIDTH)
            fields |= (setup.a.starts[job.a] + first) << 5 * FIELD_WIDTH
            fields |= (last - first + 1) << 4 * FIELD_WIDTH
            self.jobs.put(portion << 7 * FIELD_WIDTH | fields)
            pairs = [(value, values_b[coord]) for coord, value in entries[begin:end] if coord in values_b]
            self.wanted.append((slot, messages(self.fmt, pairs)))

    def check_parts(self) -> None:
        """Compare the words with the exact sums, portion by portion, in order."""
        came = iter(self.parts)
        for number, (slot, wanted) in enumerate(self.wanted):
            portion: list[Message] = []
            while not portion or not portion[-1].last:
                where, message = next(came)
                assert where == slot, f"portion {number} went to slot {where} instead of {slot}"
                portion.append(message)
            assert total(portion) == total(wanted), f"portion {number}: another sum"
            assert {message.status for message in portion} == {wanted[0].status}, f"portion {number}: status"
            assert len({message.index for message in portion}) == len(portion)
        assert next(came, None) is None, "words of no portion"


@cocotb.test()
@cocotb.parametrize(length=[1, 2, 3, 5, 8, 30], stalls=["none", "random"])
async def portions_among_whole_dot_products(dut, length: int, stalls: str) -> None:
    bench = PortionBench(dut, (stalls,) * 4, stalls)
    await start(dut)
    setup = bench.random_setup(fibers=6)
    await bench.load(setup)
    rest = bench.hand_in(setup, length)
    results = rest.expected()[0]
    await until(
        dut,
        lambda: bench.idle() and bench.jobs_gone() and len(bench.results) >= len(results),
        60_000,
        "the last result",
    )
    await ClockCycles(dut.clk_i, 10)
    assert bench.results == results
    bench.check_parts()
    assert bench.counts()["dot_done"] == len(rest.jobs), "a portion is no dot product that is done"


@cocotb.test()
async def reset_forgets_portions(dut) -> None:
    bench = PortionBench(dut, ("none",) * 4, "bursty")
    await start(dut)
    for cycles in (9, 25, 60, 110):
        setup = bench.random_setup(fibers=4)
        await bench.load(setup)
        bench.hand_in(setup, 2)
        await ClockCycles(dut.clk_i, cycles)
        bench.jobs.clear()
        await reset(dut, 30)
        for seen in (bench.parts, bench.wanted, bench.results):
            seen.clear()
        rest = bench.hand_in(setup, 3)
        await until(dut, lambda: bench.idle() and bench.jobs_gone(), 20_000, "idleness")  # noqa: B023
        await ClockCycles(dut.clk_i, 20)
        bench.check_parts()
        assert bench.results == rest.expected()[0]
        for seen in (bench.parts, bench.wanted, bench.results):
            seen.clear()
