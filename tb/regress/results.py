# SPDX-License-Identifier: Apache-2.0
"""One page of results, build/results/index.html, and the history that its trend is drawn from."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import platform
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from sim import files
from sim.commands import make, make_test
from sim.interfaces import STREAM
from sim.options import options
from sim.toolchain import BUILD, ROOT, SIMULATORS, environment, has_icarus, shown
from tb.coverage.exports import junit
from tb.coverage.functional import CoverPoint, read_hits, total_percent
from tb.coverage.pages import write_testplan
from tb.coverage.testplan import Testpoint, read_testplan
from tb.pages import render
from tb.regress.groups import grouped

if TYPE_CHECKING:
    from tb.regress.run import Regression

FOLDER = BUILD / "results"
SHOWN_HISTORY = 50
FEW_ROWS = 8  # of tests; a page with no more of them folds none away
PACKAGES = ("cocotb", "pyuvm", "cocotb-coverage", "cocotbext-axi", "distributed")


def tools() -> dict[str, str]:
    """Return the versions of what took part."""
    versions = {"Python": platform.python_version(), "machine": f"{platform.node()}, {os.cpu_count()} processors"}
    result = subprocess.run(["verilator", "--version"], env=environment(), capture_output=True, text=True)
    versions["Verilator"] = result.stdout.strip() or "none"
    if has_icarus():
        versions["Icarus"] = subprocess.run(["iverilog", "-V"], capture_output=True, text=True).stdout.splitlines()[0]
    return versions | {name: metadata.version(name) for name in PACKAGES}


def revision() -> str:
    """Return the git revision, with "+" if files differ from it; "unknown" outside of a repository."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    if shutil.which("git") is None or not (found := git("rev-parse", "--short=10", "HEAD")):
        return "unknown"
    return found + ("+" if git("status", "--porcelain") else "")


def title(record: Mapping) -> str:
    """Return what a run is for people: a run of two files by their names, not by their knobs."""
    return f"{test_title(record)}, {record['simulator']}, seed {record['seed']}" if record["config"] else record["name"]


def test_title(record: Mapping) -> str:
    """Return the run without simulator and seed, and its knobs as words."""
    if not record["config"]:  # a test of pytest
        return record["test"]
    knobs = json.loads(record["knobs"])
    words = [record["sequence"]]
    if record["sequence"] == "file":  # a knob that is not given is None or 0 there
        words += [" x ".join(Path(knobs.pop(name)).name for name in ("a", "b") if name in knobs)]
        knobs = {name: value for name, value in knobs.items() if value}
    interface = record.get("interface", STREAM)
    words += [
        "on",
        record["config"],
        *([] if interface == STREAM else [f"at the {interface} interface"]),
        *(f"{name}={value}" for name, value in knobs.items()),
    ]
    return " ".join(filter(None, words))


def testpoints_of(rows: Sequence[Mapping]) -> list[dict]:
    """Return the rows by testpoint, with totals."""
    return [
        {
            "name": name,
            "rows": members,
            "passed": sum(row["passed"] for row in members),
            "runs": sum(len(row["records"]) for row in members),
            "seconds": sum(row["seconds"] for row in members),
        }
        for name, members in ((name, list(group)) for name, group in groupby(rows, lambda row: row["testpoint"]))
    ]


def rows_of(records: Iterable[Mapping], plan: Sequence[Testpoint]) -> list[dict]:
    """Return a row per testpoint, test and simulator; also for no testpoint."""
    owners: dict[str, list[Testpoint | None]] = {}
    for point in plan:
        for sequence in (*point.sequences, *point.tests):
            owners.setdefault(sequence, []).append(point)
    cells: dict[tuple, list[Mapping]] = {}
    for record in records:
        for point in owners.get(record["sequence"], [None]):
            name = point.name if point else "none"
            cells.setdefault((name, record["test"], record["simulator"]), []).append(record)
    return [
        {
            "testpoint": name,
            "test": test_title(members[0]),
            "simulator": simulator,
            "records": members,
            "passed": sum(record["passed"] for record in members),
            "seconds": sum(record["seconds"] for record in members),
        }
        for (name, _, simulator), members in sorted(cells.items())
    ]


def holes_of(points: Iterable[CoverPoint], plan: Sequence[Testpoint], filled: Mapping[str, str]) -> list[dict]:
    """Return each open bin with its testpoint and a command.

    Args:
        points, plan: coverage and testplan.
        filled: the command of a run that has hit a bin before, by "point: bin".
    """
    owner = {cover: point for point in plan for cover in point.cover}
    holes = []
    for point in points:
        testpoint = owner.get(point.name)
        for missed in point.missed:
            guess = make("test", TEST=testpoint.tests[0]) if testpoint else ""
            holes.append(
                {
                    "point": point.name,
                    "bin": missed,
                    "testpoint": testpoint.name if testpoint else "none",
                    "command": filled.get(f"{point.name}: {missed}", guess),
                }
            )
    return holes


def groups_of_holes(points: Iterable[CoverPoint], holes: Iterable[Mapping]) -> list[dict]:
    """Return the open bins by cover point, with its testpoint and how many bins it has."""
    bins = {point.name: len(point.bins) for point in points}
    return [
        {"name": name, "bins": bins[name], "rows": members, "testpoint": members[0]["testpoint"]}
        for name, members in ((name, list(group)) for name, group in groupby(holes, lambda hole: hole["point"]))
    ]


