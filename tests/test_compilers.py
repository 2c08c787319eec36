# SPDX-License-Identifier: Apache-2.0
"""The C++ compiler that builds simulations, and builds with a profile."""

from pathlib import Path

import pytest

from sim import compilers, simulation
from sim.simulation import Build, build, run
from sim.toolchain import ToolMissing

BENCH = """
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
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(simulation, "BUILD", tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "compiled_tests.py").write_text(BENCH)
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
def test_either_compiler_builds(simulator: str, source: Path, compiler: str) -> None:
    built = build(source.stem, simulator, extra_sources=(source,), compiler=compiler)
    assert f"{compiler} " in (built.folder / "build.log").read_text()
    run(built, "compiled_tests", f"compiled-{compiler.replace(' ', '-')}")


def test_a_compiler_that_is_absent_is_named(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "nocompiler++")
    with pytest.raises(ToolMissing, match=r"'nocompiler\+\+' cannot be run"):
        build(source.stem, "verilator", extra_sources=(source,))


@pytest.mark.runs(full=True, on="verilator")
def test_a_training_run_profiles_the_build(simulator: str, source: Path) -> None:
    trained: list[Build] = []

    def train(built: Build) -> None:
        run(built, "compiled_tests", "compiled-training")
        trained.append(built)

    built = build(source.stem, simulator, extra_sources=(source,), training=train)
    assert trained == [built] and list(built.folder.glob("*.gcda"))
    assert "-fprofile-use" in (built.folder / "build.log").read_text()
    run(built, "compiled_tests", "compiled-trained")
    again = build(source.stem, simulator, extra_sources=(source,), training=train)
    assert again == built and len(trained) == 1
    assert build(source.stem, simulator, extra_sources=(source,)).folder != built.folder
