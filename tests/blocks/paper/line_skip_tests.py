# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_line_skip drops exactly the lines before the first possible match."""

from __future__ import annotations

from random import Random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import start, zero
from tests.blocks.lines import pack_fiber

EXTENT = 60
Line = tuple[int, ...]  # coordinates


def cut(fiber: list[int], lanes: int, first: int = 0) -> list[Line]:
    """Return the lines of a fiber, or of a portion that begins at lane `first`; an empty one is a line."""
    lines = [fiber[max(begin, 0) : begin + lanes] for begin in range(-first, len(fiber), lanes)]
    return [tuple(line) for line in lines] or [()]


def skip(a: list[Line], b: list[Line]) -> tuple[int, int]:
    """Return how many lines of each side are dropped."""
    i = j = 0
    while a[i]:
        if i + 1 < len(a) and a[i][-1] < b[j][0]:
            i += 1
        elif j + 1 < len(b) and b[j][-1] < a[i][0]:
            j += 1
        else:
            break
    return i, j


def draw(random: Random, lanes: int) -> tuple[list[Line], list[Line]]:
    """Return the lines of a pair of fibers that overlap everywhere, in parts, or not at all."""
    sides = []
    for most in (random.choice([0, 1, 9, 40]), random.choice([1, 9, 40])):
        low = random.randrange(EXTENT)
        high = random.randrange(low, EXTENT)
        places = range(low, high + 1) if random.random() < 0.7 else range(EXTENT)
        sides.append(sorted(random.sample(places, min(most, len(places)))))
    return cut(sides[0], lanes, random.randrange(lanes)), cut(sides[1], lanes)


def directed(lanes: int) -> list[tuple[list[Line], list[Line]]]:
    """Return pairs at the borders of the rule: coordinates equal, next to each other, lines in turn."""
    low, high = list(range(2 * lanes)), list(range(2 * lanes, 4 * lanes))
    touching = list(range(2 * lanes - 1, 4 * lanes))
    # Lines of A and of B in turn, each before the other's next one, until both hold the last coordinate.
    turns = [[place for place in range(8 * lanes) if place // lanes % 2 == side] + [8 * lanes] for side in (0, 1)]
    pairs = [
        (low, high),
        (high, low),
        (low, touching),
        (touching, low),
        (low, low),
        (turns[0], turns[1]),
        (turns[1], turns[0]),
        ([0], high),
        (high, [0]),
        ([], high),
    ]
    return [(cut(a, lanes), cut(b, lanes)) for a, b in pairs]


def pack(dut, fiber: list[Line]) -> list[int]:
    """Return the bits of a fiber's lines."""
    lanes, coord, value = (int(getattr(dut, name).value) for name in ("Lanes", "CoordWidth", "ValueWidth"))
    top = lanes.bit_length() + lanes * (coord + value)  # place of `last`
    lines = []
    for place, line in enumerate(fiber):
        [bits] = pack_fiber([(at, at) for at in line], lanes, coord, value) if line else [1 << top]
        lines.append(bits if place == len(fiber) - 1 else bits & ~(1 << top))
    return lines


async def play(dut, random: Random, pairs: list, skips: bool, busy: float) -> int:
    """Feed pairs, check every line that comes, and return the cycles from the first to the last one."""
    packed = [[pack(dut, side) for side in pair] for pair in pairs]
    wanted: list[list[tuple[int, int]]] = [[], []]  # pair and line
    for number, (pair, lines) in enumerate(zip(pairs, packed, strict=True)):
        for side, dropped in enumerate(skip(*pair) if skips else (0, 0)):
            wanted[side] += [(number, line) for line in lines[side][dropped:]]
    queues = [[(number, line) for number, pair in enumerate(packed) for line in pair[side]] for side in (0, 1)]
    came: list[list[tuple[int, int]]] = [[], []]
    dut.skip_i.value = int(skips)
    offered, waiting, cycles = [False, False], [False, False], 0
    while any(queues):
        await RisingEdge(dut.clk_i)
        cycles += 1
        assert cycles < 100_000, "it hangs"
        # The consumer takes no line of a pair while it still lacks one of the pair before.
        pair = min(queue[0][0] for queue in queues if queue)
        ready, lines = [False, False], [0, 0]
        for side, queue in enumerate(queues):
            offered[side] = bool(queue) and (offered[side] or random.random() >= busy)
            lines[side] = queue[0][1] if queue else 0
            ready[side] = bool(queue) and queue[0][0] == pair and random.random() >= busy
        dut.in_valid_i.value = offered[0] | offered[1] << 1
        dut.line_i.value = bench_types()["line_i"].pack(lines)
        dut.out_ready_i.value = ready[0] | ready[1] << 1
        await FallingEdge(dut.clk_i)
        valid, taken = int(dut.out_valid_o.value), int(dut.in_ready_o.value)
        for side, name in enumerate("AB"):
            shown = bool(valid >> side & 1)
            assert shown or not waiting[side], f"a line of {name} was withdrawn"
            assert not shown or offered[side], f"a line of {name} out of nothing"
            waiting[side] = shown and not ready[side]
            if offered[side] and taken >> side & 1:
                offered[side] = False
                if shown:
                    assert ready[side]
                    came[side].append(queues[side][0])
                queues[side].pop(0)
    dut.in_valid_i.value = 0
    assert came == wanted
    return cycles


async def prepared(dut) -> tuple[Random, int]:
    zero(dut, "in_valid", "line", "out_ready", "skip")
    return await start(dut), int(dut.Lanes.value)


@cocotb.test()
@cocotb.parametrize(skips=[True, False], busy=[0.0, 0.2, 0.7])
async def right_lines_are_dropped(dut, skips: bool, busy: float) -> None:
    random, lanes = await prepared(dut)
    pairs = directed(lanes) + [draw(random, lanes) for _ in range(120)]
    random.shuffle(pairs)
    await play(dut, random, pairs, skips, busy)


@cocotb.test()
async def a_line_per_cycle(dut) -> None:
    """A dropped line takes one cycle; then both sides deliver one per cycle, and pairs follow at once."""
    random, lanes = await prepared(dut)
    pairs = directed(lanes) + [draw(random, lanes) for _ in range(60)]
    needed = sum(i + j + max(len(a) - i, len(b) - j) for a, b in pairs for i, j in [skip(a, b)])
    assert await play(dut, random, pairs, True, 0.0) == needed
