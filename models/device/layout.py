# SPDX-License-Identifier: Apache-2.0
"""Descriptors and completion records as bytes, docs/descriptors.md."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from models.constants import DMA
from models.numbers import PLAIN, Finish


def _number(name: str) -> int:
    return DMA.constants[name].value


WORD = 4  # bytes
SLOT = _number("SlotBytes")
HEAD, LEVEL = _number("HeadBytes"), _number("LevelBytes")
COMPLETION_AT, COMPLETION = _number("CompletionAt"), _number("CompletionBytes")
ALIGN = _number("ArrayAlign")
DESCRIPTOR_MAGIC, COMPLETION_MAGIC = _number("DescriptorMagic"), _number("CompletionMagic")
RING_ALIGN = SLOT
# Bits of the word `what`; the layout has two bits.
DENSE_RESULTS, COORDINATES, INTERRUPT, KEPT, PROMPT = 16, 17, 18, 19, 21
LAYOUT, FENCE, RELU, NARROW_RESULTS, SHORT_CRD = 22, 24, 25, 26, 27
RECORDS, ROWS, DENSE = 0, 1, 2  # layouts
DENSE_LEVEL, NARROW, LOOSE = 0, 1, 2  # bits of the word `kind`
# What a build may lack: such a build refuses the bits and words of the feature, as if they had to be 0.
FEATURES = frozenset({"layouts", "fence", "loose", "finish"})
HARDWARE = FEATURES  # what the RTL has
_HEAD = struct.Struct("<IIQQIIIIIIQQ")
_LEVEL = struct.Struct("<QQIII4x")
_COMPLETION = struct.Struct("<IIIIQQQQQII")


@dataclass(frozen=True)
class LevelEntry:
    """A level of an operand, as in a descriptor.

    Attributes:
        first: address of `pos` (upper level) or `crd` (leaf).
        second: address of `crd` (upper level, 0 if dense) or `val` (leaf).
        extent: of the mode.
        count: nodes, or entries of the leaf.
        dense: the level has no `crd`.
        narrow: `crd` of the leaf has 2 bytes per coordinate.
        loose: `pos` has the begin and the end of each node's entries; the upper level above the leaf only.
    """

    first: int
    second: int
    extent: int
    count: int
    dense: bool = False
    narrow: bool = False
    loose: bool = False

    def pack(self) -> bytes:
        """Return the 32 bytes of the level."""
        kind = self.dense << DENSE_LEVEL | self.narrow << NARROW | self.loose << LOOSE
        return _LEVEL.pack(self.first, self.second, self.extent, self.count, kind)


@dataclass(frozen=True)
class Descriptor:
    """The order of one contraction.

    Attributes:
        a, b: levels of the operands, the leaf last; 1 to 8.
        format: code of the value format.
        results, capacity: address and bytes of the result buffer.
        dense: deliver zero results, too.
        coordinates: records hold coordinates instead of numbers of fibers.
        interrupt: raise DmaIrqDone when it is complete.
        run_length, portion, long_lines: as the registers of these names.
        tag: any 32 bits; the completion record repeats them.
        kept: whether A and B are kept from the previous descriptor; their arrays are then not read.
        prompt: the host does not poll the completion record, which may precede the last write responses.
        layout: of the results: RECORDS, ROWS or DENSE.
        fence: read no operand before all earlier results have their write responses.
        finish: of the results.
        short_crd: coordinates of results have 2 bytes, in the layout ROWS.
        pitch: elements from the begin of a row to the begin of the next one.
        crd, pos: addresses of these arrays, in the layout ROWS.
    """

    a: Sequence[LevelEntry]
    b: Sequence[LevelEntry]
    format: int
    results: int
    capacity: int
    dense: bool = False
    coordinates: bool = False
    interrupt: bool = True
    run_length: int = 0
    portion: int = 0
    long_lines: int = 0
    tag: int = 0
    kept: tuple[bool, bool] = (False, False)
    prompt: bool = False
    layout: int = RECORDS
    fence: bool = False
    finish: Finish = PLAIN
    short_crd: bool = False
    pitch: int = 0
    crd: int = 0
    pos: int = 0

    def pack(self) -> bytes:
        """Return the bytes of the descriptor: head and levels."""
        what = (
            len(self.a)
            | len(self.b) << 4
            | self.format << 8
            | self.dense << DENSE_RESULTS
            | self.coordinates << COORDINATES
            | self.interrupt << INTERRUPT
            | self.kept[0] << KEPT
            | self.kept[1] << KEPT + 1
            | self.prompt << PROMPT
            | self.layout << LAYOUT
            | self.fence << FENCE
            | self.finish.relu << RELU
            | self.finish.narrow << NARROW_RESULTS
            | self.short_crd << SHORT_CRD
        )
        head = _HEAD.pack(
            DESCRIPTOR_MAGIC,
            what,
            self.results,
            self.capacity,
            self.run_length,
            self.portion,
            self.long_lines,
            self.tag,
            self.finish.shift,
            self.pitch,
            self.crd,
            self.pos,
        )
        return head + b"".join(level.pack() for level in (*self.a, *self.b))


@dataclass(frozen=True)
class Completion:
    """The completion record of a descriptor.

    Attributes:
        code, place: of the error, code 0 without one.
        tag: of the descriptor.
        results: their number.
        written: bytes of results in the buffer.
        cycles: from the first read of the descriptor to the last write response of its results.
        computing: cycles of computing among them.
        read: bytes that the descriptor has read.
        rows: of the results that are complete in memory, in the layouts ROWS and DENSE.
    """

    code: int
    place: int
    tag: int
    results: int
    written: int
    cycles: int
    computing: int
    read: int
    rows: int = 0

    def pack(self) -> bytes:
        """Return the bytes of the record."""
        return _COMPLETION.pack(
            self.code,
            self.place,
            self.tag,
            0,
            self.results,
            self.written,
            self.cycles,
            self.computing,
            self.read,
            self.rows,
            COMPLETION_MAGIC,
        )

    @classmethod
    def unpack(cls, data: bytes) -> Completion | None:
        """Parse a record; return None if the bytes are no record (yet)."""
        code, place, tag, _, results, written, cycles, computing, read, rows, magic = _COMPLETION.unpack(data)
        if magic != COMPLETION_MAGIC:
            return None
        return cls(code, place, tag, results, written, cycles, computing, read, rows)
