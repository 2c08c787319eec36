# SPDX-License-Identifier: Apache-2.0
"""A host inside the simulator: loads operands, starts, sleeps until the interrupt, reads the counters.

This host is much lighter than the environment of tb/env, so that simulations of millions of cycles are short.
flaash_bench_host plays and records the frames; Python wakes for whole frames and for register accesses.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge, SimTimeoutError, with_timeout
from cocotb.utils import get_sim_time
from cocotbext.axi import AxiLiteBus, AxiLiteMaster

from bench.machines import Settings
from tb.common import rtl_constants as rtl

WORD = 4  # bytes
PERIOD = 2  # ns, of the clock in flaash_bench_host
OPERANDS, RESULT = Path("operands.hex"), Path("result.hex")  # in the folder of the run
_DRAINED, _ERROR = (1 << rtl.IRQ_BITS[name].value for name in ("IrqDrained", "IrqError"))
_LOADING = 1 << rtl.STATUS_BITS["StatusLoading"].value
_START = 1 << rtl.CONTROL_BITS["ControlStart"].value
_LAST = 1 << rtl.CONSTANTS["StreamWidth"]


class HostError(Exception):
    """The machine reported an error, or did not respond in time."""


@dataclasses.dataclass(frozen=True)
class Run:
    """One contraction.

    Attributes:
        beats: of the result frame.
        counters: performance counters by name.
        steps: of each engine.
        wall: seconds from the first beat of A to the last of the result.
        cpu: CPU seconds of the simulator's process in that time.
        simulated: cycles in that time.
    """

    beats: list[int]
    counters: dict[str, int]
    steps: list[int]
    wall: float
    cpu: float
    simulated: int


class Host:
    """Drives the ports of flaash_bench_host.

    Args:
        dut: the top.
    """

    def __init__(self, dut: SimHandleBase):
        self._dut = dut
        dut.rst_ni.value = dut.read_i.value = dut.beats_i.value = 0
        self._registers = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.clk_i, dut.rst_ni, False)

    async def prepare(self, frames: Sequence[Sequence[int]]) -> None:
        """Reset the machine, so that a run does not depend on the ones before, and hand over the frames."""
        OPERANDS.write_text(
            "".join(
                f"{beat | (_LAST if index == len(beats) - 1 else 0):x}\n"
                for beats in frames
                for index, beat in enumerate(beats)
            )
        )
        self._beats = sum(map(len, frames))
        dut = self._dut
        dut.rst_ni.value = 0
        dut.beats_i.value = 0
        await ClockCycles(dut.clk_i, 8)
        dut.read_i.value = 1
        await ClockCycles(dut.clk_i, 1)
        dut.read_i.value = 0
        dut.rst_ni.value = 1
        await ClockCycles(dut.clk_i, 8)

    async def contract(self, settings: Settings, limit: int) -> Run:
        """Load the operands and contract them.

        Args:
            settings: of the registers.
            limit: cycles after which the run is abandoned, in each phase.

        Raises:
            HostError: see there.
        """
        dut = self._dut
        began, cpu, first = time.perf_counter(), time.process_time(), get_sim_time("ns")
        await self._write("RegIrqEnable", _DRAINED | _ERROR)
        await self._write("RegRunLength", settings.run_length)
        await self._write("RegLongLines", settings.long_lines)
        if settings.portion:  # hardware that can't split has no such register
            await self._write("RegPortion", settings.portion)
        dut.beats_i.value = self._beats
        await self._within(limit, RisingEdge(dut.sent_o), "accepted the operands")
        while await self._read("RegStatus") & _LOADING:
            pass
        await self._write("RegControl", _START)
        if not dut.irq_o.value:
            await self._within(limit, RisingEdge(dut.irq_o), "raised its interrupt")
        if await self._read("RegIrqStatus") & _ERROR:
            raise HostError(f"{rtl.error_name(await self._read('RegError'))} at {await self._read('RegErrorPlace'):#x}")
        if not dut.ended_o.value:
            raise HostError("the machine is drained, but its result frame has not ended")
        simulated = round((get_sim_time("ns") - first) / PERIOD)
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        beats = [int(line, 16) for line in RESULT.read_text().split()]
        return Run(beats, await self._counters(), await self._steps(), wall, cpu, simulated)

    async def _within(self, cycles: int, event: RisingEdge, what: str) -> None:
        try:
            await with_timeout(event, cycles * PERIOD, "ns")
        except SimTimeoutError:
            raise HostError(f"the machine never {what}, in {cycles} cycles") from None

    async def _counters(self) -> dict[str, int]:
        size = 2 * WORD
        answer = await self._registers.read(rtl.CONSTANTS["RegCounters"], size * len(rtl.COUNTERS))
        return {
            name: int.from_bytes(answer.data[size * counter.value : size * (counter.value + 1)], "little")
            for name, counter in rtl.COUNTERS.items()
        }

    async def _steps(self) -> list[int]:
        steps = []
        for engine in range(await self._read("RegNumSdpe")):
            await self._write("RegSdpeSelect", engine)
            steps.append(await self._read("RegSdpeSteps"))
        return steps

    async def _write(self, register: str, value: int) -> None:
        await self._registers.write(rtl.REGISTERS[register].address, value.to_bytes(WORD, "little"))

    async def _read(self, register: str) -> int:
        answer = await self._registers.read(rtl.REGISTERS[register].address, WORD)
        return int.from_bytes(answer.data, "little")
