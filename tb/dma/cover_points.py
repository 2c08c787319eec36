# SPDX-License-Identifier: Apache-2.0
"""The cover points of the memory interface: every name, with its bins."""

from itertools import product

from models.numbers import FORMATS
from sim.memory import CHANNELS
from tb.common import rtl_constants as rtl
from tb.common.stalls import STALLS

ORDERS = ["1", "2", "3", "4-8"]
KINDS = ["dense", "dense below a level", "compressed", "loose, dense", "loose, compressed"]
KINDS += ["leaf of 2 bytes", "leaf of 4 bytes"]
SIZES = ["empty", "a beat", "beats"]
ARRAYS = ["pos", "crd", "crd of the leaf", "val"]
BURSTS = ["a beat", "some beats", "16 beats", "up to 4 KB", "from 4 KB on"]
TARGETS = ["descriptor", *ARRAYS, "results", "completion record"]
# Errors as completion records report them: faults of descriptors and arrays, and ends of the chip.
CODES = [
    "ErrOrder",
    "ErrExtent",
    "ErrCount",
    "ErrMemoryFull",
    "ErrPointer",
    "ErrCoordOrder",
    "ErrCoordRange",
    "ErrNoOperand",
    "ErrExtentsDiffer",
    "ErrResultRange",
    "ErrAborted",
    "ErrWatchdog",
    "ErrParity",
]

ARRAY_PARTS = ["Pos", "Crd", "Val"]
LATENCIES = ["none", "1-9", "10-99", "100 or more"]
# How far a descriptor is, by what the bus has done for it.
PHASES = ["descriptor", "operands", "computing", "results", "completed"]
# What ends a queue, or disturbs its end.
STOPS = ["soft reset", "reset pin", "abort", "bus error", "watchdog"]
ENDS = [*STOPS, "doorbell"]
IN_FLIGHT = ["nothing", "reads", "writes", "reads and writes"]


LAYOUTS = ("rows", "dense")
FINISHES = ("none", "relu", "narrow", "relu and narrow")


def _finish_bins() -> list[str]:
    """Return each outcome of each finish that a format has."""
    bins = []
    for (name, fmt), finish in product(FORMATS.items(), FINISHES):
        if name == "fp32" and "narrow" in finish:
            continue
        outcomes = ["positive", "zero"] + ([] if "relu" in finish else ["negative"])
        if fmt.is_float:
            outcomes += ["NaN", "infinite"]
        elif "narrow" in finish:
            outcomes += ["greatest"] + ([] if "relu" in finish else ["least"])
        bins += [f"{name} x {finish} x {outcome}" for outcome in outcomes]
    return bins


def _cross(*sides: list[str] | str | tuple[str, ...]) -> list[str]:
    return [" x ".join(names) for names in product(*sides)]


POINTS: dict[str, list[str]] = {
    "dma.width": ["128", "256", "512"],
    "dma.format": list(rtl.FORMATS),
    "dma.latency": LATENCIES,
    "dma.late_channel": _cross(CHANNELS, LATENCIES),
    "dma.stalls": _cross(CHANNELS, list(STALLS)),
    "dma.read_burst": BURSTS,
    "dma.write_burst": BURSTS,
    "dma.order": _cross("AB", ORDERS),
    "dma.level": _cross("AB", KINDS),
    "dma.gap": _cross("AB", ["0", "1", "16", "17", "others"]),  # elements; 16 of 4 bytes are 64 bytes
    "dma.array": ["pos x a beat", "pos x beats", *_cross(ARRAYS[1:], SIZES)],
    "dma.records": _cross(("numbers", "coordinates"), ("sparse", "dense")),
    "dma.results": ["none", "one", "a beat", "beats"],
    "dma.finish": _finish_bins(),  # by format and outcome
    "dma.finished": _cross(FINISHES, ("whole", "portions"), ("sparse", "dense")),
    "dma.layout": _cross(LAYOUTS, list(FORMATS)),  # of results that are no records
    "dma.layout_end": ["rows x complete", "rows x full", "rows x reset", "dense x complete", "dense x reset"],
    "dma.columns": ["2 bytes", "4 bytes"],  # of rows, each
    "dma.row": ["0", "1", "a beat", "a beat + 1", "the pitch"],  # results of a row that is complete
    "dma.buffer": ["larger", "exact", "too small", "none"],
    "dma.kept": ["none", "A", "B", "both"],
    "dma.ring": ["one", "two", "more", "full"],
    "dma.slot": ["first", "middle", "last"],
    "dma.queue": ["within the ring", "around its end"],
    "dma.place": [*_cross(("arrays", "results"), ("at 4 KB", "across 4 KB", "within 4 KB")), "arrays x up to 4 KB"],
    "dma.last_beat": ["whole", "a part"],  # of the results
    "dma.prompt": ["no", "yes", "yes, and written again"],
    "dma.fence": ["no", "nothing", "others", "its operand"],  # that a descriptor with a fence waits for
    "dma.code": [*CODES, *rtl.DMA.errors],
    "dma.refused": _cross(TARGETS, ("SLVERR", "DECERR")),
    "dma.refused_at": _cross(ARRAY_PARTS, ("first", "last")),
    "dma.end": ["soft reset", "reset pin", "abort"],
    "dma.end_while": IN_FLIGHT,
    "dma.pair": _cross(ENDS, ENDS),  # one shortly after the other
    # The same of two stops, by what the bus still owes the first one; after the reset pin it owes nothing.
    "dma.pair_while": _cross([stop for stop in STOPS if stop != "reset pin"], IN_FLIGHT, STOPS),
    "dma.reset_in": PHASES,
    "dma.after": ["soft reset", "reset pin", "abort", "error"],
}
