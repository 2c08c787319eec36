# SPDX-License-Identifier: Apache-2.0
"""One HTML page and its pictures from build/bench/results.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from bench import claims, outside_report
from bench.machines import OURS, PAPER
from bench.plots import draw_all
from bench.rows import TABLE_ENGINES
from bench.software import BOTH_SPARSE, WAYS
from bench.targets import read_targets
from tb.pages import render

PAPER_TOLERANCE = {1: 10.0}  # percent by which the paper's machine may differ from the paper's points
OTHER_TOLERANCE = 25.0
BOUND_TOLERANCE = 15.0


def target_lines(records: Sequence[dict]) -> list[dict]:
    """Return a line per target that was measured: workload, num_sdpe, cycles, target, met, bound, paper.

    `paper` has the cycles of the paper's configuration in the same run, None without it.
    """
    cycles = _cycles(records)
    lines = []
    for workload, aims in read_targets().items():
        for number in TABLE_ENGINES:
            row = cycles.get((workload, OURS[number]))
            if row is None or number not in aims.target:
                continue
            paper = cycles.get((workload, PAPER[number]))
            lines.append(
                {
                    "workload": workload,
                    "num_sdpe": number,
                    "cycles": row["cycles"],
                    "target": aims.target[number],
                    "met": row["cycles"] <= aims.target[number],
                    "bound": row["bound"],
                    "paper": paper and paper["cycles"],
                }
            )
    return lines


def paper_lines(records: Sequence[dict]) -> list[dict]:
    """Return a line per point of the paper.

    They hold workload, num_sdpe, cycles, paper, difference and allowed (%). `with_gaps` has the cycles if
    each dot product took one cycle more, as the paper's engines seem to need between two of them.
    """
    cycles = _cycles(records)
    lines = []
    for workload, aims in read_targets().items():
        for number, paper in aims.paper.items():
            row = cycles.get((workload, PAPER[number]))
            if row is not None:
                lines.append(
                    {
                        "workload": workload,
                        "num_sdpe": number,
                        "cycles": row["cycles"],
                        "paper": paper,
                        "with_gaps": row["cycles"] + row["jobs"] // number,
                        "difference": 100 * (row["cycles"] / paper - 1),
                        "allowed": PAPER_TOLERANCE.get(number, OTHER_TOLERANCE),
                    }
                )
    return lines


def software_lines(
    records: Sequence[dict],
    software: dict[str, dict[str, float]],
    clocks: dict[str, float],
) -> list[dict]:
    """Return a line per workload with the fastest of our machines that ran it, and the software beside it.

    Args:
        records: rows of results.json.
        software: microseconds by workload and way.
        clocks: name of each assumed clock and its frequency in MHz.
    """
    cycles = _cycles(records)
    lines = []
    for workload, ways in software.items():
        ours = [row for (name, config), row in cycles.items() if name == workload and config in OURS.values()]
        if not ours:
            continue
        best = min(ours, key=lambda row: row["cycles"])
        lines.append(
            {
                "workload": workload,
                "config": best["config"],
                "cycles": best["cycles"],
                "hardware": {name: best["cycles"] / frequency for name, frequency in clocks.items()},
                "ways": ways,
                "mixed": min(time for way, time in ways.items() if not BOTH_SPARSE[way]),
                "sparse": min(time for way, time in ways.items() if BOTH_SPARSE[way]),
            }
        )
    return lines


def write_report(results: dict, folder: Path) -> Path:
    """Draw the curves, write tables.md and index.html, and return the path of the page.

    Args:
        results: contents of results.json: "rows", "software", "clocks" (MHz by name), "about" (texts by
            name).
        folder: for the page and the pictures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    records, software, clocks = results["rows"], results["software"], results["clocks"]
    ways = [way for way in WAYS if any(way in times for times in software.values())]
    page = render(
        "bench.html.j2",
        about=results["about"],
        records=records,
        pictures=draw_all(records, folder),
        targets=target_lines(records),
        paper=paper_lines(records),
        clocks=clocks,
        ways=ways,
        software=software_lines(records, software, clocks),
        claims=[*claims.tables(results), *outside_report.tables(records)],
        bound_tolerance=BOUND_TOLERANCE,
        failed=[row for row in records if not row["checked"]],
    )
    (folder / "tables.md").write_text(as_markdown(results))
    path = folder / "index.html"
    path.write_text(page)
    return path


