# SPDX-License-Identifier: Apache-2.0
"""Set-up by make: requirements, folders that can't be written, missing programs, the exit status that make hides."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import flaash
from sim.toolchain import REQUIRED, ROOT, SUITE
from sim.toolchain import packages as debian
from tb.cli.common import FAILED, MISTAKE
from tests.completed import completed
from tests.test_make import make
from tools import set_up
from tools.packaging import revision


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with what the set-up reads, as a fresh checkout has it, and the modules of the commands."""
    root = tmp_path / "checkout"
    root.mkdir()
    for path in (ROOT / "Makefile", *ROOT.glob("requirements.txt"), ROOT / "pyproject.toml"):
        shutil.copy2(path, root)
    for folder in ("tools", "tb", "sim", "models", "flaash", "bench", "rtl", "formal", "requirements"):
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
    (checkout / ".venv" / ".installed-sim").touch()
    line = told(make("sim", cwd=checkout))
    assert ".venv was made in another folder" in line and "remove it, or BUILD=folder gets one of its own" in line
    shown = make("-n", "sim", f"BUILD={tmp_path}/elsewhere", cwd=checkout, check=True).stdout
    assert f"setting up {tmp_path}/elsewhere/venv" in shown and ".venv/bin" not in shown


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
    for group in ("sim", "regress", "test"):
        (venv / f".installed-{group}").touch()
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


def groups() -> dict[str, list[Requirement]]:
    """Return the packages of each group of pyproject.toml, with those of the groups that it includes."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]

    def of(name: str) -> list[Requirement]:
        found = [of(item["include-group"]) if isinstance(item, dict) else [Requirement(item)] for item in table[name]]
        return [requirement for part in found for requirement in part]

    return {name: of(name) for name in table}


def packages(name: str, python: str = "3.11") -> dict[str, str]:
    """Return the exact version of each package of a group's file on a Python of Linux, by its normalised name."""
    lines = [line for line in set_up.requirements(name).read_text().splitlines() if not line.startswith("#")]
    found = [line for line in map(Requirement, lines) if applies(line, python)]
    exact = {canonicalize_name(line.name): str(line.specifier).removeprefix("==") for line in found}
    assert len(exact) == len(found), "a package has two versions"
    return exact


def applies(requirement: Requirement, python: str) -> bool:
    environment = {"python_version": python, "python_full_version": f"{python}.7", "sys_platform": "linux"}
    return requirement.marker is None or requirement.marker.evaluate(environment)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("name", groups())
def test_a_file_has_what_its_group_names(name: str, python: str) -> None:
    """Without a network; of two files one environment gets one version, but LiteX has an environment of its own."""
    text, exact = set_up.requirements(name).read_text(), packages(name, python)
    assert "://" not in text and f"--group {name} " in text
    for wanted in groups()[name]:
        if applies(wanted, python):
            assert wanted.specifier.contains(exact[canonicalize_name(wanted.name)]), wanted
    whole = packages("test", python)
    assert name == "litex" or all(whole.get(package, version) == version for package, version in exact.items())


def test_each_file_has_a_group() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["test"]
    assert {item["include-group"] for item in table if isinstance(item, dict)} == {"sim", *set_up.HAS["test"]}
    names = {path.stem for path in (ROOT / "requirements").glob("*.txt")}
    assert names | {"sim"} == {*groups()} and "sim" not in names
    assert {"cocotb", "cocotb-bus", "pyuvm", "numpy", "pytest"} <= {*packages("sim")}
    assert not {"distributed", "matplotlib", "numba", "hypothesis", "ruff", "scipy"} & {*packages("sim")}


def test_a_group_is_installed_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only into an environment of make; a newer file installs the group again."""
    installed: list[tuple[str, ...]] = []
    monkeypatch.setattr(set_up, "install", lambda venv, *names: installed.append(names))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    set_up.require("fuzz")
    assert installed == []
    (tmp_path / ".installed-sim").touch()
    set_up.require("fuzz", "silicon")
    (tmp_path / ".installed-fuzz").touch()
    set_up.require("fuzz", "silicon")
    os.utime(tmp_path / ".installed-fuzz", (0, 0))
    set_up.require("fuzz")
    assert installed == [("fuzz", "silicon"), ("silicon",), ("fuzz",)]


def test_a_failed_installation_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to("/bin/false")
    done = completed("python tools/set_up.py", venv, "sim")
    assert done.returncode == FAILED and not (venv / ".installed-sim").exists()
    assert done.stderr == f"error: the set-up of {venv} failed; PIP_INDEX_URL= names another package index\n"


def test_every_place_states_the_version() -> None:
    core = (ROOT / "flaash.core").read_text()
    cited = (ROOT / "CITATION.cff").read_text()
    found = {
        re.search(r"^name: .*:(.*)$", core, re.MULTILINE)[1],
        re.search(r"^version: (.*)$", cited, re.MULTILINE)[1],
        re.search(r"^## (\d+\.\d+\.\d+), ", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[1],
    }
    assert found == {flaash.__version__} == {revision.version()}


def test_the_page_states_the_version_of_the_register_map() -> None:
    """It is not the project's version; chip and page name the same one."""
    source = (ROOT / "rtl" / "control" / "flaash_registers.sv").read_text()
    major, minor = re.search(r"Version\s*=\s*32'h(\w{4})_(\w{4});", source).groups()
    page = (ROOT / "docs" / "registers.md").read_text()
    assert f"`RegVersion` is the version of this map, {int(major, 16)}.{int(minor, 16)}." in page


def test_the_readme_names_the_packages() -> None:
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert f"`apt-get install {' '.join(debian([*REQUIRED, *SUITE]))}`" in readme


@pytest.mark.parametrize(
    ("command", "program"),
    [
        (["tb.cli.sim", "--sim=icarus"], "iverilog"),
        (["tb.cli.sim", "--seq=smoke"], "g++"),
        (["tb.cli.regress", "--on=slurm"], "sbatch"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_a_command_names_the_missing_program(command: list[str], program: str, tmp_path: Path) -> None:
    ours = {**os.environ, "PATH": str(Path(sys.executable).parent), "FLAASH_BUILD": str(tmp_path)}
    done = completed("python -m tb.cli -m", *command, env=ours)
    assert (done.returncode, done.stdout) == (MISTAKE, "") and f"'{program}' is not installed" in done.stderr
