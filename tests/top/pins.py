# SPDX-License-Identifier: Apache-2.0
"""The ports of the chip with streams, pin by pin: a transport that may stop, send anything, or meet a reset.

Signals are driven after the rising edge of the clock and read at the falling edge.
"""

from __future__ import annotations

import itertools
import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, Lock, RisingEdge, SimTimeoutError, with_timeout
from cocotb.utils import get_sim_time

from tb.common.stalls import STALLS

PINS = (
    *("awvalid", "awaddr", "awprot", "wvalid", "wdata", "wstrb", "bready"),
    *("arvalid", "araddr", "arprot", "rready"),
)
LIMIT = 60_000  # cycles after which everything must have ended, also in portions of few entries


class HungError(AssertionError):
    """An action of the host or of the chip did not end."""


async def within(event, what: str, limit: int = LIMIT) -> None:
    """Wait for an event.

    Raises:
        HungError: it does not come within `limit` cycles.
    """
    try:
        await with_timeout(event, limit, "ns")
    except SimTimeoutError:
        raise HungError(f"the machine never {what}, in {limit} cycles") from None


class PinRegisters:
    """See flaash.driver.Registers; a response other than OKAY fails read() and write()."""

    def __init__(self, dut: SimHandleBase):
        self._dut = dut
        self.quiet()

    def quiet(self) -> None:
        """Begin no access; an outstanding access is forgotten."""
        self._bus = Lock()
        for name in PINS:
            getattr(self._dut, f"s_axil_{name}").value = 0

    async def read(self, address: int) -> int:
        """Return a register."""
        data, okay = await self.access(address)
        assert okay, f"reading {address:#x} was refused"
        return data

    async def write(self, address: int, value: int) -> None:
        """Write a register."""
        _, okay = await self.access(address, value)
        assert okay, f"writing {address:#x} was refused"

    async def wait(self, limit: int = LIMIT) -> None:
        """Return when the interrupt line is high."""
        if not self._dut.irq_o.value:
            await within(RisingEdge(self._dut.irq_o), "raised its interrupt", limit)

    async def access(self, address: int, value: int | None = None, strobes: int = 15) -> tuple[int, bool]:
        """Read an address, or write it; return the data and whether the response was OKAY."""
        async with self._bus:
            dut, write = self._dut, value is not None
            if write:
                dut.s_axil_awaddr.value, dut.s_axil_wdata.value = address, value
                dut.s_axil_wstrb.value = strobes
                dut.s_axil_awvalid.value = dut.s_axil_wvalid.value = 1
                asked, answer = dut.s_axil_awready, "b"
            else:
                dut.s_axil_araddr.value = address
                dut.s_axil_arvalid.value = 1
                asked, answer = dut.s_axil_arready, "r"
            await self._high(asked, "accepted")
            await RisingEdge(dut.clk_i)
            for name in ("awvalid", "wvalid", "arvalid"):
                getattr(dut, f"s_axil_{name}").value = 0
            getattr(dut, f"s_axil_{answer}ready").value = 1
            await self._high(getattr(dut, f"s_axil_{answer}valid"), "answered")
            okay = int(getattr(dut, f"s_axil_{answer}resp").value) == 0
            data = 0 if write else int(dut.s_axil_rdata.value)
            await RisingEdge(dut.clk_i)
            getattr(dut, f"s_axil_{answer}ready").value = 0
            return data, okay

    async def _high(self, pin: SimHandleBase, what: str) -> None:
        for _ in range(LIMIT):
            await FallingEdge(self._dut.clk_i)
            if pin.value == 1:
                return
        raise HungError(f"a register access was not {what}")


class PinStreams:
    """See flaash.driver.Streams.

    Args:
        dut: the chip's top.
        rng: source of the stalls.

    Attributes:
        frames: beats of the result frames that have come, oldest first.
        taken: number of result beats so far.
        began: simulated time at which the first beat of the last operand frame was accepted, in ns.
        partial: beats of a result frame that has not ended.
    """

    def __init__(self, dut: SimHandleBase, rng: random.Random):
        self._dut, self._rng = dut, rng
        self.frames: deque[list[int]] = deque()
        self.taken = self.began = 0
        self.partial: list[int] = []
        self.stall_results("none")
        self.quiet()
        cocotb.start_soon(self._receive())

    def quiet(self) -> None:
        """Offer no beat; a frame in progress is forgotten."""
        self._stream, dut = Lock(), self._dut
        dut.s_axis_tvalid.value = dut.s_axis_tdata.value = dut.s_axis_tlast.value = 0
        dut.s_axis_tkeep.value = 2 ** len(dut.s_axis_tkeep) - 1

    async def send(self, *frames: Sequence[int], stalls: str = "none", last: bool = True) -> None:
        """Send frames, or with `last` false the beginning of one."""
        async with self._stream:
            dut, pauses = self._dut, STALLS[stalls](self._rng)
            for beats in frames:
                for index, beat in enumerate(beats):
                    while next(pauses):
                        await RisingEdge(dut.clk_i)
                    dut.s_axis_tdata.value = beat
                    dut.s_axis_tlast.value = int(last and index == len(beats) - 1)
                    dut.s_axis_tvalid.value = 1
                    await FallingEdge(dut.clk_i)
                    while dut.s_axis_tready.value != 1:
                        await within(RisingEdge(dut.s_axis_tready), "accepted an operand beat")
                        await FallingEdge(dut.clk_i)
                    await RisingEdge(dut.clk_i)
                    self.began = self.began if index else int(get_sim_time("ns"))
                    dut.s_axis_tvalid.value = 0

    def stall_results(self, stalls: str | Callable[[], Iterator[bool]]) -> None:
        """Accept results with a kind of stalls (tb.common.stalls); "never" accepts none."""
        self._always = stalls == "none"
        self._pauses = itertools.repeat(True) if stalls == "never" else STALLS[stalls](self._rng)

    async def _receive(self) -> None:
        dut = self._dut
        while True:
            pause = next(self._pauses)
            dut.m_axis_tready.value = int(not pause)
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                self.partial = []
            elif not pause and dut.m_axis_tvalid.value == 1:
                self.partial.append(int(dut.m_axis_tdata.value))
                self.taken += 1
                if dut.m_axis_tlast.value == 1:
                    self.frames.append(self.partial)
                    self.partial = []
            elif self._always and dut.m_axis_tvalid.value == 0:
                await RisingEdge(dut.m_axis_tvalid)
                continue
            await RisingEdge(dut.clk_i)

    async def receive(self) -> list[int]:
        """Return the beats of the oldest result frame."""
        for _ in range(LIMIT):
            if self.frames:
                return self.frames.popleft()
            await RisingEdge(self._dut.clk_i)
        raise HungError("no result frame")
