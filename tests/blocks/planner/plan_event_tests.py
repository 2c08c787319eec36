# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: plans whose operands are replaced, wrong or reset while they are prepared."""

from __future__ import annotations

from itertools import chain, permutations, product

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.bench import reset
from tests.blocks.planner.plan_bench import EXTENT, FIRST, PREPARED, Pieces, begun, check
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
        assert plan.rows[0] <= PREPARED + FIRST, f"the first row after {plan.rows[0]} cycles"
        again = await planner.start()
        check(again, planner, a, b)


@cocotb.test()
async def both_operands_come_at_once(dut) -> None:
    """As with the memory interface, with a start soon after, each kind of operands after each other kind."""
    planner, rng = await begun(dut)
    size = planner.groups * planner.max_size
    longest = EXTENT // planner.lanes
    kinds = [
        ([1] * max(size // 2, 1), [2] * 30),
        ([3] * size + [longest] * planner.max_size, [4] * 60),
        ([60] * max(size // 2, 1), [1] * 7),
        ([1] * (4 * size) + [longest], [3] * 50),
        ([2] * (3 * size), [9] * 40),
    ]
    rng.shuffle(kinds)
    kinds = kinds[: amount(4, 5)]
    for delay in (*range(0, 20, amount(9, 1)), PREPARED):
        for a, b in kinds if delay else chain.from_iterable(permutations(kinds, 2)):
            for operand, lengths in enumerate((a, b)):
                await planner.write(operand, lengths)
            for operand, lengths in enumerate((a, b)):
                planner.loaded(operand, lengths)
            await ClockCycles(dut.clk_i, delay)
            check(await planner.start(), planner, a, b)


@cocotb.test()
async def operand_goes_while_the_choice_is_made(dut) -> None:
    """In each cycle of the choice one of the operands is replaced: the choice is that of the new one."""
    planner, rng = await begun(dut)
    size = planner.groups * planner.max_size
    for delay in range(1, 20 + 4 * planner.groups, amount(3, 1)):
        a, b = [rng.choice([1, 3])] * rng.randint(1, 3 * size), [1] * rng.randint(1, 30)
        await planner.load(0, [3] * rng.randint(1, 3 * size))
        await planner.load(1, [16] * 50)
        await ClockCycles(dut.clk_i, delay)
        if delay % 2:
            await planner.load(0, a)
        else:
            a = [3] * size
            await planner.load(0, a)
            await ClockCycles(dut.clk_i, delay)
        await planner.load(1, b)
        await ClockCycles(dut.clk_i, rng.choice([0, PREPARED]))
        check(await planner.start(), planner, a, b)
        await ClockCycles(dut.clk_i, rng.choice([0, PREPARED]))
        check(await planner.start(), planner, a, b)


@cocotb.test()
async def nothing_is_made_of_wrong_answers(dut) -> None:
    """Ranks whose parity is wrong, one wrong entry of a table, or all: no piece follows, busy_o stays.

    With whole sets before the grid, and with a grid alone.
    """
    planner, rng = await begun(dut)
    full = planner.groups * planner.max_size
    kinds = [("rank", 0), ("rank", 1), ("one", 0), ("one", 1), ("all", 0), ("all", 1)]
    for (what, operand), count in product(kinds, (2 * full + full // 2, max(full // 2, 1))):
        both = [3] * count, [16] * 40
        wanted = planner.wanted(*both)
        for which, lengths in enumerate(both):
            fibers = {"all": range(len(lengths) + 1), "one": [rng.randrange(1, len(lengths) + 1)], "rank": ()}[what]
            await planner.load(which, lengths, wrong=fibers if which == operand else ())
        if what == "rank":
            blocks = planner.blocks(operand, planner.filled[operand])
            for block in range(-(-sum(both[operand]) // 16)):
                blocks[block].value = int(blocks[block].value) ^ 1 << rng.randrange(len(blocks[block]) - 1)
        await ClockCycles(dut.clk_i, PREPARED)
        dut.start_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0
        seen, wrong_at = Pieces(planner), None
        for cycle in range(150):
            await FallingEdge(dut.clk_i)
            before = dict(seen.seen)
            seen.look()
            assert wrong_at is None or seen.seen == before, "a row or column after a wrong rank"
            if str(dut.rank_fault_o.value)[0] == "1" and wrong_at is None:
                wrong_at = cycle
                fault = planner.types["rank_fault_o"].unpack(int(dut.rank_fault_o.value))
                assert what == "rank" and fault.operand == operand, fault
        pieces = seen.all
        assert pieces == [piece for piece in wanted if piece in pieces], "other pieces than those of the plan"
        stopped = len(pieces) < len(wanted)
        assert stopped == bool(int(dut.busy_o.value)), f"{len(pieces)} pieces of {len(wanted)}"
        grid = wanted[planner.groups if len(wanted) > planner.groups else 0 :]
        ends = {piece.a_end if operand == 0 else piece.b_line for piece in grid}
        asked = len(ends - {0}) > (operand == 0)  # where the last row or column ends needs no rank
        if what != "one":
            assert stopped == (what == "all" or asked), f"{what} of operand {operand}: {len(pieces)} of {wanted}"
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
            assert not int(dut.busy_o.value) and not int(dut.row_valid_o.value) and not int(dut.column_valid_o.value)
        a, b = [3] * 9, [2] * 5
        check(await planner.plan(a, b), planner, a, b)
