# SPDX-License-Identifier: Apache-2.0
"""Compares two sets of results that may come in any order."""

import numpy as np

from models.numbers import NumberFormat


def compare_records(
    coords: np.ndarray,
    bits: np.ndarray,
    seen_coords: np.ndarray,
    seen_bits: np.ndarray,
    partial: bool = False,
    fmt: NumberFormat | None = None,
) -> list[tuple[int, str]]:
    """Return (record, sentence) for each result that is missing, altered, doubled or not expected.

    `record` is the place among the hardware's records; those that are missing come last, with their number.

    Args:
        coords, bits: expected results, (n, modes) and (n,) unsigned; each coordinate once.
        seen_coords, seen_bits: results of the hardware, likewise.
        partial: results may be missing.
        fmt: of the values, which then stand beside the bits.
    """
    expected, seen = _sort(coords, bits), _sort(seen_coords, seen_bits)
    if np.array_equal(expected[0], seen[0]) and np.array_equal(expected[1], seen[1]):
        return []
    wanted = _by_coordinate(*expected)
    sentences: list[tuple[int, str]] = []
    met: set[tuple[int, ...]] = set()

    def named(value: int) -> str:
        return f"{value:#x} ({fmt.decode_result(np.array([value]))[0]!s})" if fmt else f"{value:#x}"

    for record, (place, value) in enumerate(zip(map(tuple, seen_coords.tolist()), seen_bits.tolist(), strict=True)):
        if place in met:
            sentences.append((record, f"result {place} came twice, again with {named(value)}"))
        elif place not in wanted:
            sentences.append((record, f"result {place} = {named(value)} is not expected"))
        elif wanted[place] != value:
            sentences.append((record, f"result {place} is {named(value)}, the model says {named(wanted[place])}"))
        met.add(place)
    if not partial:
        sentences += [
            (len(seen_bits), f"result {place} = {named(value)} is missing")
            for place, value in wanted.items()
            if place not in met
        ]
    return sentences


def _sort(coords: np.ndarray, bits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    keys = [bits, *coords.T[::-1]]
    order = np.lexsort(keys)
    return coords[order].astype(np.uint64), bits[order].astype(np.uint64)


def _by_coordinate(coords: np.ndarray, bits: np.ndarray) -> dict[tuple[int, ...], int]:
    return dict(zip(map(tuple, coords.tolist()), bits.tolist(), strict=True))
