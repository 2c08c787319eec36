# SPDX-License-Identifier: Apache-2.0
"""Drives the bench of the resident machine's plan, and checks the pieces that it cut."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Container
from random import Random

from cocotb.handle import ArrayObject, SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero

Lengths = list[int]  # lines of each fiber
EXTENT, LANES = 1024, 4
PREPARED = 40  # cycles, and one per fiber at most, until a plan is prepared


@dataclasses.dataclass
class Plan:
    """What the plan did: fibers of a set, (group, cycle, piece by field), dot products handed out."""

    set_size: int
    pieces: list[tuple[int, int, dict[str, int]]]
    handed: list[int]


class Planner:
    """Drives flaash_plan_bench.

    Attributes:
        extent: of the contracted mode, for the next operand.
        filled: the buffer of each operand; with two buffers write() goes to the other one.
    """

    def __init__(self, dut: SimHandleBase):
        self.dut = dut
        self.types = bench_types()
        self.groups = int(dut.Groups.value)
        self.max_size = int(dut.MaxSize.value)
        self.engines = int(dut.Engines.value)
        self.mem_lines = int(dut.MemLines.value)
        self.buffers = int(dut.Buffers.value)
        self.extent = EXTENT
        self.filled = [0, 0]
        self._random = rng()
        self.descriptions: list[dict[str, int]] = [{}, {}]
        zero(dut, "written", "fiber_operand", "fiber_valid", "start", "early", "desc", "table_wanted")

    def _describe(self, operand: int, **members: int) -> None:
        self.descriptions[operand] = {"buffer": self.filled[operand], **members}
        self.dut.desc_i.value = self.types["desc_i"].pack(self.descriptions)

    def loaded(self, operand: int, lengths: Lengths) -> None:
        """Report that an operand is complete."""
        self._describe(operand, loaded=1, extent=self.extent, fibers=len(lengths), lines=sum(lengths))

    def blocks(self, buffer: int) -> ArrayObject:
        """Return the stored ranks of a buffer of B, a word per block of lines."""
        return self.dut.u_plan.u_cuts.u_ranks.gen_buffer[buffer].u_blocks.mem_q

    def leave(self, operand: int) -> None:
        """Report that another operand begins."""
        self.filled[operand] = (self.filled[operand] + 1) % self.buffers
        self._describe(operand)

    async def load(self, operand: int, lengths: Lengths, lines: bool = True, wrong: Container[int] = ()) -> None:
        """Write an operand; then it is loaded. Arguments as for write()."""
        await self.write(operand, lengths, lines, wrong)
        self.loaded(operand, lengths)

    async def write(self, operand: int, lengths: Lengths, lines: bool = True, wrong: Container[int] = ()) -> None:
        """Write the table of an operand, and which lines end a fiber.

        Args:
            operand: A 0, B 1.
            lengths: lines of the fibers.
            lines: the lines are written, too; the plan uses the previous ones if not.
            wrong: fibers whose entries of the table are reported as wrong.
        """
        dut = self.dut
        self.leave(operand)
        dut.fiber_operand_i.value, dut.fiber_valid_i.value = operand, 1
        for fiber, first in enumerate([0, *itertools.accumulate(lengths)]):
            dut.fiber_id_i.value = fiber
            dut.fiber_i.value = self.types["fiber_i"].pack(first=first, wrong=int(fiber in wrong))
            await RisingEdge(dut.clk_i)
        dut.fiber_valid_i.value = 0
        ends = set(itertools.accumulate(lengths))
        few = sum(lengths) < 10_000
        pairs, behind = self._random.choice([0, 0.5, 1]) if few else 1, 0  # behind: the lines that were written
        while lines and behind < sum(lengths):
            # Two lines of a fiber may come at once.
            pair = behind + 1 not in ends and self._random.random() < pairs
            behind += 1 + pair
            dut.written_i.value = self.types["written_i"].pack(
                valid=1,
                id={"operand": operand, "addr": behind - 1},
                pair=pair,
                last=behind in ends,
                begins=behind == 1 + pair,
                filled=self.filled[operand],
            )
            await RisingEdge(dut.clk_i)
        dut.written_i.value = 0

    async def plan(self, a: Lengths, b: Lengths, lines: bool = True) -> Plan:
        """Load two operands, let the plan prepare, start and collect the pieces until nothing is busy.

        Args:
            a, b: lines of the fibers.
            lines: as for load(), of A.
        """
        await self.load(0, a, lines)
        await self.load(1, b)
        await ClockCycles(self.dut.clk_i, PREPARED + len(a))
        return await self.start()

    async def start(self) -> Plan:
        """Start with the operands that were loaded, and collect the pieces."""
        dut = self.dut
        dut.start_i.value = 1
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
                piece = self.types["piece_o"].unpack(int(dut.piece_o.value))
                members = piece._asdict()
                pieces.append((valid.bit_length() - 1, cycle, members.pop("start")._asdict() | members))
            if str(dut.dispatch_o.value)[0] == "1":  # without a set the rest means nothing
                handed.append(self.types["dispatch_o"].unpack(int(dut.dispatch_o.value)).dots)
        assert cycle < 9_999, "busy for ever"
        await RisingEdge(dut.clk_i)
        return Plan(self.plane().set_size, pieces, handed)

    def plane(self) -> tuple:
        """Return the plane of the plan, a record."""
        return self.types["plane_o"].unpack(int(self.dut.plane_o.value))


async def begun(dut: SimHandleBase) -> tuple[Planner, Random]:
    """Start the bench; return its driver and what draws."""
    planner = Planner(dut)
    return planner, await start(dut)


def costs(plan: Plan, groups: int, a: Lengths, b: Lengths, weighted: bool = False) -> list[int]:
    """Return the lines that each group reads, or the cycles that they take by each set's longest fiber."""
    first_b = [0, *itertools.accumulate(b)]
    total = [0] * groups
    for group, _, piece in plan.pieces:
        for fiber in range(piece["a_id"], min(piece["a_end"], len(a) - 1) + 1, plan.set_size):
            begin = piece["b_line"] if fiber == piece["a_id"] else 0
            end = piece["b_end"] if fiber == piece["a_end"] else first_b[-1]
            if begin < end:
                lines = a[fiber : fiber + plan.set_size]
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
        assert piece["empty"] == (place == (piece["a_end"], piece["b_end"])), piece
        within = size if piece["a_id"] == piece["a_end"] else 0  # then the piece tells where its set ends
        assert piece["a_end"] <= len(a), piece
        assert piece["a_end_line"] == first_a[min(piece["a_end"] + within, len(a))], piece
        assert place <= (piece["a_end"], piece["b_end"]), f"ends before it starts: {piece}"
        place = (piece["a_end"], piece["b_end"])
        assert place >= (piece["a_id"], piece["b_line"]), f"a piece goes backwards: {piece}"
    assert place == (len(a), 0), f"the plan ends at {place}"
    sets = [min(size, len(a) - fiber) for fiber in range(0, len(a), size)]
    assert plan.handed == [fibers * len(b) for fibers in sets], plan.handed
    plane = planner.plane()
    assert (plane.a_fibers, plane.a_lines, plane.b_lines) == (len(a), sum(a), sum(b)), plane


def check_weighted(plan: Plan, planner: Planner, a: Lengths, b: Lengths) -> None:
    """Check that no group takes much longer than its share, if each line costs its set's weight."""
    total = costs(plan, planner.groups, a, b, weighted=True)
    share = sum(total) / planner.groups
    loads = [sum(a[fiber : fiber + planner.max_size]) for fiber in range(0, len(a), planner.max_size)]
    again = max(loads) - sum(loads) / len(loads)  # the plan takes each load as the average one
    limit = 1.1 * share + LANES * max(b) + 16 * planner.groups + again
    assert max(total) <= limit, f"share {share:.0f}, all {total}"


def check_balance(plan: Plan, planner: Planner, a: Lengths, b: Lengths) -> None:
    """Check that no group has much more than its share: a fiber of B and a load of A, and 3 percent."""
    total = costs(plan, planner.groups, a, b)
    share = sum(total) / planner.groups
    limit = 1.03 * share + max(b) + max(a) * plan.set_size + planner.groups
    assert max(total) <= limit, f"most {max(total)} lines, share {share:.0f}, all {total}"
