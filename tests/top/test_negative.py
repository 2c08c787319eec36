# SPDX-License-Identifier: Apache-2.0
"""Each checker of the environment notices its fault: every one of these runs is broken on purpose."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from sim import configs
from sim.interfaces import MEMORY
from sim.simulation import SimulationFailed
from tb.env.run import run_folder, run_sequences
from tests.top import memory_negative_tests, negative_tests
from tests.top.common import quick_config

TESTS = "tests.top.negative_tests"
WITH_ROWS = "tiny:Engine=resident,NumSdpe=2,Lanes=2"
MORE_OR_FEWER = ("DroppingMonitor", "DoublingMonitor")
Broken = Mapping[str, tuple[type, str]]


def _reported_in_time(messages: Iterable[str]) -> None:
    """A hang is reported within one more period."""
    spans = [
        [int(time.replace(",", "")) for time in span]
        for text in messages
        for span in re.findall(r"no progress for 2000 cycles: nothing moved from ([\d,]+) to ([\d,]+) ns", text)
    ]
    assert spans and all(2000 <= last - first <= 3000 for first, last in spans), spans


def _noticed(name: str, broken: Broken) -> dict[str, str]:
    """Return the message about each broken part, which must have its sentence."""
    messages = _failures(name)
    assert len(messages) == len(broken)
    found = {}
    for kind, (_, sentence) in broken.items():
        texts = [text for case, text in messages.items() if case.endswith(f"={kind}")]
        assert len(texts) == 1 and re.search(sentence, texts[0]), f"{kind}: {texts}"
        found[kind] = texts[0]
    return found


def _names(broken: Broken) -> str:
    return ",".join(f"={kind}" for kind in broken)


@pytest.mark.runs(full="icarus")
def test_checkers_bite(simulator: str, seed: int) -> None:
    broken = negative_tests.BROKEN
    with pytest.raises(SimulationFailed):
        _run(simulator, seed, _names(broken), "negative")
    messages = _noticed(f"negative-{simulator}", broken)
    for name, text in messages.items():
        if name in MORE_OR_FEWER:
            told = re.search(r"; (\d+) results left where (\d+) were expected$", text.split("\n")[0])
            assert told and (int(told[1]) > int(told[2])) == (name == "DoublingMonitor"), text
        elif "result (" in text:
            assert "results left where" not in text
    _reported_in_time(messages.values())
    folder = run_folder(f"negative-{simulator}")
    assert not [*folder.glob("functional-*.yml"), *folder.glob("coverage.dat")], "a failed run covers nothing"


def _run_memory(
    simulator: str, seed: int, name: str, testcase: str, sequence: str = "smoke", config: str = "tiny", **knobs
) -> None:
    """Run a sequence in a broken environment, on the machine of the tests of the memory interface."""
    knobs = {sequence: {"count": 0, **knobs}}
    options = {
        "test_module": "tests.top.memory_negative_tests",
        "testcase": testcase,
        "interface": MEMORY,
        "width": 128,
    }
    run_sequences(configs.load(config), simulator, [sequence], name, seed, knobs, **options)


@pytest.mark.runs(full="icarus")
def test_checkers_of_the_memory_interface_bite(simulator: str, seed: int) -> None:
    for broken, sequence, knobs in (
        (memory_negative_tests.BROKEN, "smoke", {}),
        (memory_negative_tests.AFTER_RESETS, "resets", {"after": [2000]}),
        (memory_negative_tests.IN_CHAINS, "chain", {"count": 1}),
        (memory_negative_tests.IN_ROWS, "rows", {"config": WITH_ROWS}),
    ):
        name = f"negative-memory-{sequence}-{simulator}"
        with pytest.raises(SimulationFailed):
            _run_memory(simulator, seed, name, _names(broken), sequence, **knobs)
        _noticed(name, broken)


@pytest.mark.runs(odd="icarus")
def test_chains_without_fences_are_wrong(simulator: str, seed: int) -> None:
    """So the sequence notices a fence that does nothing."""
    with pytest.raises(SimulationFailed, match=r"result \(.*\) (is .*, the model says|= .* is missing)"):
        _run_memory(simulator, seed, f"negative-unfenced-{simulator}", "unfenced", "chain", count=1)


@pytest.mark.parametrize(
    ("test", "sentence"),
    [
        (
            "dead_memory",
            r"(?s)no progress for 2000 cycles.*descriptor\(s\) not completed, in the slots at 0x.*"
            r"writes in flight at m_axi.*status: .*RegRingHead: 0\nRegRingTail: [12]",
        ),
        ("unfinished", "writes in flight at m_axi"),
    ],
)
@pytest.mark.runs(odd="verilator")
def test_a_memory_that_does_not_answer_is_named(simulator: str, seed: int, test: str, sentence: str) -> None:
    with pytest.raises(SimulationFailed, match=sentence):
        _run_memory(simulator, seed, f"negative-{test}-{simulator}", test)


def test_empty_scoreboard_fails(simulator: str, seed: int) -> None:
    with pytest.raises(SimulationFailed, match="the scoreboard compared nothing"):
        _run(simulator, seed, "nothing_compared", "negative-nothing")


@pytest.mark.runs(full="icarus")
def test_reading_registers_hides_no_hang(simulator: str, seed: int, tmp_path: Path) -> None:
    """The watchdog expires in spite of a polling host and of the progress that `make sim` shows."""
    with pytest.raises(SimulationFailed, match="no progress for 2000 cycles"):
        _run(simulator, seed, "polling", "negative-polling")
    with pytest.raises(SimulationFailed, match="no progress for 2000 cycles"):
        _run(simulator, seed, "=DeafDriver", "negative-progress", str(tmp_path / "progress"))


def test_illegal_handshake_stops_the_simulation(simulator: str, seed: int) -> None:
    with pytest.raises(SimulationFailed, match="beat withdrawn before it was taken"):
        _run(simulator, seed, "illegal_handshake", "negative-handshake")


def _run(simulator: str, seed: int, testcase: str, name: str, progress: str = "") -> None:
    run_sequences(
        quick_config(simulator),
        simulator,
        ["smoke"],
        f"{name}-{simulator}",
        seed,
        {"smoke": {"count": 0}},
        test_module=TESTS,
        testcase=testcase,
        progress=progress,
    )


def _failures(name: str) -> dict[str, str]:
    """Return the message of each failed test of a run by the test's name."""
    cases = ElementTree.parse(run_folder(name) / "results.xml").getroot().iter("testcase")
    return {
        case.get("name"): "\n".join(
            failure.get("error_msg") or failure.get("message") or failure.text or ""
            for failure in case.findall("failure")
        )
        for case in cases
        if case.find("failure") is not None
    }