def note_filled(runs: Path, records: Iterable[Mapping], path: Path) -> dict[str, str]:
    """Add to a file which command has hit which bin, the shortest run's; return all that it knows."""
    known = files.read_json(path) or {}
    for record in sorted(records, key=lambda record: record["seconds"]):
        for export in (runs / record["name"]).glob("functional-*.yml"):
            for point in read_hits([export]):
                for name in point.bins.keys() - set(point.missed):
                    known.setdefault(f"{point.name}: {name}", record["command"])
    files.write(path, json.dumps(known, indent=0, sort_keys=True) + "\n")
    return known


@dataclasses.dataclass(frozen=True)
class Suite:
    """The tests of `make cov`, as a regression: they have no folder each, but their runs have.

    Attributes:
        report: folder of the coverage report, with junit.xml and the runs.
        name: of the regression.
        repeat: the command that carries it out again.
    """

    report: Path
    name: str = "suite"
    repeat: str = "make cov"

    @property
    def folder(self) -> Path:
        """Where the runs are."""
        return self.report / "runs"

    def command(self) -> str:
        """Return the command that carries it out again."""
        return self.repeat

    def records(self) -> list[dict]:
        """Return a record for each test of pytest's junit.xml that ran."""
        seed = options().seed
        found = []
        for case in ElementTree.parse(self.report / "junit.xml").getroot().iter("testcase"):
            if case.find("skipped") is not None:
                continue
            file = case.get("classname", "").replace(".", "/") + ".py"
            test, _, parameters = case.get("name", "").partition("[")
            words = parameters.rstrip("]").split("-")
            simulator = next((name for name in SIMULATORS if name in words), "")
            failure = case.find("failure") if case.find("failure") is not None else case.find("error")
            error = "" if failure is None else failure.text or failure.get("message") or "it failed"
            whole = f"{file}::{case.get('name')}"
            found.append(
                {
                    "name": whole,
                    "sequence": f"{file}::{test}",
                    "test": f"{file}::{test}",
                    "config": "",
                    "simulator": simulator,
                    "seed": parameters.rstrip("]") or seed,
                    "passed": failure is None,
                    "error": error,
                    "seconds": float(case.get("time", 0)),
                    "cycles": 0,
                    "key": "",
                    "waves": None,
                    "command": make_test(whole, seed, FULL=1),
                }
            )
        return found


def write(
    regression: Regression | Suite, records: Sequence[Mapping], folder: Path | None = None, missing: int = 0
) -> Path:
    """Write the page of a regression and keep its record in the history; return the page's path.

    Args:
        regression, records: the planned runs and their results.
        folder: of the page.
        missing: runs without a record, for the regression was interrupted.
    """
    folder = folder or FOLDER
    one = isinstance(regression, Suite)
    history = folder / "history"
    history.mkdir(parents=True, exist_ok=True)
    passed = [record for record in records if record["passed"]]
    exports = (
        list(regression.folder.glob("*/functional-*.yml"))
        if one
        else [path for record in passed for path in (regression.folder / record["name"]).glob("functional-*.yml")]
    )
    points = read_hits(exports)
    plan = read_testplan()
    filled = note_filled(regression.folder, [] if one else passed, folder / "filled.json")
    (folder / "junit.xml").write_text(junit(regression.name, records))
    now = datetime.datetime.now().astimezone()
    entry = {
        "name": regression.name,
        "date": f"{now:%Y-%m-%d %H:%M:%S}",
        "revision": revision(),
        "total": len(records),
        "failed": len(records) - len(passed),
        "seconds": round(sum(record["seconds"] for record in records), 1),
        "percent": round(total_percent(points), 2),
        "tools": tools(),
        "runs": [{key: record[key] for key in ("name", "passed", "seconds", "cycles", "key")} for record in records],
    }
    kept = history / f"{now:%Y%m%d-%H%M%S-%f}-{regression.name}.json"
    kept.write_text(json.dumps(entry, indent=1) + "\n")
    entries = [entry for path in sorted(history.glob("*.json")) if (entry := files.read_json(path))][-SHOWN_HISTORY:]
    relative = os.path.relpath(regression.folder, folder)
    report = (regression.report if one else BUILD / "coverage") / "index.html"
    holes = holes_of(points, plan, filled)
    write_testplan(plan, points, folder, f"FLAASH results: {regression.name}", {hole["point"] for hole in holes})
    testpoints = testpoints_of(rows_of(records, plan))
    page = render(
        "results.html.j2",
        name=regression.name,
        total=len(records),
        failed=entry["failed"],
        missing=missing,
        date=entry["date"],
        groups=grouped(records),
        testpoints=testpoints,
        few=sum(len(point["rows"]) for point in testpoints) <= FEW_ROWS,
        title=title,
        coverage=os.path.relpath(report, folder) if report.exists() else "",
        about={"revision": entry["revision"], "tools": entry["tools"], "command": regression.command()},
        runs=relative,
        runs_shown=shown(regression.folder),
        link=lambda record: "junit.xml" if one else f"{relative}/{record['name']}/run.log",
        percent=entry["percent"],
        bins=sum(len(point.bins) for point in points),
        open=sum(len(point.missed) for point in points),
        holes=groups_of_holes(points, holes),
        history=entries[::-1],
    )
    fresh = folder / "index.html.new"
    fresh.write_text(page)
    fresh.replace(folder / "index.html")
    return folder / "index.html"
