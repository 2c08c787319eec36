# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the pieces of a plan are the whole plane, each place once, and cost the same."""

from __future__ import annotations

import dataclasses
import itertools
from random import Random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge

from tests.blocks.planner.plan_bench import (
    EXTENT,
    LANES,
    Lengths,
    Planner,
    begun,
    check,
    check_balance,
    check_weighted,
    costs,
)
from tests.share import amount


@cocotb.test()
async def pieces_cover_the_plane(dut) -> None:
    planner, rng = await begun(dut)
    for _ in range(amount(6, 30)):
        longest_a, longest_b = rng.choice([1, 2, 10, 40]), rng.choice([1, 2, 10, 40])
        a = [rng.randint(1, longest_a) for _ in range(rng.choice([1, 2, 5, 9, 33, 60, rng.randint(1, 130)]))]
        b = [rng.randint(1, longest_b) for _ in range(rng.choice([1, 2, 5, 9, 33, 60]))]
        check(await planner.plan(a, b), planner, a, b)


@cocotb.test()
async def long_loads_for_short_runs(dut) -> None:
    """Few fibers of A, long against all of B: shares hardly larger than a load."""
    planner, rng = await begun(dut)
    for count in (1, 2, planner.groups):
        lengths = range(planner.groups, 4 * planner.groups)
        for length in [1, 2, *rng.sample(lengths, min(amount(4, 12), len(lengths)))]:
            a, b = [amount(100, 400)] * count, [1] * length
            check(await planner.plan(a, b), planner, a, b)


@cocotb.test()
async def equal_fibers_are_shared_equally(dut) -> None:
    planner, rng = await begun(dut)
    for _ in range(amount(4, 15)):
        lines_a, lines_b = rng.randint(1, 30), rng.randint(1, 30)
        a, b = [lines_a] * rng.randint(30, 130), [lines_b] * rng.randint(10, 60)
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        check_balance(plan, planner, a, b)


