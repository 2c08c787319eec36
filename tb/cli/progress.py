# SPDX-License-Identifier: Apache-2.0
"""Shows progress while a build or a simulation runs."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from tb.env.progress import FILE

REFRESH = 0.2  # seconds, on a terminal
LINE_EVERY = 10.0  # seconds between lines where there is no terminal
STANDS = 60.0  # seconds after which a simulation without a sign is most likely stuck

T = TypeVar("T")


def watched(what: str, work: Callable[[], T], folder: Path | None = None) -> T:
    """Run work() in a thread, show its progress, and return its result.

    Args:
        what: the activity, such as "building".
        work: the function to run.
        folder: of the run, where the simulation writes its progress.
    """
    outcome: list[T] = []
    failure: list[BaseException] = []

    def body() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=body, daemon=True)
    console = Console()
    began = time.monotonic()
    thread.start()
    if console.is_terminal:
        with console.status(what) as status:
            while thread.is_alive():
                thread.join(REFRESH)
                status.update(f"{what}, {time.monotonic() - began:.0f} s{state_of(folder)}")
    else:
        print(what, flush=True)
        while thread.is_alive():
            thread.join(LINE_EVERY)
            if thread.is_alive():
                print(f"{what}, {time.monotonic() - began:.0f} s{state_of(folder)}", flush=True)
    if failure:
        raise failure[0]
    return outcome[0]


def state_of(folder: Path | None) -> str:
    """Return the progress that the simulation has written."""
    if not folder:
        return ""
    path = folder / FILE
    try:
        state = json.loads(path.read_text())
    except (OSError, ValueError):
        return ""
    if "pairs" in state:
        return f": {state['done']} of {state['pairs']} pairs of tiles, {state['results']:,} results"
    done = f", {100 * state['dots'] // state['jobs']} % of its jobs" if state["jobs"] else ""
    age = time.time() - path.stat().st_mtime
    stands = f"; no cycle has passed for {age:.0f} s, Ctrl-C ends the run" if age > STANDS else ""
    return f": cycle {state['cycles']:,}, contraction {state['contraction']}{done}{stands}"
