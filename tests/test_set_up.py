# SPDX-License-Identifier: Apache-2.0
"""Set-up by make, folders that can't be written, and the exit status that make hides: one line each."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.toolchain import ROOT
from tb.cli.common import FAILED, MISTAKE
from tests.completed import completed
from tests.test_make import make
from tools import set_up

DEAD_INDEX = "http://127.0.0.1:9/simple"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with what the set-up reads, as a fresh checkout has it, and the modules of the commands."""
    root = tmp_path / "checkout"
    root.mkdir()
    for path in (ROOT / "Makefile", set_up.LOCK, ROOT / "pyproject.toml"):
        shutil.copy2(path, root)
    for folder in ("tools", "tb", "sim", "models", "flaash", "bench", "rtl", "formal"):
        (root / folder).symlink_to(ROOT / folder)
    return root


def told(done: subprocess.CompletedProcess) -> str:
    """Return the one line with which make, or a command of make, has refused a call."""
    assert done.returncode
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ") or "***" in line][:1]
    assert "Traceback" not in done.stderr
    return line


def status(build: Path) -> int:
    return int((build / "status").read_text())


@pytest.mark.parametrize("target", ["sim", "test", "regress", "lists"])
def test_a_folder_that_cannot_be_made_is_named(target: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for build, cause in (
        ("/proc/foo", "No such file or directory"),
        (f"{tmp_path}/file", "File exists"),
        ("/proc", "/proc/status"),
    ):
        line = told(make(target, f"BUILD={build}"))
        assert f"BUILD={build} can't be written" in line and cause in line and "BUILD=folder puts" in line


def test_a_checkout_that_cannot_be_written_needs_build_alone(checkout: Path, tmp_path: Path) -> None:
    """Another user's environment can't be completed, and a moved one names its old place."""
    shutil.copytree(Path(sys.prefix), checkout / ".venv", symlinks=True, ignore=shutil.ignore_patterns("lib"))
    (checkout / ".venv" / ".installed").touch()
    line = told(make("sim", cwd=checkout))
    assert ".venv was made in another folder" in line and "remove it, or BUILD=folder gets one of its own" in line
    shown = make("-n", "sim", f"BUILD={tmp_path}/elsewhere", cwd=checkout, check=True).stdout
    assert f"setting up {tmp_path}/elsewhere/venv" in shown and ".venv/bin" not in shown


@pytest.mark.parametrize("given", ["abc", "1.0", "1.0.0.0", "v1.0.1", "", "1.0.1; true"])
def test_a_version_that_is_none_is_refused(given: str) -> None:
    before = (ROOT / "pyproject.toml").read_bytes()
    assert f"NEW={given} is no version, such as 1.0.1" in told(make("version", f"NEW={given}"))
    assert (ROOT / "pyproject.toml").read_bytes() == before


def test_no_package_index_is_said(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PIP_INDEX_URL": DEAD_INDEX, "PIP_RETRIES": "0", "UV_OFFLINE": "1"}.items():
        monkeypatch.setenv(name, value)
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    done = make("sim", cwd=checkout)
    assert told(done) == (
        f"error: no package index was reached, {DEAD_INDEX}: the set-up of .venv needs it; PIP_INDEX_URL= names another"
    )
    assert "No matching distribution" not in done.stderr and status(checkout / "build") == MISTAKE
    assert "setting up" in make("-n", "sim", cwd=checkout, check=True).stdout  # the next call begins anew


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("error: write failed: No space left on device (os error 28)", "the disk of .venv is full"),
        ("ERROR: Could not install: [Errno 122] Disk quota exceeded", "the disk of .venv is full"),
        ("ERROR: no wheel for this Python", "the set-up of .venv failed: ERROR: no wheel for this Python"),
    ],
)
def test_a_failed_installation_has_one_reason(output: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "is_reached", lambda address: True)
    monkeypatch.setattr(set_up, "index", lambda python: set_up.INDEX)
    assert set_up.reason(output, Path(".venv")) == sentence


