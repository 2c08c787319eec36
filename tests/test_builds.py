# SPDX-License-Identifier: Apache-2.0
"""Builds: a finished one is never built again, whatever has newer dates; compilers, and builds with a profile."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from sim import compilers, simulation
from sim.simulation import Build, build, run
from sim.toolchain import ToolMissing

BENCH = """
import cocotb
from cocotb.triggers import Timer

@cocotb.test()
async def inverts(dut):
    dut.a_i.value = 0
    await Timer(1, "ns")
    assert dut.b_o.value == 1
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "flaash_built_once.sv"
    path.write_text(
        "module flaash_built_once (input logic a_i, output logic b_o);\n  assign b_o = !a_i;\n"
        "endmodule : flaash_built_once\n"
    )
    return path


@pytest.fixture(autouse=True)
def own_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "BUILD", tmp_path)


def dates(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def refuse(*command: object, **_: object) -> None:
    raise AssertionError(f"called again: {command}")


def test_a_finished_build_is_kept(
    simulator: str, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another checkout's setup changes the ctime of the simulator, and git the mtimes of sources."""
    folder = build(source.stem, simulator, extra_sources=(source,)).folder
    before = dates(folder)
    later = max(before.values()) + 10**9
    os.utime(source, ns=(later, later))
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", refuse)
        built = build(source.stem, simulator, extra_sources=(source,))
    assert built.folder == folder and dates(folder) == before
    # It runs, with a runner that never built it.
    (tmp_path / "built_once_tests.py").write_text(BENCH)
    monkeypatch.syspath_prepend(tmp_path)
    run(built, "built_once_tests", f"built_once-{simulator}")


def test_other_versions_of_the_tools_are_another_build(
    simulator: str, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulation, "_compile", lambda *_, **__: None)
    here = simulation.tool_versions(simulator)
    assert re.search(r"\d+\.\d+", here[0])
    folders = set()
    for versions in (here, (*here[:-1], "another"), here):
        monkeypatch.setattr(simulation, "tool_versions", lambda _, told=versions: told)
        folders.add(build(source.stem, simulator, extra_sources=(source,)).folder)
    assert len(folders) == 2


# The C++ compiler that builds simulations, and builds with a profile.
COUNTS = """
import cocotb
from cocotb.triggers import Timer

@cocotb.test()
async def counts(dut):
    for value in range(100):
        dut.a_i.value = value
        await Timer(1, "ns")
        assert dut.b_o.value == value + 1
"""


def script(folder: Path, name: str, version: str) -> Path:
    """Write a compiler that only has a version."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return path


def test_the_environment_names_the_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = script(tmp_path, "own", "clang version 99")
    monkeypatch.setenv("CXX", str(own))
    assert compilers.compiler() == str(own) and compilers.is_clang(str(own))
    assert f"CXX={own} LINK={own}" in compilers.makeflags(str(own))


def test_clang_is_taken_where_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert compilers.compiler() == compilers.SYSTEM
    script(tmp_path, compilers.CLANG, "clang version 19")
    assert compilers.compiler() == compilers.CLANG and compilers.compiler(short=True) == compilers.SYSTEM


def test_a_compiler_that_is_absent_has_no_version(tmp_path: Path) -> None:
    assert compilers.version(str(tmp_path / "nothing")) == ""


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(simulation, "BUILD", tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "compiled_tests.py").write_text(COUNTS)
    path = tmp_path / "compiled.sv"
    path.write_text(
        "module compiled (input logic [7:0] a_i, output logic [7:0] b_o);\n"
        "  assign b_o = a_i + 8'd1;\nendmodule : compiled\n"
    )
    return path


@pytest.mark.runs(on="verilator")
@pytest.mark.parametrize(
    "compiler",
    [
        compilers.SYSTEM,
        pytest.param(compilers.CLANG, marks=pytest.mark.needs(compilers.CLANG)),
        pytest.param(f"env {compilers.SYSTEM}", marks=pytest.mark.runs(full=True)),
    ],
)
def test_either_compiler_builds(simulator: str, compiled: Path, compiler: str) -> None:
    built = build(compiled.stem, simulator, extra_sources=(compiled,), compiler=compiler)
    assert f"{compiler} " in (built.folder / "build.log").read_text()
    run(built, "compiled_tests", f"compiled-{compiler.replace(' ', '-')}")


def test_a_compiler_that_is_absent_is_named(compiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "nocompiler++")
    with pytest.raises(ToolMissing, match=r"'nocompiler\+\+' cannot be run"):
        build(compiled.stem, "verilator", extra_sources=(compiled,))


@pytest.mark.runs(full=True, on="verilator")
def test_a_training_run_profiles_the_build(simulator: str, compiled: Path) -> None:
    trained: list[Build] = []

    def train(built: Build) -> None:
        run(built, "compiled_tests", "compiled-training")
        trained.append(built)

    built = build(compiled.stem, simulator, extra_sources=(compiled,), training=train)
    assert trained == [built] and list(built.folder.glob("*.gcda"))
    assert "-fprofile-use" in (built.folder / "build.log").read_text()
    run(built, "compiled_tests", "compiled-trained")
    again = build(compiled.stem, simulator, extra_sources=(compiled,), training=train)
    assert again == built and len(trained) == 1
    assert build(compiled.stem, simulator, extra_sources=(compiled,)).folder != built.folder
