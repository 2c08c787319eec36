# SPDX-License-Identifier: Apache-2.0
"""The least cycles of the lookup machine: cases by hand, and the best cut against all cuts."""

import itertools

import numpy as np
import pytest

from models import generate
from models.csf import Csf
from models.cycles import lower_bound
from models.lookup import _Plane, least_lookup
from models.work import Lookups, measure_lookup
from tests.models.strategies import tensor

CONFIG = {
    "NumSdpe": 1,
    "GroupSize": 4,
    "Lanes": 4,
    "Engine": "lookup",
    "Memory": "ideal",
    "MemBanks": 16,
    "MemLatency": 2,
    "Scheduler": "demand",
    "ResultDepth": 512,
    "Format": "fp32",
}
Place = tuple[int, int]  # row, pair
FIRST = 4 + 2 + 3  # from the start to the first line at the engines, with one group
AFTER = 18 + 2  # MAC and counters


def lookups(lines_a: list[int], lines_b: list[int], hits: list[dict[int, int]] | None = None) -> Lookups:
    words = [[1] * lines for lines in lines_a]
    return Lookups(4, 1024, lines_a, lines_b, words, hits or [{} for _ in lines_a])


def least(made: Lookups, groups: int = 1, size: int = 1, multiplies: bool = True) -> int:
    return least_lookup(made, groups, size, 2, AFTER, multiplies)


def fibers(*lengths: int, extent: int = 64) -> Csf:
    """Return fibers with the first coordinates."""
    entries = {(fiber, coord): 1.0 for fiber, length in enumerate(lengths) for coord in range(length)}
    return Csf.from_tensor(tensor((len(lengths), extent), entries))


def test_one_line_each() -> None:
    # A's line in cycle 9, B's in 11 because the table is written first. Without a match all is
    # counted 4 cycles later; a match goes to the MAC 4 cycles after its line, then 20 and the last one.
    assert least(lookups([1], [1])) == FIRST + 2 + 4
    assert least(lookups([1], [1], [{0: 1}])) == FIRST + 2 + 4 + AFTER + 1
    # Four matches of the line: three more multiplications.
    assert least(lookups([1], [1], [{0: 4}])) == FIRST + 2 + 4 + 3 + AFTER + 1


@pytest.mark.parametrize("fmt, mac", [("fp32", 18), ("bf16", 18), ("int8", 6)])
def test_format_and_latency(fmt, mac) -> None:
    for latency in (1, 9):
        bound = lower_bound(fibers(1), fibers(1), CONFIG | {"Format": fmt, "MemLatency": latency})
        assert bound.cycles == 7 + latency + 2 + 4 + mac + 2 + 1


def test_one_group_reads_all_lines() -> None:
    # 3 lines of A, a cycle until the table is written, 2 x 20 lines of B with 5 of A among them, and
    # again 40 of B.
    made = lookups([3, 5], [20, 20])
    assert least(made) == FIRST + 3 + 1 + 40 + 5 + 40 + 3
    # Both fibers in one set: B is read once.
    assert least(made, size=2) == FIRST + 8 + 1 + 40 + 3


def test_a_table_is_written_word_by_word() -> None:
    # The last line of A goes to four words: the first line of B waits for three more cycles.
    made = Lookups(4, 1024, [4], [30], [[1, 1, 1, 1]], [{}])
    wide = Lookups(4, 1024, [4], [30], [[1, 1, 1, 4]], [{}])
    assert least(wide) - least(made) == 3


def test_one_multiplication_per_match() -> None:
    # 40 lines of 4 matches each: a line can be at most 7 lines ahead of the line that is multiplied.
    made = lookups([3], [40], [{line: 4 for line in range(40)}])
    assert least(made, multiplies=False) == FIRST + 4 + 40 + 3 + AFTER
    assert least(made) == FIRST + 4 + 1 + 4 * 40 + 3 + AFTER
    # Two engines with two matches each need half the time.
    both = [{line: 2 for line in range(40)}, {line: 2 for line in range(40)}]
    assert least(lookups([2, 1], [40], both), size=2) == FIRST + 4 + 1 + 2 * 40 + 3 + AFTER


