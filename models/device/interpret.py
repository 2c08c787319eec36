# SPDX-License-Identifier: Apache-2.0
"""The outcome of a descriptor: results and completion by the exact model, or the first error."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.axes import contracted_limit
from models.constants import CONSTANTS, EDGE, ERRORS
from models.contract import ContractionResult, contract
from models.csf import Csf
from models.device.build import Build
from models.device.layout import (
    ALIGN,
    BEHIND,
    COORDINATES,
    DENSE_LEVEL,
    DENSE_RESULTS,
    DESCRIPTOR_MAGIC,
    HEAD,
    INTERRUPT,
    KEPT,
    LEVEL,
    NARROW,
    WORD,
    Completion,
)

LEAF = 7
PARTS = {name.removeprefix("Part"): part.value for name, part in EDGE.prefixed("Part").items()}
MAX_ORDER = CONSTANTS["MaxOrder"]
LAST = 2**64  # the address after the last byte
Read = Callable[[int, int, int], bytes]
Held = tuple[Csf | None, Csf | None]


class Refused(Exception):
    """An error that the machine reports.

    Args:
        name: of the error code.
        place: of the error.
    """

    def __init__(self, name: str, place: int = 0):
        super().__init__(name)
        self.code = {**ERRORS, **EDGE.errors}[name].value
        self.place = place


@dataclass(frozen=True)
class Effect:
    """The outcome of a descriptor.

    Attributes:
        completion: without cycles and bytes read, which only hardware knows.
        address, records: the bytes to write, and their address.
        interrupt: whether EdgeIrqDone is requested.
        result: of the model, None after an error.
        held: the operands that the next descriptor may keep.
    """

    completion: Completion
    address: int = 0
    records: bytes = b""
    interrupt: bool = False
    result: ContractionResult | None = None
    held: Held = (None, None)


@dataclass(frozen=True)
class _Level:
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


def interpret(slot: bytes, read: Read, build: Build, held: Held = (None, None)) -> Effect:
    """Return the outcome of a descriptor.

    Args:
        slot: bytes of the slot.
        read: returns bytes of the memory (address, length), or raises Refused; the third argument is the
            place of the first byte, to which the offset is added in units of 16 bytes.
        build: of the machine.
        held: operands of the previous descriptor.
    """
    tag = struct.unpack_from("<I", slot, 36)[0]
    try:
        return _carried_out(slot, read, build, tag, held)
    except Refused as refused:
        return Effect(Completion(refused.code, refused.place, tag, 0, 0, 0, 0, 0))


def _carried_out(slot: bytes, read: Read, build: Build, tag: int, held: Held) -> Effect:
    what, address, capacity = struct.unpack_from("<IQQ", slot, 4)
    levels = _checked(slot, build)
    kept = [what >> KEPT + which & 1 for which in (0, 1)]
    missing = sum(kept[which] << which for which in (0, 1) if not _fits(held[which], levels[which]))
    if missing:
        raise Refused("ErrNoOperand", missing)
    operands = [held[which] if kept[which] else _load(which, levels[which], read, build) for which in (0, 1)]
    result = contract(*(operand.to_tensor() for operand in operands), build.fmt, bool(what >> DENSE_RESULTS & 1))
    records = records_of(result, bool(what >> COORDINATES & 1))
    fit = min(len(records), capacity // records.itemsize)
    name, place = "ErrNone", 0
    if fit < len(records):
        name, place = "ErrResultFull", len(records)
    elif result.range_errors:
        name = "ErrResultRange"
    code = {**ERRORS, **EDGE.errors}[name].value
    written = records[:fit].tobytes()
    return Effect(
        Completion(code, place, tag, len(records), len(written), 0, 0, 0),
        address,
        written,
        bool(what >> INTERRUPT & 1),
        result,
        (operands[0], operands[1]),
    )


def _fits(held: Csf | None, levels: list[_Level]) -> bool:
    """Return whether the held operand can have these levels."""
    return held is not None and (held.order, held.shape[-1]) == (len(levels), levels[-1].extent)


def _checked(slot: bytes, build: Build) -> tuple[list[_Level], list[_Level]]:
    """Check the descriptor in the order of its words and return the levels of both operands."""
    magic, what, address, capacity, _, portion = struct.unpack_from("<IIQQII", slot)
    orders = what & 15, what >> 4 & 15
    if magic != DESCRIPTOR_MAGIC:
        raise Refused("ErrDescriptor", 0)
    for order in orders:
        if not 1 <= order <= MAX_ORDER:
            raise Refused("ErrOrder", order)
    if what >> BEHIND or what >> 8 & 0xFF != build.fmt.code:
        raise Refused("ErrDescriptor", 4)
    _check_array(address, capacity, 8)
    if portion:
        raise Refused("ErrDescriptor", 28)
    for at in range(40, HEAD, 4):
        if struct.unpack_from("<I", slot, at)[0]:
            raise Refused("ErrDescriptor", at)
    sides, at = [], HEAD
    for which, order in enumerate(orders):
        levels: list[_Level] = []
        for mode in range(order):
            leaf = mode == order - 1
            levels.append(_checked_level(slot, at, leaf, which, mode, build))
            if leaf and which and levels[-1].extent != sides[0][-1].extent:
                raise Refused("ErrExtentsDiffer", sides[0][-1].extent)
            _check_count(which, levels, leaf, build, at + 20)
            _checked_rest(slot, at, leaf, levels[-1])
            at += LEVEL
        sides.append(levels)
    return sides[0], sides[1]


def _checked_level(slot: bytes, at: int, leaf: bool, which: int, mode: int, build: Build) -> _Level:
    """Check the words of a level up to its extent; an extent has the place of the operand frame."""
    first, second, extent, count, kind = struct.unpack_from("<QQIII", slot, at)
    level = _Level(first, second, extent, count, kind)
    sizes = (
        (count * (2 if level.narrow else 4), count * build.fmt.value_width // 8)
        if leaf
        else ((count + 1) * WORD, 0 if level.dense else count * WORD)
    )
    _check_array(first, sizes[0], at)
    if not leaf and level.dense and second:
        raise Refused("ErrDescriptor", at + 8)
    _check_array(second, sizes[1], at + 8)
    if not extent or leaf and extent > contracted_limit(build.coord_width):
        raise Refused("ErrExtent", which << 31 | mode)
    return level


def _check_count(which: int, levels: list[_Level], leaf: bool, build: Build, at: int) -> None:
    """Check the count of the last level, a word at an offset; a contradiction goes before too many."""
    level, mode = levels[-1], len(levels) - 1
    parents = levels[-2].count if mode else 1
    if not leaf and level.dense and level.count != parents * level.extent:
        raise Refused("ErrLevelCount", at)
    if level.count and not parents:
        raise Refused("ErrCount", which << 31 | mode - leaf)
    if leaf and level.count > build.lines * build.lanes:
        raise Refused("ErrMemoryFull", which << 31 | 3)
    if not leaf and sum(upper.count for upper in levels) > build.nodes:
        raise Refused("ErrMemoryFull", which << 31 | mode)


def _checked_rest(slot: bytes, at: int, leaf: bool, level: _Level) -> None:
    if level.kind >> 2 or (level.narrow if not leaf else level.dense):
        raise Refused("ErrDescriptor", at + 24)
    if struct.unpack_from("<I", slot, at + 28)[0]:
        raise Refused("ErrDescriptor", at + 28)


def _check_array(address: int, size: int, at: int) -> None:
    if address % ALIGN:
        raise Refused("ErrAlign", at)
    if address + size > LAST:
        raise Refused("ErrSpan", at)


def _load(which: int, levels: list[_Level], read: Read, build: Build) -> Csf:
    """Read an operand, and check its arrays in the order of an operand frame."""
    coords, pointers, spans = [], [], np.array([0, levels[0].count])
    for number, level in enumerate(levels[:-1]):
        place = which << 31 | number << 28
        below = levels[number + 1].count
        if level.dense:
            nodes = np.tile(np.arange(level.extent), level.count // level.extent)
        else:
            nodes = _array(read, level.second, level.count, "<u4", place | PARTS["Crd"] << 24)
            _check_coords(nodes, level.extent, spans, place)
        pos = _array(read, level.first, level.count + 1, "<u4", place | PARTS["Pos"] << 24)
        _check_pointers(pos, below, place)
        coords.append(nodes)
        pointers.append(pos)
        spans = pos
    leaf, place = levels[-1], which << 31 | LEAF << 28
    last = _array(read, leaf.first, leaf.count, "<u2" if leaf.narrow else "<u4", place | PARTS["Crd"] << 24)
    bits = _array(read, leaf.second, leaf.count, f"<u{build.fmt.value_width // 8}", place | PARTS["Val"] << 24)
    _check_coords(last, leaf.extent, spans, place)
    _check_room(spans, build, place)
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


def records_of(result: ContractionResult, coordinates: bool) -> np.ndarray:
    """Return the records, one element each."""
    head = result.coords if coordinates else np.stack([result.a_ids, result.b_ids], axis=1)
    values = result.bits
    columns = [*head.T.astype(np.uint64), values & np.uint64(2**32 - 1)]
    if result.fmt.result_width > 32:
        shift = np.int64(64 - result.fmt.result_width)
        signed = (values << np.uint64(shift)).view(np.int64) >> shift
        columns.append(signed.view(np.uint64) >> np.uint64(32))
    words = np.stack([column.astype("<u4") for column in columns], axis=1)
    return np.ascontiguousarray(words).view(f"V{words.shape[1] * WORD}").ravel()
