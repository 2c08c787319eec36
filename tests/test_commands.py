# SPDX-License-Identifier: Apache-2.0
"""A command never disturbs another one or the last report, and a failure prints the command to repeat it."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from sim import failures
from sim.failures import repeat_lines
from sim.folders import claim
from sim.options import Options, environment, options
from sim.toolchain import ROOT
from tb.cli.waves import command
from tb.coverage import suite
from tests.completed import completed
from tests.test_coverage import write_run
from tests.test_make import make

FAILING = """
import warnings
import pytest
from sim import configs
from sim.options import options
from tb.env.run import run_sequences

def test_it(simulator, seed):
    warnings.warn("of a library", DeprecationWarning)
    print("chatter")
    assert options().runs != {taken!r}
    run_sequences(configs.load("tiny"), simulator, ["smoke"], "failing", seed,
                  test_module="tests.top.negative_tests", testcase="=AlteredModel")
"""


def run_pytest(*arguments: str) -> subprocess.CompletedProcess:
    """Run pytest with the fixtures of the suite, as a separate command."""
    ours = {**os.environ, **environment(runs="")}
    return completed("python -m pytest -c pyproject.toml -p tests.conftest", *arguments, env=ours)


@pytest.mark.needs("iverilog")
def test_a_failing_test_shows_its_message_last_and_how_to_repeat_it(tmp_path: Path) -> None:
    """The command runs beside this session, in another folder: build/runs is in use."""
    path = tmp_path / "test_failing.py"
    path.write_text(FAILING.format(taken=options().runs))
    done = run_pytest(str(path), "--simulator=icarus", "--seed=7", "--long")
    told = done.stdout
    assert done.returncode == 1
    for noise in ("Traceback", "iverilog", "INFO", "of a library", "chatter", "simulation.py"):
        assert noise not in told, noise
    assert "contraction 1 (smoke, seed 7), at " in told
    repeat = re.search(r"^repeat: (make test TEST='\S*::test_it\[icarus\]' SEED=7 LONG=1)$", told, re.M)
    assert repeat and f"with waves: {repeat[1]} WAVES=1\n" in told
    assert len(told.splitlines()) < 25
    assert told.index("log: ") < told.index("repeat: ")


def test_a_name_with_characters_of_the_shell_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "tests/a.py::b[(1, 2)-x] (call)")
    chosen = Options(seed=5)
    monkeypatch.setattr(failures, "options", lambda: chosen)
    line = """repeat: make test TEST="'tests/a.py::b[(1, 2)-x]'" SEED=5"""
    assert repeat_lines()[0] == line
    chosen = Options(seed=5, full=True)
    assert repeat_lines()[0] == f"{line} FULL=1"


def test_folders_are_taken_by_one_command_at_a_time(tmp_path: Path) -> None:
    first, held = claim(tmp_path / "runs")
    second, other = claim(tmp_path / "runs")
    assert [first.name, second.name] == ["runs", "runs-2"]
    held.lock.release()
    third, again = claim(tmp_path / "runs")
    assert third == first
    other.lock.release()
    again.lock.release()


def fake_suite(folder: Path, status: int) -> list[str]:
    """Return a command that leaves one run with coverage, as pytest would, and ends with a status."""
    dat = write_run(folder / "some.dat", taken=1, skipped=0)
    return [
        sys.executable,
        "-c",
        "import pathlib, shutil, sys; from sim.options import options; assert '--junitxml=' in sys.argv[-1];"
        "run = pathlib.Path(options().runs) / 'run'; run.mkdir(parents=True);"
        f"shutil.copy({str(dat)!r}, run / 'coverage.dat'); sys.exit({status})",
    ]


@pytest.mark.parametrize(("status", "kept"), [(4, True), (2, True), (5, True), (0, False), (1, False)])
def test_a_report_is_replaced_by_a_complete_one_only(
    status: int, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statuses of pytest: a wrong TEST, an interruption, no test; passed and failed."""
    monkeypatch.setattr(suite, "FOLDER", tmp_path / "coverage")
    (tmp_path / "coverage").mkdir()
    (tmp_path / "coverage" / "index.html").write_text("the last one")
    assert suite.main(fake_suite(tmp_path, status)) == status
    page = (tmp_path / "coverage" / "index.html").read_text()
    assert (page == "the last one") == kept
    assert (tmp_path / "coverage" / "runs" / "run").exists() != kept
    assert not list(tmp_path.glob("coverage-new*/*"))


