# SPDX-License-Identifier: Apache-2.0
"""Hostile input for longer: 2,000 resets of a kind, 1,000 contractions per format, 120,000 frames."""

import pytest

from tb.common import configs
from tests.top.hostile import CORPUS, run_hostile


@pytest.mark.parametrize("name", ["default", "split8", "split32"])
def test_reset_storms(name: str, seed: int) -> None:
    run_hostile(configs.load(name), "verilator", "storm", seed, f"-long-{name}", storms=2000)


@pytest.mark.parametrize("name", ["default", "bf16", "int8", "int16", "fast8"])
def test_back_to_back(name: str, seed: int) -> None:
    run_hostile(configs.load(name), "verilator", "long_run", seed, f"-long-{name}", count=1000, extent=60)


def test_any_beats(seed: int) -> None:
    """Other frames than those of the suite."""
    run_hostile(configs.load(), "verilator", "fuzz", seed + 1000, "-long", frames=120_000, corpus=CORPUS)
