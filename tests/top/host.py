# SPDX-License-Identifier: Apache-2.0
"""A hostile host at the chip's ports: may stop, send anything, reset at any cycle.

The environment in tb/env plays a well-behaved host with mistakes; here each pin is controlled, and a reset
may come at any moment. Signals are driven after the rising edge of the clock and read at the falling edge.
"""

from __future__ import annotations

import itertools
import random
from collections import deque
from collections.abc import Callable, Iterator

import cocotb
from cocotb.handle import HierarchyArrayObject, HierarchyObject, SimHandleBase
from cocotb.task import Task
from cocotb.triggers import ClockCycles, FallingEdge, Lock, RisingEdge, SimTimeoutError, with_timeout
from cocotb.utils import get_sim_time

from models.csf import Csf
from models.numbers import get_format
from tb.common import rtl_constants as rtl
from tb.common.configs import Config
from tb.common.frames import ResultFrame, pack_operand, unpack_results
from tb.common.stalls import STALLS

LIMIT = 20_000  # cycles after which everything must have ended
RESET_CYCLES = 3
PORTIONS = (2, 5, 9, 0)  # entries; 0: dot products stay whole


def bit(name: str) -> int:
    """Return the mask of a bit of RegControl, RegStatus or RegIrqStatus."""
    for table in (rtl.CONTROL_BITS, rtl.STATUS_BITS, rtl.IRQ_BITS):
        if name in table:
            return 1 << table[name].value
    raise KeyError(name)


class HungError(AssertionError):
    """An action of the host or of the chip did not end."""


