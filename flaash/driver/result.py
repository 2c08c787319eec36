# SPDX-License-Identifier: Apache-2.0
"""Results in the machine's memory, and as tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from flaash import kinds
from models.device.layout import WORD
from models.numbers import NumberFormat
from models.tensor import SparseTensor

FIBERS = 2  # words before the value, in a record with numbers of fibers


@dataclass(frozen=True)
class Cost:
    """Cost of a contraction, over all its descriptors.

    Attributes:
        descriptors: 1, or the pairs of tiles.
        cycles: from the first read of a descriptor to the last write of its results, added up.
        computing: cycles of computing among them.
        read, written: bytes.
    """

    descriptors: int = 0
    cycles: int = 0
    computing: int = 0
    read: int = 0
    written: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.descriptors + other.descriptors,
            self.cycles + other.cycles,
            self.computing + other.computing,
            self.read + other.read,
            self.written + other.written,
        )


@dataclass(frozen=True, eq=False)
class Result:
    """The result of a contraction, in ascending order of (fiber of A, fiber of B).

    Attributes:
        fmt: format of the operands.
        shape: extents of the free modes of A, then of B.
        coords: (results, free modes) int64.
        bits: (results,) uint64, patterns of result_width bits.
        cost: in cycles and bytes.
        removed: entries of A and of B that renumbering left out.
        narrow: the values have the format of the operands.
    """

    fmt: NumberFormat
    shape: tuple[int, ...]
    coords: np.ndarray
    bits: np.ndarray
    cost: Cost
    removed: tuple[int, int] = (0, 0)
    narrow: bool = False

    def values(self) -> np.ndarray:
        """Return the results as float64, exactly."""
        return self.fmt.decode_result(self.bits, self.narrow)

    def to_tensor(self) -> SparseTensor:
        """Return the results as a tensor; of order 0 if no free mode is left."""
        return SparseTensor(self.shape, self.coords, self.values())

    def to(self, kind: str) -> Any:
        """Return the results as an array: kind "numpy", "scipy", "pydata" or "tensor".

        Raises:
            EinsumError: another kind.
            TensorError: a dense array would have more than 2**28 elements.
        """
        return kinds.maker(kind)(self.to_tensor(), kinds.result_dtype(self.fmt))


def record_bytes(fmt: NumberFormat, modes: int = FIBERS) -> int:
    """Return the bytes of a record: numbers of two fibers, or `modes` coordinates, and the value."""
    return WORD * (modes + -(-fmt.result_width // (8 * WORD)))


def split_records(data: bytes, fmt: NumberFormat, modes: int = FIBERS) -> tuple[np.ndarray, np.ndarray]:
    """Return the words before the values, (records, modes) int64, and the values, (records,) uint64.

    Raises:
        ValueError: the bytes are no whole number of records, or a value is not sign-extended.
    """
    size = record_bytes(fmt, modes)
    if len(data) % size:
        raise ValueError(f"{len(data)} bytes are no whole number of records of {size}")
    words = np.frombuffer(data, "<u4").reshape(-1, size // WORD)
    bits = words[:, modes].astype(np.uint64)
    if words.shape[1] > modes + 1:
        bits |= words[:, modes + 1].astype(np.uint64) << np.uint64(32)
        shift = np.int64(64 - fmt.result_width)
        if (bits.view(np.int64) << shift >> shift != bits.view(np.int64)).any():
            raise ValueError("a value is not sign-extended")
        bits &= np.uint64(2**fmt.result_width - 1)
    return words[:, :modes].astype(np.int64), bits