def test_a_line_waits_for_the_next_match_of_its_fiber() -> None:
    """While a long set is loaded after the 8th line of a run, the multiplier finishes."""
    # Runs of 8 lines: the 8th ends its fiber, so all are multiplied meanwhile.
    made = lookups([40, 40], [8], [{line: 4 for line in range(8)}] * 2)
    assert least(made) == FIRST + 40 + 1 + 8 + 40 + 1 + 1 + 4 * 8 + 3 + AFTER
    # Runs of 9 lines: the 8th waits for the 9th, so it and 10 more are left after the load.
    made = lookups([40, 40], [9], [{line: 4 for line in range(9)}] * 2)
    assert least(made) == FIRST + 40 + 1 + 8 + 40 + 4 * 11 + 3 + AFTER


def test_whole_fibers_go_to_groups() -> None:
    # Nine fibers of 10 lines for two groups: one has five of them.
    made = lookups([6], [10] * 9)
    assert least(made, groups=2, size=4) == FIRST + 6 + 1 + 50 + 3


def test_skewed_fibers_are_weighed_set_by_set() -> None:
    """The first piece comes 5 cycles later, the others 8 cycles after each other."""
    plain, long = [10] * 8, [10] * 7 + [64]
    for lines, groups in itertools.product((plain, long), (1, 2)):
        made = Lookups(4, 512, lines, [10] * 40, [[1] * count for count in lines], [{} for _ in lines])
        planes = [_Plane(made, 4, late, AFTER, True) for late in (1, 8)]
        needed = [next(limit for limit in itertools.count() if plane.fits(limit, groups)) for plane in planes]
        if groups == 1:
            assert least(made, size=4) == FIRST + needed[0]
        elif lines is plain:
            assert least(made, groups=2, size=4) == FIRST + needed[0]
        else:
            assert least(made, groups=2, size=4) == FIRST + 5 + needed[1]


def rows(seed: int) -> tuple[Csf, Csf]:
    rng = np.random.default_rng(seed)
    return tuple(
        Csf.from_tensor(generate.uniform_tensor(rng, (count, 40), rng.choice([0.1, 0.4, 1.0])))
        for count in rng.integers(2, 7, 2)
    )


def can_end(plane: _Plane, limit: int, groups: int, place: Place, places: list[Place]) -> bool:
    """Return whether some cut of the rest of the plane into pieces keeps all of them within the limit."""
    if place == places[-1]:
        return True
    if not groups:
        return False
    farthest = plane._piece(*place, limit)
    return any(can_end(plane, limit - 1, groups - 1, other, places) for other in places if place < other <= farthest)


def test_best_cut_of_all(seed) -> None:
    """Try every contiguous cut into two or three pieces: none is better, one is as good."""
    for trial in range(12):
        a, b = rows(seed + trial)
        _, made = measure_lookup(a, b, 4, 2)
        for groups, size in itertools.product((2, 3), (1, 2)):
            plane = _Plane(made, size, 1, AFTER, True)
            sets, pairs = -(-len(made.lines_a) // size), len(made.lines_b)
            places = [*itertools.product(range(sets), range(pairs)), (sets, 0)]
            limit = next(limit for limit in itertools.count() if plane.fits(limit, groups))
            assert can_end(plane, limit, groups, (0, 0), places)
            assert not can_end(plane, limit - 1, groups, (0, 0), places)


def test_terms_of_a_contraction() -> None:
    bound = lower_bound(fibers(9, 9), fibers(30, 30), CONFIG | {"Memory": "banked", "MemBanks": 1}, results=4)
    assert set(bound.terms) == {"engine", "products", "banks", "drain"}
    assert bound.work.lines_a == 6 and bound.work.lines_b == 2 * 16
    assert bound.terms["drain"] == 0 and bound.terms["banks"] == 28 + 38
    # Every coordinate of A is in B: 9 matches in the first 3 lines of each fiber of B.
    assert bound.cycles == bound.terms["products"] >= FIRST + 3 + 16 + 3 + 16
