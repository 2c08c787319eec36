# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_axi_read splits requests into bursts; each beat comes once, in order."""

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.bench import rng, start, until, zero
from tb.common.stalls import STALLS
from tests.blocks.axi.axi_memory import PAGE, AxiMemory
from tests.blocks.ports import Sink, Source
from tests.share import amount


class Bus:
    """The memory and the consumer of the data: a beat holds its address; some are refused."""

    def __init__(self, dut, stalls: str, random, latency: int):
        self.dut = dut
        zero(dut, "kill")
        self.source = Source(dut, "req")
        self.received: list[tuple[int, int]] = []
        Sink(dut, "out", stalls, take=self._take)
        self.memory = AxiMemory(dut, stalls, random, latency, read=lambda addr: (addr, answer_of(addr)))

    def _take(self, beat: tuple) -> None:
        self.received.append((beat.data, beat.resp.wrong * (2 + beat.resp.decode)))

    async def request(self, *requests: tuple[int, int]) -> None:
        """Request beats from addresses, and wait until the requests are accepted."""
        for addr, beats in requests:
            self.source.put({"addr": addr, "beats": beats})
        await self.source.taken()

    async def came(self, *requests: tuple[int, int]) -> None:
        """Wait for the beats of these requests, and compare them."""
        addrs = [addr + i * self.memory.bytes for addr, beats in requests for i in range(beats)]
        await until(self.dut, lambda: len(self.received) >= len(addrs), 50_000, "the last beat")
        assert self.received == [(addr, answer_of(addr)) for addr in addrs]


def answer_of(addr: int) -> int:
    """Return the memory's response for a beat."""
    return {5: 2, 11: 3}.get(addr // 64 % 13, 0)


def drawn(random) -> tuple[int, int]:
    """Return a request, often across the end of a page."""
    addr = random.choice(
        [0, PAGE - 64, 5 * PAGE - 192, (3 << 32) - 64, (1 << 40) + PAGE - 64, random.randrange(0, 1 << 16, 64)]
    )
    return addr, random.choice([1, 2, 15, 16, 17, random.randint(1, 90)])


@cocotb.test()
@cocotb.parametrize(stalls=amount(["none", "random"], list(STALLS)), latency=[1, 40])
async def every_beat_comes_once(dut, stalls: str, latency: int) -> None:
    bus = Bus(dut, stalls, rng(), latency)
    random = await start(dut)
    requests = [drawn(random) for _ in range(12)]
    await bus.request(*requests)
    await bus.came(*requests)
    await until(dut, lambda: dut.idle_o.value == 1, 10, "idle")
    assert bus.memory.most <= int(dut.Bursts.value), "more bursts than may be under way"
    if stalls == "none" and latency == 40:
        assert bus.memory.most == int(dut.Bursts.value), "bursts that could be under way were not"


@cocotb.test()
async def short_requests_hold_up_nothing(dut) -> None:
    """A burst per cycle where each request has one beat, as long as bursts may begin."""
    bus, bursts = Bus(dut, "none", rng(), 100), int(dut.Bursts.value)
    await start(dut)
    requests = [(PAGE - 64, 1)] * bursts
    await bus.request(*requests)
    await until(dut, lambda: len(bus.memory.reads) == bursts, 200, "as many bursts as can be")
    assert bus.memory.reads[-1].cycle - bus.memory.reads[0].cycle == bursts - 1, "cycles between bursts"


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def a_stop_at_any_cycle(dut, stalls: str) -> None:
    """Requested beats come and are discarded; no new burst begins; afterwards everything works as before."""
    bus = Bus(dut, stalls, rng(), 7)
    random = await start(dut)
    for cycles in range(0, 60, 2):
        await until(dut, lambda: dut.idle_o.value == 1, 5_000, "idle")
        await bus.request(drawn(random))
        if cycles:
            await ClockCycles(dut.clk_i, cycles)
        dut.kill_i.value = 1
        await FallingEdge(dut.clk_i)
        offered = bus.memory.request.ar_valid
        await RisingEdge(dut.clk_i)
        asked = len(bus.memory.reads)
        await until(dut, lambda: dut.idle_o.value == 1, 5_000, "the end of what is under way")
        assert len(bus.memory.reads) <= asked + offered and not bus.memory.outstanding
        await RisingEdge(dut.clk_i)
        dut.kill_i.value = 0
        bus.received.clear()
        request = drawn(random)
        await bus.request(request)
        await bus.came(request)
        bus.received.clear()
