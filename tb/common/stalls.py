# SPDX-License-Identifier: Apache-2.0
"""Stall generators: the pauses of a driver, cycle by cycle.

Each is an endless iterator of bool, True for a cycle in which nothing is offered or accepted.
They serve our stream agents and cocotbext-axi's `set_pause_generator` alike.
"""

import itertools
import random
from collections.abc import Callable, Iterator


def none(rng: random.Random) -> Iterator[bool]:
    """Never pause."""
    return itertools.repeat(False)


def single(rng: random.Random) -> Iterator[bool]:
    """Pause in every second cycle."""
    return itertools.cycle([False, True])


def bursty(rng: random.Random) -> Iterator[bool]:
    """Alternate runs of 1 to 20 cycles of work and of pause."""
    while True:
        yield from itertools.repeat(False, rng.randint(1, 20))
        yield from itertools.repeat(True, rng.randint(1, 20))


def randomly(rng: random.Random) -> Iterator[bool]:
    """Pause with a probability that changes every 64 cycles."""
    while True:
        probability = rng.choice([0.1, 0.5, 0.9])
        for _ in range(64):
            yield rng.random() < probability


STALLS: dict[str, Callable[[random.Random], Iterator[bool]]] = {
    "none": none,
    "single": single,
    "bursty": bursty,
    "random": randomly,
}
