# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: schedulers hand out every job once, and no SDPE starves."""

from random import Random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.bench import reset, rng, start, until
from tb.common.stalls import STALLS
from tests.blocks.ports import Sink, Source, now
from tests.share import amount


class Bench:
    """A source of numbered jobs, SDPEs that accept with stalls, and the record of each job's SDPE."""

    def __init__(self, dut: SimHandleBase, random: Random, jobs: str = "none", sdpes: str | None = "none"):
        self.dut, self.random = dut, random
        self.count = len(dut.sdpe_valid_o)
        self.demand = "demand" in dut._name
        self.in_turn = "round_robin" in dut._name
        self.width = len(dut.job_i)
        self.source = Source(dut, "job", jobs)
        self.sent: list[int] = []
        self.accepted = self.source.accepted[0]  # cycle of each job
        self.given: list[tuple[int, int, int]] = []  # SDPE, job, cycle
        self.sink = Sink(dut, "sdpe", sdpes or "mixed", take=self._take)
        cocotb.start_soon(self._count())

    def _take(self, *given: object) -> None:
        sdpe, job = given if len(given) == 2 else (0, *given)
        self.given.append((sdpe, self.source.types["job_i"].pack(job), now()))

    async def _count(self) -> None:
        while True:
            await FallingEdge(self.dut.clk_i)
            if self.dut.rst_ni.value == 1:
                assert int(self.dut.sdpe_valid_o.value).bit_count() <= 1, "a job is offered twice"
            await RisingEdge(self.dut.clk_i)

    def send(self, jobs: int) -> None:
        for _ in range(jobs):
            job = self.random.getrandbits(self.width)
            self.sent.append(job)
            self.source.put(job)

    async def finish(self) -> None:
        """Wait until every job was accepted, and compare: each once, in order."""
        limit = 60 * len(self.sent) + 200
        await until(self.dut, lambda: len(self.given) >= len(self.sent), limit, "the last job")
        await ClockCycles(self.dut.clk_i, 5)
        assert [job for _, job, _ in self.given] == self.sent and self.sent
        assert int(self.dut.sdpe_valid_o.value) == 0

    def sdpes(self) -> list[int]:
        """Return the SDPE of each job, in order."""
        return [sdpe for sdpe, _, _ in self.given]


async def _started(dut, **options) -> Bench:
    bench = Bench(dut, rng(), **options)
    await start(dut)
    return bench


@cocotb.test()
@cocotb.parametrize(jobs=amount(["none", "random"], list(STALLS)), sdpes=[None, *STALLS])
async def every_job_once(dut, jobs: str, sdpes: str | None) -> None:
    bench = await _started(dut, jobs=jobs, sdpes=sdpes)
    bench.send(60)
    await bench.finish()
    if bench.in_turn:
        assert bench.sdpes() == [i % bench.count for i in range(60)]


@cocotb.test()
async def idle_sdpes_take_turns(dut) -> None:
    """While all SDPEs request, both schedulers go round, one job per cycle."""
    bench = await _started(dut)
    total = 3 * bench.count + 5
    bench.send(total)
    await bench.finish()
    assert bench.sdpes() == [i % bench.count for i in range(total)]
    cycles = [cycle for _, _, cycle in bench.given]
    assert cycles[-1] - cycles[0] == total - 1
    delays = {late - early for early, late in zip(bench.accepted, cycles, strict=True)}
    assert delays == {1 if bench.demand else 0}


@cocotb.test()
async def one_sdpe_stops(dut) -> None:
    """A busy SDPE stops the round-robin scheduler; the demand-driven one continues without it."""
    bench = await _started(dut)
    stopped = bench.random.randrange(bench.count)
    bench.sink.stopped = 1 << stopped
    total = 4 * bench.count + 8
    bench.send(total)
    await ClockCycles(dut.clk_i, 3 * total + 20)
    if bench.demand and bench.count > 1:
        assert len(bench.given) == total and stopped not in bench.sdpes()
        assert set(bench.sdpes()) == set(range(bench.count)) - {stopped}
    else:
        assert len(bench.given) == stopped
    bench.sink.stopped = 0
    await bench.finish()


@cocotb.test()
async def rate_with_few_asking(dut) -> None:
    """Two requesting SDPEs are enough for a job per cycle; a single one gets a job every second cycle."""
    bench = await _started(dut)
    if not bench.demand:
        bench.send(2 * bench.count)
        await bench.finish()
        return
    everybody = (1 << bench.count) - 1
    for asking in (1, 2):
        if asking > bench.count:
            break
        chosen = bench.random.sample(range(bench.count), asking)
        bench.sink.stopped = everybody & ~sum(1 << sdpe for sdpe in chosen)
        bench.sent.clear()
        bench.given.clear()
        await ClockCycles(dut.clk_i, 2)
        bench.send(20)
        await bench.finish()
        assert set(bench.sdpes()) == set(chosen)
        cycles = [cycle for _, _, cycle in bench.given]
        step = 2 if asking == 1 and bench.count > 1 else 1
        assert cycles[-1] - cycles[0] == 19 * step


@cocotb.test()
async def who_keeps_asking_is_served(dut) -> None:
    """Other SDPEs come and go; one that always requests gets one of the next NumSdpe jobs, every time."""
    bench = await _started(dut, sdpes="random")
    if bench.demand:
        patient = bench.random.randrange(bench.count)
        bench.sink.always = 1 << patient
        bench.send(20 * bench.count)
        await bench.finish()
        turns = [i for i, sdpe in enumerate(bench.sdpes()) if sdpe == patient]
        gaps = [late - early for early, late in zip([-1, *turns], [*turns, len(bench.given)], strict=True)]
        assert max(gaps) <= bench.count + 1
    else:
        bench.send(2 * bench.count)
        await bench.finish()


@cocotb.test()
async def nobody_asks(dut) -> None:
    """With no room anywhere a demand-driven job waits, and then goes to the first requesting SDPE."""
    bench = await _started(dut)
    bench.sink.stopped = (1 << bench.count) - 1
    await ClockCycles(dut.clk_i, 2)
    bench.send(3)
    await ClockCycles(dut.clk_i, 20)
    assert not bench.given
    if bench.demand and bench.count > 1:
        assert not bench.accepted and int(dut.sdpe_valid_o.value) == 0
        first = bench.random.randrange(bench.count)
        bench.sink.stopped &= ~(1 << first)
        await until(dut, lambda: bench.given, 10, "the job")
        assert bench.sdpes() == [first]
    bench.sink.stopped = 0
    await bench.finish()


@cocotb.test()
async def reset_forgets_the_offer(dut) -> None:
    bench = await _started(dut, sdpes="random")
    for _ in range(6):
        bench.send(20)
        await ClockCycles(dut.clk_i, bench.random.randint(1, 15))
        bench.source.clear()
        await reset(dut, 2)
        for record in (bench.sent, bench.given, bench.accepted):
            record.clear()
        await FallingEdge(dut.clk_i)
        assert int(dut.sdpe_valid_o.value) == 0
        await RisingEdge(dut.clk_i)
        bench.send(7)
        await bench.finish()
        if bench.in_turn:
            assert bench.sdpes() == [i % bench.count for i in range(7)]
