# SPDX-License-Identifier: Apache-2.0
"""Drives flaash_sdpe_bench and checks each of its cycles."""

from collections import Counter, deque

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, until
from tb.common.stalls import STALLS
from tests.blocks.lines import Fiber
from tests.blocks.paper.sdpe_events import EVENTS
from tests.blocks.paper.sdpe_model import FORMAT_OF_CODE, Job, Operand, Setup, random_operand, runs
from tests.blocks.ports import Sink, Source

_BIT = {name: bit for bit, name in enumerate(reversed(EVENTS))}
PORTS = ("job", "a", "b", "result")  # where stalls can be


class Bench:
    """An SDPE, its memory, its inputs and its outputs.

    Args:
        dut: flaash_sdpe_bench.
        stalls: kind of stalls at each of PORTS.
    """

    def __init__(self, dut: SimHandleBase, stalls: tuple[str, ...] = ("none",) * len(PORTS)):
        self.dut, self.random = dut, rng()
        self.lanes = int(dut.Lanes.value)
        self.coord_width = int(dut.CoordWidth.value)
        self.fmt = FORMAT_OF_CODE[int(dut.Format.value)]
        self.results: list[int] = []
        self.before: Counter[str] = Counter()  # event counts and flags that are already checked
        self.flags = 0
        kinds = dict(zip(PORTS, stalls, strict=True))
        self.jobs = Source(dut, "job", kinds["job"])
        self.open = kinds["result"] == "none"
        pack = bench_types()["result_data_o"].pack
        kinds["result"] = "open" if self.open else kinds["result"]
        self.sink = Sink(dut, "result", kinds["result"], take=lambda beat: self.results.append(pack(beat)))
        dut.wr_valid_i.value = dut.pause_i.value = dut.dense_i.value = 0
        if {kinds["a"], kinds["b"]} != {"none"}:
            cocotb.start_soon(self._pause([STALLS[kinds[port]](self.random) for port in "ab"]))

    async def _pause(self, stalls) -> None:
        for a, b in zip(*stalls, strict=True):
            self.dut.pause_i.value = a | b << 1
            await RisingEdge(self.dut.clk_i)

    def setup(self, a: list[Fiber], b: list[Fiber], jobs: list[Job] | None = None, dense: bool = False) -> Setup:
        """Return the jobs on these fibers; by default each fiber of A with all of B."""
        every = [Job(n, 0, len(b)) for n in range(len(a))]
        return Setup(self.fmt, Operand(a, self.lanes), Operand(b, self.lanes), jobs or every, dense)

    def random_setup(self, fibers: int = 8, dense: bool = False, **shape: int) -> Setup:
        """Return every fiber of a random A with every fiber of a random B, in runs of any length."""
        a, b = (random_operand(self.random, self.fmt, self.lanes, fibers, **shape) for _ in "ab")
        jobs = [job for n in range(fibers) for job in runs(n, fibers, self.random.randint(1, fibers))]
        return Setup(self.fmt, a, b, jobs, dense)

    async def load(self, setup: Setup) -> None:
        """Write both operands into the memory."""
        operands: list[Operand] = [setup.a, setup.b]
        self.dut.wr_valid_i.value = 1
        for number, operand in enumerate(operands):
            for address, line in enumerate(operand.image(self.coord_width, self.fmt.value_width), operand.first_line):
                self.dut.wr_operand_i.value, self.dut.wr_addr_i.value = number, address
                self.dut.wr_data_i.value = line
                await RisingEdge(self.dut.clk_i)
        self.dut.wr_valid_i.value = 0
        self.dut.dense_i.value = int(setup.dense)

    def send(self, setup: Setup) -> None:
        """Send the jobs."""
        for job in setup.jobs:
            self.jobs.put(setup.pack_job(job))

    def counts(self) -> Counter[str]:
        """Return how many cycles each event had since the last reset."""
        packed = int(self.dut.count_o.value)
        return Counter({name: packed >> 32 * bit & 0xFFFF_FFFF for name, bit in _BIT.items()})

    def idle(self) -> bool:
        """Return whether the engine reports that it is idle."""
        return int(self.dut.idle_o.value) == 1

    async def finished(self, setup: Setup, cycles: int = 20_000) -> None:
        """Wait until the engine is idle and all expected results have been accepted."""
        wanted = len(setup.expected()[0])
        await until(
            self.dut,
            lambda: self.idle() and self.jobs_gone() and len(self.results) >= wanted,
            cycles,
            f"{wanted} results",
        )
        await ClockCycles(self.dut.clk_i, 10)

    def jobs_gone(self) -> bool:
        """Return whether every sent job has been accepted."""
        return not any(self.jobs.queues)

    def check(self, setup: Setup) -> None:
        """Compare results, events and flags since the last check with the expectation."""
        results, events, flags = setup.expected()
        assert self.results == results
        counts = self.counts()
        counts.subtract(self.before)
        for name in EVENTS:
            if not name.startswith(("busy", "stall")):
                assert counts[name] == events[name], f"{name}: {counts[name]} instead of {events[name]}"
        self.flags |= flags
        assert int(self.dut.flags_o.value) == self.flags
        self.before = self.counts()
        self.results.clear()

    async def begin(self, setup: Setup, watched: bool = True) -> None:
        """Load and send, and check each cycle from now on if nothing else is ever sent."""
        self.watch = Watch(self, setup) if watched else None
        await self.load(setup)
        self.send(setup)

    async def end(self, setup: Setup, cycles: int = 20_000) -> None:
        """Take all results, wait until all is done, and check."""
        if self.open:
            self.dut.result_ready_i.value = 1
        await self.finished(setup, cycles)
        self.check(setup)
        if self.watch:
            self.watch.check()

    async def run(self, setup: Setup, watched: bool = True) -> None:
        """Load, send, wait and check."""
        await self.begin(setup, watched)
        await self.end(setup)


