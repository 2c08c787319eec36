# SPDX-License-Identifier: Apache-2.0
"""The pages of a coverage report: an overview, a page per RTL file with its source, and the testplan."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

from sim.sources import RTL
from sim.toolchain import ROOT
from tb.coverage.code import KINDS, CodeCoverage, Point, fold_toggles
from tb.coverage.conditions import condition_of
from tb.coverage.contributions import Contribution
from tb.coverage.exclusions import Exclusion
from tb.coverage.functional import CoverPoint
from tb.coverage.origin import Origin
from tb.coverage.testplan import FOLDER as PLAN
from tb.coverage.testplan import Testpoint
from tb.pages import render

SAMPLED = ROOT / "tb" / "env" / "coverage.py"  # where the cover points are sampled


@dataclasses.dataclass(frozen=True)
class Report:
    """The contents of a report.

    Attributes:
        code, points, plan: coverage and testplan.
        excluded, stale: results of tb.coverage.exclusions.apply().
        ranking: contribution of each run.
        builds: {toplevel, simulator, parameters, runs} of each build.
        runs, about: sentences on where the figures come from.
        logs: link to the log of a run, from the overview, by its name.
        origin: whence the report comes.
        measured: sentence on how much of the hardware was counted.
        unmeasured: files that were not.
        repeats: the command that repeats a run, by its name; "" where no test began it.
        junit: whether junit.xml stands beside the pages.
    """

    code: CodeCoverage
    points: Sequence[CoverPoint]
    plan: Sequence[Testpoint]
    excluded: Mapping[Exclusion, Sequence[Point]]
    stale: Sequence[str]
    ranking: Sequence[Contribution]
    builds: Sequence[Mapping]
    runs: str
    about: str
    logs: Mapping[str, str]
    origin: Origin
    measured: str
    unmeasured: Sequence[str]
    repeats: Mapping[str, str]
    junit: bool = False


def matrix_of(point: CoverPoint) -> dict | None:
    """Return a cross of two or more sides as a table, None for bins that are no cross.

    The last side gives the columns, the others together the rows; a combination that is no bin is None.
    """
    if not point.bins or not all(" x " in name for name in point.bins):
        return None
    cells = {tuple(name.rpartition(" x ")[::2]): hits for name, hits in point.bins.items()}
    columns = list(dict.fromkeys(column for _, column in cells))
    rows = list(dict.fromkeys(row for row, _ in cells))
    return {"columns": columns, "rows": [(row, [cells.get((row, column)) for column in columns]) for row in rows]}


def summary_of(report: Report, file: str) -> dict:
    """Return the figures of one file, and the tests that build it."""
    return {
        "name": file,
        "module": Path(file).stem,
        "folder": str(Path(file).parent),
        "page": f"code/{Path(file).stem}.html",
        "tests": tests_of(report, file),
        **figures(report.code.of(file)),
    }


def tests_of(report: Report, file: str) -> list[dict]:
    """Return the runs that build a file, one per command; those with the fewest other files are first."""
    sizes = Counter(run for runs in report.code.built.values() for run in runs)
    tests: dict[str, dict] = {}
    for run in sorted(report.code.built.get(file, ()), key=lambda name: (sizes[name], name)):
        command = report.repeats.get(run, "")
        tests.setdefault(command or run, {"run": run, "command": command, "log": report.logs.get(run, "")})
    return list(tests.values())


def figures(counts: Iterable[tuple[Point, int]]) -> dict:
    """Return percent, and whether there is anything, by kind; and how much is open."""
    totals, hits = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
    for point, count in counts:
        totals[point.kind] += 1
        hits[point.kind] += count > 0
    return {
        "percent": {kind: 100.0 * hits[kind] / totals[kind] if totals[kind] else 100.0 for kind in KINDS},
        "has": {kind: totals[kind] > 0 for kind in KINDS},
        "open": sum(totals.values()) - sum(hits.values()),
    }


def rows_of(code: CodeCoverage, file: str, excluded: Iterable[Point]) -> list[dict]:
    """Return the lines of a file with their hits, branches, folded toggles, states and cover properties."""
    lines: dict[int, int] = {}
    others: dict[int, list[tuple[Point, int]]] = {}
    for point, count in code.of(file):
        if point.kind == "line":
            lines[point.line] = count
        else:
            others.setdefault(point.line, []).append((point, count))
    left_out = {point.line for point in excluded if point.file == file}
    rows = []
    source = (RTL / file).read_text().splitlines()
    for number, text in enumerate(source, 1):
        points = others.get(number, [])
        notes = ways_of([pair for pair in points if pair[0].kind == "branch"], source)
        notes += [
            note(text, True)
            for text in fold_toggles(point.what for point, count in points if point.kind == "toggle" and not count)
        ]
        notes += [
            note(f"{'cover ' * (point.kind == 'cover')}{point.what} {count}", not count)
            for point, count in points
            if point.kind in ("cover", "states")
        ]
        notes += [note("excluded")] if number in left_out else []
        hole = lines.get(number) == 0 or any(count == 0 for _, count in points)
        rows.append({"number": number, "hits": lines.get(number), "text": text, "notes": notes, "hole": hole})
    return rows


def note(text: str, hole: bool = False) -> dict:
    """Return a page's text about a line, and whether the line is open."""
    return {"text": text, "hole": hole}


