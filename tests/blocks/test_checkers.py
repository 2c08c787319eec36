# SPDX-License-Identifier: Apache-2.0
"""Benches of the checkers: legal traffic passes, and each fault stops the simulation with its sentence."""

import pytest

from sim.simulation import Build, SimulationFailed, build, run
from tests.blocks.axi.axi_checker_tests import CASES as AXI_CASES
from tests.blocks.memory.region_checker_tests import MISTAKES
from tests.blocks.stream.stream_checker_tests import FAULTS, UNKNOWNS

# Parameters of each checker.
CHECKERS = {
    "flaash_axi_checker": {"DataWidth": 32, "IdWidth": 1, "ReadBursts": 2, "WriteBursts": 2},
    "flaash_stream_checker": {"Width": 8},
    "flaash_region_checker": {"NumPorts": 3},
}
AXI, STREAM, REGION = CHECKERS
ROOMS = {AXI: "axi", STREAM: "stream", REGION: "memory"}
# The sentence of a case of AXI, by the beginning of its name; the longest match counts.
SENTENCES = {
    **{f"{channel}_": f"u_{channel}_checker: beat" for channel in ("aw", "w", "b", "ar", "r")},
    **{f"{way}_burst": f"a {way} burst is not incrementing" for way in ("write", "read")},
    **{f"{way}_too_wide": f"beats of a {way} burst are wider" for way in ("write", "read")},
    **{f"{way}_crosses": f"a {way} burst crosses 4 KB" for way in ("write", "read")},
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


def sentence(case: str) -> str:
    """Return the sentence that a case of AXI must cause."""
    return SENTENCES[max((name for name in SENTENCES if case.startswith(name)), key=len)]


def built(checker: str, simulator: str) -> Build:
    return build(checker, simulator, CHECKERS[checker])


def play(simulator: str, seed: int, checker: str, testcase: str, case: str = "") -> None:
    run(
        built(checker, simulator),
        f"tests.blocks.{ROOMS[checker]}.{checker.removeprefix('flaash_')}_tests",
        f"{checker}-{case or testcase}-{simulator}",
        seed,
        {"case": case},
        testcase=testcase,
    )


def stopped(reason: str, *arguments: str | int) -> None:
    """Play a case that must stop the simulation."""
    with pytest.raises(SimulationFailed, match=reason):
        play(*arguments)


@pytest.mark.parametrize("checker", CHECKERS)
def test_legal_traffic_passes(simulator: str, seed: int, checker: str) -> None:
    play(simulator, seed, checker, "legal_traffic")


@pytest.mark.runs(on="icarus")  # Verilator has only two states
def test_unknown_bits_of_no_beat_are_legal(simulator: str, seed: int) -> None:
    play(simulator, seed, STREAM, "illegal", "unknown_data_without_valid")


@pytest.mark.parametrize("case", FAULTS)
def test_illegal_handshakes_stop_the_simulation(simulator: str, seed: int, case: str) -> None:
    stopped(FAULTS[case], simulator, seed, STREAM, "illegal", case)


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize("case", UNKNOWNS)
def test_unknown_bits_stop_the_simulation(simulator: str, seed: int, case: str) -> None:
    stopped(UNKNOWNS[case], simulator, seed, STREAM, "illegal", case)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_read_outside_a_region_stops_the_simulation(mistake: str, simulator: str, seed: int) -> None:
    stopped(MISTAKES[mistake], simulator, seed, REGION, "legal_traffic", mistake)


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.runs(turn=(n % 2, 2))) for n, case in enumerate(AXI_CASES)]
)
def test_each_broken_rule_stops_the_simulation(simulator: str, seed: int, case: str) -> None:
    stopped(sentence(case), simulator, seed, AXI, "illegal", case)


@pytest.mark.runs(on="verilator")
@pytest.mark.parametrize("case", SOME)
def test_some_broken_rules_on_the_other_simulator(simulator: str, seed: int, case: str) -> None:
    stopped(sentence(case), simulator, seed, AXI, "illegal", case)


@pytest.mark.parametrize("channel", ["aw", "w", "ar"])
def test_valid_in_reset_stops_the_simulation(simulator: str, seed: int, channel: str) -> None:
    stopped("valid is high in reset", simulator, seed, AXI, "valid_in_reset", channel)
