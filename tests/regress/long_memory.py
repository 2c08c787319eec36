# SPDX-License-Identifier: Apache-2.0
"""The memory interface for longer: tensors beyond the machine's memory, results by the million, 2,000 resets."""

from pathlib import Path

import pytest

from models import generate, io
from sim import configs
from sim.interfaces import MEMORY
from sim.toolchain import ROOT
from tb.cli import report
from tb.env.run import run_sequences
from tests.memory.test_driver import contracted

FLIGHTS = str(ROOT / "models" / "data" / "tensors" / "flights.tns")


def _contracted(a: str, b: str, config: configs.Config, name: str, seed: int) -> dict:
    knobs = {"file": {"a": a, "b": b, "axes": None}}
    summary = run_sequences(config, "verilator", ["file"], name, seed, knobs, interface=MEMORY).summary
    report.table(summary)
    return summary


def test_flights_with_itself(seed: int) -> None:
    summary = _contracted(FLIGHTS, FLIGHTS, configs.load(), "long-memory-flights", seed)
    assert summary["results"] == 4_094_755 and summary["written"] == 12 * summary["results"]


def test_a_pair_beyond_the_memory(seed: int, tmp_path: Path) -> None:
    files = [str(tmp_path / f"{name}.npz") for name in "ab"]
    for file, tensor in zip(files, generate.large_pair(), strict=True):
        io.write(file, tensor)
    summary = _contracted(*files, configs.load("default", {"MemLines": 4096}), "long-memory-large", seed)
    assert summary["contractions"] >= 20 and summary["results"] == summary["jobs"] == 250_000


@pytest.mark.parametrize("part", range(4))
def test_resets(part: int, seed: int) -> None:
    run_sequences(
        configs.load("tiny"),
        "verilator",
        ["resets"],
        f"long-memory-resets-{part}",
        4 * seed + part,
        {"resets": {"count": 500}},
        interface=MEMORY,
        width=128,
    )


def test_spoiled_words(seed: int) -> None:
    contracted("verilator", seed, "spoiled_words", turns=1000, module="predicted")
