# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_round_robin."""

from tb.common.simulation import run_bench

PORTS = {"verilator": [5, 70], "icarus": [1, 2, 3, 5, 8, 70, 128]}


def test_round_robin(simulator: str, seed: int) -> None:
    for ports in PORTS[simulator]:
        run_bench("flaash_round_robin", "tests.blocks.round_robin_tests", simulator, f"round_robin-n{ports}",
                  {"NumPorts": ports}, seed)
