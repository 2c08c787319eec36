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
from tests.blocks.paper.sdpe_bench import Bench, Watch, started
from tests.blocks.paper.sdpe_model import Job, Operand, Setup, random_value, runs
from tests.share import amount

WORKLOADS = ROOT / "models" / "data" / "workloads"


@cocotb.test()
@cocotb.parametrize(dense=[False, True], longest=[1, 20, 60])
async def results_and_events(dut, dense: bool, longest: int) -> None:
    bench = await started(dut)
    setup = bench.random_setup(12, dense, longest=longest, extent=2 * longest)
    watch = Watch(bench, setup)
    await bench.run(setup)
    watch.check()


@cocotb.test()
@cocotb.parametrize(job=amount(["none", "random"], list(STALLS)), memory=list(STALLS))
async def stalls_change_nothing(dut, job: str, memory: str) -> None:
    # The other two streams' stalls follow, so that each two streams see all pairs of kinds.
    kinds = list(STALLS)
    x, y = kinds.index(job), kinds.index(memory)
    bench = await started(dut, job, memory, kinds[(x + y) % 4], kinds[(x + 2 * y) % 4])
    setup = bench.random_setup(5, dense=x == y)
    watch = Watch(bench, setup)
    await bench.run(setup)
    watch.check()


@cocotb.test()
async def nothing_is_lost_when_nobody_takes_results(dut) -> None:
    bench = await started(dut)
    dut.result_ready_i.value = 0
    setup = bench.random_setup(10, dense=True, longest=4, extent=6)
    watch = Watch(bench, setup)
    await bench.load(setup)
    bench.send(setup)
    await ClockCycles(dut.clk_i, 1000)
    counts = bench.counts()
    assert counts["result"] == int(dut.ResultDepth.value)
    assert counts["stall_result"] > 500 and counts["stall_mac"] > 500
    assert not int(dut.job_ready_o.value) and not bench.idle()
    dut.result_ready_i.value = 1
    await bench.finished(setup)
    bench.check(setup)
    watch.check()


@cocotb.test()
async def zeros_pass_a_full_store(dut) -> None:
    bench = await started(dut)
    dut.result_ready_i.value = 0
    depth, one = int(dut.ResultDepth.value), random_value(bench.random, bench.fmt, "unit")
    hit, miss = [(3, one)], [(4, one)]
    setup = Setup(
        bench.fmt,
        Operand([hit], bench.lanes),
        Operand([hit] * depth + [miss] * 50 + [hit], bench.lanes),
        [Job(0, 0, depth + 51)],
    )
    await bench.load(setup)
    bench.send(setup)
    await until(dut, lambda: bench.counts()["stall_result"] > 0, 400, "a result without room")
    counts = bench.counts()
    assert (counts["result"], counts["zero_empty"]) == (depth, 50)
    dut.result_ready_i.value = 1
    await bench.finished(setup)
    bench.check(setup)


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
    setup = Setup(
        bench.fmt,
        Operand([evens], bench.lanes),
        Operand(others, bench.lanes),
        [Job(0, 0, 2)] * 30,
        dense=True,
    )
    watch = Watch(bench, setup)
    await bench.load(setup)
    bench.send(setup)
    await until(dut, lambda: bench.counts()["stall_mac"] > 50, 6000, "a full queue")
    for _ in range(12):
        dut.result_ready_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.result_ready_i.value = 0
        await ClockCycles(dut.clk_i, 8 * bench.lanes)
    dut.result_ready_i.value = 1
    await bench.finished(setup)
    bench.check(setup)
    watch.check()


