# SPDX-License-Identifier: Apache-2.0
"""The faults of tests/faults.yml can still be made; `make faults` shows that they are caught."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from sim.options import VARIABLE
from sim.toolchain import ROOT, SIMULATORS
from tests.collect import collected
from tools import faults
from tools.mutants import Mutant, check, read_faults

FAULTS = read_faults()


def test_every_fault_can_be_made() -> None:
    """A changed text would silently remove the fault from the list."""
    assert FAULTS and check(FAULTS) == {}


def test_a_copy_is_no_second_core(tmp_path: Path) -> None:
    """FuseSoC would take the copy for the project: it searches all folders of the checkout."""
    copy = tmp_path / "copies" / "0"
    faults.copy_tree(copy)
    assert (copy / "flaash.core").exists() and (copy.parent / "FUSESOC_IGNORE").exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"old": "2"}, "occurs 2 times"),
        ({"old": "9"}, "occurs 0 times"),
        ({"old": "1", "new": "1"}, "equals what is there"),
        ({"path": "gone.c"}, "gone.c"),
        ({}, "occurs twice"),
    ],
    ids=str,
)
def test_a_fault_that_cannot_be_made_is_told(tmp_path: Path, change: dict, told: str) -> None:
    (tmp_path / "a.c").write_text("1 2 2 3")
    good = Mutant("is wrong", path="a.c", old="1", new="0")
    assert check([good], tmp_path) == {}
    [problem] = check([good, dataclasses.replace(good, **change)], tmp_path).values()
    assert told in problem


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"at": "y"}, "a: is wrong: y is defined 0 times"),
        ({"becomes": "b + nothing_like_it"}, "a: is wrong: nothing there is called nothing_like_it"),
        ({"module": "gone"}, "gone: is wrong: there is no such module"),
        ({}, "a: is wrong: occurs twice"),
    ],
    ids=str,
)
def test_a_fault_of_a_module_that_cannot_be_made_is_told(tmp_path: Path, change: dict, told: str) -> None:
    (tmp_path / "rtl").mkdir()
    (tmp_path / "rtl" / "a.sv").write_text("module a (input logic b, output logic x); assign x = b; endmodule")
    good = {"module": "a", "what": "is wrong", "at": "x", "becomes": "!b"}
    faults = [Mutant.read(good), Mutant.read({**good, **change})]
    assert check(faults[:1], tmp_path) == {}
    [problem] = check(faults, tmp_path).values()
    assert problem.startswith(told)


def test_a_text_survives_a_reformatting() -> None:
    fault = Mutant.read({"file": "a.c", "what": "is wrong", "old": "if (a && b)  y", "new": "y"})
    for text in ("if (a &&\n      b) y = 1;", "if(a && b) y = 1;"):
        assert fault.applied(text) == "y = 1;"


def test_a_fault_may_have_several_changes() -> None:
    further = [{"at": "y", "becomes": "c"}, {"at": "x", "place": "left of &&", "becomes": ""}]
    fault = Mutant.read({"module": "m", "what": "is wrong", "at": "z", "becomes": "_ + 1", "also": further})
    text = "module m; assign x = a && b; assign y = a; assign z = y; endmodule"
    wanted = "module m; assign x =  b; assign y = c; assign z = y + 1; endmodule"
    assert fault.applied(text) == wanted


def test_a_word_that_is_missing_or_unknown_is_told() -> None:
    for entry in (
        {"file": "a", "old": "1", "new": "2"},
        {"file": "a", "old": "1", "new": "2", "what": "x", "test": []},
        {"file": "a", "old": "1", "what": "x"},
        {"file": "a.sv", "old": "1", "new": "2", "what": "x"},
        {"file": "a", "operator": "&& becomes ||", "of": "y", "what": "x"},
        {"module": "a", "at": "y", "what": "x"},
        {"module": "a", "becomes": "1", "what": "x"},
        {"module": "a", "at": "y", "becomes": "1", "what": "x", "old": "1"},
        {"module": "a", "at": "y", "becomes": "1", "what": "x", "also": [{"at": "y"}]},
    ):
        with pytest.raises(ValueError, match=r"a(\.sv)?: "):
            Mutant.read(entry)


class Suite:
    """What a row may name: the files, functions and single tests that the suite runs, on one simulator or any."""

    def __init__(self, names: list[str]):
        self._named = {
            on: {part for name in names if on in name for part in (name, name.split("[")[0], name.split("::")[0])}
            for on in ("", *(f"[{simulator}" for simulator in SIMULATORS))
        }

    def missing(self, words: Sequence[str]) -> list[str]:
        """Return the tests of a row that the suite does not run, on the row's simulator if it names one."""
        on = next((f"[{word}" for word in words if word in SIMULATORS), "")
        return [word for word in words if word.startswith("tests/") and word not in self._named[on]]


