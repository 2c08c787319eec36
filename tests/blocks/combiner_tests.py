# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_combiner adds words of portions in any order, and rounds once."""

from __future__ import annotations

import itertools
from collections import Counter, deque

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from models.numbers import FORMATS, DotResult, Flags, dot
from tb.common.bench import start
from tests.blocks import mac_directed
from tests.blocks.mac_floats import floats
from tests.blocks.mac_random import random_dots
from tests.blocks.portion_model import PRODUCT, Message, messages, word_bits
from tests.blocks.sdpe_events import EVENTS

IDLE_INPUTS = ("dense", "open_valid", "open_a_id", "open_b_id", "close", "close_slot", "close_count",
               "part_valid", "part_slot", "part_head", "part_word", "result_ready")


class Bench:
    """Opens dot products, sends the words of their portions mixed, and compares results and events."""

    def __init__(self, dut, random):
        self.dut, self.random = dut, random
        self.fmt = next(fmt for fmt in FORMATS.values() if fmt.code == int(dut.Format.value))
        self.single = False  # a product per portion
        self.dots: list[list[tuple[int, int]]] = []
        self.todo: deque[tuple[int, list[tuple[int, int]]]] = deque()
        self.sending: list[tuple[int, deque[Message]]] = []  # slot and words left, of each open portion
        self.closing: deque[tuple[int, int]] = deque()
        self.waiting: list[tuple[int, list[deque[Message]]]] = []  # slots whose count is not told yet
        self.opened = 0
        self.results: dict[tuple[int, int], int] = {}  # in the order in which they came
        self.events: Counter[str] = Counter()
        self.flags: list[int] = []  # of each sum, in the order in which they were rounded

    def cut(self, pairs: list[tuple[int, int]]) -> list[deque[Message]]:
        """Return the words of the portions of a dot product, some of them empty."""
        if self.single:
            return [deque(messages(self.fmt, [pair])) for pair in pairs] or [deque(messages(self.fmt, []))]
        count = self.random.choice([2, 2, 3, 5, 9])
        borders = sorted(self.random.randrange(len(pairs) + 1) for _ in range(count - 1))
        pieces = [pairs[i:j] for i, j in zip([0, *borders], [*borders, len(pairs)], strict=True)]
        return [deque(messages(self.fmt, piece)) for piece in pieces]

    async def run(self, dots: list[list[tuple[int, int]]], stall: float = 0.0, dense: bool = False,
                  fates: list[DotResult] | None = None) -> None:
        """Play dot products, with this share of cycles in which nobody takes a result.

        The expected results are the model's unless `fates` says otherwise.
        """
        dut, rng = self.dut, self.random
        self.dots = dots
        self.todo.extend(enumerate(dots))
        dut.dense_i.value = int(dense)
        fates = fates or [dot(self.fmt, [a for a, _ in pairs], [b for _, b in pairs]) for pairs in self.dots]
        quiet = cycles = 0
        while quiet < 60:
            await RisingEdge(dut.clk_i)
            cycles += 1
            assert cycles < 100 * (len(self.dots) + sum(map(len, self.dots))) + 2_000, (
                f"it hangs: {len(self.todo)} to open, {len(self.waiting)} to close, {len(self.sending)}"
                f" portions to send, {len(self.results)} results")
            opening = bool(self.todo) and rng.random() < 0.8
            dut.open_valid_i.value = int(opening)
            if opening:
                dut.open_a_id_i.value, dut.open_b_id_i.value = self.todo[0][0], 3 * self.todo[0][0]
            chosen = rng.choice(self.sending) if self.sending and rng.random() < 0.9 else None
            # A dot product is closed before its last portion ends; here, a cycle before its first begins.
            dut.close_i.value = int(bool(self.closing))
            if self.closing:
                slot, count = self.closing.popleft()
                dut.close_slot_i.value, dut.close_count_i.value = slot, count
                (index,) = [i for i, (waiting, _) in enumerate(self.waiting) if waiting == slot]
                self.sending += [(slot, words) for words in self.waiting.pop(index)[1]]
            dut.part_valid_i.value = int(chosen is not None)
            if chosen:
                self._offer(chosen)
            dut.result_ready_i.value = int(rng.random() >= stall)
            await FallingEdge(dut.clk_i)
            self._look()
            inside = dut.idle_o.value == 0 or dut.result_valid_o.value == 1
            busy = inside or self.todo or self.sending or self.waiting
            quiet = 0 if busy else quiet + 1
        self._compare(fates, dense)

    def _offer(self, chosen: tuple[int, deque[Message]]) -> None:
        slot, words = chosen
        message = words.popleft()
        if not words:
            self.sending.remove(chosen)
        self.dut.part_slot_i.value, self.dut.part_head_i.value = slot, message.head()
        self.dut.part_word_i.value = message.word % 2**word_bits(self.fmt)

    def _look(self) -> None:
        dut = self.dut
        assert int(dut.part_ready_o.value) == 1, "words are always taken"
        assert dut.idle_o.value == 0 or len(self.flags) == self.opened, "idle with a sum inside"
        if dut.open_valid_i.value == 1 and dut.open_ready_o.value == 1:
            _, pairs = self.todo.popleft()
            self.opened += 1
            slot, portions = int(dut.open_slot_o.value), self.cut(pairs)
            used = [taken for taken, _ in self.sending + self.waiting]
            assert slot not in used, "a slot for two dot products"
            self.closing.append((slot, len(portions)))
            self.waiting.append((slot, portions))
        events = int(dut.events_o.value)
        happened = {name for i, name in enumerate(reversed(EVENTS)) if events >> i & 1}
        self.events.update(happened)
        if "dot_done" in happened:
            self.flags.append(int(dut.flags_o.value))
        else:
            assert int(dut.flags_o.value) == 0, "flags of no sum"
        if dut.result_valid_o.value == 1 and dut.result_ready_i.value == 1:
            result = int(dut.result_o.value)
            name = result >> 68, result >> 48 & 0xFFFFF
            assert name not in self.results, "a result came twice"
            self.results[name] = result & 2**48 - 1

    def _compare(self, fates, dense: bool) -> None:
        expected, events = {}, Counter({"dot_done": len(fates)})
        for number, fate in enumerate(fates):
            kept = not fate.range_error and (dense or not fate.zero)
            events["range_error" if fate.range_error else "result" if kept else "zero_empty" if fate.empty
                   else "zero_cancel" if fate.exact else "zero_underflow"] += 1
            if kept:
                negative = not self.fmt.is_float and fate.bits >> (self.fmt.result_width - 1)
                expected[number, 3 * number] = fate.bits + (2**48 - 2**self.fmt.result_width) * bool(negative)
        assert self.results == expected
        del self.events["stall_result"]
        assert self.events == events
        if len(expected) == len(fates):  # then the order of the results tells whose flags these are
            assert self.flags == [int(fates[number].flags) for number, _ in self.results]
        assert Counter(self.flags) == Counter(int(fate.flags) for fate in fates)


