# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_plan_sets makes as few sets as possible, of the least size."""

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, RisingEdge

from tb.common.bench import rng


@cocotb.test()
async def sets_are_few_and_equal(dut) -> None:
    Clock(dut.clk_i, 1, "ns").start()
    random, largest = rng(), int(dut.MaxSize.value)
    for fibers in [*range(1, largest**2 + 3), *(random.randrange(1, 2**19) for _ in range(100))]:
        for limit in {largest, random.randint(1, largest)}:
            dut.fibers_i.value, dut.limit_i.value = fibers, limit
            await RisingEdge(dut.clk_i)
            await FallingEdge(dut.clk_i)
            size, sets = int(dut.set_size_o.value), -(-fibers // limit)
            assert size <= limit and (size == limit or limit == largest)
            if limit == largest and sets > 1:
                assert size == -(-fibers // sets), f"{fibers} fibers in sets of {size}"
