# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_edge_packer packs records without gaps, as far as the buffer goes."""

import cocotb
from cocotb.triggers import RisingEdge

from tb.agents.stream.driver import StreamDriver
from tb.agents.stream.monitor import StreamMonitor
from tb.agents.stream.sink import StreamSink
from tb.common.bench import rng, start, until
from tb.common.stalls import STALLS

BEAT = 4  # words of a beat of records


def beats_of(record: list[int]) -> list[int]:
    """Return the beats that the chip sends of a record."""
    filled = record + [0] * (-len(record) % BEAT)
    return [
        sum(word << 32 * i for i, word in enumerate(filled[at : at + BEAT]))
        for at in range(0, len(filled), BEAT)
    ]


@cocotb.test()
@cocotb.parametrize(producer=["none", "random"], consumer=list(STALLS))
async def records_as_far_as_they_fit(dut, producer: str, consumer: str) -> None:
    random = rng()
    received: list[int] = []  # words
    count = int(dut.DataWidth.value) // 32

    def take(data: int) -> None:
        words = int(dut.out_words_o.value)
        received.extend(data >> 32 * i & 0xFFFF_FFFF for i in range(words))
        assert words == count or dut.flush_i.value == 1

    for name in ("clear", "start", "capacity", "words", "drop", "flush"):
        getattr(dut, f"{name}_i").value = 0
    driver = StreamDriver(dut, "in", dut.clk_i, stalls=STALLS[producer](random))
    StreamMonitor(dut, "out", dut.clk_i, callback=take)
    StreamSink(dut, "out", dut.clk_i, STALLS[consumer](random))
    await start(dut)
    for words in range(1, 17):
        records = [[random.getrandbits(32) for _ in range(words)] for _ in range(random.randint(0, 30))]
        capacity = random.choice(
            [0, 1, 4 * words * len(records), 4 * words * random.randint(0, 30) + 3, 1 << 60]
        )
        received.clear()
        dut.words_i.value, dut.capacity_i.value, dut.start_i.value = words, capacity, 1
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0
        for record in records:
            for beat in beats_of(record):
                await driver.send(beat)
        await RisingEdge(dut.clk_i)
        dut.flush_i.value = 1
        await until(dut, lambda: dut.empty_o.value == 1, 1_000, "the last word")
        fit = records[: capacity // (4 * words)]
        assert received == [word for record in fit for word in record]
        assert int(dut.results_o.value) == len(records) and int(dut.bytes_o.value) == 4 * words * len(fit)
        assert int(dut.full_o.value) == (len(fit) < len(records))
        dut.flush_i.value = 0
        await RisingEdge(dut.clk_i)


@cocotb.test()
async def dropped_and_cleared(dut) -> None:
    """Records that begin under drop_i are counted only; clear_i forgets words that wait."""
    for name in ("clear", "start", "capacity", "words", "drop", "flush"):
        getattr(dut, f"{name}_i").value = 0
    driver = StreamDriver(dut, "in", dut.clk_i)
    received: list[int] = []
    StreamMonitor(dut, "out", dut.clk_i, callback=received.append)
    dut.out_ready_i.value = 1
    await start(dut)
    dut.words_i.value, dut.capacity_i.value, dut.start_i.value, dut.drop_i.value = 3, 1 << 20, 1, 1
    await RisingEdge(dut.clk_i)
    dut.start_i.value = 0
    for record in range(20):
        await driver.send(record)
    await RisingEdge(dut.clk_i)
    assert not received and dut.empty_o.value == 1
    assert int(dut.results_o.value) == 20 and int(dut.bytes_o.value) == 0 and not int(dut.full_o.value)
    dut.drop_i.value = 0
    await driver.send(5)
    await RisingEdge(dut.clk_i)
    assert dut.empty_o.value == 0
    dut.clear_i.value = 1
    await RisingEdge(dut.clk_i)
    dut.clear_i.value = 0
    await RisingEdge(dut.clk_i)
    assert dut.empty_o.value == 1 and not received
