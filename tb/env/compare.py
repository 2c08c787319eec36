# SPDX-License-Identifier: Apache-2.0
"""Compares two sets of results that may come in any order."""

import numpy as np


def compare_records(coords: np.ndarray, bits: np.ndarray, seen_coords: np.ndarray,
                    seen_bits: np.ndarray, partial: bool = False) -> list[str]:
    """Return one sentence for each result that is missing, altered, doubled or not expected.

    Args:
        coords, bits: expected results, (n, modes) and (n,) unsigned; each coordinate once.
        seen_coords, seen_bits: results of the hardware, likewise.
        partial: results may be missing.
    """
    expected, seen = _sort(coords, bits), _sort(seen_coords, seen_bits)
    if np.array_equal(expected[0], seen[0]) and np.array_equal(expected[1], seen[1]):
        return []
    wanted = _by_coordinate(*expected)
    sentences = []
    met: set[tuple[int, ...]] = set()
    for place, value in zip(map(tuple, seen[0].tolist()), seen[1].tolist(), strict=True):
        if place in met:
            sentences.append(f"result {place} came twice, again with {value:#x}")
        elif place not in wanted:
            sentences.append(f"result {place} = {value:#x} is not expected")
        elif wanted[place] != value:
            sentences.append(f"result {place} is {value:#x}, the model says {wanted[place]:#x}")
        met.add(place)
    if not partial:
        sentences += [f"result {place} = {value:#x} is missing"
                      for place, value in wanted.items() if place not in met]
    return sentences


def _sort(coords: np.ndarray, bits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    keys = [bits, *coords.T[::-1]]
    order = np.lexsort(keys)
    return coords[order].astype(np.uint64), bits[order].astype(np.uint64)


def _by_coordinate(coords: np.ndarray, bits: np.ndarray) -> dict[tuple[int, ...], int]:
    return dict(zip(map(tuple, coords.tolist()), bits.tolist(), strict=True))
