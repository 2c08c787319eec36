# SPDX-License-Identifier: Apache-2.0
"""Drives flaash_sdpe and checks each of its cycles."""

import functools
import operator
from collections import Counter, deque

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.bench import reset, rng, start, until
from tests.blocks.events import EVENTS
from tests.blocks.lines import Fiber
from tests.blocks.paper.line_memory import LineMemory
from tests.blocks.paper.sdpe_model import FORMAT_OF_CODE, Job, Operand, Setup, fiber, random_operand, runs
from tests.blocks.ports import Sink, Source, now

LATENCY = 2  # of the memory
_BIT = {name: bit for bit, name in enumerate(reversed(EVENTS))}


class Bench:
    """An SDPE, its memory, its inputs and its outputs.

    Args:
        dut: flaash_sdpe.
        job, a, b, result: kinds of stalls at the ports. Without stalls, results are taken while the bench holds ready.
    """

    def __init__(self, dut: SimHandleBase, job: str = "none", a: str = "none", b: str = "none", result: str = "none"):
        self.dut, self.random = dut, rng()
        self.lanes, self.coord_width = int(dut.Lanes.value), int(dut.CoordWidth.value)
        self.fmt = FORMAT_OF_CODE[int(dut.Format.value)]
        self.jobs, self.open = Source(dut, "job", job), result == "none"
        self.sink = Sink(dut, "result", "open" if self.open else result)
        self.results = self.sink.beats
        dut.dense_i.value = dut.finish_i.value = 0
        self.lines: list[dict[int, int]] = [{}, {}]  # of A, of B, by address
        LineMemory(dut, LATENCY, [a, b], lambda port, address: self.lines[port][address])

    def fiber(self, coords: list[int], kind: str = "ones") -> Fiber:
        """Return a fiber with these coordinates."""
        return fiber(self.random, self.fmt, coords, kind)

    def setup(self, a: list[Fiber], b: list[Fiber], jobs: list[Job] | None = None, dense: bool = False) -> Setup:
        """Return the jobs on these fibers; by default each fiber of A with all of B."""
        every = [Job(n, 0, len(b)) for n in range(len(a))]
        return Setup(self.fmt, Operand(a, self.lanes), Operand(b, self.lanes), jobs or every, dense)

    def random_setup(self, fibers: int, dense: bool = False, **shape: int) -> Setup:
        """Return every fiber of a random A with every fiber of a random B, in runs of any length."""
        a, b = (random_operand(self.random, self.fmt, self.lanes, fibers, **shape) for _ in "ab")
        jobs = [job for n in range(fibers) for job in runs(n, fibers, self.random.randint(1, fibers))]
        return Setup(self.fmt, a, b, jobs, dense)

    def idle(self) -> bool:
        """Return whether the engine reports that it is idle."""
        return int(self.dut.idle_o.value) == 1

    def begin(self, setup: Setup) -> None:
        """Fill the memory and send the jobs; check each cycle from now on."""
        self.watch = Watch(self.dut, setup)
        self.dut.dense_i.value = int(setup.dense)
        widths = self.coord_width, self.fmt.value_width
        self.lines = [dict(enumerate(one.image(*widths), one.first_line)) for one in (setup.a, setup.b)]
        for job in setup.jobs:
            self.jobs.put(setup.members(job))

    async def end(self, setup: Setup, cycles: int = 20_000) -> Counter[str]:
        """Take all results, wait until all is done, compare results, flags and events, and return the events."""
        if self.open:
            self.dut.result_ready_i.value = 1
        results, events, flags = setup.expected()
        done = lambda: self.idle() and not any(self.jobs.queues) and len(self.results) >= len(results)  # noqa: E731
        await until(self.dut, done, cycles, f"{len(results)} results")
        await ClockCycles(self.dut.clk_i, 10)
        counts = self.watch.end()
        assert self.results == results and self.watch.flags == flags
        for name in EVENTS:
            if not name.startswith(("busy", "stall")):
                assert counts[name] == events[name], f"{name}: {counts[name]} instead of {events[name]}"
        return counts

    async def run(self, setup: Setup) -> Counter[str]:
        """Begin and end."""
        self.begin(setup)
        return await self.end(setup)

    async def reset(self) -> None:
        """Reset during work, of which nothing is left."""
        assert not self.idle()
        self.jobs.clear()
        self.watch.task.cancel()
        await reset(self.dut)
        await FallingEdge(self.dut.clk_i)
        assert self.idle() and not int(self.dut.result_valid_o.value)
        self.sink.clear()
        await RisingEdge(self.dut.clk_i)


