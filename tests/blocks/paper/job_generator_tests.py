# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_job_generator emits each pair of fibers once, with the right lines."""

import collections
import itertools
from collections.abc import Sequence
from random import Random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common import rtl_constants as rtl
from tb.common.bench import reset, rng, start, until, zero
from tb.common.stalls import STALLS
from tests.blocks.ports import Sink, now
from tests.share import amount

FIELD_BITS = 20  # of a fiber's number, and of a line's
TOP_LINES = (1 << (FIELD_BITS + 1)) - 1  # the largest line_sum_t: above any job
PLACES = rtl.CONSTANTS["PlaceStored"], rtl.CONSTANTS["PlaceFirst"]


Job = collections.namedtuple("Job", "a_id a_first a_lines b_id b_count b_first b_lines")  # job_t


def unpack(job: tuple) -> Job:
    """Return the job of a record of the port."""
    return Job(*(getattr(job, name) for name in Job._fields))


def table(random: Random, fibers: int, most: int, base: int = 0) -> list[int]:
    """Return a fiber table: first line of each fiber and the sentinel."""
    return list(itertools.accumulate((random.randint(1, most) for _ in range(fibers)), initial=base))


def expected(a: Sequence[int], b: Sequence[int], run_length: int, long_lines: int = 0) -> list[Job]:
    """Return the jobs of a contraction with these fiber tables, in order.

    With long_lines, short ones of the later half of the fibers of A come last.
    """
    fibers = len(b) - 1
    run = run_length or fibers
    jobs, last = [], []
    for i in range(len(a) - 1):
        for j in range(0, fibers, run or 1):
            end = min(j + run, fibers)
            job = Job(i, a[i], a[i + 1] - a[i], j, end - j, b[j], b[end] - b[j])
            waits = job.a_lines + job.b_lines < long_lines and i >= (len(a) - 1) // 2
            (last if waits else jobs).append(job)
    return jobs + last


class Bench:
    """The fiber tables, the consumer of the jobs, and the comparison."""

    def __init__(self, dut: SimHandleBase, random: Random, stalls: str = "none"):
        self.dut, self.random = dut, random
        self.tables: dict[str, Sequence[int]] = {"a": [0], "b": [0]}
        self.wrong: tuple[str, int] | None = None  # table and entry whose parity is wrong
        self.jobs: list[Job] = []
        self.started = 0
        self.visits: list[int] = []  # cycles of visit_o
        self.faults: list[tuple[str, int]] = []  # tables and fibers of fault_o
        self.types = bench_types()
        zero(dut, "start", "run_length", "long_lines", "fibers", "table")
        self.cycles = Sink(dut, "job", stalls, take=lambda job: self.jobs.append(unpack(job))).cycles
        cocotb.start_soon(self._serve())

    async def _serve(self) -> None:
        """Respond at the table ports, one cycle after the address; random data beyond the table."""
        while True:
            await FallingEdge(self.dut.clk_i)
            answers, addresses = [], (0, 0)
            if self.dut.visit_o.value == 1:
                self.visits.append(now())
            if self.dut.rst_ni.value == 1:
                addresses = self.types["table_addr_o"].unpack(int(self.dut.table_addr_o.value))
                self._note(self.types["fault_o"].unpack(int(self.dut.fault_o.value)))
            for (name, entries), address in zip(self.tables.items(), addresses, strict=True):
                wrong = self.wrong == (name, address)
                known = address < len(entries) and not wrong
                answers.append(
                    {"wrong": wrong, "first": entries[address] if known else self.random.getrandbits(FIELD_BITS)}
                )
            await RisingEdge(self.dut.clk_i)
            self.dut.table_i.value = self.types["table_i"].pack(answers)

    def _note(self, fault: tuple) -> None:
        """Record the reports of fault_o."""
        if fault.valid:
            assert (fault.level, fault.memory) == PLACES
            self.faults.append(("ab"[fault.operand], fault.position))

    async def begin(self, a: Sequence[int], b: Sequence[int], run_length: int, long_lines: int = 0) -> list[Job]:
        """Load the tables, start, and return the expected jobs."""
        self.jobs.clear()
        self.cycles.clear()
        self.tables = {"a": a, "b": b}
        await ClockCycles(self.dut.clk_i, 2)
        self.dut.fibers_i.value = self.types["fibers_i"].pack([len(a) - 1, len(b) - 1])
        self.dut.run_length_i.value = run_length
        self.dut.long_lines_i.value = long_lines
        self.dut.start_i.value = 1
        await FallingEdge(self.dut.clk_i)
        self.started = now()
        await RisingEdge(self.dut.clk_i)
        # The descriptor counts only in the cycle of the start.
        self.dut.start_i.value = 0
        for name in ("run_length_i", "long_lines_i", "fibers_i"):
            signal = getattr(self.dut, name)
            signal.value = self.random.getrandbits(len(signal))
        return expected(a, b, run_length, long_lines)

    async def run(self, a: Sequence[int], b: Sequence[int], run_length: int, long_lines: int = 0) -> None:
        """Do one contraction and check its jobs and busy_o."""
        jobs = await self.begin(a, b, run_length, long_lines)
        if jobs:
            await FallingEdge(self.dut.clk_i)
            assert self.dut.busy_o.value == 1
        await until(self.dut, lambda: self.dut.busy_o.value == 0, 100 * len(jobs) + 20, "the last job")
        assert len(self.jobs) == len(jobs)
        for _ in range(6):
            await ClockCycles(self.dut.clk_i, 1)
            assert self.dut.busy_o.value == 0 and self.dut.job_valid_o.value == 0
        assert self.jobs == jobs and not self.faults


