# SPDX-License-Identifier: Apache-2.0
"""Traces and their views, read by the reader of Surfer."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import pywellen

from sim import configs, traces
from sim.simulation import SimulationFailed
from tb.cli import report, waves
from tb.env.run import run_folder, run_sequences


@pytest.mark.runs(full="verilator")
def test_a_view_leads_to_the_first_mismatch(simulator: str, seed: int) -> None:
    """Its signals are in the trace, and at its marker the wrong result leaves the chip."""
    name = f"view-{simulator}"
    with pytest.raises(SimulationFailed) as failed:
        run_sequences(
            configs.load("tiny"),
            simulator,
            ["smoke"],
            name,
            seed,
            waves=True,
            test_module="tests.top.negative_tests",
            testcase="=AlteredModel",
        )
    folder = run_folder(name)
    trace = traces.find_trace(folder)
    assert trace is not None and (trace.name == traces.FST or traces.why_no_fst())
    waveform = pywellen.Waveform(str(trace))
    variables = {variable.full_name: variable for variable in waveform.all_vars()}

    lines = (folder / traces.SURFER).read_text().splitlines()
    shown = [line.split(" ")[1] for line in lines if line.startswith("variable_add ")]
    assert set(shown) <= set(variables)
    dividers = {line.split(" ")[1] for line in lines if line.startswith("divider_add")}
    assert dividers == {"ports", "u_scheduler", "u_result_unloader"}
    for port in ("clk_i", "s_axil_wdata", "s_axis_tready", "m_axis_tdata", "irq_o"):
        assert f"flaash_top.{port}" in shown
    saved = (folder / traces.GTKWAVE).read_text()
    assert [line.rpartition("[")[0] or line for line in saved.splitlines() if "." in line][3:] == shown

    (marker,) = (int(line.split(" ")[2]) for line in lines if line.startswith("marker_set mismatch "))
    assert f"*-15.000000 {marker} -1" in saved
    summary = json.loads((folder / "summary.json").read_text())
    assert marker == summary["first_mismatch_ns"] * 1000
    told = re.search(r"at ([\d,]+) ns: result \(0, 0, 0\) is (0x[0-9a-f]+)", str(failed.value))
    assert told and marker == int(told[1].replace(",", "")) * 1000
    just_before = marker - 1  # the clock edge samples the value before it
    at = {
        port: int(variables[f"flaash_top.m_axis_{port}"].signal.value_at(just_before))
        for port in ("tvalid", "tready", "tdata")
    }
    assert at["tvalid"] == at["tready"] == 1
    assert at["tdata"] >> 96 & 0xFFFF_FFFF == int(told[2], 16), "three coordinates, then the value"


def test_why_there_is_no_fst(monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_nothing(command: list[str], input: str, **_) -> subprocess.CompletedProcess:
        return subprocess.CompletedProcess(command, "lz4" in input)

    traces.why_no_fst.cache_clear()
    monkeypatch.setattr(subprocess, "run", compile_nothing)
    assert traces.why_no_fst() == "lz4.h isn't installed (Debian: apt-get install liblz4-dev)"
    traces.why_no_fst.cache_clear()


def test_a_torn_trace_gives_no_view(tmp_path: Path) -> None:
    (tmp_path / traces.FST).write_bytes(b"torn")
    traces.write_views(tmp_path, "flaash_top")
    assert not (tmp_path / traces.SURFER).exists() and "can't be read" in (tmp_path / "view.txt").read_text()


@pytest.mark.runs(full="icarus")
def test_a_trace_tells_the_engine_of_the_first_wrong_result(
    simulator: str, seed: int, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs go round robin to the engines of this machine: the second result is that of the second engine."""
    name = f"engine-{simulator}"
    with pytest.raises(SimulationFailed):
        run_sequences(
            configs.load("tiny:NumSdpe=3"),
            simulator,
            ["smoke"],
            name,
            seed,
            waves=True,
            test_module="tests.top.negative_tests",
            testcase="=AlteredSecond",
        )
    folder = run_folder(name)
    summary = json.loads((folder / "summary.json").read_text())
    fibers = re.search(r"; fiber (\d+) of A with fiber (\d+) of B", summary["error"])
    assert summary["first_fibers"] == [int(fibers[1]), int(fibers[2])] and summary["first_source"] == 1
    for shown in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(shown, raising=False)
    at = f"{summary['first_mismatch_ns']:,.0f}"
    assert waves.main(["--trace", str(traces.find_trace(folder))]) == 0
    assert f", its first mismatch at {at} ns, from engine 1; open it with" in capsys.readouterr().out
    report.trace(folder, simulator)
    assert "the first wrong result came from engine 1\n" in capsys.readouterr().out
    assert traces.source_in_words({"first_source": 3, "config": "tiny:NumSdpe=3"}) == "the combiner"
    assert traces.source_in_words({"config": "tiny"}) == ""


def test_viewers_open_the_view(tmp_path: Path) -> None:
    trace = tmp_path / "dump.fst"
    assert waves.command("surfer", trace) == ["surfer", str(trace)]
    for name in ("view.sucl", "view.gtkw"):
        (tmp_path / name).touch()
    assert waves.command("surfer", trace) == ["surfer", "--command-file", str(tmp_path / "view.sucl"), str(trace)]
    assert waves.command("gtkwave", trace) == ["gtkwave", str(trace), str(tmp_path / "view.gtkw")]
