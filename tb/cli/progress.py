# SPDX-License-Identifier: Apache-2.0
"""Shows progress while a build or a simulation runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from sim.progress import FILE, state_of

REFRESH = 0.2  # seconds, on a terminal
LINE_EVERY = 10.0  # seconds between lines where there is no terminal

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

    def now() -> str:
        state = state_of(folder / FILE) if folder else ""
        return f"{what}, {time.monotonic() - began:.0f} s" + (f": {state}" if state else "")

    thread = threading.Thread(target=body, daemon=True)
    console = Console()
    began = time.monotonic()
    thread.start()
    if console.is_terminal:
        with console.status(what) as status:
            while thread.is_alive():
                thread.join(REFRESH)
                status.update(now())
    else:
        print(what, flush=True)
        while thread.is_alive():
            thread.join(LINE_EVERY)
            if thread.is_alive():
                print(now(), flush=True)
    if failure:
        raise failure[0]
    return outcome[0]
