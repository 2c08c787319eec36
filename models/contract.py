# SPDX-License-Identifier: Apache-2.0
"""The reference contraction: the machine's results, bit by bit, and its counters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.axes import check_extents, parse_axes, prepare
from models.errors import TensorError
from models.numbers import PLAIN, Finish, Flags, NumberFormat, get_format
from models.numbers.sums import sum_products
from models.tensor import SparseTensor

__all__ = ["ContractionResult", "Fibers", "contract", "joined_pairs", "parse_axes", "prepare"]

MAX_BLOCK = 2**21  # products, and dot products, that are held at a time


@dataclass(frozen=True, eq=False)
class Fibers:
    """The non-empty fibers of a prepared operand.

    Attributes:
        starts: (fibers + 1,) int64, first entry of each fiber, then the number of entries.
        owner: (nnz,) int64, fiber of each entry.
        paths: (fibers, order - 1) int64, coordinates of the free modes.
        last: (nnz,) int64, contracted coordinates.
    """

    starts: np.ndarray
    owner: np.ndarray
    paths: np.ndarray
    last: np.ndarray

    @property
    def count(self) -> int:
        """Number of non-empty fibers."""
        return len(self.starts) - 1

    @classmethod
    def of(cls, tensor: SparseTensor) -> Fibers:
        """Return the fibers of a tensor of order 1 or more along its last mode."""
        if not tensor.order:
            raise TensorError("a scalar has no mode to contract")
        starts = tensor.fiber_starts()
        return cls(
            starts,
            np.repeat(np.arange(len(starts) - 1), np.diff(starts)),
            tensor.coords[starts[:-1], :-1],
            tensor.coords[:, -1],
        )


@dataclass(frozen=True, eq=False)
class ContractionResult:
    """Results of a contraction and the machine's counts of it.

    Rows are in ascending order of (fiber of A, fiber of B); fibers are numbered without the empty ones.

    Attributes:
        fmt: format of the operands.
        shape: extents of the free modes of A, then of B.
        coords: (results, free modes) uint64.
        bits: (results,) uint64, patterns of result_width bits.
        a_ids, b_ids: (results,) int64, the fibers that met.
        jobs: dot products, non-empty fibers of A x non-empty fibers of B.
        matches: products accumulated.
        zeros_empty, zeros_cancel, zeros_underflow: dot products dropped because no coordinate
            matched, the exact sum is zero, or it rounds to zero. All 0 for a dense result.
        range_errors: dot products whose integer result doesn't fit; they aren't delivered.
        flags: IEEE 754 status of all dot products together.
        finish: of the results.
    """

    fmt: NumberFormat
    shape: tuple[int, ...]
    coords: np.ndarray
    bits: np.ndarray
    a_ids: np.ndarray
    b_ids: np.ndarray
    jobs: int
    matches: int
    zeros_empty: int
    zeros_cancel: int
    zeros_underflow: int
    range_errors: int
    flags: Flags
    finish: Finish = PLAIN

    @property
    def results(self) -> int:
        """Number of results delivered."""
        return len(self.bits)

    def values(self) -> np.ndarray:
        """Return the results as float64, exactly."""
        return self.fmt.decode_result(self.bits, self.finish.narrow)

    def to_tensor(self) -> SparseTensor:
        """Return the results as a tensor; of order 0 if no free mode is left."""
        return SparseTensor(self.shape, self.coords.astype(np.int64), self.values())


def contract(
    a: SparseTensor,
    b: SparseTensor,
    fmt: str | NumberFormat,
    dense: bool = False,
    finish: Finish = PLAIN,
) -> ContractionResult:
    """Contract the last mode of A with the last mode of B, as the machine does.

    Values are rounded to the format first; NumberFormat.convert() reports the loss.

    Args:
        a, b: operands of order 1 or more; prepare() makes them of any others.
        fmt: value format or its name.
        dense: deliver every dot product of two non-empty fibers, also those that are zero.
        finish: of the results; a result that is zero after it is dropped, or delivered if dense.

    Raises:
        TensorError: the contracted extents differ, a value the format can't take, or a finish that it has not.
    """
    fmt = get_format(fmt)
    finish.check(fmt)
    fibers_a, fibers_b = Fibers.of(a), Fibers.of(b)
    check_extents(a.shape[-1], b.shape[-1], a.order - 1, b.order - 1)
    a_bits, b_bits = fmt.encode(a.values), fmt.encode(b.values)
    keys, bits, counts, flags = [], [], np.zeros(5, np.int64), 0
    for first, last, entry_a, entry_b in joined_pairs(fibers_a, fibers_b, dense):
        pair = fibers_a.owner[entry_a] * fibers_b.count + fibers_b.owner[entry_b]
        order = np.argsort(pair, kind="stable")
        pair = pair[order]
        starts = np.flatnonzero(np.diff(pair, prepend=-1))
        sums = sum_products(fmt, a_bits[entry_a[order]], b_bits[entry_b[order]], starts, finish)
        key, value = pair[starts], sums.bits
        jobs = (last - first) * fibers_b.count
        flags |= int(np.bitwise_or.reduce(sums.flags, initial=0))
        counts += [
            len(pair),
            jobs - len(key),
            (sums.zero & sums.exact).sum(),
            (sums.zero & ~sums.exact & ~sums.range_error).sum(),
            sums.range_error.sum(),
        ]
        if dense:
            every = np.zeros(jobs, np.uint64)
            every[key - first * fibers_b.count] = value
            delivered = np.ones(jobs, bool)
            delivered[key[sums.range_error] - first * fibers_b.count] = False
            key, value = np.flatnonzero(delivered) + first * fibers_b.count, every[delivered]
        else:
            key, value = key[~sums.zero], value[~sums.zero]
        keys.append(key)
        bits.append(value)
    key = np.concatenate(keys) if keys else np.zeros(0, np.int64)
    a_ids, b_ids = np.divmod(key, max(fibers_b.count, 1))
    zeros = [0, 0, 0] if dense else [int(count) for count in counts[1:4]]
    return ContractionResult(
        fmt,
        a.shape[:-1] + b.shape[:-1],
        np.concatenate([fibers_a.paths[a_ids], fibers_b.paths[b_ids]], axis=1).astype(np.uint64),
        np.concatenate(bits) if bits else np.zeros(0, np.uint64),
        a_ids,
        b_ids,
        fibers_a.count * fibers_b.count,
        int(counts[0]),
        *zeros,
        int(counts[4]),
        Flags(flags),
        finish,
    )


def joined_pairs(
    a: Fibers,
    b: Fibers,
    dense: bool = False,
) -> Iterator[tuple[int, int, np.ndarray, np.ndarray]]:
    """Join the entries of A and B on the contracted coordinate, in blocks of fibers of A.

    Args:
        a, b: fibers of the operands.
        dense: bound the dot products of a block too, not only the products.

    Yields:
        First fiber of A of the block and the fiber after its last; then the entries of A and of B that
        match, in the order of A's entries and then of B's contracted coordinates.
    """
    by_coord = np.argsort(b.last, kind="stable")
    coords = b.last[by_coord]
    begin = np.searchsorted(coords, a.last, side="left")
    count = np.searchsorted(coords, a.last, side="right") - begin
    total = np.concatenate([[0], np.cumsum(count)])[a.starts]  # products before each fiber of A
    first = 0
    while first < a.count:
        last = int(np.searchsorted(total, total[first] + MAX_BLOCK, side="right")) - 1
        if dense:
            last = min(last, first + MAX_BLOCK // max(b.count, 1))
        last = min(max(last, first + 1), a.count)
        entries = np.arange(a.starts[first], a.starts[last])
        here = count[entries]
        offset = np.arange(here.sum()) - np.repeat(np.cumsum(here) - here, here)
        yield first, last, np.repeat(entries, here), by_coord[np.repeat(begin[entries], here) + offset]
        first = last
