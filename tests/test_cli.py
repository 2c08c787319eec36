# SPDX-License-Identifier: Apache-2.0
"""`make sim`: its output, files and exit status."""

import functools
import json
import os
import time
from pathlib import Path

import numpy as np
import pytest

from models import io
from models.axes import prepare
from models.contract import contract
from models.errors import TensorError
from models.generate import uniform_tensor
from models.numbers import get_format
from models.tensor import SparseTensor
from sim import configs
from sim.failures import MAX_LINE, MAX_LINES, shortened
from sim.progress import FILE, state_of
from sim.toolchain import ROOT
from tb.cli import report, settings, sim
from tb.cli.common import FAILED
from tb.env.run import run_sequences
from tb.sequences.file import DEFAULT_A, DEFAULT_AXES, DEFAULT_B
from tests.simcall import last_summary, refused

pytestmark = pytest.mark.usefixtures("own_folders")


def _write(path: Path, *shape: int) -> str:
    """Write a small random tensor of this shape and return the file's name."""
    io.write(path, uniform_tensor(np.random.default_rng(1), shape, 0.4))
    return str(path)


@pytest.mark.needs("iverilog")
def test_contracts_two_files(tmp_path: Path, capsys: pytest.CaptureFixture, caplog: pytest.LogCaptureFixture) -> None:
    a, b, out = _write(tmp_path / "a.tns", 3, 4, 5), _write(tmp_path / "b.npz", 5, 6, 4), tmp_path / "c.tns"
    call = f"--a {a} --b {b} --axes=-2,2:-1,0 --out {out} --sim icarus --config tiny --seed 5"
    assert sim.main(call.split()) == 0
    text = capsys.readouterr().out
    told = "icarus|configuration tiny|seed 5|jobs|matches|cycles|lower bound|utilisation|agrees|coverage|exact in fp32"
    assert not [part for part in told.split("|") if part not in text]
    assert "Skipping compilation" not in caplog.text
    summary = last_summary()
    expected = contract(*prepare(io.read(a), io.read(b), "1,2:2,0"), "fp32").to_tensor()
    assert io.read(out).equals(expected) and expected.nnz > 0
    assert summary["passed"] and summary["mismatches"] == 0 and summary["seed"] == 5
    assert summary["compared"] == summary["results"] == expected.nnz
    assert summary["cycles"] >= summary["bound"] > 0 and 0 < summary["utilisation"] <= 1
    assert [operand["shape"] for operand in summary["operands"]] == [[3, 20], [6, 20]]
    assert {"simulator", "config", "jobs", "matches", "coverage"} <= set(summary)


