# SPDX-License-Identifier: Apache-2.0
"""The shared rows of the chip's tests: knobs reach their sequence, rows of a sweep take turns."""

import pytest

from tests.play import by_sequence, in_turn


@pytest.mark.parametrize(
    ("sequences", "knobs", "wanted"),
    [
        (
            ["stalls"],
            {"errors": {"stride": 8}, "resets": {"count": 2}},
            {"errors": {"stride": 8}, "resets": {"count": 2}},
        ),
        (
            ["portions"],
            {"lengths": [1], "stalls": {"result": "bursty"}},
            {"portions": {"lengths": [1], "stalls": {"result": "bursty"}}},
        ),
        (["smoke", "random"], {"random": {"count": 4}}, {"random": {"count": 4}}),
        (["smoke"], None, {}),
    ],
)
def test_knobs_reach_their_sequence(sequences: list[str], knobs: dict | None, wanted: dict) -> None:
    assert by_sequence(sequences, knobs) == wanted


def test_knobs_of_one_sequence_need_one_sequence() -> None:
    with pytest.raises(ValueError):
        by_sequence(["smoke", "random"], {"count": 4})


def test_each_seed_has_its_share_of_the_rows() -> None:
    rows = in_turn([{"Lanes": 1}, "b", ("c", 3)], 2, first=1)
    assert [row.id for row in rows] == ["Lanes=1", "b", "c-3"]
    assert [row.marks[0].kwargs["turn"] for row in rows] == [(1, 2), (0, 2), (1, 2)]
    assert rows[2].values == ("c", 3)