def test_tests_without_a_simulation_leave_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "FOLDER", tmp_path / "coverage")
    assert suite.main([sys.executable, "-c", ""]) == 1
    assert not (tmp_path / "coverage").exists()


@pytest.mark.needs("git")
def test_everything_goes_to_another_folder(tmp_path: Path) -> None:
    """BUILD= leaves the sources unchanged, so they may be read-only."""
    checkout, build = tmp_path / "checkout", tmp_path / "elsewhere"
    listed = completed("git ls-files -co --exclude-standard", check=True).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file() and not name.startswith(("docs/", "formal/", "bench/")):
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name)
    (checkout / ".venv").symlink_to(Path(sys.prefix))
    before = {path: path.stat().st_mtime_ns for path in checkout.rglob("*")}
    done = make("sim", "SIM=icarus", "CONFIG=tiny", "SEQ=smoke", f"BUILD={build}", cwd=checkout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"summary in {build}/sim/summary.json" in done.stdout.replace("\n", "")
    assert {path: path.stat().st_mtime_ns for path in checkout.rglob("*")} == before
    assert (build / "runs" / "sim" / "run.log").exists()


@pytest.mark.parametrize(
    "lock",
    """runs.lock sim.lock regress/nightly.lock coverage-new.lock sims/flaash_top-icarus-1.lock
        runs/session.lock formal.lock""".split(),
)
def test_clean_leaves_a_running_command_alone(lock: str, tmp_path: Path) -> None:
    """A lock anywhere below the folder counts; a lock without a holder does not."""
    with FileLock(tmp_path / lock):
        done = make("clean", f"BUILD={tmp_path}")
    assert done.returncode and f"in this checkout and holds {tmp_path / lock}" in done.stderr
    assert (tmp_path / lock).exists()
    assert make("clean", f"BUILD={tmp_path}").returncode == 0 and not tmp_path.exists()


@pytest.mark.needs("iverilog")
@pytest.mark.parametrize(
    "command",
    [
        ["tb.cli.sim", "--seq=workloads", "--sim=icarus", "--config=tiny"],
        ["tb.cli.regress", "--list=quick", "--jobs=1"],
    ],
    ids=["sim", "regress"],
)
def test_a_command_is_safe_from_clean_until_it_ends(command: list[str], tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tb.cli", "-m", *command],
        cwd=ROOT,
        text=True,
        env={**os.environ, **environment(runs=""), "FLAASH_BUILD": str(tmp_path)},
        stdout=subprocess.PIPE,
    )
    for line in process.stdout:
        if line.startswith(("building", "regression")):
            break
    assert make("clean", f"BUILD={tmp_path}").returncode and list(tmp_path.rglob("*.lock"))
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert make("clean", f"BUILD={tmp_path}").returncode == 0 and not tmp_path.exists()


def test_each_command_that_writes_holds_a_lock() -> None:
    """By the makefile: pytest, the commands that lock themselves, and `alone` for the others."""
    rules = re.findall(r"^([a-z-]+):.*\n((?:[\t@ifnedl].*\n)*)", (ROOT / "Makefile").read_text(), re.M)
    own = re.compile(
        r"tb\.cli\.(sim|regress|new_sequence|waves) |tb\.coverage\.suite"
        r"|tools\.silicon\.page|\$\(PYTEST\)|\$\(LONG_RUN\)|\$\(call alone,[a-z-]+\)"
    )
    for target, recipe in rules:
        for line in recipe.replace("\\\n", " ").splitlines():
            if "$(PY)" in line or "$(RUN)" in line:
                assert own.search(line), f"make {target}: {line}"


def test_viewers_open_the_view(tmp_path: Path) -> None:
    trace = tmp_path / "dump.fst"
    assert command("surfer", trace) == ["surfer", str(trace)]
    for name in ("view.sucl", "view.gtkw"):
        (tmp_path / name).touch()
    assert command("surfer", trace) == ["surfer", "--command-file", str(tmp_path / "view.sucl"), str(trace)]
    assert command("gtkwave", trace) == ["gtkwave", str(trace), str(tmp_path / "view.gtkw")]
