# SPDX-License-Identifier: Apache-2.0
"""The register map of both edges: reset values, bits, read-only, write-1-to-clear, aliases."""

import pytest

from sim import configs
from sim.edges import EDGES, STREAM
from sim.simulation import SimulationFailed
from tb.env.run import run_sequences

KINDS = ("ResetValues", "BitBash", "ReadOnly", "Aliases", "WriteOneToClear")


def run(simulator: str, edge: str, seed: int, testcase: str) -> None:
    run_sequences(
        configs.load("tiny"),
        simulator,
        [],
        f"registers-{edge}-{simulator}-{testcase[:6]}",
        seed,
        test_module="tests.top.register_map_tests",
        testcase=testcase,
        edge=edge,
        width=128,
    )


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.runs(on="icarus")
def test_every_register(simulator: str, edge: str, seed: int) -> None:
    run(simulator, edge, seed, ",".join(f"={kind}" for kind in KINDS))


@pytest.mark.runs(on="icarus")
def test_the_mirror_bites(simulator: str, seed: int) -> None:
    with pytest.raises(SimulationFailed, match=r"Reg\w+ is 0x[0-9a-f]+, it was written as 0x[0-9a-f]+"):
        run(simulator, STREAM, seed, "broken_mirror")
