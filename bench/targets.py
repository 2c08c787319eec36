# SPDX-License-Identifier: Apache-2.0
"""bench/targets.toml: target cycles, and the cycles of the paper."""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("targets.toml")


@dataclasses.dataclass(frozen=True)
class Target:
    """Cycles of one workload, by number of engines.

    Attributes:
        target: most that our machine may take.
        paper: cycles of the paper's machine.
        sustained, cold: most that 32 engines may take from memory to memory, per contraction of a queue and
            for a single one; None without a target.
        further: the most cycles of a further contraction of a queue, by upper levels and latency ("dense 100").
        rows: likewise with results as rows, per contraction of a queue, by the bits of the bus.
    """

    target: dict[int, int]
    paper: dict[int, int]
    sustained: int | None = None
    cold: int | None = None
    further: dict[str, int] = dataclasses.field(default_factory=dict)
    rows: dict[int, int] = dataclasses.field(default_factory=dict)


@functools.cache
def read_targets(path: Path = FILE) -> dict[str, Target]:
    """Return the targets by workload."""
    return {
        workload: Target(
            *({int(number): cycles for number, cycles in table.get(key, {}).items()} for key in ("target", "paper")),
            table.get("sustained"),
            table.get("cold"),
            table.get("further", {}),
            {int(width): cycles for width, cycles in table.get("rows", {}).items()},
        )
        for workload, table in tomllib.loads(path.read_text()).items()
    }
