# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the resident machine computes every dot product once, bit by bit."""

import cocotb
from cocotb.triggers import ClockCycles, RisingEdge

from sim.thisrun import argument
from tb.common.bench import reset
from tb.common.stalls import STALLS
from tests.blocks.engine.resident_machine import begun, run_checked
from tests.share import amount

SHORT = argument("short", False)  # many engines on a slow simulator: a sample


@cocotb.test()
@cocotb.parametrize(stalls=["random"] if SHORT else amount(["none", "random"], list(STALLS)), dense=[False, True])
async def random_operands(dut, stalls: str, dense: bool) -> None:
    machine, make = await begun(dut)
    for _ in range(1 if SHORT else 2):
        counts = make.rng.randint(1, 14), make.rng.randint(1, 14)
        below = make.rng.choice([16, 64, make.extent])
        a, b = (make.fibers(count, make.rng.choice([3, 12, 40]), below) for count in counts)
        await run_checked(machine, a, b, dense, stalls, make.rng.random())


@cocotb.test()
async def few_and_many_fibers(dut) -> None:
    """One fiber against many, both ways, and numbers around the engines and the groups."""
    machine, make = await begun(dut)
    engines = machine.engines
    counts = (
        [(1, 1), (engines + 1, 1)]
        if SHORT
        else [
            (1, 1),
            (1, 20),
            (20, 1),
            (2, 3),
            (engines, 2),
            (engines + 1, 3),
            (2 * engines - 1, 5),
            (4 * engines + 3, 4),
        ]
    )
    for a, b in counts:
        await run_checked(machine, make.fibers(a, 9, 32), make.fibers(b, 9, 32))


@cocotb.test()
async def nothing_to_do(dut) -> None:
    """Without fibers in A, in B or in both, the machine is done at once."""
    machine, make = await begun(dut)
    for a, b in [(0, 0), (0, 3), (3, 0)]:
        run = await run_checked(machine, make.fibers(a, 5), make.fibers(b, 5))
        assert run.cycles <= 5 and run.sets == run.reads == 0, run
    await run_checked(machine, make.fibers(3, 5, 16), make.fibers(3, 5, 16))


@cocotb.test()
@cocotb.parametrize(delay=[30] if SHORT else amount([9, 30], [1, 9, 18, 30, 47, 80]))
async def reset_in_the_middle(dut, delay: int) -> None:
    """Whatever was inside is forgotten; the lines stay, and the next contraction is right."""
    machine, make = await begun(dut)
    await machine.load(0, make.fibers(11, 12, 32))
    await machine.load(1, make.fibers(12, 12, 32))
    await machine.begin(dense=False)
    await ClockCycles(dut.clk_i, delay)
    await reset(dut, 2)
    await RisingEdge(dut.clk_i)
    assert not int(dut.result_valid_o.value) and not int(dut.busy_o.value)
    machine.check(await machine.run(), dense=False)