class Watch:
    """Checks idle_o, busy and the causes of stalls in each cycle against the observed lines and jobs.

    Args:
        dut: flaash_sdpe.
        setup: the work; its jobs must be the only ones.
    """

    def __init__(self, dut: SimHandleBase, setup: Setup):
        self.dut, self.setup, self.jobs = dut, setup, iter(setup.jobs)
        self.dots = 0  # accepted, not finished
        self.left: tuple[deque[int], deque[int]] = (deque(), deque())  # lines to come, fiber by fiber
        self.ended = [0, 0]  # fibers of A, of B
        self.starting = 0  # cycles in which a job is inside and its lines aren't requested yet
        self.seen: Counter[int] = Counter()  # cycles by the bits of events_o
        self.steps: list[int] = []  # the first cycle with a step, the last one
        self.task = cocotb.start_soon(self._run())

    @property
    def counts(self) -> Counter[str]:
        """How many cycles had each event."""
        return Counter({name: sum(n for bits, n in self.seen.items() if bits >> bit & 1) for name, bit in _BIT.items()})

    @property
    def flags(self) -> int:
        """The flags of all results."""
        return functools.reduce(operator.or_, (bits >> len(EVENTS) & 0xF for bits in self.seen), 0)

    @property
    def span(self) -> int:
        """Cycles from the first step to the last one."""
        return self.steps[-1] - self.steps[0] + 1

    async def _run(self) -> None:
        while True:
            await FallingEdge(self.dut.clk_i)
            self._cycle()

    def _cycle(self) -> None:
        bits = int(self.dut.events_o.value)
        event = {name: bits >> bit & 1 for name, bit in _BIT.items()}
        self.seen[bits] += 1
        waits = int(self.dut.valid.value)
        taken = waits & int(self.dut.ready.value)
        if event["step"]:
            self.steps[1:] = [now()]
        lines_to_come = any(self.left)
        inside = bool(self.dots or lines_to_come)
        assert int(self.dut.idle_o.value) == (not inside), "idle_o is wrong"
        assert event["busy"] == inside
        rest_of_a, rest_of_b = self.ended[1] > self.ended[0], self.ended[0] > self.ended[1]
        dropped = int(bool(taken) and not event["step"])
        happened = event["step"] + dropped + event["stall_a"] + event["stall_b"] + event["stall_mac"]
        assert happened <= 1, "two things at once"
        if lines_to_come and not happened:
            assert waits == 0, "a line waits and nothing happens"
            self.starting += 1
        assert lines_to_come or not happened, "something happens to no line"
        assert rest_of_a or rest_of_b or not dropped, "a line goes without a step"
        assert not event["stall_a"] or (not waits & 1 and not rest_of_b)
        assert not event["stall_b"] or (not waits & 2 and not rest_of_a and (waits & 1 or rest_of_b))
        assert not event["stall_mac"] or waits == 3
        self.dots -= event["dot_done"]
        for operand, left in enumerate(self.left):
            if taken >> operand & 1:
                left[0] -= 1
                if not left[0]:
                    left.popleft()
                    self.ended[operand] += 1
        if self.dut.job_valid_i.value == 1 and self.dut.job_ready_o.value == 1:
            job = next(self.jobs)
            self.dots += job.count
            self.left[0].extend([self.setup.a.lines[job.a]] * job.count)
            self.left[1].extend(self.setup.b.lines[job.b : job.b + job.count])

    def end(self) -> Counter[str]:
        """Return the counts; raise AssertionError unless all jobs are finished and few cycles are unexplained."""
        assert next(self.jobs, None) is None and not self.dots and not any(self.left)
        assert self.starting <= len(self.setup.jobs)
        return self.counts


async def started(dut: SimHandleBase, *stalls: str) -> Bench:
    """Return a bench whose module is out of reset."""
    bench = Bench(dut, *stalls)
    await start(dut)
    return bench
