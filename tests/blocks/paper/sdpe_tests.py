# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: an SDPE's results, their order, its events and when it is idle."""

from collections.abc import Callable

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from models.generate import corner_fibers
from tb.common.bench import until
from tb.common.stalls import STALLS
from tests.blocks.paper.sdpe_bench import LATENCY, Bench, started
from tests.blocks.paper.sdpe_model import Job, Setup, runs
from tests.share import amount


@cocotb.test()
@cocotb.parametrize(job=amount(["none", "random"], list(STALLS)), memory=list(STALLS))
async def results_and_events(dut, job: str, memory: str) -> None:
    """Any fibers under any stalls, after a reset during other work."""
    # The other two streams' stalls follow, so that each two streams see all pairs of kinds.
    kinds = list(STALLS)
    x, y = kinds.index(job), kinds.index(memory)
    bench = await started(dut, job, memory, kinds[(x + y) % 4], kinds[(x + 2 * y) % 4])
    bench.begin(bench.random_setup(8))
    await until(dut, lambda: not bench.idle(), 200, "the first job")
    await ClockCycles(dut.clk_i, bench.random.choice([1, 5, 12, 30, 45, 100]))
    await bench.reset()
    longest = (20, 60, 1)[(x + y) % 3]
    extent = min(2**bench.coord_width, bench.random.choice([longest, 2 * longest, 10 * longest, 2**bench.coord_width]))
    await bench.run(bench.random_setup(8, dense=x == y, longest=longest, extent=extent))


@cocotb.test()
@cocotb.parametrize(stalls=list(STALLS))
async def corners_of_fibers(dut, stalls: str) -> None:
    bench = await started(dut, "none", "none", stalls, stalls)
    extent = 5 * bench.lanes + 1
    places = [*corner_fibers(extent, bench.lanes), [*range(1, extent - 1, 2), extent - 1]]  # the last: one late match
    if stalls in ("none", "random"):  # up to the last coordinate
        places = [[coord + 2**bench.coord_width - extent for coord in coords] for coords in places] + [[0]]
    a, b = ([bench.fiber(coords, "normal") for coords in places] for _ in "ab")
    await bench.run(bench.setup(a, b, [job for n in range(len(a)) for job in runs(n, len(b), 1 + n)], dense=True))


def _first_matches(bench: Bench) -> Setup:
    # Each pair has its matches in the first lines and then none for a while; Watch distinguishes steps with a
    # full queue from stalls. Two or three beats leave with each result, so that the queue is full in all phases.
    evens, odds = ([2 * n + odd for n in range(6 * bench.lanes)] for odd in (0, 1))
    others = [bench.fiber(sorted([*some, *odds])) for some in ([0], [0, 2])]
    return bench.setup([bench.fiber(evens)], others, [Job(0, 0, 2)] * 30, dense=True)


def _zeros(bench: Bench) -> Setup:
    hit, miss = bench.fiber([3]), bench.fiber([4])
    return bench.setup([hit], [hit] * int(bench.dut.ResultDepth.value) + [miss] * 50 + [hit])


# Name: the work, and the events that it comes to while nobody takes a result.
HELD: dict[str, tuple[Callable[[Bench], Setup], dict[str, int]]] = {
    "all waits": (
        lambda bench: bench.random_setup(10, dense=True, longest=4, extent=6),
        {"stall_result": 500, "stall_mac": 500},
    ),
    "zeros pass a full store": (_zeros, {"zero_empty": 50, "stall_result": 1}),
    "lines without a match pass a full queue": (_first_matches, {"stall_mac": 51, "stall_result": 1}),
    "idle with stored results": (lambda bench: bench.setup([bench.fiber([3])], [bench.fiber([3])] * 2), {"result": 2}),
}


@cocotb.test()
@cocotb.parametrize(case=list(HELD))
async def nobody_takes_results(dut, case: str) -> None:
    """Nothing is lost, and it goes on when results leave one by one."""
    bench = await started(dut)
    dut.result_ready_i.value = 0
    make, events = HELD[case]
    setup = make(bench)
    assert bench.idle()
    bench.begin(setup)
    await until(dut, lambda: all(bench.watch.counts[name] >= count for name, count in events.items()), 6000, case)
    await ClockCycles(dut.clk_i, 10)
    stored = events.get("result", int(dut.ResultDepth.value))
    assert (bench.watch.counts["result"], bench.idle()) == (stored, "result" in events) and not bench.results
    assert int(dut.result_valid_o.value) and (case != "all waits" or not int(dut.job_ready_o.value))
    for _ in range(12):
        dut.result_ready_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.result_ready_i.value = 0
        await ClockCycles(dut.clk_i, 8 * bench.lanes)
    await bench.end(setup)


@cocotb.test()
@cocotb.parametrize(long_a=[False, True])
async def busy_until_the_rest_of_a_fiber_is_gone(dut, long_a: bool) -> None:
    # The result is out long before the last line of the longer fiber; Watch compares idle_o.
    bench = await started(dut)
    long = bench.fiber([*range(80 * bench.lanes)])
    setup = bench.setup(*([long], [long[:1]])[:: 1 if long_a else -1])
    bench.begin(setup)
    await until(dut, lambda: bool(bench.results), 200, "the result")
    assert not bench.idle()
    await bench.end(setup)


def _short(bench: Bench, run: int) -> Setup:
    a, b = ([bench.fiber([n]) for n in range(fibers)] for fibers in (4, 20))
    return bench.setup(a, b, [job for n in range(4) for job in runs(n, 20, run)])


# Name: the work, in which each cycle is a step or drops a line after the end of a fiber.
WITHOUT_BUBBLE: dict[str, Callable[[Bench], Setup]] = {
    "matches": lambda bench: bench.setup(*([bench.fiber([*range(5 * bench.lanes)])] * n for n in (1, 5)), dense=True),
    "jobs of one dot product": lambda bench: _short(bench, 1),
    "jobs of five": lambda bench: _short(bench, 5),
    "any fibers": lambda bench: bench.random_setup(8, longest=8 * bench.lanes, extent=30 * bench.lanes),
}


@cocotb.test()
@cocotb.parametrize(case=list(WITHOUT_BUBBLE))
async def no_bubble(dut, case: str) -> None:
    bench = await started(dut)
    setup = WITHOUT_BUBBLE[case](bench)
    counts, dropped = await bench.run(setup), setup.expected()[1]["dropped"]
    assert counts["step"] <= bench.watch.span <= counts["step"] + dropped


@cocotb.test()
async def latency_of_one_product(dut) -> None:
    # The latency in the header of flaash_sdpe.
    bench = await started(dut)
    setup = bench.setup([bench.fiber([3])], [bench.fiber([3])])
    bench.begin(setup)
    cycles = 0
    while not int(dut.result_valid_o.value) and cycles < 1000:
        await FallingEdge(dut.clk_i)
        accepted = int(dut.job_valid_i.value) and int(dut.job_ready_o.value)
        cycles = 0 if accepted else cycles + 1
    assert cycles == 5 + LATENCY + (18 if bench.fmt.is_float else 6)
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
    counts = await bench.run(bench.setup([a], b, dense=dense))
    fates = [counts[name] for name in ("zero_empty", "zero_cancel", "zero_underflow", "result")]
    assert fates == ([0, 0, 0, len(b)] if dense else [1, 2, len(b) - 4, 1])
