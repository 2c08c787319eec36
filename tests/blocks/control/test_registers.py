# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_registers with bus slave, start control, error log and counters."""

from pathlib import Path

import pytest

from sim.simulation import run_bench

WRAPPER = Path(__file__).parent / "flaash_registers_bench.sv"
PARAMETERS = {
    "Format": 3,
    "NumSdpe": 5,
    "Lanes": 2,
    "CoordWidth": 11,
    "Engine": 3,
    "Memory": 0,
    "Scheduler": 1,
    "MemLines": 777,
    "NodeDepth": 888,
    "FiberDepth": 999,
    "CanSplit": 1,
}


@pytest.mark.parametrize(
    "module", ["registers_tests", "registers_counter_tests", "registers_bus_tests", "registers_stop_tests"]
)
@pytest.mark.runs(odd="icarus")
def test_registers(simulator: str, seed: int, module: str) -> None:
    run_bench(
        "flaash_registers_bench",
        f"tests.blocks.control.{module}",
        simulator,
        module,
        PARAMETERS,
        seed,
        extra_sources=[WRAPPER],
    )


@pytest.mark.runs(odd="icarus")
def test_registers_of_the_memory_edge(simulator: str, seed: int) -> None:
    run_bench(
        "flaash_registers_bench",
        "tests.blocks.control.registers_edge_tests",
        simulator,
        "registers-edge",
        {**PARAMETERS, "Ordered": 1},
        seed,
        extra_sources=[WRAPPER],
    )


@pytest.mark.runs(odd="icarus")
def test_registers_of_a_build_that_cannot_split(simulator: str, seed: int) -> None:
    run_bench(
        "flaash_registers_bench",
        "tests.blocks.control.registers_bus_tests",
        simulator,
        "registers-whole",
        {**PARAMETERS, "CanSplit": 0},
        seed,
        extra_sources=[WRAPPER],
        testcase="portions_need_a_build_that_can_split,the_build_can_be_read",
    )
