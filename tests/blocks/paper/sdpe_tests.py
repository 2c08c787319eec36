# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: an SDPE's results, their order, its events and when it is idle."""

import csv

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from models import csfbin
from models.csf import Csf
from sim.toolchain import ROOT
from tb.common.bench import reset, until
from tb.common.stalls import STALLS
from tests.blocks.lines import Fiber
from tests.blocks.paper.sdpe_bench import Bench, started
from tests.blocks.paper.sdpe_model import Job, directed_pairs, random_value, runs
from tests.share import amount

WORKLOADS = ROOT / "models" / "data" / "workloads"


@cocotb.test()
@cocotb.parametrize(dense=[False, True], longest=[1, 20, 60])
async def results_and_events(dut, dense: bool, longest: int) -> None:
    bench = await started(dut)
    extent = min(2**bench.coord_width, bench.random.choice([longest, 2 * longest, 10 * longest, 2**bench.coord_width]))
    setup = bench.random_setup(12, dense, longest=longest, extent=extent)
    await bench.run(setup)


@cocotb.test()
@cocotb.parametrize(stalls=list(STALLS))
async def corners_of_fibers(dut, stalls: str) -> None:
    bench = await started(dut, "none", "none", stalls, stalls)
    pairs = directed_pairs(bench.random, bench.fmt, bench.lanes, bench.coord_width)
    jobs = [Job(n, n, 1) for n in range(len(pairs))]
    await bench.run(bench.setup(*map(list, zip(*pairs, strict=True)), jobs, dense=True))


@cocotb.test()
async def a_match_per_cycle(dut) -> None:
    bench = await started(dut)
    fiber = [(n, random_value(bench.random, bench.fmt, "unit")) for n in range(5 * bench.lanes)]
    await bench.run(bench.setup([fiber], [fiber] * 5, dense=True))
    assert int(dut.span_o.value) == bench.before["match"] == 25 * bench.lanes


@cocotb.test()
@cocotb.parametrize(job=amount(["none", "random"], list(STALLS)), memory=list(STALLS))
async def stalls_change_nothing(dut, job: str, memory: str) -> None:
    # The other two streams' stalls follow, so that each two streams see all pairs of kinds.
    kinds = list(STALLS)
    x, y = kinds.index(job), kinds.index(memory)
    bench = await started(dut, job, memory, kinds[(x + y) % 4], kinds[(x + 2 * y) % 4])
    setup = bench.random_setup(5, dense=x == y)
    await bench.run(setup)


@cocotb.test()
async def nothing_is_lost_when_nobody_takes_results(dut) -> None:
    bench = await started(dut)
    dut.result_ready_i.value = 0
    setup = bench.random_setup(10, dense=True, longest=4, extent=6)
    await bench.begin(setup)
    await ClockCycles(dut.clk_i, 1000)
    counts = bench.counts()
    assert counts["result"] == int(dut.ResultDepth.value)
    assert counts["stall_result"] > 500 and counts["stall_mac"] > 500
    assert not int(dut.job_ready_o.value) and not bench.idle()
    await bench.end(setup)


@cocotb.test()
async def zeros_pass_a_full_store(dut) -> None:
    bench = await started(dut)
    dut.result_ready_i.value = 0
    depth, one = int(dut.ResultDepth.value), random_value(bench.random, bench.fmt, "unit")
    hit, miss = [(3, one)], [(4, one)]
    setup = bench.setup([hit], [hit] * depth + [miss] * 50 + [hit])
    await bench.begin(setup)
    await until(dut, lambda: bench.counts()["stall_result"] > 0, 400, "a result without room")
    counts = bench.counts()
    assert (counts["result"], counts["zero_empty"]) == (depth, 50)
    await bench.end(setup)


@cocotb.test()
async def lines_without_a_match_pass_a_full_queue(dut) -> None:
    # Each pair has its matches in the first lines and then none for a while; Watch distinguishes steps with a
    # full queue from stalls. Results leave one by one, and two or three beats each, so that the queue is full
    # in all phases of a pair.
    bench = await started(dut)
    dut.result_ready_i.value = 0
    one = random_value(bench.random, bench.fmt, "unit")
    evens = [(2 * n, one) for n in range(6 * bench.lanes)]
    odds = [(2 * n + 1, one) for n in range(6 * bench.lanes)]
    others = [sorted([(0, one), *odds]), sorted([(0, one), (2, one), *odds])]
    setup = bench.setup([evens], others, [Job(0, 0, 2)] * 30, dense=True)
    await bench.begin(setup)
    await until(dut, lambda: bench.counts()["stall_mac"] > 50, 6000, "a full queue")
    for _ in range(12):
        dut.result_ready_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.result_ready_i.value = 0
        await ClockCycles(dut.clk_i, 8 * bench.lanes)
    await bench.end(setup)


@cocotb.test()
async def idle_with_results_still_stored(dut) -> None:
    bench = await started(dut)
    dut.result_ready_i.value = 0
    one = random_value(bench.random, bench.fmt, "unit")
    fiber = [(3, one)]
    setup = bench.setup([fiber], [fiber] * 2)
    assert bench.idle()
    await bench.begin(setup)
    await until(dut, lambda: bench.counts()["result"] == 2, 100, "both results")
    assert bench.idle() and int(dut.result_valid_o.value)
    await ClockCycles(dut.clk_i, 10)
    assert not bench.results
    await bench.end(setup)


