# SPDX-License-Identifier: Apache-2.0
"""`make cov`: runs tests with coverage beside the last report, which the new one replaces at the end.

A mistake in TEST, an interruption, or tests that simulate nothing leave the last report unchanged. With TEST
the
report has its own folder: a subset's figures are no figures of the project.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sim import options
from sim.folders import claim
from sim.toolchain import BUILD, shown
from tb.cli.alone import alone
from tb.cli.common import complain
from tb.coverage import report
from tb.coverage.origin import now, origin_of
from tb.regress import results

FOLDER = BUILD / "coverage"
SUBSET = "-subset"  # suffix of the folder's name: the report of make cov TEST=
RAN = (0, 1)  # exit statuses of pytest with which tests ran to their end


def replace(fresh: Path, folder: Path) -> None:
    """Replace the last report by a complete new one; if two end at once the later one stays."""
    with alone(folder.with_name(folder.name + ".lock"), "make cov"):
        old = fresh.with_name(fresh.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)


def add(runs: Sequence[str]) -> int:
    """Put further runs, or those in a folder of runs, into the last report; return the exit status."""
    found: list[Path] = []
    for name in runs:
        path = Path(name)
        members = (
            [path]
            if list(path.glob("functional-*.yml")) or (path / "coverage.dat").exists()
            else [member for member in sorted(path.glob("*")) if list(member.glob("functional-*.yml"))]
        )
        if not members:
            return complain(f"there is no coverage in {name}")
        found += members
    if not (FOLDER / "runs").is_dir():
        return complain(f"there is no report in {shown(FOLDER)}: make cov writes one")
    fresh, held = claim(FOLDER.with_name(FOLDER.name + "-new"))
    with held:
        shutil.rmtree(fresh, ignore_errors=True)
        report.add(FOLDER, found, fresh)
        replace(fresh, FOLDER)
    print(f"{len(found)} runs added; report: {shown(FOLDER / 'index.html')}")
    return 0


def main(command: Sequence[str]) -> int:
    """Run a pytest command with coverage and report; return the exit status of the tests.

    With `--add` first, the rest are runs that are put into the last report. With `--test=..` first, the rest
    runs these tests only.
    """
    if command[0] == "--add":
        return add(command[1:])
    subset = command[0].startswith("--test=")
    tests, command = (command[0].removeprefix("--test="), command[1:]) if subset else (None, command)
    folder = FOLDER.with_name(FOLDER.name + SUBSET) if subset else FOLDER
    origin = origin_of(command, tests, results.revision())
    options.decide(seed=int(origin.seed) if origin.seed.isdecimal() else 1)  # pytest refuses another one
    fresh, held = claim(folder.with_name(folder.name + "-new"))
    with held:
        shutil.rmtree(fresh, ignore_errors=True)
        environment = {**os.environ, **options.environment(coverage=True, runs=str(fresh / "runs"))}
        status = subprocess.run([*command, f"--junitxml={fresh / 'junit.xml'}"], env=environment).returncode
        if status not in RAN or not report.write(fresh, dataclasses.replace(origin, date=now())):
            shutil.rmtree(fresh, ignore_errors=True)
            print(f"there is no new report; {shown(folder)} is as it was", file=sys.stderr)
            return status or 1
        replace(fresh, folder)
        if (folder / "junit.xml").exists():
            suite = results.Suite(folder, "subset" if subset else "suite", origin.command)
            page = results.write(suite, suite.records(), folder / "results" if subset else None)
            print(f"results: {shown(page)}")
        print(f"report: {shown(folder / 'index.html')}; every hole by name: {shown(folder / 'summary.json')}")
        return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
