# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_tensor_memory_ideal and flaash_tensor_memory_banked."""

import pytest

from sim.simulation import run_bench
from tests.share import amount

# Ports, bits of a line, lines, latency, banks, parity, lines per write, last first. Icarus builds fast, so the
# space is swept there.
SHAPES = {
    "verilator": [(6, 37, 24, 3, 4, 1, 2, 1)],
    "icarus": [
        (6, 37, 24, 3, 4, 1, 2, 0),
        (1, 1, 1, 1, 1, 1, 1, 1),
        (3, 64, 21, 1, 8, 1, 1, 1),
        (5, 20, 8, 2, 1, 0, 1, 0),
        (4, 20, 23, 2, 2, 1, 2, 1),
        (8, 517, 32, 50, 16, 1, 1, 0),
    ],
}


@pytest.mark.runs(odd="icarus")
@pytest.mark.parametrize("kind", ["ideal", "banked"])
def test_tensor_memory(simulator: str, kind: str, seed: int) -> None:
    for ports, width, lines, latency, banks, parity, writes, last_first in SHAPES[simulator][:: amount(2, 1)]:
        run_bench(
            f"flaash_tensor_memory_{kind}",
            "tests.blocks.memory.tensor_memory_tests",
            simulator,
            f"tensor_memory_{kind}-p{ports}-w{width}-n{lines}-l{latency}-b{banks}-w{writes}-{last_first}",
            {
                "NumPorts": ports,
                "LineWidth": width,
                "Lines": lines,
                "Latency": latency,
                "Banks": banks,
                "Parity": parity,
                "LineWrites": writes,
                **({"LastFirst": last_first} if kind == "banked" else {}),
            },
            seed,
            inside=True,
        )
