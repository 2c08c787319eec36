# SPDX-License-Identifier: Apache-2.0
"""`make test-times`: prints the times of the last whole `make test` as tables in Markdown."""

import datetime
import os
import sys
from collections.abc import Callable

from sim import times

LONGEST = 12
PARTS: list[tuple[str, Callable[[dict], bool]]] = [
    ("Verilator, builds", lambda item: item["kind"] == "build" and item["simulator"] == "verilator"),
    ("Icarus, builds", lambda item: item["kind"] == "build" and item["simulator"] == "icarus"),
    ("Verilator, simulations", lambda item: item["kind"] == "run" and item["simulator"] == "verilator"),
    ("Icarus, simulations", lambda item: item["kind"] == "run" and item["simulator"] == "icarus"),
]


def tables(records: list[dict], processors: int, today: datetime.date) -> str:
    """Return the tables, with a sentence before them.

    Args:
        records: of times.read(), of a suite that ran as a whole.
        processors: of the machine.
        today: the date to show.

    Raises:
        ValueError: the suite did not run as a whole.
    """
    suite = [item for item in records if item["kind"] == "suite"]
    if not suite:
        raise ValueError("there is no record of a whole run: first 'make test', without TEST=")
    total = sum(item["cpu"] for item in records if item["kind"] == "session")
    wall = suite[-1]["wall"] / 60
    lines = [
        f"{today:%B %Y}, {processors} processors: {wall:.1f} minutes of wall time.",
        "",
        "| part | number | seconds of processor | share |",
        "|---|---:|---:|---:|",
    ]
    rest = total
    for name, belongs in PARTS:
        chosen = [item["cpu"] for item in records if belongs(item)]
        rest -= sum(chosen)
        lines.append(f"| {name} | {len(chosen)} | {sum(chosen):.0f} | {sum(chosen) / total:.0%} |")
    lines += [
        f"| Python: pytest, models, commands | | {rest:.0f} | {rest / total:.0%} |",
        f"| all | | {total:.0f} | 100% |",
        "",
        "| longest | simulator | build or run | seconds of processor |",
        "|---|---|---|---:|",
    ]
    longest = sorted((item for item in records if "simulator" in item), key=lambda item: -item["cpu"])
    lines += [
        f"| {item['name']} | {item['simulator']} | {item['kind']} | {item['cpu']:.1f} |" for item in longest[:LONGEST]
    ]
    return "\n".join([*lines, ""])


def main() -> int:
    try:
        print(tables(times.read(times.FOLDER / "runs"), os.cpu_count() or 1, datetime.date.today()), end="")
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
