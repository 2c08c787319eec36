# SPDX-License-Identifier: Apache-2.0
"""csfbin, the file format of FLAASH's authors: fibers in row-major order, empty ones included.

Little-endian: u32 order; u32 extent[order]; u32 n; n x (i32 coordinate, f32 value); u32 p;
u32 fiber_start[p], where p is the product of all extents but the last, plus one.
"""

from __future__ import annotations

import math
import struct
from os import PathLike
from pathlib import Path

import numpy as np

from models.errors import TensorError
from models.numbers import FORMATS
from models.numbers.rounding import widen_float32
from models.tensor import MAX_EXTENT, MAX_ORDER, SparseTensor, check_shape

_ENTRY = np.dtype([("coord", "<i4"), ("value", "<u4")])
MAX_FIBERS = 2**26  # most fibers of a written file, empty ones included: 256 MiB of pointers
MAX_LAST_EXTENT = 2**31  # coordinates are signed


def read(path: str | PathLike) -> SparseTensor:
    """Read a csfbin file. No memory is taken beyond a few times the file's size.

    Raises:
        TensorError: the file isn't csfbin, is truncated or too long, or contradicts itself.
        OSError: the file can't be read.
    """
    data = Path(path).read_bytes()
    if not data:
        raise TensorError("the file is empty", path)
    order = _word(path, data, 0, "the order")
    if not 1 <= order <= MAX_ORDER:
        raise TensorError(f"order {order} is not from 1 to {MAX_ORDER}; this is no csfbin file", path, _at(0))
    shape = tuple(_word(path, data, 4 + 4 * mode, f"the extent of mode {mode}") for mode in range(order))
    for mode, extent in enumerate(shape):
        check_shape((extent,), path, f"{_at(4 + 4 * mode)}, mode {mode}")
    offset = 4 + 4 * order
    nnz = _word(path, data, offset, "the number of entries")
    entries = _array(path, data, offset + 4, nnz, _ENTRY, "entries", offset)
    first = offset + 4
    offset = first + nnz * _ENTRY.itemsize
    count = _word(path, data, offset, "the number of fiber pointers")
    fibers = math.prod(shape[:-1])
    if count != fibers + 1:
        raise TensorError(
            f"{count} fiber pointers; shape {shape} has {fibers} fibers and so {fibers + 1} pointers", path, _at(offset)
        )
    pointers = _array(path, data, offset + 4, count, np.dtype("<u4"), "fiber pointers", offset)
    end = offset + 4 + 4 * count
    if len(data) > end:
        raise TensorError(f"{len(data) - end} bytes follow the last fiber pointer", path, _at(end))
    pointers = pointers.astype(np.int64)
    _check_pointers(path, pointers, nnz, offset + 4)
    return _build(path, shape, entries, pointers, first)


def _build(path, shape: tuple[int, ...], entries, pointers: np.ndarray, first: int) -> SparseTensor:
    last = entries["coord"].astype(np.int64)
    bad = np.flatnonzero((last < 0) | (last >= shape[-1]))
    if len(bad):
        raise TensorError(
            f"coordinate {last[bad[0]]} is outside the last mode's extent {shape[-1]}",
            path,
            _at(first + 8 * int(bad[0])),
        )
    fiber = np.repeat(np.arange(len(pointers) - 1), np.diff(pointers))
    bad = np.flatnonzero((fiber[1:] == fiber[:-1]) & (last[1:] <= last[:-1])) + 1
    if len(bad):
        index = int(bad[0])
        kind = "repeats" if last[index] == last[index - 1] else f"comes after {last[index - 1]}"
        raise TensorError(
            f"coordinate {last[index]} {kind} in fiber {fiber[index]}; coordinates of a fiber ascend",
            path,
            _at(first + 8 * index),
        )
    columns = []
    for extent in reversed(shape[:-1]):
        fiber, column = np.divmod(fiber, extent)
        columns.append(column)
    return SparseTensor(shape, np.stack([*columns[::-1], last], axis=1), widen_float32(entries["value"]))


def _check_pointers(path, pointers: np.ndarray, nnz: int, first: int) -> None:
    if pointers[0] != 0:
        raise TensorError(f"the first fiber pointer is {pointers[0]}, not 0", path, _at(first))
    down = np.flatnonzero(np.diff(pointers) < 0) + 1
    if len(down):
        index = int(down[0])
        raise TensorError(
            f"fiber pointer {pointers[index]} is below the one before, {pointers[index - 1]}",
            path,
            _at(first + 4 * index),
        )
    if pointers[-1] != nnz:
        raise TensorError(
            f"the last fiber pointer is {pointers[-1]}, but there are {nnz} entries",
            path,
            _at(first + 4 * (len(pointers) - 1)),
        )


def write(path: str | PathLike, tensor: SparseTensor, round_values: bool = False) -> None:
    """Write a csfbin file.

    Args:
        path: of the file.
        tensor: of order 1 or more.
        round_values: round values that aren't binary32 numbers to the nearest one.

    Raises:
        TensorError: a value isn't a binary32 number (unless round_values), or the shape has no
            place in the format.
        OSError: the file can't be written.
    """
    if not tensor.order:
        raise TensorError("csfbin can't hold a scalar", path)
    fibers = math.prod(tensor.shape[:-1])
    if fibers > MAX_FIBERS:
        raise TensorError(
            f"csfbin lists every fiber; shape {tensor.shape} has {fibers}, more than {MAX_FIBERS} (use .tns or .npz)",
            path,
        )
    if tensor.shape[-1] > MAX_LAST_EXTENT or tensor.nnz > MAX_EXTENT:
        raise TensorError(f"csfbin can't hold {tensor.nnz} entries of a last extent {tensor.shape[-1]}", path)
    entries = np.empty(tensor.nnz, _ENTRY)
    entries["coord"] = tensor.coords[:, -1]
    entries["value"] = FORMATS["fp32"].encode(tensor.values)
    changed = np.flatnonzero(widen_float32(entries["value"]).view(np.uint64) != tensor.values.view(np.uint64))
    if len(changed) and not round_values:
        raise TensorError(
            f"value {float(tensor.values[changed[0]])} of entry {changed[0]} is no binary32"
            " number, and csfbin holds no others (use .tns or .npz)",
            path,
        )
    fiber = np.zeros(tensor.nnz, np.int64)
    for mode, extent in enumerate(tensor.shape[:-1]):
        fiber = fiber * extent + tensor.coords[:, mode]
    pointers = np.searchsorted(fiber, np.arange(fibers + 1)).astype("<u4")
    head = struct.pack(f"<{tensor.order + 2}I", tensor.order, *tensor.shape, tensor.nnz)
    Path(path).write_bytes(head + entries.tobytes() + struct.pack("<I", fibers + 1) + pointers.tobytes())


def _word(path, data: bytes, offset: int, what: str) -> int:
    if offset + 4 > len(data):
        raise TensorError(f"the file ends within {what}", path, _at(len(data)))
    return struct.unpack_from("<I", data, offset)[0]


def _array(path, data: bytes, offset: int, count: int, dtype: np.dtype, what: str, announced_at: int) -> np.ndarray:
    there = (len(data) - offset) // dtype.itemsize
    if count > there:
        raise TensorError(
            f"announces {count} {what}, but the file of {len(data)} bytes ends after {there}", path, _at(announced_at)
        )
    return np.frombuffer(data, dtype, count, offset)


def _at(offset: int) -> str:
    return f"byte {offset}"
