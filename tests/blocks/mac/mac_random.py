# SPDX-License-Identifier: Apache-2.0
"""Seeded random dot products."""

from __future__ import annotations

from random import Random

from models.numbers import get_format
from tests.blocks.mac.mac_floats import Floats, floats
from tests.blocks.mac.mac_integers import corners
from tests.blocks.mac.mac_player import Dot

LENGTHS = (0, 1, 1, 1, 2, 2, 3, 4, 6, 10, 24)


def random_dots(name: str, rng: Random, count: int) -> list[Dot]:
    """Return `count` dot products of a format, of all lengths and ways to end."""
    pairs = _floats if get_format(name).is_float else _integers
    return [
        Dot(pairs(name, rng, rng.choice(LENGTHS)), closed=rng.random() < 0.6, hole=rng.random() < 0.1)
        for _ in range(count)
    ]


def _integers(name: str, rng: Random, length: int) -> list[tuple[int, int]]:
    width, ends = get_format(name).value_width, corners(name)
    return [
        tuple(rng.choice(ends) if rng.random() < 0.2 else rng.getrandbits(width) for _ in range(2))
        for _ in range(length)
    ]


def _floats(name: str, rng: Random, length: int) -> list[tuple[int, int]]:
    """Return pairs anywhere, or near one exponent, or that mostly cancel, seldom with a special one."""
    f = floats(name)
    style = rng.choice(("anywhere", "near", "near", "cancel", "cancel", "small"))
    centre, spread = rng.randrange(1, 508), rng.choice((0, 2, 24, 48, 100))
    pairs: list[tuple[int, int]] = []
    for _ in range(length):
        if style == "anywhere":
            pairs.append((rng.getrandbits(f.width), rng.getrandbits(f.width)))
        elif style == "small":
            pairs.append(f.term(rng.randint(-3, 3), f.lsb + centre + rng.randint(0, 2)))
        else:
            pairs.append(_product(f, rng, centre + rng.randint(-spread, spread)))
    if style == "cancel" and pairs:
        pairs += [f.negated(pair) for pair in pairs]
        rng.shuffle(pairs)
        if rng.random() < 0.7:
            a, b = pairs[-1]
            pairs[-1] = (a ^ 1 << rng.randrange(f.precision - 1), b)
    if pairs and rng.random() < 0.08:
        pairs[rng.randrange(len(pairs))] = (
            f.of_class(rng.choice(("infinity", "quiet NaN", "signalling NaN", "zero")), rng.getrandbits(1)),
            rng.getrandbits(f.width),
        )
    return pairs


def _product(f: Floats, rng: Random, fields: int) -> tuple[int, int]:
    """Return finite operands with random significands whose exponent fields add up to about `fields`."""
    fields = min(max(fields, 0), 508)
    first = rng.randint(max(0, fields - 254), min(254, fields))
    ones = (1 << (f.precision - 1)) - 1
    a, b = (
        rng.getrandbits(1) << (f.width - 1)
        | field << (f.precision - 1)
        | rng.choice((rng.getrandbits(f.precision - 1), 0, ones))
        for field in (first, fields - first)
    )
    return a, b
