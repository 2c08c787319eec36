# SPDX-License-Identifier: Apache-2.0
"""make test looks for programs first: it installs them as root, otherwise it says what is missing."""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sim import toolchain
from sim.commands import BUILD_FOLDER
from sim.options import environment
from sim.toolchain import PROGRAMS, REQUIRED, ROOT, SUITE, ToolMissing, missing, packages
from tests.completed import completed
from tools import machine

# Writes what it is asked, and what the user had been told by then; makes the programs of each package but one.
APT_GET = """#!/bin/sh
echo "$*" >>{folder}/asked
cp {folder}/told {folder}/told-before
[ "$4" = update ] && exit 0
shift 4
for package in "$@"; do
  if [ "$package" = {refused} ]; then echo "E: Unable to locate package $package"; exit 100; fi
done
for package in "$@"; do
  for program in $(sed -n "s/^$package //p" {folder}/programs); do echo >{folder}/bin/$program; done
done
chmod +x {folder}/bin/*
"""
Call = Callable[..., tuple[int, str]]


def provide(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return a function that calls the look-up on a machine with g++ and make alone, and apt-get."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("cp", "sed", "chmod", "sh"):
        (folder / name).symlink_to(shutil.which(name))
    rows = [f"{package.split()[0]} {program}\n" for program, (_, package) in PROGRAMS.items()]
    (tmp_path / "programs").write_text("".join(rows))
    provide(folder, *REQUIRED)

    def calls(*arguments: str, root: bool = True, apt: bool = True, refused: str = "none") -> tuple[int, str]:
        if apt:
            provide(folder, "apt-get")
            (folder / "apt-get").write_text(APT_GET.format(folder=tmp_path, refused=refused))
        with monkeypatch.context() as patch, (tmp_path / "told").open("w") as told, contextlib.redirect_stdout(told):
            patch.setenv("PATH", str(folder))
            patch.setattr(toolchain, "HEADERS", folder)
            patch.setattr(os, "geteuid", lambda: 0 if root else 1000)
            status = machine.main(arguments)
        return status, (tmp_path / "told").read_text()

    return calls


def test_as_root_the_programs_are_installed(call: Call, tmp_path: Path) -> None:
    """With g++ if that is missing; what is installed is told before."""
    (tmp_path / "bin" / "g++").unlink()
    status, told = call()
    names = " ".join(packages(["g++", *SUITE]))
    assert (status, told) == (0, f"apt-get install {names} (APT=0: without them)\n")
    options = "-qq -y --no-install-recommends"
    assert (tmp_path / "asked").read_text() == f"{options} update\n{options} install {names}\n"
    assert (tmp_path / "told-before").read_text() == told
    assert call() == (0, "") and len((tmp_path / "asked").read_text().splitlines()) == 2, "nothing is missing now"


def test_a_package_that_apt_refuses_keeps_none_away(call: Call, tmp_path: Path) -> None:
    status, told = call(refused="clang-19")
    assert status == 0 and "apt-get can't install clang-19: E: Unable to locate package clang-19\n" in told
    assert told.endswith("not installed: apt-get install clang-19\n  clang++-19: compiles fast simulations\n")
    assert {name for name in SUITE if not (tmp_path / "bin" / name).exists()} == {"clang++-19"}


@pytest.mark.parametrize(
    ("arguments", "root", "apt"), [((), False, True), (("--no-apt",), True, True), ((), True, False)]
)
def test_otherwise_one_line_names_the_packages(
    arguments: tuple[str, ...], root: bool, apt: bool, call: Call, tmp_path: Path
) -> None:
    provide(tmp_path / "bin", "ccache", "git")
    status, told = call(*arguments, root=root, apt=apt)
    first, *rows = told.splitlines()
    lacks = [name for name in SUITE if name not in ("ccache", "git")]
    assert status == 0 and first == f"not installed: apt-get install {' '.join(packages(lacks))}"
    assert "  iverilog, vvp: simulates for SIM=icarus and the suite" in rows
    assert all(any(name in row and PROGRAMS[name][0] in row for row in rows) for name in lacks)
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("arguments", [("--no-apt",), ("--required",)])
def test_only_the_compiler_and_make_are_required(
    name: str, arguments: tuple[str, ...], call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(*arguments)[0] == 0
    (tmp_path / "bin" / name).unlink()
    assert call(*arguments) == (2, "")
    assert capsys.readouterr().err == f"error: {ToolMissing.of(name)}\n"
    assert not (tmp_path / "asked").exists()


def test_a_call_for_some_tests_installs_nothing(call: Call, tmp_path: Path) -> None:
    assert call("--required") == (0, "") and not (tmp_path / "asked").exists()


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Call make on a machine without the programs of the suite and without g++."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    for place in os.environ["PATH"].split(os.pathsep):
        for path in Path(place).glob("*") if Path(place).is_dir() else ():
            if path.name not in (*SUITE, "g++") and not (programs / path.name).exists():
                (programs / path.name).symlink_to(path)
    dropped = ("MAKEFLAGS", "MAKELEVEL", BUILD_FOLDER)
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    call = ["make", *arguments, f"BUILD={folder}/build"]
    return completed(*call, env={**kept, **environment(runs=""), "PATH": str(programs)})


def test_make_test_stops_before_it_sets_anything_up(tmp_path: Path) -> None:
    done = make(tmp_path, "test", "APT=0")
    assert done.returncode == 2 and done.stderr.startswith(f"error: {ToolMissing.of('g++')}\n")
    assert not done.stdout and not (tmp_path / "build" / "venv").exists()


def test_make_passes_its_settings_on(tmp_path: Path) -> None:
    whole, quiet, some = (
        make(tmp_path, "-n", "test", *more).stdout for more in ([], ["APT=0", "STRICT=1"], ["TEST=tests/x.py"])
    )
    options = re.compile(r"-m tools\.machine(.*)$", re.M)
    assert [options.search(text)[1].split() for text in (whole, quiet, some)] == [[], ["--no-apt"], ["--required"]]
    assert "--need-programs " in quiet and "--need-programs" not in whole


def test_continuous_integration_lets_no_test_be_left_out() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^as_root .*python3\)?\"? -B -m tools\.machine$", script, re.M)
    assert re.search(r"^make test STRICT=1$", script, re.M)


def test_the_readme_names_the_packages() -> None:
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert f"`apt-get install {' '.join(packages([*REQUIRED, *SUITE]))}`" in readme


def test_what_is_on_the_machine_is_not_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "HEADERS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing(("make", "lz4.h")) == ["make", "lz4.h"]
    provide(tmp_path, "make", "lz4.h")
    assert not missing(("make", "lz4.h"))
