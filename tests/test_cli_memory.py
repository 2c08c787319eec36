# SPDX-License-Identifier: Apache-2.0
"""`make sim IF=memory`: its output, files and exit status, and its refusals before a build."""

import json
from pathlib import Path

import numpy as np
import pytest

from models import io
from models.axes import prepare
from models.contract import contract
from models.generate import one_full_fiber, uniform_tensor
from models.tensor import SparseTensor
from sim.progress import FILE, state_of
from tb.cli import sim
from tb.sequences.file import LATENCY
from tests.simcall import last_summary, refused

pytestmark = pytest.mark.usefixtures("own_folders")


def _write(path: Path, tensor: SparseTensor) -> str:
    io.write(path, tensor)
    return str(path)


@pytest.mark.needs("iverilog")
@pytest.mark.parametrize("interface", [["--if", "memory"], []], ids=["asked", "too-large"])
def test_contracts_two_files(tmp_path: Path, capsys: pytest.CaptureFixture, interface: list[str]) -> None:
    """Three modes whose fused extent exceeds CoordWidth: they are renumbered; the stream interface can't take them."""
    rng = np.random.default_rng(1)
    a = uniform_tensor(rng, (5, 300, 300), nnz=60)
    b = SparseTensor.from_coordinates(
        (300, 300, 6), np.column_stack([a.coords[::2, 1:], rng.integers(0, 6, 30)]), a.values[::2]
    )
    files, out = (_write(tmp_path / "a.tns", a), _write(tmp_path / "b.tns", b)), tmp_path / "c.tns"
    call = f"--a {files[0]} --b {files[1]} --axes=1,2:0,1 --sim icarus --config tiny --out {out}"
    assert sim.main([*call.split(), *interface]) == 0
    text = capsys.readouterr().out
    expected = contract(*prepare(a, b, "1,2:0,1", 63), "fp32")
    assert "contracted extent 30 instead of 90,000" in text
    assert (": so through the memory interface" in text) == (not interface)
    assert "30 entries of A, 0 of B" in text and f"agrees: {expected.results} results compared" in text
    assert io.read(out).equals(expected.to_tensor())
    summary = last_summary()
    assert summary["passed"] and summary["outputs"] == summary["contractions"] == 1
    moved = [-(-summary[key] // 64) for key in ("read", "written")]
    assert max(moved) <= summary["outside_bound"] <= max(*moved, summary["cycles"])
    # Bursts that wait for each other: descriptor and arrays. The record does not count the response to the results.
    assert summary["outside"] > summary["cycles"] + 2 * LATENCY["ar"]
    assert summary["written"] == 12 * expected.results


@pytest.mark.needs("iverilog")
def test_runs_a_sequence(capsys: pytest.CaptureFixture) -> None:
    assert sim.main(["--seq", "smoke", "--if", "memory", "--sim", "icarus", "--config", "tiny"]) == 0
    text = capsys.readouterr().out
    assert "smoke on icarus, configuration tiny with the memory interface, seed 1" in text and "agrees: " in text
    summary = last_summary()
    assert summary["passed"] and summary["interface"] == "memory" and summary["compared"] == summary["results"] > 0


def test_what_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    long = _write(tmp_path / "long.npz", one_full_fiber(np.random.default_rng(1), (2, 9000)))
    wide = _write(tmp_path / "wide.npz", uniform_tensor(np.random.default_rng(1), (2, 70_000), nnz=9))
    files = ["--a", wide, "--b", wide]
    both = ["--if", "memory", "--config", "tiny"]
    for arguments, words in (
        ([*files, "--renumber", "1"], "RENUMBER is for two files with IF=memory"),
        ([*files, *both, "--renumber", "0"], "CoordWidth = 17 can, or renumbering may"),
        ([*both, "--seq", "smoke", "--renumber", "1"], "RENUMBER is for two files with IF=memory"),
        ([*both, "--einsum", "ij,kj->ik", *files], "IF=memory takes no EINSUM"),
        ([*both, "--a", long, "--b", long], "a tile holds 8,192; a build with MemLines = 9,000 can"),
        ([*both, *files, "--portion", "3"], "can't split dot products"),
    ):
        assert words in refused(capsys, *arguments) and last_summary()["passed"] is False, words


@pytest.mark.needs("iverilog")
def test_tiles_have_one_result(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Each pair of tiles is a contraction of the sequence; the file has the results of all of them."""
    rng = np.random.default_rng(2)
    a, b = (uniform_tensor(rng, (rows, 20), density=0.9) for rows in (13, 9))
    files, out = [_write(tmp_path / f"{name}.npz", tensor) for name, tensor in (("a", a), ("b", b))], tmp_path / "c.npz"
    call = ["--a", files[0], "--b", files[1], "--if=memory", "--sim=icarus", "--out", str(out)]
    assert sim.main([*call, "--config=tiny:MemLines=128"]) == 0
    expected = contract(a, b, "fp32")
    assert io.read(out).equals(expected.to_tensor())
    text = capsys.readouterr().out
    summary = last_summary()
    assert summary["contractions"] > 2 and summary["outputs"] == 1 and summary["results"] == expected.results
    assert f"{summary['contractions']} pairs" in text and summary["written"] == 12 * expected.results


def test_progress_tells_tiles_and_results(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({"done": 3, "pairs": 20, "results": 12345}))
    assert state_of(tmp_path / FILE) == "3 of 20 pairs of tiles, 12,345 results"
