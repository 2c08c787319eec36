# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the pieces of a plan are exactly those of models.plan."""

from __future__ import annotations

import dataclasses
import itertools
from random import Random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge

from models.plan import shapes
from tests.blocks.planner.plan_bench import EXTENT, FIRST, Lengths, begun, check
from tests.share import amount


def drawn(rng: Random, fibers: int, lines: int) -> Lengths:
    """Return lengths of that many fibers that add up to the lines."""
    ends = sorted(rng.sample(range(1, lines), fibers - 1))
    return [end - begin for begin, end in zip([0, *ends], [*ends, lines], strict=True)]


@cocotb.test()
async def pieces_are_those_of_the_model(dut) -> None:
    """Few fibers and many, short and long, equal and skewed, of any extent; sets of both limits."""
    planner, rng = await begun(dut)
    counts, full, grids, sets = [1, 2, 5, 9, 33, 60], planner.groups * planner.max_size, 0, 0
    for trial in range(amount(24, 120)):
        longest_a, longest_b = rng.choice([1, 2, 10, 40]), rng.choice([1, 2, 10, 40])
        drawn_counts = [*counts, rng.randint(1, 130), 3 * full - 1]
        a = [rng.randint(1, longest_a) for _ in range(rng.choice(drawn_counts) if trial else 3 * full - 1)]
        b = [rng.randint(1, longest_b) for _ in range(rng.choice(counts) if trial else 60)]
        for operand in rng.choice([[], [], [a], [b], [a, b]]):
            operand[rng.randrange(len(operand))] = rng.choice([20, 100, 250])
        planner.extent = rng.choice([rng.randint(1, 40), rng.randint(40, 4096), EXTENT, 2**20, 2**32 - 1])
        planner.limit = planner.engines if trial % 5 == 4 else planner.max_size
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        sets += len(plan.pieces) > planner.groups
        grids += any(piece.b_line for piece in plan.pieces)
    planner.extent, planner.limit = EXTENT, planner.max_size
    assert (sets and grids) or planner.groups == 1, "no whole sets, or no grid with columns"


@cocotb.test()
async def few_fibers(dut) -> None:
    """Around full sets for all groups, with few fibers of B, so that rows or columns are empty."""
    planner, rng = await begun(dut)
    full = planner.groups * planner.max_size
    for count in {
        1,
        2,
        full - 1 or 1,
        full,
        full + 1,
        2 * full,
        *rng.sample(range(1, 2 * full + 2), amount(3, 20) % full),
    }:
        for fibers in {1, rng.randint(2, 2 * planner.groups)}:
            a, b = [rng.choice([1, 9, 30]) for _ in range(count)], [rng.choice([1, 9, 30]) for _ in range(fibers)]
            check(await planner.plan(a, b), planner, a, b)


@cocotb.test()
async def last_fibers_alone(dut) -> None:
    """A group without a cell gets the last fibers and all of B.

    It gets at most one per engine, and none where multipliers decide: at the small extents.
    """
    planner, _ = await begun(dut)
    alone = 0
    for rows, columns in shapes(planner.groups):
        if rows * columns == planner.groups or rows < columns:
            continue
        for sets, over in itertools.product((1, 2), (1, planner.engines, planner.engines + 1)):
            a, b = [1] * (sets * rows * planner.max_size + over), [1] * 81
            for planner.extent in (8, 64, EXTENT):
                plan = await planner.plan(a, b)
                check(plan, planner, a, b)
                alone += plan.pieces[-1].a_id == len(a) - over and not plan.pieces[-1].b_line
    planner.extent = EXTENT
    assert alone or planner.groups != 16, "no group has the last fibers alone"


@cocotb.test()
async def a_fiber_of_many_matches(dut) -> None:
    """A cell takes at least the matches of the longest fiber of A, so fewer columns would cost more."""
    planner, _ = await begun(dut)
    for count in (3, 7, 16, 25):
        a, b = [1] * (count - 1) + [EXTENT // planner.lanes], [2] * 40
        check(await planner.plan(a, b), planner, a, b)


@cocotb.test()
async def rows_have_no_more_sets_than_others(dut) -> None:
    """Long fibers first or last: rows of equal lines would have most of the short ones in one row."""
    planner, _ = await begun(dut)
    full = planner.groups * planner.max_size
    for a in ([40] * (full // 4 + 1) + [1] * (full // 2), [1] * (full // 2) + [40] * (full // 4 + 1)):
        b = [3] * 20
        check(await planner.plan(a, b), planner, a, b)


@cocotb.test()
async def grids_wait_for_the_table(dut) -> None:
    """Groups that want the table of A, for their whole sets, get it before the grid is cut."""
    planner, _ = await begun(dut)
    full = planner.groups * planner.max_size
    a, b = [2] * (2 * full + 1), [10] * (7 * planner.groups)
    await planner.plan(a, b)
    dut.table_wanted_i.value = 1
    task = cocotb.start_soon(planner.start())
    await ClockCycles(dut.clk_i, 30 + planner.groups)
    for _ in range(20):
        await FallingEdge(dut.clk_i)
        assert int(dut.busy_o.value) and not int(dut.row_valid_o.value) and not int(dut.column_valid_o.value)
    dut.table_wanted_i.value = 0
    check(await task, planner, a, b)


@cocotb.test()
async def large_operands(dut) -> None:
    """Both operands fill their memories, so that numbers are near the widths of the registers."""
    planner, rng = await begun(dut)
    most = min(planner.mem_lines, 8192 if planner.mem_lines < 10_000 else 40_000)
    for fibers_a, fibers_b in ((amount(400, 2000), 40), (3, 200)):
        a, b = drawn(rng, fibers_a, most), drawn(rng, fibers_b, most)
        check(await planner.plan(a, b), planner, a, b)


@cocotb.test()
async def pieces_come_in_time(dut) -> None:
    """The latency in the contract, a row and a column per cycle."""
    planner, _ = await begun(dut)
    full = planner.groups * planner.max_size
    for lines, count in ((1, full), (30, full), (1, max(full - 1, 1))):
        plan = await planner.plan([lines] * count, [3] * 10)
        for cycles in (plan.rows, plan.columns):
            assert cycles == list(range(FIRST, FIRST + len(cycles))), f"{plan.rows}, {plan.columns}"


@cocotb.test()
async def checks_bite(dut) -> None:
    planner, _ = await begun(dut)
    a, b = [3] * 40, [2] * 30
    plan = await planner.plan(a, b)
    check(plan, planner, a, b)
    last = plan.pieces[-1]
    for field in (member.name for member in dataclasses.fields(last)):
        changed = dataclasses.replace(last, **{field: getattr(last, field) + 1})
        for pieces in ([*plan.pieces[:-1], changed], plan.pieces[:-1], [*plan.pieces, changed]):
            try:
                check(dataclasses.replace(plan, pieces=pieces), planner, a, b)
            except AssertionError:
                continue
            raise AssertionError(f"nobody noticed a wrong {field}")
