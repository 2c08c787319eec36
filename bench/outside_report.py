# SPDX-License-Identifier: Apache-2.0
"""The experiment *from outside* in tables and a picture."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from rich import box
from rich.console import Console
from rich.table import Table

from bench import sweep
from bench.outside import INTERFACE, LATENCY, TARGET, aimed
from bench.targets import read_targets

TOLERANCE = 15.0  # percent above the bound
Tables = list[tuple[str, list[str], list[list[str]]]]


def lines(records: Sequence[dict]) -> list[dict]:
    """Return a line per measurement, except those that only the sweep has.

    A line is the record with `aims`, (sustained, cold) or None, and three verdicts.

    `met` holds for sustained and cold whether the target is met. `near` holds whether sustained lies within
    TOLERANCE of the bound, `reached` the same for the least cycles of a queue of that length.
    """
    found = []
    for row in records:
        if row.get("interface") != INTERFACE or "sustained_cycles" not in row or row["latency"] != LATENCY:
            continue
        if row["dense"] or row["kept"] or not row["prompt"] or row["layout"] != "records":
            continue
        aims, here = read_targets().get(row["workload"]), (row["config"], row["width"]) == TARGET
        wanted = (aims.sustained, aims.cold) if here and aims and aims.sustained else None
        took = (row["sustained_cycles"], row["cold_cycles"])
        found.append(
            row
            | {
                "aims": wanted,
                "met": tuple(x <= aim for x, aim in zip(took, wanted, strict=True)) if wanted else (),
                "near": row["outside_percent"] <= TOLERANCE,
                "reached": row["sustained_cycles"]
                <= (1 + TOLERANCE / 100) * max(row["outside_bound"], row["outside_least"]),
            }
        )
    return found


def tables(records: Sequence[dict]) -> Tables:
    """Return the tables of the report and of docs/performance.md: caption, head, body."""
    held = [line for line in lines(records) if line["aims"]]
    targets = [
        [
            line["workload"],
            *(
                cell
                for took, aim, met in zip(
                    (line["sustained_cycles"], line["cold_cycles"]), line["aims"], line["met"], strict=True
                )
                for cell in (f"{took:,.0f}{'' if met else ' (missed)'}", f"{aim:,}")
            ),
            f"{line['outside_bound']:,.0f} ({line['outside_limit']})",
            f"{line['computing_cycles']:,.0f}",
        ]
        for line in held
    ]
    every = [
        [
            line["workload"],
            line["config"],
            str(line["width"]),
            f"{line['sustained_cycles']:,.0f}",
            *(f"{line['outside_terms'][name]:,.0f}" for name in ("in", "compute", "out")),
            f"{line['outside_percent']:.0f}%",
            "yes" if line["near"] else "no",
            f"{line['outside_least']:,.0f}",
            f"{line['cold_cycles']:,}",
        ]
        for line in lines(records)
    ]
    config, width = TARGET
    return [
        (
            f"From memory to memory, {config}, {width} bits, cycles per contraction",
            ["workload", "sustained", "target", "cold", "target", "bound", "computing"],
            targets,
        ),
        (
            "From memory to memory, every width, cycles per contraction",
            [
                "workload",
                "machine",
                "bits",
                "sustained",
                "bytes in",
                "compute",
                "bytes out",
                "above the bound",
                f"within {TOLERANCE:g}%",
                "least",
                "cold",
            ],
            every,
        ),
        sweep.table(records),
        _as_rows(records),
    ]


def _as_rows(records: Sequence[dict]) -> tuple[str, list[str], list[list[str]]]:
    """Return the table of results as rows: caption, head, body."""
    body = []
    for row in records:
        if row.get("layout", "records") == "records" or "sustained_cycles" not in row:
            continue
        took, aim = row["sustained_cycles"], read_targets()[row["workload"]].rows.get(row["width"])
        body.append(
            [
                row["workload"],
                str(row["width"]),
                f"{took:,.0f}{' (missed)' if aim and took > aim else ''}",
                f"{aim:,}" if aim else "",
                *(f"{row[name]:,.0f}" for name in ("outside_least", "computing_cycles", "cold_cycles")),
            ]
        )
    head = ["workload", "bits", "sustained", "target", "least", "computing", "cold"]
    return f"From memory to memory, {TARGET[0]}, results as rows, cycles per contraction", head, body


def show_normal(records: Sequence[dict], console: Console) -> None:
    """Print the cycles of descriptors that are not prompt."""
    held = [row for row in records if "sustained_cycles" in row]
    if not held:
        return
    table = Table(title="Records that wait for their results, cycles per contraction", box=box.SIMPLE)
    for head in ("workload", "machine", "bits", "latency", "sustained", "cold"):
        table.add_column(head)
    for row in held:
        table.add_row(
            row["workload"],
            row["config"],
            *(str(row[name]) for name in ("width", "latency")),
            *(f"{row[name]:,.0f}" for name in ("sustained_cycles", "cold_cycles")),
        )
    console.print(table)


def chart(records: Sequence[dict]) -> list[str]:
    """Return a chart in Mermaid: sustained cycles as bars, the bound as a line."""
    held = [line for line in lines(records) if line["aims"]]
    if not held:
        return []
    names, bars, bounds = (
        ", ".join(column)
        for column in zip(
            *((line["workload"], f"{line['sustained_cycles']:.0f}", f"{line['outside_bound']:.0f}") for line in held),
            strict=True,
        )
    )
    most = max(max(line["sustained_cycles"], line["outside_bound"]) for line in held)
    return [
        "```mermaid",
        "xychart-beta",
        '  title "cycles per contraction of a queue, and the bound as a line"',
        f"  x-axis [{names}]",
        f'  y-axis "cycles" 0 --> {most:.0f}',
        f"  bar [{bars}]",
        f"  line [{bounds}]",
        "```",
    ]


def draw(records: Sequence[dict], axes: Axes) -> bool:
    """Draw sustained cycles and bounds of the workloads and the machine that have targets, by width."""
    there = [line for line in lines(records) if line["config"] == TARGET[0] and line["workload"] in aimed()]
    names = list(dict.fromkeys(line["workload"] for line in there))
    widths = sorted({line["width"] for line in there})
    for number, width in enumerate(widths):
        some = [line for line in there if line["width"] == width]
        places = [names.index(line["workload"]) + 0.8 * (number + 0.5) / len(widths) - 0.4 for line in some]
        axes.bar(
            places,
            [line["sustained_cycles"] for line in some],
            0.8 / len(widths),
            color=f"C{number}",
            label=f"{width} bits, sustained",
        )
        axes.scatter(
            places,
            [line["outside_bound"] for line in some],
            marker="_",
            color="black",
            zorder=3,
            label=None if number else "bound",
        )
    axes.set_xticks(range(len(names)), names, fontsize="x-small", rotation=30, ha="right")
    axes.set_yscale("log")
    return bool(there)


def show(records: Sequence[dict], console: Console) -> None:
    """Print the measurements and the targets."""
    found = lines(records)
    if not found:
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=0)
    for name in ("workload", "config", "bits", "sustained", "bound", "%", "least", "cold", "targets"):
        table.add_column(
            name,
            justify="left" if name in ("workload", "config") else "right",
            no_wrap=name != "config",
            overflow="fold",
        )
    for line in found:
        aims = f"{line['aims'][0]:,} {line['aims'][1]:,}" if line["aims"] else ""
        table.add_row(
            line["workload"],
            line["config"],
            str(line["width"]),
            f"{line['sustained_cycles']:,.0f}",
            f"{line['outside_bound']:,.0f}",
            f"{line['outside_percent']:+.0f}",
            f"{line['outside_least']:,.0f}",
            f"{line['cold_cycles']:,}",
            aims,
        )
    console.print(table)
    for workload, width, took, aim, *_ in _as_rows(records)[2]:
        console.print(f"{workload}, {width} bits, results as rows: {took} cycles, the target is {aim or 'not set'}")
    met = [met for line in found for met in line["met"]]
    if met:
        console.print(f"from memory to memory: {sum(met)} of {len(met)} targets are met")
    for row in sweep.rows(records):
        if row["aim"] is not None:
            console.print(
                f"{sweep.point_of(row).name}: {row['further_cycles']:,.0f} cycles of a further contraction,"
                f" the target is {row['aim']:,}",
                style=None if row["further_cycles"] <= row["aim"] else "yellow",
            )
    console.print(
        f"{sum(line['near'] for line in found)} of {len(found)} rows from memory to memory lie"
        f" within {TOLERANCE:g}% of their bounds, {sum(line['reached'] for line in found)} of the"
        " least that their queues can take"
    )
