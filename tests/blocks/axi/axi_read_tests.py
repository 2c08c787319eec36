# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_axi_read splits requests into bursts; each beat comes once, in order."""

from collections import deque

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, until, zero
from tb.common.stalls import STALLS
from tests.blocks.axi.axi_ports import AxiStructs
from tests.share import amount

PAGE = 4096


class Bus:
    """The memory and the consumer of the data: a beat holds its address; some are refused."""

    def __init__(self, dut, stalls: str, random, latency: int):
        self.dut = dut
        self.stalls = {name: STALLS[stalls](random) for name in ("ar", "r", "out")}
        self.latency = latency
        self.bytes = int(dut.DataWidth.value) // 8
        self.bursts: deque[tuple[int, int, int]] = deque()  # due, address, beats
        self.beats: deque[tuple[int, int]] = deque()  # address, last
        self.inside = self.most = self.cycle = 0
        self.received: list[tuple[int, int]] = []
        self.asked: list[tuple[int, int]] = []
        self.asked_in: list[int] = []  # in these cycles
        zero(dut, "kill", "req_valid", "req", "out_ready")
        self.axi = AxiStructs(dut)
        cocotb.start_soon(self._run())

    async def _run(self) -> None:
        dut, axi = self.dut, self.axi
        while True:
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            self.cycle += 1
            seen = axi.request
            if seen.ar_valid and axi.given["ar_ready"]:
                burst = seen.ar
                size = (burst.len + 1) * self.bytes
                assert burst.addr // PAGE == (burst.addr + size - 1) // PAGE and burst.addr % self.bytes == 0
                assert burst.len < int(dut.BurstBeats.value)
                self.asked.append((burst.addr, burst.len + 1))
                self.asked_in.append(self.cycle)
                self.bursts.append((self.cycle + self.latency, burst.addr, burst.len + 1))
                self.inside += 1
                self.most = max(self.most, self.inside)
                assert self.inside <= int(dut.Bursts.value)
            if dut.out_valid_o.value == 1 and dut.out_ready_i.value == 1:
                beat = bench_types()["out_o"].unpack(int(dut.out_o.value))
                self.received.append((beat.data, beat.answer.wrong * (2 + beat.answer.decode)))
            offered = bool(axi.given["r_valid"])
            taken = offered and seen.r_ready
            if taken:
                self.inside -= self.beats.popleft()[1]
            while self.bursts and self.bursts[0][0] <= self.cycle and not self.beats:
                _, addr, beats = self.bursts.popleft()
                self.beats.extend((addr + i * self.bytes, i == beats - 1) for i in range(beats))
            await RisingEdge(dut.clk_i)
            axi.respond(ar_ready=not next(self.stalls["ar"]))
            dut.out_ready_i.value = not next(self.stalls["out"])
            if not offered or taken:
                offer = bool(self.beats) and not next(self.stalls["r"])
                axi.respond(r_valid=offer)
                if offer:
                    addr, last = self.beats[0]
                    axi.respond(r_data=addr, r_resp=answer_of(addr), r_last=last)

    async def request(self, addr: int, beats: int) -> None:
        dut = self.dut
        dut.req_i.value = bench_types()["req_i"].pack(addr=addr, beats=beats)
        dut.req_valid_i.value = 1
        for _ in range(20_000):
            await FallingEdge(dut.clk_i)
            if dut.req_ready_o.value == 1:
                break
        else:
            raise TimeoutError("a request was not taken")
        await RisingEdge(dut.clk_i)
        dut.req_valid_i.value = 0


def answer_of(addr: int) -> int:
    """Return the memory's response for a beat."""
    return {5: 2, 11: 3}.get(addr // 64 % 13, 0)


def drawn(random) -> tuple[int, int]:
    """Return a request, often across the end of a page."""
    addr = random.choice(
        [0, PAGE - 64, 5 * PAGE - 192, (3 << 32) - 64, (1 << 40) + PAGE - 64, random.randrange(0, 1 << 16, 64)]
    )
    return addr, random.choice([1, 2, 15, 16, 17, random.randint(1, 90)])


def wanted(requests: list[tuple[int, int]], width: int) -> list[tuple[int, int]]:
    addrs = [addr + i * width for addr, beats in requests for i in range(beats)]
    return [(addr, answer_of(addr)) for addr in addrs]


@cocotb.test()
@cocotb.parametrize(stalls=amount(["none", "random"], list(STALLS)), latency=[1, 40])
async def every_beat_comes_once(dut, stalls: str, latency: int) -> None:
    random = rng()
    bus = Bus(dut, stalls, random, latency)
    await start(dut)
    requests = [drawn(random) for _ in range(12)]
    for request in requests:
        await bus.request(*request)
    right = wanted(requests, bus.bytes)
    await until(dut, lambda: len(bus.received) == len(right), 50_000, "the last beat")
    assert bus.received == right
    await until(dut, lambda: dut.idle_o.value == 1, 10, "idle")
    if stalls == "none" and latency == 40:
        assert bus.most == int(dut.Bursts.value), "bursts that could be under way were not"


@cocotb.test()
async def short_requests_hold_up_nothing(dut) -> None:
    """A burst per cycle where each request has one beat, as long as bursts may begin."""
    bus, bursts = Bus(dut, "none", rng(), 100), int(dut.Bursts.value)
    await start(dut)
    dut.req_i.value = bench_types()["req_i"].pack(addr=PAGE - 64, beats=1)
    dut.req_valid_i.value = 1
    await until(dut, lambda: len(bus.asked) == bursts, 200, "as many bursts as can be")
    assert bus.asked_in[-1] - bus.asked_in[0] == bursts - 1, "cycles between bursts"
    dut.req_valid_i.value = 0


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def a_stop_at_any_cycle(dut, stalls: str) -> None:
    """Requested beats come and are discarded; no new burst begins; afterwards everything works as before."""
    random = rng()
    bus = Bus(dut, stalls, random, 7)
    await start(dut)
    for cycles in range(0, 60, 2):
        await until(dut, lambda: dut.idle_o.value == 1, 5_000, "idle")
        bus.received.clear()
        await bus.request(*drawn(random))
        for _ in range(cycles):
            await RisingEdge(dut.clk_i)
        dut.kill_i.value = 1
        await FallingEdge(dut.clk_i)
        offered = bus.axi.request.ar_valid
        await RisingEdge(dut.clk_i)
        asked = len(bus.asked)
        await until(dut, lambda: dut.idle_o.value == 1, 5_000, "the end of what is under way")
        assert len(bus.asked) <= asked + offered and not bus.inside
        await RisingEdge(dut.clk_i)
        dut.kill_i.value = 0
        bus.received.clear()
        request = drawn(random)
        await bus.request(*request)
        right = wanted([request], bus.bytes)
        await until(dut, lambda right=right: len(bus.received) == len(right), 5_000, "the last beat")
        assert bus.received == right
