# SPDX-License-Identifier: Apache-2.0
"""Prepares operands for the machine: renumbers coordinates where that helps, and cuts into tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from flaash.driver.arrays import Operand
from models.axes import check_extents, contracted_limit
from models.csf import Csf
from models.device.build import Build
from models.errors import TensorError
from models.renumber import renumber
from models.tensor import MAX_EXTENT, SparseTensor
from models.tiles import Plan, Room, Tile, cut_tiles, plan


@dataclass(frozen=True, eq=False)
class Side:
    """An operand, whole or in tiles.

    Attributes:
        operand: all of it.
        tiles: the parts that are loaded one at a time.
        parts: the arrays of each tile.
    """

    operand: Operand
    tiles: list[Tile]
    parts: list[Operand]


@dataclass(frozen=True, eq=False)
class Arranged:
    """A contraction as pairs of tiles.

    Attributes:
        sides: A and B.
        plan: which tiles meet, in which order.
        shape: of the result: extents of the free modes of A, then of B.
        removed: entries of A and of B that renumbering left out.
    """

    sides: tuple[Side, Side]
    plan: Plan
    shape: tuple[int, ...]
    removed: tuple[int, int]

    @property
    def whole(self) -> bool:
        """Whether both operands fit the machine without a cut."""
        return len(self.plan.a) == len(self.plan.b) == 1


def arrange(
    a: Any, b: Any, build: Build, every_fiber: bool = False, renumbered: bool | None = None, room: Room | None = None
) -> Arranged:
    """Return a contraction as pairs of tiles that fit the machine.

    Args:
        a, b: operands: csr_array of scipy.sparse, Csf or SparseTensor of this project, or Operand.
        build: of the machine.
        every_fiber: keep a fiber that renumbering would empty, for a dense result.
        renumbered: leave out contracted coordinates that only one operand has, and number the others anew;
            None does so where the contracted extent is beyond what the machine takes.
        room: of a tile, if less than the machine has.

    Raises:
        TensorError: extents that differ, a contracted extent beyond CoordWidth, a fiber longer than a tile,
            values that the format can't take.
    """
    most = contracted_limit(build.coord_width)
    check_extents(a.shape[-1], b.shape[-1], len(a.shape) - 1, len(b.shape) - 1)
    again = a.shape[-1] > most if renumbered is None else renumbered
    removed = (0, 0)
    if again:
        made = renumber(_tensor(a), _tensor(b), every_fiber)
        a, b, removed = made.a, made.b, made.removed
    extent = a.shape[-1]
    if extent > most:
        ways = [f"a build with CoordWidth = {(extent - 1).bit_length()} can"] if extent <= MAX_EXTENT else []
        ways += [] if again else ["renumbering may"]
        raise TensorError(
            f"the contracted extent {extent:,} exceeds {most:,}, the most that CoordWidth ="
            f" {build.coord_width} of this machine allows; {', or '.join(ways) or 'no build takes more'}"
        )
    room = room or Room(build.lanes, build.lines, build.fibers, build.nodes)
    sides = tuple(_side(name, Operand.of(x, build.fmt), room) for name, x in (("A", a), ("B", b)))
    chosen = plan(*(side.tiles for side in sides), *([part.nbytes for part in side.parts] for side in sides))
    return Arranged(sides, chosen, tuple(a.shape[:-1]) + tuple(b.shape[:-1]), removed)


def _side(name: str, operand: Operand, room: Room) -> Side:
    """Return an operand as it is if there is room for all of it, otherwise cut into tiles."""
    lengths = operand.fiber_lengths()
    lines = int((-(-lengths // room.lanes)).sum())
    nodes = sum(level.count << level.loose for level in operand.levels[:-1])
    fits = operand.levels[-1].count <= room.lines * room.lanes  # gaps count, too
    if fits and lines <= room.lines and len(lengths) <= room.fibers and nodes <= room.nodes:
        return Side(operand, [Tile(0, len(lengths), (0, operand.entries))], [operand])
    tensor = operand.to_csf().to_tensor()
    tiles = cut_tiles(name, tensor, room)
    return Side(operand, tiles, [Operand.from_csf(Csf.from_tensor(tile.of(tensor)), operand.fmt) for tile in tiles])


def _tensor(operand: Any) -> SparseTensor:
    """Return an operand of any kind as a tensor."""
    if isinstance(operand, SparseTensor):
        return operand
    if isinstance(operand, (Operand, Csf)):
        return (operand.to_csf() if isinstance(operand, Operand) else operand).to_tensor()
    coo = operand.tocoo()
    return SparseTensor.from_coordinates(coo.shape, np.stack(coo.coords, axis=1), coo.data)
