# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_mac of each format gives the model's results, bit by bit."""

import itertools
from collections.abc import Callable

import cocotb

from models.numbers import Finish
from sim.thisrun import argument
from tb.common.bench import rng, start
from tests.blocks.mac import mac_finish
from tests.blocks.mac.mac_coverage import MacCoverage
from tests.blocks.mac.mac_directed import DIRECTED
from tests.blocks.mac.mac_floats import Floats, floats
from tests.blocks.mac.mac_integer_coverage import OPERANDS, IntegerCoverage
from tests.blocks.mac.mac_integers import directed
from tests.blocks.mac.mac_player import FORMATS, STALLS, Dot, Played, fitting, play
from tests.blocks.mac.mac_random import random_dots

FLOATS = ("fp32", "bf16")
INTEGERS = ("int8", "int16")
# With every shift that moves a sum by less than its bits, by all of them, and by more.
FINISHES = [Finish(True), Finish(narrow=True), Finish(True, True)]
FINISHES += [Finish(bool(shift & 1), True, shift) for shift in (1, 2, 3, 6, 9, 12, 17, 20, 31, 40, 63)]
COVERAGE = {name: MacCoverage(floats(name)) for name in FLOATS}


async def begin(dut) -> None:
    """Start the players' clock and reset them."""
    for port in (dut.start_i, dut.in_stall_i, dut.out_stall_i, dut.finish_i):
        port.value = 0
    await start(dut)


@cocotb.test()
@cocotb.parametrize(kind=list(DIRECTED))
async def directed_floats(dut, kind: Callable[[Floats], list[Dot]]) -> None:
    """Play all dot products of a kind, or with the argument `directed` that number of them."""
    await begin(dut)
    random, work = rng(), {name: kind(floats(name)) for name in FLOATS}
    for name, dots in work.items():
        most = min(len(dots), argument("directed", len(dots)))
        # In this order: some concern the one before.
        work[name] = [dots[i] for i in sorted(random.sample(range(len(dots)), most))]
    await play(dut, work)
    for name in FLOATS:
        COVERAGE[name].sample(work[name])


@cocotb.test()
async def directed_crosses_are_complete(dut) -> None:
    """The dot products of directed_floats, which ran before, were in every bin of every cross."""
    holes = [hole for coverage in COVERAGE.values() for hole in coverage.holes()]
    assert not holes, "; ".join(holes)


@cocotb.test()
async def directed_integers(dut) -> None:
    await begin(dut)
    work = {name: directed(name) for name in INTEGERS}
    await play(dut, work)
    for name in INTEGERS:
        coverage = IntegerCoverage(name)
        coverage.sample(work[name])
        assert not coverage.holes(OPERANDS), coverage.holes(OPERANDS)


@cocotb.test()
async def all_exponents(dut) -> None:
    """Multiply every pair of bf16 exponents, or one in `exponents`, with random signs and fractions."""
    random = rng()
    await begin(dut)
    step = argument("exponents")
    first = random.randrange(step)
    dots = [
        Dot(
            [
                (
                    random.getrandbits(1) << 15 | a << 7 | random.getrandbits(7),
                    random.getrandbits(1) << 15 | b << 7 | random.getrandbits(7),
                )
            ]
        )
        for a, b in itertools.product(range(256), range(256))
        if (a + b) % step == first
    ]
    met = {tuple(bits >> 7 & 255 for bits in item.pairs[0]) for item in dots}
    assert len(met) == 256 * 256 // step
    await play(dut, {"bf16": dots})


