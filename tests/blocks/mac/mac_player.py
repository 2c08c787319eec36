# SPDX-License-Identifier: Apache-2.0
"""Plays dot products through flaash_mac_players and compares the results with the model."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge

from models.numbers import PLAIN, DotResult, Finish, dot, get_format

FORMATS = ("fp32", "bf16", "int8", "int16")
STALLS = {"none": 0, "single": 1, "random": 2, "long": 3}


@dataclasses.dataclass(frozen=True)
class Dot:
    """A dot product to play.

    Attributes:
        pairs: operand patterns.
        closed: the last pair carries `last`; else a beat without a product follows. A dot product
            without pairs is such a beat alone.
        hole: a beat without product and `last` comes first.
        times: each of the pairs is offered this often in a row.
        tail: pairs offered once, after the others.
    """

    pairs: Sequence[tuple[int, int]]
    closed: bool = True
    hole: bool = False
    times: int = 1
    tail: Sequence[tuple[int, int]] = ()

    def beats(self, fmt: str) -> list[str]:
        """Return the lines of the player's file; a beat without a product carries operands, to no effect."""
        number, special = nonsense(fmt)
        counted = [(self.times, pair) for pair in self.pairs] + [(1, pair) for pair in self.tail]
        last = f"1 2 {number:x} {number:x}"
        if self.closed and counted:
            times, (a, b) = counted.pop()
            counted += [(times - 1, (a, b))] if times > 1 else []
            last = f"1 3 {a:x} {b:x}"
        hole = [f"1 0 {special:x} 0"] * self.hole
        return [*hole, *(f"{times:x} 1 {a:x} {b:x}" for times, (a, b) in counted), last]

    def expected(self, fmt: str, finish: Finish = PLAIN) -> DotResult:
        """Return the model's result."""
        pairs = [*self.pairs] * self.times + [*self.tail]
        return dot(fmt, [a for a, _ in pairs], [b for _, b in pairs], finish)


@dataclasses.dataclass(frozen=True)
class Played:
    """The output of a player.

    Attributes:
        results: (value, status) of each dot product; status is {flags, empty, zero, exact, range}.
        cycles: when each result was accepted.
        first, last: cycles of the first and the last accepted beat.
    """

    results: list[tuple[int, int]]
    cycles: list[int]
    first: int
    last: int


def nonsense(fmt: str) -> tuple[int, int]:
    """Return a negative number, and a special one if the format has any."""
    form = get_format(fmt)
    sign = 1 << form.value_width - 1
    return sign | sign >> 2, 0x1FF << form.value_width - 9 if form.is_float else sign


def fitting(finish: Finish, fmt: str) -> Finish:
    """Return what a format has of a finish."""
    narrow = finish.narrow and fmt != "fp32"
    return Finish(finish.relu, narrow, 0 if get_format(fmt).is_float or not narrow else finish.shift)


def finish_bits(finish: Finish) -> int:
    """Return a finish as a finish_t."""
    return finish.relu << 7 | finish.narrow << 6 | finish.shift


def encode(fmt: str, result: DotResult, finish: Finish = PLAIN) -> tuple[int, int]:
    """Return a result as the ports show it: (value, status). A MAC gives a narrow float as binary32."""
    form = get_format(fmt)
    value = result.bits << 16 if form.is_float and finish.narrow else result.bits
    if not form.is_float and value >> (form.result_width - 1):
        value += 2**48 - 2**form.result_width
    return value, (
        int(result.flags) << 4 | result.empty << 3 | result.zero << 2 | result.exact << 1 | result.range_error
    )


def compare(
    fmt: str, dots: Sequence[Dot], expected: Sequence[tuple[int, int]], received: Sequence[tuple[int, int]]
) -> None:
    """Raise AssertionError unless the hardware's results are exactly the model's."""
    for number, (item, want, have) in enumerate(zip(dots, expected, received, strict=False)):
        assert have == want, (
            f"{fmt}, dot product {number}: value {have[0]:012x} status {have[1]:08b}, model {want[0]:012x} "
            f"{want[1]:08b}; x{item.times} of " + ", ".join(f"{a:x}*{b:x}" for a, b in item.pairs[:20])
        )
    assert len(received) == len(expected), f"{fmt}: {len(received)} results of {len(expected)} dot products"


async def play(
    dut: SimHandleBase,
    work: dict[str, Sequence[Dot]],
    stalls: tuple[str, str] = ("none", "none"),
    oracle: Callable[[Dot, str, Finish], DotResult] = Dot.expected,
    finish: Finish = PLAIN,
) -> dict[str, Played]:
    """Play each format's dot products, all formats at the same time, and compare the results.

    Args:
        dut: flaash_mac_players, out of reset.
        work: dot products by format.
        stalls: of the beats and of the results, names of STALLS.
        oracle: returns the expected result of a dot product, its format and a finish.
        finish: of which each format gets what it has.

    Returns:
        The players' outputs by format, already compared.

    Raises:
        AssertionError: a result differs, is missing, or there is one too many.
        TimeoutError: the players never ended.
    """
    beats = 0
    for fmt, dots in work.items():
        with open(f"{fmt}.beats", "w") as file:
            for item in dots:
                file.write("\n".join(item.beats(fmt)) + "\n")
                beats += len(item.pairs) * item.times + len(item.tail) + 2
    dut.in_stall_i.value, dut.out_stall_i.value = STALLS[stalls[0]], STALLS[stalls[1]]
    dut.finish_i.value = finish_bits(finish)
    mask = sum(1 << FORMATS.index(fmt) for fmt in work)
    dut.start_i.value = mask
    await RisingEdge(dut.clk_i)
    dut.start_i.value = 0
    await ClockCycles(dut.clk_i, 2)
    for _ in range(100 + beats // 4):
        if int(dut.done_o.value) & mask == mask:
            break
        await ClockCycles(dut.clk_i, 100)
    else:
        raise TimeoutError(f"the players of {', '.join(work)} did not end")
    played = {}
    for fmt, dots in work.items():
        played[fmt] = _read(fmt)
        own = fitting(finish, fmt)
        expected = [encode(fmt, oracle(item, fmt, own), own) for item in dots]
        compare(fmt, dots, expected, played[fmt].results)
    return played


def _read(fmt: str) -> Played:
    results, cycles = [], []
    with open(f"{fmt}.results") as file:
        for line in file:
            words = line.split()
            if words[0] == "end":
                return Played(results, cycles, int(words[1]), int(words[2]))
            results.append((int(words[0], 16), int(words[1], 16)))
            cycles.append(int(words[2]))
    raise EOFError(f"{fmt}.results has no end")
