# SPDX-License-Identifier: Apache-2.0
"""Compares two sets of results that may come in any order."""

from collections.abc import Callable

import numpy as np

from models.contract import ContractionResult
from models.csf import Csf
from models.numbers import NumberFormat


def compare_records(
    coords: np.ndarray,
    bits: np.ndarray,
    seen_coords: np.ndarray,
    seen_bits: np.ndarray,
    partial: bool = False,
    fmt: NumberFormat | None = None,
    fibers: Callable[[tuple[int, ...]], str] = lambda place: "",
    narrow: bool = False,
) -> list[tuple[int, str]]:
    """Return (record, sentence) for each result that is missing, altered, doubled or not expected.

    `record` is the place among the hardware's records; those that are missing come last, with their number.

    Args:
        coords, bits: expected results, (n, modes) and (n,) unsigned; each coordinate once.
        seen_coords, seen_bits: results of the hardware, likewise.
        partial: results may be missing.
        fmt: of the values, which then stand beside the bits.
        fibers: returns the fibers of a coordinate in words; they end a sentence.
        narrow: the values have the format of the operands.
    """
    expected, seen = _sort(coords, bits), _sort(seen_coords, seen_bits)
    if np.array_equal(expected[0], seen[0]) and np.array_equal(expected[1], seen[1]):
        return []
    wanted = _by_coordinate(*expected)
    sentences: list[tuple[int, str]] = []
    met: set[tuple[int, ...]] = set()

    def named(value: int) -> str:
        return f"{value:#x} ({fmt.decode_result(np.array([value]), narrow)[0]!s})" if fmt else f"{value:#x}"

    for record, (place, value) in enumerate(zip(map(tuple, seen_coords.tolist()), seen_bits.tolist(), strict=True)):
        if place in met:
            sentences.append((record, f"result {place} came twice, again with {named(value)}{fibers(place)}"))
        elif place not in wanted:
            sentences.append((record, f"result {place} = {named(value)} is not expected{fibers(place)}"))
        elif wanted[place] != value:
            says = f"the model says {named(wanted[place])}"
            sentences.append((record, f"result {place} is {named(value)}, {says}{fibers(place)}"))
        met.add(place)
    if not partial:
        sentences += [
            (len(seen_bits), f"result {place} = {named(value)} is missing{fibers(place)}")
            for place, value in wanted.items()
            if place not in met
        ]
    return sentences


def disagreements(wanted: ContractionResult, coords: np.ndarray, bits: np.ndarray, a: Csf, b: Csf) -> list[str]:
    """Return a sentence for each result of a contraction of A and B that differs from the model's."""
    given = wanted.coords, wanted.bits, coords, bits, False, wanted.fmt
    if not compare_records(*given):
        return []
    sentences = [sentence for _, sentence in compare_records(*given, FiberPairs(a, b))]
    count = count_sentence(len(bits), len(wanted.bits))
    return [f"{sentences[0]}; {count}", *sentences[1:]] if count else sentences


def count_sentence(seen: int, expected: int) -> str:
    """Return a sentence on the number of results, nothing if it is right."""
    return "" if seen == expected else f"{seen} results left where {expected} were expected"


class FiberPairs:
    """The fibers, numbered without the empty ones, whose dot product stands at a coordinate of the result.

    Args:
        a, b: the operands.
    """

    def __init__(self, a: Csf, b: Csf):
        self._modes = a.order - 1
        self._paths = [
            {path: number for number, path in enumerate(map(tuple, csf.fiber_paths().tolist()))} for csf in (a, b)
        ]

    def numbers(self, place: tuple[int, ...]) -> list[int | None]:
        """Return the numbers of both fibers, None for one that is empty."""
        parts = place[: self._modes], place[self._modes :]
        return [paths.get(part) for paths, part in zip(self._paths, parts, strict=True)]

    def __call__(self, place: tuple[int, ...]) -> str:
        """Return both in words, which end a sentence."""
        a, b = self.numbers(place)
        return "; of no pair of fibers" if None in (a, b) else f"; fiber {a} of A with fiber {b} of B"


def _sort(coords: np.ndarray, bits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    keys = [bits, *coords.T[::-1]]
    order = np.lexsort(keys)
    return coords[order].astype(np.uint64), bits[order].astype(np.uint64)


def _by_coordinate(coords: np.ndarray, bits: np.ndarray) -> dict[tuple[int, ...], int]:
    return dict(zip(map(tuple, coords.tolist()), bits.tolist(), strict=True))
