# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: portions go through a MAC and a combiner, both of them RTL.

Results and flags equal the results and flags of the whole dot product.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from models.numbers import PLAIN, DotResult, Finish, dot
from sim.rtl_types import bench_types
from sim.thisrun import argument
from tb.common.bench import start, zero
from tests.blocks.combiner.combiner_bench import Bench
from tests.blocks.mac.mac_directed import DIRECTED
from tests.blocks.mac.mac_finish import corners
from tests.blocks.mac.mac_floats import Floats, floats
from tests.blocks.mac.mac_integers import directed
from tests.blocks.mac.mac_player import Dot, finish_bits, fitting
from tests.blocks.mac.mac_random import random_dots

Pair = tuple[int, int]
TOO_LONG = 200  # products of one dot product, to keep the bench short


class CombinedBench(Bench):
    """Sends portions to the MAC, one by one, each with its slot."""

    def pieces(self, pairs: list[Pair]) -> list[list[Pair]]:
        """Return the portions of a dot product, some of them empty."""
        count = self.random.choice([1, 2, 2, 3, 5])
        borders = sorted(self.random.randrange(len(pairs) + 1) for _ in range(count - 1))
        return [pairs[i:j] for i, j in zip([0, *borders], [*borders, len(pairs)], strict=True)]

    async def send(self, dots: list[list[Pair]], finish: Finish = PLAIN) -> None:
        """Play dot products; the model gives the expected results."""
        dut = self.dut
        dut.finish_i.value = finish_bits(finish)
        fates: list[DotResult] = [dot(self.fmt, [a for a, _ in p], [b for _, b in p], finish) for p in dots]
        self.todo.extend((number, self.pieces(pairs)) for number, pairs in enumerate(dots))
        beats: deque[tuple[int, int, int, Pair]] = deque()  # slot, product, last, operands
        dut.dense_i.value = dut.result_ready_i.value = 1
        cycles, most = 0, 200 * (len(dots) + sum(map(len, dots)))
        while len(self.results) + self.events["range_error"] < len(dots):
            await RisingEdge(dut.clk_i)
            cycles += 1
            assert cycles < most, f"it hangs: {len(self.results)} results"
            dut.open_valid_i.value = int(bool(self.todo))
            if self.todo:
                number, _ = self.todo[0]
                dut.open_a_id_i.value, dut.open_b_id_i.value = number, 3 * number
            dut.close_i.value = int(bool(self.closing))
            if self.closing:
                slot, count = self.closing.popleft()
                dut.close_slot_i.value, dut.close_count_i.value = slot, count
                _, portions = self.waiting.pop(0)
                for portion in portions:
                    beats.extend((slot, *beat) for beat in self._beats(portion))
            dut.in_valid_i.value = int(bool(beats))
            if beats:
                dut.in_slot_i.value, product, last, (a, b) = beats[0]
                dut.in_i.value = bench_types()["in_i"].pack(product=product, last=last, a=a, b=b)
            await FallingEdge(dut.clk_i)
            self._look()
            if beats and dut.in_ready_o.value == 1:
                beats.popleft()
        self._compare(fates, dense=True)

    def _beats(self, portion: list[Pair]) -> list[tuple[int, int, Pair]]:
        """Return the beats of a portion; the last may be without a product, as in an empty portion."""
        beats = [(1, 0, pair) for pair in portion]
        if not beats or self.random.random() < 0.3:
            return [*beats, (0, 1, (0, 0))]
        return [*beats[:-1], (1, 1, portion[-1])]


async def begin(dut) -> Random:
    """Start the clock and reset both."""
    zero(dut)
    return await start(dut)


def some(random: Random, dots: list[Dot]) -> list[list[Pair]]:
    """Return the products of the dot products that this run plays."""
    lists = [[*item.pairs] * item.times + [*item.tail] for item in dots]
    lists = [pairs for pairs in lists if len(pairs) < TOO_LONG]
    return random.sample(lists, min(len(lists), argument("sums")))


@cocotb.test()
@cocotb.parametrize(kind=list(DIRECTED))
async def floats_in_portions(dut, kind: Callable[[Floats], list[Dot]]) -> None:
    random = await begin(dut)
    bench = CombinedBench(dut, random)
    if bench.fmt.is_float:
        await bench.send(some(random, kind(floats(bench.fmt.name))))


@cocotb.test()
async def integers_in_portions(dut) -> None:
    random = await begin(dut)
    bench = CombinedBench(dut, random)
    if not bench.fmt.is_float:
        await bench.send(some(random, directed(bench.fmt.name)))


@cocotb.test()
async def random_sums_in_portions(dut) -> None:
    random = await begin(dut)
    bench = CombinedBench(dut, random)
    await bench.send(some(random, random_dots(bench.fmt.name, random, 400)))


@cocotb.test()
@cocotb.parametrize(relu=[False, True], shift=[None, 0, 3, 12])
async def finished_sums_in_portions(dut, relu: bool, shift: int | None) -> None:
    """Corners of finishes whose products lie in several portions."""
    random = await begin(dut)
    bench = CombinedBench(dut, random)
    finish = fitting(Finish(relu, shift is not None, shift or 0), bench.fmt.name)
    await bench.send(some(random, corners(bench.fmt.name, finish)), finish)
