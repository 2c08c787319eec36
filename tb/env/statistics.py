# SPDX-License-Identifier: Apache-2.0
"""Sums up the contractions of a run for its summary."""

from __future__ import annotations

import hashlib

import numpy as np
from pyuvm import uvm_subscriber

from models.csf import Csf
from sim.configs import Config
from sim.machines import Machine, Settings
from tb.env.scoreboard import Contracted


class Statistics(uvm_subscriber):
    """Collects what the scoreboard has compared.

    Args:
        config: of the hardware.

    Attributes:
        sums: jobs, matches, cycles, results and bound (in cycles) over all contractions.
        last: the last contraction, None before the first.
        digest: of all results, whatever the order in which they came.
    """

    def __init__(self, name: str, parent, config: Config):
        super().__init__(name, parent)
        self._machine = Machine(config)
        self.sums = dict.fromkeys(("contractions", "jobs", "matches", "cycles", "results", "bound"), 0)
        self.last: Contracted | None = None
        self.digest = hashlib.sha256()

    def write(self, contracted: Contracted) -> None:
        """Add one contraction; one that was cut short counts nowhere."""
        if contracted.prediction.item.resets:
            return
        prediction = contracted.prediction
        item, result = prediction.item, prediction.result
        bound = self._machine.bound(
            prediction.a, prediction.b, result.results, Settings(item.run_length, item.portion, item.long_lines)
        )
        for name, value in (
            ("contractions", 1),
            ("jobs", result.jobs),
            ("matches", result.matches),
            ("cycles", contracted.cycles),
            ("results", result.results),
            ("bound", bound),
        ):
            self.sums[name] += value
        self.last = contracted
        frame = contracted.frame
        records = np.column_stack([frame.coords, frame.bits])
        self.digest.update(records[np.lexsort(records.T[::-1])].tobytes())

    def summary(self) -> dict:
        """Return the sums, the utilisation (bound per cycle spent) and the last operands."""
        sums = self.sums
        operands = []
        if self.last:
            operands = [describe(csf) for csf in (self.last.prediction.a, self.last.prediction.b)]
        return {
            **sums,
            "utilisation": round(sums["bound"] / sums["cycles"], 4) if sums["cycles"] else 0.0,
            "operands": operands,
            "digest": self.digest.hexdigest(),
        }


def describe(csf: Csf) -> dict:
    """Return shape, number of entries and number of non-empty fibers."""
    return {"shape": list(csf.shape), "entries": csf.nnz, "fibers": len(csf.fiber_bounds())}
