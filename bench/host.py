# SPDX-License-Identifier: Apache-2.0
"""A host inside the simulator: loads operands, starts, sleeps until the interrupt, reads the counters.

Much lighter than the environment of tb/env, so that simulations of millions of cycles are short. It
wakes for the beats of the two streams and for register accesses; while the machine computes it sleeps.
"""

from __future__ import annotations

import dataclasses
import time

from cocotb.clock import Clock
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge, SimTimeoutError, with_timeout
from cocotb.utils import get_sim_time
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiStreamFrame, AxiStreamSink, AxiStreamSource

from tb.agents.axis import BeatBus
from tb.common import rtl_constants as rtl

WORD = 4  # bytes
PERIOD = 2  # ns; the clock's period, an even number of time steps
_DRAINED, _ERROR = (1 << rtl.IRQ_BITS[name].value for name in ("IrqDrained", "IrqError"))
_LOADING = 1 << rtl.STATUS_BITS["StatusLoading"].value
_START = 1 << rtl.CONTROL_BITS["ControlStart"].value


class HostError(Exception):
    """The machine reported an error, or said nothing in time."""


@dataclasses.dataclass(frozen=True)
class Run:
    """One contraction.

    Attributes:
        beats: of the result frame.
        counters: performance counters by name.
        wall: seconds from the first beat of A to the last of the result.
        cpu: CPU seconds of the simulator's process in that time.
        simulated: cycles in that time.
    """

    beats: list[int]
    counters: dict[str, int]
    wall: float
    cpu: float
    simulated: int


class Host:
    """Drives the ports of flaash_top.

    Args:
        dut: the top.
    """

    def __init__(self, dut: SimHandleBase):
        self._dut = dut
        dut.rst_ni.value = 0
        dut.s_axis_tkeep.value = 2 ** len(dut.s_axis_tkeep) - 1
        where = (dut.clk_i, dut.rst_ni, False)
        source, sink = BeatBus.from_prefix(dut, "s_axis"), BeatBus.from_prefix(dut, "m_axis")
        self._registers = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), *where)
        self._source = AxiStreamSource(source, *where, byte_size=len(source.tdata))
        self._sink = AxiStreamSink(sink, *where, byte_size=len(sink.tdata))
        Clock(dut.clk_i, PERIOD, "ns", impl="gpi").start()

    async def reset(self) -> None:
        """Reset the machine, so that a run does not depend on the ones before it."""
        self._dut.rst_ni.value = 0
        await ClockCycles(self._dut.clk_i, 8)
        self._dut.rst_ni.value = 1
        await ClockCycles(self._dut.clk_i, 8)
        self._sink.clear()

    async def contract(self, frames: list[list[int]], run_length: int, limit: int) -> Run:
        """Load the operands' frames and contract them.

        Args:
            frames: beats of A's and of B's frame.
            run_length: for RegRunLength.
            limit: cycles after which the machine is given up, in each phase.

        Raises:
            HostError: see there.
        """
        began, cpu, first = time.perf_counter(), time.process_time(), get_sim_time("ns")
        await self._write("RegIrqEnable", _DRAINED | _ERROR)
        await self._write("RegRunLength", run_length)
        for beats in frames:
            await self._source.send(AxiStreamFrame(beats))
        await self._within(limit, self._source.wait(), "accepted the operands")
        while await self._read("RegStatus") & _LOADING:
            pass
        await self._write("RegControl", _START)
        if not self._dut.irq_o.value:
            await self._within(limit, RisingEdge(self._dut.irq_o), "raised its interrupt")
        if await self._read("RegIrqStatus") & _ERROR:
            raise HostError(f"{rtl.error_name(await self._read('RegError'))} at"
                            f" {await self._read('RegErrorPlace'):#x}")
        frame = await self._within(limit, self._sink.recv(compact=False), "ended its result frame")
        simulated = round((get_sim_time("ns") - first) / PERIOD)
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        return Run(list(frame.tdata), await self._counters(), wall, cpu, simulated)

    async def _within(self, cycles: int, event, what: str):
        try:
            return await with_timeout(event, cycles * PERIOD, "ns")
        except SimTimeoutError:
            raise HostError(f"the machine never {what}, in {cycles} cycles") from None

    async def _counters(self) -> dict[str, int]:
        size = 2 * WORD
        answer = await self._registers.read(rtl.CONSTANTS["RegCounters"], size * len(rtl.COUNTERS))
        return {name: int.from_bytes(answer.data[size * counter.value:size * (counter.value + 1)], "little")
                for name, counter in rtl.COUNTERS.items()}

    async def _write(self, register: str, value: int) -> None:
        await self._registers.write(rtl.REGISTERS[register].address, value.to_bytes(WORD, "little"))

    async def _read(self, register: str) -> int:
        answer = await self._registers.read(rtl.REGISTERS[register].address, WORD)
        return int.from_bytes(answer.data, "little")
