# SPDX-License-Identifier: Apache-2.0
"""tools/objcache: objects of Verilator's run time are compiled once, everything else each time."""

import os
import subprocess
from pathlib import Path

import pytest

from sim.toolchain import ROOT

COMPILER = """#!/usr/bin/env bash
[ "$1" = --version ] && { cat version; exit; }
[ -e broken ] && exit 3
echo "${!#}" >> calls
cat "${!#}" > object
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a compiler that counts its calls, and sources inside and outside a run time."""
    (tmp_path / "verilator" / "include").mkdir(parents=True)
    for name in ("verilator/include/verilated_vpi.cpp", "Vtop.cpp"):
        (tmp_path / name).write_text(f"text of {name}")
    (tmp_path / "version").write_text("1")
    (tmp_path / "compiler").write_text(COMPILER)
    (tmp_path / "compiler").chmod(0o755)
    return tmp_path


def compiled(folder: Path, source: str, *flags: str) -> bool:
    """Compile a source, check the object, and return whether the compiler was called."""
    calls = folder / "calls"
    before = calls.read_text() if calls.exists() else ""
    (folder / "object").unlink(missing_ok=True)
    command = [ROOT / "tools" / "objcache", "kept", "", "./compiler", *flags, "-c", "-o", "object", folder / source]
    subprocess.run(command, cwd=folder, check=True)
    assert (folder / "object").read_text() == (folder / source).read_text()
    return calls.exists() and calls.read_text() != before


def test_the_run_time_is_compiled_once(folder: Path) -> None:
    source = "verilator/include/verilated_vpi.cpp"
    assert compiled(folder, source) and not compiled(folder, source)
    assert compiled(folder, source, "-O2") and not compiled(folder, source, "-O2")
    (folder / source).write_text("another text")
    assert compiled(folder, source) and not compiled(folder, source)
    (folder / "version").write_text("2")
    assert compiled(folder, source)


@pytest.mark.parametrize("ending", [".o", ".sum"])
def test_a_cut_object_is_compiled_again(folder: Path, ending: str) -> None:
    source = "verilator/include/verilated_vpi.cpp"
    compiled(folder, source)
    (kept,) = folder.glob(f"kept/*{ending}")
    os.truncate(kept, kept.stat().st_size // 2)
    assert compiled(folder, source) and not compiled(folder, source)


def test_a_design_is_compiled_each_time(folder: Path) -> None:
    assert compiled(folder, "Vtop.cpp") and compiled(folder, "Vtop.cpp")


def test_a_failed_compilation_leaves_nothing(folder: Path) -> None:
    source = "verilator/include/verilated_vpi.cpp"
    (folder / "broken").touch()
    with pytest.raises(subprocess.CalledProcessError, match="status 3"):
        compiled(folder, source)
    assert not list(folder.glob("kept/*.o"))
    (folder / "broken").unlink()
    assert compiled(folder, source)
