# SPDX-License-Identifier: Apache-2.0
"""`make fuzz`: throws bytes at every reader of tensor files, guided by coverage, and counts.

Each reader gets its share of the minutes in a separate process (tests/fuzz/readers.py, atheris). The process
has at most 1 GiB of memory and 20 s for an input. Inputs that reached new code stay in build/fuzz, so that a
later run continues from there. Status 1 if an input is neither read nor refused with a clear error.
"""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from models import io
from sim.toolchain import BUILD, ROOT
from tb.cli.common import Parser, positive
from tools import set_up

FOLDER = BUILD / "fuzz"
LIMITS = ("-rss_limit_mb=1024", "-timeout=20", "-max_len=1000")
DONE = re.compile(r"^Done (\d+) runs", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """The outcome of fuzzing one reader: inputs tried, seconds, and the input that broke it, if any."""

    ending: str
    runs: int
    seconds: float
    broken_by: Path | None
    log: Path


def command(ending: str, corpus: Path, seconds: int, seed: int) -> list[str]:
    """Return the command that fuzzes one reader."""
    return [
        sys.executable,
        "-m",
        "tests.fuzz.readers",
        ending,
        str(corpus),
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        f"-artifact_prefix={corpus.parent}/",
        *LIMITS,
    ]


def fuzz(ending: str, seconds: int, seed: int) -> Outcome:
    """Fuzz one reader for a time.

    Raises:
        RuntimeError: the fuzzer ended without a count and without an input to show.
    """
    folder = FOLDER / ending.lstrip(".")
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*-*"):
        old.unlink()
    began = time.monotonic()
    log = folder / "log"
    with log.open("w") as file:
        status = subprocess.run(
            command(ending, folder / "corpus", seconds, seed),
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    done = DONE.search(log.read_text(errors="replace"))
    broken_by = next(folder.glob("*-*"), None)  # crash-*, oom-*, timeout-*
    if broken_by is None and (status or not done):
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise RuntimeError(f"{ending}: the fuzzer ended with status {status}: {' '.join(last)} ({log})")
    return Outcome(ending, int(done[1]) if done else 0, time.monotonic() - began, broken_by, log)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = Parser(prog="make fuzz", description="Throws bytes at every reader of tensor files.")
    parser.add_argument("--minutes", type=positive, default=30, help="all readers together (default 30)")
    parser.add_argument("--seed", type=int, default=1, help="of the fuzzer (default 1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="readers at the same time")
    options = parser.parse_args(arguments)
    seconds = max(1, round(options.minutes * 60 / len(io.READERS)))
    console = Console()
    set_up.require("fuzz")
    console.print(f"{len(io.READERS)} readers, {seconds} s each, seed {options.seed}")
    try:
        with ThreadPoolExecutor(options.jobs) as pool:
            outcomes = list(pool.map(lambda ending: fuzz(ending, seconds, options.seed), io.READERS))
    except RuntimeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    table = Table("reader", "inputs", "seconds", "verdict")
    for outcome in outcomes:
        verdict = f"broken by {outcome.broken_by}, see {outcome.log}" if outcome.broken_by else "all handled"
        table.add_row(outcome.ending, f"{outcome.runs:,}", f"{outcome.seconds:.0f}", verdict)
    console.print(table)
    console.print(f"{sum(outcome.runs for outcome in outcomes):,} inputs")
    return 1 if any(outcome.broken_by for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