def ways_of(branches: Sequence[tuple[Point, int]], source: Sequence[str]) -> list[dict]:
    """Return a note for each condition on a line: how often it was true and false.

    A branch whose condition is not found has its way alone.
    """
    by_condition: dict[str, dict[str, int]] = {}
    for point, count in branches:
        found = condition_of(point.what, point.line, source)
        text, way = (found[0], "true" if found[1] else "false") if found else ("", point.what.partition(" (column")[0])
        ways = by_condition.setdefault(text, {})
        ways[way] = ways.get(way, 0) + count
    return [
        note(
            (f"{text}: " if text else "")
            + ", ".join(f"{way} {ways[way]}" for way in sorted(ways, key=lambda way: way in ("false", "else"))),
            not all(ways.values()),
        )
        for text, ways in by_condition.items()
    ]


def write_pages(report: Report, folder: Path) -> None:
    """Write index.html, testplan.html and code/*.html into a folder."""
    code, owner = report.code, {name: point for point in report.plan for name in point.cover}
    files = [summary_of(report, file) for file in code.files()]
    folders = [
        {"name": name, **figures(pair for file in files if file["folder"] == name for pair in code.of(file["name"]))}
        for name in sorted({file["folder"] for file in files})
    ]
    every = figures(code.counts.items())
    bins = [(name, point) for point in report.points for name in point.bins]
    missed = sum(len(point.missed) for point in report.points)
    totals = [("functional", 100.0 * (1 - missed / len(bins)) if bins else 0.0, missed, len(bins))]
    for kind in KINDS:
        counts = [count for point, count in code.counts.items() if point.kind == kind]
        totals.append((kind, every["percent"][kind], sum(count == 0 for count in counts), len(counts)))
    covers = [
        {
            "name": point.what,
            "module": Path(point.file).stem,
            "hits": count,
            "page": f"code/{Path(point.file).stem}.html#L{point.line}",
        }
        for point, count in sorted(code.counts.items())
        if point.kind == "cover"
    ]
    (folder / "index.html").write_text(
        render(
            "coverage.html.j2",
            runs=report.runs,
            about=report.about,
            totals=totals,
            points=report.points,
            owner=owner,
            sampled=os.path.relpath(SAMPLED, folder),
            files=files,
            folders=folders,
            kinds=KINDS,
            matrices={point.name: matrix_of(point) for point in report.points},
            covers=covers,
            ranking=report.ranking,
            kept=sum(run.rank > 0 for run in report.ranking),
            logs=report.logs,
            builds=report.builds,
            exclusions=report.excluded,
            stale=report.stale,
            junit=report.junit,
            origin=report.origin,
            measured=report.measured,
            unmeasured=report.unmeasured,
        )
    )
    write_testplan(report.plan, report.points, folder, "FLAASH coverage", {point.name for point in report.points})
    (folder / "code").mkdir(exist_ok=True)
    left_out = [point for members in report.excluded.values() for point in members]
    for file in files:
        (folder / file["page"]).write_text(
            render("file.html.j2", file=file, kinds=KINDS, rows=rows_of(code, file["name"], left_out))
        )


def write_testplan(
    plan: Sequence[Testpoint], points: Sequence[CoverPoint], folder: Path, home: str, linked: Container[str]
) -> None:
    """Write testplan.html beside a page.

    Args:
        plan, points: testplan and functional coverage.
        folder: of the page.
        home: title of the page.
        linked: the cover points that it has an anchor for.
    """
    percent = {point.name: point.percent for point in points}
    (folder / "testplan.html").write_text(
        render(
            "testplan.html.j2",
            plan=plan,
            percent=percent,
            folder=os.path.relpath(PLAN, folder),
            root=os.path.relpath(ROOT, folder),
            home=home,
            linked=linked,
            open={point.name for point in plan if any(percent.get(name, 100.0) < 100 for name in point.cover)},
        )
    )
