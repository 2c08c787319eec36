# SPDX-License-Identifier: Apache-2.0
"""The bench of flaash_combiner: opens dot products, sends words of their portions, compares results."""

from __future__ import annotations

from collections import Counter, deque
from random import Random

from cocotb.triggers import FallingEdge, RisingEdge

from models.numbers import FORMATS, DotResult, NumberFormat, dot
from sim.rtl_types import bench_types
from tb.common.bench import start, zero
from tests.blocks.combiner.portion_model import Message, messages, word_bits
from tests.blocks.events import EVENTS

Portions = list[deque[Message]]  # of a dot product


class Bench:
    """Opens dot products, sends the words of their portions mixed, and compares results and events."""

    def __init__(self, dut, random):
        self.dut, self.random = dut, random
        self.fmt = next(fmt for fmt in FORMATS.values() if fmt.code == int(dut.Format.value))
        self.single = False  # a product per portion
        self.todo: deque[tuple[int, Portions]] = deque()
        self.sending: list[tuple[int, deque[Message]]] = []  # slot and words left, of each open portion
        self.closing: deque[tuple[int, int]] = deque()
        self.waiting: list[tuple[int, Portions]] = []  # slots whose count is not announced yet
        self.opened = 0
        self.results: dict[tuple[int, int], int] = {}  # in the order in which they came
        self.events: Counter[str] = Counter()
        self.flags: list[int] = []  # of each sum, in the order in which they were rounded

    def cut(self, pairs: list[tuple[int, int]]) -> Portions:
        """Return the words of the portions of a dot product, some of them empty."""
        if self.single:
            return [deque(messages(self.fmt, [pair])) for pair in pairs] or [deque(messages(self.fmt, []))]
        count = self.random.choice([2, 2, 3, 5, 9])
        borders = sorted(self.random.randrange(len(pairs) + 1) for _ in range(count - 1))
        pieces = [pairs[i:j] for i, j in zip([0, *borders], [*borders, len(pairs)], strict=True)]
        return [deque(messages(self.fmt, piece)) for piece in pieces]

    async def run(self, dots: list[list[tuple[int, int]]], stall: float = 0.0, dense: bool = False) -> None:
        """Play dot products as play() does; the model gives the expected results."""
        await self.play(
            [self.cut(pairs) for pairs in dots],
            [dot(self.fmt, [a for a, _ in pairs], [b for _, b in pairs]) for pairs in dots],
            stall,
            dense,
        )

    async def play(self, sums: list[Portions], fates: list[DotResult], stall: float = 0.0, dense: bool = False) -> None:
        """Send the words of portions, with this share of cycles in which no result is accepted."""
        dut, rng = self.dut, self.random
        self.todo.extend(enumerate(sums))
        dut.dense_i.value = int(dense)
        words = sum(len(portion) for portions in sums for portion in portions)
        quiet = cycles = 0
        while quiet < 60:
            await RisingEdge(dut.clk_i)
            cycles += 1
            assert cycles < 100 * (len(sums) + words) + 2_000, (
                f"it hangs: {len(self.todo)} to open, {len(self.waiting)} to close, {len(self.sending)}"
                f" portions to send, {len(self.results)} results"
            )
            opening = bool(self.todo) and rng.random() < 0.8
            dut.open_valid_i.value = int(opening)
            if opening:
                number, _ = self.todo[0]
                dut.open_i.value = bench_types()["open_i"].pack(a_id=number, b_id=3 * number)
            chosen = rng.choice(self.sending) if self.sending and rng.random() < 0.9 else None
            # A dot product is closed before its last portion ends; here, one cycle before its first begins.
            dut.close_i.value = 0
            if self.closing:
                slot, count = self.closing.popleft()
                close(dut, slot, count)
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
        self.dut.part_i.value = pack_part(self.fmt, slot, message)

    def _look(self) -> None:
        dut = self.dut
        assert int(dut.part_ready_o.value) == 1, "words are always taken"
        assert dut.idle_o.value == 0 or len(self.flags) == self.opened, "idle with a sum inside"
        if dut.open_valid_i.value == 1 and dut.open_ready_o.value == 1:
            _, portions = self.todo.popleft()
            self.opened += 1
            slot = int(dut.open_slot_o.value)
            used = [taken for taken, _ in self.sending + self.waiting]
            assert slot not in used, "a slot for two dot products"
            self.closing.append((slot, len(portions)))
            self.waiting.append((slot, portions))
        events = int(dut.events_o.value)
        happened = {name for i, name in enumerate(reversed(EVENTS)) if events >> i & 1}
        self.events.update(happened)
        if "dot_done" in happened:
            self.flags.append(events >> len(EVENTS))
        else:
            assert events >> len(EVENTS) == 0, "flags of no sum"
        if dut.result_valid_o.value == 1 and dut.result_ready_i.value == 1:
            result = int(dut.result_o.value)
            name = result >> 68, result >> 48 & 0xFFFFF
            assert name not in self.results, "a result came twice"
            self.results[name] = result & 2**48 - 1

    def _compare(self, fates, dense: bool) -> None:
        expected, events = {}, Counter({"dot_done": len(fates)})
        for number, fate in enumerate(fates):
            kept = not fate.range_error and (dense or not fate.zero)
            events[
                "range_error"
                if fate.range_error
                else "result"
                if kept
                else "zero_empty"
                if fate.empty
                else "zero_cancel"
                if fate.exact
                else "zero_underflow"
            ] += 1
            if kept:
                negative = not self.fmt.is_float and fate.bits >> (self.fmt.result_width - 1)
                expected[number, 3 * number] = fate.bits + (2**48 - 2**self.fmt.result_width) * bool(negative)
        assert self.results == expected
        del self.events["stall_result"]
        assert self.events == events
        if len(expected) == len(fates):  # then the order of the results assigns the flags
            assert self.flags == [int(fates[number].flags) for number, _ in self.results]
        assert Counter(self.flags) == Counter(int(fate.flags) for fate in fates)


def pack_part(fmt: NumberFormat, slot: int, message: Message) -> int:
    """Return the bits of a word at part_i."""
    return bench_types()["part_i"].pack(slot=slot, head=message.head(), word=message.word % 2 ** word_bits(fmt))


def close(dut, slot: int, count: int) -> None:
    """Announce the number of portions of the dot product in a slot."""
    dut.close_i.value = bench_types()["close_i"].pack(valid=1, slot=slot, count=count)


def rest(dut) -> None:
    """Offer nothing, accept nothing."""
    zero(dut)


async def begin(dut) -> Random:
    """Start the clock and reset the combiner."""
    rest(dut)
    return await start(dut)
