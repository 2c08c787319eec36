# SPDX-License-Identifier: Apache-2.0
"""The expected output of the intersection, in plain Python, and fibers to test them."""

import dataclasses
import random
from collections.abc import Iterator

from tests.blocks.lines import Entry, Fiber, line_count

Pair = tuple[Fiber, Fiber]
Beat = tuple[int, int, int, int]  # product, last, a, b


@dataclasses.dataclass
class Outcome:
    """The expected effects of one pair of fibers.

    Attributes:
        beats: on the match stream.
        steps: comparisons.
        dropped: lines discarded in separate cycles, after the step that ended a fiber.
    """

    beats: list[Beat]
    steps: int
    dropped: int


def merge(a: Fiber, b: Fiber, lanes: int) -> Outcome:
    """Two-pointer merge that ends with the fiber that ends first."""
    i = j = steps = 0
    beats: list[Beat] = []
    while True:
        (ca, va), (cb, vb) = a[i], b[j]
        i, j, steps = i + (ca <= cb), j + (cb <= ca), steps + 1
        ends = i == len(a) or j == len(b)
        if ca == cb:
            beats.append((1, int(ends), va, vb))
        elif ends:
            beats.append((0, 1, 0, 0))
        if ends:
            return Outcome(beats, steps, _dropped(a, i - (ca <= cb), b, j - (cb <= ca), lanes))


def _dropped(a: Fiber, i: int, b: Fiber, j: int, lanes: int) -> int:
    """Return the lines after the current ones, with entry i of A and entry j of B."""
    behind = (line_count(a, lanes) - 1 - i // lanes, line_count(b, lanes) - 1 - j // lanes)
    assert 0 in behind, "the step ended neither fiber"
    return sum(behind)


def check_matches(pairs: list[Pair], beats: list[Beat]) -> None:
    """Raise AssertionError unless the beats are the set intersections, one `last` per pair.

    This does not model the steps, only the expected output.
    """
    position = 0
    for number, (a, b) in enumerate(pairs):
        values_b = dict(b)
        common = [(value, values_b[coord]) for coord, value in a if coord in values_b]
        found = []
        while True:
            assert position < len(beats), f"pair {number} has no end"
            product, last, va, vb = beats[position]
            position += 1
            assert product or last, f"pair {number}: a beat that says nothing"
            assert product or not (va or vb), f"pair {number}: values without a product"
            found += [(va, vb)] * product
            if last:
                break
        assert found == common, f"pair {number}: {found} instead of {common}"
    assert position == len(beats), f"{len(beats) - position} beats too many"


def fiber(rng: random.Random, length: int, extent: int, value_width: int) -> Fiber:
    """Return `length` entries at random coordinates below `extent`, with values other than zero."""
    coords = sorted(rng.sample(range(extent), length))
    return [(coord, rng.randint(1, 2**value_width - 1)) for coord in coords]


def directed_pairs(rng: random.Random, lanes: int, coord_width: int, value_width: int) -> list[Pair]:
    """Return the corners: ends, overlaps, leftovers and extreme coordinates."""
    top = 2**coord_width - 1

    def at(*coords: int) -> list[Entry]:
        return [(coord, rng.randint(1, 2**value_width - 1)) for coord in coords]

    def line_of(first: int, lines: int = 1) -> list[Entry]:
        return at(*range(first, first + lanes * lines))

    return [
        (at(0), at(0)),
        (at(top), at(top)),
        (at(0), at(top)),
        (at(top), at(0)),
        (at(0, top), at(top)),
        (at(0, top), at(0)),
        (at(0, top), at(0, top)),
        (at(5), at(4, 6)),
        (line_of(0, 3), line_of(0, 3)),  # every entry matches
        (line_of(0, 3), line_of(lanes * 3, 3)),  # A ends before B begins
        (line_of(lanes * 3, 3), line_of(0, 3)),
        (at(*range(0, 40, 2)), at(*range(1, 41, 2))),  # no match, a step per entry
        (at(*range(0, 40, 2)), at(*range(1, 38, 2), 38)),  # the only match at the very end
        (at(3), line_of(0, 9)),
        (line_of(0, 9), at(3)),  # longest leftovers
        (at(0), line_of(0, 9)),
        (line_of(0, 9), at(0)),
        (line_of(0, 4), at(lanes * 4 - 1)),
        (at(lanes * 4 - 1), line_of(0, 4)),
        (at(*range(lanes + 1)), at(*range(lanes + 1))),  # one entry in the last line
        (line_of(0, 2), line_of(1, 2)),  # lines that overlap by one lane less
        (line_of(0, 2), [*line_of(0), *at(top)]),
        ([*line_of(0), *at(top)], line_of(0, 2)),
        (at(1), line_of(0, 3)),
        (at(1), at(1)),
        (line_of(0, 3), at(1)),
        (at(1), at(1)),
    ]


def random_pairs(
    rng: random.Random, count: int, coord_width: int, value_width: int, longest: int = 24
) -> Iterator[Pair]:
    """Yield pairs whose lengths and density of matches vary from one to the next."""
    for _ in range(count):
        length_a, length_b = rng.randint(1, longest), rng.randint(1, longest)
        longer = max(length_a, length_b)
        extent = min(2**coord_width, rng.choice([longer, 2 * longer, 10 * longer, 2**coord_width]))
        yield fiber(rng, length_a, extent, value_width), fiber(rng, length_b, extent, value_width)
