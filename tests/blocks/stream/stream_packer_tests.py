# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_stream_packer packs words without gaps."""

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from tb.agents.stream.monitor import StreamMonitor
from tb.agents.stream.sink import StreamSink
from tb.common.bench import rng, start, until, zero
from tb.common.stalls import STALLS
from tests.share import amount


class Bench:
    """Puts words, some at a time, and collects those that leave."""

    def __init__(self, dut, random, consumer: str):
        self.dut, self.random = dut, random
        self.received: list[int] = []
        self.count = int(dut.DataWidth.value) // 32
        self.most = int(dut.InWords.value)
        zero(dut, "clear", "flush", "in_valid", "in_data", "in_words")
        StreamMonitor(dut, "out", dut.clk_i, callback=self._take)
        StreamSink(dut, "out", dut.clk_i, STALLS[consumer](random))

    def _take(self, data: int) -> None:
        words = int(self.dut.out_words_o.value)
        self.received.extend(data >> 32 * i & 0xFFFF_FFFF for i in range(words))
        assert words == self.count or self.dut.flush_i.value == 1

    async def put(self, words: list[int]) -> None:
        """Put words in one step; the unused words are random."""
        dut, rest = self.dut, self.most - len(words)
        behind = [self.random.getrandbits(32) for _ in range(rest)]
        dut.in_data_i.value = sum(word << 32 * i for i, word in enumerate(words + behind))
        dut.in_words_i.value, dut.in_valid_i.value = len(words), 1
        for _ in range(1_000):
            await FallingEdge(dut.clk_i)
            if dut.in_ready_o.value == 1:
                break
        else:
            raise TimeoutError("the packer takes no words")
        await RisingEdge(dut.clk_i)
        dut.in_valid_i.value = 0


@cocotb.test()
@cocotb.parametrize(consumer=amount(["none", "random"], list(STALLS)))
async def words_without_gaps(dut, consumer: str) -> None:
    random = rng()
    bench = Bench(dut, random, consumer)
    await start(dut)
    for _ in range(12):
        sent: list[int] = []
        bench.received.clear()
        for _ in range(random.randint(0, 60)):
            words = [random.getrandbits(32) for _ in range(random.randint(0, bench.most))]
            sent += words
            await bench.put(words)
            if random.random() < 0.2:
                await RisingEdge(dut.clk_i)
        dut.flush_i.value = 1
        await RisingEdge(dut.clk_i)
        await until(dut, lambda: dut.empty_o.value == 1, 1_000, "the last word")
        await RisingEdge(dut.clk_i)
        assert bench.received == sent
        dut.flush_i.value = 0
        await RisingEdge(dut.clk_i)


@cocotb.test()
async def a_beat_per_cycle(dut) -> None:
    """While words come as fast as they are accepted, a beat leaves in each cycle."""
    bench = Bench(dut, rng(), "none")
    await start(dut)
    dut.in_words_i.value, dut.in_valid_i.value = bench.most, 1
    left, came = 0, 0
    for cycle in range(130):
        await FallingEdge(dut.clk_i)
        left += cycle >= 30 and dut.out_valid_o.value == 1
        came += cycle >= 30 and dut.in_ready_o.value == 1
    dut.in_valid_i.value = 0
    assert left >= min(100, 100 * bench.most // bench.count - 1)
    assert abs(came * bench.most - left * bench.count) <= 2 * max(bench.most, bench.count)


@cocotb.test()
async def a_clear_forgets(dut) -> None:
    bench = Bench(dut, rng(), "none")
    await start(dut)
    await bench.put([5])
    await RisingEdge(dut.clk_i)
    waits = dut.empty_o.value == 0
    assert waits or bench.count == 1
    dut.clear_i.value = 1
    await RisingEdge(dut.clk_i)
    dut.clear_i.value = 0
    await RisingEdge(dut.clk_i)
    dut.flush_i.value = 1
    await RisingEdge(dut.clk_i)
    assert dut.empty_o.value == 1 and not bench.received
