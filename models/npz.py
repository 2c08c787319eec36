# SPDX-License-Identifier: Apache-2.0
"""The .npz files of pydata/sparse (COO, GCXS) and scipy.sparse (coo, csr, csc, bsr, dia).

load_npz() of these libraries is not used, because it checks indices and pointers late or not at all. The
tests exchange files with both libraries.
"""

from __future__ import annotations

import math
from os import PathLike
from pathlib import Path

import numpy as np

from models.errors import TensorError
from models.npz_arrays import load_arrays
from models.tensor import SparseTensor, check_shape

_NAMES = frozenset(
    ("format", "shape", "data", "fill_value", "coords", "row", "col", "indices", "indptr", "compressed_axes", "offsets")
)


class _Archive:
    """The arrays of one file, and errors that name it."""

    def __init__(self, path: str | PathLike):
        self.path = path
        self.arrays = load_arrays(path, _NAMES)
        shape = self.integers("shape", 1)
        self.shape = check_shape(shape.tolist(), path, "array 'shape'")

    def get(self, name: str, dimensions: int) -> np.ndarray:
        if name not in self.arrays:
            raise TensorError(
                f"there is no array {name!r}; this is no sparse tensor of pydata/sparse or scipy.sparse", self.path
            )
        array = self.arrays[name]
        if array.ndim != dimensions:
            self.fail(name, f"has shape {array.shape}, not {dimensions} dimension{'s' * (dimensions != 1)}")
        return array

    def integers(self, name: str, dimensions: int) -> np.ndarray:
        array = self.get(name, dimensions)
        if array.dtype.kind not in "iu" and array.size:
            self.fail(name, f"has elements of type {array.dtype}, not integers")
        if array.dtype == np.uint64 and array.size and array.max() >= 2**63:
            self.fail(name, f"element {array.max()} is too large")
        return array.astype(np.int64) if array.size else np.zeros(array.shape, np.int64)

    def fail(self, name: str, message: str, index: int | None = None) -> None:
        place = f"array {name!r}" + ("" if index is None else f", element {index}")
        raise TensorError(message, self.path, place)

    def tensor(self, coords: np.ndarray, values: np.ndarray) -> SparseTensor:
        return SparseTensor.from_coordinates(self.shape, coords, values, path=self.path)


def read(path: str | PathLike) -> SparseTensor:
    """Read an .npz file; zeros within the blocks of bsr and the diagonals of dia are left out.

    Raises:
        TensorError: naming the file, the array, the element and the value.
        OSError: the file can't be read.
    """
    archive = _Archive(path)
    kind = _kind(archive)
    if "fill_value" in archive.arrays:
        fill = archive.get("fill_value", 0)
        if fill.dtype.kind not in "biufc" or fill != 0:
            archive.fail("fill_value", f"is {fill}; only tensors whose other elements are 0 are supported")
    if kind == "coo":
        return _read_coo(archive)
    if kind == "dia":
        return _read_dia(archive)
    if kind == "bsr":
        return _read_bsr(archive)
    if kind == "gcxs":
        axes = [int(axis) for axis in archive.integers("compressed_axes", 1)]
        if len(set(axes)) != len(axes) or not all(0 <= axis < len(archive.shape) for axis in axes):
            archive.fail("compressed_axes", f"is {axes} for a tensor of order {len(archive.shape)}")
    else:
        if len(archive.shape) > 2:
            archive.fail("shape", f"is {archive.shape}, not that of a matrix")
        axes = [0 if kind == "csr" else 1] if len(archive.shape) == 2 else []
    return _read_compressed(archive, axes)


def write(path: str | PathLike, tensor: SparseTensor) -> None:
    """Write an .npz file that sparse.load_npz() of pydata/sparse reads as COO.

    Raises:
        OSError: the file can't be written.
    """
    with Path(path).open("wb") as file:
        np.savez_compressed(
            file,
            format=np.array("coo"),
            shape=np.array(tensor.shape, np.int64),
            data=tensor.values,
            coords=np.ascontiguousarray(tensor.coords.T),
            fill_value=np.float64(0),
        )


def _kind(archive: _Archive) -> str:
    if "format" not in archive.arrays:
        archive.get("coords", 2)  # pydata/sparse wrote COO without a format at first
        return "coo"
    kind = archive.get("format", 0).item()
    kind = kind.decode("latin-1") if isinstance(kind, bytes) else str(kind)
    if kind not in ("coo", "gcxs", "csr", "csc", "bsr", "dia"):
        archive.fail("format", f"is {kind[:40]!r}, not coo, gcxs, csr, csc, bsr or dia")
    return kind


