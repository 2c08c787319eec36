# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: serves contractions at the stream interface, each result compared with the model.

The chip is flaash.driver's StreamDevice over cocotbext-axi's streams. Between two calls no cycle passes.
"""

from __future__ import annotations

import json
from pathlib import Path

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import Timer
from cocotb.utils import get_sim_time

from flaash.driver import MachineError, StreamDevice
from flaash.driver.frames import BEAT
from flaash.serve.compare import compared, expected, miscounted, refused
from flaash.serve.training import training_orders
from models.contract import ContractionResult
from sim import files
from sim.clock import start
from sim.configs import Config
from sim.guard import guard
from sim.machines import Machine
from sim.serve import Delivery, Order, serve_orders, served
from sim.transport import SimRegisters, SimStreams

COUNTERS = ("CntJobs", "CntMatches", "CntZeroUnderflow", "CntCycles", "CntLoadCycles", "CntUnloadCycles")
SINCE_RESET = "CntLoadCycles"
PERIOD = 2_000  # cycles between two reports of the progress


@cocotb.test()
async def serve(dut: SimHandleBase) -> None:
    """Serve until the socket is closed."""
    chip = Chip(dut)
    await chip.open()
    cocotb.start_soon(chip.report(Path(served().progress)))
    await serve_orders(chip.carry_out)


@cocotb.test()
async def train(dut: SimHandleBase) -> None:
    """Contract what trains a build."""
    chip = Chip(dut)
    await chip.open()
    await chip.carry_out(training_orders(Machine(chip.config)))


class Chip:
    """The simulated chip with streams and its driver.

    Args:
        dut: flaash_top.

    Attributes:
        config: of the hardware.
    """

    def __init__(self, dut: SimHandleBase):
        self._dut, self.config = dut, Config.from_json(served().config)
        self._streams, self._registers = SimStreams(dut), SimRegisters(dut)
        self._loading = 0  # SINCE_RESET before the contraction
        self._silence = 0  # most cycles in which the contraction only looks for long jobs
        self._jobs = self._count = 0  # dot products of the contraction, and its number
        guard(
            dut, self._registers, lambda: self._streams.moved, self._streams.outstanding, silence=lambda: self._silence
        )

    async def open(self) -> None:
        """Reset the chip and find it."""
        await start(self._dut)
        self._device = await StreamDevice.open(self._streams, self._registers)

    async def carry_out(self, orders: list[Order]) -> list[Delivery]:
        """Contract one order after the other."""
        return [await self._contract(order) for order in orders]

    async def report(self, path: Path) -> None:
        """Write the progress to a file now and then."""
        while True:
            await Timer(PERIOD, "ns")
            state = {"cycles": int(get_sim_time("ns")), "contraction": self._count, "jobs": self._jobs}
            files.write(path, json.dumps({**state, "dots": await self._device.read("CntDotsDone")}))

    async def _contract(self, order: Order) -> Delivery:
        device, settings, streams = self._device, order.settings, self._streams
        result = expected(order, device.fmt)
        self._note(order, result)
        before = streams.sent, streams.received
        # Hardware that can't split has no register for portions.
        portion = settings.portion if settings.portion or self.config.can_split else None
        try:
            frame = await device.contract(
                order.a, order.b, run_length=settings.run_length, long_lines=settings.long_lines, portion=portion
            )
        except MachineError as error:
            await device.recover()
            streams.drop()
            self._loading = await device.counter(SINCE_RESET)
            return refused(result, error)
        counters = {name: await device.counter(name) for name in COUNTERS}
        wrong = compared(order, result, frame.coords, frame.bits) + miscounted(result, counters)
        counters[SINCE_RESET], self._loading = counters[SINCE_RESET] - self._loading, counters[SINCE_RESET]
        moved = [BEAT * (now - then) for now, then in zip((streams.sent, streams.received), before, strict=True)]
        return Delivery(frame.coords, frame.bits, "ErrNone", counters, *moved, wrong)

    def _note(self, order: Order, result: ContractionResult) -> None:
        """Note what progress and guard need of a contraction."""
        self._count, self._jobs = self._count + 1, result.jobs
        fibers = [len(csf.fiber_bounds()) for csf in (order.a, order.b)]
        self._silence = fibers[0] * fibers[1] if order.settings.long_lines else 0
