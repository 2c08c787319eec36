# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_job_generator emits each pair of fibers once, with the right lines, at its rate.

The proof `job_generator` shows the same, but the rate, of any operands of three fibers. The proof also shows that no
job follows a wrong response of a table.
"""

import collections
import itertools
from collections.abc import Sequence

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero
from tb.common.stalls import STALLS
from tests.blocks.ports import Sink, now
from tests.share import amount

FIELD_BITS = 20  # of a fiber's number, and of a line's
TOP = (1 << FIELD_BITS) - 1
TOP_LINES = 2 * TOP + 1  # the largest line_sum_t: above any job

Job = collections.namedtuple("Job", "a_id a_first a_lines b_id b_count b_first b_lines")  # job_t


def visits(a: Sequence[int], b: Sequence[int], run_length: int) -> list[Job]:
    """Return every run of B for every fiber of A, of these fiber tables, in order."""
    fibers = len(b) - 1
    run = run_length or fibers or 1
    return [
        Job(i, a[i], a[i + 1] - a[i], j, end - j, b[j], b[end] - b[j])
        for i in range(len(a) - 1)
        for j, end in ((j, min(j + run, fibers)) for j in range(0, fibers, run))
    ]


class Bench:
    """The fiber tables, the consumer of the jobs, and the comparison."""

    def __init__(self, dut: SimHandleBase, stalls: str):
        self.dut, self.random, self.stalls = dut, rng(), stalls
        self.tables: tuple[Sequence[int], Sequence[int]] = ([0], [0])
        self.started = 0
        self.visits: list[int] = []  # cycles of visit_o
        self.types = bench_types()
        zero(dut, "start", "run_length", "long_lines", "fibers", "table")
        self.jobs: list[Job] = []
        self.cycles = Sink(dut, "job", stalls, take=lambda job: self.jobs.append(Job(**job._asdict()))).cycles
        cocotb.start_soon(self._serve())

    def table(self, fibers: int, most: int) -> list[int]:
        """Return a fiber table: first line of each fiber and the sentinel."""
        return list(itertools.accumulate((self.random.randint(1, most) for _ in range(fibers)), initial=0))

    async def _serve(self) -> None:
        """Respond at the table ports, one cycle after the address; random data beyond the table."""
        while True:
            await FallingEdge(self.dut.clk_i)
            answers, addresses = [], (0, 0)
            if self.dut.rst_ni.value == 1:
                addresses = self.types["table_addr_o"].unpack(int(self.dut.table_addr_o.value))
                self.visits += [now()] * int(self.dut.visit_o.value)
            for entries, address in zip(self.tables, addresses, strict=True):
                known = address < len(entries)
                answers.append({"first": entries[address] if known else self.random.getrandbits(FIELD_BITS)})
            await RisingEdge(self.dut.clk_i)
            self.dut.table_i.value = self.types["table_i"].pack(answers)

    async def begin(self, a: Sequence[int], b: Sequence[int], run_length: int, long_lines: int = 0) -> None:
        """Load the tables and start; what stands at the inputs later counts no more, a start neither."""
        for record in (self.jobs, self.cycles, self.visits):
            record.clear()
        self.tables = (a, b)
        await ClockCycles(self.dut.clk_i, 2)
        given = {"fibers": [len(a) - 1, len(b) - 1], "run_length": run_length, "long_lines": long_lines, "start": 1}
        for name, value in given.items():
            getattr(self.dut, f"{name}_i").value = self.types[f"{name}_i"].pack(value)
        await FallingEdge(self.dut.clk_i)
        self.started = now()
        await RisingEdge(self.dut.clk_i)
        for name in given:
            getattr(self.dut, f"{name}_i").value = self.random.getrandbits(self.types[f"{name}_i"].width)
        self.dut.start_i.value = 0

    async def run(self, a: Sequence[int], b: Sequence[int], run_length: int, long_lines: int = 0) -> None:
        """Do one contraction and check its jobs, busy_o, and the cycle of each visit and of its job."""
        pairs = visits(a, b, run_length)
        later = [job for job in pairs if long_lines and job.a_id >= (len(a) - 1) // 2]
        last = [job for job in later if job.a_lines + job.b_lines < long_lines]
        jobs = [job for job in pairs if job not in last] + last if last else pairs
        await self.begin(a, b, run_length, long_lines)
        cycles, limit = 0, 100 * len(jobs) + 20
        await FallingEdge(self.dut.clk_i)
        while self.dut.busy_o.value == 1 and cycles < limit:
            await RisingEdge(self.dut.clk_i)
            self.dut.start_i.value = self.random.getrandbits(1) if len(self.jobs) < len(jobs) else 0
            await FallingEdge(self.dut.clk_i)
            cycles += 1
        assert len(self.jobs) == len(jobs) and bool(cycles) == bool(jobs)
        for _ in range(6):
            await RisingEdge(self.dut.clk_i)
            assert self.dut.busy_o.value == 0 and self.dut.job_valid_o.value == 0
        assert self.jobs == jobs and len(self.visits) == len(pairs + later)
        if self.stalls == "none":
            assert self.visits == [self.started + 2 + i for i in range(len(self.visits))]
            places = {job: i for i, job in enumerate(pairs)} | {
                job: len(pairs) + i for i, job in enumerate(later) if job in last
            }
            assert self.cycles == [self.started + 3 + places[job] for job in jobs]


@cocotb.test()
@cocotb.parametrize(stalls=amount(["none", "random"], list(STALLS)))
async def contractions(dut, stalls: str) -> None:
    """Run lengths around 0, 1, the fibers of B, its divisors and the greatest; all jobs long, none, and some."""
    bench = Bench(dut, stalls)
    await start(dut)
    for shape in (*itertools.product((0, 1, 2, 3, 8), (0, 1, 2, 6, 7)), (1, 30), (31, 1)):
        a, b = (bench.table(fibers, bench.random.choice([3, 50])) for fibers in shape)
        for run_length in {0, 1, 2, 3, max(shape[1] - 1, 0), shape[1], shape[1] + 1, TOP}:
            lines = sorted({job.a_lines + job.b_lines for job in visits(a, b, run_length)}) or [0]
            some = bench.random.choice(lines)
            most = {1, lines[0], some, some + 1, lines[-1], lines[-1] + 1, TOP_LINES} if run_length < 3 else set()
            for long_lines in {0, *most}:
                await bench.run(a, b, run_length, long_lines)


@cocotb.test()
async def largest_numbers(dut) -> None:
    """Fiber numbers and lines up to the top of their range; the greatest number of fibers, a line each."""
    bench = Bench(dut, "none")
    await start(dut)
    await bench.run([0, TOP], [0, 5, TOP], 1)
    await bench.run([TOP - 3, TOP - 1, TOP], [TOP - 9, TOP - 8], 0)
    await bench.run([0, 1], range(TOP + 1), 0)
    await bench.run(range(3), range(TOP + 1), TOP // 2)
