# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_fiber_loader delivers the lines of its jobs in order, without bubbles.

The proof `fiber_loader` shows which requests come, and when: until Depth lines are fetched, one job ahead.
"""

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge

from tb.common.bench import reset, rng, start, until
from tb.common.stalls import STALLS
from tests.blocks.paper.line_memory import LineMemory
from tests.blocks.ports import Sink, Source

ADDRESSES = 1 << 20
Load = tuple[int, int, int]  # first line, lines, repeats


class Bench:
    """Job source, a memory with a latency and refusals, the consumer of the lines, and the check."""

    def __init__(self, dut: SimHandleBase, latency: int, jobs: str = "none", memory: str = "none", lines="open"):
        self.dut, self.random, self.latency = dut, rng(), latency
        self.depth, self.width = int(dut.Depth.value), len(dut.line_o)
        self.salt = self.random.getrandbits(self.width)
        self.source, self.sink = Source(dut, "job", jobs), Sink(dut, "line", lines)
        self.expected: list[int] = []
        self.memory = LineMemory(dut, latency, [memory], lambda port, address: self.line(address))
        self.requests = self.memory.requests
        cocotb.start_soon(self._watch())

    def line(self, address: int) -> int:
        """Return the memory's line there: every address holds another one."""
        return (address * 0x9E3779B97F4A7C15 ^ self.salt) & (1 << self.width) - 1

    async def _watch(self) -> None:
        while True:
            await RisingEdge(self.dut.clk_i)
            assert len(self.requests) - len(self.sink.beats) <= self.depth, "more reads under way than places"

    def load(self, *jobs: Load) -> None:
        """Hand jobs to the loader and note their lines."""
        for first, lines, repeats in jobs:
            self.source.put({"first": first, "lines": lines, "repeats": repeats})
            self.expected += [self.line(first + i) for i in range(lines)] * repeats

    def load_random(self, count: int) -> None:
        """Hand over jobs of single lines, the whole of Depth and more, anywhere and at the ends of the memory."""
        pick = self.random.choice
        for _ in range(count):
            lines = pick([1, 1, 2, 3, self.depth - 1 or 1, self.depth, self.depth + 1, self.random.randint(1, 20)])
            first = pick([0, ADDRESSES - lines, self.random.randrange(ADDRESSES - lines)])
            self.load((first, lines, pick([1, 1, 1, 2, 3, 7, self.depth])))

    async def finish(self) -> None:
        limit = 30 * (len(self.expected) + self.latency) + 300
        await until(self.dut, lambda: len(self.sink.beats) >= len(self.expected), limit, "the last line")
        await ClockCycles(self.dut.clk_i, self.latency + self.depth + 5)
        assert self.sink.beats == self.expected and len(self.expected) == len(self.requests) > 0
        assert self.dut.req_valid_o.value == 0 and self.dut.line_valid_o.value == 0


@cocotb.test()
@cocotb.parametrize(jobs=list(STALLS), memory=list(STALLS), lines=list(STALLS))
async def lines_come_in_order(dut, jobs: str, memory: str, lines: str) -> None:
    """After a reset that forgets earlier jobs, and the lines that were to come."""
    bench = Bench(dut, rng().choice([1, 2, 3, 5, 7, 9, 50]), jobs, memory, lines)
    await start(dut)
    bench.load_random(3)
    await ClockCycles(dut.clk_i, bench.random.choice([1, 2, 3, 5, 8, 13, 30]))
    bench.source.clear()
    await reset(dut, 2)
    await RisingEdge(dut.clk_i)
    assert dut.req_valid_o.value == 0 and dut.line_valid_o.value == 0
    for record in (bench.expected, bench.requests, bench.sink):
        record.clear()
    bench.load_random(6)
    await bench.finish()


@cocotb.test()
@cocotb.parametrize(shape=[(1, 1), (1, 5), (5, 1), (3, 4)], latency=[1, None])
async def one_line_per_cycle(dut, shape: tuple[int, int], latency: int | None) -> None:
    """No bubble within a job, between repeats, or between jobs, if Depth covers the latency.

    Job accepted in t, request in t + 1, response in t + 1 + latency, line one cycle later.
    """
    latency = latency or max(1, int(dut.Depth.value) - 2)
    bench = Bench(dut, latency)
    await start(dut)
    bench.load(*((i * 7, *shape) for i in range(40)))
    await bench.finish()
    accepted, cycles = bench.source.accepted[0][0], bench.sink.cycles
    assert (bench.requests[0], cycles[0]) == (accepted + 1, accepted + 2 + latency)
    gaps = len(cycles) - 1
    # Two places cover two thirds of a round trip of three cycles.
    most = gaps if bench.depth >= latency + 2 else gaps * (latency + 2) / bench.depth + 2
    assert gaps <= cycles[-1] - cycles[0] <= most
