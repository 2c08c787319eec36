# SPDX-License-Identifier: Apache-2.0
"""The host driver on the simulated chip with the memory interface."""

import pytest

from sim import configs
from sim.simulation import run_bench
from tb.common.rtl_constants import ENGINES
from tests.play import in_turn
from tests.share import amount

pytestmark = pytest.mark.toggles


def contracted(
    simulator: str,
    seed: int,
    testcase: str,
    latency: int = 0,
    turns: int = 12,
    module: str = "driver",
    **parameters: int,
) -> None:
    """Run a test of a module of this folder; the latency of the memory is shared out among the channels."""
    label = "".join(f"-{name}{value}" for name, value in parameters.items())
    shares = {"ar": latency - latency // 2, "r": latency // 2, "b": latency - latency // 3}
    run_bench(
        "flaash_memory_top",
        f"tests.memory.{module}_tests",
        simulator,
        f"memory-{testcase}-{latency}{label}",
        {**configs.load("tiny").parameters(), **parameters},
        seed,
        testcase=testcase,
        shared=not label,
        arguments={"latency": shares | dict.fromkeys(("aw", "w"), latency // 3), "turns": turns},
    )


@pytest.mark.parametrize("latency", [1, pytest.param(20, marks=pytest.mark.runs(full=True, odd="verilator"))])
def test_contractions(simulator: str, seed: int, latency: int) -> None:
    contracted(simulator, seed, "contractions", latency, turns=amount(3, 12) if latency == 1 else 3)


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize(("width", "latency"), in_turn([(128, 1), (256, 20), (512, 100), (512, 400)], 2))
def test_widths(simulator: str, seed: int, width: int, latency: int) -> None:
    """The resident machine at each width of the bus, behind a near and a far memory."""
    machine = {"NumSdpe": 2, "Lanes": 4, "Engine": ENGINES["resident"]}
    contracted(simulator, seed, "contractions", latency, turns=3, DataWidth=width, **machine)


def test_the_memory_of_a_chip_that_serves(simulator: str, seed: int) -> None:
    contracted(simulator, seed, "direct_memory", turns=amount(1, 8))


@pytest.mark.runs(odd="verilator")
def test_spoiled_words(simulator: str, seed: int) -> None:
    contracted(simulator, seed, "spoiled_words", turns=amount(12, 40), module="predicted")
