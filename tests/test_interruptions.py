# SPDX-License-Identifier: Apache-2.0
"""`make sim` that fails to build, is interrupted, or meets another one: runs are never confused."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from sim.simulation import SimulationFailed
from sim.toolchain import ROOT
from tb.cli import sim
from tb.cli.alone import alone
from tb.cli.common import FAILED, MISTAKE
from tests.completed import completed
from tests.simcall import last_summary

SMOKE = ["--seq", "smoke", "--sim", "icarus", "--config", "tiny"]
PATIENCE = 60  # seconds


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Let commands heed Ctrl-C, also where the suite runs in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.needs("iverilog")
def test_a_failed_build_shows_no_older_run(
    own_folders, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def refuse(*_, **__) -> None:
        raise SimulationFailed("icarus could not build flaash_top")

    assert sim.main(SMOKE) == 0 and "agrees" in capsys.readouterr().out
    monkeypatch.setattr(sim, "build_top", refuse)
    assert sim.main(SMOKE) == FAILED
    captured = capsys.readouterr()
    assert "no simulation ran" in captured.out and "agrees" not in captured.out
    assert "could not build" in captured.err
    assert last_summary() == {"passed": False, "error": "icarus could not build flaash_top"}


@pytest.mark.needs("iverilog")
def test_an_interrupted_run_leaves_no_simulator() -> None:
    """Icarus does not end by the signal of the terminal."""
    # The simulator has Python's search path, from another folder than this one.
    program = (
        f"import sys; sys.path[0] = {str(ROOT)!r};"
        "from tb.cli import sim; from sim.toolchain import BUILD;"
        "sim.RUN_NAME = 'interrupted'; sim.FOLDER = BUILD / 'interrupted';"
        "sys.exit(sim.main(['--seq', 'workloads', '--sim', 'icarus', '--config', 'tiny']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    simulator = _wait_for_child(process.pid, "vvp")
    process.send_signal(signal.SIGINT)
    assert "interrupted" in process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == FAILED
    assert not simulator.is_running() or simulator.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize(
    ("command", "module"),
    [
        (["-m", "tb.cli.sim"], "tb.cli.alone"),
        (["-m", "tb.cli.sim"], "numpy"),
        (["-m", "tb.cli.sim"], "pyuvm"),
        (["-m", "tb.cli.regress"], "yaml"),
        (["-m", "tb.cli.regress"], "distributed"),
        (["formal", "-m", "tools.formal"], "rich.console"),
        (["bench", "-m", "bench.run"], "models.tensor"),
        (["-m", "pytest", "--collect-only"], "_pytest.config"),
    ],
)
def test_an_interruption_while_modules_load_is_one_line(command: list[str], module: str, tmp_path: Path) -> None:
    """With -v Python itself reports a loaded module. It writes the text and the end of that line apart."""
    process = subprocess.Popen(
        [sys.executable, "-v", "-m", "tb.cli", *command],
        cwd=ROOT,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "FLAASH_BUILD": str(tmp_path)},
    )
    for line in process.stderr:
        if line.startswith(f"import '{module}' "):
            break
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == FAILED and sum(line.endswith("interrupted") for line in rest.splitlines()) == 1, rest
    assert "Traceback" not in rest and "KeyboardInterrupt" not in rest, rest


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_an_interruption_inside_an_executed_text_has_the_same_status(number: str, tmp_path: Path) -> None:
    """As while a dataclass is made: Python itself would end by the signal."""
    text = f"import os, signal, time; os.kill(os.getpid(), signal.{number}); time.sleep({PATIENCE})"
    (tmp_path / "executes.py").write_text(f"exec({text!r})\n")
    done = completed("python -m tb.cli -m executes", env={**os.environ, "PYTHONPATH": str(tmp_path)}, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (FAILED, "interrupted\n")


def test_mistakes_of_modules_are_one_line() -> None:
    done = completed("python -m tb.cli -m tb.cli.sim --out")
    assert done.returncode == MISTAKE and done.stderr == "error: OUT: expected one argument\n"


@pytest.mark.needs("iverilog")
def test_an_interrupted_regression_agrees_with_its_resume(tmp_path: Path) -> None:
    """With the output in a file. A terminal sends the signal to workers and simulators, too."""
    log = tmp_path / "log"
    call = ["tb.cli.sim", "--seq=smoke", "--seeds=1-60", "--sim=icarus", "--config=tiny", "--jobs=2"]

    def begin() -> subprocess.Popen:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("FLAASH")}
        with log.open("w") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "tb.cli", "-m", *call],
                cwd=ROOT,
                env={**inherited, "FLAASH_BUILD": str(tmp_path)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def records() -> list[dict]:
        return [json.loads(path.read_text()) for path in tmp_path.glob("regress/sim/runs/*/run.json")]

    def wait_for(ready: Callable[[], object], process: subprocess.Popen) -> None:
        until = time.monotonic() + 4 * PATIENCE
        while not ready():
            assert process.poll() is None and time.monotonic() < until, log.read_text()
            time.sleep(0.2)

    process = begin()
    wait_for(lambda: len(records()) >= 3, process)
    simulators = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(PATIENCE) == FAILED
    ended = records()
    first, *_, told, last = log.read_text().splitlines()  # its progress, every ten seconds
    assert first == "regression sim: 60 runs" and last == "interrupted; the same command goes on where this one was"
    assert told.startswith(f"{len(ended)} of 60 runs had ended, {len(ended)} of them passed; results: ")
    assert all(record["passed"] for record in ended), "an interrupted run is no failed one"
    assert not psutil.wait_procs(simulators, timeout=PATIENCE)[1]
    process = begin()
    wait_for(lambda: "not run again" in log.read_text(), process)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(PATIENCE)
    assert f"{len(ended)} runs have passed before and are not run again\n" in log.read_text()


def _wait_for_child(pid: int, name: str) -> psutil.Process:
    """Return the process below `pid` of that name as soon as it exists."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for child in psutil.Process(pid).children(recursive=True):
            if child.name() == name:
                return child
        time.sleep(0.1)
    raise AssertionError(f"no {name} after {PATIENCE} s")


def test_a_second_run_waits_for_the_first(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    entered = threading.Event()

    def second() -> None:
        with alone(tmp_path / "lock", "make sim"):
            entered.set()

    thread = threading.Thread(target=second)
    with alone(tmp_path / "lock", "make sim"):
        thread.start()
        assert not entered.wait(0.5)
    thread.join(PATIENCE)
    assert entered.is_set() and "waiting for another make sim" in capsys.readouterr().out
