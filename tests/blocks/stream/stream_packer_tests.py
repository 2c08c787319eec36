# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_stream_packer packs words without gaps."""

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from tb.common.bench import rng, start, until, zero
from tb.common.stalls import STALLS
from tests.blocks.ports import Sink, Source
from tests.share import amount


class Bench:
    """Puts words, some at a time, and collects those that leave."""

    def __init__(self, dut, producer: str = "none", consumer: str = "none"):
        self.dut, self.random = dut, rng()
        self.received: list[int] = []
        self.count = int(dut.DataWidth.value) // 32
        self.most = int(dut.InWords.value)
        zero(dut, "clear", "flush")
        self.source = Source(dut, "in", producer)
        Sink(dut, "out", consumer, take=self._take)

    def _take(self, beat: dict[str, int]) -> None:
        words = beat["out_words_o"]
        self.received.extend(beat["out_data_o"] >> 32 * i & 0xFFFF_FFFF for i in range(words))
        assert words == self.count or self.dut.flush_i.value == 1

    def put(self, words: list[int]) -> None:
        """Put words in one step; the unused words are random."""
        behind = [self.random.getrandbits(32) for _ in range(self.most - len(words))]
        data = sum(word << 32 * i for i, word in enumerate(words + behind))
        self.source.put(in_data_i=data, in_words_i=len(words))


@cocotb.test()
@cocotb.parametrize(producer=["none", "random"], consumer=amount(["none", "random"], list(STALLS)))
async def words_without_gaps(dut, producer: str, consumer: str) -> None:
    bench = Bench(dut, producer, consumer)
    random = await start(dut)
    for _ in range(8):
        steps = [random.randint(0, bench.most) for _ in range(random.randint(0, 60))]
        sent = [[random.getrandbits(32) for _ in range(step)] for step in steps]
        bench.received.clear()
        for words in sent:
            bench.put(words)
        await bench.source.taken()
        dut.flush_i.value = 1
        await RisingEdge(dut.clk_i)
        await until(dut, lambda: dut.empty_o.value == 1, 1_000, "the last word")
        await RisingEdge(dut.clk_i)
        assert bench.received == [word for words in sent for word in words]
        dut.flush_i.value = 0
        await RisingEdge(dut.clk_i)


@cocotb.test()
async def a_beat_per_cycle(dut) -> None:
    """While words come as fast as they are accepted, a beat leaves in each cycle."""
    bench = Bench(dut)
    await start(dut)
    for _ in range(130):
        bench.source.put(in_words_i=bench.most)
    left, came = 0, 0
    for cycle in range(130):
        await FallingEdge(dut.clk_i)
        left += cycle >= 30 and dut.out_valid_o.value == 1
        came += cycle >= 30 and dut.in_ready_o.value == 1
    assert left >= min(100, 100 * bench.most // bench.count - 1)
    assert abs(came * bench.most - left * bench.count) <= 2 * max(bench.most, bench.count)


@cocotb.test()
async def a_clear_forgets(dut) -> None:
    bench = Bench(dut)
    await start(dut)
    bench.put([5])
    await bench.source.taken()
    await RisingEdge(dut.clk_i)
    waits = dut.empty_o.value == 0
    assert waits or bench.count == 1
    for port, level in ((dut.clear_i, 1), (dut.clear_i, 0), (dut.flush_i, 1)):
        port.value = level
        await RisingEdge(dut.clk_i)
    assert dut.empty_o.value == 1 and not bench.received
