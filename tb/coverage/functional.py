# SPDX-License-Identifier: Apache-2.0
"""Functional coverage: merges what cocotb-coverage exported in each run (functional.yml)."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import yaml
from cocotb_coverage.coverage import merge_coverage


@dataclasses.dataclass(frozen=True)
class CoverPoint:
    """A cover point or cross of the environment.

    Attributes:
        name: dotted, as in the testplan's `cover`.
        bins: hits by bin.
        at_least: hits that a bin needs.
    """

    name: str
    bins: dict[str, int]
    at_least: int

    @property
    def missed(self) -> list[str]:
        """Return the bins with too few hits."""
        return [name for name, hits in self.bins.items() if hits < self.at_least]

    @property
    def percent(self) -> float:
        """Return how many bins are covered, in percent."""
        return 100.0 * (1 - len(self.missed) / len(self.bins)) if self.bins else 100.0


def read_functional(files: Sequence[Path], merged: Path) -> list[CoverPoint]:
    """Merge the exports of many runs into `merged` and return its cover points by name."""
    if not files:
        return []
    merge_coverage(lambda _message: None, str(merged), *map(str, files))
    database = yaml.safe_load(merged.read_text())
    return [CoverPoint(name, {str(key): hits for key, hits in item["bins:_hits"].items()}, item["at_least"])
            for name, item in sorted(database.items()) if "bins:_hits" in item]


def total_percent(points: Sequence[CoverPoint]) -> float:
    """Return the covered share of all bins of all points, in percent; 0 without any."""
    bins = sum(len(point.bins) for point in points)
    return 100.0 * (1 - sum(len(point.missed) for point in points) / bins) if bins else 0.0
