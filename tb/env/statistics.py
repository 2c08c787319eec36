# SPDX-License-Identifier: Apache-2.0
"""Sums up the contractions of a run for its summary."""

from __future__ import annotations

import hashlib

import numpy as np
from pyuvm import uvm_subscriber

from flaash.driver.frames import ResultFrame
from models.csf import Csf
from models.device.layout import Completion
from models.outside import outside_bound
from sim.configs import Config
from sim.machines import Machine, Settings
from tb.env.predictor import Prediction
from tb.env.scoreboard import Contracted


class Statistics(uvm_subscriber):
    """Collects what the scoreboard has compared.

    Args:
        config: of the hardware.

    Attributes:
        sums: jobs, matches, cycles, results and bound (in cycles) over all contractions.
        outside: at the memory interface, sums of cycles from outside and of bytes, as the completion records have them.
        last: the last contraction, None before the first.
        frames: of the last contraction, and of those whose results belong together with its results.
        outputs: the number of results that are written; a contraction in tiles has one.
        digest: of all results, whatever the order in which they came.
    """

    def __init__(self, name: str, parent, config: Config):
        super().__init__(name, parent)
        self._machine = Machine(config)
        self.sums = dict.fromkeys(("contractions", "jobs", "matches", "cycles", "results", "bound"), 0)
        self.outside = dict.fromkeys(("outside", "computing_bound", "read", "written"), 0)
        self.last: Contracted | None = None
        self.frames: list[ResultFrame] = []
        self.outputs = 0
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
        self.last, frame = contracted, contracted.frame
        if contracted.completion:
            self._add_outside(contracted.completion, prediction)
        self.frames = [*self.frames, frame] if item.part else [frame]
        self.outputs += not item.part
        records = np.column_stack([frame.coords, frame.bits])
        self.digest.update(records[np.lexsort(records.T[::-1])].tobytes())

    def _add_outside(self, completion: Completion, prediction: Prediction) -> None:
        item = prediction.item
        used = Settings(item.run_length, item.portion, item.long_lines)
        self.outside["outside"] += completion.cycles
        self.outside["computing_bound"] += self._machine.bound(prediction.a, prediction.b, None, used)
        self.outside["read"] += completion.read
        self.outside["written"] += completion.written

    def from_outside(self, width: int) -> dict:
        """Return the sums from memory to memory, the bound for them, and its greatest term.

        Args:
            width: bits of the bus.
        """
        sums = dict(self.outside)
        bound = outside_bound(sums["read"], sums.pop("computing_bound"), sums["written"], width)
        return {**sums, "outside_bound": bound.cycles, "limit": bound.limit, "width": width}

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
            "outputs": self.outputs,
            "digest": self.digest.hexdigest(),
        }


def describe(csf: Csf) -> dict:
    """Return shape, number of entries and number of non-empty fibers."""
    return {"shape": list(csf.shape), "entries": csf.nnz, "fibers": len(csf.fiber_bounds())}
