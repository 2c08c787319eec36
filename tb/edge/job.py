# SPDX-License-Identifier: Apache-2.0
"""Host side of a simulation with the memory edge: builds the chip and contracts two files by the driver."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from models import io
from models.axes import prepare
from models.tensor import SparseTensor
from sim.configs import Config
from sim.simulation import Build, run

LATENCY = 100  # cycles from an address to its data, and from data to their response


@dataclasses.dataclass(frozen=True)
class Job:
    """The input of the simulation.

    Attributes:
        a, b: files.
        axes: that are contracted, None for the last ones.
        renumbered: see flaash.driver.arrange().
        portion, long_lines: of the contraction.
        shape: of the result.
        latency: of the memory.
    """

    a: str
    b: str
    axes: str | None
    renumbered: bool | None
    portion: int
    long_lines: int
    shape: tuple[int, ...]
    latency: int = LATENCY

    def operands(self) -> tuple[SparseTensor, SparseTensor]:
        """Return the operands with the contracted mode last."""
        return prepare(io.read(self.a), io.read(self.b), self.axes, None)


def contract_files(built: Build, config: Config, what: Job, seed: int, name: str, waves: bool = False) -> Path:
    """Contract and compare with the model; return the folder with summary.json and result.npz.

    Raises:
        SimulationFailed: something disagreed, hung or died.
    """
    return run(
        built,
        "tb.edge.sim_tests",
        name,
        seed,
        {"job": dataclasses.asdict(what), "config": config.to_json()},
        waves=waves,
    )
