# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: when the pieces of a plan come, and what they tell of their first sets."""

from __future__ import annotations

import cocotb

from tb.common.rtl_constants import package_constants
from tests.blocks.lookup_planner import begun, check, check_times, costs
from tests.share import amount

ANSWER_LINES = package_constants("flaash_lookup_pkg")["AnswerLines"]
FEW = 4  # groups, for which no end of a set is asked for


@cocotb.test()
async def first_piece_comes_in_time(dut) -> None:
    """The latency in the contract, with fibers of one line and with long ones, few and many."""
    planner, _ = await begun(dut)
    many = planner.groups * planner.max_size
    for lines, count in ((1, many), (30, many), (1, max(many - 1, 1))):
        plan = await planner.plan([lines] * count, [3] * 10)
        assert len(plan.pieces) == planner.groups
        check_times(plan)


@cocotb.test()
async def all_groups_end_at_once(dut) -> None:
    """With a B of short fibers the lines of a piece and the cycle in which it comes make the same for all.

    But for what rounding leaves to the last group, and a load: who begins with a row has none to make again.
    """
    planner, rng = await begun(dut)
    if not 3 <= planner.groups <= 8:
        return
    for _ in range(amount(5, 20)):
        a = [1] * (planner.max_size * (planner.groups * rng.randint(1, 2) + planner.groups // 2))
        b = [1] * rng.randint(60, 90)
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        ends = [cycle + lines for (_, cycle, _), lines
                in zip(plan.pieces, costs(plan, planner.groups, a, b), strict=True)]
        assert max(ends) - min(ends) <= planner.groups + planner.max_size, f"groups end in cycles {ends}"


@cocotb.test()
async def ends_of_short_sets_are_known(dut) -> None:
    """A piece tells where its first set ends, unless that is where it ends itself, or the set is long.

    Long is one whose lines last until all cuts are made, and the group's own question is answered.
    """
    planner, rng = await begun(dut)
    asked = 0
    for lines in (1, 1, 2, 3, 40):
        sets = rng.randint(planner.groups, 2 * planner.groups)
        a, b = [lines] * (sets * planner.max_size), [rng.choice([1, 2]) for _ in range(rng.randint(15, 40))]
        plan = await planner.plan(a, b)
        check(plan, planner, a, b)
        if len(plan.pieces) == planner.groups:
            check_times(plan)
        known, questions = set(), 0
        for group, _, piece in plan.pieces[:planner.groups]:
            behind = piece["a_id"] + plan.set_size
            if behind >= len(a) or behind == piece["a_end"]:
                continue
            short = group + lines * plan.set_size < planner.groups + ANSWER_LINES and planner.groups > FEW
            if piece["a_id"] not in known and short and (not questions or group == planner.groups - 1):
                known.add(piece["a_id"])
                questions += 1
            assert piece["bounded"] == (piece["a_id"] in known), piece
        asked += questions
    assert asked or planner.groups <= FEW, "no end of a set was asked for"