@cocotb.test()
async def set_size_is_the_cheapest(dut) -> None:
    """With few fibers of A the size of a set has the least cost of all that are worth a look."""
    planner, rng = await begun(dut)
    few = planner.groups * planner.max_size
    for count in [*range(1, min(few, 20), amount(3, 1)), few - 1, few, few + 5]:
        if count < 1:
            continue
        kinds = amount((1, 7, 40, 70), (1, 7, 30, 150, 256))  # around 32 and 64, where a set may have fewer fibers
        a = [rng.choice([lines for lines in kinds if lines * count <= planner.mem_lines])] * count
        b = [rng.choice([1, 4, 20])] * rng.choice([1, 2, 3, rng.randint(4, 20)] if count > 1 else [300])
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        if planner.groups == 1:
            sets = -(-count // planner.max_size)  # of one set the size says nothing
            assert sets == 1 or plan.set_size == -(-count // sets)
            continue
        if count >= few:
            assert plan.set_size == planner.max_size
            continue

        def cost(size: int, a: Lengths = a, b: Lengths = b) -> int:
            run = min(len(b), 255)
            rounds = -(-(-(-len(a) // size) * run) // planner.groups)
            return rounds * planner.groups * sum(b) * len(a) + size * (planner.groups - 1) * sum(a) * run

        best = min(cost(size) for size in range(1, largest_set(planner, a) + 1))
        assert plan.set_size <= largest_set(planner, a)
        assert cost(plan.set_size) == best, f"{plan.set_size} fibers of {a[0]} lines, {len(b)} of B"


def largest_set(planner: Planner, a: Lengths) -> int:
    """Return how many fibers of A a set may have: no more than what makes each line of B take a cycle."""
    for fibers in (1, 2):
        if fibers * LANES * LANES * sum(a) >= EXTENT * len(a):
            return min(fibers * planner.engines, planner.max_size, len(a))
    return min(planner.max_size, len(a))


@cocotb.test()
async def slots_that_would_only_wait_stay_empty(dut) -> None:
    """Where a fiber per engine, or two, keep its multiplier busy, a set has no more, though B is long."""
    planner, _ = await begun(dut)
    count, busy = planner.groups * planner.max_size - 1, EXTENT // LANES // LANES
    for lines, fibers in ((busy, 1), (busy - 1, 2), (busy // 2, 2), (busy // 2 - 1, planner.max_size)):
        if planner.groups == 1 or count == 0:
            return
        a, b = [lines] * count, [20] * amount(100, 200)
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        assert plan.set_size == min(fibers * planner.engines, planner.max_size, count), f"{lines} lines"


@cocotb.test()
async def few_sets_are_cut_into_equal_parts(dut) -> None:
    """Where all groups, or all but one of 16, can have equal parts of a set's row, no piece has two sets."""
    planner, rng = await begun(dut)
    if planner.max_size == 1 and planner.groups > 2:  # no sizes to compare, so no parts; two groups halve a set anyway
        return
    few, cut = planner.groups * planner.max_size, 0
    for count in rng.sample(range(1, few), min(few - 1, amount(6, 40))):
        for b in [
            [4] * rng.randint(1, 80),
            [1] * planner.groups,
            [rng.randint(1, 9) for _ in range(rng.randint(1, 90))],
        ]:
            a = [rng.choice([1, 5, 40])] * count
            plan = await planner.plan(a, b)
            check(plan, planner, a, b)
            sets = -(-count // plan.set_size)
            if planner.groups == 1 or sets > planner.groups or planner.groups % sets > planner.groups // 16:
                continue
            cut += 1
            parts, first = planner.groups // sets, [0, *itertools.accumulate(b)]
            for _, _, piece in plan.pieces:
                rows = piece["a_end"] - piece["a_id"], piece["b_end"]
                assert rows[0] == 0 or rows == (min(plan.set_size, count - piece["a_id"]), 0), piece
                end = piece["b_end"] if rows[0] == 0 else first[-1]
                assert end - piece["b_line"] < -(-first[-1] // parts) + max(b), (piece, b)
    assert cut or planner.groups == 1


@cocotb.test()
async def few_sets_without_equal_parts_are_shared(dut) -> None:
    """Where the groups cannot have equal parts of a few sets, shares go on in the next row."""
    planner, _ = await begun(dut)
    shared, b = 0, [1] * 60
    for count in range(2, planner.groups * planner.max_size, amount(2, 1)):
        a = [1] * count
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        sets = -(-count // plan.set_size)
        if sets > planner.groups or planner.groups % sets > planner.groups // 16:
            shared += 1
            check_balance(plan, planner, a, b)
    assert shared or planner.groups <= 2 or planner.max_size == 1


@cocotb.test()
async def few_fibers_of_b_are_parts(dut) -> None:
    """Where a row has as many parts as B has fibers, or more, the first groups have a fiber each, of any length."""
    planner, rng = await begun(dut)
    if planner.max_size == 1 and planner.groups > 2:
        return
    cut = 0
    for count in range(1, planner.groups * planner.max_size, amount(3, 1)):
        for fibers in {1, 2, 3, rng.randint(1, planner.groups)}:
            a, b = [3] * count, [rng.choice([1, 9, 30]) for _ in range(fibers)]
            plan = await planner.plan(a, b)
            check(plan, planner, a, b)
            sets = -(-count // plan.set_size)
            if planner.groups % sets > planner.groups // 16 or fibers > planner.groups // sets:
                continue
            cut += 1
            first = [0, *itertools.accumulate(b)]
            for group, _, piece in plan.pieces[: sets * fibers]:
                row, fiber = divmod(group, fibers)
                assert (piece["a_id"], piece["b_line"]) == (row * plan.set_size, first[fiber]), (piece, b)
    assert cut or planner.groups * planner.max_size == 1


@cocotb.test()
async def last_set_is_shared(dut) -> None:
    """Where B is long, the rest of A is a second piece for every group."""
    planner, _ = await begun(dut)
    if planner.groups == 1 or planner.max_size == 1:
        return
    sets = 2 * planner.groups
    for left in range(planner.max_size):
        a, b = [2] * (sets * planner.max_size + left), [10] * (7 * planner.groups)
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        check_balance(plan, planner, a, b)
        assert len(plan.pieces) == planner.groups * (2 if left else 1)
        b = [10] * 3 * planner.groups  # too short for that
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        assert len(plan.pieces) == planner.groups


@cocotb.test()
async def second_pieces_wait_for_the_table(dut) -> None:
    """Groups that want the table of A, for their first pieces, get it before the last set is cut."""
    planner, _ = await begun(dut)
    if planner.groups == 1 or planner.max_size == 1:
        return
    a, b = [2] * (planner.groups * planner.max_size + 1), [10] * (7 * planner.groups)
    await planner.plan(a, b)
    dut.table_wanted_i.value = 1
    task = cocotb.start_soon(planner.start())
    await ClockCycles(dut.clk_i, 30 + planner.groups)
    for _ in range(20):
        await FallingEdge(dut.clk_i)
        assert int(dut.busy_o.value) and not int(dut.piece_valid_o.value)
    dut.table_wanted_i.value = 0
    plan = await task
    check(plan, planner, a, b)
    assert len(plan.pieces) == 2 * planner.groups


def drawn(rng: Random, fibers: int, lines: int) -> Lengths:
    """Return lengths of that many fibers that add up to the lines."""
    ends = sorted(rng.sample(range(1, lines), fibers - 1))
    return [end - begin for begin, end in itertools.pairwise([0, *ends, lines])]


@cocotb.test()
async def large_operands(dut) -> None:
    """Both operands fill their memories, so that numbers are near the widths of the registers."""
    planner, rng = await begun(dut)
    a, b = (drawn(rng, fibers, planner.mem_lines) for fibers in (amount(400, 2000), 40))
    await planner.plan([1], [1])
    plan = await planner.plan(a, b, lines=False)
    check(plan, planner, a, b)
    check_balance(plan, planner, a, b)


@cocotb.test()
async def large_skewed_operands(dut) -> None:
    """The same with rows that are weighed, but in no more lines than can be written in a short time."""
    planner, rng = await begun(dut)
    a, b = (drawn(rng, fibers, min(planner.mem_lines, 8192)) for fibers in (400, 100))
    plan = await planner.plan(a, b)
    check(plan, planner, a, b)
    if planner.groups > 1:
        assert plan.set_size == planner.max_size, "sizes of sets were compared"
        check_weighted(plan, planner, a, b)


@cocotb.test()
async def skewed_fibers_weigh_more(dut) -> None:
    """Some long fibers of A, and a B of unequal ones: pieces cost the same, each line its set's weight."""
    planner, rng = await begun(dut)
    walks = 0
    for trial in range(amount(3, 12)):
        sets = rng.choice([rng.randint(1, planner.groups), rng.randint(planner.groups, 3 * planner.groups + 5)])
        count = sets * planner.max_size - rng.randint(0, planner.max_size - 1)
        a = [rng.choice([3, 5, 7, 11]) for _ in range(count)]
        for _ in range(rng.randint(1, 4)):
            a[rng.randrange(len(a))] = rng.randint(EXTENT // LANES // 2, EXTENT // LANES)
        b = [rng.choice([4, 6, 20, rng.randint(1, 60)]) for _ in range(rng.randint(80, 120))]
        if trial % 2 and planner.groups <= 8:  # the first set is long to load
            a[: planner.max_size] = [EXTENT // LANES] * planner.max_size
            b = [rng.choice([4, 6]) for _ in range(120)]
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        if planner.groups == 1 or max(a) * len(a) < 2 * sum(a):
            continue
        assert plan.set_size == planner.max_size, "sizes of sets were compared"
        walks += 1
        check_weighted(plan, planner, a, b)
        assert len(plan.pieces) == planner.groups
        cycles = [cycle for _, cycle, _ in plan.pieces]
        assert cycles[-1] <= 25 + 3 * sets + 10 * planner.groups, f"the last piece after {cycles[-1]} cycles"
    assert walks or planner.groups == 1, "no operand was skewed"


@cocotb.test()
async def skewed_fibers_and_short_runs(dut) -> None:
    """Loads outweigh the runs: cuts fall near the ends of rows, and the last groups may get nothing."""
    planner, rng = await begun(dut)
    count = planner.groups * planner.max_size
    ended_early = 0
    for _ in range(amount(8, 40)):
        a, b = [10] * count, [rng.randint(1, 5) for _ in range(rng.choice([1, 2, 3, 10]))]
        a[rng.choice([0, 0, rng.randrange(count)])] = 96
        b[-1] = rng.choice([1, 30])
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        ended_early += plan.pieces[-1][2]["a_id"] == count
    if (planner.groups, planner.max_size) in ((8, 4), (3, 3)):
        assert ended_early, "the last group always had something"


@cocotb.test()
async def full_sets_leave_no_tail(dut) -> None:
    """As many fibers of A as fill sets, and a long B: nothing is left over, so each group has one piece."""
    planner, _ = await begun(dut)
    for sets in (planner.groups, planner.groups + 1, 3 * planner.groups):
        a, b = [2] * (sets * planner.max_size), [10] * (7 * planner.groups)
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        assert len(plan.pieces) == planner.groups, f"{sets} sets in {len(plan.pieces)} pieces"


@cocotb.test()
async def what_is_loaded_again_is_shared(dut) -> None:
    """Sets that take long to load, cut within their rows: the first groups leave some work to the last.

    With 16 groups only most of them have work: the first 10 take all of 9 sets, the longest 980 cycles where equal
    shares have 660.
    """
    planner, _ = await begun(dut)
    if planner.groups < 3:
        return
    for sets in (planner.groups // 2 + 1, planner.groups):
        a, b = [40] * (sets * planner.max_size), [4] * 60
        a[0] = 200
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        total = costs(plan, planner.groups, a, b, weighted=True)
        busy = sum(map(bool, total))
        assert busy == planner.groups or (planner.groups > 8 and busy > planner.groups // 2), f"without work: {total}"


@cocotb.test()
async def first_piece_comes_in_time(dut) -> None:
    """The latency in the contract, with fibers of one line and with long ones, few and many."""
    planner, _ = await begun(dut)
    many = planner.groups * planner.max_size
    for lines, count in ((1, many), (30, many), (1, max(many - 1, 1))):
        plan = await planner.plan([lines] * count, [3] * 10)
        cycles = [cycle for _, cycle, _ in plan.pieces]
        assert cycles[: planner.groups] == list(range(4, 4 + planner.groups)), cycles


@cocotb.test()
async def all_groups_end_at_once(dut) -> None:
    """With a B of short fibers the lines of a piece and the cycle in which it comes make the same for all.

    But for what rounding leaves to the last group, and a load: who begins with a row has none to make again.
    """
    planner, rng = await begun(dut)
    if not 3 <= planner.groups <= 8:
        return
    for _ in range(amount(3, 20)):
        a = [1] * (planner.max_size * (planner.groups * rng.randint(1, 2) + planner.groups // 2))
        b = [1] * rng.randint(60, 90)
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        ends = [
            cycle + lines for (_, cycle, _), lines in zip(plan.pieces, costs(plan, planner.groups, a, b), strict=True)
        ]
        assert max(ends) - min(ends) <= planner.groups + planner.max_size, f"groups end in cycles {ends}"


@cocotb.test()
async def each_group_gets_a_line_less(dut) -> None:
    """A set more than groups have: the rest of a share is little, but more than the lines by which shares differ."""
    planner, _ = await begun(dut)
    if not 3 <= planner.groups <= 8:
        return
    for sets in (planner.groups + 1, 2 * planner.groups + 1):
        a, b = [1] * (planner.max_size * sets), [1] * 70
        plan = await planner.plan(a, b)
        ends = [piece[1] + lines for piece, lines in zip(plan.pieces, costs(plan, planner.groups, a, b), strict=True)]
        assert max(ends) - min(ends) <= planner.groups, f"groups end in cycles {ends}"


@cocotb.test()
async def checks_bite(dut) -> None:
    planner, _ = await begun(dut)
    a, b = [3] * 40, [2] * 30
    plan = await planner.plan(a, b)
    check(plan, planner, a, b)
    for field, change in (
        ("a_id", 1),
        ("a_line", 1),
        ("b_id", 1),
        ("b_line", 2),
        ("a_end", 4),
        ("a_end_line", 1),
        ("b_end", 2),
        ("empty", 1),
    ):
        wrong = dataclasses.replace(plan, pieces=[(g, c, dict(piece)) for g, c, piece in plan.pieces])
        wrong.pieces[-1][2][field] += change
        try:
            check(wrong, planner, a, b)
        except AssertionError:
            continue
        raise AssertionError(f"nobody noticed a wrong {field}")
    lazy = {"a_id": len(a), "b_line": 0, "a_end": len(a), "b_end": 0}
    busy = {**lazy, "a_id": 0}
    pieces = [(g, 0, lazy if g else busy) for g in range(planner.groups)]
    all_for_one = dataclasses.replace(plan, pieces=pieces)
    if planner.groups > 1:
        try:
            check_balance(all_for_one, planner, a, b)
        except AssertionError:
            return
        raise AssertionError("nobody noticed that one group has everything")
