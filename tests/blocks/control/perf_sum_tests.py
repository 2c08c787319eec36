# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_perf_sum turns events into increments, and counts steps."""

import random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from sim.rtl_types import bench_types, package_types
from tb.common.bench import start, zero
from tb.common.rtl_constants import COUNTERS
from tests.blocks.events import COUNTER_OF, EVENTS

STEP = 1 << len(EVENTS) - 1 - EVENTS.index("step")  # the first field of a packed struct has the highest bit
WIDTH = package_types("flaash_pkg")["sdpe_events_t"].width
PLACES = 64  # that can be selected
OTHERS = ("dispatch", "reads", "conflicts", "load", "sent")
SOON = ("CntMemReads", "CntMemConflicts", "CntUnloaded", "CntDiscarded")  # after one cycle, all others after two


def drive(dut: SimHandleBase, rng: random.Random, density: float) -> dict[str, int]:
    """Drive random inputs and return the expected values, by output or counter."""
    sources = int(dut.NumSources.value)
    raised = [[rng.random() < density for _ in EVENTS] for _ in range(sources)]
    flags = [rng.getrandbits(4) * (rng.random() < density) for _ in range(sources)]
    empties = [rng.randint(0, 4) for _ in range(sources)]
    types = bench_types()
    dut.events_i.value = types["events_i"].pack(
        [
            dict(zip(EVENTS, bits, strict=True), flags=some, empties=without)
            for bits, some, without in zip(raised, flags, empties, strict=True)
        ]
    )
    other = {name: rng.getrandbits(len(getattr(dut, f"{name}_i"))) for name in OTHERS}
    for name, value in other.items():
        getattr(dut, f"{name}_i").value = value
    dispatch, load = (types[f"{name}_i"].unpack(other[name]) for name in ("dispatch", "load"))
    sums = {event: sum(bits[i] for bits in raised) for i, event in enumerate(EVENTS)}
    expected = dict.fromkeys(COUNTERS, 0) | {COUNTER_OF[e]: n for e, n in sums.items() if e in COUNTER_OF}
    for counter in ("CntDotsDone", "CntZeroEmpty"):
        expected[counter] += sum(empties) * int(dut.Empties.value)
    expected |= {
        "CntJobs": dispatch.dots * dispatch.job,
        "CntRuns": dispatch.job,
        "CntPortions": dispatch.portion,
        "CntMemReads": other["reads"],
        "CntMemConflicts": other["conflicts"],
        "CntLoadCycles": load.loading,
        "CntUnloaded": other["sent"],
        "CntDiscarded": load.discarded,
        "flags": 0,
        "range_errors": sums["range_error"],
        "range_source": 0,
        "range_error": sums["range_error"] > 0,
    }
    for value in flags:
        expected["flags"] |= value
    wrong = [s for s, bits in enumerate(raised) if bits[EVENTS.index("range_error")]]
    expected["range_source"] = wrong[0] if wrong else 0
    return expected


def seen(dut: SimHandleBase) -> dict[str, int]:
    """Return the outputs."""
    sums = bench_types()["sums_o"].unpack(int(dut.sums_o.value))
    return {name: sums.increments[counter.value] for name, counter in COUNTERS.items()} | {
        "flags": sum(flag << i for i, flag in enumerate(reversed(sums.flags))),
        "range_errors": sums.range_errors,
        "range_source": sums.range_error.place,
        "range_error": sums.range_error.valid,
    }


@cocotb.test()
async def increments_are_sums(dut) -> None:
    zero(dut)
    rng = await start(dut)
    before = dict.fromkeys(seen(dut), 0)
    for _ in range(300):
        expected = drive(dut, rng, rng.choice([0, 0.05, 0.5, 1]))
        await RisingEdge(dut.clk_i)
        await FallingEdge(dut.clk_i)
        assert seen(dut) == before | {name: expected[name] for name in SOON}
        before = expected
    dut.rst_ni.value = 0
    await FallingEdge(dut.clk_i)
    assert not any(seen(dut).values()), "something happened during reset"


@cocotb.test()
async def steps_are_counted_by_engine(dut) -> None:
    zero(dut)
    rng = await start(dut)
    sdpes = int(dut.NumSdpe.value)
    for cycles in (70, 300, 1):
        shares = [rng.choice([0, 0.1, 0.5, 1]) for _ in range(sdpes)]
        counts = [0] * sdpes
        dut.start_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0
        for _ in range(cycles):
            steps = [rng.random() < share for share in shares]
            others = [rng.getrandbits(WIDTH) & ~STEP for _ in range(sdpes)]
            dut.events_i.value = sum(
                (other | STEP * step) << WIDTH * s for s, (step, other) in enumerate(zip(steps, others, strict=True))
            )
            await RisingEdge(dut.clk_i)
            counts = [count + step for count, step in zip(counts, steps, strict=True)]
        dut.events_i.value = 0
        await ClockCycles(dut.clk_i, 2)
        for sdpe in rng.sample(range(PLACES), PLACES):
            dut.select_i.value = sdpe
            await ClockCycles(dut.clk_i, 1)
            await FallingEdge(dut.clk_i)
            steps = bench_types()["sums_o"].unpack(int(dut.sums_o.value)).sdpe_steps
            assert steps == (counts[sdpe] if sdpe < sdpes else 0), sdpe
