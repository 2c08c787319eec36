# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a MAC with room for few products fills its words, and sends them."""

from __future__ import annotations

import cocotb
from cocotb.triggers import ClockCycles

from models.numbers import FORMATS
from tb.common.bench import start, until, zero
from tests.blocks.combiner.portion_model import WORD, Message, read_message
from tests.blocks.mac.mac_floats import floats
from tests.blocks.ports import Sink, Source


@cocotb.test()
async def words_of_full_portions(dut) -> None:
    """2**CountWidth of the greatest products at three places of each word, in both signs."""
    fmt = next(fmt for fmt in FORMATS.values() if fmt.code == int(dut.Format.value))
    f, room = floats(fmt.name), 2 ** int(dut.CountWidth.value)
    words: list[Message] = []
    slots: list[int] = []

    def take(part: tuple) -> None:
        slots.append(part.slot)
        words.append(read_message(fmt, part, int(dut.CountWidth.value)))

    zero(dut)
    source = Source(dut)
    Sink(dut, "part", take=take)
    await start(dut)
    pairs = [
        f.full(place, sign)
        for start_of_word in range(0, 480, WORD)
        for sign in (1, -1)
        for place in (start_of_word, start_of_word + 24, start_of_word + WORD - 2 * f.precision)
    ]
    for portion, (a, b) in enumerate(pairs):
        for number in range(room):
            last = int(number == room - 1)
            slot = portion if last else ~portion  # only the last beat's name counts
            source.put(
                in_i={"product": 1, "last": last, "a": a, "b": b}, in_name_i={"partial": last, "slot": slot % 64}
            )
    await until(dut, lambda: sum(word.last for word in words) == len(pairs), 100 * room * len(pairs), "words")
    await ClockCycles(dut.clk_i, 20)
    for portion, pair in enumerate(pairs):
        exact = f.exact(pair)
        digits = {i: abs(exact) >> WORD * i & 2**WORD - 1 for i in range(12)}
        expected = {i: room * digit * (1 if exact > 0 else -1) for i, digit in digits.items() if digit}
        received = {}
        while words[0].index not in received:
            message = words.pop(0)
            assert slots.pop(0) == portion % 64
            received[message.index] = message.word
            if message.last:
                break
        assert received == expected, f"{received} for {room} times {exact:x}, not {expected}"
    assert not words
