# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: schedulers hand out every job once, in turns, at their rates.

The proofs `scheduler_*` show the same of any stimulus, for three SDPEs.
"""

import itertools

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.bench import reset, rng, start, until
from tb.common.stalls import STALLS
from tests.blocks.ports import Sink, Source, now
from tests.share import amount


class Bench:
    """A source of random jobs, SDPEs that accept with stalls, and the record of each job's SDPE."""

    def __init__(self, dut: SimHandleBase, jobs: str = "none", sdpes: str | None = "none"):
        self.dut, self.random, self.count = dut, rng(), len(dut.sdpe_valid_o)
        self.demand, self.in_turn = "demand" in dut._name, "round_robin" in dut._name
        self.source = Source(dut, "job", jobs)
        self.sink = Sink(dut, "sdpe", sdpes or "mixed", take=self._take)
        self.sent: list[int] = []
        self.given: list[tuple[int, int, int]] = []  # SDPE, job, cycle

    def _take(self, *given: object) -> None:
        sdpe, job = given if len(given) == 2 else (0, *given)
        self.given.append((sdpe, self.source.types["job_i"].pack(job), now()))

    def send(self, jobs: int) -> None:
        self.sent = [self.random.getrandbits(len(self.dut.job_i)) for _ in range(jobs)]
        for job in self.sent:
            self.source.put(job)

    async def finish(self) -> list[int]:
        """Wait until every job was accepted, compare, and return the SDPE of each."""
        await until(self.dut, lambda: len(self.given) >= len(self.sent), 60 * len(self.sent) + 200, "the last job")
        await ClockCycles(self.dut.clk_i, 5)
        assert [job for _, job, _ in self.given] == self.sent and int(self.dut.sdpe_valid_o.value) == 0
        return [sdpe for sdpe, _, _ in self.given]


@cocotb.test()
@cocotb.parametrize(jobs=amount(["none", "random"], list(STALLS)), sdpes=[None, *STALLS])
async def every_job_once(dut, jobs: str, sdpes: str | None) -> None:
    """After a reset that forgets earlier ones; an SDPE that always requests gets one of the next NumSdpe jobs."""
    bench = Bench(dut, jobs, sdpes)
    await start(dut)
    bench.send(20)
    await ClockCycles(dut.clk_i, bench.random.randint(1, 15))
    bench.source.clear()
    await reset(dut, 2)
    bench.given.clear()
    await FallingEdge(dut.clk_i)
    assert int(dut.sdpe_valid_o.value) == 0
    patient = bench.random.randrange(bench.count)
    bench.sink.always = 1 << patient
    await RisingEdge(dut.clk_i)
    bench.send(60)
    came = await bench.finish()
    turns = [-1, *(i for i, sdpe in enumerate(came) if sdpe == patient), len(came)]
    longest = max(late - early for early, late in itertools.pairwise(turns))
    assert longest <= bench.count + 1 or not (bench.demand or bench.in_turn)  # another scheduler may be unfair
    assert not bench.in_turn or came == [i % bench.count for i in range(60)]


@cocotb.test()
@cocotb.parametrize(asking=[0, 1, 2, -2, -1])
async def only_those_that_ask(dut, asking: int) -> None:
    """Of so many SDPEs, all (-1) or all but one each gets its turn; a round-robin scheduler waits for the others."""
    bench = Bench(dut)
    await start(dut)
    asking = min(asking, bench.count) if asking >= 0 else bench.count + 1 + asking
    chosen = sorted(bench.random.sample(range(bench.count), asking))
    bench.sink.stopped = (1 << bench.count) - 1 & ~sum(1 << sdpe for sdpe in chosen)
    await ClockCycles(dut.clk_i, 2)
    total = 3 * bench.count + 5
    bench.send(total)
    await ClockCycles(dut.clk_i, 3 * total + 20)
    stops = next((i for i in range(bench.count) if i not in chosen), total)
    served = total if bench.demand and chosen else stops
    turns = chosen if bench.demand else list(range(bench.count))
    expected = [] if not turns else [turns[i % len(turns)] for i in range(served)]
    cycles = [cycle for _, _, cycle in bench.given]
    assert [sdpe for sdpe, _, _ in bench.given] == expected
    step = 2 if bench.demand and asking == 1 < bench.count else 1
    assert {late - early for early, late in itertools.pairwise(cycles)} <= {step}
    accepted = bench.source.accepted[0]
    assert {cycle - early for early, cycle in zip(accepted, cycles, strict=False)} <= {int(bench.demand)}
    assert chosen or not accepted or bench.count == 1
    bench.sink.stopped = 0
    await bench.finish()
