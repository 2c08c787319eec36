# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_stream_arbiter2 merges two streams fairly, without loss."""

import cocotb
from cocotb.triggers import ClockCycles, RisingEdge

from tb.agents.stream.monitor import StreamMonitor
from tb.agents.stream.sink import StreamSink
from tb.agents.stream.vector import VectorSource
from tb.common.bench import rng, start, until
from tb.common.stalls import STALLS


class Bench:
    """Beats with the number of their input in bit 0."""

    def __init__(self, dut, producers: str | None = "none", consumer: str = "none"):
        self.dut, self.random = dut, rng()
        self.source = VectorSource(dut, "in", dut.clk_i, "data", self.random, producers)
        self.received: list[int] = []
        self.cycles: list[int] = []
        StreamMonitor(dut, "out", dut.clk_i, callback=self._receive)
        StreamSink(dut, "out", dut.clk_i, None if consumer == "none" else STALLS[consumer](self.random))
        self.sent: list[list[int]] = [[], []]

    def _receive(self, beat: int) -> None:
        self.received.append(beat)
        self.cycles.append(self.source.cycle)

    def send(self, stream: int, beats: int) -> None:
        new = [self.random.getrandbits(15) << 1 | stream for _ in range(beats)]
        self.sent[stream].extend(new)
        self.source.queues[stream].extend(new)

    async def finish(self) -> None:
        total = sum(map(len, self.sent))
        await until(self.dut, lambda: len(self.received) >= total, 10_000, "the last beat")
        await ClockCycles(self.dut.clk_i, 5)
        assert total and len(self.received) == total
        for stream in (0, 1):
            assert [beat for beat in self.received if beat & 1 == stream] == self.sent[stream]


@cocotb.test()
@cocotb.parametrize(producers=[None, *STALLS], consumer=list(STALLS))
async def nothing_is_lost_or_reordered(dut, producers: str | None, consumer: str) -> None:
    bench = Bench(dut, producers, consumer)
    await start(dut)
    bench.send(0, 60)
    bench.send(1, 50)
    await bench.finish()


@cocotb.test()
@cocotb.parametrize(consumer=["none", "random"])
async def takes_turns(dut, consumer: str) -> None:
    """While both offer, they alternate; neither waits longer than one beat of the other."""
    bench = Bench(dut, "none", consumer)
    await start(dut)
    bench.send(0, 40)
    bench.send(1, 40)
    await bench.finish()
    assert [beat & 1 for beat in bench.received] == [0, 1] * 40
    if consumer == "none":
        assert bench.cycles[-1] - bench.cycles[0] == 79
        assert max(bench.source.refused) <= 1
        assert bench.cycles[0] - bench.source.accepted[0][0] == 1


@cocotb.test()
@cocotb.parametrize(stream=[0, 1])
async def one_alone_has_every_cycle(dut, stream: int) -> None:
    bench = Bench(dut)
    await start(dut)
    bench.send(stream, 40)
    await bench.finish()
    assert bench.cycles[-1] - bench.cycles[0] == 39 and bench.source.refused[stream] == 0


@cocotb.test()
async def reset_empties_it(dut) -> None:
    bench = Bench(dut, None, "random")
    await start(dut)
    for _ in range(8):
        bench.send(0, 20)
        bench.send(1, 20)
        await ClockCycles(dut.clk_i, bench.random.randint(2, 20))
        dut.rst_ni.value = 0
        bench.source.clear()
        await RisingEdge(dut.clk_i)
        dut.rst_ni.value = 1
        bench.received.clear()
        bench.sent = [[], []]
        bench.send(0, 5)
        bench.send(1, 5)
        await bench.finish()
        bench.received.clear()
        bench.sent = [[], []]
