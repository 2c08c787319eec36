# SPDX-License-Identifier: Apache-2.0
"""What a descriptor must make the chip write, and what the chip has done for it."""

from __future__ import annotations

import bisect
import dataclasses

import numpy as np

from flaash.driver.result import FIBERS, record_bytes
from models.contract import ContractionResult
from models.device.results import columns_of, pieces, rows_of, width_of
from models.numbers import NumberFormat
from tb.agents.memory.item import Announced, Burst, Piece, Written


def inside(piece: Piece, address: int, length: int = 1) -> bool:
    """Return whether bytes lie in a piece of memory."""
    return piece[0] <= address and address + length <= piece[1]


@dataclasses.dataclass
class Entry:
    """A descriptor that was announced, and what the chip has done for it.

    Attributes:
        announced: the descriptor.
        size: bytes of a record of the results.
        where: the pieces of memory that results may take, ascending: address, and place of the first byte in `data`.
        data, times: bytes that results may take, and when each of them was written, in ns; 0 if it was not.
        wanted: what these bytes must be, of rows or a dense matrix; None for records, which come in any order.
        results, rows: that must be written, of a matrix; rows are those before the first one that is full.
        read: bytes that were read.
        ends: the address after the last byte that was read of each array.
        records: completion records.
        bursts: of writes of results and records.
        alone: no other descriptor was outstanding when it was announced.
    """

    announced: Announced
    size: int
    where: list[Piece]
    data: np.ndarray
    times: np.ndarray
    wanted: np.ndarray | None = None
    results: int = 0
    rows: int = 0
    read: int = 0
    ends: dict[Piece, int] = dataclasses.field(default_factory=dict)
    records: list[Written] = dataclasses.field(default_factory=list)
    bursts: list[Burst] = dataclasses.field(default_factory=list)
    alone: bool = True

    def writes(self, address: int) -> bool:
        """Return whether a write at an address is about this descriptor."""
        return inside(self.announced.record, address) or self.holds_result(address)

    def holds_result(self, address: int) -> bool:
        """Return whether an address is of an array of results."""
        return any(inside(buffer, address) for buffer in self.announced.buffers)

    def bytes_at(self, address: int, length: int) -> slice | None:
        """Return the place in `data` of bytes of results, None if other bytes are among them."""
        piece = bisect.bisect_right(self.where, (address, len(self.data))) - 1
        if piece < 0:
            return None
        begin, first = self.where[piece]
        end = self.where[piece + 1][1] if piece + 1 < len(self.where) else len(self.data)
        at = first + address - begin
        return slice(at, at + length) if at + length <= end else None

    @property
    def phase(self) -> str:
        """How far the chip has come, see PHASES of tb.dma.cover_points."""
        if self.records:
            return "completed"
        if self.times.any():
            return "results"
        if all(self.ends.get(array, 0) >= array[1] for array in self.announced.arrays):
            return "computing" if self.read else "descriptor"
        return "operands" if self.ends else "descriptor"

    @property
    def settled(self) -> bool:
        """Whether all of its results are written and have their responses."""
        return bool(self.times.all()) and all(
            burst.responded is not None for burst in self.bursts if self.holds_result(burst.address)
        )

    def whole(self) -> np.ndarray:
        """Return for each record of the results whether all of it was written."""
        return (self.times.reshape(-1, self.size) > 0).all(axis=1)


def records_entry(announced: Announced, result: ContractionResult | None, fmt: NumberFormat, alone: bool) -> Entry:
    """Return what a descriptor must do that writes records, as many as its buffer takes."""
    descriptor = announced.descriptor
    free = len(descriptor.a) + len(descriptor.b) - 2
    size = record_bytes(fmt, free if descriptor.coordinates else FIBERS)
    most = min(result.results if result else 0, descriptor.capacity // size)
    data, times = np.zeros(most * size, np.uint8), np.zeros(most * size)
    return Entry(announced, size, [(descriptor.results, 0)], data, times, alone=alone)


def matrix_entry(announced: Announced, result: ContractionResult | None, fmt: NumberFormat, alone: bool) -> Entry:
    """Return what a descriptor must do that writes rows or a dense matrix."""
    none = np.zeros(0, np.uint8)
    if result is None:
        return Entry(announced, 1, [], none, np.zeros(0), none, alone=alone)
    a, width = announced.a, width_of(fmt, result.finish)
    columns = columns_of(result, a.order - 1)
    found, results, rows = pieces(announced.matrix, rows_of(a, result), columns, result.bits, width)
    found = sorted(found, key=lambda piece: piece.address)
    ends = np.cumsum([0, *(len(piece.data) for piece in found)])
    where = [(piece.address, int(first)) for piece, first in zip(found, ends[:-1], strict=True)]
    wanted = np.frombuffer(b"".join(piece.data for piece in found), np.uint8)
    data, times = np.zeros(len(wanted), np.uint8), np.zeros(len(wanted))
    return Entry(announced, 1, where, data, times, wanted, results, rows, alone=alone)
