# SPDX-License-Identifier: Apache-2.0
"""One `make sim` at a time in a checkout, and nothing of it left when it ends.

`python -m tb.cli.alone NAME -m MODULE ..` runs a command of which there is one at a time.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from tb.common.folders import VARIABLE
from tb.common.toolchain import BUILD

GRACE = 2.0  # seconds between asking a process to end and ending it


@contextlib.contextmanager
def alone(path: Path, what: str) -> Iterator[None]:
    """Hold a lock file while the block runs; wait for whoever holds it, another `what`, and say so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another {what} in this folder", flush=True)
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


def main(arguments: Sequence[str]) -> int:
    """Run Python with the arguments behind the name; return its exit status."""
    name, *command = arguments
    with alone(BUILD / f"{name}.lock", f"make {name}"):
        environment = {**os.environ, VARIABLE: str(BUILD / f"runs-{name}")}
        return subprocess.run([sys.executable, *command], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
