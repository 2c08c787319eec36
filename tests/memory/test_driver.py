# SPDX-License-Identifier: Apache-2.0
"""The host driver on the simulated chip with the memory edge."""

import json

import pytest

from tb.common import configs
from tb.common.simulation import run_bench

SMALL = {"MemLines": 256, "NodeDepth": 256, "FiberDepth": 128}


def _run(simulator: str, seed: int, testcase: str, latency: int = 0, config: str = "tiny", turns: int = 12,
         **parameters: int) -> None:
    label = "".join(f"-{name}{value}" for name, value in parameters.items())
    cycles = {"ar": latency - latency // 2, "r": latency // 2, "aw": latency // 3, "w": latency // 3,
              "b": latency - latency // 3}
    run_bench("flaash_memory_top", "tests.memory.driver_tests", simulator,
              f"memory-{testcase}-{config}-{latency}{label}",
              {**configs.load(config).parameters(), **SMALL, **parameters}, seed, testcase=testcase,
              environment_variables={"FLAASH_LATENCY": json.dumps(cycles), "FLAASH_TURNS": str(turns)})


@pytest.mark.parametrize("latency", [1, 20, 100, 400])
def test_contractions(simulator: str, seed: int, latency: int) -> None:
    _run(simulator, seed, "contractions", latency, turns=12 if latency < 100 else 4)


def test_six_pairs_of_tiles(simulator: str, seed: int) -> None:
    _run(simulator, seed, "six_pairs_of_tiles")
