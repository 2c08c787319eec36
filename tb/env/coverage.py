# SPDX-License-Identifier: Apache-2.0
"""Records the coverage of each contraction."""

from __future__ import annotations

import numpy as np
from pyuvm import uvm_subscriber

from models.axes import contracted_limit
from models.contract import ContractionResult
from models.csf import Csf
from models.numbers import Flags, get_format
from models.spread import count_parts
from sim.configs import Config
from tb.agents.contraction.item import PORTS, ContractionItem
from tb.common.rtl_constants import ERRORS, FRAME_ERRORS
from tb.env.cover_points import FILLS, PLACES, POINTS, hit
from tb.env.predictor import Prediction
from tb.env.scoreboard import ABORTED, Contracted

GREATEST = 2**32 - 1  # of a setting
LONG_TAIL = 24  # lines: they take longer than a dot product from its last match to its result
SAMPLED_JOBS = 200  # of a contraction; all of them would take longer than the simulation


def share_class(share: float) -> str:
    """Return the class of the filled share of the fibers."""
    return next((name for limit, name in ((0.01, "1%"), (0.1, "10%"), (0.5, "50%")) if share <= limit), "above")


def count_class(value: int, limits: list[tuple[int, str]], above: str) -> str:
    """Return the name of the first limit that is not below the value."""
    return next((name for limit, name in limits if value <= limit), above)


def lines_left(a: np.ndarray, b: np.ndarray, lanes: int) -> int:
    """Return how many lines of the longer of two fibers (their coordinates) are left when the other ends."""
    short, long = (a, b) if a[-1] <= b[-1] else (b, a)
    met = max(1, int(np.searchsorted(long, short[-1], side="right")))  # entries up to the end of the other
    return (len(long) - 1) // lanes - (met - 1) // lanes


