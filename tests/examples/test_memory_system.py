# SPDX-License-Identifier: Apache-2.0
"""The example system with the memory interface, driven by the C driver."""

from pathlib import Path

import pytest

from sim.simulation import run_bench
from tests.examples import c_driver
from tests.examples.c_driver import FIRMWARE

RTL = tuple(FIRMWARE / f"flaash_{name}.sv" for name in ("memory_system_pkg", "axi_join", "axi_memory", "memory_system"))


@pytest.mark.runs(full="verilator")  # a build of its own; the suite simulates this system on Verilator by FuseSoC
def test_the_c_driver_on_the_simulated_chip(simulator: str, seed: int, tmp_path: Path) -> None:
    library = c_driver.compile_library(tmp_path)
    run_bench(
        "flaash_memory_system",
        "tests.examples.memory_system_tests",
        simulator,
        "memory_system",
        seed=seed,
        extra_sources=RTL,
        arguments={"library": str(library)},
    )
