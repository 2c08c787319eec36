# SPDX-License-Identifier: Apache-2.0
"""The least cycles that a configuration of the machine can take for a contraction.

The model knows what no scheduling can avoid, and leaves out everything that can go better or
worse: bubbles, conflicts, full queues. It has two structures. Streaming (engines merge and compare): each
SDPE has a read port for A and one for B, and reads the fiber of A again for each fiber of B.
Lookup: a group of SDPEs shares one port; each holds a fiber of A, and all of them see the lines of B.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.axes import check_extents
from models.csf import Csf
from models.numbers import get_format
from models.work import Work, measure, measure_lookup

_STREAM_WORDS = 4  # 32-bit words in a beat of the result stream


@dataclass(frozen=True)
class Bound:
    """A lower bound in cycles, from the accepted start until every result is stored.

    Attributes:
        terms: cycles that each limit asks for by itself:
            issue: one range job is handed out per cycle (0 with a lookup engine, which makes none);
            engine: the comparisons of the SDPE that has most of them, at least; with a lookup
                engine the lines through the port of a group, those of A once;
            products: the beats into the MAC of the SDPE that has most of them, at least;
            banks: lines read, one per bank and cycle (0 with an ideal memory);
            drain: results beyond what the result stores hold leave one after the other.
        constant: cycles before the first comparison and after the last, at least.
        work: the totals behind the terms.
    """

    terms: dict[str, int]
    constant: int
    work: Work

    @property
    def limit(self) -> str:
        """Name of the greatest term."""
        return max(self.terms, key=lambda name: self.terms[name])

    @property
    def cycles(self) -> int:
        """The bound: the greatest term and the constant."""
        return self.terms[self.limit] + self.constant


def lower_bound(a: Csf, b: Csf, config: Mapping[str, int | str], run_length: int = 0,
                results: int | None = None) -> Bound:
    """Return the least cycles that the contraction of A and B can take.

    Args:
        a, b: operands, contracted along their last modes.
        config: parameters of the build by the names of rtl/configs.toml: NumSdpe, Lanes, Engine,
            Memory, MemBanks, MemLatency, Scheduler, ResultDepth, Format; GroupSize for the
            lookup engine.
        run_length: most fibers of B per range job, 0 for all.
        results: results that are delivered, for the term of draining; None leaves it out.

    Raises:
        TensorError: the contracted extents differ.
    """
    check_extents(a.shape[-1], b.shape[-1], a.order - 1, b.order - 1)
    structure = _lookup if config["Engine"] == "lookup" else _streaming
    terms, total = structure(a, b, config, run_length)
    banked = config["Memory"] == "banked"
    terms |= {
        "banks": _ceil(total.lines_a + total.lines_b, int(config["MemBanks"])) if banked else 0,
        "drain": 0 if results is None else _drain(a, b, config, results)}
    # A job is in the loader for a cycle before its first request, and its first line for one after
    # the answer.
    return Bound(terms, 2 + int(config["MemLatency"]) if total.jobs else 0, total)


def _streaming(a: Csf, b: Csf, config: Mapping[str, int | str], run_length: int,
               ) -> tuple[dict[str, int], Work]:
    total, costs = measure(a, b, int(config["Lanes"]), str(config["Engine"]), run_length)
    engine, products = (_busiest(cost, int(config["NumSdpe"]), str(config["Scheduler"])) for cost in costs)
    return {"issue": total.runs, "engine": engine, "products": products}, total


def _lookup(a: Csf, b: Csf, config: Mapping[str, int | str], _run_length: int,
            ) -> tuple[dict[str, int], Work]:
    groups = _ceil(int(config["NumSdpe"]), int(config["GroupSize"]))
    size = int(config["NumSdpe"]) // groups
    total, most = measure_lookup(a, b, int(config["Lanes"]), size)
    return {"issue": 0, "engine": _ceil(total.lines_a + total.lines_b, groups),
            "products": max(_ceil(total.beats, groups * size), most)}, total


def _busiest(costs: np.ndarray, engines: int, scheduler: str) -> int:
    """Return the least load of the SDPE that has most to do."""
    if not len(costs):
        return 0
    if scheduler == "round_robin":
        return max(int(costs[engine::engines].sum()) for engine in range(min(engines, len(costs))))
    return max(_ceil(int(costs.sum()), engines), int(costs.max()))


def _drain(a: Csf, b: Csf, config: Mapping[str, int | str], results: int) -> int:
    """Return the cycles for results that find no place in the stores or on the way out."""
    words = a.order - 1 + b.order - 1 + _ceil(get_format(config["Format"]).result_width, 32)
    engines = int(config["NumSdpe"])
    places = engines * int(config["ResultDepth"]) + 4 * engines + 16  # network and unloader: fewer
    return max(results - places, 0) * _ceil(words, _STREAM_WORDS)


def _ceil(number: int, by: int) -> int:
    return -(-number // by)
