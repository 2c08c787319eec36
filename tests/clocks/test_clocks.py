# SPDX-License-Identifier: Apache-2.0
"""The chip in a clock domain of its own, as docs/soc.md advises."""

import pytest

from sim.simulation import run_bench
from sim.toolchain import ROOT
from tests.share import amount

FOLDER = ROOT / "tests" / "clocks"
SOURCES = (FOLDER / "flaash_async_fifo.sv", FOLDER / "flaash_two_clocks.sv")


@pytest.mark.runs(odd="verilator")  # it simulates many cycles
def test_the_chip_in_its_own_clock(simulator: str, seed: int) -> None:
    run_bench(
        "flaash_two_clocks",
        "tests.clocks.clocks_tests",
        simulator,
        "clocks",
        seed=seed,
        extra_sources=SOURCES,
        arguments={"turns": amount(1, 4)},
    )
