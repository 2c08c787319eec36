# SPDX-License-Identifier: Apache-2.0
"""Bench of the intersection, flaash_intersect_merge."""

import random

import pytest

from sim.simulation import run_bench
from tests.blocks.paper.intersect_model import Beat, check_matches, merge, random_pairs
from tests.share import share

# (Lanes, CoordWidth, ValueWidth): all of them where a build is cheap.
BUILDS = {"verilator": [(8, 32, 16), (4, 16, 32)], "icarus": [(4, 16, 16), (1, 16, 32), (2, 32, 16), (8, 32, 32)]}


@pytest.mark.runs(odd="icarus")
def test_intersect(simulator: str, seed: int) -> None:
    for lanes, coord_width, value_width in share(BUILDS[simulator], seed, suite=4):
        run_bench(
            "flaash_intersect_merge",
            "tests.blocks.paper.intersect_tests",
            simulator,
            f"intersect-l{lanes}-c{coord_width}",
            {"Lanes": lanes, "CoordWidth": coord_width, "ValueWidth": value_width},
            seed,
        )


@pytest.mark.parametrize("lanes", [1, 2, 4, 8])
def test_the_model_finds_the_set_intersection(lanes: int, seed: int) -> None:
    pairs = [*random_pairs(random.Random(seed), 200, 16, 16)]
    check_matches(pairs, [beat for a, b in pairs for beat in merge(a, b, lanes).beats])


def _spoilt(beats: list[Beat]) -> dict[str, list[Beat]]:
    """Return faulty streams of the pairs ({1, 2} with {1, 2}), ({1} with {2})."""
    return {
        "a match lost": beats[1:],
        "a match twice": [beats[0], *beats],
        "two matches swapped": [(1, 0, *beats[1][2:]), (1, 1, *beats[0][2:]), beats[2]],
        "the end lost": beats[:2],
        "an end too many": [*beats, (0, 1, 0, 0)],
        "the end too early": [(1, 1, *beats[0][2:]), *beats[1:]],
        "a beat that says nothing": [(0, 0, 0, 0), *beats],
        "a wrong value": [(1, 0, 99, beats[0][3]), *beats[1:]],
        "values without a product": [*beats[:2], (0, 1, 5, 0)],
    }


def test_check_bites() -> None:
    pairs = [([(1, 10), (2, 20)], [(1, 30), (2, 40)]), ([(1, 50)], [(2, 60)])]
    right = [(1, 0, 10, 30), (1, 1, 20, 40), (0, 1, 0, 0)]
    check_matches(pairs, right)
    for what, beats in _spoilt(right).items():
        with pytest.raises(AssertionError):
            check_matches(pairs, beats)
            pytest.fail(f"not noticed: {what}", pytrace=False)
