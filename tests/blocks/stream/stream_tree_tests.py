# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a tree of arbiters passes every beat once, in order, fairly.

The beats of flaash_stream_tree are called `data`, the beats of flaash_result_network `result`.
"""

from random import Random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge

from tb.agents.stream.monitor import StreamMonitor
from tb.agents.stream.sink import StreamSink
from tb.agents.stream.vector import VectorSource
from tb.common.bench import rng, start, until
from tb.common.stalls import STALLS

NUMBER_BITS = 16  # of a beat: its number at its input; its input is above, noise above that


class Bench:
    """Numbered results into every input, and the check of the output."""

    def __init__(self, dut: SimHandleBase, random: Random, producers: str | None, consumer: str):
        self.dut, self.random = dut, random
        field = "result" if hasattr(dut, "in_result_i") else "data"
        self.source = VectorSource(dut, "in", dut.clk_i, field, random, producers)
        self.width = len(getattr(dut, f"out_{field}_o"))
        self.count = len(dut.in_valid_i)
        self.levels = max(1, (self.count - 1).bit_length())
        self.latency = -(-self.levels // 3)  # of three levels one has registers
        self.received: list[int] = []
        self.cycles: list[int] = []  # of their arrival
        StreamMonitor(dut, "out", dut.clk_i, (field,), callback=self._receive)
        StreamSink(dut, "out", dut.clk_i, None if consumer == "none" else STALLS[consumer](random))
        self.sent: list[list[int]] = [[] for _ in range(self.count)]

    def _receive(self, result: int) -> None:
        self.received.append(result)
        self.cycles.append(self.source.cycle)

    def send(self, sdpe: int, results: int) -> None:
        for _ in range(results):
            noise = self.random.getrandbits(self.width - NUMBER_BITS - 7)
            result = noise << (NUMBER_BITS + 7) | sdpe << NUMBER_BITS | len(self.sent[sdpe])
            self.sent[sdpe].append(result)
            self.source.queues[sdpe].append(result)

    async def finish(self) -> None:
        """Wait for all sent beats, then compare stream by stream."""
        total = sum(map(len, self.sent))
        await until(self.dut, lambda: len(self.received) >= total, 100 * total + 100, "the last result")
        await ClockCycles(self.dut.clk_i, self.levels + 5)
        came = [[] for _ in range(self.count)]
        for result in self.received:
            came[result >> NUMBER_BITS & 127].append(result)
        assert came == self.sent
        assert len(self.received) == total > 0 and not any(self.source.queues)

    def forget(self) -> None:
        self.source.clear()
        self.received.clear()
        self.cycles.clear()
        self.sent = [[] for _ in range(self.count)]


async def _started(dut, producers: str | None = "none", consumer: str = "none") -> Bench:
    bench = Bench(dut, rng(), producers, consumer)
    await start(dut)
    return bench


@cocotb.test()
@cocotb.parametrize(producers=[None, *STALLS], consumer=list(STALLS))
async def nothing_is_lost_or_reordered(dut, producers: str | None, consumer: str) -> None:
    bench = await _started(dut, producers, consumer)
    for sdpe in range(bench.count):
        bench.send(sdpe, 2 + 60 // bench.count)
    await bench.finish()


@cocotb.test()
async def latency_is_a_cycle_for_three_levels(dut) -> None:
    """One result alone; an SDPE that skips a level is earlier."""
    bench = await _started(dut)
    latencies = []
    for sdpe in range(bench.count):
        bench.send(sdpe, 1)
        await bench.finish()
        latencies.append(bench.cycles[-1] - bench.source.accepted[sdpe][0])
    assert max(latencies) == latencies[0] == bench.latency
    assert min(latencies) >= 1


@cocotb.test()
@cocotb.parametrize(active=["all", "first", "last"])
async def one_result_per_cycle(dut, active: str) -> None:
    bench = await _started(dut)
    sdpes = {"all": range(bench.count), "first": [0], "last": [bench.count - 1]}[active]
    for sdpe in sdpes:
        # Enough that an input that skips levels is not finished before the others have come down the tree.
        bench.send(sdpe, 2 + bench.levels + 40 // bench.count)
    await bench.finish()
    assert bench.cycles[-1] - bench.cycles[0] == len(bench.received) - 1


@cocotb.test()
async def nobody_starves(dut) -> None:
    """All inputs offer always: an input waits for at most 2**levels results at the exit, one per cycle."""
    bench = await _started(dut)
    for sdpe in range(bench.count):
        bench.send(sdpe, 12)
    await bench.finish()
    assert max(bench.source.refused) <= 2**bench.levels


@cocotb.test()
async def stops_and_goes_on(dut) -> None:
    """With the exit closed the tree fills up and stalls; nothing is lost."""
    bench = await _started(dut, consumer="none")
    dut.out_ready_i.value = 0
    for sdpe in range(bench.count):
        bench.send(sdpe, 20)
    await ClockCycles(dut.clk_i, 20 + 2 * bench.count)
    assert not bench.received and int(dut.in_ready_o.value) == 0
    dut.out_ready_i.value = 1
    await bench.finish()


@cocotb.test()
async def reset_empties_it(dut) -> None:
    bench = await _started(dut, None, "random")
    for _ in range(3):
        for sdpe in range(bench.count):
            bench.send(sdpe, 20)
        await ClockCycles(dut.clk_i, bench.random.randint(3, 40))
        dut.rst_ni.value = 0
        bench.forget()
        await RisingEdge(dut.clk_i)
        bench.forget()
        dut.rst_ni.value = 1
        for sdpe in range(bench.count):
            bench.send(sdpe, 3)
        await bench.finish()
        bench.forget()
