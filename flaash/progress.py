# SPDX-License-Identifier: Apache-2.0
"""Shows the progress of a call that takes longer than a few seconds: one line on stderr.

A terminal and a notebook get it without being asked, other outputs only by `progress=True`.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar

AFTER = 3.0  # seconds without a line
EVERY = 0.5  # seconds between two lines that replace each other
APART = 10.0  # seconds between two lines that stay

_wanted: ContextVar[bool | None] = ContextVar("wanted", default=None)
_shown = threading.Lock()  # held by the one call that shows its progress


@contextlib.contextmanager
def wanted(progress: bool | None) -> Iterator[None]:
    """Let calls in the block show their progress: True always, False never, None where a person looks."""
    token = _wanted.set(progress)
    try:
        yield
    finally:
        _wanted.reset(token)


@contextlib.contextmanager
def shown(what: str) -> Iterator[Callable[[str], None]]:
    """Give a function that shows a state of the work; it may be called as often as there is a state.

    Args:
        what: the work.
    """
    replaces = replaceable()
    if _wanted.get() is False or (_wanted.get() is None and not replaces) or not _shown.acquire(blocking=False):
        yield lambda state: None
        return
    began = last = time.monotonic()
    width = 0  # of the line that stands

    def show(state: str) -> None:
        nonlocal last, width
        now = time.monotonic()
        if now - began < AFTER or width and now - last < (EVERY if replaces else APART):
            return
        line = f"flaash: {what}, {now - began:.0f} s" + (f": {state}" if state else "")
        print(f"\r{line:{width}}" if replaces else line, end="" if replaces else "\n", file=sys.stderr, flush=True)
        last, width = now, len(line)

    try:
        yield show
    finally:
        if replaces and width:
            print(f"\r{'':{width}}\r", end="", file=sys.stderr, flush=True)
        _shown.release()


def replaceable() -> bool:
    """Return whether a line on stderr can be written over: in a terminal, and in a notebook."""
    stream = sys.stderr
    return stream is not None and (stream.isatty() or type(stream).__module__.startswith("ipykernel."))
