# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_axi_read splits requests into bursts; each beat comes once, in order."""

from collections import deque

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.bench import rng, start, until, zero
from tb.common.stalls import STALLS
from tests.blocks.axi.axi_ports import AxiStructs
from tests.blocks.ports import Sink, Source, now
from tests.share import amount

PAGE = 4096


class Bus:
    """The memory and the consumer of the data: a beat holds its address; some are refused."""

    def __init__(self, dut, stalls: str, random, latency: int):
        self.dut, self.latency = dut, latency
        self.stalls = {name: STALLS[stalls](random) for name in ("ar", "r")}
        self.bytes = int(dut.DataWidth.value) // 8
        self.bursts: deque[tuple[int, int, int]] = deque()  # due, address, beats
        self.beats: deque[tuple[int, int]] = deque()  # address, last
        self.inside = self.most = 0
        self.asked_in: list[int] = []  # of each burst: the cycle
        zero(dut, "kill")
        self.source = Source(dut, "req")
        self.received: list[tuple[int, int]] = []
        Sink(dut, "out", stalls, take=self._take)
        self.axi = AxiStructs(dut)
        cocotb.start_soon(self._run())

    def _take(self, beat: tuple) -> None:
        self.received.append((beat.data, beat.resp.wrong * (2 + beat.resp.decode)))

    async def _run(self) -> None:
        dut, axi = self.dut, self.axi
        while True:
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            seen = axi.request
            if seen.ar_valid and axi.given["ar_ready"]:
                addr, beats = seen.ar.addr, seen.ar.len + 1
                assert addr // PAGE == (addr + beats * self.bytes - 1) // PAGE and addr % self.bytes == 0
                assert beats <= int(dut.BurstBeats.value)
                self.asked_in.append(now())
                self.bursts.append((now() + self.latency, addr, beats))
                self.inside += 1
                self.most = max(self.most, self.inside)
                assert self.inside <= int(dut.Bursts.value)
            offered = bool(axi.given["r_valid"])
            taken = offered and seen.r_ready
            if taken:
                self.inside -= self.beats.popleft()[1]
            while self.bursts and self.bursts[0][0] <= now() and not self.beats:
                _, addr, beats = self.bursts.popleft()
                self.beats.extend((addr + i * self.bytes, i == beats - 1) for i in range(beats))
            await RisingEdge(dut.clk_i)
            axi.respond(ar_ready=not next(self.stalls["ar"]))
            if not offered or taken:
                offer = bool(self.beats) and not next(self.stalls["r"])
                axi.respond(r_valid=offer)
                if offer:
                    addr, last = self.beats[0]
                    axi.respond(r_data=addr, r_resp=answer_of(addr), r_last=last)

    async def request(self, *requests: tuple[int, int]) -> None:
        """Request beats from addresses, and wait until the requests are accepted."""
        for addr, beats in requests:
            self.source.put({"addr": addr, "beats": beats})
        await self.source.taken()

    async def came(self, *requests: tuple[int, int]) -> None:
        """Wait for the beats of these requests, and compare them."""
        addrs = [addr + i * self.bytes for addr, beats in requests for i in range(beats)]
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
    if stalls == "none" and latency == 40:
        assert bus.most == int(dut.Bursts.value), "bursts that could be under way were not"


@cocotb.test()
async def short_requests_hold_up_nothing(dut) -> None:
    """A burst per cycle where each request has one beat, as long as bursts may begin."""
    bus, bursts = Bus(dut, "none", rng(), 100), int(dut.Bursts.value)
    await start(dut)
    requests = [(PAGE - 64, 1)] * bursts
    await bus.request(*requests)
    await until(dut, lambda: len(bus.asked_in) == bursts, 200, "as many bursts as can be")
    assert bus.asked_in[-1] - bus.asked_in[0] == bursts - 1, "cycles between bursts"


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
        offered = bus.axi.request.ar_valid
        await RisingEdge(dut.clk_i)
        asked = len(bus.asked_in)
        await until(dut, lambda: dut.idle_o.value == 1, 5_000, "the end of what is under way")
        assert len(bus.asked_in) <= asked + offered and not bus.inside
        await RisingEdge(dut.clk_i)
        dut.kill_i.value = 0
        bus.received.clear()
        request = drawn(random)
        await bus.request(request)
        await bus.came(request)
        bus.received.clear()
