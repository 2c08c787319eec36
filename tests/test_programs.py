# SPDX-License-Identifier: Apache-2.0
"""Programs that are not installed: one line with the program, its purpose and its package, in commands and in tests."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.options import decided
from sim.toolchain import PROGRAMS, ROOT, ToolMissing, explained
from tb.cli.common import MISTAKE
from tests.completed import completed
from tests.conftest import _line_of
from tests.programs import begin, lacking, leave_out

HIDDEN = ("iverilog", "vvp", "yosys", "sta", "sbatch", "genhtml", "chromium", "git")
CALLED = re.compile(
    r"""(?:which|programs\.run|subprocess\.run|Popen|check_output|completed)\(\s*\[?\s*["']([\w+-]+)["' ]"""
)
# Of every machine, optional, or beside sbatch; pip installs those of YoWASP.
ELSEWHERE = {"make", "sh", "bash", "timeout", "unshare", "python", "verilator", "squeue", "scancel"}
PACKAGE = re.compile(r"[\w.+-]+")


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which the programs that a new machine lacks are not on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        for path in Path(place).glob("*") if Path(place).is_dir() else ():
            if path.name not in HIDDEN:
                (folder / path.name).unlink(missing_ok=True)
                (folder / path.name).symlink_to(path)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLAASH")}
    return {**kept, "PATH": str(folder), "FLAASH_BUILD": str(tmp_path / "build")}


def run(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess:
    return completed("python -m tb.cli -m", *command, env=environment)


@pytest.mark.parametrize(
    ("command", "program"),
    [
        (["tb.cli.sim", "--sim=icarus"], "iverilog"),
        (["tb.cli.sim", "--sim=both", "--seq=smoke"], "iverilog"),
        (["tb.cli.regress", "--sim=icarus"], "iverilog"),
        (["tb.cli.regress", "--on=slurm"], "sbatch"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_a_command_names_the_missing_program(command: list[str], program: str, bare: dict[str, str]) -> None:
    done = run(bare, *command)
    assert (done.returncode, done.stderr) == (MISTAKE, f"error: {ToolMissing.of(program)}\n")
    assert not done.stdout


@pytest.mark.parametrize("processes", ["-n0", "-n1"])
@pytest.mark.parametrize("strict", [False, True])
def test_a_test_without_its_program_is_not_run(processes: str, strict: bool, bare: dict[str, str]) -> None:
    """Its number is told before and after, with the packages; only STRICT=1 lets it fail."""
    tests = ("tests/blocks/test_plain.py::test_stream_fifo[icarus]", "tests/silicon/test_library.py")
    command = ("pytest", "-rs", processes, "-p", "no:cacheprovider", *["--need-programs"] * strict, *tests)
    done = run(bare, *command)
    lines = done.stdout.splitlines()
    (told,) = [number for number, text in enumerate(lines) if text.startswith("tests left out: 1 without iverilog, ")]
    count = int(re.fullmatch(r"tests left out: 1 without iverilog, (\d+) without yosys", lines[told])[1])
    assert count > 2 and f"{'s' * (count + 1)} " in "".join(lines[told + 1 :])
    assert f"{count + 1} tests not run, programs are missing: apt-get install iverilog yosys opensta" == lines[-1]
    assert all(str(ToolMissing.of(program)) in done.stdout for program in ("iverilog", "yosys"))
    assert done.returncode == int(strict) and "Error" not in done.stdout, done.stdout


def test_a_call_of_a_missing_program_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only of a program that the machine lacks: a test of this suite that hides a program can fail."""
    report = SimpleNamespace(outcome="failed", location=("file", 1, "name"))
    called, others = (FileNotFoundError(2, "No such file or directory", name) for name in ("yosys", "sta"))
    # No longer than this: a failure of this test is a failure.
    with monkeypatch.context() as patch, decided(missed=""):
        patch.setattr("tests.programs.ABSENT", ["yosys"])
        kept = [leave_out(report, error) for error in (ToolMissing.of("sta"), others, ValueError("yosys"))]
        before = report.outcome
        left_out = [leave_out(report, error) for error in (ToolMissing.of("yosys"), called)]
    assert (kept, before, left_out) == ([False] * 3, "failed", [True] * 2)
    assert (report.outcome, report.lacks) == ("skipped", ["yosys"])


def test_a_command_that_misses_a_program_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a test that fails, and until the next test."""
    report = SimpleNamespace(outcome="failed", location=("file", 1, "name"))
    error = AssertionError("2 == 0")
    told = "from sim.toolchain import ToolMissing; ToolMissing.of('iverilog')"
    # No longer than this: a failure of this test is a failure.
    with monkeypatch.context() as patch, decided(times=str(tmp_path), missed=""):
        patch.setattr("tests.programs.ABSENT", ["iverilog"])
        begin()
        before = leave_out(report, error)
        subprocess.run([sys.executable, "-c", told], cwd=ROOT, check=True)
        left_out, lacks = leave_out(report, error), report.lacks
        begin()
        after = leave_out(report, error)
    assert (before, left_out, lacks, after) == (False, True, ["iverilog"], False)


def test_a_mark_names_what_is_looked_for() -> None:
    mark = pytest.mark.needs("yosis").mark
    item = SimpleNamespace(nodeid="test", iter_markers=lambda name: [mark])
    with pytest.raises(pytest.UsageError, match="test: the mark needs names yosis"):
        lacking(item)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_call_of_a_missing_program_is_explained(program: str) -> None:
    told = explained(FileNotFoundError(2, "No such file or directory", program))
    assert told == _line_of(FileNotFoundError(2, "No such file or directory", program)) == str(ToolMissing.of(program))
    assert told.startswith(f"'{program}' is not installed, which ") and PROGRAMS[program][1] in told
    assert explained(FileNotFoundError(2, "No such file or directory", "a/file")) is None


def test_each_program_that_is_called_has_a_line() -> None:
    called = {
        name
        for folder in ("sim", "tb", "tools", "bench", "tests", "flaash")
        for path in (ROOT / folder).rglob("*.py")
        if path != Path(__file__)
        for name in CALLED.findall(path.read_text())
    }
    assert {"git", "iverilog", "sbatch"} <= called
    assert not {name for name in called if not name.startswith("yowasp")} - {*PROGRAMS} - ELSEWHERE


def test_the_page_of_tools_names_the_packages() -> None:
    page = (ROOT / "docs" / "tools.md").read_text()
    for program, (_, package) in PROGRAMS.items():
        name = PACKAGE.match(package)[0]
        assert re.search(rf"\b{re.escape(name)}", page) or name == "gcc", f"{program}: {name}"