@cocotb.test()
async def idle_with_results_still_stored(dut) -> None:
    bench = await started(dut)
    dut.result_ready_i.value = 0
    one = random_value(bench.random, bench.fmt, "unit")
    fiber = [(3, one)]
    setup = Setup(bench.fmt, Operand([fiber], bench.lanes), Operand([fiber] * 2, bench.lanes), [Job(0, 0, 2)])
    watch = Watch(bench, setup)
    await bench.load(setup)
    assert bench.idle()
    bench.send(setup)
    await until(dut, lambda: bench.counts()["result"] == 2, 100, "both results")
    assert bench.idle() and int(dut.result_valid_o.value)
    await ClockCycles(dut.clk_i, 10)
    assert not bench.results
    dut.result_ready_i.value = 1
    await bench.finished(setup)
    bench.check(setup)
    watch.check()


@cocotb.test()
@cocotb.parametrize(long_a=[False, True])
async def busy_until_the_rest_of_a_fiber_is_gone(dut, long_a: bool) -> None:
    # The result is out long before the last line of the longer fiber; Watch compares idle_o.
    bench = await started(dut)
    long = [(coord, random_value(bench.random, bench.fmt, "unit")) for coord in range(80 * bench.lanes)]
    short = Operand([long[:1]], bench.lanes)
    operands = (Operand([long], bench.lanes), short) if long_a else (short, Operand([long], bench.lanes))
    setup = Setup(bench.fmt, *operands, [Job(0, 0, 1)])
    watch = Watch(bench, setup)
    await bench.load(setup)
    bench.send(setup)
    await until(dut, lambda: bool(bench.results), 200, "the result")
    assert not bench.idle()
    await bench.finished(setup)
    bench.check(setup)
    watch.check()


@cocotb.test()
@cocotb.parametrize(fibers_per_job=[1, 5])
async def no_bubble_between_jobs(dut, fibers_per_job: int) -> None:
    # One line each, one step each: a dot product per cycle, for every job.
    bench = await started(dut)
    value = random_value(bench.random, bench.fmt, "unit")
    a = Operand([[(n, value)] for n in range(4)], bench.lanes)
    b = Operand([[(n, value)] for n in range(20)], bench.lanes)
    setup = Setup(bench.fmt, a, b, [job for n in range(4) for job in runs(n, 20, fibers_per_job)])
    await bench.run(setup)
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
    setup = Setup(bench.fmt, Operand([fiber], bench.lanes), Operand([fiber], bench.lanes), [Job(0, 0, 1)])
    await bench.load(setup)
    bench.send(setup)
    cycles = 0
    while not int(dut.result_valid_o.value) and cycles < 1000:
        await FallingEdge(dut.clk_i)
        accepted = int(dut.job_valid_i.value) and int(dut.job_ready_o.value)
        cycles = 0 if accepted else cycles + 1
    mac = 18 if bench.fmt.is_float else 6
    assert cycles == 5 + int(dut.Latency.value) + mac
    await bench.finished(setup)
    bench.check(setup)


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
    setup = Setup(bench.fmt, Operand([a], bench.lanes), Operand(b, bench.lanes), [Job(0, 0, len(b))], dense)
    await bench.run(setup)
    counts = bench.counts()
    fates = [counts[name] for name in ("zero_empty", "zero_cancel", "zero_underflow", "result")]
    assert fates == ([0, 0, 0, len(b)] if dense else [1, 2, len(b) - 4, 1])


def _operand(path, bench: Bench) -> Operand:
    csf = Csf.from_tensor(csfbin.read(path))
    coords, bits = csf.leaf_coords.tolist(), bench.fmt.encode(csf.leaf_values).tolist()
    entries = list(zip(coords, bits, strict=True))
    return Operand([entries[first:end] for first, end in csf.fiber_bounds().tolist()], bench.lanes)


@cocotb.test()
async def workload(dut) -> None:
    # No bubble at all: steps, and lines dropped after a fiber's end.
    name = "3x3x1024_d0.05"
    bench = await started(dut)
    a, b = (_operand(WORKLOADS / f"{name}_{side}.csfbin", bench) for side in ("lhs", "rhs"))
    setup = Setup(bench.fmt, a, b, [Job(n, 0, len(b.fibers)) for n in range(len(a.fibers))])
    await bench.load(setup)
    bench.send(setup)
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