@cocotb.test()
@cocotb.parametrize(long_a=[False, True])
async def busy_until_the_rest_of_a_fiber_is_gone(dut, long_a: bool) -> None:
    # The result is out long before the last line of the longer fiber; Watch compares idle_o.
    bench = await started(dut)
    long = [(coord, random_value(bench.random, bench.fmt, "unit")) for coord in range(80 * bench.lanes)]
    setup = bench.setup(*([long], [long[:1]])[:: 1 if long_a else -1])
    await bench.begin(setup)
    await until(dut, lambda: bool(bench.results), 200, "the result")
    assert not bench.idle()
    await bench.end(setup)


@cocotb.test()
@cocotb.parametrize(fibers_per_job=[1, 5])
async def no_bubble_between_jobs(dut, fibers_per_job: int) -> None:
    # One line each, one step each: a dot product per cycle, for every job.
    bench = await started(dut)
    value = random_value(bench.random, bench.fmt, "unit")
    a, b = ([[(n, value)] for n in range(fibers)] for fibers in (4, 20))
    await bench.run(bench.setup(a, b, [job for n in range(4) for job in runs(n, 20, fibers_per_job)]))
    assert int(dut.span_o.value) == 80


@cocotb.test()
@cocotb.parametrize(cycles=[5, 12, 30, 45, 100])
async def reset_forgets_everything(dut, cycles: int) -> None:
    before = await started(dut, "none", "random", "random", "single")
    setup = before.random_setup(8)
    await before.load(setup)
    before.send(setup)
    await ClockCycles(dut.clk_i, cycles)
    assert not before.idle()
    before.jobs.stop()
    before.sink.stop()
    await reset(dut)
    await FallingEdge(dut.clk_i)
    assert before.idle() and not int(dut.result_valid_o.value)
    await RisingEdge(dut.clk_i)
    after = Bench(dut)
    await after.run(after.random_setup(8))


@cocotb.test()
async def latency_of_one_product(dut) -> None:
    # The latency in the header of flaash_sdpe.
    bench = await started(dut)
    fiber = [(3, random_value(bench.random, bench.fmt, "unit"))]
    setup = bench.setup([fiber], [fiber])
    await bench.begin(setup)
    cycles = 0
    while not int(dut.result_valid_o.value) and cycles < 1000:
        await FallingEdge(dut.clk_i)
        accepted = int(dut.job_valid_i.value) and int(dut.job_ready_o.value)
        cycles = 0 if accepted else cycles + 1
    mac = 18 if bench.fmt.is_float else 6
    assert cycles == 5 + int(dut.Latency.value) + mac
    await bench.end(setup)


@cocotb.test()
@cocotb.parametrize(dense=[False, True])
async def each_fate(dut, dense: bool) -> None:
    bench = await started(dut)
    one, minus_one, zero = bench.fmt.encode([1.0, -1.0, 0.0]).tolist()
    a = [(0, one), (1, one), (2, one)]
    b = [[(5, one)], [(0, one), (1, minus_one)], [(1, zero)], [(0, one), (2, one)]]
    if bench.fmt.is_float:
        tiny, minus_tiny = bench.fmt.encode([2.0**-120, -(2.0**-120)]).tolist()
        a.append((3, tiny))
        b += [[(3, tiny)], [(3, minus_tiny)]]
    await bench.run(bench.setup([a], b, dense=dense))
    counts = bench.counts()
    fates = [counts[name] for name in ("zero_empty", "zero_cancel", "zero_underflow", "result")]
    assert fates == ([0, 0, 0, len(b)] if dense else [1, 2, len(b) - 4, 1])


def _fibers(path, bench: Bench) -> list[Fiber]:
    csf = Csf.from_tensor(csfbin.read(path))
    coords, bits = csf.leaf_coords.tolist(), bench.fmt.encode(csf.leaf_values).tolist()
    entries = list(zip(coords, bits, strict=True))
    return [entries[first:end] for first, end in csf.fiber_bounds().tolist()]


@cocotb.test()
async def workload(dut) -> None:
    # No bubble at all: steps, and lines dropped after a fiber's end.
    name = "3x3x1024_d0.05"
    bench = await started(dut)
    setup = bench.setup(*(_fibers(WORKLOADS / f"{name}_{side}.csfbin", bench) for side in ("lhs", "rhs")))
    await bench.begin(setup, watched=False)
    expected = setup.expected()[1]
    await bench.finished(setup, 2 * expected["step"] + 5_000)
    counts, span, dots = bench.counts(), int(dut.span_o.value), len(setup.pairs())
    bench.check(setup)
    cocotb.log.info("%s: %d cycles, %d dot products, %s", name, span, dots, dict(counts))
    assert span <= expected["step"] + expected["dropped"]
    with (WORKLOADS / "workloads.csv").open() as table:
        row = next(row for row in csv.DictReader(table) if row["workload"] == name)
    assert counts["match"] == int(row["sum_intersection"])
    assert counts["step"] == int(row["early_term_cycles"])
    if bench.lanes == 8:
        # The paper's machine takes a cycle per step and one per dot product.
        assert span <= counts["step"] + dots
