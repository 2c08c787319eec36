# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_fiber_loader delivers the lines of its jobs in order, without bubbles.

The proof `fiber_loader` shows which requests come, and when: until Depth lines are fetched, one job ahead.
"""

from collections import deque

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.bench import reset, rng, start, until, zero
from tb.common.stalls import STALLS
from tests.blocks.ports import Sink, Source, now

ADDRESSES = 1 << 20
Load = tuple[int, int, int]  # first line, lines, repeats


class Bench:
    """Job source, a memory with a latency and refusals, the consumer of the lines, and the check."""

    def __init__(self, dut: SimHandleBase, latency: int = 1, jobs: str = "none", memory: str = "none", lines="open"):
        self.dut, self.random, self.latency = dut, rng(), latency
        self.depth, self.width = int(dut.Depth.value), len(dut.line_o)
        self.salt = self.random.getrandbits(self.width)
        self.source = Source(dut, "job", jobs)
        self.jobs = self.source.accepted[0]  # cycles
        self.sink = Sink(dut, "line", lines)
        self.received, self.cycles = self.sink.beats, self.sink.cycles  # lines, and when they were accepted
        self.expected: list[int] = []
        self.requests: list[int] = []  # cycles in which one was accepted
        zero(dut, "req_ready", "rsp_valid", "rsp_data")
        cocotb.start_soon(self._memory(memory))

    def line(self, address: int) -> int:
        """Return the memory's line there: every address holds another one."""
        return (address * 0x9E3779B97F4A7C15 ^ self.salt) & (1 << self.width) - 1

    async def _memory(self, stalls: str) -> None:
        due: deque[tuple[int, int]] = deque()  # responses in flight: cycle, line
        for pause in STALLS[stalls](self.random):
            answers = bool(due) and due[0][0] == now()
            self.dut.req_ready_i.value = int(not pause)
            self.dut.rsp_valid_i.value = int(answers)
            self.dut.rsp_data_i.value = due.popleft()[1] if answers else self.random.getrandbits(self.width)
            await FallingEdge(self.dut.clk_i)
            if self.dut.rst_ni.value == 0:
                due.clear()
            elif self.dut.req_valid_o.value == 1 and not pause:
                due.append((now() + self.latency, self.line(int(self.dut.req_addr_o.value))))
                self.requests.append(now())
                assert len(self.requests) - len(self.received) <= self.depth, "more reads under way than places"
            await RisingEdge(self.dut.clk_i)

    def load(self, *jobs: Load) -> None:
        """Hand jobs to the loader and note their lines."""
        for first, lines, repeats in jobs:
            self.source.put({"first": first, "lines": lines, "repeats": repeats})
            self.expected += [self.line((first + i) % ADDRESSES) for i in range(lines)] * repeats

    async def finish(self) -> None:
        limit = 30 * (len(self.expected) + self.latency) + 300
        await until(self.dut, lambda: len(self.received) >= len(self.expected), limit, "the last line")
        await ClockCycles(self.dut.clk_i, self.latency + self.depth + 5)
        assert self.received == self.expected and len(self.received) == len(self.requests) > 0
        assert self.dut.req_valid_o.value == 0 and self.dut.line_valid_o.value == 0

    def random_jobs(self, count: int) -> list[Load]:
        pick, most = self.random.choice, self.random.randint(1, 20)
        lines = [pick([1, 1, 2, 3, self.depth, self.depth + 1, most]) for _ in range(count)]
        return [(self.random.randrange(ADDRESSES - n), n, pick([1, 1, 1, 2, 3, 7])) for n in lines]


async def _started(dut, **options) -> Bench:
    bench = Bench(dut, **options)
    await start(dut)
    return bench


@cocotb.test()
@cocotb.parametrize(jobs=list(STALLS), memory=list(STALLS), lines=list(STALLS))
async def lines_come_in_order(dut, jobs: str, memory: str, lines: str) -> None:
    bench = await _started(dut, latency=rng().choice([1, 2, 5, 9]), jobs=jobs, memory=memory, lines=lines)
    bench.load(*bench.random_jobs(5))
    await bench.finish()


@cocotb.test()
@cocotb.parametrize(latency=[1, 2, 3, 7, 50])
async def corners_of_jobs(dut, latency: int) -> None:
    """Single lines, single repeats, the whole of Depth, first and last address."""
    bench = await _started(dut, latency=latency)
    for lines in (1, 2, bench.depth - 1, bench.depth, bench.depth + 1):
        for repeats in (1, 2, bench.depth):
            bench.load((0, lines, repeats), (ADDRESSES - lines, lines, repeats))
    await bench.finish()


@cocotb.test()
@cocotb.parametrize(shape=[(1, 1), (1, 5), (5, 1), (3, 4)])
async def one_line_per_cycle(dut, shape: tuple[int, int]) -> None:
    """No bubble within a job, between repeats, or between jobs, if Depth covers the latency."""
    latency = max(1, int(dut.Depth.value) - 2)
    bench = await _started(dut, latency=latency)
    bench.load(*((i * 7, *shape) for i in range(40)))
    await bench.finish()
    gaps = len(bench.cycles) - 1
    # Two places cover two thirds of a round trip of three cycles.
    most = gaps if bench.depth >= latency + 2 else gaps * (latency + 2) / bench.depth + 2
    assert gaps <= bench.cycles[-1] - bench.cycles[0] <= most


@cocotb.test()
@cocotb.parametrize(latency=[1, 4])
async def latency_of_the_first_line(dut, latency: int) -> None:
    """Job accepted in t, request in t + 1, response in t + 1 + latency, line one cycle later."""
    bench = await _started(dut, latency=latency)
    bench.load((17, 1, 1))
    await bench.finish()
    assert bench.requests == [bench.jobs[0] + 1] and bench.cycles == [bench.jobs[0] + 2 + latency]


@cocotb.test()
async def reset_forgets_everything(dut) -> None:
    bench = await _started(dut, latency=4, memory="random", lines="random")
    for delay in (1, 2, 3, 5, 8, 13, 30):
        bench.load(*bench.random_jobs(3))
        await ClockCycles(dut.clk_i, delay)
        bench.source.clear()
        await reset(dut, 2)
        await RisingEdge(dut.clk_i)
        assert dut.req_valid_o.value == 0 and dut.line_valid_o.value == 0
        for record in (bench.expected, bench.requests, bench.sink):
            record.clear()
        bench.load(*bench.random_jobs(1))
        await bench.finish()
        for record in (bench.expected, bench.requests, bench.sink):
            record.clear()
