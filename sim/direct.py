# SPDX-License-Identifier: Apache-2.0
"""The memory at the AXI4 master of a chip that serves: bytes that are watched, without latency, stalls and coverage.

One coroutine serves all channels, so a transfer takes less Python than in sim.memory.
"""

from __future__ import annotations

from collections import deque

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import First, RisingEdge
from cocotbext.axi import AxiResp

from sim.memory import Bytes

VALID_OR_READY = ("arvalid", "awvalid", "wvalid", "rready", "bready")  # that the chip drives
PINS = (*VALID_OR_READY, "arready", "awready", "wready", "wdata", "wstrb")
PINS += ("rvalid", "rid", "rdata", "rresp", "rlast", "bvalid", "bid", "bresp")
PATIENCE = 64  # cycles without a transfer; then the coroutine sleeps until the chip begins one


class DirectMemory:
    """The slave at m_axi, always ready. The checker in the chip refuses bursts that are not as this class reads them.

    Args:
        dut: flaash_memory_top.
        base, size: of the memory.

    Attributes:
        bytes: its contents.
    """

    def __init__(self, dut: SimHandleBase, base: int, size: int):
        self.bytes = Bytes(base, size)
        self.bytes.beat = self._beat = len(dut.m_axi_wdata) // 8
        self._clock, self._reset = dut.clk_i, dut.rst_ni
        self._pins = {name: getattr(dut, f"m_axi_{name}") for name in PINS}
        self._bursts = {
            channel: [getattr(dut, f"m_axi_{channel}{name}") for name in ("addr", "len")] for channel in ("ar", "aw")
        }
        self._transfers = 0
        self._reads: deque[tuple[int, AxiResp, bool]] = deque()  # beats of R
        self._writes: deque[list[int]] = deque()  # bursts of writes: next address, beats that are left
        self._data: deque[tuple[int, int]] = deque()  # beats of W before their address
        self._refused = AxiResp.OKAY  # of the current burst of writes
        self._responses: deque[AxiResp] = deque()
        self._valid_r = self._valid_b = False
        self._kind_r: tuple[AxiResp, bool] | None = None  # rresp and rlast as they stand on the bus
        for name in ("awready", "wready", "arready"):
            self._pins[name].value = 1
        for name in ("rvalid", "bvalid", "rid", "bid"):
            self._pins[name].value = 0
        cocotb.start_soon(self._serve())

    @property
    def moved(self) -> tuple[int]:
        """A value that changes with each transfer on a channel."""
        return (self._transfers,)

    def outstanding(self) -> list[str]:
        """Return the accesses without a response."""
        reads, writes = len(self._reads), len(self._writes) + len(self._responses)
        return [f"{count} {what} in flight at m_axi" for count, what in ((reads, "beats"), (writes, "writes")) if count]

    async def _serve(self) -> None:
        """Move what the handshakes of each cycle permit; values are those before the edge of the clock."""
        pins = self._pins
        arvalid, awvalid, wvalid, rready, bready = (pins[name] for name in VALID_OR_READY)
        reads, responses, writes, data = self._reads, self._responses, self._writes, self._data
        edge = RisingEdge(self._clock)
        await edge
        while self._reset.value != 1:
            await edge
        shown = taken = False  # whether a beat of R and a response stand on the bus
        idle = 0
        while True:
            before = self._transfers
            if shown and rready.value:
                reads.popleft()
                self._transfers += 1
                shown = False
            if taken and bready.value:
                responses.popleft()
                self._transfers += 1
                taken = False
            if arvalid.value:
                self._transfers += 1
                self._read(*self._burst("ar"))
            if awvalid.value:
                self._transfers += 1
                writes.append(list(self._burst("aw")))
            if wvalid.value:
                self._transfers += 1
                data.append((int(pins["wdata"].value), int(pins["wstrb"].value)))
            while data and writes:
                self._write(*data.popleft())
            if not shown and (reads or self._valid_r):
                shown = self._show_beat()
            if not taken and (responses or self._valid_b):
                taken = self._show_response()
            idle = 0 if shown or taken or self._transfers != before else idle + 1
            if idle > PATIENCE:
                await First(RisingEdge(arvalid), RisingEdge(awvalid), RisingEdge(wvalid))
            await edge

    def _burst(self, channel: str) -> tuple[int, int]:
        """Return address and beats of the burst at AR or AW."""
        address, length = self._bursts[channel]
        return int(address.value) // self._beat * self._beat, int(length.value) + 1

    def _read(self, address: int, beats: int) -> None:
        """Queue the beats of a burst."""
        self.bytes.read_bytes += beats * self._beat
        for number in range(beats):
            place = address + number * self._beat
            response = self.bytes.respond(place, self._beat)
            data = self.bytes.get(place, self._beat) if response == AxiResp.OKAY else b""
            self._reads.append((int.from_bytes(data, "little"), response, number == beats - 1))

    def _write(self, data: int, strobes: int) -> None:
        """Store a beat of the oldest burst; its last one brings the response."""
        burst = self._writes[0]
        address = burst[0]
        burst[:] = address + self._beat, burst[1] - 1
        response = self.bytes.respond(address, self._beat)
        self._refused = max(self._refused, response)
        if response == AxiResp.OKAY:
            octets = data.to_bytes(self._beat, "little")
            while strobes:  # a run of bytes at a time
                first = (strobes & -strobes).bit_length() - 1
                end = ((strobes >> first) + 1 & ~(strobes >> first)).bit_length() - 1 + first
                self.bytes.store(address + first, octets[first:end])
                self.bytes.written_bytes += end - first
                strobes = strobes >> end << end
        if not burst[1]:
            self._writes.popleft()
            self._responses.append(self._refused)
            self._refused = AxiResp.OKAY

    def _show_beat(self) -> bool:
        """Drive the next beat of R; return whether there is one."""
        pins, there = self._pins, bool(self._reads)
        if there:
            data, response, last = self._reads[0]
            pins["rdata"].value = data
            if (response, last) != self._kind_r:
                self._kind_r = response, last
                pins["rresp"].value, pins["rlast"].value = response, last
        if there != self._valid_r:
            pins["rvalid"].value = self._valid_r = there
        return there

    def _show_response(self) -> bool:
        """Drive the next response of B; return whether there is one."""
        there = bool(self._responses)
        if there:
            self._pins["bresp"].value = self._responses[0]
        if there != self._valid_b:
            self._pins["bvalid"].value = self._valid_b = there
        return there
