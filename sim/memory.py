# SPDX-License-Identifier: Apache-2.0
"""The memory at the AXI4 master of the chip: cocotbext-axi's slave on bytes that are watched."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import Event, Timer
from cocotb.utils import get_sim_time
from cocotbext.axi import AxiBus, AxiResp, AxiSlaveRead, AxiSlaveWrite

if TYPE_CHECKING:
    from sim.direct import DirectMemory

CHANNELS = ("aw", "w", "ar", "b", "r")
INCOMING = ("aw", "w", "ar")
CYCLE = 1000  # ps, as sim.clock makes it
PAGE = 4096  # bytes that check() compares at a time


def _now() -> int:
    """Return the time in ps: in ns it is a float, and a difference of two is no whole number any more."""
    return round(get_sim_time("ps"))


class Bytes:
    """Bytes from an address on; the chip may change only the allowed pieces.

    Args:
        base, size: of the memory.

    Attributes:
        data: its contents.
        allowed: pieces (first address, end) that the chip may write.
        refused: response of the bus by the address of a beat; a beat that is refused changes nothing.
        watcher: notes bursts, and bytes that are read and written, or None.
        read_bytes, written_bytes: what the chip has moved, whole beats and single bytes.
    """

    def __init__(self, base: int, size: int):
        self.base, self.size = base, size
        self.data = np.zeros(size, np.uint8)
        self._host = np.zeros(size, np.uint8)  # bytes as the host has written or allowed them
        self._touched: set[int] = set()  # pages that the chip has written since the last check
        self.allowed: list[tuple[int, int]] = []
        self.refused: dict[int, AxiResp] = {}
        self.watcher: Any = None
        self.read_bytes = self.written_bytes = 0

    def put(self, address: int, data: Any) -> None:
        """Write as the host does."""
        piece = np.frombuffer(data, np.uint8)
        for array in (self.data, self._host):
            array[address - self.base : address - self.base + len(piece)] = piece

    def get(self, address: int, length: int) -> bytes:
        """Read as the host does."""
        return self.data[address - self.base : address - self.base + length].tobytes()

    def check(self) -> None:
        """Compare every byte that the chip must not write with what the host has put there.

        Only pages that the chip has written can differ.

        Raises:
            AssertionError: the chip has changed one; the text says which.
        """
        for first, end in self.allowed:
            part = slice(first - self.base, end - self.base)
            self._host[part] = self.data[part]
        self.allowed.clear()
        places = [
            page * PAGE + np.flatnonzero(self.data[part] != self._host[part])
            for page in sorted(self._touched)
            if not np.array_equal(self.data[part := slice(page * PAGE, (page + 1) * PAGE)], self._host[part])
        ]
        self._touched.clear()
        assert not places, (
            f"the chip has written {sum(map(len, places))} bytes outside of its buffers, the"
            f" first at {self.base + int(places[0][0]):#x}"
        )

    def respond(self, address: int, length: int) -> AxiResp:
        """Return the response to an access of the chip."""
        if not self.base <= address <= self.base + self.size - length:
            return AxiResp.DECERR
        return self.refused.get(address, AxiResp.OKAY)

    # What cocotbext-axi calls.
    async def read(self, address: int, length: int) -> bytes:
        self.read_bytes += length
        if self.watcher:
            self.watcher.reads(address, length)
        self.response = self.respond(address, length)
        if self.response != AxiResp.OKAY:
            raise ValueError
        return self.get(address, length)

    async def write(self, address: int, data: bytes) -> None:
        self.written_bytes += len(data)
        beat = address // self.beat * self.beat
        response = self.respond(beat, self.beat)
        self.burst_response = max(self.burst_response, response)
        if response != AxiResp.OKAY:
            raise ValueError
        if self.watcher:
            self.watcher.writes(address, data)
        self.store(address, data)

    def store(self, address: int, data: bytes) -> None:
        """Write as the chip does."""
        first, end = address - self.base, address - self.base + len(data)
        self.data[first:end] = np.frombuffer(data, np.uint8)
        self._touched.update(range(first // PAGE, (end - 1) // PAGE + 1))

    beat = 16  # bytes of the bus
    response = AxiResp.OKAY  # the last read
    burst_response = AxiResp.OKAY  # the gravest of the write burst


class _Late:
    """A channel whose items arrive later by a number of cycles; order and rate stay.

    Args:
        channel: of cocotbext-axi.
        seen: called with each item.

    Attributes:
        cycles: that are added.
        passed: items since the last reset.
    """

    def __init__(self, channel: Any, seen: Callable[[Any], None]):
        self._channel, self._seen = channel, seen
        self.cycles = 0
        self._items: deque[tuple[float, Any]] = deque()
        self._there = Event()
        self.passed = 0
        self.bus = channel.bus

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def clear(self) -> None:
        """Forget everything, for a reset."""
        self._items.clear()
        self.passed = 0
        self._channel.clear()

    @property
    def busy(self) -> bool:
        """Whether something is on its way."""
        left = self._channel.empty() and not getattr(self._channel, "active", False)
        return bool(self._items) or not left

    def stall(self, pauses: Iterator[bool] | None) -> None:
        """Pause where the generator says so; without one never."""
        self._channel.set_pause_generator(pauses)
        if pauses is None:
            self._channel.pause = False  # a generator that ends may have left it on

    def start(self, incoming: bool) -> None:
        """Begin to hand items on."""
        if not incoming:  # an item that waits for room in the channel would survive a reset
            self._channel.queue_occupancy_limit = -1
        cocotb.start_soon(self._collect() if incoming else self._deliver())

    async def recv(self) -> Any:
        """Return the next item when its time has come."""
        return await self._next()

    async def send(self, item: Any) -> None:
        """Take an item that is to leave later."""
        self._add(item)

    def _add(self, item: Any) -> None:
        self.passed += 1
        self._seen(item)
        self._items.append((_now() + self.cycles * CYCLE, item))
        self._there.set()

    async def _collect(self) -> None:
        while True:
            self._add(await self._channel.recv())

    async def _deliver(self) -> None:
        while True:
            await self._channel.send(await self._next())

    async def _next(self) -> Any:
        while not self._items:
            self._there.clear()
            await self._there.wait()
        wait = self._items[0][0] - _now()
        if wait > 0:
            await Timer(wait, "ps")
            return await self._next()  # a reset may have come
        return self._items.popleft()[1]


class BusMemory:
    """The slave at m_axi.

    Args:
        dut: flaash_memory_top.
        base, size: of the memory.
        latency: cycles that each channel (CHANNELS) adds.

    Attributes:
        bytes: its contents.
    """

    def __init__(self, dut: SimHandleBase, base: int, size: int, latency: Mapping[str, int] | None = None):
        bus = AxiBus.from_prefix(dut, "m_axi")
        logging.getLogger(f"cocotb.{dut._name}.m_axi").setLevel(logging.ERROR)
        self.bytes = Bytes(base, size)
        self.bytes.beat = len(dut.m_axi_wdata) // 8
        self._write = AxiSlaveWrite(bus.write, dut.clk_i, dut.rst_ni, self.bytes, reset_active_level=False)
        self._read = AxiSlaveRead(bus.read, dut.clk_i, dut.rst_ni, self.bytes, reset_active_level=False)
        self.channels: dict[str, Any] = {}
        for name in CHANNELS:
            side = self._read if name in ("ar", "r") else self._write
            seen = {"b": self._b_leaves, "r": self._r_leaves, "ar": self.read_comes, "aw": self.write_comes}
            late = _Late(getattr(side, f"{name}_channel"), seen.get(name, lambda item: None))
            late.start(name in INCOMING)
            setattr(side, f"{name}_channel", late)
            self.channels[name] = late
        self.delay(latency or {})

    def delay(self, cycles: Mapping[str, int]) -> None:
        """Let channels add cycles; channels that are not named add none."""
        for name, channel in self.channels.items():
            channel.cycles = cycles.get(name, 0)

    @property
    def moved(self) -> tuple[int, ...]:
        """A value that changes with each transfer on a channel."""
        return tuple(channel.passed for channel in self.channels.values())

    def outstanding(self) -> list[str]:
        """Return the accesses without a response."""
        return [] if self.in_flight == "nothing" else [f"{self.in_flight} in flight at m_axi"]

    @property
    def in_flight(self) -> str:
        """The outstanding bursts: nothing, reads, writes, reads and writes."""
        reads = self.channels["ar"].busy or self.channels["r"].busy
        writes = self.channels["aw"].passed != self.channels["b"].passed or any(
            self.channels[name].busy for name in ("aw", "w", "b")
        )
        return " and ".join(["reads"] * reads + ["writes"] * writes) or "nothing"

    def read_comes(self, burst: Any) -> None:
        """Note the address of a read burst."""
        if self.bytes.watcher:
            self.bytes.watcher.asks(int(burst.araddr))

    def write_comes(self, burst: Any) -> None:
        """Note the address of a write burst."""
        if self.bytes.watcher:
            self.bytes.watcher.begins(int(burst.awaddr))

    def _r_leaves(self, beat: Any) -> None:
        """cocotbext-axi knows one kind of error only."""
        if beat.rresp != AxiResp.OKAY:
            beat.rresp = self.bytes.response

    def _b_leaves(self, response: Any) -> None:
        response.bresp, self.bytes.burst_response = self.bytes.burst_response, AxiResp.OKAY


class SimMemory:
    """See flaash.driver.Memory; takes no simulated time.

    Args:
        bus: the memory at m_axi.
    """

    def __init__(self, bus: BusMemory | DirectMemory):
        self.base, self.size, self._bytes = bus.bytes.base, bus.bytes.size, bus.bytes
        self.bus = bus

    async def read(self, address: int, length: int) -> bytes:
        """Return bytes."""
        return self._bytes.get(address, length)

    async def write(self, address: int, data: Any) -> None:
        """Write bytes."""
        self._bytes.put(address, data)
