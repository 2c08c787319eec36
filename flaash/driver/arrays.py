# SPDX-License-Identifier: Apache-2.0
"""Operands as the arrays that the machine reads: `pos` and `crd` per level, `crd` and `val` at the leaf.

Arrays that already have this form are not copied; the operand holds views of the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.csf import Csf
from models.errors import TensorError
from models.numbers import NumberFormat
from models.tensor import SparseTensor, check_shape, to_float64

if TYPE_CHECKING:
    from scipy.sparse import csr_array

WORD = np.dtype("<u4")
NARROW = np.dtype("<u2")
MAX_WORD = 2**32 - 1


@dataclass(frozen=True, eq=False)
class Level:
    """A level of an operand.

    Attributes:
        extent: of the mode.
        count: nodes, or entries of the leaf.
        first: `pos` (count + 1 words) of an upper level; `crd` (2 or 4 bytes each) of the leaf.
        second: `crd` (count words) of an upper level, None if it is dense; `val` of the leaf.
        loose: `first` of the level above the leaf has two words per node, the begin and the end of its entries.
    """

    extent: int
    count: int
    first: np.ndarray
    second: np.ndarray | None
    loose: bool = False

    @property
    def bounds(self) -> np.ndarray:
        """(count, 2) int64: for each node of an upper level the begin and the end of its children."""
        words = self.first.astype(np.int64)
        return words.reshape(-1, 2) if self.loose else np.stack([words[:-1], words[1:]], axis=1)

    @property
    def narrow(self) -> bool:
        """Whether coordinates of the leaf have 2 bytes."""
        return self.first.dtype.itemsize == NARROW.itemsize


@dataclass(frozen=True, eq=False)
class Operand:
    """An operand as arrays, the contracted mode last.

    Attributes:
        shape: extents.
        levels: upper levels from the first mode on, then the leaf.
        fmt: format of the values.
    """

    shape: tuple[int, ...]
    levels: Sequence[Level]
    fmt: NumberFormat

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(self.array_bytes())

    @property
    def entries(self) -> int:
        """Number of entries."""
        return int(self.fiber_lengths().sum())

    @classmethod
    def from_csr(cls, array: csr_array, fmt: NumberFormat) -> Operand:
        """Return a matrix of scipy.sparse: indptr, indices and data as they are, if their types allow it.

        int32 indices and values of the format's own type (float32, int8, int16) are not copied. Rows that
        are not sorted are, in a copy.

        Raises:
            TensorError: a doubled entry, more than two modes, or values that the format can't take.
        """
        if array.ndim != 2 or array.format != "csr":
            raise TensorError(f"{type(array).__name__} with {array.ndim} modes is no matrix in CSR form")
        if not array.has_sorted_indices:
            array = array.sorted_indices()
        if not array.has_canonical_format:
            raise TensorError("an entry of the matrix occurs twice; sum_duplicates() adds such entries")
        rows, columns = check_shape(array.shape)
        upper = Level(rows, rows, _words(array.indptr), None)
        leaf = Level(columns, array.nnz, _words(array.indices), patterns(array.data, fmt))
        return cls((rows, columns), [upper, leaf], fmt)

    @classmethod
    def from_loose(
        cls, shape: tuple[int, int], pairs: np.ndarray, indices: np.ndarray, data: np.ndarray, fmt: NumberFormat
    ) -> Operand:
        """Return a matrix whose rows lie apart: row i has the entries pairs[i, 0] up to, not including, pairs[i, 1].

        Args:
            shape: rows and columns.
            pairs: (rows, 2), ascending.
            indices, data: columns and values, with gaps whose contents do not matter.
            fmt: of the values.

        Raises:
            TensorError: pairs that do not ascend within the arrays, or values that the format can't take.
        """
        rows, columns = check_shape(shape)
        flat = np.asarray(pairs).ravel()
        if len(flat) != 2 * rows or len(indices) != len(data):
            raise TensorError(f"{rows} rows need {rows} pairs, and each column a value")
        if np.any(np.diff(np.concatenate([[0], flat.astype(np.int64), [len(data)]])) < 0):
            raise TensorError(f"begins and ends do not ascend from 0 to {len(data)}, the number of elements")
        upper = Level(rows, rows, _words(flat), None, loose=True)
        return cls((rows, columns), [upper, Level(columns, len(data), _words(indices), patterns(data, fmt))], fmt)

    @classmethod
    def from_csf(cls, csf: Csf, fmt: NumberFormat) -> Operand:
        """Return an operand in Compressed Sparse Fiber form; leaf coordinates of 2 bytes if they fit.

        Raises:
            TensorError: values that the format can't take.
        """
        return cls.from_each_csf([csf], fmt)[0]

    @classmethod
    def from_each_csf(cls, csfs: Sequence[Csf], fmt: NumberFormat) -> list[Operand]:
        """Return operands as from_csf() does; the values of all are converted at once."""
        ends = np.cumsum([csf.nnz for csf in csfs])
        converted = patterns(np.concatenate([csf.leaf_values for csf in csfs]), fmt)
        found = []
        for csf, values in zip(csfs, np.split(converted, ends[:-1]), strict=True):
            upper = [
                Level(extent, len(coords), _words(pointers), _words(coords))
                for extent, coords, pointers in zip(csf.shape, csf.coords, csf.pointers, strict=False)
            ]
            narrow = csf.shape[-1] <= 1 << 8 * NARROW.itemsize
            leaf = Level(csf.shape[-1], csf.nnz, csf.leaf_coords.astype(NARROW if narrow else WORD), values)
            found.append(cls(csf.shape, [*upper, leaf], fmt))
        return found

    @classmethod
    def of(cls, operand: Operand | csr_array | Csf | SparseTensor, fmt: NumberFormat) -> Operand:
        """Return an operand of any kind in the form of arrays.

        Raises:
            TensorError: it is no operand, has no mode, or has values that the format can't take.
        """
        if isinstance(operand, Operand):
            return operand
        if isinstance(operand, SparseTensor):
            operand = Csf.from_tensor(operand)
        if isinstance(operand, Csf):
            return cls.from_csf(operand, fmt)
        if getattr(operand, "format", None) == "csr":
            return cls.from_csr(operand, fmt)
        raise TensorError(
            f"a {type(operand).__name__} is no operand; there are arrays in scipy's CSR form,"
            " Csf and SparseTensor of this project, and Operand"
        )

    def array_bytes(self) -> list[int]:
        """Return the bytes of each array."""
        return [array.nbytes for level in self.levels for array in (level.first, level.second) if array is not None]

    def fiber_lengths(self) -> np.ndarray:
        """Return (fibers,) int64: the entries of each fiber that has any."""
        if len(self.levels) == 1:
            return np.array([self.levels[0].count] if self.levels[0].count else [], np.int64)
        lengths = np.diff(self.levels[-2].bounds)[:, 0]
        return lengths[lengths > 0]

    def fiber_paths(self) -> np.ndarray:
        """Return (fibers, order - 1) int64: the coordinates of each fiber that has an entry."""
        if len(self.levels) == 1:
            return np.zeros((1 if self.entries else 0, 0), np.int64)
        nodes = np.flatnonzero(np.diff(self.levels[-2].bounds)[:, 0])
        columns = []
        for number in range(len(self.levels) - 2, -1, -1):
            level = self.levels[number]
            columns.append(nodes % level.extent if level.second is None else level.second[nodes].astype(np.int64))
            if number:
                above = self.levels[number - 1].first.astype(np.int64)
                nodes = np.searchsorted(above, nodes, side="right") - 1
        return np.stack(columns[::-1], axis=1)

    def to_csf(self) -> Csf:
        """Return the operand in Compressed Sparse Fiber form, dense levels with all their nodes."""
        coords, parents = [], 1
        for level in self.levels[:-1]:
            if level.second is None:
                coords.append(np.tile(np.arange(level.extent), parents))
            else:
                coords.append(level.second.astype(np.int64))
            parents = level.count
        leaf, taken = self.levels[-1], slice(None)
        pointers = [level.first.astype(np.int64) for level in self.levels[:-1]]
        if len(self.levels) > 1 and self.levels[-2].loose:
            bounds = self.levels[-2].bounds
            pointers[-1] = np.concatenate([[0], np.cumsum(np.diff(bounds)[:, 0])])
            taken = np.concatenate([np.arange(*pair) for pair in bounds] or [np.zeros(0, np.int64)])
        return Csf(
            self.shape,
            coords,
            pointers,
            leaf.first[taken].astype(np.int64),
            self.fmt.decode(leaf.second[taken].astype(np.uint32)),
        )


def patterns(values: np.ndarray, fmt: NumberFormat) -> np.ndarray:
    """Return values as the format's bits, in the format's number of bytes; a view if no conversion is needed.

    Raises:
        TensorError: values that the format can't take.
    """
    values = np.ascontiguousarray(values)
    word = np.dtype(f"<u{fmt.value_width // 8}")
    own = {"fp32": "<f4", "int8": "i1", "int16": "<i2"}.get(fmt.name)
    if own is not None and values.dtype == np.dtype(own):
        return values.view(word)
    converted = fmt.convert(to_float64(values))
    if not fmt.is_float and not converted.lossless:
        raise TensorError(f"a value is no number of {fmt.name}, which holds the integers of {fmt.value_width} bits")
    return converted.bits.astype(word)


def _words(array: np.ndarray) -> np.ndarray:
    """Return numbers as 32-bit words, a view of the same bytes where they have 32 bits."""
    array = np.ascontiguousarray(array)
    if array.dtype.kind in "iu" and array.dtype.itemsize == WORD.itemsize and array.dtype.isnative:
        return array.view(WORD)
    if array.size and int(array.max()) > MAX_WORD:
        raise TensorError(f"{int(array.max())} needs more than 32 bits")
    return array.astype(WORD)
