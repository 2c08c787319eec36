# SPDX-License-Identifier: Apache-2.0
"""Cuts operands that exceed the machine's memory into tiles of whole fibers, and pairs the tiles.

A tile is as many neighbouring fibers as half of the machine's memory holds; the other half takes the next
tile meanwhile. One operand stays: each of its tiles is loaded once, and all tiles of the other one stream
past it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.contract import Fibers
from models.errors import TensorError
from models.tensor import SparseTensor


@dataclass(frozen=True)
class Room:
    """The capacity of a tile, half of the machine's memory.

    Attributes:
        lanes: entries of a line; a fiber begins on a line of its own.
        lines, fibers, nodes: most of each; nodes count all upper levels together.
        parts: tiles that the machine's memory holds at a time, so that MemLines is `parts` times `lines`.
    """

    lanes: int
    lines: int
    fibers: int
    nodes: int
    parts: int = 1

    @classmethod
    def half_of(cls, lanes: int, lines: int, fibers: int, nodes: int) -> Room:
        """Return the room of a tile in a machine with this memory for an operand."""
        return cls(lanes, lines // 2, fibers // 2, nodes // 2, 2)


@dataclass(frozen=True)
class Tile:
    """Neighbouring fibers of an operand, numbered without the empty ones.

    Attributes:
        first, last: range of fibers, `last` not included.
        entries: range of entries, the end not included.
    """

    first: int
    last: int
    entries: tuple[int, int]

    def of(self, tensor: SparseTensor) -> SparseTensor:
        """Return these fibers as a tensor of the same shape; its arrays are views."""
        part = slice(*self.entries)
        return SparseTensor(tensor.shape, tensor.coords[part], tensor.values[part])


@dataclass(frozen=True)
class Plan:
    """Which tiles are loaded, and in which order they meet.

    Attributes:
        a, b: the tiles of each operand, in the order of their fibers.
        stays: 0 if each tile of A is loaded once, 1 if each of B is.
    """

    a: Sequence[Tile]
    b: Sequence[Tile]
    stays: int

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield (tile of A, tile of B), each pair once, in the order in which they are contracted."""
        if self.stays:
            yield from ((one, other) for other in range(len(self.b)) for one in range(len(self.a)))
        else:
            yield from ((one, other) for one in range(len(self.a)) for other in range(len(self.b)))


