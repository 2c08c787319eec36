# SPDX-License-Identifier: Apache-2.0
"""Exclusions of code coverage: what they leave out, when they are stale, mistakes in them; the report of a subset."""

import datetime
import json
import shlex
import sys
from pathlib import Path

import pytest

from tb.coverage import report, suite
from tb.coverage.code import CodeCoverage, hardware
from tb.coverage.exclusions import Exclusion, apply, problems, read_exclusions
from tb.coverage.origin import Origin, origin_of
from tb.coverage.testplan import Testpoint, read_testplan
from tb.regress import results
from tests.completed import words
from tests.test_coverage import FIFO, write_run


def exclusion(**changes) -> Exclusion:
    fields = {
        "file": FIFO,
        "kind": "toggle",
        "what": r"usage_o\[2\]:.*",
        "testpoint": "stream/fifo",
        "reason": "the bench has no such depth",
        "expires": datetime.date(2099, 1, 1),
    }
    return Exclusion(**{**fields, **changes})


def test_exclusions_leave_out_what_is_open_and_tell_when_they_are_stale(tmp_path: Path) -> None:
    def left(taken: int, skipped: int, entry: Exclusion) -> tuple[CodeCoverage, int, list[str]]:
        code = CodeCoverage()
        code.read(write_run(tmp_path / "a.dat", taken, skipped))
        excluded, told = apply(code, [entry])
        return code, sum(map(len, excluded.values())), told

    code, count, told = left(2, 0, exclusion())
    assert count == 1 and not told and code.percent("toggle") == 100
    _, count, told = left(2, 5, exclusion())
    assert count == 0 and "1 of its points were hit" in told[0]
    code, count, told = left(2, 0, exclusion(what="nope.*"))
    assert count == 0 and "nothing is called so" in told[0]
    assert apply(code, [exclusion(what="nope.*")], subset=True)[1] == [], "what is called so was not built"
    _, count, told = left(2, 5, exclusion(by_chance=True))
    assert count == 0 and not told
    code, count, told = left(2, 0, exclusion(file="control/* stream/*_fifo.sv"))
    assert count == 1 and not told and code.percent("toggle") == 100
    code, count, _ = left(0, 0, exclusion(kind="branch", what=r"if.*: .*"))
    assert count == 1 and [point.what for point in code.holes(("branch",))] == ["else (column 4)"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"file": "stream/nope.sv"}, "there is no rtl/stream/nope.sv"),
        ({"kind": "fsm"}, "the kind is none of"),
        ({"reason": "why"}, "no reason"),
        ({"testpoint": "a/b"}, "there is no testpoint a/b"),
        ({"expires": datetime.date(2020, 1, 1)}, "expired on 2020-01-01"),
    ],
)
def test_mistakes_in_exclusions_are_told(changes: dict, sentence: str) -> None:
    plan = [Testpoint("stream/fifo", "2", "s", "c", ["t"])]
    assert problems([exclusion()], plan) == []
    (told,) = problems([exclusion(**changes)], plan)
    assert sentence in told


def test_the_exclusions_of_the_project_are_in_order() -> None:
    """Entries also expire by date: an expired entry must be reviewed again."""
    assert problems(read_exclusions(), read_testplan()) == []


# The report of make cov TEST=: it names its subset, and replaces no other report.
SUBSET = Origin("make cov TEST=tests/blocks/test_x.py SEED=7", "7", True, "abc1234567+", "2026-11-28 12:00:00")


def test_a_subset_says_how_little_it_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The subset is named on the page and on the terminal, with its difference to other reports."""
    write_run(tmp_path / "runs" / "block" / "coverage.dat", taken=2, skipped=0)
    assert report.write(tmp_path, SUBSET)
    page = (tmp_path / "index.html").read_text()
    measured = f"1 of {len(hardware())} modules measured"
    for part in ("coverage of a subset", measured, SUBSET.date, SUBSET.revision, "seed 7", SUBSET.command):
        assert part in page, part
    told = " ".join(capsys.readouterr().out.split())
    assert f"{measured}: a subset of the tests" in told and "nothing is called so" not in told
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["measured"] == [FIFO] and summary["origin"]["command"] == SUBSET.command
    assert report.write(tmp_path, Origin(revision="abc1234567"))
    page = (tmp_path / "index.html").read_text()
    assert "subset" not in page and measured in page and '<code class="command">make cov</code>' in page


def test_a_subset_leaves_the_whole_report_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page of results and the bins for `make sim` stay unchanged, too."""
    monkeypatch.setattr(suite, "FOLDER", tmp_path / "coverage")
    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    monkeypatch.setattr(suite, "origin_of", lambda *_: SUBSET)
    (tmp_path / "coverage").mkdir()
    (tmp_path / "coverage" / "index.html").write_text("the last one")
    dat = write_run(tmp_path / "some.dat", taken=1, skipped=0)
    pytest_ = (
        "import pathlib, shutil, sys; from sim.options import options; run = pathlib.Path(options().runs) / 'run';"
        f"run.mkdir(parents=True); shutil.copy({str(dat)!r}, run / 'coverage.dat');"
        "pathlib.Path(sys.argv[-1].partition('=')[2]).write_text('<testsuites><testsuite><testcase"
        ' classname="tests.test_x" name="test_x" time="1"/></testsuite></testsuites>\')'
    )
    assert suite.main(["--test=tests/test_x.py", sys.executable, "-c", pytest_]) == 0
    assert [path.name for path in (tmp_path / "coverage").iterdir()] == ["index.html"]
    assert (tmp_path / "coverage" / "index.html").read_text() == "the last one"
    assert not (tmp_path / "results").exists()
    subset = tmp_path / "coverage-subset"
    assert "of a subset" in (subset / "index.html").read_text()
    assert SUBSET.command in (subset / "results" / "index.html").read_text()
    assert str(subset / "index.html") in capsys.readouterr().out


@pytest.mark.parametrize(
    ("variables", "command", "seed"),
    [
        ((), "make cov", "1"),
        (("SEED=7",), "make cov SEED=7", "7"),
        (("TEST=tests/blocks/mac/test_mac.py",), "make cov TEST=tests/blocks/mac/test_mac.py", "1"),
        (("TEST=tests/a.py -k 'one or two' --seed 3",), "make cov TEST=\"tests/a.py -k 'one or two' --seed 3\"", "3"),
        (("TEST=tests/a.py tests/b.py", "SEED=4"), "make cov TEST='tests/a.py tests/b.py' SEED=4", "4"),
    ],
)
def test_the_page_has_the_command_of_the_report(
    variables: tuple[str, ...], command: str, seed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command comes from the arguments of `make cov`; the repeated command passes the same arguments."""
    monkeypatch.delenv("FLAASH_BUILD", raising=False)
    given = words("cov", "tb.coverage.suite", *variables)
    tests = given.pop(0).removeprefix("--test=") if given[0].startswith("--test=") else None
    origin = origin_of(given, tests, "abc")
    assert (origin.command, origin.seed) == (command, seed)
    assert origin.subset == any(variable.startswith("TEST=") for variable in variables)
    assert shlex.split(command)[2:] == list(variables)
    monkeypatch.setenv("FLAASH_BUILD", "/elsewhere")
    assert " BUILD=" in origin_of(given, tests, "abc").command