@pytest.mark.needs("iverilog")
def test_a_scalar_and_losses(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    a, out = _write(tmp_path / "a.tns", 9), tmp_path / "c.npz"
    assert sim.main(["--a", a, "--b", a, "--out", str(out), "--sim", "icarus", "--config", "bf16"]) == 0
    assert "values were rounded to bf16, relative error up to" in capsys.readouterr().out
    assert io.read(out).shape == ()


def _with_two_engines(config: str, monkeypatch: pytest.MonkeyPatch) -> configs.Config:
    """Make `make sim` use this configuration in the build of tests/top/test_sequences.py::test_formats."""
    small = configs.load(config, {"NumSdpe": 2})
    monkeypatch.setattr(configs, "load", lambda named: small)
    return small


def _some_fibers(name: str) -> SparseTensor:
    """Return a few dozen fibers of a real tensor, evenly chosen, each with all its entries."""
    whole = io.read(ROOT / "models" / "data" / "tensors" / f"{name}.tns")
    heads, fiber = np.unique(whole.coords[:, :-1], axis=0, return_inverse=True)
    chosen = fiber.reshape(-1) % (len(heads) // 12) == 0
    return SparseTensor.from_coordinates(whole.shape, whole.coords[chosen], whole.values[chosen])


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize(
    ("config", "name", "scale", "lost"),
    [
        ("tiny", "lih_integrals", 1000.0, "25 of 27; 4.75e-08"),
        ("bf16", "flights", 100.0, "28 of 56; 3.64e-03"),
        ("int8", "flights", 4.5, "37 of 56; 4.96e-01; 15 were clipped"),
        ("int16", "flights", 1500.5, "45 of 56; 6.10e-01; 27 were clipped"),
    ],
    ids=["fp32", "bf16", "int8", "int16"],
)
def test_a_real_tensor_in_each_format(
    simulator: str,
    config: str,
    name: str,
    scale: float,
    lost: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Some fibers, scaled beyond the format's precision, against the same fibers in exact form."""
    small = _with_two_engines(config, monkeypatch)
    held, out = _some_fibers(name), tmp_path / "out.npz"
    scaled = SparseTensor.from_coordinates(held.shape, held.coords, held.values * scale)
    a, b = str(tmp_path / "scaled.tns"), str(tmp_path / "held.tns")
    io.write(a, scaled)
    io.write(b, held)
    assert sim.main(["--a", a, "--b", b, "--out", str(out), "--sim", simulator, "--config", config]) == 0
    fmt = str(small["Format"])
    told = [line for line in capsys.readouterr().out.splitlines() if line.split(":")[0].endswith(".tns")]
    lost = lost.replace(";", f" values were rounded to {fmt}, relative error up to", 1)
    assert told == [f"scaled.tns: {lost}", f"held.tns: all {held.nnz} values are exact in {fmt}"]
    summary = last_summary()
    assert summary["matches"] > summary["results"] > 0, "no sum of several products"
    assert io.read(out).equals(contract(*prepare(scaled, held, None), fmt).to_tensor())


@pytest.mark.needs("iverilog")
def test_a_result_that_its_file_cannot_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sum of 31 bits for a format of binary32 numbers: found after the simulation, whose result is kept."""
    _with_two_engines("int16", monkeypatch)
    a, out = tmp_path / "a.tns", tmp_path / "c.csfbin"
    io.write(a, SparseTensor.from_dense(np.full((1, 2), 32767.0)))
    line = refused(capsys, "--a", str(a), "--b", str(a), "--out", str(out), "--sim", "icarus", "--config", "int16")
    assert "c.csfbin: value 2147352578.0 of entry 0 is no binary32 number" in line
    assert not out.exists()
    with np.load(ROOT / line.split("coordinates and bits of the result are in ")[1]) as kept:
        assert kept["coords"].tolist() == [[0, 0]] and kept["bits"].tolist() == [2 * 32767**2]


@pytest.mark.needs("iverilog")
def test_out_is_for_one_contraction(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    line = refused(capsys, "--seq", "smoke", "--out", str(tmp_path / "c.tns"), "--sim", "icarus", "--config", "tiny")
    assert "c.tns was not written: OUT is for one contraction, the sequence made 4" in line
    assert not (tmp_path / "c.tns").exists()
    assert last_summary()["passed"], "the run itself is right"


@pytest.mark.needs("iverilog")
def test_a_configuration_with_changes(capsys: pytest.CaptureFixture) -> None:
    assert sim.main(["--seq", "smoke", "--sim", "icarus", "--config", "tiny:NumSdpe=2"]) == 0
    assert "configuration tiny:NumSdpe=2" in capsys.readouterr().out
    assert last_summary()["config"] == "tiny:NumSdpe=2"


@pytest.mark.needs("iverilog")
@pytest.mark.parametrize(
    ("broken", "verdict", "reason"),
    [
        ("=AlteredModel", "DISAGREES", "the model says"),
        ("illegal_handshake", "FAILED", "beat withdrawn before it was taken"),
    ],
)
def test_a_failure_is_reported(
    broken: str, verdict: str, reason: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disagreement, or a simulation that stops: exit status 1, and the summary is still printed."""
    monkeypatch.setattr(
        sim, "run_sequences", functools.partial(run_sequences, test_module="tests.top.negative_tests", testcase=broken)
    )
    assert sim.main(["--seq", "smoke", "--sim", "icarus", "--config", "tiny"]) == FAILED
    captured = capsys.readouterr()
    assert verdict in captured.out and reason in captured.err and "Traceback" not in captured.err
    summary = last_summary()
    assert summary["passed"] is False and reason in summary["error"]


def test_what_the_readme_shows(capsys: pytest.CaptureFixture) -> None:
    """The first command of README prints the table of README."""
    shown = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("│")]
    assert sim.main([]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(shown) == 10 and [line for line in told if line.startswith("│")] == shown


@pytest.mark.runs(full="verilator")
def test_a_trace_is_written(simulator: str, capsys: pytest.CaptureFixture) -> None:
    assert sim.main(["--seq", "smoke", "--sim", simulator, "--config", "tiny", "--waves"]) == 0
    named = capsys.readouterr().out.split("trace in ")[1].split(";")[0]
    assert (ROOT / named).stat().st_size > 1000


def test_mistakes_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    a, b, vector = _write(tmp_path / "a.tns", 3, 4), _write(tmp_path / "b.tns", 5, 6), _write(tmp_path / "v.tns", 4)
    bad = tmp_path / "bad.tns"
    bad.write_text("# shape: 2 2\n1 1 1.0\n1 3 1.0\n")
    missing = str(tmp_path / "missing.tns")
    many = str(tmp_path / "many.tns")
    io.write(many, SparseTensor.from_dense(np.ones((4, 8193))))
    folder = tmp_path / "folder.npz"
    folder.mkdir()
    for arguments, parts in (
        (("--a", missing, "--b", b), [missing, "No such file"]),
        (("--a", str(bad), "--b", b), ["bad.tns", "line 3"]),
        (("--a", a, "--b", b), ["extents differ", "4", "6"]),
        (("--a", a, "--b", vector, "--axes", "1"), ["axes '1'", "2,3:0,1"]),
        (("--a", a, "--b", vector, "--axes", "x:0"), ["'x'", "mode numbers"]),
        (("--a", a, "--b", vector, "--axes", "7:0"), ["A has no mode 7"]),
        (("--a", a), ["A and B must be given together"]),
        (("--a", str(tmp_path / "a.txt"), "--b", b), ["unknown ending", ".tns"]),
        (("--a", a, "--b", vector, "--out", str(tmp_path / "c.txt")), ["unknown ending", ".npz"]),
        (("--a", a, "--b", vector, "--out", str(tmp_path / "no" / "c.tns")), ["there is no folder"]),
        (("--a", a, "--b", vector, "--out", str(folder)), ["folder.npz is a folder, not a file"]),
        (("--a", a, "--b", vector, "--out", str(tmp_path / "c.mtx")), ["c.mtx: Matrix Market", "order 1"]),
        (("--a", vector, "--b", vector, "--out", str(tmp_path / "c.csfbin")), ["can't hold a scalar"]),
        (
            ("--a", many, "--b", vector, "--axes", "0:0", "--if", "stream"),
            ["many.tns: 8,193 fibers, CONFIG=default takes 8,192 (FiberDepth)"],
        ),
        (("--a", a, "--b", vector, "--seq", "smoke"), ["A and B can't be given together with SEQ=smoke"]),
        (("--seq", "skewd"), ["unknown sequence 'skewd', did you mean skewed?"]),
        (("--seq", "xyzzy"), ["unknown sequence 'xyzzy'", "choose one of", "skewed"]),
        (("--config", "nonsense"), ["unknown configuration 'nonsense'", "fast32"]),
        (("--config", "tiny:NumSdpe"), ["NumSdpe = '' is not an integer"]),
        (("--if", "usb"), ["IF=usb is neither stream nor memory"]),
        (("--if", "memory", "--renumber", "2"), ["RENUMBER=2 is neither 0 nor 1"]),
        (("--einsum", "ij,jk->ik"), ["EINSUM needs A"]),
        (("--chips", "2"), ["CHIPS needs A and B"]),
        (("--chips", "two", "--a", a, "--b", a), ["CHIPS=two is neither a number of chips nor an address"]),
        (("--chips", "0", "--a", a, "--b", a), ["CHIPS=0 is neither a number of chips nor an address"]),
        (("--chips", "2", "--a", a, "--b", a, "--waves"), ["WAVES can't be given together with CHIPS"]),
        (("--chips", "2", "--a", a, "--b", a, "--if", "memory"), ["IF can't be given together with CHIPS"]),
        (("--sim", "nonsense"), ["unknown simulator 'nonsense'", "verilator, icarus"]),
        (("--portion", "x"), ["PORTION=x is not a number of entries"]),
        (("--long-lines", "-1"), ["LONG_LINES=-1 is not a number of lines"]),
        (("--seq", "skewed", "--long-lines", "4"), ["LONG_LINES can't be given together with SEQ=skewed"]),
        (("--config", "paper32", "--portion", "4"), ["CONFIG=paper32 can't split", "default"]),
        (("--config", "fast1", "--portion", "4"), ["CONFIG=fast1 can't split", "default"]),
        (("--seed", "x"), ["SEED=x is not an integer"]),
        (("--seed", "-1"), ["SEED=-1 is not between"]),
    ):
        sim.FOLDER.mkdir(parents=True, exist_ok=True)
        (sim.FOLDER / "summary.json").write_text(json.dumps({"passed": True}))
        line = refused(capsys, *arguments)
        assert all(part in line for part in parts), line
        summary = last_summary()  # not that of the run before
        assert summary["passed"] is False and summary["error"].startswith("refused: ")


def test_a_missing_compiler_is_named(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "'g++'" in refused(capsys, "--sim", "verilator")


def test_losses_of_integers_are_named(capsys: pytest.CaptureFixture) -> None:
    """Values that become zero are counted separately; a NaN is refused with the name of its file."""
    small = SparseTensor.from_dense(np.array([0.25, -0.4, 3.0, 500.0]))
    report.losses(get_format("int8"), {"x/a.tns": small})
    assert "a.tns: 3 of 4 values were rounded to int8" in (told := capsys.readouterr().out)
    assert told.endswith("; 2 became zero, 1 were clipped\n")
    with pytest.raises(TensorError, match="a.tns: value NaN at entry 1 can't be converted to int16"):
        report.losses(get_format("int16"), {"x/a.tns": SparseTensor.from_dense(np.array([1.0, np.nan]))})


def test_a_configuration_file_with_a_mistake_is_one_line(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def names() -> list[str]:
        raise configs.ConfigError("configs.toml: Invalid value (at line 58, column 13)")

    monkeypatch.setattr(configs, "names", names)
    assert "at line 58" in refused(capsys)


def test_a_folder_that_cannot_be_written_is_one_line(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sim, "FOLDER", Path("/dev/null/sim"))
    assert "/dev/null" in refused(capsys)


def test_progress_says_when_no_cycle_passes(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(json.dumps({"cycles": 2000, "contraction": 1, "jobs": 8, "dots": 2}))
    assert state_of(tmp_path / FILE) == "cycle 2,000, contraction 1, 25 % of its jobs"
    os.utime(path, (time.time() - 300,) * 2)
    assert "no cycle has passed for 300 s" in state_of(tmp_path / FILE)


def test_a_long_message_is_cut_at_a_line() -> None:
    text = shortened("\n".join(["x" * (MAX_LINE + 1), *map(str, range(MAX_LINES))]))
    assert text.splitlines() == ["x" * MAX_LINE + " …", *map(str, range(MAX_LINES - 1)), "…"]
    assert shortened("one\ntwo") == "one\ntwo"


def test_help_names_everything(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as stopped:
        sim.main(["--help"])
    text = capsys.readouterr().out
    assert stopped.value.code == 0
    for part in "AXES= OUT= PORTION= LONG_LINES= SIM= CONFIG= SEQ= SEED= WAVES=1 skewed fast32 .tns".split():
        assert part in text, part


# Settings that make a run much slower are told, with the remedy; others are not.
def given(config: str, portion: int = 0, long_lines: int = 0) -> list[str]:
    operands = prepare(io.read(DEFAULT_A), io.read(DEFAULT_B), DEFAULT_AXES, 32)
    return settings.warnings(configs.load(config), operands, portion, long_lines)


def test_a_portion_that_is_too_small() -> None:
    """PORTION=16 on the tensors of the quickstart takes 12 times the cycles of whole fibers."""
    (told,) = given("default", 16)
    assert told.startswith("PORTION=16: a portion of 16 entries takes about") and told.endswith("take 0 (whole fibers)")
    assert given("default") == given("default", 4096) == []


def test_long_jobs_on_a_machine_that_has_a_plan() -> None:
    assert given("default", long_lines=13) == [
        "LONG_LINES=13 changes nothing: the plan of CONFIG=default cuts the work"
    ]
    assert given("paper32", long_lines=13) == []


@pytest.mark.parametrize("interface", ["stream", "memory"])
def test_it_is_printed_before_a_build(
    interface: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Built(Exception):
        pass

    def build(*_arguments, **_options) -> None:
        raise Built

    monkeypatch.setattr(sim, "build_top", build)
    with pytest.raises(Built):
        sim.main(["--portion", "16", "--if", interface])
    assert "warning: PORTION=16: a portion of 16 entries takes about" in capsys.readouterr().out
