# SPDX-License-Identifier: Apache-2.0
"""The table of runs: which workload on which machine, and in which experiments the run appears."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from bench.machines import OURS, PAPER, machine
from bench.workloads import SKEWED, learned, stored
from models import learning

# Experiments, in the order of the report.
TABLE, SCALING, LENGTH, ORDER, LAYER, SKEW = "table", "scaling", "length", "order", "layer", "skew"
LEARNING = "learning"

TABLE_ENGINES = (1, 8, 32)
MOST_ENGINES, LEARNING_ENGINES = 32, 8
SCALING_DENSITIES = ("0.1", "0.05", "0.005")
LENGTHS, PER_FIBER = range(100, 701, 100), (30, 50, 70)
ORDERS, ENTRIES = range(2, 7), (100, 500, 700)
LAYER_SHAPES = ("7x7x512", "3x3x1024", "10x10x100")
LAYER_DENSITIES = ("0.005", "0.01", "0.02", "0.03", "0.04", "0.05")

# Variants of the paper's machine on the skewed pair: with demand-driven dispatch, long jobs first, and both.
SKEW_VARIANTS = (
    "paper32:Scheduler=demand",
    "paper32:long_first",
    "paper32:Scheduler=demand,long_first",
)


@dataclasses.dataclass(frozen=True)
class Row:
    """One run.

    Attributes:
        workload: see bench.workloads.
        config: name of the configuration, see bench.machines.machine().
        experiments: in which the run appears.
    """

    workload: str
    config: str
    experiments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The text that a filter is matched against."""
        return f"{self.workload} {self.config}"


def scaling_workload(density: str) -> str:
    """Return the workload of the curve over the number of engines."""
    return f"7x7x512_d{density}"


def length_workload(length: int, per_fiber: int) -> str:
    """Return the workload of the curve over the length of a fiber."""
    return f"7x7x{length}_fiber{per_fiber}"


def order_workload(order: int, entries: int) -> str:
    """Return the workload of the curve over the order."""
    return f"{'3x' * (order - 1)}512_nnz{entries}"


def layer_workload(density: str, shape: str = LAYER_SHAPES[0]) -> str:
    """Return the workload of a tensor contraction layer."""
    return f"{shape}_d{density}"


def layer_workloads() -> list[str]:
    """Return the workloads of all tensor contraction layers."""
    return [layer_workload(density, shape) for shape in LAYER_SHAPES for density in LAYER_DENSITIES]


def learning_config(workload: str) -> str:
    """Return the machine of a workload of deep learning: 8 engines, in the workload's format."""
    fmt = learned(workload).fmt
    return OURS[LEARNING_ENGINES] if fmt == "fp32" else fmt


def _planned() -> Iterator[tuple[str, str, str]]:
    for workload in stored():
        for number in PAPER:
            yield workload, PAPER[number], TABLE
        for number in TABLE_ENGINES:
            yield workload, OURS[number], TABLE
    both = (PAPER[MOST_ENGINES], OURS[MOST_ENGINES])
    for density in SCALING_DENSITIES:
        for config in [*PAPER.values(), *OURS.values()]:
            yield scaling_workload(density), config, SCALING
    for config in both:
        for per_fiber in PER_FIBER:
            for length in LENGTHS:
                yield length_workload(length, per_fiber), config, LENGTH
        for entries in ENTRIES:
            for order in ORDERS:
                yield order_workload(order, entries), config, ORDER
        for workload in layer_workloads():
            yield workload, config, LAYER
    for config in [*both, *SKEW_VARIANTS]:
        yield SKEWED, config, SKEW
    for workload in learning.WORKLOADS:
        yield workload, learning_config(workload), LEARNING


def all_rows() -> list[Row]:
    """Return every run of `make bench`, each once."""
    experiments: dict[tuple[str, str], list[str]] = {}
    for workload, config, experiment in _planned():
        found = experiments.setdefault((workload, config), [])
        if experiment not in found:
            found.append(experiment)
    return [Row(*key, tuple(found)) for key, found in experiments.items()]


def select(only: str | None = None, num_sdpe: int | None = None, config: str | None = None) -> list[Row]:
    """Return the runs that pass the filters.

    Args:
        only: part of "<workload> <config>".
        num_sdpe: number of engines.
        config: name of a configuration. One that is in no run of the table gets every workload.

    Raises:
        ConfigError: `config` is no configuration.
    """
    rows = all_rows()
    if config is not None:
        machine(config)
        planned = [row for row in rows if row.config == config]
        rows = planned or [Row(workload, config) for workload in dict.fromkeys(row.workload for row in rows)]
    return [row for row in rows if (only or "") in row.name and num_sdpe in (None, machine(row.config).num_sdpe)]
