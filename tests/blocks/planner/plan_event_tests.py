# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: plans whose operands are replaced, wrong or reset while they are prepared."""

from __future__ import annotations

from itertools import chain, permutations

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.bench import reset
from tests.blocks.planner.plan_bench import EXTENT, LANES, PREPARED, begun, check
from tests.share import amount


@cocotb.test()
async def first_operands_come_at_once(dut) -> None:
    """Before any plan: this test must stay the first one, and only Icarus begins with unknown registers."""
    planner, _ = await begun(dut)
    a, b = [1] * 3, [1] * 3
    for operand, lengths in enumerate((a, b)):
        await planner.write(operand, lengths)
    for operand, lengths in enumerate((a, b)):
        planner.loaded(operand, lengths)
    check(await planner.start(), planner, a, b)


@cocotb.test()
async def starts_before_it_is_prepared(dut) -> None:
    """A start waits for values in preparation; the plan ignores operands that are replaced meanwhile."""
    planner, rng = await begun(dut)
    for delay in range(0, PREPARED, amount(11, 3)):
        a, b = [rng.choice([1, 16, 40]) for _ in range(planner.groups * 2)], [4] * rng.randint(1, 40)
        await planner.load(0, [200] * 3)
        await planner.load(1, [7] * 3)
        await ClockCycles(dut.clk_i, delay)
        await planner.load(0, a)
        await planner.load(1, b)
        await ClockCycles(dut.clk_i, delay % 5)
        plan = await planner.start()
        check(plan, planner, a, b)
        assert plan.pieces[0][1] <= PREPARED + len(a), f"the first piece after {plan.pieces[0][1]} cycles"
        again = await planner.start()
        check(again, planner, a, b)
        assert [piece for *_, piece in again.pieces] == [piece for *_, piece in plan.pieces]


@cocotb.test()
async def both_operands_come_at_once(dut) -> None:
    """As with the memory edge, with a start soon after: the plan equals the plan made without hurry.

    Without a delay each kind of operands comes after each other kind.
    """
    planner, rng = await begun(dut)
    size = planner.groups * planner.max_size
    few = max(size // 2, 1)
    longest = EXTENT // LANES
    skewed, short = [3] * size + [longest] * planner.max_size, [1] * (4 * size) + [longest]
    pairs = [
        ([1] * few, [2] * 30),
        (skewed, [4] * 60),
        ([60] * few, [1] * 7),
        (short, [3] * 50),
        ([2] * (3 * size), [9] * 40),
    ]
    rng.shuffle(pairs)
    kinds = [(pair, (await planner.plan(*pair)).pieces) for pair in pairs[: amount(4, 5)]]
    for delay in (*range(0, 20, amount(9, 1)), PREPARED):
        for pair, wanted in kinds if delay else chain.from_iterable(permutations(kinds, 2)):
            for operand, lengths in enumerate(pair):
                await planner.write(operand, lengths)
            for operand, lengths in enumerate(pair):
                planner.loaded(operand, lengths)
            await ClockCycles(dut.clk_i, delay)
            plan = await planner.start()
            check(plan, planner, *pair)
            assert [piece for *_, piece in plan.pieces] == [piece for *_, piece in wanted], (
                f"{delay} cycles behind both operands the plan is another one"
            )


@cocotb.test()
async def operand_goes_while_it_is_prepared(dut) -> None:
    """A short B replaces B before the rows of A are summed up: the prepared values are of no use."""
    planner, _ = await begun(dut)
    a = [1] * (40 * planner.max_size) + [200] * planner.max_size
    for delay in (0, 3, 10, 20, PREPARED + len(a)):  # in the end only B is replaced when all is prepared
        await planner.load(0, a)
        await planner.load(1, [8] * 50)
        await ClockCycles(dut.clk_i, delay)
        b = [2, 1]
        await planner.load(1, b)
        plan = await planner.start()
        check(plan, planner, a, b)
        await ClockCycles(dut.clk_i, PREPARED + len(a))
        again = await planner.start()
        assert [piece for *_, piece in again.pieces] == [piece for *_, piece in plan.pieces]


@cocotb.test()
async def operand_is_replaced_while_sets_are_sized(dut) -> None:
    """With few fibers of A sizes are tried one by one: a B that is replaced meanwhile is not one of them."""
    planner, _ = await begun(dut)
    a, b = [3] * max(planner.groups * planner.max_size // 2, 1), [1]
    fresh = await planner.plan(a, b)
    other = await planner.plan(a, [16] * 50)
    for delay in range(1, planner.max_size + 6):
        await planner.load(0, a)
        await planner.load(1, [16] * 50)
        await ClockCycles(dut.clk_i, delay)
        await planner.load(1, b)
        plan = await planner.start()
        check(plan, planner, a, b)
        assert plan.set_size == fresh.set_size, (
            f"sets of {plan.set_size} as for another B (those of {other.set_size}), not {fresh.set_size},"
            f" {delay} cycles after it was there"
        )


@cocotb.test()
async def nothing_is_made_of_wrong_answers(dut) -> None:
    """A rank whose parity is wrong, one wrong entry of a table, or all: no piece follows, busy_o stays."""
    planner, rng = await begun(dut)
    a, b = [3] * (2 * planner.groups * planner.max_size), [16] * 40
    whole = len((await planner.plan(a, b)).pieces)
    for operand, every in ((None, False), (0, False), (0, True), (1, False), (1, True)):
        for which, lengths in enumerate((a, b)):
            fibers = range(len(lengths) + 1) if every else [rng.randrange(len(lengths))]
            await planner.load(which, lengths, wrong=fibers if which == operand else ())
        if operand is None:
            blocks = planner.blocks(planner.filled[1])
            for block in range(sum(b) // 16):
                blocks[block].value = int(blocks[block].value) ^ 1 << rng.randrange(len(blocks[block]) - 1)
        await ClockCycles(dut.clk_i, PREPARED + len(a))
        dut.start_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0
        pieces, wrong_at = [], None
        for cycle in range(200):
            await FallingEdge(dut.clk_i)
            if int(dut.piece_valid_o.value):
                pieces.append(cycle)
            if operand is None and str(dut.rank_fault_o.value)[0] == "1" and wrong_at is None:
                wrong_at = cycle
        if operand is None:
            assert wrong_at is not None and all(cycle < wrong_at for cycle in pieces), (pieces, wrong_at)
        stopped = len(pieces) < whole
        assert stopped == bool(int(dut.busy_o.value)), f"{len(pieces)} pieces of {whole}"
        # A single group gets the whole plane, and asks no table.
        assert stopped or (operand is not None and not every) or planner.groups == 1
        await reset(dut, 2)
        await RisingEdge(dut.clk_i)


@cocotb.test()
async def reset_forgets_the_plan(dut) -> None:
    planner, _ = await begun(dut)
    for delay in (1, 4, 9, 14, 20):
        await planner.plan([3] * 9, [2] * 5)
        dut.start_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0
        await ClockCycles(dut.clk_i, delay)
        await reset(dut)
        for _ in range(30):
            await FallingEdge(dut.clk_i)
            assert not int(dut.busy_o.value) and not int(dut.piece_valid_o.value)
        a, b = [3] * 9, [2] * 5
        check(await planner.plan(a, b), planner, a, b)
