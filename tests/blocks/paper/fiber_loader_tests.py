# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_fiber_loader delivers the lines of its jobs in order, without bubbles."""

from collections import deque
from collections.abc import Iterator
from random import Random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import reset, rng, start, until
from tb.common.stalls import STALLS
from tests.blocks.ports import Sink, Source, now

ADDRESSES = 1 << 20
Load = tuple[int, int, int]  # first line, lines, repeats


class Bench:
    """Job source, a memory with a latency and refusals, the consumer of the lines, and the check."""

    def __init__(
        self,
        dut: SimHandleBase,
        random: Random,
        latency: int = 1,
        jobs: str = "none",
        memory: str = "none",
        lines: str = "none",
    ):
        self.dut, self.random, self.latency = dut, random, latency
        self.depth = int(dut.Depth.value)
        self.width = len(dut.line_o)
        self.salt = random.getrandbits(self.width)
        self.job_type = bench_types()["job_i"]
        self.source = Source(dut, "job", jobs)
        self.expected: list[int] = []
        sink = Sink(dut, "line", "open" if lines == "none" else lines)
        self.received, self.cycles = sink.beats, sink.cycles  # lines, and the cycles in which they were accepted
        self.requests: list[int] = []  # cycles in which one was accepted
        self.due: deque[tuple[int, int]] = deque()  # responses in flight: cycle, line
        dut.req_ready_i.value = 0
        dut.rsp_valid_i.value = 0
        dut.rsp_data_i.value = 0
        self.jobs = self.source.accepted[0]  # cycles
        cocotb.start_soon(self._memory(STALLS[memory](random)))

    def line(self, address: int) -> int:
        """Return the memory's line there: every address holds another one."""
        return (address * 0x9E3779B97F4A7C15 ^ self.salt) & (1 << self.width) - 1

    async def _memory(self, stalls: Iterator[bool]) -> None:
        for pause in stalls:
            answers = bool(self.due) and self.due[0][0] == now()
            line = self.due.popleft()[1] if answers else self.random.getrandbits(self.width)
            self.dut.req_ready_i.value = int(not pause)
            self.dut.rsp_valid_i.value = int(answers)
            self.dut.rsp_data_i.value = line
            await FallingEdge(self.dut.clk_i)
            if self.dut.rst_ni.value == 0:
                self.due.clear()
            elif self.dut.req_valid_o.value == 1 and not pause:
                self.due.append((now() + self.latency, self.line(int(self.dut.req_addr_o.value))))
                self.requests.append(now())
                outstanding = len(self.requests) - len(self.received)
                assert outstanding <= self.depth, "more reads under way than places"
            await RisingEdge(self.dut.clk_i)

    def load(self, job: Load) -> None:
        """Hand a job to the loader and note its lines."""
        first, lines, repeats = job
        self.source.put({"first": first, "lines": lines, "repeats": repeats})
        for _ in range(repeats):
            self.expected.extend(self.line((first + i) % ADDRESSES) for i in range(lines))

    async def finish(self) -> None:
        limit = 30 * (len(self.expected) + self.latency) + 300
        await until(self.dut, lambda: len(self.received) >= len(self.expected), limit, "the last line")
        await ClockCycles(self.dut.clk_i, self.latency + self.depth + 5)
        assert self.received == self.expected and len(self.received) == len(self.requests) > 0
        assert self.dut.req_valid_o.value == 0 and self.dut.line_valid_o.value == 0

    def random_job(self) -> Load:
        lines = self.random.choice([1, 1, 2, 3, self.depth, self.depth + 1, self.random.randint(1, 20)])
        return self.random.randrange(ADDRESSES - lines), lines, self.random.choice([1, 1, 1, 2, 3, 7])


async def _started(dut, **options) -> Bench:
    bench = Bench(dut, rng(), **options)
    await start(dut)
    return bench