def _rest(dut) -> None:
    for name in IDLE_INPUTS:
        getattr(dut, f"{name}_i").value = 0


async def _begin(dut):
    _rest(dut)
    return await start(dut)


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.9], dense=[False, True])
async def random_sums(dut, stall: float, dense: bool) -> None:
    random = await _begin(dut)
    bench = Bench(dut, random)
    await bench.run([list(item.pairs) for item in random_dots(bench.fmt.name, random, 120)], stall, dense)


@cocotb.test()
async def corners_with_a_product_per_portion(dut) -> None:
    """The directed cases of the MAC: carries, cancellation, halves, specials meet only here."""
    random = await _begin(dut)
    bench = Bench(dut, random)
    bench.single = True
    dots: list[list[tuple[int, int]]] = [[], [(0, 0)]]
    if bench.fmt.is_float:
        f = floats(bench.fmt.name)
        for case in (mac_directed.power_of_equal_terms, mac_directed.negated_digit_over_zeros,
                     mac_directed.halfway, mac_directed.subnormal_results, mac_directed.overflow,
                     mac_directed.cancellation, mac_directed.class_matrix, mac_directed.wide_sums):
            played = [[*item.pairs] * item.times + [*item.tail] for item in case(f) if item.times < 9]
            dots += random.sample(played, min(len(played), 25))
    else:
        least, most = 2 ** (bench.fmt.value_width - 1), 2 ** (bench.fmt.value_width - 1) - 1
        dots += [[(least, least)] * 20, [(least, most)] * 20, [(most, most), (least, most)] * 3]
    await bench.run(dots)


@cocotb.test()
async def specials_that_meet_only_here(dut) -> None:
    """Each kind of product with each, a portion each: infinities, invalid products, NaN of both kinds."""
    random = await _begin(dut)
    bench = Bench(dut, random)
    bench.single = True
    if bench.fmt.is_float:
        kinds = mac_directed.product_kinds(floats(bench.fmt.name)).values()
        await bench.run([list(pair) for pair in itertools.product(kinds, kinds)], dense=True)


@cocotb.test()
async def reset_forgets_all_slots(dut) -> None:
    """Reset with slots open, portions under way and results inside; then everything is as at first."""
    random = await _begin(dut)
    name = Bench(dut, random).fmt.name
    for cycles in (5, 20, 60, 150):
        bench = Bench(dut, random)
        dots = [list(item.pairs) for item in random_dots(name, random, 80)]
        playing = cocotb.start_soon(bench.run(dots, stall=0.5))
        await ClockCycles(dut.clk_i, cycles)
        assert not playing.done()
        playing.cancel()
        _rest(dut)
        dut.rst_ni.value = 0
        await ClockCycles(dut.clk_i, 2)
        dut.rst_ni.value = 1
        await FallingEdge(dut.clk_i)
        assert int(dut.idle_o.value) == 1 and int(dut.result_valid_o.value) == 0
        await Bench(dut, random).run(dots)


@cocotb.test()
async def a_range_that_only_the_total_leaves(dut) -> None:
    """Portions that fit, whose sum does not: reported, not stored. The sums next to it fit."""
    random = await _begin(dut)
    bench = Bench(dut, random)
    if bench.fmt.is_float:
        return  # a sum of floats overflows to infinity; the corners have that
    limit = 2 ** (bench.fmt.result_width - 1)
    sums = [limit - 1, limit, -limit, -limit - 1, limit // 2]
    cuts = iter(sums)

    def halves(_: list) -> list[deque[Message]]:
        total = next(cuts)
        return [deque([Message(True, True, 0, PRODUCT, word)]) for word in (total // 2, total - total // 2)]

    bench.cut = halves
    await bench.run([[(1, 1)]] * len(sums), fates=[
        DotResult(total % (2 * limit), Flags(0), False, False, True) if -limit <= total < limit
        else DotResult(0, Flags(0), False, True, False, True) for total in sums])
