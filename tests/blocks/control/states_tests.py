# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a soft reset is requested `requests` times, for tests/test_coverage_states.py."""

import cocotb
from cocotb.triggers import ClockCycles

from sim.rtl_types import bench_types
from sim.thisrun import argument
from tb.common.bench import start, zero


@cocotb.test()
async def requests(dut) -> None:
    zero(dut, "request")
    dut.unloader_idle_i.value = dut.idle_i.value = 1
    await start(dut)
    for _ in range(argument("requests")):
        dut.request_i.value = bench_types()["request_i"].pack(valid=1, all=1)
        await ClockCycles(dut.clk_i, 1)
        dut.request_i.value = 0
    await ClockCycles(dut.clk_i, 20)
