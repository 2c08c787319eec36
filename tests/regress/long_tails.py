# SPDX-License-Identifier: Apache-2.0
"""One entry against many, in both orders: every length up to 130, and around the powers of two up to 16,384.

Icarus, which would take hours with 32 engines, runs some of the lengths.
"""

import pytest

from tests.play import Play

MOST = 16_384
NEAR = sorted({2**power + step for power in range(8, 15) for step in (-1, 0, 1)})
LENGTHS = {"short": list(range(1, 131)), "long": [length for length in NEAR if length <= MOST]}
SOME = {"short": [1, 2, 4, 5, 9, 17, 33, 65, 96, 97, 130], "long": [257, 1024, MOST]}
MACHINES = [("default", 0), ("default", 1), ("default", 100), ("paper32", 0), ("fast32", 0)]


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize(("name", "portion"), MACHINES, ids=str)
def test_one_against_many(play: Play, simulator: str, name: str, portion: int, lengths: str) -> None:
    chosen = (SOME if simulator == "icarus" else LENGTHS)[lengths]
    summary = play(name, "tails", knobs={"lengths": chosen, "portions": [portion], "mixed": []})
    assert summary["contractions"] >= 4 * len(chosen)
