# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: of two errors of a descriptor the chip reports that of the page's table."""

from __future__ import annotations

import itertools

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.axi import AxiResp

from models.csf import Csf
from models.device.layout import COMPLETION, COMPLETION_AT, HEAD, LEVEL, SLOT, WORD, Descriptor
from sim.thisrun import this_run
from tb.common.bench import rng, start
from tb.dma import coverage
from tb.dma.image import levels
from tests.dma.ended_tests import PART_COMPLETION, PART_RESULT, flip
from tests.dma.error_tests import right
from tests.dma.first_tests import drawn
from tests.dma.host import BIT, CAPACITY, ERROR, RESULTS, Host
from tests.dma.image import Image, words
from tests.dma.pair_table import IN_CHIP, pairs, read_table, reported
from tests.share import amount

CODE = {
    "descriptor": "ErrDescriptor",
    "operand": "ErrCoordRange",
    "abort": "ErrAborted",
    "parity": "ErrParity",
    "full": "ErrResultFull",
    "watchdog": "ErrWatchdog",
    "results": "ErrWriteSlave",
    "record": "ErrWriteSlave",
}
PART = {"results": PART_RESULT, "record": PART_COMPLETION}
EVENTS = ("abort", "parity", "watchdog")  # all others are in the descriptor, in the operands or in the memory
STOPS = ("abort", "parity")  # they need a contraction or a load
PATIENCE = 1000  # cycles without progress
LATE = 2000  # cycles until the response to a write
SHAPES = ((14, 6), (40, 6))  # 560 results: more than can wait for the bus
WIDE = ((1, 400), (2, 400))  # its operands take hundreds of cycles to load
ROOM = 256  # bytes for results, a burst: it leaves, and a later record finds no room
SHORT = ((4, 60), (5, 60))
HAS_PARITY = bool(this_run().parameters["Parity"])


class Pair:
    """A contraction with two errors.

    Args:
        host: with its memory.
        numbers: generator of the operands.
        order: both errors, the earlier one first.
        prompt: the record does not wait for the responses to results.
    """

    def __init__(self, host: Host, numbers: np.random.Generator, order: tuple[str, str], prompt: bool):
        self.host, self.order, self.prompt = host, order, prompt
        shapes = WIDE if "operand" in order else SHAPES
        tensors = [drawn(numbers, shape, host.fmt.name, 1.0) for shape in shapes]
        found = [levels(Csf.from_tensor(tensor), host.fmt) for tensor in tensors]
        if "operand" in order:
            found[1][-1].first[-1] = found[1][-1].first[-1] | 0x1000  # the last coordinate of B is beyond its extent
        image = Image(host.memory)
        operands = [image.operand(which, part) for which, part in enumerate(found)]
        room = ROOM if "full" in order else CAPACITY
        self.words = words(Descriptor(*operands, host.fmt.code, RESULTS, room, interrupt=False, tag=5, prompt=prompt))
        if "descriptor" in order:
            self.words[(HEAD + LEVEL) // WORD + 7] = 1
        self.slot = host.put(self.words)
        refused = {"results": RESULTS, "record": self.slot + COMPLETION_AT + COMPLETION - 1}
        for name in refused.keys() & set(order):
            address = refused[name]
            host.memory.refused[address - address % host.memory.beat] = AxiResp.SLVERR

    async def happen(self) -> None:
        """Ring, and let both errors happen in their order; those of descriptor and memory are there already."""
        await self.host.ring()
        for index, name in enumerate(self.order):
            if index == 0 and set(self.order) & set(EVENTS):
                await self._begin(self.order[1] if name in STOPS else name)
            if name == "abort":
                await self.host.write("RegControl", BIT["ControlAbort"])
            elif name == "parity":
                flip(self.host.dut)
                await ClockCycles(self.host.dut.clk_i, 200)
            elif name == "watchdog":
                self.host.bus.channels["b"].stall(itertools.repeat(True))
                await self.host.halted()
                assert await self.host.read("RegDmaError") == ERROR["ErrWatchdog"]

    async def _begin(self, name: str) -> None:
        """Wait until this error has occurred; before an event that comes first until its work has begun."""
        clock, first = self.host.dut.clk_i, self.order[0] == name
        if name in ("descriptor", "operand"):
            await self._handshake("r", last=True)
            if name == "operand" and first:
                # The loader holds more beats than an operand here has, so the bus does not tell when the error
                # is found. But its record does; the response to it comes LATE.
                await self._handshake("aw", at=self.slot + COMPLETION_AT)
            elif name == "operand":
                await ClockCycles(clock, 30)
        elif name != "watchdog":
            await self._handshake("aw", at=RESULTS)
            await ClockCycles(clock, 600 if name == "full" else 1)  # a result in less than 30 cycles

    async def _handshake(self, channel: str, at: int | None = None, last: bool = False) -> None:
        dut = self.host.dut
        valid, ready = getattr(dut, f"m_axi_{channel}valid"), getattr(dut, f"m_axi_{channel}ready")
        while not (
            valid.value
            and ready.value
            and (at is None or int(dut.m_axi_awaddr.value) == at)
            and (not last or dut.m_axi_rlast.value)
        ):
            await RisingEdge(dut.clk_i)


async def drive(dut, chosen: list[tuple[str, str]]) -> None:
    """Drive each pair, compare its report with the table, and contract as it should be."""
    random = rng()
    host, numbers = Host(dut), np.random.default_rng(random.getrandbits(32))
    await start(dut)
    table = read_table()
    for order in chosen:
        await host.set_ring()
        await host.write("RegWatchdog", PATIENCE if "watchdog" in order else 0)
        host.bus.delay({"ar": 1, "b": LATE})
        pair = Pair(host, numbers, order, random.random() < 0.5)
        await pair.happen()
        host.bus.channels["b"].stall(None)
        await host.halted()
        while await host.idle() and not await host.read("RegRingHead"):
            pass
        wanted, why = reported(table, *order), f"{order[0]}, then {order[1]}, prompt {pair.prompt}"
        told = await host.read("RegDmaError"), await host.read("RegDmaPlace")
        assert told[0] == ERROR[CODE[wanted]], f"{why}: {told[0]:#x} at {told[1]:#x}, not {CODE[wanted]}"
        coverage.sample_error(*told)
        if wanted in PART:
            assert told[1] >> 24 & 15 == PART[wanted], f"{why}: place {told[1]:#x}"
        if "record" not in order:
            record = await host.completed(pair.slot)
            assert (record.code, record.place) == told, f"{why}: completion and registers differ"
            if wanted == "full":
                assert record.place == record.results > record.written // 12 == ROOM // 12, f"{why}: {record}"
        host.memory.refused.clear()
        host.memory.put(pair.slot, bytes(SLOT))
        await host.reset()
        host.bus.delay({})
        await right(host, *(drawn(numbers, shape, host.fmt.name) for shape in SHORT), why)
    dut._log.info("%d pairs", len(chosen))


@cocotb.test(skip=HAS_PARITY)
async def pairs_of_the_table(dut) -> None:
    """Those with the descriptor or its operands, and what an abort makes of a buffer that is full."""
    table = read_table()
    chosen = [pair for pair in pairs(table) if not set(pair) <= set(IN_CHIP)]
    await drive(dut, [*chosen, ("full", "abort")] * amount(1, 2))


@cocotb.test(skip=not HAS_PARITY)
async def pairs_with_a_flipped_bit(dut) -> None:
    """Where the memories of the chip can be written, and have a parity bit."""
    await drive(dut, [("abort", "parity"), ("parity", "abort"), ("full", "parity")])
