# SPDX-License-Identifier: Apache-2.0
"""The expected output of an SDPE, and operands to test it."""

import dataclasses
import functools
import itertools
import random
import struct
from collections import Counter

from models.numbers import FORMATS, DotResult, NumberFormat, dot
from tests.blocks.lines import Fiber, line_count, pack_fiber

FIELD_WIDTH = 20  # bits of each field of job_t
RESULT_WIDTH = 48
FORMAT_OF_CODE = {fmt.code: fmt for fmt in FORMATS.values()}


@dataclasses.dataclass(frozen=True)
class Job:
    """Fiber `a` of A with the fibers `b` to `b + count - 1` of B."""

    a: int
    b: int
    count: int


@dataclasses.dataclass
class Operand:
    """Fibers in the memory.

    Attributes:
        fibers: none of them empty.
        lanes: entries per line.
        first_line: line of the first fiber.
        first_id: number of the first fiber in the jobs.
    """

    fibers: list[Fiber]
    lanes: int
    first_line: int = 0
    first_id: int = 0

    def __post_init__(self) -> None:
        self.lines = [line_count(entries, self.lanes) for entries in self.fibers]
        self.starts = [self.first_line + sum(self.lines[:n]) for n in range(len(self.fibers) + 1)]

    def image(self, coord_width: int, value_width: int) -> list[int]:
        """Return the lines from first_line on."""
        return [line for entries in self.fibers for line in pack_fiber(entries, self.lanes, coord_width, value_width)]