def test_the_suite_runs_the_tests_of_a_fault() -> None:
    """The suite's own seed must do: a fault that only other seeds or make regress notice would survive."""
    suite = Suite(collected())
    for fault in FAULTS:
        assert any(word.startswith("tests/") for word in fault.tests), fault.what
        assert not suite.missing(fault.tests), f"{fault.what}: {fault.tests}"


def test_a_test_that_the_suite_leaves_out_is_told() -> None:
    suite = Suite(["tests/a.py::test_x[icarus-1]", "tests/a.py::test_y"])
    for words in (["tests/a.py"], ["tests/a.py::test_x", "icarus"], ["tests/a.py::test_x[icarus-1]"]):
        assert not suite.missing(words)
    for words in (["tests/b.py"], ["tests/a.py::test_x", "verilator"], ["tests/a.py::test_y", "icarus"]):
        assert suite.missing(words) == words[:1]
    assert suite.missing(["tests/a.py::test_", "tests/a.py::test_x[icarus-2]"])


def test_a_test_that_is_missing_is_noticed() -> None:
    with pytest.raises(AssertionError, match="no match in any of"):
        collected("tests/test_faults.py::test_every_fault_can_be_made[icarus]")


def test_faults_are_chosen_by_file_or_text() -> None:
    assert faults.select("") == FAULTS
    assert {fault.file for fault in faults.select("stream_fifo")} == {"rtl/stream/flaash_stream_fifo.sv"}
    assert faults.select(FAULTS[0].what)[0] == FAULTS[0]


def test_each_fault_is_made_once_by_one_of_the_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    made: list[tuple[Mutant, Path]] = []

    def run_fault(fault: Mutant, folder: Path) -> str | None:
        made.append((fault, folder))
        return "a test" if fault.what != FAULTS[1].what else None

    for name, replacement in (
        ("FOLDER", tmp_path),
        ("copy_tree", lambda folder: None),
        ("select", lambda only: FAULTS[:9]),
        ("run_fault", run_fault),
    ):
        monkeypatch.setattr(faults, name, replacement)
    assert faults.main(["--jobs", "2"]) == faults.FAILED
    assert {fault.what for fault, _ in made} == {fault.what for fault in FAULTS[:9]} and len(made) == 9
    assert {folder for _, folder in made} <= {tmp_path / "0", tmp_path / "1"}
    told = capsys.readouterr().out
    assert "8 of 9 faults caught, 1 not caught" in told and "NOT CAUGHT" in told


def test_a_fault_that_no_longer_applies_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """Nothing is copied for it, and the status is that of a fault that no test notices."""
    stale = Mutant.read({"module": "flaash_stream_fifo", "what": "is wrong", "at": "nothing_like_it", "becomes": "1"})
    monkeypatch.setattr(faults, "select", lambda only: [stale])
    monkeypatch.setattr(faults, "copy_tree", lambda folder: pytest.fail("a copy is made"))
    assert faults.main([]) == faults.FAILED
    told = " ".join(capsys.readouterr().out.split())
    assert "no longer applies: flaash_stream_fifo: is wrong: nothing_like_it is defined 0 times" in told
    assert "0 of 0 faults caught, 1 no longer apply" in told


