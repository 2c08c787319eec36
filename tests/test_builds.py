# SPDX-License-Identifier: Apache-2.0
"""A finished build is never built again, whether Verilator is installed anew or files have newer dates."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from sim import simulation
from sim.simulation import build, run

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
