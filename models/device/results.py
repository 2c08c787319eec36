# SPDX-License-Identifier: Apache-2.0
"""Results as bytes in memory: records, rows that an operand can have, or a dense matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.contract import ContractionResult
from models.csf import Csf
from models.device.layout import DENSE, WORD
from models.numbers import Finish, NumberFormat

SHORT = 2  # bytes of a short coordinate
PAIR = 2 * WORD  # of the table pos: begin and end
CRD, POS = "ResultCrd", "ResultPos"  # parts of a result in rows


@dataclass(frozen=True)
class Piece:
    """Bytes that the machine writes.

    Attributes:
        address: of the first byte.
        data: the bytes.
        part: of the result: "Result" (records, val), CRD or POS.
        offset: of the bytes in that part.
    """

    address: int
    data: bytes
    part: str = "Result"
    offset: int = 0


@dataclass(frozen=True)
class Matrix:
    """The place of results as a matrix: a row per fiber of A, empty ones included, a column per fiber of B.

    Attributes:
        layout: ROWS or DENSE.
        rows, columns: of the matrix.
        pitch: elements from the begin of a row to the begin of the next one.
        size: bytes of an element of val.
        short_crd: coordinates have 2 bytes.
        val, crd, pos: addresses; a dense matrix has val alone.
    """

    layout: int
    rows: int
    columns: int
    pitch: int
    size: int
    short_crd: bool
    val: int
    crd: int = 0
    pos: int = 0

    @property
    def crd_size(self) -> int:
        """Bytes of a coordinate."""
        return SHORT if self.short_crd else WORD

    def arrays(self) -> list[tuple[int, int]]:
        """Return address and bytes of each array; no other byte is written."""
        elements = self.rows * self.pitch
        if self.layout == DENSE:
            return [(self.val, elements * self.size)]
        return [(self.val, elements * self.size), (self.crd, elements * self.crd_size), (self.pos, self.rows * PAIR)]


def width_of(fmt: NumberFormat, finish: Finish) -> int:
    """Return the bits of a finished result."""
    return fmt.value_width if finish.narrow else fmt.result_width


def value_bytes(width: int) -> int:
    """Return the bytes of an element of val with this many bits: 1, 2, 4 or 8."""
    return 1 << (width - 1).bit_length() - 3


def elements(bits: np.ndarray, width: int) -> np.ndarray:
    """Return patterns of `width` bits as elements of val, sign-extended to whole bytes."""
    return signed(bits, width).astype(f"<i{value_bytes(width)}")


def signed(bits: np.ndarray, width: int) -> np.ndarray:
    """Return patterns of `width` bits as int64, sign-extended."""
    spare = np.int64(64 - width)
    return np.asarray(bits, np.uint64).view(np.int64) << spare >> spare


def columns_of(result: ContractionResult, free_a: int) -> np.ndarray:
    """Return the column of each result: the row-major index over the free modes of B."""
    found = np.zeros(len(result.bits), np.uint64)
    for mode in range(free_a, len(result.shape)):
        found = found * np.uint64(result.shape[mode]) + result.coords[:, mode].astype(np.uint64)
    return found


def rows_of(a: Csf, result: ContractionResult) -> np.ndarray:
    """Return the row of each result: the number of its node in the last upper level of A."""
    if a.order == 1:
        return np.zeros(len(result.bits), np.int64)
    return np.flatnonzero(np.diff(a.pointers[-1]))[result.a_ids]


def pieces(
    matrix: Matrix, rows: np.ndarray, columns: np.ndarray, bits: np.ndarray, width: int
) -> tuple[tuple[Piece, ...], int, int]:
    """Return the bytes of all rows up to their pitch, the results among them, and the first row that is longer.

    Args:
        matrix: the place.
        rows, columns, bits: of each result, in ascending order of row and column.
        width: bits of a result.
    """
    val = elements(bits, width)
    bounds = np.searchsorted(rows, np.arange(matrix.rows + 1))
    lengths = np.diff(bounds)
    until = int(np.append(np.flatnonzero(lengths > matrix.pitch), matrix.rows)[0])
    found = []
    for row in range(matrix.rows):
        mine = slice(bounds[row], bounds[row] + min(lengths[row], matrix.pitch))
        first = row * matrix.pitch
        if matrix.layout == DENSE:
            line = np.zeros(matrix.columns, val.dtype)
            line[columns[mine].astype(np.int64)] = val[mine]
            found.append(_piece(matrix.val, first, line, "Result"))
        elif lengths[row]:
            found.append(_piece(matrix.val, first, val[mine], "Result"))
            found.append(_piece(matrix.crd, first, columns[mine].astype(f"<u{matrix.crd_size}"), CRD))
    if matrix.layout != DENSE and until:
        begins = np.arange(until) * matrix.pitch
        table = np.stack([begins, begins + lengths[:until]], axis=1)
        found.append(Piece(matrix.pos, table.astype("<u4").tobytes(), POS))
    return tuple(found), int(np.minimum(lengths, matrix.pitch).sum()), until


def _piece(array: int, first: int, line: np.ndarray, part: str) -> Piece:
    offset = first * line.itemsize
    return Piece(array + offset, line.tobytes(), part, offset)


def records_of(result: ContractionResult, coordinates: bool) -> np.ndarray:
    """Return the records, one element each."""
    head = result.coords if coordinates else np.stack([result.a_ids, result.b_ids], axis=1)
    values = result.bits
    columns = [*head.T.astype(np.uint64), values & np.uint64(2**32 - 1)]
    if result.fmt.result_width > 32:
        columns.append(signed(values, result.fmt.result_width).view(np.uint64) >> np.uint64(32))
    words = np.stack([column.astype("<u4") for column in columns], axis=1)
    return np.ascontiguousarray(words).view(f"V{words.shape[1] * WORD}").ravel()
