# SPDX-License-Identifier: Apache-2.0
"""The expected output of an SDPE, and operands to test it."""

import dataclasses
import itertools
import random
from collections import Counter
from typing import NamedTuple

import numpy as np

from models.generate import draw_values
from models.numbers import FORMATS, DotResult, NumberFormat, dot
from tests.blocks.lines import Fiber, line_count, pack_fiber

NUMBERS = 1 << 20  # of fibers, and of lines
RESULT_WIDTH = 48
FORMAT_OF_CODE = {fmt.code: fmt for fmt in FORMATS.values()}


class Job(NamedTuple):
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
        self.starts = list(itertools.accumulate(self.lines, initial=self.first_line))

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

    def members(self, job: Job) -> dict[str, int]:
        """Return the job_t of a job."""
        a, b = self.a, self.b
        members = {"a_id": a.first_id + job.a, "a_first": a.starts[job.a], "a_lines": a.lines[job.a]}
        members |= {"b_id": b.first_id + job.b, "b_count": job.count, "b_first": b.starts[job.b]}
        return members | {"b_lines": b.starts[job.b + job.count] - b.starts[job.b]}

    def dot(self, a: int, b: int) -> tuple[DotResult, int]:
        """Return the exact dot product of two fibers, rounded once, and the number of its products."""
        values_b = dict(self.b.fibers[b])
        common = [(value, values_b[coord]) for coord, value in self.a.fibers[a] if coord in values_b]
        return dot(self.fmt, [va for va, _ in common], [vb for _, vb in common]), len(common)

    def expected(self) -> tuple[list[tuple[int, int, int]], Counter[str], int]:
        """Return the members of the results in order, how often each event happens, and the flags of all.

        Events that depend on time are left out; `dropped` counts lines discarded after the step that ended a fiber.
        """
        results, events, flags, cache = [], Counter(), 0, {}
        for a, b in ((job.a, job.b + n) for job in self.jobs for n in range(job.count)):
            if (a, b) not in cache:
                cache[a, b] = *self.dot(a, b), *merge(self.a.fibers[a], self.b.fibers[b], self.a.lanes)
            result, matches, steps, dropped = cache[a, b]
            fate = _fate(result, self.dense)
            events.update({"step": steps, "dropped": dropped, "match": matches, "dot_done": 1, fate: 1})
            flags |= int(result.flags)
            if fate == "result":
                # Integers come with their sign repeated.
                negative = not self.fmt.is_float and result.bits >> self.fmt.result_width - 1
                value = result.bits | (-1 << self.fmt.result_width) % (1 << RESULT_WIDTH) * negative
                results.append((0, self.a.first_id + a, self.b.first_id + b, value))  # slot 0
        return results, events, flags


def _fate(result: DotResult, dense: bool) -> str:
    if result.range_error:
        return "range_error"
    if dense or not result.zero:
        return "result"
    if result.empty:
        return "zero_empty"
    return "zero_cancel" if result.exact else "zero_underflow"


def fiber(rng: random.Random, fmt: NumberFormat, coords: list[int], kind: str = "small") -> Fiber:
    """Return a fiber with these coordinates, and values of this kind of models.generate."""
    values = draw_values(np.random.default_rng(rng.getrandbits(32)), len(coords), kind)
    return list(zip(coords, fmt.encode(values).tolist(), strict=True))


def random_operand(
    rng: random.Random, fmt: NumberFormat, lanes: int, fibers: int, longest: int = 20, extent: int = 30
) -> Operand:
    """Return fibers of 1 to `longest` entries, near the top of numbers; values of one kind cancel often enough.

    Their lines stand anywhere in the memory, also at its ends.
    """
    kinds = ["small", "ones", *(["normal", "wide", "special"] if fmt.is_float else ["int8", "int16"])]
    lengths = [rng.randint(1, longest) for _ in range(fibers)]
    made = [fiber(rng, fmt, sorted(rng.sample(range(extent), n)), rng.choice(kinds)) for n in lengths]
    room = NUMBERS - sum(line_count(entries, lanes) for entries in made)
    return Operand(made, lanes, rng.choice([0, room, rng.randrange(room)]), NUMBERS - rng.randint(fibers, fibers + 5))


def runs(a: int, fibers: int, run: int) -> list[Job]:
    """Return fiber `a` of A with `fibers` fibers of B, in runs of at most `run`."""
    return [Job(a, b, min(run, fibers - b)) for b in range(0, fibers, run)]
