# SPDX-License-Identifier: Apache-2.0
"""The workloads of the paper and real tensors on the chip, bit for bit."""

from pathlib import Path

import pytest

from models import io
from sim.toolchain import ROOT
from tb.sequences.workloads import workload_names
from tests.play import Play, in_turn
from tests.share import amount

# These take 8 to 25 s on Icarus.
LARGE = ["7x7x512_d0.1", "3x3x3x3x512_nnz500", "10x10x100_d0.1", "7x7x512_d0.05", "10x10x100_d0.05"]
SMALL = [name for name in workload_names() if name not in LARGE]
TENSORS = ROOT / "models" / "data" / "tensors"


def square(path: Path) -> dict:
    """Return the knobs that contract a tensor with itself."""
    return {"a": str(path), "b": str(path), "axes": None}


def test_default_takes_the_same_cycles_everywhere(play_on: Play) -> None:
    """A workload of few entries in the suite, the workload of `make sim` in the full suite."""
    sequence, knobs = amount(("workloads", {"pairs": ["3x3x1024_d0.005"]}), ("file", None))
    summaries = [play_on(simulator, "default", sequence, knobs=knobs) for simulator in ("verilator", "icarus")]
    assert all(summary["compared"] == summary["results"] for summary in summaries)
    for key in ("cycles", "jobs", "matches", "results"):
        assert summaries[0][key] == summaries[1][key], f"{key}: {[summary[key] for summary in summaries]}"


def test_all_workloads_on_verilator(play_on: Play) -> None:
    """The suite runs the ones that take less than ten seconds."""
    play_on("verilator", "default", "workloads", knobs=amount({"pairs": SMALL}, None))


@pytest.mark.parametrize("pair", [*in_turn(LARGE, len(LARGE), full=True), *in_turn(SMALL, amount(len(SMALL), 2))])
def test_workload_on_icarus(play_on: Play, pair: str) -> None:
    play_on("icarus", "default:NumSdpe=3", "workloads", knobs={"pairs": [pair]})


@pytest.mark.runs(full=True, on="verilator")
def test_umls_in_full(play: Play) -> None:
    assert play("default", "file", knobs=square(TENSORS / "umls.tns"))["compared"] == 135_666


@pytest.mark.runs(on="verilator")
@pytest.mark.parametrize("name", ["kinships", pytest.param("flights", marks=pytest.mark.runs(full=True))])
def test_slices_of_real_tensors(play: Play, name: str, tmp_path: Path) -> None:
    """A tenth of the coordinates of the first mode, as a tensor of the same shape."""
    tensor = io.read(TENSORS / f"{name}.tns")
    chosen = tensor.coords[:, -2] % 10 == 0
    part = type(tensor).from_coordinates(tensor.shape, tensor.coords[chosen], tensor.values[chosen])
    io.write(path := tmp_path / f"{name}.tns", part)
    assert part.nnz > 0
    play("default", "file", knobs=square(path))
