# SPDX-License-Identifier: Apache-2.0
"""The model of many chips: its makespan in cases that can be said by hand, and the recorded runs."""

import json
import math

import pytest

from bench import many_chips
from bench.many_chips import CHIPS, Measured, Tile, large, makespan, predicted


@pytest.mark.parametrize(
    ("tiles", "chips", "width", "cycles"),
    [
        ([(5, 1), (3, 1), (3, 1)], 1, math.inf, 11),
        ([(5, 1), (3, 1), (3, 1)], 2, math.inf, 6),
        ([(5, 1), (3, 1), (3, 1)], 3, math.inf, 5),
        ([(4, 4)] * 4, 4, 4, 4),  # as many bytes as the memory has
        ([(4, 4)] * 4, 4, 2, 8),  # half of them
        ([(4, 8)], 1, 1, 8),  # the memory alone limits
        ([(4, 8), (2, 4)], 2, 2, 6),  # 2 cycles' work at half the pace, then 2 at full pace
        ([], 3, 1, 0),
    ],
)
def test_the_makespan(tiles: list, chips: int, width: float, cycles: float) -> None:
    assert makespan([Tile(*tile) for tile in tiles], chips, width) == pytest.approx(cycles)


def test_more_chips_or_bytes_are_not_slower() -> None:
    one = Measured(1, 1000, 7, [5000], 10_000, 12_000_000, 1.0)
    spans = {
        (chips, width): makespan(large(one, chips), chips, width) for chips in CHIPS for width in many_chips.WIDTHS
    }
    for (chips, width), span in spans.items():
        assert all(span >= other * 0.999 for (c, w), other in spans.items() if c >= chips and w >= width)


def test_the_recorded_runs(capsys: pytest.CaptureFixture) -> None:
    """The model meets the run of two chips within 5%, and two chips took at most 0.6 of the time of one."""
    runs = [Measured(**row) for row in json.loads(many_chips.RECORD.read_text())]
    assert [run.chips for run in runs] == [1, 2] == [len(run.cycles) for run in runs]
    assert max(runs[1].cycles) == pytest.approx(predicted(*runs), rel=0.05)
    assert runs[1].seconds <= 0.6 * runs[0].seconds
    assert many_chips.main([]) == 0
    assert "million cycles" in capsys.readouterr().out
    assert many_chips.main(["nonsense"]) == 2
