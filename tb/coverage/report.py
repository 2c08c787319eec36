# SPDX-License-Identifier: Apache-2.0
"""Merges the coverage of the runs of `make cov` into a summary, pages and files for other tools.

Writes into the folder of the report: summary.json (functional, line, branch, toggle, states, cover in percent; every
hole by name), hits.json (all hits, for later runs that report their additions), index.html with its pages,
and the exports. Prints the totals with the first holes.
"""

import contextlib
import dataclasses
import json
import shutil
import sys
from collections.abc import Hashable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sim import files
from sim.thisrun import ThisRun
from tb.coverage import exclusions, exports
from tb.coverage.code import KINDS, CodeCoverage, hardware
from tb.coverage.contributions import contributions
from tb.coverage.functional import (
    CoverPoint,
    count_runs,
    merge_xml,
    of_other_points,
    read_functional,
    read_hits,
    total_percent,
)
from tb.coverage.origin import Origin, now
from tb.coverage.pages import Report, write_pages
from tb.coverage.testplan import Testpoint, read_testplan

SHOWN_HOLES = 40  # on the terminal; all of them are in summary.json


def functional_holes(points: list[CoverPoint], plan: list[Testpoint]) -> list[str]:
    """Name each missed bin with its testpoint."""
    owner = {cover: testpoint.name for testpoint in plan for cover in testpoint.cover}
    return [
        f"functional {point.name}: bin {name} (testpoint {owner.get(point.name, 'none')})"
        for point in points
        for name in point.missed
    ]


def code_holes(code: CodeCoverage) -> list[str]:
    """Name each uncovered line, branch, state, transition and cover property, then each uncovered edge of a bit."""
    return [
        f"{point.kind} rtl/{point.file}:{point.line} {point.what}".rstrip()
        for point in code.holes(("line", "branch", "states", "cover")) + code.holes(("toggle",))
    ]


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
    """Return the number of runs for each kind of coverage; Icarus counts no code."""
    by_simulator = ", ".join(f"{count} on {name.capitalize()}" for name, count in functional.items())
    return f"Runs with code coverage: {code.runs} on Verilator; with functional coverage: {by_simulator}"


def bins_of(exports_of_run: list[Path]) -> set[str]:
    """Return the bins that a run has hit, as "point: bin"."""
    return {
        f"{point.name}: {name}" for point in read_hits(exports_of_run) for name in point.bins.keys() - set(point.missed)
    }


def modules_measured(code: CodeCoverage, of: list[str]) -> str:
    """Return a sentence on the share of the hardware that was counted."""
    return f"{len(code.files())} of {len(of)} modules measured"


def builds_of(folders: list[Path]) -> tuple[list[dict], dict[str, str]]:
    """Return each build with the number of its runs, and the command that repeats each run of a test."""
    counted: dict[str, int] = {}
    repeats: dict[str, str] = {}
    for folder in folders:
        with contextlib.suppress(FileNotFoundError, ValueError):
            run = ThisRun.read(folder)
            repeats[folder.name] = run.repeat
            text = json.dumps({name: getattr(run, name) for name in ("toplevel", "simulator", "parameters")})
            counted[text] = counted.get(text, 0) + 1
    builds = sorted(
        ({**json.loads(text), "runs": count} for text, count in counted.items()),
        key=lambda build: (build["toplevel"], build["simulator"], -build["runs"]),
    )
    return builds, repeats


