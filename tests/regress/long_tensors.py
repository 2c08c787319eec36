# SPDX-License-Identifier: Apache-2.0
"""Runs that take too long for the suite: real tensors with themselves, in full."""

import pytest

from sim import configs
from sim.toolchain import ROOT
from tb.env.run import run_sequences

TENSORS = ROOT / "models" / "data" / "tensors"
RESULTS = {"kinships": 376_793, "flights": 4_094_755}


@pytest.mark.parametrize("name", RESULTS)
def test_tensor_in_full(name: str, seed: int) -> None:
    path = str(TENSORS / f"{name}.tns")
    run = run_sequences(
        configs.load("fast32"),
        "verilator",
        ["file"],
        f"long-{name}",
        seed,
        {"file": {"a": path, "b": path, "axes": None}},
    )
    assert run.summary["passed"] and run.summary["compared"] == RESULTS[name]