class Host:
    """The three ports of the chip.

    Args:
        dut: the chip's top.
        config: of the build.
        rng: source of the stalls.

    Attributes:
        frames: beats of the result frames that have come, oldest first.
        taken: number of result beats so far.
        began: simulated time at which the first beat of the last operand frame was accepted, in ns.
    """

    def __init__(self, dut: SimHandleBase, config: Config, rng: random.Random):
        self.dut, self.config, self.rng = dut, config, rng
        self.fmt = get_format(str(config["Format"]))
        self.frames: deque[list[int]] = deque()
        self.taken = 0
        self.began = 0
        self._beats: list[int] = []
        self._bus, self._stream = Lock(), Lock()
        self._queues = [handle for handle in _named(dut, "usage_o")]
        self.stall_results("none")
        self._quiet()
        cocotb.start_soon(self._receive())

    def _quiet(self) -> None:
        dut = self.dut
        for name in (
            "s_axil_awvalid",
            "s_axil_wvalid",
            "s_axil_bready",
            "s_axil_arvalid",
            "s_axil_rready",
            "s_axil_awprot",
            "s_axil_arprot",
            "s_axil_awaddr",
            "s_axil_wdata",
            "s_axil_wstrb",
            "s_axil_araddr",
            "s_axis_tvalid",
            "s_axis_tdata",
            "s_axis_tlast",
        ):
            getattr(dut, name).value = 0
        dut.s_axis_tkeep.value = 2 ** len(dut.s_axis_tkeep) - 1

    # ------------------------------------------------------------------ registers
    async def access(self, address: int, value: int | None = None, strobes: int = 15) -> tuple[int, bool]:
        """Read an address, or write it; return the data and whether the response was OKAY."""
        async with self._bus:
            dut, write = self.dut, value is not None
            if write:
                dut.s_axil_awaddr.value, dut.s_axil_wdata.value = address, value
                dut.s_axil_wstrb.value = strobes
                dut.s_axil_awvalid.value = dut.s_axil_wvalid.value = 1
                asked, answer = dut.s_axil_awready, "b"
            else:
                dut.s_axil_araddr.value = address
                dut.s_axil_arvalid.value = 1
                asked, answer = dut.s_axil_arready, "r"
            await self._handshake(asked)
            for name in ("awvalid", "wvalid", "arvalid"):
                getattr(dut, f"s_axil_{name}").value = 0
            getattr(dut, f"s_axil_{answer}ready").value = 1
            await FallingEdge(dut.clk_i)
            for _ in range(LIMIT):
                if getattr(dut, f"s_axil_{answer}valid").value == 1:
                    break
                await FallingEdge(dut.clk_i)
            else:
                raise HungError("a register access was not answered")
            okay = int(getattr(dut, f"s_axil_{answer}resp").value) == 0
            data = 0 if write else int(dut.s_axil_rdata.value)
            await RisingEdge(dut.clk_i)
            getattr(dut, f"s_axil_{answer}ready").value = 0
            return data, okay

    async def _handshake(self, ready: SimHandleBase) -> None:
        for _ in range(LIMIT):
            await FallingEdge(self.dut.clk_i)
            if ready.value == 1:
                break
        else:
            raise HungError("a register access was not accepted")
        await RisingEdge(self.dut.clk_i)

    async def read(self, name: str) -> int:
        """Return the value of a register."""
        data, okay = await self.access(rtl.REGISTERS[name].address)
        assert okay, f"reading {name} was refused"
        return data

    async def write(self, name: str, value: int) -> None:
        """Write a register."""
        _, okay = await self.access(rtl.REGISTERS[name].address, value)
        assert okay, f"writing {name} was refused"

    async def counter(self, name: str) -> int:
        """Return a counter."""
        low = await self.read(name)
        return low | await self.read(f"{name}High") << 32

    async def status(self, name: str) -> bool:
        """Return a bit of RegStatus."""
        return bool(await self.read("RegStatus") & bit(name))

    async def wait_while(self, name: str) -> None:
        """Poll RegStatus until a bit of it is 0."""
        for _ in range(LIMIT // 4):
            if not await self.status(name):
                return
        raise HungError(f"{name} stays 1: {await self.describe()}")

    async def describe(self) -> str:
        """Return the state as reported by the registers."""
        names = ("RegStatus", "RegIrqStatus", "RegError", "RegErrorPlace", "RegErrorCount")
        return ", ".join([f"{name} {await self.read(name):#x}" for name in names])

    # ------------------------------------------------------------------- operands
    def pack(self, csf: Csf, which: int) -> list[int]:
        """Return the beats of an operand's frame."""
        return pack_operand(csf, which, self.fmt, int(self.config["CoordWidth"]))

    async def send(self, beats: list[int], stalls: str = "none", last: bool = True) -> None:
        """Send a frame, or with `last` false the beginning of one."""
        async with self._stream:
            dut, pauses = self.dut, STALLS[stalls](self.rng)
            for index, beat in enumerate(beats):
                while next(pauses):
                    await RisingEdge(dut.clk_i)
                dut.s_axis_tdata.value = beat
                dut.s_axis_tlast.value = int(last and index == len(beats) - 1)
                dut.s_axis_tvalid.value = 1
                await FallingEdge(dut.clk_i)
                while dut.s_axis_tready.value != 1:
                    await self._within(RisingEdge(dut.s_axis_tready), "accepted an operand beat")
                    await FallingEdge(dut.clk_i)
                await RisingEdge(dut.clk_i)
                self.began = self.began if index else int(get_sim_time("ns"))
                dut.s_axis_tvalid.value = 0

    async def load(self, csf: Csf, which: int, stalls: str = "none") -> None:
        """Send an operand and wait until it has been loaded."""
        await self.send(self.pack(csf, which), stalls)
        await self.wait_while("StatusLoading")

    # -------------------------------------------------------------------- results
    def stall_results(self, stalls: str | Callable[[], Iterator[bool]]) -> None:
        """Accept results with a kind of stalls (tb.common.stalls); "never" accepts none."""
        self._always = stalls == "none"
        self._pauses = itertools.repeat(True) if stalls == "never" else STALLS[stalls](self.rng)

    async def _receive(self) -> None:
        dut = self.dut
        while True:
            pause = next(self._pauses)
            dut.m_axis_tready.value = int(not pause)
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                self._beats = []
            elif not pause and dut.m_axis_tvalid.value == 1:
                self._beats.append(int(dut.m_axis_tdata.value))
                self.taken += 1
                if dut.m_axis_tlast.value == 1:
                    self.frames.append(self._beats)
                    self._beats = []
            elif self._always and dut.m_axis_tvalid.value == 0:
                await RisingEdge(dut.m_axis_tvalid)
                continue
            await RisingEdge(dut.clk_i)

    @property
    def inside_frame(self) -> bool:
        """Whether a part of a result frame has come."""
        return bool(self._beats)

    async def frame(self, modes: int) -> ResultFrame:
        """Return the oldest result frame; `modes` are its coordinates per record."""
        for _ in range(LIMIT):
            if self.frames:
                return unpack_results(self.frames.popleft(), modes, self.fmt)
            await RisingEdge(self.dut.clk_i)
        raise HungError(f"no result frame: {await self.describe()}")

    # ---------------------------------------------------------------- contractions
    async def configure(self, dense: bool = False, run_length: int = 0) -> None:
        """Write mode and run length, and in a machine that can split dot products a length of portions."""
        await self.write("RegMode", int(dense))
        await self.write("RegRunLength", run_length)
        if int(self.config["Portions"]):
            await self.write("RegPortion", self.rng.choice(PORTIONS))

    async def start(self, dense: bool = False, run_length: int = 0) -> None:
        """Configure, and write the start command."""
        await self.configure(dense, run_length)
        await self.write("RegControl", bit("ControlStart"))

    async def interrupt(self, name: str, limit: int = LIMIT) -> None:
        """Sleep until an interrupt is raised, and acknowledge it."""
        await self.write("RegIrqEnable", bit(name))
        if not self.dut.irq_o.value:
            await self._within(RisingEdge(self.dut.irq_o), f"raised {name}", limit)
        await self.write("RegIrqStatus", bit(name))

    async def _within(self, event, what: str, limit: int = LIMIT) -> None:
        try:
            await with_timeout(event, limit, "ns")
        except SimTimeoutError:
            raise HungError(f"the machine never {what}, in {limit} cycles") from None

    # --------------------------------------------------------------------- resets
    async def soft_reset(self) -> None:
        """Reset by register and wait for the end; the host must continue to accept beats meanwhile."""
        await self.write("RegControl", bit("ControlSoftReset"))
        await self.wait_while("StatusBusy")

    async def hard_reset(self, *tasks: Task) -> None:
        """Pull the reset pin; the given tasks use the ports, and end."""
        self.dut.rst_ni.value = 0
        for task in tasks:
            task.cancel()
        self._quiet()
        self._bus, self._stream = Lock(), Lock()
        await ClockCycles(self.dut.clk_i, RESET_CYCLES)
        self._beats = []
        self.dut.rst_ni.value = 1
        await RisingEdge(self.dut.clk_i)

    # ------------------------------------------------------------------ emptiness
    def queues_in_use(self) -> list[str]:
        """Return the paths of non-empty queues in the machine."""
        return [handle._path for handle in self._queues if int(handle.value)]

    @property
    def queues(self) -> int:
        """Return the number of visible queues."""
        return len(self._queues)


def _named(scope: HierarchyObject, name: str) -> Iterator[SimHandleBase]:
    for handle in scope:
        if handle._name == name:
            yield handle
        elif isinstance(handle, (HierarchyObject, HierarchyArrayObject)):
            yield from _named(handle, name)