@cocotb.test()
async def random_sums(dut) -> None:
    """Play random dot products of all formats, a part of them with each pair of stalls."""
    random = rng()
    await begin(dut)
    rounds = [("none", "none"), *itertools.product(STALLS, STALLS)]
    share = -(-argument("sums") // len(rounds))
    for stalls in rounds:
        await play(dut, {name: random_dots(name, random, share) for name in FORMATS}, stalls)


@cocotb.test()
async def a_wrong_result_is_noticed(dut) -> None:
    """Expect wrong results, and see the comparison fail."""
    await begin(dut)
    f = floats("fp32")
    right, wrong = Dot([f.term(1, 0)]), Dot([f.term(1, 1)])
    for change, text in ((wrong, "model"), (Dot([f.term(0, 0)], closed=False), "model"), (Dot([]), "model")):
        try:
            await play(dut, {"fp32": [right, right]}, oracle=lambda item, *said, w=change: w.expected(*said))
        except AssertionError as error:
            assert text in str(error)
        else:
            raise AssertionError("a wrong result went through")


@cocotb.test()
async def finishes(dut) -> None:
    """Play the corners of each finish, and random dot products; every kind of outcome occurs with each."""
    random = rng()
    await begin(dut)
    played = set()
    for finish in FINISHES:
        work = {}
        for name in FORMATS:
            own = fitting(finish, name)
            if (name, own) not in played:
                corners = mac_finish.corners(name, own)
                missing = mac_finish.missing(name, corners, own)
                assert not missing, f"{name}, {own}: no corner is {missing}"
                work[name] = corners + random_dots(name, random, 40)
            played.add((name, own))
        await play(dut, work, (random.choice(list(STALLS)), random.choice(list(STALLS))), finish=finish)


@cocotb.test()
async def a_wrong_finish_is_noticed(dut) -> None:
    """Expect the results of another finish, and see the comparison fail."""
    await begin(dut)
    pairs = [(Finish(), Finish(True)), (Finish(True), Finish())]
    pairs += [(Finish(narrow=True), Finish()), (Finish(narrow=True, shift=3), Finish(narrow=True, shift=4))]
    for finish, other in pairs:
        work = {"int8": mac_finish.corners("int8", finish)}
        try:
            await play(dut, work, oracle=lambda item, fmt, _, o=other: item.expected(fmt, o), finish=finish)
        except AssertionError as error:
            assert "model" in str(error)
        else:
            raise AssertionError("a wrong finish went through")


def interval(played: Played, skip: int = 40) -> float:
    """Return the average cycles between results, without the first ones."""
    return (played.cycles[-1] - played.cycles[skip]) / (len(played.cycles) - 1 - skip)


@cocotb.test()
async def throughput(dut) -> None:
    """Measure beats and results per cycle: no bubbles, and at most the words of a sum between results.

    A lone product takes one word, but for one below 2**-122 that crosses a border of words.
    """
    await begin(dut)
    f = floats("fp32")
    one_word, two_words = f.full(480), f.full(485)
    cases = {  # dot product, cycles per result
        "long": (Dot([two_words] * 64), 64.0),
        "alone": (Dot([two_words]), 1.0),
        "alone and tiny": (Dot([f.full(40)]), 2.0),
        "alone and tiny, in a word": (Dot([f.full(0)]), 1.0),
        "empty": (Dot([]), 1.0),
        "ended by a beat alone": (Dot([two_words], closed=False), 2.0),
        "two products": (Dot([two_words, two_words]), 2.0),
        "two products in a word": (Dot([one_word, one_word]), 2.0),
        "ten words": (Dot([f.full(0), f.full(432)]), 10.0),
    }
    for name, (item, cycles) in cases.items():
        played = (await play(dut, {"fp32": [item] * 150}))["fp32"]
        assert interval(played) == cycles, f"{name}: {interval(played)} cycles per result"
        dut._log.info("%s: %s cycles per result", name, interval(played))
    mixed = [
        Dot([two_words] * 2),
        Dot([two_words]),
        Dot([]),
        Dot([]),
        Dot([one_word] * 5, closed=False),
        Dot([two_words] * 2),
        Dot([]),
        Dot([]),
        Dot([]),
        Dot([two_words]),
        Dot([]),
    ]
    beats = sum(len(item.beats("fp32")) for item in mixed)
    played = (await play(dut, {"fp32": mixed * 60}))["fp32"]
    assert played.last - played.first + 1 == beats * 60, "beats had to wait"
    integers = await play(dut, {name: [Dot([(1, 1)])] * 150 for name in INTEGERS})
    assert {interval(item) for item in integers.values()} == {1.0}