def _read_coo(archive: _Archive) -> SparseTensor:
    if "coords" in archive.arrays:
        coords = archive.integers("coords", 2)
    else:
        columns = [archive.integers(name, 1) for name in ("row", "col")]
        if len(columns[0]) != len(columns[1]):
            archive.fail("col", f"has {len(columns[1])} elements, but 'row' has {len(columns[0])}")
        coords = np.stack(columns)
    return archive.tensor(coords.T, archive.get("data", 1))


def _read_compressed(archive: _Archive, axes: list[int]) -> SparseTensor:
    """Read a tensor as a matrix in csr form: the given axes fused into rows, the others into columns."""
    shape = archive.shape
    others = [axis for axis in range(len(shape)) if axis not in axes]
    rows = math.prod(shape[axis] for axis in axes)
    columns = math.prod(shape[axis] for axis in others)
    if rows >= 2**63 or columns >= 2**63:
        archive.fail("shape", f"{shape} is too large to be compressed")
    row, column = _expand(archive, rows, columns, optional=not axes)
    coords = np.zeros((len(column), len(shape)), np.int64)
    for fused, group in ((row, axes), (column, others)):
        for axis in reversed(group):
            fused, coords[:, axis] = np.divmod(fused, shape[axis])
    return archive.tensor(coords, archive.get("data", 1))


def _expand(
    archive: _Archive,
    rows: int,
    columns: int,
    optional: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return row and column of each element of 'indices'."""
    indices, pointers = archive.integers("indices", 1), archive.integers("indptr", 1)
    if optional and not len(pointers):
        pointers = np.array([0, len(indices)])
    if len(pointers) != rows + 1:
        archive.fail("indptr", f"has {len(pointers)} elements, but shape {archive.shape} needs {rows + 1}")
    if pointers[0] != 0:
        archive.fail("indptr", f"is {pointers[0]}, not 0", 0)
    down = np.flatnonzero(np.diff(pointers) < 0) + 1
    if len(down):
        index = int(down[0])
        archive.fail("indptr", f"is {pointers[index]}, below the one before, {pointers[index - 1]}", index)
    if pointers[-1] != len(indices):
        archive.fail("indptr", f"ends with {pointers[-1]}, but there are {len(indices)} indices", len(pointers) - 1)
    bad = np.flatnonzero((indices < 0) | (indices >= columns))
    if len(bad):
        archive.fail("indices", f"{indices[bad[0]]} is outside the extent {columns}", int(bad[0]))
    return np.repeat(np.arange(rows), np.diff(pointers)), indices


def _matrix_shape(archive: _Archive) -> tuple[int, int]:
    if len(archive.shape) != 2:
        archive.fail("shape", f"is {archive.shape}, not that of a matrix")
    return archive.shape


def _read_bsr(archive: _Archive) -> SparseTensor:
    shape, blocks = _matrix_shape(archive), archive.get("data", 3)
    height, width = blocks.shape[1:]
    if not height or not width or shape[0] % height or shape[1] % width:
        archive.fail("data", f"has blocks of {height} x {width} in a matrix of {shape[0]} x {shape[1]}")
    row, column = _expand(archive, shape[0] // height, shape[1] // width)
    if len(blocks) != len(row):
        archive.fail("data", f"has {len(blocks)} blocks, but there are {len(row)} indices")
    block, inner_row, inner_column = np.nonzero(blocks)
    coords = np.stack([row[block] * height + inner_row, column[block] * width + inner_column], axis=1)
    return archive.tensor(coords, blocks[block, inner_row, inner_column])


def _read_dia(archive: _Archive) -> SparseTensor:
    shape, data, offsets = _matrix_shape(archive), archive.get("data", 2), archive.integers("offsets", 1)
    if len(offsets) != len(data):
        archive.fail("offsets", f"has {len(offsets)} elements, but 'data' has {len(data)} diagonals")
    diagonal, column = np.nonzero(data)
    row = column - offsets[diagonal]
    inside = (row >= 0) & (row < shape[0]) & (column < shape[1])
    coords = np.stack([row[inside], column[inside]], axis=1)
    return archive.tensor(coords, data[diagonal[inside], column[inside]])
