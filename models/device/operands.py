# SPDX-License-Identifier: Apache-2.0
"""The arrays of an operand, read from memory and checked in the order of an operand frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.constants import DMA, ERRORS
from models.csf import Csf
from models.device.build import Build
from models.device.layout import DENSE_LEVEL, LOOSE, NARROW

LEAF = 7
MAX_POSITION = (1 << 28) - 1  # bits of a place
PARTS = {name.removeprefix("Part"): part.value for name, part in DMA.prefixed("Part").items()}
Read = Callable[[int, int, int], bytes]


class Refused(Exception):
    """An error that the machine reports.

    Args:
        name: of the error code.
        place: of the error.
    """

    def __init__(self, name: str, place: int = 0):
        super().__init__(name)
        self.code = {**ERRORS, **DMA.errors}[name].value
        self.place = place


@dataclass(frozen=True)
class Level:
    """A level of an operand, as in a descriptor; see layout.LevelEntry."""

    first: int
    second: int
    extent: int
    count: int
    kind: int

    @property
    def dense(self) -> bool:
        return bool(self.kind >> DENSE_LEVEL & 1)

    @property
    def narrow(self) -> bool:
        return bool(self.kind >> NARROW & 1)

    @property
    def loose(self) -> bool:
        return bool(self.kind >> LOOSE & 1)


def load(which: int, levels: list[Level], read: Read, build: Build) -> Csf:
    """Read an operand, and check its arrays in the order of an operand frame."""
    coords, pointers, spans = [], [], np.array([0, levels[0].count])
    pairs: np.ndarray | None = None  # the table of a loose level
    for number, level in enumerate(levels[:-1]):
        place = which << 31 | number << 28
        below = levels[number + 1].count
        if level.dense:
            nodes = np.tile(np.arange(level.extent), level.count // level.extent)
        else:
            nodes = _array(read, level.second, level.count, "<u4", place | PARTS["Crd"] << 24)
            _check_coords(nodes, level.extent, spans, place)
        words = 2 * level.count if level.loose else level.count + 1
        pos = _array(read, level.first, words, "<u4", place | PARTS["Pos"] << 24)
        if level.loose:
            _check_pairs(pos, below, place)
            pairs = pos.reshape(-1, 2)
            pos = np.concatenate([[0], np.cumsum(pairs[:, 1] - pairs[:, 0])])
        else:
            _check_pointers(pos, below, place)
        coords.append(nodes)
        pointers.append(pos)
        spans = pos
    leaf, place = levels[-1], which << 31 | LEAF << 28
    last = _array(read, leaf.first, leaf.count, "<u2" if leaf.narrow else "<u4", place | PARTS["Crd"] << 24)
    bits = _array(read, leaf.second, leaf.count, f"<u{build.fmt.value_width // 8}", place | PARTS["Val"] << 24)
    if pairs is not None:
        taken = np.concatenate([np.arange(*pair) for pair in pairs] or [np.zeros(0, np.int64)])
        last, bits = last[taken], bits[taken]
    try:
        _check_coords(last, leaf.extent, spans, place)
        _check_room(spans, build, place)
    except Refused as refused:
        if pairs is not None:  # the place counts elements of gaps, too
            refused.place = place | int(taken[refused.place & MAX_POSITION])
        raise
    return Csf(
        tuple(level.extent for level in levels), coords, pointers, last, build.fmt.decode(bits.astype(np.uint32))
    )


def _array(read: Read, address: int, count: int, dtype: str, place: int) -> np.ndarray:
    data = read(address, count * np.dtype(dtype).itemsize, place) if count else b""
    return np.frombuffer(data, dtype).astype(np.int64)


def _check_pointers(pos: np.ndarray, below: int, place: int) -> None:
    low = np.concatenate([[0], pos[:-1]])
    low[-1] = below
    high = np.full(len(pos), below)
    high[0] = 0
    if len(pos) == 1:
        low[0], high[0] = below, 0
    wrong = np.flatnonzero((pos < low) | (pos > high))
    if len(wrong):
        raise Refused("ErrPointer", place | int(wrong[0]))


def _check_pairs(pos: np.ndarray, below: int, place: int) -> None:
    """Check the table of a loose level: each begin is no less than the end before it; gaps are allowed."""
    low = np.concatenate([[0], pos[:-1]])
    wrong = np.flatnonzero((pos < low) | (pos > below))
    if len(wrong):
        raise Refused("ErrPointer", place | int(wrong[0]))


def _check_coords(coords: np.ndarray, extent: int, spans: np.ndarray, place: int) -> None:
    first = np.zeros(len(coords) + 1, bool)
    first[spans] = True
    wrong_range = coords >= extent
    wrong_order = np.zeros(len(coords), bool)
    wrong_order[1:] = (coords[1:] <= coords[:-1]) & ~first[1:-1]
    wrong = np.flatnonzero(wrong_range | wrong_order)
    if len(wrong):
        raise Refused("ErrCoordRange" if wrong_range[wrong[0]] else "ErrCoordOrder", place | int(wrong[0]))


def _check_room(spans: np.ndarray, build: Build, place: int) -> None:
    """Check that there is room for all fibers and lines; the place is the entry that finds none."""
    starts = spans[:-1][np.diff(spans) > 0]
    lengths = np.diff(np.append(starts, spans[-1]))
    before = np.cumsum(-(-lengths // build.lanes)) - -(-lengths // build.lanes)
    wrong = []
    if len(starts) > build.fibers:
        wrong.append(int(starts[build.fibers]))
    for fiber in np.flatnonzero(before + -(-lengths // build.lanes) > build.lines)[:1]:
        wrong.append(int(starts[fiber] + (build.lines - before[fiber]) * build.lanes))
    if wrong:
        raise Refused("ErrMemoryFull", place | min(wrong))
