# SPDX-License-Identifier: Apache-2.0
"""The outcome of a descriptor: results and completion by the exact model, or the first error."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

import numpy as np

from models.axes import contracted_limit
from models.constants import CONSTANTS, DMA, ERRORS
from models.contract import ContractionResult, contract
from models.csf import Csf
from models.device.build import Build
from models.device.layout import (
    ALIGN,
    COORDINATES,
    DENSE,
    DENSE_RESULTS,
    DESCRIPTOR_MAGIC,
    FENCE,
    HARDWARE,
    HEAD,
    INTERRUPT,
    KEPT,
    LAYOUT,
    LEVEL,
    NARROW_RESULTS,
    RECORDS,
    RELU,
    ROWS,
    SHORT_CRD,
    WORD,
    Completion,
)
from models.device.operands import Level, Read, Refused, load
from models.device.results import PAIR, Matrix, Piece, columns_of, pieces, records_of, rows_of, value_bytes, width_of
from models.numbers.finish import MOST_SHIFT, Finish
from models.spread import SLOT_ENTRIES, SLOTS

MAX_ORDER = CONSTANTS["MaxOrder"]
LAST = 2**64  # the address after the last byte
MAX_ELEMENTS = 2**32 - 1
_FLAGS = 0xFFFF_0000  # of the second word
Held = tuple[Csf | None, Csf | None]


@dataclass(frozen=True)
class Effect:
    """The outcome of a descriptor.

    Attributes:
        completion: without cycles and bytes read, which only hardware knows.
        pieces: the bytes to write.
        interrupt: whether DmaIrqDone is requested.
        result: of the model, None after an error.
        held: the operands that the next descriptor may keep.
    """

    completion: Completion
    pieces: tuple[Piece, ...] = ()
    interrupt: bool = False
    result: ContractionResult | None = None
    held: Held = (None, None)


def interpret(
    slot: bytes, read: Read, build: Build, held: Held = (None, None), features: frozenset[str] = HARDWARE
) -> Effect:
    """Return the outcome of a descriptor.

    Args:
        slot: bytes of the slot.
        read: returns bytes of the memory (address, length), or raises Refused; the third argument is the
            place of the first byte, to which the offset is added in units of 16 bytes.
        build: of the machine.
        held: operands of the previous descriptor.
        features: that the machine has, of layout.FEATURES.
    """
    tag = struct.unpack_from("<I", slot, 36)[0]
    try:
        return _carried_out(slot, read, build, tag, held, features)
    except Refused as refused:
        return Effect(Completion(refused.code, refused.place, tag, 0, 0, 0, 0, 0))


def _carried_out(slot: bytes, read: Read, build: Build, tag: int, held: Held, features: frozenset[str]) -> Effect:
    what, address, capacity = struct.unpack_from("<IQQ", slot, 4)
    levels = _checked(slot, build, features)
    kept = [what >> KEPT + which & 1 for which in (0, 1)]
    missing = sum(kept[which] << which for which in (0, 1) if not _fits(held[which], levels[which]))
    if missing:
        raise Refused("ErrNoOperand", missing)
    operands = [held[which] if kept[which] else load(which, levels[which], read, build) for which in (0, 1)]
    layout = what >> LAYOUT & 3
    if layout != RECORDS and _spread(operands[0]):
        raise Refused("ErrDescriptor", 4)
    tensors = [operand.to_tensor() for operand in operands]
    result = contract(*tensors, build.fmt, bool(what >> DENSE_RESULTS & 1), _finish(slot))
    if layout == RECORDS:
        written, name = _written_records(result, bool(what >> COORDINATES & 1), address, capacity)
        count, rows, place = result.results, 0, result.results
    else:
        written, name, count, rows = _written_matrix(_matrix(slot, levels, build), result, operands[0])
        place = rows
    if name == "ErrNone" and result.range_errors:
        name = "ErrResultRange"
    code = {**ERRORS, **DMA.errors}[name].value
    sent = sum(len(piece.data) for piece in written)
    return Effect(
        Completion(code, place if name == "ErrResultFull" else 0, tag, count, sent, 0, 0, 0, rows),
        written,
        bool(what >> INTERRUPT & 1),
        result,
        (operands[0], operands[1]),
    )


def _spread(a: Csf) -> bool:
    """Return whether no engine holds the longest fiber of A, so that engines would share each row."""
    return bool((np.diff(a.fiber_bounds()) > SLOTS * SLOT_ENTRIES).any())


def _written_records(
    result: ContractionResult, coordinates: bool, address: int, capacity: int
) -> tuple[tuple[Piece, ...], str]:
    """Return the records that fit the buffer, and the error's name."""
    records = records_of(result, coordinates)
    fit = min(len(records), capacity // records.itemsize)
    written = (Piece(address, records[:fit].tobytes()),) if fit else ()
    return written, "ErrNone" if fit == len(records) else "ErrResultFull"


def _written_matrix(matrix: Matrix, result: ContractionResult, a: Csf) -> tuple[tuple[Piece, ...], str, int, int]:
    """Return the rows up to their pitch, the error's name, the results that were written, and the rows before it."""
    rows, columns = rows_of(a, result), columns_of(result, a.order - 1)
    written, count, until = pieces(matrix, rows, columns, result.bits, width_of(result.fmt, result.finish))
    return written, "ErrNone" if until == matrix.rows else "ErrResultFull", count, until


def _finish(slot: bytes) -> Finish:
    what, shift = struct.unpack_from("<I", slot, 4)[0], struct.unpack_from("<I", slot, 40)[0]
    return Finish(bool(what >> RELU & 1), bool(what >> NARROW_RESULTS & 1), shift)


def _matrix(slot: bytes, levels: tuple[list[Level], list[Level]], build: Build) -> Matrix:
    """Return the place of results in the layouts rows and dense."""
    what, val = struct.unpack_from("<IQ", slot, 4)
    pitch, crd, pos = struct.unpack_from("<IQQ", slot, 44)
    rows = levels[0][-2].count if len(levels[0]) > 1 else 1
    columns = math.prod(level.extent for level in levels[1][:-1])
    size = value_bytes(width_of(build.fmt, _finish(slot)))
    return Matrix(what >> LAYOUT & 3, rows, columns, pitch, size, bool(what >> SHORT_CRD & 1), val, crd, pos)


def _fits(held: Csf | None, levels: list[Level]) -> bool:
    """Return whether the held operand can have these levels."""
    return held is not None and (held.order, held.shape[-1]) == (len(levels), levels[-1].extent)


def _checked(slot: bytes, build: Build, features: frozenset[str]) -> tuple[list[Level], list[Level]]:
    """Check the descriptor in the order of its words and return the levels of both operands."""
    magic, what, address, capacity, _, portion = struct.unpack_from("<IIQQII", slot)
    orders = what & 15, what >> 4 & 15
    if magic != DESCRIPTOR_MAGIC:
        raise Refused("ErrDescriptor", 0)
    for order in orders:
        if not 1 <= order <= MAX_ORDER:
            raise Refused("ErrOrder", order)
    if what & ~_known(features) & _FLAGS or what >> 8 & 0xFF != build.fmt.code or not _fit(what, build):
        raise Refused("ErrDescriptor", 4)
    _check_array(address, capacity, 8)
    if portion:
        raise Refused("ErrDescriptor", 28)
    _check_places(slot, what, build)
    sides, at = [], HEAD
    for which, order in enumerate(orders):
        levels: list[Level] = []
        for mode in range(order):
            leaf = mode == order - 1
            levels.append(_checked_level(slot, at, leaf, which, mode, build))
            if leaf and which and levels[-1].extent != sides[0][-1].extent:
                raise Refused("ErrExtentsDiffer", sides[0][-1].extent)
            _check_count(which, levels, leaf, build, at + 20)
            _checked_rest(slot, at, mode == order - 2, leaf, levels[-1], features)
            at += LEVEL
        sides.append(levels)
    if what >> LAYOUT & 3 != RECORDS:
        _check_matrix(_matrix(slot, (sides[0], sides[1]), build), capacity)
    return sides[0], sides[1]


def _known(features: frozenset[str]) -> int:
    """Return the flags of a machine with these features."""
    flags = (1 << LAYOUT) - (1 << DENSE_RESULTS)
    if "layouts" in features:
        flags |= 3 << LAYOUT | 1 << SHORT_CRD
    if "fence" in features:
        flags |= 1 << FENCE
    if "finish" in features:
        flags |= 1 << RELU | 1 << NARROW_RESULTS
    return flags


def _fit(what: int, build: Build) -> bool:
    """Return whether flags fit each other and the format."""
    layout = what >> LAYOUT & 3
    return (
        (layout == RECORDS or layout in (ROWS, DENSE) and build.engine == "resident")
        and not (layout and what >> COORDINATES & 1)
        and not (layout != ROWS and what >> SHORT_CRD & 1)
        and not (what >> NARROW_RESULTS & 1 and build.fmt.value_width == build.fmt.result_width)
    )


def _check_places(slot: bytes, what: int, build: Build) -> None:
    """Check the words 40 to 63 of the head: shift, pitch, crd, pos."""
    shift, pitch, crd, pos = struct.unpack_from("<IIQQ", slot, 40)
    layout = what >> LAYOUT & 3
    narrows = what >> NARROW_RESULTS & 1 and not build.fmt.is_float
    if shift > (MOST_SHIFT if narrows else 0):
        raise Refused("ErrDescriptor", 40)
    if (pitch % ALIGN or not pitch) if layout else pitch:
        raise Refused("ErrDescriptor", 44)
    for address, at in ((crd, 48), (pos, 56)):
        if layout == ROWS:
            _check_array(address, 0, at)
        elif address:
            raise Refused("ErrDescriptor", at if address & 0xFFFF_FFFF else at + 4)


def _check_matrix(matrix: Matrix, capacity: int) -> None:
    """Check the arrays of a result, whose sizes follow from the levels."""
    if matrix.columns > 1 << (16 if matrix.short_crd else 32):
        raise Refused("ErrDescriptor", 4)
    if matrix.layout == DENSE and matrix.pitch < matrix.columns:
        raise Refused("ErrDescriptor", 44)
    if matrix.rows * matrix.pitch * matrix.size > capacity:
        raise Refused("ErrSpan", 16)
    if matrix.rows * matrix.pitch > MAX_ELEMENTS:  # begin and end are words
        raise Refused("ErrSpan", 44)
    for (address, size), at in zip(matrix.arrays(), (8, 48, 56), strict=False):
        _check_array(address, size, at)


def _checked_level(slot: bytes, at: int, leaf: bool, which: int, mode: int, build: Build) -> Level:
    """Check the words of a level up to its extent; an extent has the place of the operand frame."""
    first, second, extent, count, kind = struct.unpack_from("<QQIII", slot, at)
    level = Level(first, second, extent, count, kind)
    sizes = (
        (count * (2 if level.narrow else 4), count * build.fmt.value_width // 8)
        if leaf
        else (count * PAIR if level.loose else (count + 1) * WORD, 0 if level.dense else count * WORD)
    )
    _check_array(first, sizes[0], at)
    if not leaf and level.dense and second:
        raise Refused("ErrDescriptor", at + 8)
    _check_array(second, sizes[1], at + 8)
    if not extent or leaf and extent > contracted_limit(build.coord_width):
        raise Refused("ErrExtent", which << 31 | mode)
    return level


def _check_count(which: int, levels: list[Level], leaf: bool, build: Build, at: int) -> None:
    """Check the count of the last level, a word at an offset; a contradiction goes before too many."""
    level, mode = levels[-1], len(levels) - 1
    parents = levels[-2].count if mode else 1
    if not leaf and level.dense and level.count != parents * level.extent:
        raise Refused("ErrLevelCount", at)
    if level.count and not parents:
        raise Refused("ErrCount", which << 31 | mode - leaf)
    if leaf and level.count > build.lines * build.lanes:
        raise Refused("ErrMemoryFull", which << 31 | 3)
    if not leaf and sum(upper.count for upper in levels) + level.count * level.loose > build.nodes:
        raise Refused("ErrMemoryFull", which << 31 | mode)


def _checked_rest(slot: bytes, at: int, last_upper: bool, leaf: bool, level: Level, features: frozenset[str]) -> None:
    unknown = level.kind >> (3 if "loose" in features else 2)
    if unknown or (level.narrow if not leaf else level.dense) or level.loose and not last_upper:
        raise Refused("ErrDescriptor", at + 24)
    if struct.unpack_from("<I", slot, at + 28)[0]:
        raise Refused("ErrDescriptor", at + 28)


def _check_array(address: int, size: int, at: int) -> None:
    if address % ALIGN:
        raise Refused("ErrAlign", at)
    if address + size > LAST:
        raise Refused("ErrSpan", at)
