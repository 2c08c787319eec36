# SPDX-License-Identifier: Apache-2.0
"""The start of every simulation: clock, reset, a seeded random generator."""

import random

from cocotb.clock import Clock
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge, Timer

from sim.thisrun import this_run


async def start(dut: SimHandleBase) -> random.Random:
    """Start the clock of 1 ns, reset the module and return a generator seeded by the run's seed.

    Drivers must be made before the call if their ports are to be driven during reset.
    """
    dut.clk_i.value = 0
    # Verilator's pins begin at random. A reset that begins low does not fall, and nothing would be reset
    # before the first edge of the clock, which would see random state. So it rises once, while the clock
    # stands still.
    for level, picoseconds in ((0, 250), (1, 250), (0, 500)):
        dut.rst_ni.value = level
        await Timer(picoseconds, "ps")
    Clock(dut.clk_i, 1, "ns", impl="gpi").start()
    await ClockCycles(dut.clk_i, 4)
    dut.rst_ni.value = 1
    await RisingEdge(dut.clk_i)
    return rng()


def rng() -> random.Random:
    """Return a new generator with the seed of this run."""
    return random.Random(this_run().seed)
