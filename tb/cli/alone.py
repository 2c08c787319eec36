# SPDX-License-Identifier: Apache-2.0
"""One `make sim` at a time in a checkout, without remaining processes when it ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

GRACE = 2.0  # seconds between asking a process to end and ending it


@contextlib.contextmanager
def alone(path: Path, what: str) -> Iterator[None]:
    """Hold a lock file while the block runs; wait for another holder, a `what`, with a message."""
    lock = FileLock(path)
    try:
        held = lock.acquire(blocking=False)
    except Timeout:
        print(f"waiting for another {what} in this folder", flush=True)
        held = lock.acquire()
    with held:
        yield


def end_children() -> None:
    """End every child process: Icarus continues when its terminal interrupts it."""
    children = psutil.Process().children(recursive=True)
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.terminate()
    _, alive = psutil.wait_procs(children, timeout=GRACE)
    for child in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    psutil.wait_procs(alive, timeout=GRACE)
