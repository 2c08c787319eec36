# SPDX-License-Identifier: Apache-2.0
"""The times of a test run: of each build, of each simulation and of Python.

While an option names a folder (tests/conftest.py decides it), every build and run adds a record there.
"""

import contextlib
import json
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from sim.options import options
from sim.toolchain import BUILD

FOLDER = BUILD / "times"  # has a folder per folder of runs (sim.folders)


def cpu(who: int = resource.RUSAGE_CHILDREN) -> float:
    """Return the processor seconds of this process (RUSAGE_SELF) or its children."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


@contextlib.contextmanager
def measured(kind: str, simulator: str, name: str) -> Iterator[None]:
    """Record the time of the block's child processes.

    Args:
        kind: "build" or "run".
        simulator: "verilator" or "icarus".
        name: of the built module, or of the run.
    """
    wall, before = time.time(), cpu()
    try:
        yield
    finally:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").split(" ")[0]
        record(kind, simulator=simulator, name=name, test=test, wall=time.time() - wall, cpu=cpu() - before)


def record(kind: str, **values: object) -> None:
    """Add a record, if a folder for it is named."""
    if options().times:
        with (Path(options().times) / f"{os.getpid()}.jsonl").open("a") as file:
            file.write(json.dumps({"kind": kind, **values}) + "\n")


def read(folder: Path) -> list[dict]:
    """Return all records of a folder: of builds, of runs, and one per Python process of pytest."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            with contextlib.suppress(ValueError):  # a line that a full disk has cut
                found.append(json.loads(line))
    return found


def summary(records: list[dict], wall: float) -> str:
    """Return one sentence: the wall time of a run, and the processors' time by kind.

    Args:
        records: of read().
        wall: seconds from the start to now.
    """
    total, builds, runs = (
        sum(item["cpu"] for item in records if item["kind"] == kind) for kind in ("session", "build", "run")
    )
    return (
        f"{wall / 60:.1f} minutes of wall time, {total / 60:.1f} of the processors: builds "
        f"{builds / 60:.1f}, simulations {runs / 60:.1f}, Python {(total - builds - runs) / 60:.1f}"
    )
