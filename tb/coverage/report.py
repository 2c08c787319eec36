# SPDX-License-Identifier: Apache-2.0
"""Merges the coverage of the runs of `make cov` into a summary and a page.

Writes summary.json (functional, line, branch, toggle in percent; every hole by name) and index.html into
the folder of the report, and prints the totals with the first holes.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from rich.console import Console
from rich.table import Table

from tb.common.sources import RTL
from tb.coverage.code import KINDS, CodeCoverage
from tb.coverage.functional import CoverPoint, count_runs, read_functional, total_percent
from tb.coverage.testplan import Testpoint, read_testplan

SHOWN_HOLES = 40  # on the terminal; all of them are in summary.json


def functional_holes(points: list[CoverPoint], plan: list[Testpoint]) -> list[str]:
    """Name each missed bin with the testpoint that is to cover it."""
    owner = {cover: testpoint.name for testpoint in plan for cover in testpoint.cover}
    return [f"functional {point.name}: bin {name} (testpoint {owner.get(point.name, 'none')})"
            for point in points for name in point.missed]


def code_holes(code: CodeCoverage) -> list[str]:
    """Name each uncovered line and branch, then each uncovered toggle: one edge of one bit."""
    return [f"{point.kind} rtl/{point.file}:{point.line} {point.what}".rstrip()
            for point in code.holes(("line", "branch")) + code.holes(("toggle",))]


def shown_holes(holes: list[str]) -> list[str]:
    """Return the terminal's lines: the first holes that are no toggles, and how many there are beside."""
    others = [hole for hole in holes if not hole.startswith("toggle")]
    lines = [f"hole: {hole}" for hole in others[:SHOWN_HOLES]]
    if len(others) > SHOWN_HOLES:
        lines.append(f"and {len(others) - SHOWN_HOLES} more")
    if len(holes) > len(others):
        lines.append(f"and {len(holes) - len(others)} toggles")
    return lines


def runs_counted(code: CodeCoverage, functional: Mapping[str, int]) -> str:
    """Say how many runs each kind of coverage comes from; Icarus counts no code."""
    by_simulator = ", ".join(f"{count} on {name.capitalize()}" for name, count in functional.items())
    return f"Runs with code coverage: {code.runs} on Verilator; with functional coverage: {by_simulator}"


def page(code: CodeCoverage, points: list[CoverPoint], plan: list[Testpoint], summary: dict,
         runs: str) -> str:
    """Return the HTML page; `runs` is the sentence of runs_counted()."""
    missed: dict[str, dict[int, list[str]]] = {}
    for point in code.holes():
        missed.setdefault(point.file, {}).setdefault(point.line, []).append(
            f"{point.kind} {point.what}".strip())
    files = [{"name": file,
              "percent": {kind: code.percent(kind, file) for kind in KINDS},
              "source": [(number, text, missed.get(file, {}).get(number, []))
                         for number, text in enumerate((RTL / file).read_text().splitlines(), 1)]}
             for file in code.files()]
    owner = {cover: testpoint for testpoint in plan for cover in testpoint.cover}
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True,
                              trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("report.html.j2").render(
        summary=summary, files=files, points=points, owner=owner, kinds=KINDS, runs=runs)


def write(folder: Path) -> bool:
    """Report on the runs in `folder`/runs into `folder`; tell whether there was any code coverage."""
    data = sorted((folder / "runs").glob("*/coverage.dat"))
    exports = sorted((folder / "runs").glob("*/functional-*.yml"))
    if not data:
        print("no test has measured code coverage: that takes a simulation on Verilator", file=sys.stderr)
        return False
    code = CodeCoverage()
    for path in data:
        code.read(path)
    points = read_functional(exports, folder / "functional.yml")
    plan = read_testplan()
    runs = runs_counted(code, count_runs(exports))

    holes = functional_holes(points, plan) + code_holes(code)
    summary = {"functional": round(total_percent(points), 2) if points else None,
               **{kind: round(code.percent(kind), 2) for kind in KINDS}, "holes": holes}
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    (folder / "index.html").write_text(page(code, points, plan, summary, runs))

    console = Console()
    table = Table(title=runs)
    for column in ("RTL file", *KINDS):
        table.add_column(column, justify="left" if column == "RTL file" else "right")
    for file in code.files():
        table.add_row(file, *(f"{code.percent(kind, file):.1f}" for kind in KINDS))
    table.add_section()
    table.add_row("all RTL", *(f"{summary[kind]:.1f}" for kind in KINDS))
    console.print(table)
    for text in shown_holes(holes):
        console.print(text, highlight=False, markup=False)
    functional = "not measured" if summary["functional"] is None else f"{summary['functional']:.1f} %"
    console.print(f"functional {functional}, line {summary['line']:.1f} %, "
                  f"branch {summary['branch']:.1f} %, toggle {summary['toggle']:.1f} %; "
                  f"{len(holes)} holes", highlight=False)
    return True
