# SPDX-License-Identifier: Apache-2.0
"""`make formal`: proves the properties of formal/, and shows that each proof notices a fault.

`make formal QUICK=1` leaves out the mutants, which take most of the time: CI runs the proofs, and no faults.

Prints a table of the proofs and a table of the mutants. Ends with status 1 if a proof does not hold, a cover
is not reached or a mutant is not refuted. A counterexample to a mutant is no evidence if the hardware without
the fault has one as well. So mutants of a proof that does not hold are not judged.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.toolchain import ToolMissing
from tb.cli.common import Parser
from tools import set_up
from tools.proofs import Outcome, Task, environment, read_proofs, require_tools, run, tasks_of

FAILED = 1
MISTAKE = 2
TIMEOUT = 1800  # seconds for one run of the solver


def describe(task: Task) -> str:
    """Return a task's name in the lines of progress."""
    if task.mutant:
        return f"{task.proof.name}: mutant: {task.mutant.what}"
    return f"{task.proof.name}: {'covers' if task.mode == 'cover' else 'proof'}"


def unjudged(outcomes: Iterable[Outcome]) -> set[Outcome]:
    """Return the outcomes of mutants whose proof does not hold."""
    outcomes = list(outcomes)
    holds = {outcome.task.proof for outcome in outcomes if outcome.task.proves and outcome.good}
    return {outcome for outcome in outcomes if outcome.task.mutant and outcome.task.proof not in holds}


def word(outcome: Outcome, judged: bool) -> str:
    """Return an outcome in a word or two, coloured for the tables."""
    task = outcome.task
    if not judged:
        return "[red]not judged[/red]"
    if outcome.good:
        text = "refuted" if task.mutant else "reached" if task.mode == "cover" else "proven"
        return f"[green]{text}[/green]"
    if task.mutant and outcome.verdict == "PASS":
        return "[red]not noticed[/red]"
    return f"[red]{outcome.verdict}[/red]"


def show(console: Console, outcomes: dict[Task, Outcome]) -> None:
    """Print a table of the proofs and, if they ran, one of the mutants, in the order of proofs.toml."""
    proofs = Table(title="Proofs")
    for column in ("proof", "shows", "method", "depth", "time", "verdict", "covers"):
        proofs.add_column(column, overflow="fold", justify="right" if column in ("depth", "time") else "left")
    mutants = Table(title="Mutants: faults made on purpose")
    for column in ("proof", "file", "fault", "time", "verdict", "by"):
        mutants.add_column(column, overflow="fold", justify="right" if column == "time" else "left")
    skipped = unjudged(outcomes.values())
    covers = {task.proof: outcome for task, outcome in outcomes.items() if task.mode == "cover"}
    for task, outcome in outcomes.items():
        seconds = f"{outcome.seconds:.0f} s"
        if task.mutant:
            mutants.add_row(
                task.proof.name,
                task.mutant.file.rsplit("/", 1)[-1],
                task.mutant.what,
                seconds,
                word(outcome, outcome not in skipped),
                escape(outcome.detail),
            )
        elif task.proves:
            method = "induction" if task.mode == "prove" else "bounded"
            proofs.add_row(
                task.proof.name,
                task.proof.shows,
                method,
                str(task.depth),
                seconds,
                word(outcome, True),
                word(covers[task.proof], True),
            )
    console.print(proofs)
    if mutants.row_count:
        console.print(mutants)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = Parser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", default="", help="only the proofs whose name contains this")
    parser.add_argument("--jobs", "-j", type=int, default=os.cpu_count() or 1, help="solver runs at a time")
    parser.add_argument("--quick", action="store_true", help="without the mutants")
    options = parser.parse_args(arguments)
    console = Console()
    try:
        proofs = [proof for proof in read_proofs() if options.only in proof.name]
        if not proofs:
            raise ValueError(f"no proof's name contains '{options.only}'")
        set_up.require("formal")
        require_tools()
    except (ToolMissing, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return MISTAKE
    tasks = [task for proof in proofs for task in tasks_of(proof) if not (options.quick and task.mutant)]
    env = environment()
    outcomes: dict[Task, Outcome] = {}
    with ThreadPoolExecutor(options.jobs) as pool:
        # Bounded proofs take longest, so they are not left to the end.
        futures = [
            pool.submit(run, task, env, TIMEOUT) for task in sorted(tasks, key=lambda task: task.proof.mode != "bmc")
        ]
        for number, future in enumerate(as_completed(futures), 1):
            outcome = future.result()
            outcomes[outcome.task] = outcome
            console.print(
                f"{number}/{len(tasks)}  {escape(describe(outcome.task))}: {word(outcome, True)} "
                f"{escape(outcome.detail)} ({outcome.seconds:.0f} s)",
                highlight=False,
                soft_wrap=True,
            )
    show(console, {task: outcomes[task] for task in tasks})
    skipped = unjudged(outcomes.values())
    bad = [outcome for outcome in outcomes.values() if not outcome.good or outcome in skipped]
    for outcome in bad:
        told = f"{outcome.verdict}, {outcome.detail}"
        if outcome in skipped:
            told = "not judged: its proof does not hold"
        console.print(
            f"{describe(outcome.task)}: {told}; log and trace in {outcome.task.folder}",
            style="red",
            markup=False,
            soft_wrap=True,
        )
    refuted = sum(task.mutant is not None and outcome not in bad for task, outcome in outcomes.items())
    proven = sum(task.proves and outcome.good for task, outcome in outcomes.items())
    mutants = "no mutant run" if options.quick else f"{refuted} mutants refuted"
    console.print(
        f"{proven} of {len(proofs)} proofs hold, {mutants}, {len(bad)} of {len(tasks)} runs not as wanted",
        highlight=False,
    )
    return FAILED if bad else 0


if __name__ == "__main__":
    sys.exit(main())
