# SPDX-License-Identifier: Apache-2.0
"""Each checker of the environment notices its fault: every one of these runs is broken on purpose."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from pathlib import Path

import pytest

from sim import configs
from sim.edges import MEMORY
from sim.simulation import SimulationFailed
from tb.env.run import run_folder, run_sequences
from tests.top.common import quick_config

TESTS = "tests.top.negative_tests"
MEMORY_TESTS = "tests.top.memory_negative_tests"

# The broken class of negative_tests, and a sentence that the failure must contain: from one check of
# the scoreboard or of the watchdog.
BROKEN = {
    "AlteredModel": r"^contraction 1 \(smoke, seed \d+\), at [\d,]+ ns: result \(0, 0, 0\) is 0x[0-9a-f]+"
    r" \(-?\d\.\d+\), the model says 0x[0-9a-f]+ \(-?\d\.\d+\)",
    "DroppingMonitor": r"result \(.*\) = .* is missing; fiber \d+ of A with fiber \d+ of B",
    "DoublingMonitor": r"result \(.*\) came twice, again with .*; fiber \d+ of A with fiber \d+ of B",
    "AlteringMonitor": r"result \(.*\) is .*, the model says .*; fiber \d+ of A with fiber \d+ of B",
    "PaddingMonitor": r"the padding of a record is not zero",
    "MisplacingMonitor": r"result \(.*\) (came twice|is not expected).*; (of no pair of fibers|fiber \d+ of A with)",
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


MORE_OR_FEWER = ("DroppingMonitor", "DoublingMonitor")


def _reported_in_time(messages: Iterable[str]) -> None:
    """A hang is reported within one more period."""
    spans = [
        [int(time.replace(",", "")) for time in span]
        for text in messages
        for span in re.findall(r"no progress for 2000 cycles: nothing moved from ([\d,]+) to ([\d,]+) ns", text)
    ]
    assert spans and all(2000 <= last - first <= 3000 for first, last in spans), spans


@pytest.mark.runs(full="icarus")
def test_checkers_bite(simulator: str, seed: int) -> None:
    with pytest.raises(SimulationFailed):
        _run(simulator, seed, ",".join(f"={name}" for name in BROKEN), "negative")
    messages = _failures(f"negative-{simulator}")
    assert len(messages) == len(BROKEN)
    for name, sentence in BROKEN.items():
        found = [text for case, text in messages.items() if case.endswith(f"={name}")]
        assert len(found) == 1 and re.search(sentence, found[0]), f"{name}: {found}"
        if name in MORE_OR_FEWER:
            told = re.search(r"; (\d+) results left where (\d+) were expected$", found[0].split("\n")[0])
            assert told and (int(told[1]) > int(told[2])) == (name == "DoublingMonitor"), found
        elif "result (" in found[0]:
            assert "results left where" not in found[0]
    _reported_in_time(messages.values())
    folder = run_folder(f"negative-{simulator}")
    assert not [*folder.glob("functional-*.yml"), *folder.glob("coverage.dat")], "a failed run covers nothing"


# Likewise of memory_negative_tests: the checks of the memory edge's scoreboard.
MEMORY_BROKEN = {
    "StrayRead": r"the chip reads \d+ bytes at 0x[0-9a-f]+, which no descriptor under way announces",
    "OverRead": r"the record's bytes read is \d+, the model says",
    "StrayWrite": r"the chip writes \d+ bytes at 0x[0-9a-f]+, where neither a result nor a completion record",
    "WriteTwice": r"the chip writes the \d+ bytes at 0x[0-9a-f]+ twice",
    "WriteBeyond": r"the chip writes 4 bytes at 0x[0-9a-f]+, where neither",
    "NoResult": r"\d+ results were not written",
    "WrongValue": r"result \(.*\) is .*, the model says",
    "WrongName": r"results that are none|result \(.*\) = .* is not expected",
    "WrongCode": r"the completion record has ErrOrder at 0x0, expected ErrNone",
    "WrongPlace": r"the completion record has ErrNone at 0x1, expected ErrNone",
    "WrongTag": r"the record's tag is",
    "WrongReserved": r"the completion record is [0-9a-f ]+",
    "WrongResults": r"the record's results is",
    "WrongBytes": r"the record's bytes of results is",
    "WrongCycles": r"the record has \d+ cycles of computing in \d+ cycles",
    "WrongComputing": r"the record's cycles of computing is",
    "WrongRead": r"the record's bytes read is",
    "NoRecord": r"no completion record",
    "RecordTwice": r"the completion record was written 2 times",
    "LateAnswer": r"the head has moved before the memory had answered \d+ burst",
    "NotPrompt": r"the completion record was written before the memory had answered \d+ burst",
    "EarlyRecord": r"results were written after the completion record",
    "WrongEdgeError": r"RegEdgeError is 1, the model says 0",
    "WrongEdgePlace": r"RegEdgePlace is 1, the model says 0",
    "WrongHalted": r"EdgeStatusHalted is 1, the model says 0",
    "WrongChipError": r"error ErrHeader at 0x0, expected ErrNone",
    "WrongMode": r"RegMode is 1, the model says 0",
    "WrongFibers": r"RegFibersA is",
    "WrongMatches": r"CntMatches is",
    "WrongUnloaded": r"CntUnloaded is \d+, the model says \d+, and \d+ of the contraction before",
    "WrongFlag": r"RegFlags is",
    "HeadTooEarly": r"a completion record before the head has moved",
    "LineStaysHigh": r"the line is still high",
    "AlteredModel": r"result \(0, 0, 0\) is 0x[0-9a-f]+ .*, the model says",
}
AFTER_RESETS = {
    "WrongParts": r"a part of record \d+, [0-9a-f]+, is of no result",
    "WrongHead": r"after a soft reset RegRingHead is 1, the model says 0",
}


@pytest.mark.runs(full="icarus")
def test_checkers_of_the_memory_edge_bite(simulator: str, seed: int) -> None:
    _bites(simulator, seed, MEMORY_BROKEN, "smoke", {"count": 0})
    _bites(simulator, seed, AFTER_RESETS, "resets", {"count": 0, "after": [2000]})


def _bites(simulator: str, seed: int, wanted: dict[str, str], sequence: str, knobs: dict) -> None:
    """Run a sequence in a broken environment for each class, and find its sentence in the failure.

    The machine is that of the tests of the memory edge.
    """
    name = f"negative-memory-{sequence}-{simulator}"
    with pytest.raises(SimulationFailed):
        run_sequences(
            configs.load("tiny"),
            simulator,
            [sequence],
            name,
            seed,
            {sequence: knobs},
            test_module=MEMORY_TESTS,
            testcase=",".join(f"={kind}" for kind in wanted),
            edge=MEMORY,
            width=128,
        )
    messages = _failures(name)
    for kind, sentence in wanted.items():
        found = [text for case, text in messages.items() if case.endswith(f"={kind}")]
        assert len(found) == 1 and re.search(sentence, found[0]), f"{kind}: {found}"
    assert len(messages) == len(wanted)


@pytest.mark.parametrize(
    ("test", "sentence"),
    [
        (
            "dead_memory",
            r"(?s)no progress for 2000 cycles.*descriptor\(s\) not completed, in the slots at 0x.*"
            r"writes under way at m_axi.*status: .*RegRingHead: 0\nRegRingTail: [12]",
        ),
        ("unfinished", "writes under way at m_axi"),
    ],
)
@pytest.mark.runs(odd="verilator")
def test_a_memory_that_does_not_answer_is_named(simulator: str, seed: int, test: str, sentence: str) -> None:
    with pytest.raises(SimulationFailed, match=sentence):
        run_sequences(
            configs.load("tiny"),
            simulator,
            ["smoke"],
            f"negative-{test}-{simulator}",
            seed,
            {"smoke": {"count": 0}},
            test_module=MEMORY_TESTS,
            testcase=test,
            edge=MEMORY,
            width=128,
        )


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
