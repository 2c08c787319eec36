# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_stream_checker: it lets legal traffic pass and stops the simulation for each fault."""

import pytest

from sim.simulation import Build, SimulationFailed, build, run

LEGAL = {"verilator": ["legal_traffic"], "icarus": ["legal_traffic", "unknown_data_without_valid"]}
FAULTS = {
    "beat_withdrawn": "beat withdrawn before it was taken",
    "beat_withdrawn_as_ready_rises": "beat withdrawn before it was taken",
    "beat_changed": "beat changed before it was taken",
    "beat_changed_in_its_top_bit": "beat changed before it was taken",
}
# Verilator has only two states.
UNKNOWNS = {
    "unknown_data": "a valid beat has unknown bits",
    "unknown_valid": "valid or ready is unknown",
    "floating_ready": "valid or ready is unknown",
}


def _run(built: Build, case: str, seed: int) -> None:
    run(
        built,
        "tests.blocks.stream.stream_checker_tests",
        f"stream_checker-{case}-{built.simulator}",
        seed,
        testcase=case,
    )


def test_legal_traffic_passes(simulator: str, seed: int) -> None:
    built = build("flaash_stream_checker", simulator, {"Width": 8})
    for case in LEGAL[simulator]:
        _run(built, case, seed)


def test_faults_stop_the_simulation(simulator: str, seed: int) -> None:
    built = build("flaash_stream_checker", simulator, {"Width": 8})
    faults = {**FAULTS, **UNKNOWNS} if simulator == "icarus" else FAULTS
    for case, reason in faults.items():
        with pytest.raises(SimulationFailed, match=reason):
            _run(built, case, seed)
