# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_result_network."""

import pytest

from tb.common.simulation import SimulationFailed, build, run_bench

SDPES = {"verilator": [5, 32], "icarus": [1, 2, 3, 5, 8, 13, 64]}


def test_result_network(simulator: str, seed: int) -> None:
    for sdpes in SDPES[simulator]:
        run_bench("flaash_result_network", "tests.blocks.result_network_tests", simulator,
                  f"result_network-n{sdpes}", {"NumSdpe": sdpes}, seed)


@pytest.mark.parametrize("sdpes", [0, 65])
def test_illegal_parameters_are_refused(sdpes: int) -> None:
    with pytest.raises(SimulationFailed, match="NumSdpe must be"):
        build("flaash_result_network", "verilator", {"NumSdpe": sdpes})
