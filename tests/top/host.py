# SPDX-License-Identifier: Apache-2.0
"""A hostile host: the driver of the stream interface at pins that may stop, send anything, or meet a reset.

The environment in tb/env plays a well-behaved host with mistakes; here each pin is controlled, and a reset
may come at any moment.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from cocotb.handle import HierarchyArrayObject, HierarchyObject, SimHandleBase
from cocotb.task import Task
from cocotb.triggers import ClockCycles, RisingEdge

from flaash.driver import StreamDevice
from flaash.driver.frames import ResultFrame
from models.csf import Csf
from models.device.registers import mask as bit
from models.numbers import get_format
from sim.configs import Config
from sim.thisrun import argument
from tb.common.bench import rng, start
from tb.common.stalls import STALLS
from tests.top.pins import LIMIT, HungError, PinRegisters, PinStreams

__all__ = ["LIMIT", "Host", "begin", "bit"]
RESET_CYCLES = 3
PORTIONS = (2, 5, 9, 0)  # entries; 0: dot products stay whole


class Pair(Protocol):
    """Two operands."""

    operands: tuple[Csf, Csf]


class Host(StreamDevice):
    """The three ports of the chip.

    Args:
        dut: the chip's top.
        config: of the build.
        rng: source of the stalls.
    """

    streams: PinStreams
    port: PinRegisters

    def __init__(self, dut: SimHandleBase, config: Config, rng: random.Random):
        fmt = get_format(str(config["Format"]))
        super().__init__(PinStreams(dut, rng), PinRegisters(dut), fmt, int(config["CoordWidth"]))
        self.dut, self.config, self.rng = dut, config, rng
        self.access = self.port.access
        self._queues = list(_named(dut, "usage_o"))

    async def wait_while(self, name: str, value: bool = True) -> None:
        """Poll RegStatus while a bit of it has a value."""
        for _ in range(LIMIT // 4):
            if await self.status(name) != value:
                return
        raise HungError(f"{name} stays {int(value)}: {await self.describe()}")

    async def describe(self) -> str:
        """Return the state as reported by the registers."""
        names = ("RegStatus", "RegIrqStatus", "RegError", "RegErrorPlace", "RegErrorCount")
        return ", ".join([f"{name} {await self.read(name):#x}" for name in names])

    async def send(self, beats: list[int], stalls: str = "none", last: bool = True) -> None:
        """Send a frame, or with `last` false the beginning of one."""
        await self.streams.send(beats, stalls=stalls, last=last)

    async def load(self, csf: Csf, which: int, stalls: str = "none") -> None:
        """Send an operand and wait until it has been loaded."""
        await self.send(self.pack(csf, which), stalls)
        await self.wait_while("StatusLoading")

    async def load_all(self, pair: Pair) -> None:
        """Load both operands."""
        for which, csf in enumerate(pair.operands):
            await self.load(csf, which)

    async def error(self) -> list[int]:
        """Return the first error's code and place, and the number of errors."""
        return [await self.read(name) for name in ("RegError", "RegErrorPlace", "RegErrorCount")]

    def any_stalls(self) -> str:
        """Return a kind of stalls at random."""
        return self.rng.choice(list(STALLS))

    def stall_results(self, stalls: str | Callable[[], Iterator[bool]]) -> None:
        """Accept results with a kind of stalls, see PinStreams."""
        self.streams.stall_results(stalls)

    @property
    def frames(self) -> deque[list[int]]:
        """Beats of the result frames that have come."""
        return self.streams.frames

    @property
    def inside_frame(self) -> bool:
        """Whether a part of a result frame has come."""
        return bool(self.streams.partial)

    @property
    def began(self) -> int:
        """When the first beat of the last operand frame was accepted, in ns."""
        return self.streams.began

    async def frame(self, modes: int) -> ResultFrame:
        """Return the oldest result frame; `modes` are its coordinates per record."""
        try:
            return await super().frame(modes)
        except HungError as error:
            raise HungError(f"{error}: {await self.describe()}") from None

    async def configure(self, dense: bool = False, run_length: int = 0) -> None:
        """Write the settings, and in a machine that can split dot products a length of portions."""
        portion = self.rng.choice(PORTIONS) if int(self.config["Portions"]) else None
        await super().configure(dense, run_length, portion=portion)

    async def start(self, dense: bool = False, run_length: int = 0) -> None:
        """Configure, and write the start command."""
        await self.configure(dense, run_length)
        await super().start()

    async def interrupt(self, name: str, limit: int = LIMIT) -> None:
        """Sleep until an interrupt is raised, and acknowledge it."""
        await self.write("RegIrqEnable", bit(name))
        await self.port.wait(limit)
        await self.write("RegIrqStatus", bit(name))

    async def hard_reset(self, *tasks: Task) -> None:
        """Pull the reset pin; the given tasks use the ports, and end."""
        self.dut.rst_ni.value = 0
        for task in tasks:
            task.cancel()
        self.port.quiet()
        self.streams.quiet()
        await ClockCycles(self.dut.clk_i, RESET_CYCLES)
        self.streams.partial = []
        self.dut.rst_ni.value = 1
        await RisingEdge(self.dut.clk_i)

    def queues_in_use(self) -> list[str]:
        """Return the paths of non-empty queues in the machine."""
        return [handle._path for handle in self._queues if int(handle.value)]

    @property
    def queues(self) -> int:
        """Return the number of visible queues."""
        return len(self._queues)


async def begin(dut: SimHandleBase) -> tuple[Host, random.Random]:
    """Return the host of this run's configuration, the chip out of reset, and the run's random generator."""
    host = Host(dut, Config.from_json(argument("config")), rng())
    await start(dut)
    return host, host.rng


def _named(scope: HierarchyObject, name: str) -> Iterator[SimHandleBase]:
    for handle in scope:
        if handle._name == name:
            yield handle
        elif isinstance(handle, (HierarchyArrayObject, HierarchyObject)):
            yield from _named(handle, name)