class Watch:
    """Checks idle_o, busy and the causes of stalls in each cycle against the observed lines and jobs.

    Args:
        bench: what it watches.
        setup: the work; its jobs must be the only ones.
    """

    def __init__(self, bench: Bench, setup: Setup):
        self.dut, self.setup = bench.dut, setup
        self.jobs = iter(setup.jobs)
        self.dots = 0  # accepted, not finished
        self.left: tuple[deque[int], deque[int]] = (deque(), deque())  # lines to come, fiber by fiber
        self.ended = [0, 0]  # fibers of A, of B
        self.starting = 0  # cycles in which a job is inside and its lines aren't requested yet
        self.seen: Counter[str] = Counter()
        cocotb.start_soon(self._run())

    async def _run(self) -> None:
        while True:
            await FallingEdge(self.dut.clk_i)
            if self.dut.rst_ni.value == 1:
                self._cycle()

    def _cycle(self) -> None:
        bits = int(self.dut.events_o.value)
        event = {name: bits >> bit & 1 for name, bit in _BIT.items()}
        taken, waits = int(self.dut.taken_o.value), int(self.dut.waits_o.value)
        lines_to_come = any(self.left[0]) or any(self.left[1])
        inside = bool(self.dots) or lines_to_come
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
        if event["stall_a"]:
            assert not waits & 1 and not rest_of_b
        if event["stall_b"]:
            assert not waits & 2 and not rest_of_a and (waits & 1 or rest_of_b)
        if event["stall_mac"]:
            assert waits == 3
        self.seen.update(name for name, bit in event.items() if bit)
        self._advance(event, taken)

    def _advance(self, event: dict[str, int], taken: int) -> None:
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

    def check(self) -> None:
        """Raise AssertionError unless all jobs are finished and few cycles are unexplained."""
        assert next(self.jobs, None) is None and not self.dots and not any(self.left)
        assert self.starting <= len(self.setup.jobs)


async def started(dut: SimHandleBase, *stalls: str) -> Bench:
    """Return a bench whose module is out of reset."""
    bench = Bench(dut, stalls) if stalls else Bench(dut)
    await start(dut)
    return bench
