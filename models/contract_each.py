# SPDX-License-Identifier: Apache-2.0
"""The reference contraction of many pairs at once: many small pairs take little more time than one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.axes import check_extents
from models.contract import ContractionResult, Fibers, contract, joined_pairs
from models.numbers import Flags, NumberFormat, get_format
from models.numbers.sums import sum_products
from models.tensor import SparseTensor

MOST_COORDINATES = 2**62  # of all pairs together; coordinates are int64
# Columns with a row for each dot product: number, products, pattern, flags; whether it is zero, exact, out of range.
_COLUMNS = (np.int64, np.int64, np.uint64, np.uint8, bool, bool, bool)
Pair = tuple[SparseTensor, SparseTensor]


def contract_each(pairs: Sequence[Pair], fmt: str | NumberFormat) -> list[ContractionResult]:
    """Return contract(a, b, fmt) of each pair.

    All pairs become one contraction. Each pair has contracted coordinates of its own, so fibers of different pairs have
    no coordinate in common.

    Args:
        pairs: operands of order 1 or more.
        fmt: value format or its name.

    Raises:
        TensorError: as contract().
    """
    fmt = get_format(fmt)
    if len(pairs) < 2 or sum(a.shape[-1] for a, _ in pairs) > MOST_COORDINATES:
        return [contract(a, b, fmt) for a, b in pairs]
    for a, b in pairs:
        check_extents(a.shape[-1], b.shape[-1], a.order - 1, b.order - 1)
    shifts = np.cumsum([0, *(a.shape[-1] for a, _ in pairs)])
    sides = [[Fibers.of(tensor) for tensor in side] for side in zip(*pairs, strict=True)]
    first_a, first_b = (np.cumsum([0, *(fibers.count for fibers in side)]) for side in sides)
    a, b = _joined(sides[0], first_a, shifts), _joined(sides[1], first_b, shifts)
    a_bits, b_bits = (fmt.encode(np.concatenate([one.values for one in side])) for side in zip(*pairs, strict=True))
    dots = _dots(a, b, a_bits, b_bits, fmt)
    # Dot products are in the order of A's fibers, so a pair has neighbours.
    bounds = np.searchsorted(dots[0], first_a * b.count)
    results = []
    for number, pair in enumerate(pairs):
        part = [column[bounds[number] : bounds[number + 1]] for column in dots]
        a_ids, b_ids = np.divmod(part[0], max(b.count, 1))
        fibers = sides[0][number], sides[1][number]
        results.append(_result(pair, fibers, (a_ids - first_a[number], b_ids - first_b[number]), part[1:], fmt))
    return results


def _joined(side: Sequence[Fibers], firsts: np.ndarray, shifts: np.ndarray) -> Fibers:
    """Return the fibers of all operands as the fibers of one, without the coordinates of free modes."""
    entries = np.cumsum([0, *(len(fibers.last) for fibers in side)])
    starts = [fibers.starts[:-1] + begin for fibers, begin in zip(side, entries, strict=False)]
    return Fibers(
        np.concatenate([*starts, entries[-1:]]),
        np.concatenate([fibers.owner + first for fibers, first in zip(side, firsts, strict=False)]),
        np.zeros((int(firsts[-1]), 0), np.int64),
        np.concatenate([fibers.last + shift for fibers, shift in zip(side, shifts, strict=False)]),
    )


def _dots(a: Fibers, b: Fibers, a_bits: np.ndarray, b_bits: np.ndarray, fmt: NumberFormat) -> list[np.ndarray]:
    """Return _COLUMNS of all dot products that have a product."""
    found: list[list[np.ndarray]] = [[np.zeros(0, kind)] for kind in _COLUMNS]
    for _, _, entry_a, entry_b in joined_pairs(a, b):
        dot = a.owner[entry_a] * b.count + b.owner[entry_b]
        order = np.argsort(dot, kind="stable")
        dot = dot[order]
        starts = np.flatnonzero(np.diff(dot, prepend=-1))
        products = np.diff(np.append(starts, len(dot)))
        sums = sum_products(fmt, a_bits[entry_a[order]], b_bits[entry_b[order]], starts)
        columns = (dot[starts], products, sums.bits, sums.flags, sums.zero, sums.exact, sums.range_error)
        for kept, column in zip(found, columns, strict=True):
            kept.append(column)
    return [np.concatenate(columns) for columns in found]


def _result(
    pair: Pair,
    fibers: tuple[Fibers, Fibers],
    ids: tuple[np.ndarray, np.ndarray],
    columns: Sequence[np.ndarray],
    fmt: NumberFormat,
) -> ContractionResult:
    """Return the result of a pair from the fibers that have met, and what came out."""
    products, bits, flags, zero, exact, range_error = columns
    a_ids, b_ids = (side[~zero] for side in ids)
    jobs = fibers[0].count * fibers[1].count
    return ContractionResult(
        fmt,
        pair[0].shape[:-1] + pair[1].shape[:-1],
        np.concatenate([fibers[0].paths[a_ids], fibers[1].paths[b_ids]], axis=1).astype(np.uint64),
        bits[~zero],
        a_ids,
        b_ids,
        jobs,
        int(products.sum()),
        jobs - len(products),
        int((zero & exact).sum()),
        int((zero & ~exact & ~range_error).sum()),
        int(range_error.sum()),
        Flags(int(np.bitwise_or.reduce(flags, initial=0))),
    )
