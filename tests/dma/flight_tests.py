# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: as many descriptors in flight as there may be, and what ends them."""

from __future__ import annotations

from random import Random

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.axi import AxiResp

from models.device.layout import SLOT
from tb.common.bench import rng, start
from tb.dma import coverage
from tests.dma.first_tests import drawn
from tests.dma.host import BIT, CAPACITY, ERROR, Host
from tests.dma.overlap_tests import Queue
from tests.share import amount

LATENCY = 500
QUEUED, SLOTS = 18, 20
SHAPES = (((2, 9), (3, 9)), ((9,), (4, 9)), ((2, 3, 20), (5, 20)), ((3, 2, 2, 9), (2, 2, 9)))
KINDS = ("descriptor", "refused descriptor", "refused array", "contents")


class Flight:
    """A queue, a slow memory, and the descriptors that were asked for before the first contraction ended.

    Attributes:
        asked: addresses of the first reads of slots, until the first write.
    """

    def __init__(self, dut, random: Random) -> None:
        self.dut, self.random = dut, random
        self.numbers = np.random.default_rng(self.random.getrandbits(32))
        self.host = Host(dut, LATENCY, slots=SLOTS)
        self.most = int(dut.InFlight.value)
        self.asked: list[int] = []
        self._written = False
        cocotb.start_soon(self._watch())

    async def _watch(self) -> None:
        dut = self.dut
        while True:
            await RisingEdge(dut.clk_i)
            if int(dut.m_axi_awvalid.value):
                self._written = True
            if not self._written and int(dut.m_axi_arvalid.value) and int(dut.m_axi_arready.value):
                address = int(dut.m_axi_araddr.value)
                if address in self.slots:
                    self.asked.append(address)

    @property
    def slots(self) -> list[int]:
        """The addresses of all slots."""
        return [self.host.slot(index) for index in range(SLOTS)]

    def queue(self, count: int = QUEUED) -> Queue:
        """Lay a queue of small contractions."""
        queue = Queue(self.host, CAPACITY // 32)
        for index in range(count):
            shapes = SHAPES[index % len(SHAPES)]
            queue.put([drawn(self.numbers, shape, self.host.fmt.name, 0.6) for shape in shapes])
        return queue

    async def ring(self) -> None:
        """Announce what was laid, and count anew."""
        self.asked.clear()
        self._written = False
        await self.host.ring()

    async def go_on(self) -> None:
        """After the end of a queue: reset, and a short queue is right."""
        host = self.host
        host.memory.refused = {}
        await host.reset()
        await host.set_ring()
        queue = self.queue(3)
        await host.ring()
        for turn in queue.turns:
            turn.check(host, await host.completed(turn.slot))
        await host.idle()
        await host.reset()
        await host.set_ring()


async def begin(dut) -> Flight:
    flight = Flight(dut, rng())
    await start(dut)
    await flight.host.set_ring()
    return flight


@cocotb.test()
async def all_that_may_be_are_in_flight(dut) -> None:
    """Each slot of the ring is one of them once: three queues, each begins where the one before ended."""
    flight = await begin(dut)
    for _ in range(3):
        queue = flight.queue()
        await flight.ring()
        for turn in queue.turns:
            turn.check(flight.host, await flight.host.completed(turn.slot))
        assert len(flight.asked) == flight.most, f"{len(flight.asked)} before the first result"
        await flight.host.idle()


@cocotb.test()
@cocotb.parametrize(kind=list(KINDS))
async def one_in_flight_is_wrong(dut, kind: str) -> None:
    """At each place among those in flight: all before it are right, it has the error, none after it has a record."""
    flight = await begin(dut)
    host = flight.host
    places = list(range(flight.most + 1))
    for place in sorted(flight.random.sample(places, amount(4, len(places)))):
        queue = flight.queue(place)
        before = len(queue.image.parts)
        bad = queue.put([drawn(flight.numbers, shape, host.fmt.name, 1.0) for shape in ((3, 9), (2, 9))])
        parts = queue.image.parts[before:]
        _, level, _, crd, _ = next(found for found in parts if found[:3] == (1, 7, "Crd"))
        for _ in range(QUEUED - place - 1):
            queue.put([drawn(flight.numbers, shape, host.fmt.name) for shape in SHAPES[0]])
        wanted = {
            "descriptor": (ERROR["ErrDescriptor"], 0),
            "refused descriptor": (ERROR["ErrReadSlave"], 0),
            "refused array": (ERROR["ErrReadSlave"], 1 << 31 | level << 28 | 1 << 24),
            "contents": (ERROR["ErrCoordOrder"], 1 << 31 | level << 28 | 1),
        }[kind]
        if kind == "descriptor":
            host.memory.put(bad.slot, bytes(4))
        elif kind == "contents":
            host.memory.put(crd + 4, bytes(4))
        else:
            host.memory.refused = {crd if kind == "refused array" else bad.slot: AxiResp.SLVERR}
        await flight.ring()
        for turn in queue.turns[:place]:
            turn.check(host, await host.completed(turn.slot))
        record = await host.completed(bad.slot)
        assert (record.code, record.place) == wanted, f"{place}: {record.code:#x} at {record.place:#x}"
        coverage.sample_error(record.code, record.place)
        assert await host.idle() & BIT["DmaStatusHalted"]
        assert await host.read("RegRingHead") == (bad.slot - flight.slots[0]) // SLOT + 1
        assert all(host.record(turn.slot) is None for turn in queue.turns[place + 1 :])
        await flight.go_on()


@cocotb.test()
@cocotb.parametrize(end=["abort", "soft reset"])
async def all_in_flight_are_ended(dut, end: str) -> None:
    """At any time after the doorbell; what has a record by then is right, and so is the next queue."""
    flight = await begin(dut)
    host, codes = flight.host, set()
    for _ in range(amount(4, 12)):
        queue = flight.queue()
        await flight.ring()
        await ClockCycles(dut.clk_i, flight.random.randrange(100, 5 * LATENCY))
        if end == "abort":
            await host.write("RegControl", BIT["ControlAbort"])
            while not await host.idle() & BIT["DmaStatusHalted"]:
                if await host.read("RegRingHead") == host.tail:
                    break
            codes.add(await host.read("RegDmaError"))
            assert codes <= {0, ERROR["ErrAborted"]}
        for turn in queue.turns:
            record = host.record(turn.slot)
            if record is None or record.code:
                break
            turn.check(host, record)
        await flight.go_on()
    assert end != "abort" or ERROR["ErrAborted"] in codes
