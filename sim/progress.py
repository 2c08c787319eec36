# SPDX-License-Identifier: Apache-2.0
"""The progress of a simulation in words, from the small file in which the simulation reports it."""

from __future__ import annotations

import json
import time
from pathlib import Path

FILE = "progress.json"
STANDS = 60.0  # seconds after which a simulation without a sign is most likely stuck


def state_of(path: Path, before: int = 0, of: int = 0) -> str:
    """Return the progress that a simulation has written, nothing before that.

    Args:
        path: of the file.
        before: contractions of earlier calls.
        of: contractions of this call, if they are known.
    """
    try:
        state = json.loads(path.read_text())
        age = time.time() - path.stat().st_mtime
    except (OSError, ValueError):
        return ""
    if "pairs" in state:
        return f"{state['done']} of {state['pairs']} pairs of tiles, {state['results']:,} results"
    done = f", {100 * state['dots'] // state['jobs']} % of its jobs" if state["jobs"] else ""
    stands = f"; no cycle has passed for {age:.0f} s, Ctrl-C ends the run" if age > STANDS else ""
    number = f"{state['contraction'] - before:,}" + (f" of {of:,}" if of else "")
    return f"cycle {state['cycles']:,}, contraction {number}{done}{stands}"
