# SPDX-License-Identifier: Apache-2.0
"""The least cycles that a configuration of the machine can take for a contraction.

A model counts cycles that no scheduling can avoid. It leaves out chance: conflicts of banks, order of
arbitration, full result stores beyond the results that must drain. There are two structures. Streaming
(engine merge, here): each SDPE has a read port per operand. It reads the fiber of A again for each fiber of B.
Resident (models.resident): a group of SDPEs shares one port. Each SDPE holds several fibers of A, and all of
them see the lines of B.

Start and drain are latencies that the contracts of the blocks state (rtl/), at their least:

    3 cycles  from the start to the first job (flaash_job_generator), 1 more by the demand scheduler,
    2         through the job queue into the loaders (flaash_sdpe),
    1         from the request to the memory beyond its latency, into the line queue (flaash_fiber_loader),
    18        from a comparison that ends a dot product to its result, 6 for integers (flaash_mac),
    2         until it is counted and the contraction is done (flaash_perf_sum, flaash_progress).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.axes import check_extents
from models.csf import Csf
from models.dispatch import demand, round_robin
from models.numbers import get_format
from models.resident import least_resident
from models.work import Jobs, Work, measure

STREAM_WORDS = 4  # 32-bit words in a beat of the result stream
FIRST_JOB, INTO_ENGINE, INTO_LINES, COUNTED = 3, 2, 1, 2


@dataclass(frozen=True)
class Bound:
    """A lower bound in cycles, from the accepted start until every result is stored.

    Attributes:
        terms: cycles that each limit alone requires, start and drain included; all 0 without jobs.
            engine: streaming: the jobs, handed out one per cycle in the scheduler's way, each with
                the comparisons of its fibers. Resident: the lines through the port of a group;
            products: streaming: the beats into the MAC of the SDPE that has most of them, at least.
                Resident: the matches, shared by all engines;
            sets: resident only: the lines of first sets, then lines of B and products; or a fiber of A, then
                its longest dot product;
            banks: lines read, one per bank and cycle (0 with an ideal memory);
            drain: results beyond what the result stores hold leave one after the other.
        work: the totals from which the terms follow.
    """

    terms: dict[str, int]
    work: Work

    @property
    def limit(self) -> str:
        """Name of the greatest term."""
        return max(self.terms, key=lambda name: self.terms[name])

    @property
    def cycles(self) -> int:
        """The bound: the greatest term."""
        return self.terms[self.limit]


def lower_bound(
    a: Csf,
    b: Csf,
    config: Mapping[str, int | str],
    run_length: int = 0,
    results: int | None = None,
    portion: int = 0,
    long_lines: int = 0,
) -> Bound:
    """Return the least cycles that the contraction of A and B can take.

    Args:
        a, b: operands, contracted along their last modes.
        config: parameters of the build by the names of rtl/configs.toml: NumSdpe, Lanes, Engine,
            Memory, MemBanks, MemLatency, Scheduler, ResultDepth, Format; GroupSize for the
            resident engine; Portions.
        run_length: most fibers of B per range job, 0 for all.
        results: results that are delivered, for the term of draining; None leaves it out.
        portion: most entries of A per portion, 0 for whole dot products (resident only).
        long_lines: least lines of a job that goes first, 0 for jobs in order (streaming only).

    Raises:
        TensorError: the contracted extents differ.
    """
    check_extents(a.shape[-1], b.shape[-1], a.order - 1, b.order - 1)
    if config["Engine"] == "resident":
        terms, total, unread = *least_resident(a, b, config, mac_latency(config), COUNTED, portion), 0
    else:
        jobs = measure(a, b, int(config["Lanes"]), run_length, long_lines)
        terms, total, unread = _streaming(*jobs, config)
    if not total.jobs:
        return Bound(dict.fromkeys((*terms, "banks", "drain"), 0), total)
    least = FIRST_JOB + INTO_ENGINE + int(config["MemLatency"]) + INTO_LINES + COUNTED
    # With fibers of A in the engines a dot product without a match passes by the MAC.
    if results or config["Engine"] != "resident":
        least += mac_latency(config)
    reads = _ceil(max(total.lines_a + total.lines_b - unread, 1), int(config["MemBanks"]))
    drain = 0 if results is None else _drain(a, b, config, results)
    return Bound(
        terms | {"banks": least + reads if config["Memory"] == "banked" else 0, "drain": least + drain if drain else 0},
        total,
    )


def mac_latency(config: Mapping[str, int | str]) -> int:
    """Return the cycles from a dot product's last match to its result, at least."""
    return 6 if str(config["Format"]).startswith("int") else 18


def _streaming(total: Work, jobs: Jobs, config: Mapping[str, int | str]) -> tuple[dict[str, int], Work, int]:
    engines, latency = int(config["NumSdpe"]), int(config["MemLatency"])
    before = FIRST_JOB + INTO_ENGINE + latency + INTO_LINES
    after = mac_latency(config) + COUNTED
    nothing = np.zeros_like(jobs.tail)
    beats = Jobs(jobs.beats, nothing, jobs.beats, nothing, nothing)
    if config["Scheduler"] == "round_robin":
        depth = 2 ** (latency + 3).bit_length()  # lines of prefetch, flaash_compute_stream
        last = [round_robin(costs, engines, depth, INTO_ENGINE + latency + INTO_LINES) for costs in (jobs, beats)]
    else:
        before += 1
        last = [demand(costs, engines) for costs in (jobs, beats)]
    # Lines that an engine need not read: those that it would discard after its last comparison.
    unread = int(np.sort(jobs.tail)[-engines:].sum())
    return dict(zip(("engine", "products"), (before + cycles + after for cycles in last), strict=True)), total, unread


def _drain(a: Csf, b: Csf, config: Mapping[str, int | str], results: int) -> int:
    """Return the cycles for results that find no place in the stores or on the way out."""
    words = a.order - 1 + b.order - 1 + _ceil(get_format(config["Format"]).result_width, 32)
    engines = int(config["NumSdpe"])
    places = engines * int(config["ResultDepth"]) + 4 * engines + 16  # network and unloader: fewer
    return max(results - places, 0) * _ceil(words, STREAM_WORDS)


def _ceil(number: int, by: int) -> int:
    return -(-number // by)
