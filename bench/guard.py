# SPDX-License-Identifier: Apache-2.0
"""The regression guard: cycles of a reduced set of runs, recorded in bench/recorded.json and recorded_outside.json.

`python -m bench.guard` (make bench-record) measures and writes them; tests/bench/test_cycles.py
measures and compares. The rates of docs/silicon.md come from them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import outside
from bench.measure import measure
from bench.rows import Row

FILE = Path(__file__).with_name("recorded.json")
OUTSIDE = Path(__file__).with_name("recorded_outside.json")
TOLERANCE = 2  # percent of growth that passes
WORKLOADS = ("7x7x512_d0.005", "3x3x1024_d0.05", "10x10x100_d0.005", "3x3x512_nnz500")
CONFIGS = ("default", "paper8")  # the suite guards these
OTHERS = ("tiny", "paper1", "fast1", "fast32")  # also for docs/silicon.md; in LIST=long


def guarded_rows(configs: Sequence[str]) -> list[Row]:
    """Return the runs that are guarded on these configurations."""
    return [Row(workload, config) for config in configs for workload in WORKLOADS]


def measure_cycles(configs: Sequence[str]) -> dict[str, int]:
    """Return cycles by the names of the guarded rows of these configurations.

    Raises:
        AssertionError: a result is wrong, or a run failed.
    """
    rows = guarded_rows(configs)
    return _cycles([row.name for row in rows], measure(rows, jobs=1, short=True), "cycles")


def guarded_points() -> list[outside.Point]:
    """Return the guarded measurements from outside."""
    return outside.sweep() + [point for point in outside.as_rows() if point.width == outside.TARGET[1]]


def measure_outside() -> dict[str, int]:
    """Return the cycles of a further contraction, by the names of the sweep from outside and of results as rows.

    Raises:
        AssertionError: a result is wrong, or a run failed.
    """
    points = guarded_points()
    return _cycles([point.name for point in points], outside.measure(points), "further_cycles")


def _cycles(names: Sequence[str], records: Sequence[dict], key: str) -> dict[str, int]:
    problems = [
        f"{name}: {'; '.join(record['problems'][:3])}"
        for name, record in zip(names, records, strict=True)
        if not record["checked"]
    ]
    assert not problems, "\n".join(problems)
    return {name: round(record[key]) for name, record in zip(names, records, strict=True)}


def read_recorded(configs: Sequence[str] = (*CONFIGS, *OTHERS), path: Path = FILE) -> dict[str, int]:
    """Return the recorded cycles of these configurations."""
    return {name: cycles for name, cycles in json.loads(path.read_text()).items() if name.split()[1] in configs}


def compare(recorded: Mapping[str, int], measured: Mapping[str, int]) -> list[str]:
    """Return a sentence for each run that has become slower, and for each that only one side has."""
    sentences = [
        f"{name}: {'recorded but not measured' if name in recorded else 'measured but not recorded'}"
        for name in sorted(recorded.keys() ^ measured.keys())
    ]
    for name in recorded.keys() & measured.keys():
        now, before = measured[name], recorded[name]
        if 100 * now > (100 + TOLERANCE) * before:
            sentences.append(f"{name}: {now} cycles, {now / before - 1:+.1%} (recorded: {before})")
    return sorted(sentences)


def main() -> int:
    for path, measure_all in ((FILE, lambda: measure_cycles((*CONFIGS, *OTHERS))), (OUTSIDE, measure_outside)):
        before = json.loads(path.read_text()) if path.exists() else {}
        measured = measure_all()
        path.write_text(json.dumps(measured, indent=1) + "\n")
        for name, cycles in measured.items():
            print(f"{name}: {cycles} cycles" + (f" (before: {before[name]})" if name in before else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
