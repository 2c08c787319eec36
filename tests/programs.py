# SPDX-License-Identifier: Apache-2.0
"""Tests that need a program which is not installed are not run, and counted.

The mark `needs("yosys", "sta")` names programs; a test on Icarus needs Icarus. A test without a mark that fails,
and by then has called a missing program, is not run either. The last line of the run counts them. STRICT=1 lets the
run fail.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from sim.options import decide, options
from sim.toolchain import PROGRAMS, SUITE, ToolMissing, missing
from tools.machine import line
from tools.silicon import programs

OPENROAD = "make venv GROUP=openroad"
ABSENT = [*missing(SUITE), *(name for name in (programs.OPENROAD,) if not programs.find(name))]


def lacking(item: pytest.Item) -> list[str]:
    """Return the programs that a test needs and the machine lacks."""
    marked = [name for mark in item.iter_markers("needs") for name in mark.args]
    if unknown := {*marked} - {*SUITE, programs.OPENROAD}:
        raise pytest.UsageError(f"{item.nodeid}: the mark needs names {', '.join(unknown)}, which is no program")
    params = item.callspec.params if hasattr(item, "callspec") else {}
    icarus = ["iverilog", "vvp"] if "icarus" in (str(params.get("simulator")), str(params.get("on"))) else []
    return [name for name in ABSENT if name in (*marked, *icarus)]


def error_of(names: Sequence[str]) -> ToolMissing:
    """Return the error of a test that lacks programs."""
    if names[0] in PROGRAMS:
        error = ToolMissing.of(names[0])
    else:
        error = ToolMissing(f"'{names[0]}' is not installed: {OPENROAD}")
    error.programs = tuple(names)
    return error


def missed() -> list[str]:
    """Return the programs that this test, or a command that it has started, did not find."""
    path = Path(options().missed)
    return path.read_text().split() if path.is_file() else []


def begin() -> None:
    """Forget what other tests of this process did not find."""
    Path(options().runs).mkdir(parents=True, exist_ok=True)  # no run has made it yet
    decide(missed=str(Path(options().runs) / f"missed-{os.getpid()}"))
    Path(options().missed).unlink(missing_ok=True)


def leave_out(report: pytest.TestReport, error: BaseException) -> bool:
    """Make the report of a test that failed for a missing program that of a test not run; return whether it did."""
    names = getattr(error, "programs", ())
    if isinstance(error, FileNotFoundError):
        names = (str(error.filename),)
    found = [name for name in ABSENT if name in (*names, *missed())]
    if found:
        report.outcome, report.lacks = "skipped", found
        report.longrepr = (report.location[0], report.location[1] or 0, f"Skipped: {error_of(found)}")
    return bool(found)


def not_run(config: pytest.Config) -> dict[str, list[str]]:
    """Return the tests that were not run, with the programs that each lacks."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return {item.nodeid: item.lacks for item in reporter.stats.get("skipped", []) if hasattr(item, "lacks")}


def summary(tests: dict[str, list[str]]) -> str:
    """Return the last line of a run in which tests were not run."""
    lacks = {name for names in tests.values() for name in names}
    debian = [name for name in SUITE if name in lacks]
    remedies = [*([line(debian)] if debian else []), *([OPENROAD] if programs.OPENROAD in lacks else [])]
    number = len(tests)
    return f"{number} {'test' if number == 1 else 'tests'} not run, programs are missing: {', '.join(remedies)}"
