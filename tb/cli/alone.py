# SPDX-License-Identifier: Apache-2.0
"""One `make sim` at a time in a checkout, and nothing of it left when it ends."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

import psutil

GRACE = 2.0  # seconds between asking a process to end and ending it


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock file while the block runs; wait for whoever holds it, and say so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another make sim in this folder", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def end_children() -> None:
    """End every process that this one has begun: Icarus goes on when its terminal interrupts it."""
    children = psutil.Process().children(recursive=True)
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.terminate()
    _, alive = psutil.wait_procs(children, timeout=GRACE)
    for child in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    psutil.wait_procs(alive, timeout=GRACE)