def merge(a: Fiber, b: Fiber, lanes: int) -> tuple[int, int]:
    """Return the steps of a two-pointer merge that ends with the first fiber that ends, and the lines left then."""
    i = j = steps = 0
    while i < len(a) and j < len(b):
        (ca, _), (cb, _) = a[i], b[j]
        here = i, j
        i, j, steps = i + (ca <= cb), j + (cb <= ca), steps + 1
    return steps, sum(line_count(f, lanes) - 1 - at // lanes for f, at in zip((a, b), here, strict=True))


@dataclasses.dataclass
class Setup:
    """The work of a machine, and its expected outcome.

    Attributes:
        fmt: of the values.
        a, b: operands.
        jobs: in the order in which they are sent.
        dense: keep zeros.
    """

    fmt: NumberFormat
    a: Operand
    b: Operand
    jobs: list[Job]
    dense: bool = False

    def pack_job(self, job: Job) -> int:
        """Return the bits of a job_t."""
        fields = (
            self.a.first_id + job.a,
            self.a.starts[job.a],
            self.a.lines[job.a],
            self.b.first_id + job.b,
            job.count,
            self.b.starts[job.b],
            self.b.starts[job.b + job.count] - self.b.starts[job.b],
        )
        return functools.reduce(lambda bits, field: bits << FIELD_WIDTH | field, fields, 0)

    def pairs(self) -> list[tuple[int, int]]:
        """Return fiber of A and fiber of B of each dot product, in order."""
        return [(job.a, job.b + n) for job in self.jobs for n in range(job.count)]

    def dot(self, a: int, b: int) -> tuple[DotResult, int]:
        """Return the exact dot product of two fibers, rounded once, and the number of its products."""
        values_b = dict(self.b.fibers[b])
        common = [(value, values_b[coord]) for coord, value in self.a.fibers[a] if coord in values_b]
        return dot(self.fmt, [va for va, _ in common], [vb for _, vb in common]), len(common)

    def expected(self) -> tuple[list[int], Counter[str], int]:
        """Return the packed results in order, how often each event happens, and the flags of all.

        Events that depend on time are left out; `dropped` counts lines discarded after the step that ended a fiber.
        """
        results: list[int] = []
        events: Counter[str] = Counter()
        flags = 0
        cache: dict[tuple[int, int], tuple] = {}
        for pair in self.pairs():
            if pair not in cache:
                cache[pair] = *self.dot(*pair), *merge(self.a.fibers[pair[0]], self.b.fibers[pair[1]], self.a.lanes)
            result, matches, steps, dropped = cache[pair]
            fate = _fate(result, self.dense)
            events.update({"step": steps, "dropped": dropped, "match": matches, "dot_done": 1, fate: 1})
            flags |= int(result.flags)
            if fate == "result":
                ids = (self.a.first_id + pair[0]) << FIELD_WIDTH | (self.b.first_id + pair[1])
                results.append(ids << RESULT_WIDTH | self._extend(result.bits))
        return results, events, flags

    def _extend(self, bits: int) -> int:
        """Return the result as the 48 bits of a port: integers with their sign repeated."""
        width = self.fmt.result_width
        negative = not self.fmt.is_float and bits >> (width - 1)
        return bits | (((1 << (RESULT_WIDTH - width)) - 1) << width if negative else 0)


def _fate(result: DotResult, dense: bool) -> str:
    if result.range_error:
        return "range_error"
    if dense or not result.zero:
        return "result"
    if result.empty:
        return "zero_empty"
    return "zero_cancel" if result.exact else "zero_underflow"


# Values by kind of fiber: a fiber of one kind cancels, underflows or is special often enough.
_FLOAT_KINDS = {
    "plain": lambda rng: rng.uniform(-100, 100),
    "unit": lambda rng: rng.choice([-1.0, 1.0]),
    "tiny": lambda rng: rng.choice([-1, 1]) * rng.uniform(1e-32, 1e-30),
    "wild": lambda rng: rng.choice([-1, 1]) * 2.0 ** rng.randint(-126, 127),
    "special": lambda rng: rng.choice([0.0, -0.0, 1.0, float("inf"), float("-inf"), float("nan")]),
}
_INTEGER_KINDS = ("plain", "unit", "zero")


def random_value(rng: random.Random, fmt: NumberFormat, kind: str) -> int:
    """Return the pattern of a value of this kind (a key of _FLOAT_KINDS or of _INTEGER_KINDS)."""
    if fmt.is_float:
        (bits,) = struct.unpack("<I", struct.pack("<f", _FLOAT_KINDS[kind](rng)))
        return bits >> (32 - fmt.value_width)
    low = 2 ** (fmt.value_width - 1)
    number = {"plain": rng.randint(-low, low - 1), "unit": rng.choice([-1, 1]), "zero": 0}[kind]
    return number % 2**fmt.value_width


def random_fiber(rng: random.Random, fmt: NumberFormat, longest: int, extent: int) -> Fiber:
    """Return a fiber of 1 to `longest` entries below `extent`, its values of one kind."""
    kinds = list(_FLOAT_KINDS if fmt.is_float else _INTEGER_KINDS)
    kind = rng.choice([*kinds, "plain", "unit", "unit"])
    coords = sorted(rng.sample(range(extent), rng.randint(1, longest)))
    return [(coord, random_value(rng, fmt, kind)) for coord in coords]


def random_operand(
    rng: random.Random, fmt: NumberFormat, lanes: int, fibers: int, longest: int = 20, extent: int = 30
) -> Operand:
    """Return an operand whose first line and numbers are near the top of their ranges."""
    made = [random_fiber(rng, fmt, longest, extent) for _ in range(fibers)]
    return Operand(made, lanes, rng.randint(0, 100), 2**FIELD_WIDTH - rng.randint(fibers, fibers + 5))


def runs(a: int, fibers: int, run: int) -> list[Job]:
    """Return fiber `a` of A with `fibers` fibers of B, in runs of at most `run`."""
    return [Job(a, b, min(run, fibers - b)) for b in range(0, fibers, run)]


def directed_pairs(rng: random.Random, fmt: NumberFormat, lanes: int, coord_width: int) -> list[tuple[Fiber, Fiber]]:
    """Return the corners: ends, overlaps, leftovers and extreme coordinates."""
    top = 2**coord_width - 1

    def at(*coords: int) -> Fiber:
        return [(coord, random_value(rng, fmt, "plain")) for coord in coords]

    def line_of(first: int, lines: int = 1) -> Fiber:
        return at(*range(first, first + lanes * lines))

    evens, end = range(0, 40, 2), lanes * 4 - 1
    return [
        *((at(*a), at(*b)) for a, b in itertools.product([[0], [top], [0, top]], repeat=2)),
        (at(5), at(4, 6)),
        (line_of(0, 3), line_of(0, 3)),  # every entry matches
        (line_of(0, 3), line_of(lanes * 3, 3)),  # A ends before B begins
        (line_of(lanes * 3, 3), line_of(0, 3)),
        (at(*evens), at(*range(1, 41, 2))),  # no match, a step per entry
        (at(*evens), at(*range(1, 38, 2), 38)),  # the only match at the very end
        *((at(n), line_of(0, 9)) for n in (3, 0)),  # longest leftovers
        *((line_of(0, 9), at(n)) for n in (3, 0)),
        (line_of(0, 4), at(end)),
        (at(end), line_of(0, 4)),
        (at(*range(lanes + 1)), at(*range(lanes + 1))),  # one entry in the last line
        (line_of(0, 2), line_of(1, 2)),  # lines that overlap by one lane less
        (line_of(0, 2), [*line_of(0), *at(top)]),
        ([*line_of(0), *at(top)], line_of(0, 2)),
        (at(1), line_of(0, 3)),
        (at(1), at(1)),
        (line_of(0, 3), at(1)),
        (at(1), at(1)),
    ]
