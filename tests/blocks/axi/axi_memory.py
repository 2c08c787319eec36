# SPDX-License-Identifier: Apache-2.0
"""The memory at axi_o and axi_i of a block, for reads, writes or both."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from random import Random
from typing import NamedTuple

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.stalls import STALLS
from tests.blocks.ports import now

PAGE = 4096
OKAY, SLVERR, DECERR = 0, 2, 3


class Burst(NamedTuple):
    """A burst, and the cycle in which its address was accepted."""

    cycle: int
    addr: int
    beats: int


class AxiMemory:
    """Accepts bursts within 4 KB; data and responses come in the order of their bursts.

    Args:
        dut: the block.
        stalls: kind of the stalls of each channel.
        random: their generator.
        latency: cycles from the address of a read to its data, and from the last beat of a write to its response.
        read: returns the data and the response of a beat.
        write: takes address, data and strobes of a beat, and returns its response.

    Attributes:
        stalls: by channel: whether it pauses, cycle by cycle.
        reads, writes: all bursts.
        moved: cycles in which a beat was written.
        beats: that are owed: the address, and whether it is the last of its burst.
        most: reads that were outstanding at a time.
        answered: called with the address of a write in the cycle of its response.
        behind: data are accepted only after their address.
    """

    def __init__(
        self,
        dut: SimHandleBase,
        stalls: str,
        random: Random,
        latency: int = 0,
        read: Callable[[int], tuple[int, int]] | None = None,
        write: Callable[[int, int, int], int] | None = None,
    ):
        self.dut, self.latency, self._read, self._write = dut, latency, read, write
        self.bytes = int(dut.DataWidth.value) // 8
        self._longest = int(dut.BurstBeats.value) if hasattr(dut, "BurstBeats") else 256
        channels = ("ar", "r") * bool(read) + ("aw", "w", "b") * bool(write)
        self.stalls = {name: STALLS[stalls](random) for name in channels}
        self.reads: list[Burst] = []
        self.writes: list[Burst] = []
        self.moved: list[int] = []
        self.beats: deque[tuple[int, bool]] = deque()
        self.most = 0
        self.behind = False
        self.answered: Callable[[int], None] = lambda addr: None
        self._asked: deque[Burst] = deque()  # reads that were not begun
        self._open: deque[Burst] = deque()  # writes without their data
        self._data: deque[tuple[int, int, int]] = deque()  # written beats: data, strobes, last
        self._owed: deque[tuple[int, int, int]] = deque()  # responses to writes: when, which, address
        self._given: dict[str, int] = {}
        self._respond()
        cocotb.start_soon(self._run())

    @property
    def request(self) -> tuple:
        """Return axi_o; the RTL itself checks that a valid beat has no undefined bits."""
        return bench_types()["axi_o"].unpack(int(re.sub("[^01]", "0", str(self.dut.axi_o.value)), 2))

    @property
    def outstanding(self) -> bool:
        """Whether a beat or a response is owed, or a burst is not complete."""
        return bool(self._asked or self.beats or self._open or self._data or self._owed)

    def _respond(self, **members: int) -> None:
        """Set members of axi_i; the others stay."""
        self._given |= members
        self.dut.axi_i.value = bench_types()["axi_i"].pack(**self._given)

    async def _run(self) -> None:
        while True:
            await FallingEdge(self.dut.clk_i)
            if self.dut.rst_ni.value != 1:
                continue
            seen, given = self.request, self._given
            taken = {name for name in ("r", "b") if given.get(f"{name}_valid") and getattr(seen, f"{name}_ready")}
            if self._read:
                self._see_read(seen, "r" in taken)
            if self._write:
                self._see_write(seen, "b" in taken)
            await RisingEdge(self.dut.clk_i)
            offers = {name: name in taken or not given.get(f"{name}_valid") for name in ("r", "b")}
            if self._read:
                self._offer_read(offers["r"])
            if self._write:
                self._offer_write(offers["b"])

    def _burst(self, address: tuple) -> Burst:
        """Return the burst of an address that is accepted in this cycle."""
        burst = Burst(now(), address.addr, address.len + 1)
        assert burst.addr // PAGE == (burst.addr + burst.beats * self.bytes - 1) // PAGE, "a burst across 4 KB"
        assert burst.addr % self.bytes == 0, "a burst that begins inside of a beat"
        assert burst.beats <= self._longest, "a burst that is too long"
        return burst

    def _see_read(self, seen: tuple, taken: bool) -> None:
        if seen.ar_valid and self._given.get("ar_ready"):
            self.reads.append(self._burst(seen.ar))
            self._asked.append(self.reads[-1])
            self.most = max(self.most, len(self._asked) + sum(last for _, last in self.beats))
        if taken:
            self.beats.popleft()
        while self._asked and self._asked[0].cycle + self.latency <= now() and not self.beats:
            _, addr, beats = self._asked.popleft()
            self.beats.extend((addr + i * self.bytes, i == beats - 1) for i in range(beats))

    def _offer_read(self, free: bool) -> None:
        self._respond(ar_ready=not next(self.stalls["ar"]))
        if free:
            offer = bool(self.beats) and not next(self.stalls["r"])
            self._respond(r_valid=offer)
            if offer:
                addr, last = self.beats[0]
                data, response = self._read(addr)
                self._respond(r_data=data, r_resp=response, r_last=last)

    def _see_write(self, seen: tuple, taken: bool) -> None:
        if seen.aw_valid and self._given.get("aw_ready"):
            self.writes.append(self._burst(seen.aw))
            self._open.append(self.writes[-1])
        if seen.w_valid and self._given.get("w_ready"):
            self._data.append((seen.w_data, seen.w_strb, seen.w_last))
            self.moved.append(now())
        if taken:
            self.answered(self._owed.popleft()[2])
        while self._open and len(self._data) >= self._open[0].beats:
            _, addr, beats = self._open.popleft()
            response = OKAY
            for index in range(beats):
                data, strobes, last = self._data.popleft()
                assert last == (index == beats - 1), "the last beat of a burst is not marked"
                response = max(response, self._write(addr + index * self.bytes, data, strobes))
            self._owed.append((now() + self.latency, response, addr))

    def _offer_write(self, free: bool) -> None:
        addressed = not self.behind or sum(burst.beats for burst in self._open) > len(self._data)
        self._respond(aw_ready=not next(self.stalls["aw"]), w_ready=not next(self.stalls["w"]) and addressed)
        if free:
            offer = bool(self._owed) and self._owed[0][0] <= now() and not next(self.stalls["b"])
            self._respond(b_valid=offer, b_resp=self._owed[0][1] if offer else OKAY)


class Words:
    """Words that are written, each once: `write` of a memory.

    Attributes:
        found: the words, by address.
        refused: addresses of beats that get SLVERR.
    """

    def __init__(self) -> None:
        self.found: dict[int, int] = {}
        self.refused: set[int] = set()

    def write(self, addr: int, data: int, strobes: int) -> int:
        """Take a beat; return its response."""
        for word in range(strobes.bit_length() // 4 + 1):
            lanes = strobes >> 4 * word & 15
            assert lanes in (0, 15), "a part of a word"
            if lanes:
                assert addr + 4 * word not in self.found, "written twice"
                self.found[addr + 4 * word] = data >> 32 * word & 0xFFFF_FFFF
        return SLVERR if addr in self.refused else OKAY


def together(words: list[int]) -> int:
    """Return words as the data of a beat."""
    return sum(word << 32 * i for i, word in enumerate(words))
