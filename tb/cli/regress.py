# SPDX-License-Identifier: Apache-2.0
"""`make regress`: runs a list of tests/lists over seeds and machines, and leaves one page of results."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from rich.console import Console

from sim import configs
from sim.configs import ConfigError
from sim.toolchain import BUILD, SIMULATORS, ToolMissing, require, shown
from tb.cli.alone import alone, end_children
from tb.cli.common import FAILED, Parser, UsageError, complain
from tb.regress import engine, results
from tb.regress.groups import grouped
from tb.regress.plan import Call, RunSpec, read_list
from tb.regress.run import Regression
from tb.sequences.registry import SequenceError

SHOWN_GROUPS = 20
MOST_OF_MESSAGE = 300  # characters


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    result = Parser(prog="make regress", description=__doc__)
    result.add_argument("--list", default="nightly", help="a list of tests/lists, or a file (LIST=)")
    result.add_argument("--seeds", help="instead of the list's seeds: 1-50, or 1,5,8-10 (SEEDS=)")
    result.add_argument("--only", default="", help="runs whose name is or contains this (ONLY=)")
    result.add_argument(
        "--rerun",
        default="",
        help="'failed': only the runs that failed the last time; 'all': also what has passed (RERUN=)",
    )
    result.add_argument("--sim", help="on this simulator only (SIM=)")
    result.add_argument("--config", help="on this configuration only (CONFIG=)")
    result.add_argument("--on", default="here", help=f"{' or '.join(engine.PLACES)}: where the workers are (ON=)")
    result.add_argument("--jobs", default=str(os.cpu_count() or 1), help="workers (JOBS=)")
    result.add_argument("--cov", action="store_true", help="count code coverage, too (COV=1)")
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0: all passed, 1: a run failed or Ctrl-C came, 2: called wrongly."""
    options = parser().parse_args(arguments)
    try:
        return regress(options)
    except (UsageError, ConfigError, SequenceError, ToolMissing) as error:
        return complain(error)
    except KeyboardInterrupt:
        return interrupted()


def interrupted() -> int:
    """End all processes, say how to continue, and return the exit status."""
    end_children()
    print("interrupted; the same command goes on where this one was", file=sys.stderr)
    return FAILED


def regress(options: argparse.Namespace) -> int:
    """Check the options and run."""
    engine.check_place(options.on)
    if options.sim and options.sim not in SIMULATORS:
        raise UsageError(f"unknown simulator '{options.sim}', choose one of {', '.join(SIMULATORS)}")
    specs = chosen(options, read_list(options.list, options.seeds))
    given = {
        name.upper(): value
        for name, value in vars(options).items()
        if name not in ("rerun", "jobs", "cov") and value != parser().get_default(name)
    }
    call = Call("regress", {"LIST": options.list, **given, "COV": "1" if options.cov else ""})
    return carry_out(options.list, specs, call, options.on, options.jobs, options.cov, options.rerun)


def chosen(options: argparse.Namespace, specs: Sequence[RunSpec]) -> list[RunSpec]:
    """Return the runs that SIM, CONFIG and ONLY leave.

    Raises:
        UsageError, ConfigError: there is none; the text says what there is.
    """
    machines = dict.fromkeys(spec.config for spec in specs)
    if options.config is not None and options.config not in machines:
        configs.load(options.config)
        raise UsageError(
            f"no run of the list '{options.list}' is on CONFIG={options.config}, but on {', '.join(machines)}"
        )
    specs = [spec for spec in specs if options.config in (None, spec.config)]
    simulators = dict.fromkeys(spec.simulator for spec in specs)
    if options.sim is not None and options.sim not in simulators:
        raise UsageError(
            f"no run of the list '{options.list}' is left on SIM={options.sim}, but on {', '.join(simulators)}"
        )
    specs = [spec for spec in specs if options.sim in (None, spec.simulator)]
    names = {spec.name for spec in specs}
    left = [
        spec for spec in specs if (spec.name == options.only if options.only in names else options.only in spec.name)
    ]
    if not left:
        raise UsageError(
            f"no run of the list '{options.list}' has '{options.only}' in its name, such as {specs[0].name}"
        )
    return left


def carry_out(
    name: str,
    specs: Sequence[RunSpec],
    call: Call,
    on: str = "here",
    jobs: str = "1",
    coverage: bool = False,
    rerun: str = "",
) -> int:
    """Run specs under the name of a list; report on the terminal and in the page; return the exit status."""
    if rerun not in ("", "failed", "all"):
        raise UsageError(f"RERUN={rerun} is neither 'failed' nor 'all'")
    for simulator in {spec.simulator for spec in specs}:
        require(simulator)
    if not jobs.isdecimal() or not int(jobs):
        raise UsageError(f"JOBS={jobs} is no number of workers")
    console = Console()
    regression = Regression(name.replace("/", "_"), specs, on, int(jobs), coverage, rerun, call)
    with alone(BUILD / "regress" / f"{regression.name}.lock", f"regression '{regression.name}'"):
        console.print(f"regression {name}: {len(specs)} runs", highlight=False)
        try:
            records = regression.carry_out(console)
        except KeyboardInterrupt:
            records = regression.ended()
            page = results.write(regression, records, missing=len(specs) - len(records))
            passed = sum(record["passed"] for record in records)
            console.print(
                f"{len(records)} of {len(specs)} runs had ended, {passed} of them passed; results: {shown(page)}",
                highlight=False,
                soft_wrap=True,
            )
            return interrupted()
        page = results.write(regression, records)
    failed = [record for record in records if not record["passed"]]
    for group in grouped(failed)[:SHOWN_GROUPS]:
        shortest = group.records[0]
        console.print(f"[red]{len(group.records)} failed:[/red]", highlight=False)
        log = shown(regression.folder / shortest["name"] / "run.log")
        console.print(
            f"  {group.message[:MOST_OF_MESSAGE]}\n  log: {log}\n  repeat: {shortest['command']}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        if shortest.get("waves"):
            again = "" if shortest["waves"]["fails_again"] else ", in which it passed"
            console.print(
                f"  trace: {shown(regression.folder / shortest['waves']['trace'])}{again}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
    console.print(
        f"{len(records) - len(failed)} of {len(records)} runs passed; results: {shown(page)}",
        highlight=False,
        soft_wrap=True,
    )
    return FAILED if failed else 0


if __name__ == "__main__":
    sys.exit(main())