@pytest.mark.parametrize(
    ("body", "caught"),
    [
        ("pass", None),
        ("assert False, 'wrong'", "test_it.py::test_it"),
        (
            "raise AssertionError('icarus could not build flaash_top:\\n x.sv:1: error')",
            f"{faults.NO_BUILD}: test_it.py::test_it: icarus could not build flaash_top: x.sv:1: error",
        ),
    ],
    ids=["passes", "fails", "does not build"],
)
def test_what_ended_the_tests_is_told(tmp_path: Path, body: str, caught: str | None) -> None:
    (tmp_path / "test_it.py").write_text(f"def test_it():\n    {body}\n")
    found = faults.first_failure(tmp_path, ["test_it.py"])
    assert found == caught or caught is not None and found is not None and found.startswith(caught)


def test_a_fault_whose_test_is_not_run_is_an_error(tmp_path: Path) -> None:
    """As for a missing program: pytest skips the test, and fails because the run is strict."""
    (tmp_path / "test_it.py").write_text("import pytest\n\ndef test_it():\n    pytest.skip('not run')\n")
    (tmp_path / "conftest.py").write_text(
        "import json, os\n\ndef pytest_sessionfinish(session):\n"
        f"    session.exitstatus = int(json.load(open(os.environ[{VARIABLE!r}]))['strict'])\n"
    )
    with pytest.raises(ValueError, match="pytest ended with 1"):
        faults.first_failure(tmp_path, ["test_it.py"])


@pytest.mark.parametrize(
    ("ends", "status", "told"),
    [
        (["a test", "a test"], 0, "2 of 2 faults caught"),
        (["a test", None], faults.FAILED, "1 of 2 faults caught, 1 not caught"),
        (["a test", f"{faults.NO_BUILD}: a test"], faults.FAILED, "1 of 2 faults caught, 1 not built"),
        ([f"{faults.NO_BUILD}: a test", None], faults.FAILED, "0 of 2 faults caught, 1 not caught, 1 not built"),
    ],
    ids=["caught", "not caught", "not built", "each"],
)
def test_a_fault_that_does_not_build_is_counted_apart(
    ends: list[str | None], status: int, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """It is neither caught nor unnoticed: its RTL has not run."""
    chosen = FAULTS[: len(ends)]
    for name, replacement in (
        ("copy_tree", lambda folder: None),
        ("select", lambda only: chosen),
        ("run_fault", lambda fault, folder: ends[chosen.index(fault)]),
    ):
        monkeypatch.setattr(faults, name, replacement)
    assert faults.main([]) == status
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == told
    assert printed.count("NOT CAUGHT") == ends.count(None)


@pytest.mark.parametrize(
    ("program", "text", "told"),
    [
        ("verilator", "module a (input logic [1:0] b, output logic x); assign x = b; endmodule", "WIDTHTRUNC"),
        ("icarus", "module a (input logic b, output logic x); assign x = b + gone; endmodule", "gone"),
    ],
    ids=["a value is cut", "a name is missing"],
)
def test_rtl_that_a_simulator_refuses_is_told(program: str, text: str, told: str, tmp_path: Path) -> None:
    """By the message of a real build."""
    (tmp_path / "a.sv").write_text(f"{text}\n")
    (tmp_path / "test_it.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom pathlib import Path\n"
        "from sim.simulation import build\n\n\n"
        f"def test_it():\n    build('a', {program!r}, extra_sources=(Path('a.sv').resolve(),))\n"
    )
    found = faults.first_failure(tmp_path, ["test_it.py"])
    assert found.startswith(f"{faults.NO_BUILD}: test_it.py::test_it: {program} could not build a: ")
    assert told in found, "the program's own message"
