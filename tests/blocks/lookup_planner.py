# SPDX-License-Identifier: Apache-2.0
"""Drives the bench of the lookup machine's plan, and checks the pieces that it cut."""

from __future__ import annotations

import dataclasses
import itertools

from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge

Lengths = list[int]  # lines of each fiber
EXTENT, LANES = 1024, 4
FIELDS = ("a_id", "a_line", "b_id", "b_line", "a_end", "b_end")


@dataclasses.dataclass
class Plan:
    """What the plan did: fibers of a set, (group, cycle, piece by field), dot products handed out."""

    set_size: int
    pieces: list[tuple[int, int, dict[str, int]]]
    handed: list[int]


class Planner:
    """Drives flaash_lookup_plan_bench."""

    def __init__(self, dut: SimHandleBase):
        self.dut = dut
        self.groups = int(dut.Groups.value)
        self.max_size = int(dut.MaxSize.value)
        dut.extent_i.value = EXTENT
        for name in ("wr_operand_i", "wr_valid_i", "fiber_valid_i", "start_i", "a_fibers_i", "b_fibers_i"):
            getattr(dut, name).value = 0

    async def load(self, operand: int, lengths: Lengths, lines: bool = True) -> None:
        """Write the table of an operand, and which lines end a fiber."""
        dut = self.dut
        dut.fiber_operand_i.value, dut.fiber_valid_i.value = operand, 1
        for fiber, first in enumerate([0, *itertools.accumulate(lengths)]):
            dut.fiber_id_i.value, dut.fiber_first_i.value = fiber, first
            await RisingEdge(dut.clk_i)
        dut.fiber_valid_i.value = 0
        if not lines:
            return
        dut.wr_operand_i.value, dut.wr_valid_i.value = operand, 1
        ends = set(itertools.accumulate(lengths))
        for line in range(sum(lengths)):
            dut.wr_addr_i.value, dut.wr_last_i.value = line, int(line + 1 in ends)
            await RisingEdge(dut.clk_i)
        dut.wr_valid_i.value = 0

    async def plan(self, a: Lengths, b: Lengths, lines: bool = True) -> Plan:
        """Load two operands and collect the pieces until nothing is busy.

        Args:
            a, b: lines of the fibers.
            lines: A's lines are written, too; the plan takes those of before for them if not.
        """
        await self.load(0, a, lines)
        await self.load(1, b)
        return await self.start(a, b)

    async def start(self, a: Lengths, b: Lengths, extent: int = 0) -> Plan:
        """Start with the operands that were loaded, and maybe another extent, and collect the pieces."""
        dut = self.dut
        dut.a_fibers_i.value, dut.b_fibers_i.value, dut.start_i.value = len(a), len(b), 1
        if extent:
            dut.extent_i.value = extent
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0
        pieces, handed = [], []
        for cycle in range(1, 10_000):
            await FallingEdge(dut.clk_i)
            if not int(dut.busy_o.value):
                break
            valid = int(dut.piece_valid_o.value)
            assert valid & (valid - 1) == 0, "two groups get a piece at once"
            if valid:
                piece = {name: int(getattr(dut, f"piece_{name}_o").value) for name in FIELDS}
                pieces.append((valid.bit_length() - 1, cycle, piece))
            if int(dut.handed_o.value):
                handed.append(int(dut.handed_dots_o.value))
        assert cycle < 9_999, "busy for ever"
        await RisingEdge(dut.clk_i)
        return Plan(int(dut.set_size_o.value), pieces, handed)


def costs(plan: Plan, groups: int, a: Lengths, b: Lengths, weighted: bool = False) -> list[int]:
    """Return the lines that each group reads, or the cycles that they take by each set's longest fiber."""
    first_b = [0, *itertools.accumulate(b)]
    total = [0] * groups
    for group, _, piece in plan.pieces:
        for fiber in range(piece["a_id"], min(piece["a_end"], len(a) - 1) + 1, plan.set_size):
            begin = piece["b_line"] if fiber == piece["a_id"] else 0
            end = piece["b_end"] if fiber == piece["a_end"] else first_b[-1]
            if begin < end:
                lines = a[fiber:fiber + plan.set_size]
                weight = max(1, LANES * LANES * max(lines) / EXTENT) if weighted else 1
                total[group] += round(sum(lines) + (end - begin) * weight)
    return total


def check(plan: Plan, planner: Planner, a: Lengths, b: Lengths) -> None:
    """Check that the pieces follow each other without gap or overlap, on fiber boundaries."""
    groups, size = planner.groups, plan.set_size
    assert 1 <= size <= planner.max_size
    first_a, first_b = ([0, *itertools.accumulate(lengths)] for lengths in (a, b))
    order = [group for group, _, _ in plan.pieces]
    assert order in (list(range(groups)), list(range(groups)) * 2), f"pieces for groups {order}"
    place = (0, 0)
    for _, _, piece in plan.pieces:
        assert (piece["a_id"], piece["b_line"]) == place, f"a gap or an overlap at {place}: {piece}"
        assert piece["a_line"] == first_a[piece["a_id"]] and piece["b_line"] == first_b[piece["b_id"]], piece
        assert piece["a_id"] % size == 0 or piece["a_id"] == len(a), piece
        assert piece["b_end"] in first_b[:-1], piece
        place = (piece["a_end"], piece["b_end"])
        assert place >= (piece["a_id"], piece["b_line"]), f"a piece goes backwards: {piece}"
    assert place == (len(a), 0), f"the plan ends at {place}"
    sets = [min(size, len(a) - fiber) for fiber in range(0, len(a), size)]
    assert plan.handed == [fibers * len(b) for fibers in sets], plan.handed
    assert (int(planner.dut.a_lines_o.value), int(planner.dut.b_lines_o.value)) == (sum(a), sum(b))


def check_balance(plan: Plan, planner: Planner, a: Lengths, b: Lengths) -> None:
    """Check that no group has much more than its share: a fiber of B and a load of A, and 3 percent."""
    total = costs(plan, planner.groups, a, b)
    share = sum(total) / planner.groups
    limit = 1.03 * share + max(b) + max(a) * plan.set_size + planner.groups
    assert max(total) <= limit, f"most {max(total)} lines, share {share:.0f}, all {total}"
