# SPDX-License-Identifier: Apache-2.0
"""How a contraction is cut into jobs, and the earliest end of the last one.

Engines get the jobs one after the other.

Cycle 0 is the first comparison of the first job, if that job is handed out as early as possible. A job ends
with its last comparison. Its remaining lines are discarded while the MAC still works, but the next job waits
until they are.
"""

from __future__ import annotations

import numpy as np

from models.work import Jobs

_QUEUE = 2  # jobs that wait before the loaders
_LOADERS = 2  # jobs in a loader: one being read, one after it


def run_length(engine: str) -> int:
    """Return the run length that a host sets, in fibers of B per job; 0 for all.

    The merge engine, the paper's, gets single dot products. The resident engine's plan cuts the work.
    """
    return 1 if engine == "merge" else 0


def demand(jobs: Jobs, engines: int) -> int:
    """Return the cycles until the last comparison if every job goes to the best engine.

    Job i is handed out in cycle i or later, so engine k begins in cycle k or later. The engines that end
    with the longest discards share the rest evenly, at best.
    """
    if not len(jobs.engine):
        return 0
    busy = min(engines, len(jobs.engine))
    alone = int((np.arange(len(jobs.engine)) + jobs.engine - jobs.tail).max())
    tails = int(np.sort(jobs.tail)[-busy:].sum())
    even = -(-(int(jobs.engine.sum()) - tails + busy * (busy - 1) // 2) // busy)
    return max(alone, even)


def round_robin(jobs: Jobs, engines: int, depth: int, ahead: int) -> int:
    """Return the cycles until the last comparison if job i goes to engine i mod `engines`, in order.

    A job is handed out after the previous one, when its engine can accept it. The queue has room once the job
    _QUEUE before has gone to the loaders. The loaders accept that job when the job _LOADERS before it has
    been requested. By then all lines of the earlier job but `depth` are used. So a job for a slow engine delays
    all later jobs.

    Args:
        jobs: in order.
        engines: number of them.
        depth: lines that a loader holds.
        ahead: cycles from a job that is handed out to its first comparison, at least.
    """
    free = [0] * engines  # cycle of the next comparison
    ended: list[list[int]] = [[] for _ in range(engines)]  # cycle of the next comparison after each job
    places = [_Places(jobs.lines_a[engine::engines], jobs.lines_b[engine::engines], depth) for engine in range(engines)]
    handed, last = -1, 0
    for index, (cost, tail) in enumerate(zip(jobs.engine.tolist(), jobs.tail.tolist(), strict=True)):
        engine = index % engines
        handed += 1
        used = places[engine].used_before(index // engines)
        if used:
            # The jobs are through before cycle `ended`, and cycle 0 is `ahead` after the first hand-out.
            handed = max(handed, ended[engine][used - 1] + ahead)
        begins = max(free[engine], handed)
        free[engine] = begins + cost
        ended[engine].append(free[engine])
        last = max(last, begins + cost - tail)
    return last


class _Places:
    """How many of an engine's jobs must be finished before it accepts another one.

    Args:
        lines_a, lines_b: lines of its jobs.
        depth: lines that each loader holds.
    """

    def __init__(self, lines_a: np.ndarray, lines_b: np.ndarray, depth: int):
        self._through = np.zeros(len(lines_a), np.int64)
        for lines in (lines_a, lines_b):
            total = np.cumsum(lines)
            self._through = np.maximum(self._through, np.searchsorted(total, total - depth, side="right"))

    def used_before(self, index: int) -> int:
        """Return the number of jobs that are finished when job `index` is handed out."""
        asked = index - _QUEUE - _LOADERS
        return int(self._through[asked]) if asked >= 0 else 0
