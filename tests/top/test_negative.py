# SPDX-License-Identifier: Apache-2.0
"""Each checker of the environment notices its fault: every one of these runs is broken on purpose."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from tb.common.simulation import SimulationFailed
from tb.env.run import run_folder, run_sequences
from tests.top.common import quick_config

TESTS = "tests.top.negative_tests"

# The broken class of negative_tests, and a sentence that the failure must contain: from one check of
# the scoreboard or of the watchdog.
BROKEN = {
    "AlteredModel": r"^contraction 1 \(smoke, seed \d+\), at [\d,]+ ns: result \(0, 0, 0\) is 0x[0-9a-f]+"
                    r" \(-?\d\.\d+\), the model says 0x[0-9a-f]+ \(-?\d\.\d+\)",
    "DroppingMonitor": r"result \(.*\) = .* is missing",
    "DoublingMonitor": r"result \(.*\) came twice",
    "AlteringMonitor": r"result \(.*\) is .*, the model says",
    "PaddingMonitor": r"the padding of a record is not zero",
    "MisplacingMonitor": r"result \(.*\) (came twice|is not expected)",
    "SilentMonitor": r"no result frame",
    "RepeatingMonitor": r"result frame\(s\) that nobody asked for",
    "WrongCounter": r"CntMatches is",
    "WrongPortions": r"CntPortions is",
    "WrongFlags": r"RegFlags is",
    "WrongError": r"error ErrHeader at 0x0, expected ErrNone",
    "WrongOperand": r"RegFibersB is",
    "DeafDriver": r"(?s)no progress for 2000 cycles.*no complete result frame.*status: .*Done"
            r".*waits for ready: flaash_top.m_axis_tvalid",
}


@pytest.mark.full("icarus")
def test_checkers_bite(simulator: str, seed: int) -> None:
    with pytest.raises(SimulationFailed):
        _run(simulator, seed, ",".join(f"={name}" for name in BROKEN), "negative")
    messages = _failures(f"negative-{simulator}")
    assert len(messages) == len(BROKEN)
    for name, sentence in BROKEN.items():
        found = [text for case, text in messages.items() if case.endswith(f"={name}")]
        assert len(found) == 1 and re.search(sentence, found[0]), f"{name}: {found}"
    folder = run_folder(f"negative-{simulator}")
    assert not [*folder.glob("functional-*.yml"), *folder.glob("coverage.dat")], "a failed run covers nothing"


def test_empty_scoreboard_fails(simulator: str, seed: int) -> None:
    with pytest.raises(SimulationFailed, match="the scoreboard compared nothing"):
        _run(simulator, seed, "nothing_compared", "negative-nothing")


@pytest.mark.full("icarus")
def test_reading_registers_hides_no_hang(simulator: str, seed: int) -> None:
    """The watchdog expires in spite of a polling host and of the progress that `make sim` shows."""
    with pytest.raises(SimulationFailed, match="no progress for 2000 cycles"):
        _run(simulator, seed, "polling", "negative-polling")
    with pytest.raises(SimulationFailed, match="no progress for 2000 cycles"):
        _run(simulator, seed, "=DeafDriver", "negative-progress", {"FLAASH_PROGRESS": "1"})


def test_illegal_handshake_stops_the_simulation(simulator: str, seed: int) -> None:
    with pytest.raises(SimulationFailed, match="beat withdrawn before it was taken"):
        _run(simulator, seed, "illegal_handshake", "negative-handshake")


def _run(simulator: str, seed: int, testcase: str, name: str,
         variables: dict[str, str] | None = None) -> None:
    run_sequences(quick_config(simulator), simulator, ["smoke"], f"{name}-{simulator}", seed,
                  {"smoke": {"count": 0}}, test_module=TESTS, testcase=testcase, variables=variables)


def _failures(name: str) -> dict[str, str]:
    """Return the message of each failed test of a run by the test's name."""
    cases = ElementTree.parse(run_folder(name) / "results.xml").getroot().iter("testcase")
    return {case.get("name"): "\n".join(
        failure.get("error_msg") or failure.get("message") or failure.text or ""
        for failure in case.findall("failure")) for case in cases if case.find("failure") is not None}
