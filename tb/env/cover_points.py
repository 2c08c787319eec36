# SPDX-License-Identifier: Apache-2.0
"""The cover points of the environment: every name, with its bins. They are the same in every run."""

from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path

import cocotb
from cocotb_coverage.coverage import CoverPoint, coverage_db

from tb.agents.contraction.item import PORTS
from tb.common import rtl_constants as rtl
from tb.common.stalls import STALLS
from tb.dma import cover_points as interface

PREFIX = "flaash."
ORDERS = ["1", "2", "3", "4-8"]
FILLS = ["one", "below a line", "a line", "lines", "full"]
PLACES = ["only", "first", "middle", "last"]
SHARES = ["1%", "10%", "50%", "above"]
TAILS = ["none", "rest of A", "long rest of A", "rest of B", "long rest of B"]
MAX_LANES = 8
LANES = ["1", "2", "4", "8"]


def _cross(*sides: Iterable[str]) -> list[str]:
    return [" x ".join(names) for names in product(*sides)]


# Bins by name of the point. A cross is a point whose bins are pairs, "left x right".
POINTS: dict[str, list[str]] = {
    "build.format": list(rtl.FORMATS),
    "build.engine_memory": _cross(rtl.ENGINES, rtl.MEMORIES),
    "build.engine_format": _cross(rtl.ENGINES, rtl.FORMATS),
    "build.engine_lanes": _cross(rtl.ENGINES, LANES),
    "build.engine_stalls": _cross(rtl.ENGINES, PORTS, STALLS),
    "build.scheduler": list(rtl.SCHEDULERS),
    "build.lanes": LANES,
    "build.sdpes": ["1", "2", "3-7", "8", "9-32", "33-64"],
    "build.latency": ["1", "2-9", "10 or more"],
    "operand.orders": _cross(ORDERS, ORDERS),
    "operand.order": _cross("AB", map(str, range(1, rtl.CONSTANTS["MaxOrder"] + 1))),
    "operand.empty": ["no entries in A", "no entries in B", "no entries at all", "empty fibers", "empty nodes"],
    "operand.share": SHARES,
    "operand.extent": ["1", "contracted at its limit", "free above 2^29"],
    "operand.coordinate": ["contracted 0", "contracted last", "free last"],
    "operand.values": ["nan", "infinite", "subnormal", "explicit zero", "largest"],
    "operand.kept": ["A", "B", "both"],
    "fiber.lengths": _cross(FILLS, FILLS),
    "fiber.last_job": _cross(FILLS, FILLS),
    "fiber.last_line": [str(lanes) for lanes in range(1, MAX_LANES + 1)],
    "last.tail": _cross(TAILS, rtl.ENGINES),
    "last.split_tail": ["none", "rest", "long rest"],
    "match.count": ["none", "one", "some", "all of the shorter fiber"],
    "match.places": _cross(PLACES, PLACES),
    "match.lanes": _cross(*2 * [[str(lane) for lane in range(4)]]),
    "mode.dense_engine": _cross(("sparse", "dense"), rtl.ENGINES),
    "mode.run_length": ["all", "1", "2-7", "8 or more", "above the fibers of B"],
    "mode.long_lines": ["off", "all long", "some long", "none long"],
    "mode.greatest": ["run_length", "long_lines", "portion"],
    "mode.portion": ["off", "1", "below a line", "a line or more"],
    "portion.count": ["not split", "2", "3-9", "10 or more"],
    "portion.length": ["whole lines", "rounded up to a line"],
    "portion.last": ["as long as the first", "a line shorter"],
    "portion.matches": ["none", "in one portion", "in several", "in all"],
    "spread.parts": ["one", "several engines", "several waves"],
    "mode.jobs_per_sdpe": ["none", "less than one", "one", "more"],
    "result.count": ["none", "one", "more"],
    "result.orders": ["scalar", "1", "2-4", "5-14"],
    "result.dropped": ["no match", "cancelled", "underflow"],
    "result.flags": ["inexact", "underflow", "overflow", "invalid"],
    "port.stalls": _cross(PORTS, STALLS),
    "error.code": [name for name in rtl.ERRORS if name != "ErrNone"],
    "error.loaded": _cross(rtl.FRAME_ERRORS, ("operands loaded", "nothing loaded")),
    "error.then_good": ["contraction after a soft reset"],
    "reset.during": ["loading", "contraction"],
    "reset.records": ["none", "some"],
    **interface.POINTS,
}


def _recorder(name: str, bins: list[str]) -> Callable[[str], None]:
    @CoverPoint(PREFIX + name, xf=lambda value: value, bins=bins)
    def record(value: str) -> None:
        """Count one hit; the decorator does it."""

    return record


_RECORDERS = {name: _recorder(name, bins) for name, bins in POINTS.items()}


def hit(name: str, value: str) -> None:
    """Count a hit of the bin `value` of the point `name`.

    Raises:
        KeyError: there is no such point or bin.
    """
    if value not in POINTS[name]:
        raise KeyError(f"cover point {name} has no bin '{value}'")
    _RECORDERS[name](value)


def percent(memory: bool) -> float:
    """Return the share of all bins that this run has hit; bins of the memory interface count only there."""
    points = [coverage_db[PREFIX + name] for name in POINTS if memory or name not in interface.POINTS]
    return 100.0 * sum(point.coverage for point in points) / sum(point.size for point in points)


def simulator() -> str:
    """Return where this runs, "verilator" or "icarus"."""
    return cocotb.SIM_NAME.split()[0].lower()


def export(folder: Path) -> None:
    """Write all hits to functional-<simulator>.yml and .xml, as cocotb_coverage merges them."""
    coverage_db.export_to_yaml(str(folder / f"functional-{simulator()}.yml"))
    coverage_db.export_to_xml(str(folder / f"functional-{simulator()}.xml"))
