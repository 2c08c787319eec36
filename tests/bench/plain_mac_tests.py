# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_plain_mac computes the same as numpy's float32, step by step."""

from random import Random

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles

from tb.common.bench import rng, start, until
from tests.blocks.ports import Sink, Source

Dot = list[tuple[int, int]]  # bit patterns of the factors

CANONICAL_NAN = 0x7FC00000
# Zero, smallest and greatest subnormal, smallest normal, one, its neighbours, greatest, infinite, NaNs.
SPECIALS = [
    int(word, 16)
    for word in """00000000 00000001 007FFFFF 00800000 00800001 1FFFFFFF 20000000 3F7FFFFF 3F800000 3F800001 3FFFFFFF
        5F800000 7F000000 7F7FFFFF 7F800000 7FC00001""".split()
]
SIGNED = [sign << 31 | bits for bits in SPECIALS for sign in (0, 1)]


def expected(dot: Dot) -> int:
    """Return the bits of the dot product in float32, each product and each sum rounded."""
    total = np.float32(0)
    with np.errstate(all="ignore"):
        for a, b in dot:
            factors = np.array([a, b], np.uint32).view(np.float32)
            total = total + factors[0] * factors[1]
    return CANONICAL_NAN if np.isnan(total) else int(total.view(np.uint32))


def number(random: Random, low: int = 0, high: int = 254) -> int:
    """Return random bits with an exponent field in [low, high], the fraction often of few ones."""
    fraction = random.getrandbits(23)
    if random.random() < 0.3:
        fraction = random.choice([0, 1, 0x7FFFFF, 0x400000, 0x7FFFFE]) ^ (random.getrandbits(2) << 1)
    return random.getrandbits(1) << 31 | random.randint(low, high) << 23 | fraction


def random_dot(random: Random) -> Dot:
    """Return a dot product whose terms are of similar size, anywhere, tiny, huge or cancelling."""
    kind, size = random.randrange(5), random.randint(0, 12)
    if kind == 0:
        return [(number(random), number(random)) for _ in range(size)]
    centre = {1: 127, 2: 63, 3: 190, 4: 52}[kind]
    low, high = centre - 6, centre + 6
    dot = [(number(random, low, high), number(random, low, high)) for _ in range(size)]
    if size and random.random() < 0.5:
        a, b = random.choice(dot)
        dot.insert(random.randint(0, size), (a ^ 1 << 31, b ^ random.getrandbits(2)))
    return dot


def directed() -> list[Dot]:
    """Return all pairs of special factors, as single products, and all pairs of special terms."""
    products = [[(a, b)] for a in SIGNED for b in SIGNED]
    one = 0x3F800000
    sums = [[(a, one), (b, one)] for a in SIGNED for b in SIGNED]
    overflows = [
        [(0x7F7FFFFF, one), (0x7F7FFFFF, one), (0xFF7FFFFF, one), (0xFF7FFFFF, one)],
        [(0x7F7FFFFF, one), (0x7F7FFFFF, one), (0xFF800000, one)],
    ]
    return [[], *products, *sums, *overflows]


@cocotb.test()
@cocotb.parametrize(stall=["none", "random"])
async def agrees_with_numpy(dut, stall: str) -> None:
    random = rng()
    source, sink = Source(dut, "in", stall), Sink(dut, "out", stall)
    await start(dut)
    dots = (directed() if stall == "none" else []) + [random_dot(random) for _ in range(600)]
    for dot in dots:
        trailing = not dot or random.random() < 0.2  # `last` comes without a product
        for index, (a, b) in enumerate(dot):
            last = int(index == len(dot) - 1 and not trailing)
            source.put(in_product_i=1, in_last_i=last, in_a_i=a, in_b_i=b)
        if trailing:
            source.put(in_product_i=0, in_last_i=1, in_a_i=random.getrandbits(32), in_b_i=random.getrandbits(32))
    await until(dut, lambda: len(sink.beats) >= len(dots), 100_000, "the last result")
    await ClockCycles(dut.clk_i, 20)
    assert len(sink.beats) == len(dots)
    for dot, beat in zip(dots, sink.beats, strict=True):
        value, empty = beat["out_value_o"], beat["out_empty_o"]
        assert empty == (not dot)
        assert value == expected(dot), (
            f"{value:08x} instead of {expected(dot):08x} for {[(f'{a:08x}', f'{b:08x}') for a, b in dot]}"
        )
