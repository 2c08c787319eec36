# SPDX-License-Identifier: Apache-2.0
"""Functional coverage: merges the exports of cocotb-coverage of each run (functional-<simulator>.yml)."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from cocotb_coverage.coverage import merge_coverage

from sim.files import read_lines
from sim.toolchain import SIMULATORS
from tb.env.cover_points import POINTS, PREFIX

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C takes a tenth of the time


@dataclasses.dataclass(frozen=True)
class CoverPoint:
    """A cover point or cross of the environment.

    Attributes:
        name: dotted, as in the testplan's `cover`.
        bins: hits by bin, in the order of the definition.
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


def of_other_points(files: Sequence[Path]) -> list[Path]:
    """Return the exports in which a point has other bins than here, or than in an earlier export.

    Such a run was of other sources; cocotb-coverage can't merge it.
    """
    bins = {PREFIX + name: set(defined) for name, defined in POINTS.items()}
    return [path for path in files if any(bins.setdefault(name, hits) != hits for name, hits in _bins(path).items())]


def _bins(path: Path) -> dict[str, set[str]]:
    return {
        name: set(map(str, item["bins:_hits"]))
        for name, item in yaml.load(read_lines(path), LOADER).items()
        if "bins:_hits" in item
    }


def read_functional(files: Sequence[Path], merged: Path) -> list[CoverPoint]:
    """Merge the exports of many runs into `merged` and return its cover points by name."""
    if not files:
        return []
    for path in files:
        read_lines(path)  # a part of a file would count as the whole
    merge_coverage(lambda _message: None, str(merged), *map(str, files))
    database = yaml.safe_load(merged.read_text())
    return [
        CoverPoint(name, in_order(name, item["bins:_hits"]), item["at_least"])
        for name, item in sorted(database.items())
        if "bins:_hits" in item
    ]


def merge_xml(files: Sequence[Path], merged: Path) -> None:
    """Merge the XML exports of many runs into one, by cocotb-coverage itself."""
    if files:
        merge_coverage(lambda _message: None, str(merged), *map(str, files))


def read_hits(files: Sequence[Path]) -> list[CoverPoint]:
    """Return the cover points of the environment with the hits of many exports, open bins included."""
    hits = {PREFIX + name: dict.fromkeys(bins, 0) for name, bins in POINTS.items()}
    needed = dict.fromkeys(hits, 1)
    for path in files:
        for name, item in yaml.load(read_lines(path), LOADER).items():
            if name in hits and "bins:_hits" in item:
                needed[name] = item["at_least"]
                for key, count in item["bins:_hits"].items():
                    hits[name][str(key)] = hits[name].get(str(key), 0) + count
    return [CoverPoint(name, bins, needed[name]) for name, bins in hits.items()]


def in_order(name: str, hits: Mapping[object, int]) -> dict[str, int]:
    """Return the hits by bin as POINTS defines them: an export has its bins sorted as text.

    Bins that are not defined there come last, numbers in them sorted as numbers.
    """
    defined = POINTS.get(name.removeprefix(PREFIX), [])

    def place(item: str) -> tuple[int, list[str | int]]:
        parts = [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", item)]
        return defined.index(item) if item in defined else len(defined), parts

    by_text = {str(key): count for key, count in hits.items()}
    return {item: by_text[item] for item in sorted(by_text, key=place)}


def count_runs(files: Sequence[Path]) -> dict[str, int]:
    """Count, by simulator, the exports that have a hit; a run can end before its first one."""
    runs = dict.fromkeys(SIMULATORS, 0)
    for path in files:
        items = yaml.safe_load(path.read_text()).values()
        if any(any(item.get("bins:_hits", {}).values()) for item in items):
            runs[path.stem.removeprefix("functional-")] += 1
    return runs


def total_percent(points: Sequence[CoverPoint]) -> float:
    """Return the covered share of all bins of all points, in percent; 0 without any."""
    bins = sum(len(point.bins) for point in points)
    return 100.0 * (1 - sum(len(point.missed) for point in points) / bins) if bins else 0.0