def write(folder: Path, origin: Origin | None = None) -> bool:
    """Report on the runs in `folder`/runs into `folder`; return whether there was any code coverage."""
    origin = origin or Origin()
    runs = sorted(path for path in (folder / "runs").glob("*") if path.is_dir())
    found = [path for path in runs if (path / "coverage.dat").exists()]
    files = [path for run in runs for path in sorted(run.glob("functional-*.yml"))]
    if not found:
        print("no test has measured code coverage: that takes a simulation on Verilator", file=sys.stderr)
        return False
    for path in of_other_points(files):
        print(f"left out, because its cover points have other bins than this project: {path}", file=sys.stderr)
        files.remove(path)
    code = CodeCoverage()
    hits: dict[str, set[Hashable]] = {}
    for run in runs:
        points_hit: set[Hashable] = set(code.read(run / "coverage.dat")) if run in found else set()
        points_hit |= bins_of(sorted(run.glob("functional-*.yml")))
        if points_hit:
            hits[run.name] = points_hit
    points = read_functional(files, folder / "functional.yml")
    merge_xml(
        [path.with_suffix(".xml") for path in files if path.with_suffix(".xml").exists()], folder / "functional.xml"
    )
    plan = read_testplan()
    excluded, stale = exclusions.apply(code, exclusions.read_exclusions(), origin.subset)
    ranking = contributions(hits)
    holes = functional_holes(points, plan) + code_holes(code)
    summary = {
        "functional": round(total_percent(points), 2) if points else None,
        **{kind: round(code.percent(kind), 2) for kind in KINDS},
        "measured": code.files(),
        "origin": dataclasses.asdict(origin),
        "holes": holes,
    }
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    (folder / "hits.json").write_text(
        json.dumps(sorted({str(item) for items in hits.values() for item in items if isinstance(item, str)}), indent=0)
        + "\n"
    )
    (folder / "lcov.info").write_text(exports.lcov(code))
    counted = runs_counted(code, count_runs(files))
    logs = {run.name: f"runs/{run.name}/run.log" for run in runs if (run / "run.log").exists()}
    about = (
        f"Exclusions out of date: {len(stale):,}. " if stale else ""
    ) + f"Points excluded, each with its reason: {sum(map(len, excluded.values())):,}."
    builds, repeats = builds_of(runs)
    measured = modules_measured(code, modules := hardware())
    write_pages(
        Report(
            code,
            points,
            plan,
            excluded,
            stale,
            ranking,
            builds,
            counted,
            about,
            logs,
            origin,
            measured,
            sorted({*modules} - {*code.files()}),
            repeats,
            (folder / "junit.xml").exists(),
        ),
        folder,
    )
    of_subset = ": a subset of the tests" if origin.subset else ""
    show(code, summary, holes, f"{counted}. {measured}{of_subset}", stale)
    return True


def show(code: CodeCoverage, summary: Mapping, holes: list[str], runs: str, stale: list[str]) -> None:
    """Print the figures by file, the first holes, and the totals."""
    console = Console()
    table = Table(title=runs)
    for column in ("RTL file", *KINDS):
        table.add_column(column, justify="left" if column == "RTL file" else "right")
    for file in code.files():
        table.add_row(file, *(f"{code.percent(kind, file):.1f}" for kind in KINDS))
    table.add_section()
    table.add_row("all of these", *(f"{summary[kind]:.1f}" for kind in KINDS))
    console.print(table)
    for text in [*stale, *shown_holes(holes)]:
        console.print(text, highlight=False, markup=False)
    functional = "not measured" if summary["functional"] is None else f"{summary['functional']:.1f} %"
    console.print(
        f"functional {functional}, "
        + ", ".join(f"{kind} {summary[kind]:.1f} %" for kind in KINDS)
        + f"; {len(holes)} holes",
        highlight=False,
    )


def add(report: Path, runs: list[Path], fresh: Path) -> bool:
    """Make in `fresh` a report of another one's runs and of further runs; return whether there is any."""
    shutil.copytree(report / "runs", fresh / "runs", copy_function=shutil.copy2)
    if (report / "junit.xml").exists():
        shutil.copy2(report / "junit.xml", fresh)
    for run in runs:
        shutil.copytree(run, fresh / "runs" / f"added-{run.name}", dirs_exist_ok=True)
    summary = report / "summary.json"
    found = (files.read_json(summary) or {}).get("origin")
    origin = Origin(**found) if found else Origin()
    return write(fresh, dataclasses.replace(origin, date=now(), added=origin.added + len(runs)))
