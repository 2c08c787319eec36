# SPDX-License-Identifier: Apache-2.0
"""Done means idle: a last dot product that leaves much to read, and the host's actions directly after it."""

import numpy as np
import pytest

from sim.configs import Config
from tb.env.coverage import lines_left
from tests.play import Play
from tests.share import amount
from tests.top.common import quick_config
from tests.top.hostile import run_hostile
from tests.top.test_hostile import PAPER
from tests.top.test_sequences import MACHINES


@pytest.mark.toggles
@pytest.mark.parametrize(
    "machine",
    [
        pytest.param(name, marks=[] if name == "default" else pytest.mark.runs(odd=first))
        for name, first in zip(MACHINES, ("", "icarus", "verilator"), strict=True)
    ],
)
def test_one_against_many(play: Play, simulator: str, machine: str) -> None:
    """make regress has every length up to 130 and those around the powers of two up to 16,384."""
    knobs = amount({"lengths": [97]}, None) if simulator == "icarus" else None
    play(MACHINES[machine][simulator], "tails", knobs=knobs)


@pytest.mark.runs(odd="icarus")
def test_one_against_many_in_portions(play: Play, simulator: str) -> None:
    play(quick_config(simulator), "tails", knobs={"portions": amount([20], [1, 20]), "lengths": [130]})


@pytest.mark.parametrize(
    "config",
    [
        pytest.param(None, marks=pytest.mark.runs(full="icarus"), id="default"),
        pytest.param(PAPER, marks=pytest.mark.runs(on="icarus"), id="paper"),
    ],
)
def test_right_after_done(simulator: str, config: Config | None, seed: int) -> None:
    config = config or quick_config(simulator)
    run_hostile(config, simulator, "after_done", seed, f"-{config.name}")


@pytest.mark.parametrize(
    ("a", "b", "left"),
    [
        ([0], range(12), 2),
        (range(12), [0], 2),
        ([11], range(12), 0),
        ([4], range(12), 1),
        ([3], range(12), 2),
        (range(12), range(12), 0),
        ([0], [1], 0),
        ([0], range(1, 6), 1),
    ],
)
def test_lines_that_are_left(a: list[int], b: list[int], left: int) -> None:
    assert lines_left(np.array(a), np.array(b), lanes=4) == left
