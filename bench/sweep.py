# SPDX-License-Identifier: Apache-2.0
"""The sweep of the experiment *from outside*: slower memories, kept operands and dense upper levels."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from bench.outside import INTERFACE, TARGET, Point, sweep
from bench.targets import read_targets

HEAD = [
    "workload",
    "upper levels",
    "B",
    "latency",
    "a further contraction",
    "target",
    "sustained",
    "cold",
]
CAPTION = f"From memory to memory, {TARGET[0]}, {TARGET[1]} bits, by latency and form of the operands, cycles"


def point_of(row: dict) -> Point:
    """Return the measurement of a record."""
    return Point(**{field.name: row[field.name] for field in dataclasses.fields(Point)})


def target(point: Point) -> int | None:
    """Return the most cycles that a further contraction may take."""
    aims = read_targets().get(point.workload)
    return aims.further.get(f"{'dense' if point.dense else 'sparse'} {point.latency}") if aims else None


def rows(records: Sequence[dict]) -> list[dict]:
    """Return the records of the sweep in its order, each with `aim`, a number of cycles or None."""
    found = {
        point_of(row): row
        for row in records
        if row.get("interface") == INTERFACE and row.get("further_cycles") is not None
    }
    return [found[point] | {"aim": target(point)} for point in sweep() if point in found]


def table(records: Sequence[dict]) -> tuple[str, list[str], list[list[str]]]:
    """Return the table of the report: caption, head, body."""
    return CAPTION, HEAD, [_cells(row) for row in rows(records)]


def _cells(row: dict) -> list[str]:
    missed = row["aim"] is not None and row["further_cycles"] > row["aim"]
    return [
        row["workload"],
        "dense" if row["dense"] else "sparse",
        "kept" if row["kept"] else "read",
        f"{row['latency']:,}",
        f"{row['further_cycles']:,.0f}{' (missed)' if missed else ''}",
        "" if row["aim"] is None else f"{row['aim']:,}",
        f"{row['sustained_cycles']:,.0f}",
        f"{row['cold_cycles']:,}",
    ]
