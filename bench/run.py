# SPDX-License-Identifier: Apache-2.0
"""`make bench`: measures, checks every result, writes build/bench/results.json and the report.

Ends with status 1 if a result differs from the model or a run failed.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench import outside, outside_report, software
from bench.measure import FOLDER, measure
from bench.report import BOUND_TOLERANCE, target_lines, write_report
from bench.rows import select
from sim.configs import ConfigError
from sim.simulation import SimulationFailed
from sim.toolchain import ToolMissing
from tb.cli.common import FAILED, Parser, complain, positive

MAX_SHOWN = 60  # rows on the terminal; all of them are in the report


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = Parser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="part of '<workload> <config>'")
    parser.add_argument("--num-sdpe", type=int, help="number of engines")
    parser.add_argument("--config", help="a configuration of rtl/configs.toml")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="simulations at a time")
    parser.add_argument("--clock-mhz", type=positive, default=1000.0, help="assumed clock, default 1000")
    parser.add_argument("--fmax-mhz", type=positive, help="clock of the FPGA flow, for a second column")
    parser.add_argument("--no-software", action="store_true", help="leave the software out")
    return parser.parse_args(arguments)


def show(records: Sequence[dict], console: Console) -> None:
    """Print the rows and the targets."""
    # 80 columns hold the longest workload and the numbers; long names of machines are folded.
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=0)
    for name in ("workload", "config", "cycles", "bound", "load", "unload", "balance\n%", "busy\n%", "right"):
        table.add_column(
            name,
            justify="left" if name in ("workload", "config", "right") else "right",
            no_wrap=name != "config",
            overflow="fold",
        )
    for row in records[:MAX_SHOWN]:
        numbers = (
            [f"{row[name]:,}" for name in ("cycles", "bound", "load_cycles", "unload_cycles")]
            + [f"{row[name]:.0f}" for name in ("balance_percent", "busy_percent")]
            if "cycles" in row
            else [""] * 6
        )
        table.add_row(row["workload"], row["config"], *numbers, "yes" if row["checked"] else "[red]NO")
    console.print(table)
    if len(records) > MAX_SHOWN:
        console.print(f"and {len(records) - MAX_SHOWN} more rows in the report")
    far = [row for row in records if row.get("above_percent", 0) > BOUND_TOLERANCE]
    for row in far:
        console.print(
            f"[yellow]{row['workload']} on {row['config']}: {row['above_percent']:.0f}% above"
            f" the lower bound of {row['bound']:,} cycles"
        )
    console.print(f"{len(records) - len(far)} of {len(records)} rows lie within {BOUND_TOLERANCE:g}% of their bounds")
    targets = target_lines(records)
    for line in targets:
        if not line["met"]:
            console.print(
                f"[yellow]{line['workload']} with {line['num_sdpe']} engines: {line['cycles']:,}"
                f" cycles, the target is {line['target']:,} (lower bound {line['bound']:,})"
            )
    if targets:
        console.print(f"{sum(line['met'] for line in targets)} of {len(targets)} targets are met")


def _save(results: dict) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "results.json").write_text(json.dumps(results, indent=1) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    options, console = parse(arguments), Console()
    try:
        filters = (options.only, options.num_sdpe, options.config)
        rows, points, normal = select(*filters), outside.select(*filters), outside.normal(*filters)
        if not rows and not points and not normal:
            return complain("no run passes ONLY, NUM_SDPE and CONFIG")
        bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
        )
        with bar:
            task = bar.add_task("building", total=len(rows) + len(points) + len(normal))
            records = measure(
                rows, options.jobs, lambda done, what: bar.update(task, completed=done, description=what or "done")
            )
            outer = outside.measure_all(
                points, options.jobs, lambda done, what: bar.update(task, completed=len(rows) + done, description=what)
            )
            before = len(rows) + len(points)
            waiting = outside.measure_all(
                normal, options.jobs, lambda done, what: bar.update(task, completed=before + done, description=what)
            )
    except (ConfigError, ToolMissing) as error:
        return complain(error)
    except SimulationFailed as error:
        console.print(str(error), style="red", markup=False)
        return FAILED
    clocks = {"assumed": options.clock_mhz}
    if options.fmax_mhz:
        clocks["FPGA"] = options.fmax_mhz
    results = {
        "rows": records + outer,
        "normal": waiting,
        "software": {},
        "clocks": clocks,
        "about": {
            "measured": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "computer": f"{platform.machine()}, {os.cpu_count()} CPUs",
            "simulator": "Verilator",
            **software.versions(),
        },
    }
    _save(results)  # the measurement of software takes minutes and may be interrupted
    if not options.no_software:
        with console.status("software"):
            results["software"] = software.measure(list(dict.fromkeys(row.workload for row in [*rows, *points])))
        _save(results)
    path = write_report(results, FOLDER)
    show(records, console)
    outside_report.show(outer, console)
    outside_report.show_normal(waiting, console)
    console.print(f"report: {path}")
    failed = [row for row in records + outer + waiting if not row["checked"]]
    for row in failed:
        console.print(
            f"{row['workload']} on {row['config']}: {'; '.join(row['problems'][:3])}", style="red", markup=False
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