@cocotb.test()
@cocotb.parametrize(jobs=list(STALLS), memory=list(STALLS), lines=list(STALLS))
async def lines_come_in_order(dut, jobs: str, memory: str, lines: str) -> None:
    latency = rng().choice([1, 2, 5, 9])
    bench = await _started(dut, latency=latency, jobs=jobs, memory=memory, lines=lines)
    for _ in range(5):
        bench.load(bench.random_job())
    await bench.finish()


@cocotb.test()
@cocotb.parametrize(latency=[1, 2, 3, 7, 50])
async def corners_of_jobs(dut, latency: int) -> None:
    """Single lines, single repeats, the whole of Depth, first and last address."""
    bench = await _started(dut, latency=latency)
    depth = bench.depth
    for lines in (1, 2, depth - 1, depth, depth + 1):
        for repeats in (1, 2, depth):
            bench.load((0, lines, repeats))
            bench.load((ADDRESSES - lines, lines, repeats))
    await bench.finish()


@cocotb.test()
@cocotb.parametrize(shape=[(1, 1), (1, 5), (5, 1), (3, 4)])
async def one_line_per_cycle(dut, shape: tuple[int, int]) -> None:
    """No bubble within a job, between repeats, or between jobs, if Depth covers the latency."""
    latency = max(1, int(dut.Depth.value) - 2)
    bench = await _started(dut, latency=latency)
    lines, repeats = shape
    for i in range(40):
        bench.load((i * 7, lines, repeats))
    await bench.finish()
    gaps = [late - early for early, late in zip(bench.cycles, bench.cycles[1:], strict=False)]
    if bench.depth >= latency + 2:
        assert set(gaps) == {1}
    else:
        # Two places cover two thirds of a round trip of three cycles.
        assert bench.cycles[-1] - bench.cycles[0] <= len(gaps) * (latency + 2) / bench.depth + 2


@cocotb.test()
@cocotb.parametrize(latency=[1, 4])
async def latency_of_the_first_line(dut, latency: int) -> None:
    """Job accepted in t, request in t + 1, response in t + 1 + latency, line one cycle later."""
    bench = await _started(dut, latency=latency)
    bench.load((17, 1, 1))
    await bench.finish()
    assert bench.requests == [bench.jobs[0] + 1]
    assert bench.cycles == [bench.jobs[0] + 2 + latency]


@cocotb.test()
async def prefetches_its_depth(dut) -> None:
    """While no line is accepted, exactly Depth are fetched; then the rest follows."""
    bench = await _started(dut, latency=3)
    dut.line_ready_i.value = 0
    bench.load((100, 2, 3 * bench.depth))
    bench.load((500, 5, 1))
    await ClockCycles(dut.clk_i, 4 * bench.depth + 20)
    assert len(bench.requests) == bench.depth and not bench.received
    dut.line_ready_i.value = 1
    await bench.finish()


@cocotb.test()
async def next_job_is_accepted_ahead(dut) -> None:
    """With no line accepted the loader still holds one job beyond the current one, and no more."""
    bench = await _started(dut, latency=2)
    dut.line_ready_i.value = 0
    for i in range(3):
        bench.load((i * 100, 2 * bench.depth, 1))
    await ClockCycles(dut.clk_i, 4 * bench.depth + 20)
    waiting = bench.job_type.unpack(int(dut.job_i.value))
    assert dut.job_valid_i.value == 1 and waiting.first == 200 and dut.job_ready_o.value == 0
    dut.line_ready_i.value = 1
    await bench.finish()


@cocotb.test()
async def reset_forgets_everything(dut) -> None:
    bench = await _started(dut, latency=4, memory="random", lines="random")
    for delay in (1, 2, 3, 5, 8, 13, 30):
        for _ in range(3):
            bench.load(bench.random_job())
        await ClockCycles(dut.clk_i, delay)
        bench.source.clear()
        await reset(dut, 2)
        await RisingEdge(dut.clk_i)
        assert dut.req_valid_o.value == 0 and dut.line_valid_o.value == 0
        for record in (bench.expected, bench.received, bench.requests, bench.cycles):
            record.clear()
        bench.load(bench.random_job())
        await bench.finish()
        for record in (bench.expected, bench.received, bench.requests, bench.cycles):
            record.clear()