class CoverageSubscriber(uvm_subscriber):
    """Samples each Prediction of a contraction, and each error.

    Args:
        config: of the hardware.
    """

    def __init__(self, name: str, parent, config: Config):
        super().__init__(name, parent)
        self._config = config
        self._lanes, self._sdpes = int(config["Lanes"]), int(config["NumSdpe"])
        self._format = get_format(str(config["Format"]))
        self._holds = config["Engine"] == "resident"
        self._after_reset = False
        self._loaded = False  # whether the item before has left operands in the hardware
        self.frames = self.uvm_AnalysisImp("frames", self, self.sample_frame)

    def sample_frame(self, contracted: Contracted) -> None:
        """Sample the trailer of a result frame."""
        if contracted.frame.error == ABORTED:
            hit("error.code", "ErrAborted")
            hit("reset.records", count_class(len(contracted.frame.bits), [(0, "none")], "some"))

    def write(self, prediction: Prediction) -> None:
        """Sample one item."""
        item = prediction.item
        if item.error and item.error.name in ERRORS:
            hit("error.code", item.error.name)
            if item.error.name in FRAME_ERRORS:
                hit("error.loaded", f"{item.error.name} x {'operands' if self._loaded else 'nothing'} loaded")
        self._loaded = not item.forgets and prediction.a is not None and prediction.b is not None
        for port in PORTS:
            kind = item.stalls.get(port, "none")
            hit("port.stalls", f"{port} x {kind}")
            hit("build.engine_stalls", f"{self._config['Engine']} x {port} x {kind}")
        if prediction.result is None:
            self._after_reset = item.forgets
            if item.resets:
                hit("reset.during", "loading")
            return
        if self._after_reset:
            hit("error.then_good", "contraction after a soft reset")
        self._after_reset = item.forgets
        if item.resets:
            hit("reset.during", "contraction")
        if item.frames is None and (item.a is None or item.b is None):
            hit("operand.kept", "both" if item.a is item.b else "A" if item.a is None else "B")
        self._sample_build()
        for csf in (prediction.a, prediction.b):
            self._sample_operand(csf)
        self._sample_pair(prediction)
        self._sample_jobs(prediction.a, prediction.b, prediction.item.portion)
        if self._holds:
            self._sample_parts(prediction.a, prediction.item.portion)
        if prediction.result.jobs:
            self._sample_tail(prediction)
        self._sample_result(prediction.result)

    def _sample_build(self) -> None:
        config = self._config
        hit("build.format", config["Format"])
        hit("build.engine_memory", f"{config['Engine']} x {config['Memory']}")
        hit("build.engine_format", f"{config['Engine']} x {config['Format']}")
        hit("build.engine_lanes", f"{config['Engine']} x {self._lanes}")
        hit("build.scheduler", config["Scheduler"])
        hit("build.lanes", str(self._lanes))
        hit("build.sdpes", count_class(self._sdpes, [(1, "1"), (2, "2"), (7, "3-7"), (8, "8"), (32, "9-32")], "33-64"))
        hit("build.latency", count_class(int(config["MemLatency"]), [(1, "1"), (9, "2-9")], "10 or more"))

    def _sample_operand(self, csf: Csf) -> None:
        if csf.pointers and (np.diff(csf.pointers[-1]) == 0).any():
            hit("operand.empty", "empty fibers")
        if any((np.diff(pointers) == 0).any() for pointers in csf.pointers[:-1]):
            hit("operand.empty", "empty nodes")
        if 1 in csf.shape:
            hit("operand.extent", "1")
        if csf.shape[-1] == contracted_limit(int(self._config["CoordWidth"])):
            hit("operand.extent", "contracted at its limit")
        if any(extent > 2**29 for extent in csf.shape[:-1]):
            hit("operand.extent", "free above 2^29")
        for level, extent in zip(csf.coords, csf.shape, strict=False):
            if (level == extent - 1).any():
                hit("operand.coordinate", "free last")
        if not csf.nnz:
            return
        if csf.leaf_coords.min() == 0:
            hit("operand.coordinate", "contracted 0")
        if csf.leaf_coords.max() == csf.shape[-1] - 1:
            hit("operand.coordinate", "contracted last")
        hit("operand.share", share_class(csf.nnz / (len(csf.fiber_bounds()) * csf.shape[-1])))
        self._sample_values(self._format.encode(csf.leaf_values))

    def _sample_values(self, bits: np.ndarray) -> None:
        if (
            bits << np.uint32(1 if self._format.is_float else 0) & np.uint32(2**self._format.value_width - 1) == 0
        ).any():
            hit("operand.values", "explicit zero")
        if not self._format.is_float:
            if (self._format.signed(bits) == -(2 ** (self._format.value_width - 1))).any():
                hit("operand.values", "largest")
            return
        values = self._format.decode(bits)
        magnitude = np.abs(values)
        largest = np.abs(self._format.decode(np.array([0x7F7F_FFFF >> (32 - self._format.value_width)])))
        for name, seen in (
            ("nan", np.isnan(values)),
            ("infinite", np.isinf(values)),
            ("subnormal", (magnitude > 0) & (magnitude < 2.0**-126)),
            ("largest", magnitude == largest),
        ):
            if seen.any():
                hit("operand.values", name)

    def _sample_pair(self, prediction: Prediction) -> None:
        item, a, b, result = prediction.item, prediction.a, prediction.b, prediction.result
        orders = [count_class(csf.order, [(1, "1"), (2, "2"), (3, "3")], "4-8") for csf in (a, b)]
        hit("operand.orders", " x ".join(orders))
        for letter, csf in (("A", a), ("B", b)):
            hit("operand.order", f"{letter} x {csf.order}")
        for name in POINTS["mode.greatest"]:
            if getattr(item, name) == GREATEST:
                hit("mode.greatest", name)
        empty = [not csf.nnz for csf in (a, b)]
        if any(empty):
            hit("operand.empty", "no entries " + ("at all" if all(empty) else "in A" if empty[0] else "in B"))
        hit("mode.dense_engine", f"{'dense' if item.dense else 'sparse'} x {self._config['Engine']}")
        hit("mode.run_length", count_class(item.run_length, [(0, "all"), (1, "1"), (7, "2-7")], "8 or more"))
        lengths = [(0, "off"), (1, "1"), (self._lanes - 1, "below a line")]
        hit("mode.portion", count_class(item.portion, lengths, "a line or more"))
        if item.run_length > len(b.fiber_bounds()):
            hit("mode.run_length", "above the fibers of B")
        if result.jobs:
            hit("mode.long_lines", self._long_class(item, a, b))
        per_sdpe = result.jobs / self._sdpes
        hit(
            "mode.jobs_per_sdpe",
            "none" if not result.jobs else "more" if per_sdpe > 1 else "one" if per_sdpe == 1 else "less than one",
        )

    def _long_class(self, item: ContractionItem, a: Csf, b: Csf) -> str:
        """Return how many jobs are long by RegLongLines."""
        if not item.long_lines:
            return "off"
        lines_a, lines_b = (-(-np.diff(csf.fiber_bounds(), axis=1).ravel() // self._lanes) for csf in (a, b))
        length = 1 if item.portion else item.run_length or len(lines_b)
        runs = np.add.reduceat(lines_b, np.arange(0, len(lines_b), length))
        if lines_a.max() + runs.max() < item.long_lines:
            return "none long"
        return "all long" if lines_a.min() + runs.min() >= item.long_lines else "some long"

    def _sample_jobs(self, a: Csf, b: Csf, portion: int) -> None:
        bounds_a, bounds_b = a.fiber_bounds(), b.fiber_bounds()
        jobs = len(bounds_a) * len(bounds_b)
        if jobs:
            last = [int(bounds[-1][1] - bounds[-1][0]) for bounds in (bounds_a, bounds_b)]
            hit("fiber.last_job", " x ".join(self._fill(length, a.shape[-1]) for length in last))
        for job in np.unique(np.linspace(0, jobs - 1, min(jobs, SAMPLED_JOBS)).astype(int)):
            first, second = divmod(int(job), len(bounds_b))
            self._sample_job(
                a.leaf_coords[slice(*bounds_a[first])], b.leaf_coords[slice(*bounds_b[second])], a.shape[-1], portion
            )

    def _sample_job(self, a: np.ndarray, b: np.ndarray, extent: int, portion: int) -> None:
        hit("fiber.lengths", f"{self._fill(len(a), extent)} x {self._fill(len(b), extent)}")
        for fiber in (a, b):
            hit("fiber.last_line", str((len(fiber) - 1) % self._lanes + 1))
        _, at_a, at_b = np.intersect1d(a, b, assume_unique=True, return_indices=True)
        matches = len(at_a)
        if portion:
            self._sample_portions(len(a), at_a, portion)
        hit(
            "match.count",
            "none"
            if not matches
            else "all of the shorter fiber"
            if matches == min(len(a), len(b))
            else "one"
            if matches == 1
            else "some",
        )
        for place in {(self._place(i, len(a)), self._place(j, len(b))) for i, j in zip(at_a, at_b, strict=True)}:
            hit("match.places", " x ".join(place))
        if self._lanes == 4:
            for lanes in set(zip((at_a % 4).tolist(), (at_b % 4).tolist(), strict=True)):
                hit("match.lanes", " x ".join(map(str, lanes)))

    def _sample_tail(self, prediction: Prediction) -> None:
        """Sample how much of which fiber is left when the last dot product has ended."""
        a, b = (csf.leaf_coords[slice(*csf.fiber_bounds()[-1])] for csf in (prediction.a, prediction.b))
        if parts := self._portions(len(a), prediction.item.portion):
            lines = np.arange(len(a)) // self._lanes
            left = max(lines_left(a[lines % parts == part], b, self._lanes) for part in range(parts))
            hit("last.split_tail", count_class(left, [(0, "none"), (LONG_TAIL, "rest")], "long rest"))
            return
        left = lines_left(a, b, self._lanes)
        operand = "A" if a[-1] > b[-1] else "B"
        tail = count_class(left, [(0, "none"), (LONG_TAIL, f"rest of {operand}")], f"long rest of {operand}")
        hit("last.tail", f"{tail} x {self._config['Engine']}")

    def _portions(self, length: int, most: int) -> int:
        """Return the portions of a fiber of A of some entries, 0 if it stays in one piece."""
        count = count_parts(length, self._lanes, most) if most else 1
        return count if count > 1 else 0

    def _sample_portions(self, length: int, matches: np.ndarray, most: int) -> None:
        """Sample a fiber of A: portion i of n has the lines i, i + n, i + 2n and so on."""
        count = self._portions(length, most)
        hit("portion.count", "not split" if not count else count_class(count, [(2, "2"), (9, "3-9")], "10 or more"))
        if count:
            hit("portion.length", "rounded up to a line" if most % self._lanes else "whole lines")
            shorter = -(-length // self._lanes) % count
            hit("portion.last", "a line shorter" if shorter else "as long as the first")
            spread = [(0, "none"), (1, "in one portion"), (count - 1, "in several")]
            owners = np.unique(matches // self._lanes % count)
            hit("portion.matches", count_class(len(owners), spread, "in all"))

    def _sample_parts(self, a: Csf, portion: int) -> None:
        """Sample how many engines or waves the fibers of A take on the resident machine."""
        for length in np.unique(np.diff(a.fiber_bounds(), axis=1)):
            parts = count_parts(int(length), self._lanes, portion if self._config.can_split else 0)
            hit("spread.parts", count_class(parts, [(1, "one"), (self._sdpes, "several engines")], "several waves"))

    def _fill(self, length: int, extent: int) -> str:
        if length == extent and length > 1:
            return FILLS[4]
        return count_class(length, [(1, FILLS[0]), (self._lanes - 1, FILLS[1]), (self._lanes, FILLS[2])], FILLS[3])

    @staticmethod
    def _place(index: int, length: int) -> str:
        if length == 1:
            return PLACES[0]
        return PLACES[1] if index == 0 else PLACES[3] if index == length - 1 else PLACES[2]

    def _sample_result(self, result: ContractionResult) -> None:
        hit("result.count", count_class(result.results, [(0, "none"), (1, "one")], "more"))
        hit("result.orders", count_class(len(result.shape), [(0, "scalar"), (1, "1"), (4, "2-4")], "5-14"))
        for name, count in (
            ("no match", result.zeros_empty),
            ("cancelled", result.zeros_cancel),
            ("underflow", result.zeros_underflow),
        ):
            if count:
                hit("result.dropped", name)
        for flag in Flags:
            if result.flags & flag:
                hit("result.flags", flag.name.lower())
