# SPDX-License-Identifier: Apache-2.0
"""Drives the bench of the resident machine's plan, and compares its pieces with models.plan."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Container
from random import Random

from cocotb.handle import ArrayObject, SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from models.plan import Machine, Operand, Piece
from models.plan import plan as wanted_pieces
from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero

Lengths = list[int]  # lines of each fiber
EXTENT = 1024
PREPARED = 50  # cycles, most, until a plan is prepared
FIRST = 6  # cycles from the start of a prepared plan to its first row and column


@dataclasses.dataclass
class Plan:
    """What the plan did: pieces, the cycles of rows and of columns, dot products handed out."""

    pieces: list[Piece]
    rows: list[int]
    columns: list[int]
    handed: list[int]


def operand(lengths: Lengths, lanes: int) -> Operand:
    """Return an operand with fibers of these lines; always the same entries for the same lines."""
    return Operand(lengths, Random(repr(lengths)).randint(len(lengths), lanes * sum(lengths)))


class Pieces:
    """Joins rows and columns to the pieces of the groups."""

    def __init__(self, planner: Planner, whole: bool = True):
        """Begin to join.

        Args:
            planner: whose pieces they are.
            whole: no row or column has come before.
        """
        self._dut, self._types, self._whole = planner.dut, planner.types, whole
        self.clear()

    def clear(self) -> None:
        """Forget pieces, rows and columns."""
        self._halves: dict[str, dict[int, dict[str, int]]] = {"row": {}, "column": {}}
        self._found: list[tuple[int, int, Piece]] = []  # which one of its group, the group, the piece
        self.seen: dict[str, int] = {"row": 0, "column": 0}

    def look(self) -> int:
        """Take what comes in this cycle; return how many pieces are complete now."""
        for half, waiting in self._halves.items():
            valid = int(getattr(self._dut, f"{half}_valid_o").value)
            if valid:
                self.seen[half] += 1
                members = self._types[f"{half}_o"].unpack(int(getattr(self._dut, f"{half}_o").value))._asdict()
            for group in range(valid.bit_length()):
                if valid >> group & 1:
                    assert group not in waiting or not self._whole, (
                        f"group {group} gets a {half} before it has the piece before"
                    )
                    waiting[group] = members
        rows, columns = self._halves.values()
        ready = sorted(rows.keys() & columns.keys())
        for group in ready:
            a, b = rows.pop(group), columns.pop(group)
            count = sum(group == other for _, other, _ in self._found)
            lines = a["id"], a["line"], a["stop"], a["stop_line"], b["id"], b["line"], b["stop_line"]
            piece = Piece(group, a["empty"] | b["empty"], a["set_size"], *lines)
            self._found.append((count, group, piece))
        return len(ready)

    @property
    def all(self) -> list[Piece]:
        """The pieces so far: the first one of each group, then the second ones."""
        return [piece for _, _, piece in sorted(self._found, key=lambda found: found[:2])]

    @property
    def left(self) -> str:
        """Rows without columns, and columns without rows."""
        return ", ".join(f"{half} of group {group}" for half, waiting in self._halves.items() for group in waiting)


class Planner:
    """Drives flaash_plan_bench.

    Attributes:
        extent: of the contracted mode, for the next operand.
        limit: fibers of a set, most, for the next operand.
        filled: the buffer of each operand; with two buffers write() goes to the other one.
        watched: rows and columns may come before a start, where start() does not see them.
    """

    def __init__(self, dut: SimHandleBase):
        self.dut = dut
        self.types = bench_types()
        self.groups = int(dut.Groups.value)
        self.max_size = int(dut.MaxSize.value)
        self.engines = int(dut.Engines.value)
        self.lanes = int(dut.Lanes.value)
        self.mem_lines = int(dut.MemLines.value)
        self.buffers = int(dut.Buffers.value)
        self.extent, self.limit = EXTENT, self.max_size
        self.filled = [0, 0]
        self._random = rng()
        self.descriptions: list[dict[str, int]] = [{}, {}]
        self.watched = False
        zero(dut)

    def _describe(self, operand: int, **members: int) -> None:
        if operand == 0:
            self.dut.limit_i.value = self.limit
            self.dut.one_column_i.value = 0
        self.descriptions[operand] = members | {"buffer": self.filled[operand]}
        self.dut.desc_i.value = self.types["desc_i"].pack(self.descriptions)

    def loaded(self, operand: int, lengths: Lengths) -> None:
        """Report that an operand is complete."""
        self._describe(operand, loaded=1, **self._head(lengths), lines=sum(lengths))

    def _head(self, lengths: Lengths) -> dict[str, int]:
        return {"extent": self.extent, "fibers": len(lengths), "entries": operand(lengths, self.lanes).entries}

    def blocks(self, operand: int, buffer: int) -> ArrayObject:
        """Return the stored ranks of a buffer of an operand, a word per block of lines."""
        return self.dut.u_plan.gen_operand[operand].u_ranks.gen_buffer[buffer].u_blocks.mem_q

    def leave(self, operand: int) -> None:
        """Report that another operand begins; what is known of the one before stays until its head is announced."""
        self.filled[operand] = (self.filled[operand] + 1) % self.buffers
        self._describe(operand, **self.descriptions[operand] | {"loaded": 0})

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
        heard = few and self._random.random() < 0.5  # the head is announced with the lines
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
            if heard:
                self._describe(operand, **self._head(lengths), lines=behind)
        dut.written_i.value = 0
        await RisingEdge(dut.clk_i)

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
        pieces, handed = Pieces(self, whole=not self.watched), []
        seen: dict[str, list[int]] = {"row": [], "column": []}
        for cycle in range(1, 10_000):
            await FallingEdge(dut.clk_i)
            if not int(dut.busy_o.value):
                break
            before = dict(pieces.seen)
            pieces.look()
            for half, cycles in seen.items():
                if pieces.seen[half] > before[half]:
                    cycles.append(cycle)
            if str(dut.dispatch_o.value)[0] == "1":  # without a set the rest means nothing
                handed.append(self.types["dispatch_o"].unpack(int(dut.dispatch_o.value)).dots)
        assert cycle < 9_999, "busy for ever"
        await RisingEdge(dut.clk_i)
        return Plan(pieces.all, *seen.values(), handed)

    def wanted(self, a: Lengths, b: Lengths) -> list[Piece]:
        """Return the pieces that the plan must make."""
        machine = Machine(self.groups, self.engines, self.limit, self.lanes)
        return wanted_pieces(operand(a, self.lanes), operand(b, self.lanes), self.extent, machine)


async def begun(dut: SimHandleBase) -> tuple[Planner, Random]:
    """Start the bench; return its driver and what draws."""
    planner = Planner(dut)
    return planner, await start(dut)


def check(plan: Plan, planner: Planner, a: Lengths, b: Lengths) -> None:
    """Compare the pieces and what was handed out with the model."""
    for got, wanted in itertools.zip_longest(plan.pieces, planner.wanted(a, b)):
        assert got == wanted, f"{got} instead of {wanted}: A {a}, B {b}"
    sets = [min(planner.limit, len(a) - fiber) for fiber in range(0, len(a), planner.limit)]
    assert plan.handed == [fibers * len(b) for fibers in sets], plan.handed
