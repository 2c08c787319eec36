# SPDX-License-Identifier: Apache-2.0
"""A memory behind the AXI4 master of flaash_memory_top: latency, stalls, refusals."""

from __future__ import annotations

import dataclasses
import itertools
from collections import deque
from collections.abc import Iterator

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge

OKAY, SLVERR, DECERR = 0, 2, 3
PAGE = 4096


@dataclasses.dataclass
class _Burst:
    addr: int
    beats: int
    due: int  # the cycle from which on it may be answered


class Memory:
    """Bytes from address 0 on, and bursts that are answered in order.

    Args:
        dut: flaash_memory_top.
        size: bytes; a read or write beyond gets DECERR.
        latency: cycles from an address, or the last data of a write, to the first answer.
        stalls: per channel (ar, r, aw, w, b) True in the cycles in which nothing is taken or offered.

    Attributes:
        data: what it holds.
        refused_reads, refused_writes: answers other than OKAY, by the address of a beat; a write burst gets
            the greatest of its beats and changes nothing.
        writable: pairs of the first address and the one behind the last that may be written; None for all.
        reads, writes: addresses and beats of all bursts so far.
    """

    def __init__(
        self,
        dut: SimHandleBase,
        size: int = 1 << 20,
        latency: int = 1,
        stalls: dict[str, Iterator[bool]] | None = None,
    ):
        self.dut = dut
        self.data = bytearray(size)
        self.latency = latency
        never = itertools.repeat(False)
        self.stalls = {channel: (stalls or {}).get(channel, never) for channel in ("ar", "r", "aw", "w", "b")}
        self.refused_reads: dict[int, int] = {}
        self.refused_writes: dict[int, int] = {}
        self.writable: list[tuple[int, int]] | None = None
        self.reads: list[tuple[int, int]] = []
        self.writes: list[tuple[int, int]] = []
        self.width = len(dut.m_axi_rdata) // 8
        self.cycle = 0
        self._ports = {
            name: getattr(dut, f"m_axi_{name}")
            for name in (
                "arvalid",
                "arready",
                "araddr",
                "arlen",
                "rvalid",
                "rready",
                "rdata",
                "rresp",
                "rlast",
                "awvalid",
                "awready",
                "awaddr",
                "awlen",
                "wvalid",
                "wready",
                "wdata",
                "wstrb",
                "wlast",
                "bvalid",
                "bready",
                "bresp",
            )
        }
        for name in ("arready", "rvalid", "rdata", "rresp", "rlast", "awready", "wready", "bvalid", "bresp"):
            self._ports[name].value = 0
        dut.m_axi_rid.value = dut.m_axi_bid.value = 0
        self._read_bursts: deque[_Burst] = deque()
        self._read_beats: deque[tuple[int, int, int]] = deque()  # data, answer, last
        self._write_bursts: deque[_Burst] = deque()
        self._write_beats: deque[tuple[int, int, int]] = deque()  # data, strobes, last
        self._answers: deque[tuple[int, int]] = deque()  # due, answer
        cocotb.start_soon(self._run())

    @property
    def quiet(self) -> bool:
        """Tell whether no burst is under way."""
        return not (
            self._read_bursts or self._read_beats or self._write_bursts or self._write_beats or self._answers
        )

    def put(self, addr: int, data: bytes) -> None:
        self.data[addr : addr + len(data)] = data

    def _value(self, name: str) -> int:
        return int(self._ports[name].value)

    async def _run(self) -> None:
        """Each cycle: read at the falling edge what was agreed on, offer behind the rising one."""
        ports = self._ports
        while True:
            await FallingEdge(self.dut.clk_i)
            if self.dut.rst_ni.value != 1:
                self._clear()
                continue
            taken_read = taken_answer = False
            if self._value("arvalid") and self._value("arready"):
                self._take_read(self._value("araddr"), self._value("arlen") + 1)
            if self._value("rvalid"):
                taken_read = bool(self._value("rready"))
            if self._value("awvalid") and self._value("awready"):
                self._take_write(self._value("awaddr"), self._value("awlen") + 1)
            if self._value("wvalid") and self._value("wready"):
                self._write_beats.append((self._value("wdata"), self._value("wstrb"), self._value("wlast")))
            if self._value("bvalid"):
                taken_answer = bool(self._value("bready"))
            read_offered, answer_offered = self._value("rvalid"), self._value("bvalid")
            self.cycle += 1
            self._do_write()
            await RisingEdge(self.dut.clk_i)
            if taken_read:
                self._read_beats.popleft()
            if taken_answer:
                self._answers.popleft()
            self._do_read()
            ports["arready"].value = not next(self.stalls["ar"])
            ports["awready"].value = not next(self.stalls["aw"])
            ports["wready"].value = not next(self.stalls["w"])
            if not read_offered or taken_read:
                offer = bool(self._read_beats) and not next(self.stalls["r"])
                ports["rvalid"].value = offer
                if offer:
                    ports["rdata"].value, ports["rresp"].value, ports["rlast"].value = self._read_beats[0]
            if not answer_offered or taken_answer:
                offer = (
                    bool(self._answers) and self._answers[0][0] <= self.cycle and not next(self.stalls["b"])
                )
                ports["bvalid"].value = offer
                if offer:
                    ports["bresp"].value = self._answers[0][1]

    def _clear(self) -> None:
        for queue in (
            self._read_bursts,
            self._read_beats,
            self._write_bursts,
            self._write_beats,
            self._answers,
        ):
            queue.clear()
        for name in ("arready", "rvalid", "awready", "wready", "bvalid"):
            self._ports[name].value = 0

    def _check(self, addr: int, beats: int) -> None:
        assert addr % self.width == 0, f"a burst begins inside a beat: {addr:#x}"
        assert addr // PAGE == (addr + beats * self.width - 1) // PAGE, f"a burst crosses 4 KB: {addr:#x}"

    def _take_read(self, addr: int, beats: int) -> None:
        self._check(addr, beats)
        self.reads.append((addr, beats))
        self._read_bursts.append(_Burst(addr, beats, self.cycle + self.latency))

    def _take_write(self, addr: int, beats: int) -> None:
        self._check(addr, beats)
        self.writes.append((addr, beats))
        self._write_bursts.append(_Burst(addr, beats, 0))

    def _do_read(self) -> None:
        while self._read_bursts and self._read_bursts[0].due <= self.cycle and len(self._read_beats) < 2:
            burst = self._read_bursts.popleft()
            for index in range(burst.beats):
                addr = burst.addr + index * self.width
                answer = self.refused_reads.get(addr, OKAY if addr < len(self.data) else DECERR)
                data = int.from_bytes(self.data[addr : addr + self.width], "little") if answer == OKAY else 0
                self._read_beats.append((data, answer, index == burst.beats - 1))

    def _do_write(self) -> None:
        while self._write_bursts and len(self._write_beats) >= self._write_bursts[0].beats:
            burst = self._write_bursts.popleft()
            addrs = [burst.addr + index * self.width for index in range(burst.beats)]
            answer = max(
                self.refused_writes.get(addr, OKAY if addr < len(self.data) else DECERR) for addr in addrs
            )
            for index, addr in enumerate(addrs):
                data, strobes, last = self._write_beats.popleft()
                assert last == (index == burst.beats - 1), "wlast is not with the last beat"
                if answer == OKAY:
                    self._write_beat(addr, data, strobes)
            self._answers.append((self.cycle + self.latency, answer))

    def _write_beat(self, addr: int, data: int, strobes: int) -> None:
        for lane in range(self.width):
            if strobes >> lane & 1:
                at = addr + lane
                assert self.writable is None or any(low <= at < high for low, high in self.writable), (
                    f"a byte is written outside of all buffers: {at:#x}"
                )
                self.data[at] = data >> 8 * lane & 0xFF