def as_markdown(results: dict) -> str:
    """Return the tables that docs/performance.md shows."""
    records, clocks = results["rows"], results["clocks"]
    targets = []
    for line in target_lines(records):
        cycles, paper = line["cycles"], line["paper"]
        targets.append(
            (
                line["workload"],
                line["num_sdpe"],
                f"{cycles:,}{'' if line['met'] else ' (missed)'}",
                f"{line['target']:,}",
                f"{line['bound']:,}",
                f"{paper:,}" if paper else "",
                f"{paper / cycles:.1f}" if paper else "",
            )
        )
    points = [
        (
            line["workload"],
            line["num_sdpe"],
            f"{line['cycles']:,}",
            f"{line['paper']:,}",
            f"{line['difference']:+.1f}%",
            f"{line['with_gaps']:,}",
        )
        for line in paper_lines(records)
    ]
    beside = [
        (
            line["workload"],
            line["config"],
            f"{line['cycles']:,}",
            *(f"{time:.2f}" for time in line["hardware"].values()),
            f"{line['mixed']:.1f}",
            f"{line['sparse']:.1f}",
        )
        for line in software_lines(records, results["software"], clocks)
        if line["workload"] in read_targets()
    ]
    return "\n".join(
        [
            *markdown(
                ("workload", "engines", "cycles", "target", "lower bound", "paper's machine", "times faster"), targets
            ),
            "",
            *markdown(
                (
                    "workload",
                    "engines",
                    "paper's machine",
                    "the paper",
                    "difference",
                    "with a cycle more per dot product",
                ),
                points,
            ),
            "",
            *markdown(
                (
                    "workload",
                    "machine",
                    "cycles",
                    *(f"us at {clock:g} MHz" for clock in clocks.values()),
                    "software, an operand dense, us",
                    "software, both sparse, us",
                ),
                beside,
            ),
            "",
            *(
                line
                for caption, head, body in [*claims.tables(results), *outside_report.tables(records)]
                for line in (f"{caption}:", "", *markdown(head, body), "")
            ),
            *_chart(records),
            "",
            *outside_report.chart(records),
        ]
    )


def _chart(records: Sequence[dict]) -> list[str]:
    """Return a bar chart in Mermaid: the utilisation of the machine in deep learning."""
    rows = [line["row"] for line in claims.learning_lines(records, {}, 1.0)]
    if not rows:
        return []
    names, shares = (
        [str(value) for value in column]
        for column in zip(
            *((row["workload"], round(100 * row["bound"] / row["cycles"], 1)) for row in rows), strict=True
        )
    )
    return [
        "```mermaid",
        "xychart-beta",
        '  title "lower bound in percent of the cycles"',
        f"  x-axis [{', '.join(names)}]",
        '  y-axis "percent" 0 --> 100',
        f"  bar [{', '.join(shares)}]",
        "```",
    ]


def markdown(head: Sequence[str], body: Sequence[Sequence]) -> list[str]:
    """Return the lines of a table, numbers to the right."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return [f"| {' | '.join(map(str, cells))} |" for cells in (head, rule, *body)]


def _cycles(records: Sequence[dict]) -> dict[tuple[str, str], dict]:
    return {(row["workload"], row["config"]): row for row in records if "cycles" in row}


def read_results(folder: Path) -> dict:
    """Return the results of the last run in a folder."""
    return json.loads((folder / "results.json").read_text())
