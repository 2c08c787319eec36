# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_perf_sum counts the steps of every SDPE separately."""

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.bench import start
from tb.common.rtl_types import bench_types, package_types
from tests.blocks.sdpe_events import EVENTS

STEP = 1 << len(EVENTS) - 1 - EVENTS.index("step")  # the first field of a packed struct has the highest bit
WIDTH = package_types("flaash_pkg")["sdpe_events_t"].width
PLACES = 64  # that can be selected


@cocotb.test()
async def steps_are_counted_by_engine(dut) -> None:
    for name in ("start", "events", "select", "dispatch", "reads", "conflicts", "load", "sent"):
        getattr(dut, f"{name}_i").value = 0
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
        await RisingEdge(dut.clk_i)
        for sdpe in rng.sample(range(PLACES), PLACES):
            dut.select_i.value = sdpe
            await ClockCycles(dut.clk_i, 1)
            await FallingEdge(dut.clk_i)
            steps = bench_types()["sums_o"].unpack(int(dut.sums_o.value)).sdpe_steps
            assert steps == (counts[sdpe] if sdpe < sdpes else 0), sdpe