def cut_tiles(name: str, tensor: SparseTensor, room: Room) -> list[Tile]:
    """Return the tiles of an operand: from the first fiber on, each tile holds as many fibers as fit.

    Args:
        name: of the operand, for messages.
        tensor: the contracted mode last; an operand without entries has no tile.
        room: of a tile.

    Raises:
        TensorError: a single fiber is longer than a tile; the text names it.
    """
    fibers = Fibers.of(tensor)
    lines = np.concatenate([[0], np.cumsum(-(-np.diff(fibers.starts) // room.lanes))])
    opened = opened_nodes(fibers.paths)
    nodes = np.concatenate([[0], np.cumsum(opened)])
    upper, tiles, first = fibers.paths.shape[1], [], 0
    if upper > room.nodes or not room.fibers:
        raise TensorError(
            f"{name}: a fiber of order {tensor.order} needs {upper} nodes and a place among"
            f" fibers, a tile has {room.nodes} (NodeDepth) and {room.fibers} (FiberDepth)"
        )
    while first < fibers.count:
        # The first fiber of a tile needs a node in every level, later fibers only the nodes that they open.
        free = nodes[first + 1] + room.nodes - upper
        last = min(
            int(np.searchsorted(lines, lines[first] + room.lines, side="right")) - 1,
            int(np.searchsorted(nodes, free, side="right")) - 1,
            first + room.fibers,
            fibers.count,
        )
        if last == first:
            raise TensorError(
                f"{name}: fiber {first}, at coordinates {tuple(fibers.paths[first].tolist())}, has"
                f" {fibers.starts[first + 1] - fibers.starts[first]:,} entries, and a tile holds"
                f" {room.lines * room.lanes:,}; a build with MemLines ="
                f" {room.parts * int(lines[first + 1] - lines[first]):,} can"
            )
        tiles.append(Tile(first, last, (int(fibers.starts[first]), int(fibers.starts[last]))))
        first = last
    return tiles


def opened_nodes(paths: np.ndarray) -> np.ndarray:
    """Return (fibers,) int64: the nodes of each fiber that the previous fiber does not share.

    Args:
        paths: (fibers, order - 1) coordinates of the fibers, in ascending order.
    """
    opened = np.full(len(paths), paths.shape[1], np.int64)
    differs = np.logical_or.accumulate(paths[1:] != paths[:-1], axis=1)
    opened[1:] = differs.sum(axis=1)
    return opened


def moved_bytes(sizes_a: Sequence[int], sizes_b: Sequence[int], stays: int) -> int:
    """Return how many bytes are loaded if the tiles have these sizes in bytes and that operand stays.

    A streamed operand that is a single tile is loaded once: it stays, too. Without a tile on one side nothing
    is loaded.
    """
    if not sizes_a or not sizes_b:
        return 0
    resident, streamed = (sizes_b, sizes_a) if stays else (sizes_a, sizes_b)
    return sum(resident) + sum(streamed) * (len(resident) if len(streamed) > 1 else 1)


def plan(
    a: Sequence[Tile], b: Sequence[Tile], sizes_a: Sequence[int], sizes_b: Sequence[int], stays: int | None = None
) -> Plan:
    """Return the plan that loads fewer bytes; A stays if both load the same.

    Args:
        a, b: tiles of the operands, see cut_tiles().
        sizes_a, sizes_b: their bytes in the host's memory.
        stays: 0 or 1 decides otherwise.
    """
    if stays is None:
        stays = int(moved_bytes(sizes_a, sizes_b, 1) < moved_bytes(sizes_a, sizes_b, 0))
    return Plan(list(a), list(b), stays)


def meetings(coords: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return for each contracted coordinate of an operand how many entries of the other one have it, int64."""
    found, counts = np.unique(others, return_counts=True)
    place = np.searchsorted(found, coords)
    return np.where(np.append(found, -1)[place] == coords, np.append(counts, 0)[place], 0)


def products(tensor: SparseTensor, other: SparseTensor) -> np.ndarray:
    """Return (fibers,) int64: the products of each fiber with all fibers of another operand.

    Args:
        tensor, other: operands, the contracted mode last.
    """
    fibers = Fibers.of(tensor)
    met = meetings(fibers.last, other.coords[:, -1])
    return np.bincount(fibers.owner, met, fibers.count).astype(np.int64)


def split_tiles(tiles: Sequence[Tile], tensor: SparseTensor, weights: np.ndarray, parts: int) -> list[Tile]:
    """Return tiles cut further, so that each has at most about a share of `parts`; no tile is joined.

    Args:
        tiles: of the operand, in order; each fits.
        tensor: the operand.
        weights: (fibers,) of its fibers; none is negative.
        parts: tiles that are wanted.
    """
    starts = Fibers.of(tensor).starts
    bounds = np.concatenate([[0], np.cumsum(weights)])
    share = bounds[-1] / max(parts, 1)
    result: list[Tile] = []
    for tile in tiles:
        weight = bounds[tile.last] - bounds[tile.first]
        pieces = min(tile.last - tile.first, max(1, math.ceil(weight / share * (1 - 1e-9)))) if share else 1
        inner = bounds[tile.first] + weight * np.arange(1, pieces) / pieces
        after = np.clip(np.searchsorted(bounds, inner), tile.first + 1, tile.last)
        nearest = np.where(inner - bounds[after - 1] < bounds[after] - inner, after - 1, after)
        cuts = np.unique(np.clip(nearest, tile.first + 1, tile.last - 1)).tolist() if pieces > 1 else []
        ends = [tile.first, *cuts, tile.last]
        result += [
            Tile(first, last, (int(starts[first]), int(starts[last])))
            for first, last in zip(ends[:-1], ends[1:], strict=True)
        ]
    return result
