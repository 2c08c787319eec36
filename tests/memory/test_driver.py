# SPDX-License-Identifier: Apache-2.0
"""The host driver on the simulated chip with the memory interface."""

import pytest

from sim import configs
from sim.simulation import run_bench
from tb.common.rtl_constants import ENGINES
from tests.share import amount

pytestmark = pytest.mark.toggles


def _run(
    simulator: str, seed: int, testcase: str, latency: int = 0, config: str = "tiny", turns: int = 12, **parameters: int
) -> None:
    label = "".join(f"-{name}{value}" for name, value in parameters.items())
    cycles = {
        "ar": latency - latency // 2,
        "r": latency // 2,
        "aw": latency // 3,
        "w": latency // 3,
        "b": latency - latency // 3,
    }
    run_bench(
        "flaash_memory_top",
        "tests.memory.driver_tests",
        simulator,
        f"memory-{testcase}-{config}-{latency}{label}",
        {**configs.load(config).parameters(), **parameters},
        seed,
        testcase=testcase,
        shared=not label,
        arguments={"latency": cycles, "turns": turns},
    )


@pytest.mark.parametrize("latency", [1, pytest.param(20, marks=pytest.mark.runs(full=True, odd="verilator"))])
def test_contractions(simulator: str, seed: int, latency: int) -> None:
    _run(simulator, seed, "contractions", latency, turns=amount(3, 12) if latency == 1 else 3)


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize(
    "width, latency",
    [
        pytest.param(*shape, marks=pytest.mark.runs(turn=(number % 2, 2)))
        for number, shape in enumerate([(128, 1), (256, 20), (512, 100), (512, 400)])
    ],
)
def test_workloads(simulator: str, seed: int, width: int, latency: int) -> None:
    _run(
        simulator,
        seed,
        "workloads",
        latency,
        turns=2 if latency == 1 else 1,
        DataWidth=width,
        NumSdpe=2,
        Lanes=4,
        Engine=ENGINES["resident"],
    )


def test_six_pairs_of_tiles(simulator: str, seed: int) -> None:
    _run(simulator, seed, "six_pairs_of_tiles")


def test_the_memory_of_a_chip_that_serves(simulator: str, seed: int) -> None:
    _run(simulator, seed, "direct_memory", turns=amount(1, 8))


@pytest.mark.runs(odd="verilator")
def test_spoiled_words(simulator: str, seed: int) -> None:
    run_bench(
        "flaash_memory_top",
        "tests.memory.predicted_tests",
        simulator,
        "memory-spoiled",
        configs.load("tiny").parameters(),
        seed,
        shared=True,
        arguments={"turns": amount(12, 40)},
    )
