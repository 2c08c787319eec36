# SPDX-License-Identifier: Apache-2.0
"""The workloads of the paper and real tensors on the chip, bit for bit."""

from pathlib import Path

import pytest

from models import io
from sim import configs
from sim.toolchain import ROOT
from tb.env.run import run_sequences
from tb.sequences.workloads import workload_names
from tests.share import amount

# These take 8 to 25 s on Icarus.
LARGE = ["7x7x512_d0.1", "3x3x3x3x512_nnz500", "10x10x100_d0.1", "7x7x512_d0.05", "10x10x100_d0.05"]
SMALL = [name for name in workload_names() if name not in LARGE]
TURNS = amount(len(SMALL), 2)
TENSORS = ROOT / "models" / "data" / "tensors"


def test_default_takes_the_same_cycles_everywhere(seed: int) -> None:
    """A workload of few entries in the suite, the workload of `make sim` in the full suite."""
    sequence, knobs = amount(("workloads", {"workloads": {"pairs": ["3x3x1024_d0.005"]}}), ("file", None))
    summaries = [
        run_sequences(configs.load(), simulator, [sequence], f"default-{simulator}", seed, knobs).summary
        for simulator in ("verilator", "icarus")
    ]
    assert all(summary["passed"] and summary["compared"] == summary["results"] > 0 for summary in summaries)
    for key in ("cycles", "jobs", "matches", "results"):
        assert summaries[0][key] == summaries[1][key], f"{key}: {[summary[key] for summary in summaries]}"


def test_all_workloads_on_verilator(seed: int) -> None:
    """The suite runs the ones that take less than ten seconds."""
    run = run_sequences(
        configs.load(),
        "verilator",
        ["workloads"],
        "workloads-verilator",
        seed,
        amount({"workloads": {"pairs": SMALL}}, None),
    )
    assert run.summary["passed"] and run.summary["mismatches"] == 0


@pytest.mark.parametrize(
    "pair",
    [
        *(
            pytest.param(pair, marks=pytest.mark.runs(full=True, turn=(number, len(LARGE))))
            for number, pair in enumerate(LARGE)
        ),
        *(
            pytest.param(pair, marks=pytest.mark.runs(turn=(number % TURNS, TURNS)))
            for number, pair in enumerate(SMALL)
        ),
    ],
)
def test_workload_on_icarus(pair: str, seed: int) -> None:
    run = run_sequences(
        configs.load("default", {"NumSdpe": 3}),
        "icarus",
        ["workloads"],
        f"workload-{pair}-icarus",
        seed,
        {"workloads": {"pairs": [pair]}},
    )
    assert run.summary["passed"] and run.summary["mismatches"] == 0


@pytest.mark.runs(full=True, on="verilator")
def test_umls_in_full(simulator: str, seed: int) -> None:
    path = str(TENSORS / "umls.tns")
    run = run_sequences(
        configs.load(), simulator, ["file"], f"umls-{simulator}", seed, {"file": {"a": path, "b": path, "axes": None}}
    )
    assert run.summary["passed"] and run.summary["compared"] == 135_666


@pytest.mark.runs(on="verilator")
@pytest.mark.parametrize("name", ["kinships", pytest.param("flights", marks=pytest.mark.runs(full=True))])
def test_slices_of_real_tensors(simulator: str, name: str, seed: int, tmp_path: Path) -> None:
    """A tenth of the coordinates of the first mode, as a tensor of the same shape."""
    tensor = io.read(TENSORS / f"{name}.tns")
    chosen = tensor.coords[:, -2] % 10 == 0
    part = type(tensor).from_coordinates(tensor.shape, tensor.coords[chosen], tensor.values[chosen])
    path = tmp_path / f"{name}.tns"
    io.write(path, part)
    assert part.nnz > 0
    run = run_sequences(
        configs.load(),
        simulator,
        ["file"],
        f"slice-{name}-{simulator}",
        seed,
        {"file": {"a": str(path), "b": str(path), "axes": None}},
    )
    assert run.summary["passed"] and run.summary["compared"] > 0
