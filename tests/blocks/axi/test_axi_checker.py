# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_axi_checker: it lets legal bursts pass and stops the simulation for each broken rule."""

import pytest

from sim.simulation import Build, SimulationFailed, build, run
from tests.blocks.axi.axi_checker_tests import CASES

PARAMETERS = {"DataWidth": 32, "IdWidth": 1, "ReadBursts": 2, "WriteBursts": 2}
# The sentence of a case, by the beginning of its name; the longest match counts.
SENTENCES = {
    "aw_": "u_aw_checker: beat",
    "w_": "u_w_checker: beat",
    "b_": "u_b_checker: beat",
    "ar_": "u_ar_checker: beat",
    "r_": "u_r_checker: beat",
    "write_burst": "a write burst is not incrementing",
    "read_burst": "a read burst is not incrementing",
    "write_too_wide": "beats of a write burst are wider",
    "read_too_wide": "beats of a read burst are wider",
    "write_crosses": "a write burst crosses 4 KB",
    "read_crosses": "a read burst crosses 4 KB",
    "last_": "wlast is not on the last beat",
    "no_last": "wlast is not on the last beat",
    "strobe": "a strobe outside of the bytes of its beat",
    "data_far": "data run too far ahead",
    "too_many_reads": "more outstanding reads",
    "too_many": "more outstanding writes",
    "answer": "a response without a complete write",
    "data_": "data without a read of their ID",
    "rlast": "rlast is not on the last beat",
}
SOME = ("w_changes", "read_crosses_by_a_beat", "last_too_early", "answer_with_the_last_beat")  # on Verilator


def built(simulator: str) -> Build:
    return build("flaash_axi_checker", simulator, PARAMETERS)


def sentence(case: str) -> str:
    return SENTENCES[max((name for name in SENTENCES if case.startswith(name)), key=len)]


def _stopped(simulator: str, case: str, seed: int, test: str, reason: str) -> None:
    with pytest.raises(SimulationFailed, match=reason):
        run(
            built(simulator),
            "tests.blocks.axi.axi_checker_tests",
            f"axi_checker-{case}-{simulator}",
            seed,
            {"case": case},
            testcase=test,
        )


def test_legal_bursts_pass(simulator: str, seed: int) -> None:
    run(
        built(simulator),
        "tests.blocks.axi.axi_checker_tests",
        f"axi_checker-legal-{simulator}",
        seed,
        testcase="legal_traffic",
    )


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.runs(turn=(n % 2, 2))) for n, case in enumerate(CASES)]
)
def test_each_broken_rule_stops_the_simulation(simulator: str, seed: int, case: str) -> None:
    _stopped(simulator, case, seed, "illegal", sentence(case))


@pytest.mark.runs(on="verilator")
@pytest.mark.parametrize("case", SOME)
def test_some_broken_rules_on_the_other_simulator(simulator: str, seed: int, case: str) -> None:
    _stopped(simulator, case, seed, "illegal", sentence(case))


@pytest.mark.parametrize("channel", ["aw", "w", "ar"])
def test_valid_in_reset_stops_the_simulation(simulator: str, seed: int, channel: str) -> None:
    _stopped(simulator, channel, seed, "valid_in_reset", "valid is high in reset")