async def _started(dut, stalls: str = "none") -> Bench:
    bench = Bench(dut, rng(), stalls)
    await start(dut)
    return bench


@cocotb.test()
@cocotb.parametrize(stalls=amount(["none", "random"], list(STALLS)))
async def contractions(dut, stalls: str) -> None:
    """Run lengths around 0, 1, the fibers of B, its divisors and the greatest; all jobs long, none, and some."""
    bench = await _started(dut, stalls)
    for fibers_a, fibers_b in itertools.product((1, 2, 3, 8), (1, 2, 6, 7)):
        a, b = (table(bench.random, fibers, bench.random.choice([3, 50])) for fibers in (fibers_a, fibers_b))
        for run_length in {0, 1, 2, 3, fibers_b - 1, fibers_b, fibers_b + 1, (1 << FIELD_BITS) - 1}:
            lines = sorted({job.a_lines + job.b_lines for job in expected(a, b, run_length)})
            some = bench.random.choice(lines)
            most = {1, lines[0], some, some + 1, lines[-1], lines[-1] + 1, TOP_LINES} if run_length < 3 else set()
            for long_lines in {0, *most}:
                await bench.run(a, b, run_length, long_lines)


@cocotb.test()
async def operand_without_fibers_makes_no_job(dut) -> None:
    bench = await _started(dut)
    some, nothing = [0, 2, 3], [0]
    for a, b in ((nothing, some), (some, nothing), (nothing, nothing)):
        for run_length in (0, 1, 5):
            await bench.begin(a, b, run_length)
            for _ in range(10):
                await RisingEdge(dut.clk_i)
                assert dut.busy_o.value == 0 and dut.job_valid_o.value == 0
        # The next contraction is not disturbed.
        await bench.run(some, some, 1)


@cocotb.test()
@cocotb.parametrize(run_length=[0, 1, 2, 3])
async def one_visit_per_cycle(dut, run_length: int) -> None:
    """Each job leaves in the cycle of its visit, whatever was skipped before; each visit is reported.

    So without long_lines there is a job per cycle, from the third cycle after the start.
    """
    bench = await _started(dut)
    for fibers_a, fibers_b in ((1, 30), (31, 1), (7, 5), (6, 8)):
        a, b = table(bench.random, fibers_a, 6), table(bench.random, fibers_b, 6)
        pairs = expected(a, b, run_length)
        for long_lines in (0, 1, 6, 9, TOP_LINES):
            later = [job for job in pairs if long_lines and job.a_id >= fibers_a // 2]
            bench.visits.clear()
            await bench.run(a, b, run_length, long_lines)
            assert bench.visits == list(range(bench.started + 2, bench.started + 2 + len(pairs + later)))
            for job, cycle in zip(bench.jobs, bench.cycles, strict=True):
                second = job in later and job.a_lines + job.b_lines < long_lines
                visit = len(pairs) + later.index(job) if second else pairs.index(job)
                assert cycle - bench.started == 3 + visit


@cocotb.test()
async def start_while_busy_is_ignored(dut) -> None:
    bench = await _started(dut, "single")
    jobs = await bench.begin([0, 1, 4], [0, 2, 3, 9], 1)
    for _ in range(6):
        dut.start_i.value = 1
        await RisingEdge(dut.clk_i)
        assert dut.busy_o.value == 1
    dut.start_i.value = 0
    await until(dut, lambda: dut.busy_o.value == 0, 100, "the last job")
    await ClockCycles(dut.clk_i, 5)
    assert bench.jobs == jobs


@cocotb.test()
async def largest_numbers(dut) -> None:
    """Fiber numbers and lines up to the top of their range."""
    bench = await _started(dut)
    top = (1 << FIELD_BITS) - 1
    await bench.run([0, top], [0, 5, top], 1)
    await bench.run([top - 3, top - 1, top], [top - 9, top - 8], 0)
    # The greatest number of fibers, a line each.
    await bench.run([0, 1], range(top + 1), 0)
    await bench.run(range(3), range(top + 1), top // 2)


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def no_job_after_a_wrong_answer(dut, stalls: str) -> None:
    """Exactly the earlier jobs come, one report comes, busy_o stays; every entry of both tables in turn."""
    bench = await _started(dut, stalls)
    a, b = table(bench.random, 3, 3), table(bench.random, 4, 3)
    for run_length in (0, 1, 3):
        ends = {
            "a": [job.a_id + 1 for job in expected(a, b, run_length)],
            "b": [job.b_id + job.b_count for job in expected(a, b, run_length)],
        }
        for name, entries in (("a", a), ("b", b)):
            for entry in range(len(entries)):
                if entry and entry not in ends[name]:
                    continue  # it is never read
                bench.wrong = name, entry
                jobs = await bench.begin(a, b, run_length)
                await ClockCycles(dut.clk_i, 60)
                count = ends[name].index(entry) if entry else 0
                assert bench.jobs == jobs[:count] and dut.busy_o.value == 1, f"entry {entry} of {name}"
                assert bench.faults == [(name, entry)]
                bench.wrong = None
                bench.faults.clear()
                await reset(dut)
                await bench.run(a, b, run_length)


@cocotb.test()
async def reset_forgets_the_contraction(dut) -> None:
    bench = await _started(dut, "random")
    for delay in range(1, 9):
        await bench.begin(table(bench.random, 4, 3), table(bench.random, 4, 3), 1)
        await ClockCycles(dut.clk_i, delay)
        await reset(dut)
        await FallingEdge(dut.clk_i)
        assert dut.busy_o.value == 0 and dut.job_valid_o.value == 0
        await bench.run(table(bench.random, 2, 3), table(bench.random, 3, 3), 2)