def test_a_group_has_its_packages_with_exact_versions() -> None:
    """One file has all of them, so no package has two versions in one environment."""
    lines = [line for line in set_up.LOCK.read_text().splitlines() if not line.startswith("#")]
    groups = {name for line in lines for name in line.partition("  # ")[2].split(", ")}
    assert {set_up.BASE, set_up.FIRST, "dev", "litex"} <= groups and "" not in groups
    together = set_up.requirements(*groups - {"litex"})
    names = [re.match(r"([\w.-]+)==[^=]+(; .*)?$", package)[1] for package in together if ";" not in package]
    assert len(names) == len({*names}) and "uv" in names
    with pytest.raises(ValueError, match="requirements.lock has no group 'nope'"):
        set_up.requirements("nope")


def test_packages_are_installed_into_an_environment_of_make_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed: list[list[str]] = []
    monkeypatch.setattr(set_up, "install", lambda venv, names: installed.append(list(names)))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    set_up.require("fuzz")
    assert installed == []
    set_up.stamp(tmp_path, set_up.BASE).touch()
    set_up.require("fuzz", "silicon")
    set_up.stamp(tmp_path, "fuzz").touch()
    set_up.require("fuzz", "silicon")
    assert installed == [["fuzz", "silicon"], ["silicon"]]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (["fuzz", "MINUTES=x"], "MINUTES: 'x' is no number above 0"),
        (["silicon", "LIBERTY=nope.lib"], "there is no Liberty file nope.lib"),
        (["formal", "ONLY=nope"], "no proof's name contains 'nope'"),
        (["regress", "ON=lsf"], "ON=lsf: choose one of here, slurm"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_told_before_anything_is_installed(call: list[str], sentence: str, checkout: Path) -> None:
    """In a new environment, which has only the packages of every command."""
    venv = checkout / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    for name in ("lib", "include"):
        (venv / name).symlink_to(Path(sys.prefix) / name)
    cfg = (Path(sys.prefix) / "pyvenv.cfg").read_text()
    (venv / "pyvenv.cfg").write_text(cfg.replace(f" {Path(sys.prefix).resolve()}\n", f" {venv}\n"))
    (venv / ".installed").touch()
    done = make(*call, cwd=checkout)
    assert sentence in told(done) and not done.stdout.strip(), done.stdout
    assert status(checkout / "build") == MISTAKE


@pytest.mark.parametrize(
    ("program", "kept"),
    [
        ("import sys; sys.exit(1)", FAILED),
        ("import sys; sys.exit(2)", MISTAKE),
        ("raise ValueError", FAILED),
        ("import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(9)", FAILED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", FAILED),
        ("from tb.cli.common import UsageError; raise UsageError('no')", MISTAKE),
        ("from sim.toolchain import ToolMissing; raise ToolMissing.of('yosys')", MISTAKE),
        ("import subprocess; subprocess.run(['sbatch'])", MISTAKE),
        ("pass", 0),
    ],
)
def test_the_exit_status_stays_in_a_file(program: str, kept: int, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(program)
    ours = {**os.environ, "PYTHONPATH": str(tmp_path), "FLAASH_BUILD": str(tmp_path)}
    done = completed("python -m tb.cli -m program", env=ours)
    assert status(tmp_path) == kept and (done.returncode in (kept, -9)), done.stderr


def test_make_tells_a_failed_run_and_a_mistake_apart(tmp_path: Path) -> None:
    """make's own exit status is 2 for both."""
    for call, kept in (
        (["sim", "SEQ=nope", f"BUILD={tmp_path}"], MISTAKE),
        (["sim", "SEQS=smoke", f"BUILD={tmp_path}"], MISTAKE),
        (["test", "TEST=tests/nope.py", f"BUILD={tmp_path}"], MISTAKE),
        (["lists", f"BUILD={tmp_path}"], 0),
    ):
        done = make(*call)
        assert status(tmp_path) == kept and bool(done.returncode) == bool(kept), done.stderr


def test_a_script_of_the_checkout_runs_without_an_installation(tmp_path: Path) -> None:
    """`.venv/bin/python examples/..` imports flaash, from any folder and with no PYTHONPATH."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    script = tmp_path / "script.py"
    script.write_text("import importlib.util\nprint(importlib.util.find_spec('flaash'))\n")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def found() -> str:
        command = [venv / "bin" / "python", script]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout

    assert found() == "None\n"
    set_up.guard(venv)
    assert str(ROOT / "flaash" / "__init__.py") in found()
