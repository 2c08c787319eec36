# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: of two errors of a descriptor the chip reports that of the page's table."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.axi import AxiResp

from models.csf import Csf
from models.device.layout import COMPLETION, COMPLETION_AT, HEAD, LEVEL, SLOT, WORD, Descriptor
from sim.thisrun import this_run
from tb.dma import coverage
from tb.dma.image import levels
from tests.dma.host import BIT, CAPACITY, ERROR, RESULTS, Host, expected, opened
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
PART = {"results": 4, "record": 5}
EVENTS = ("abort", "parity", "watchdog")  # all others are in the descriptor, in the operands or in the memory
STOPS = ("abort", "parity")  # they need a contraction or a load
TAG = 5
PATIENCE = 1000  # cycles without progress
LATE = 2000  # cycles until the response to a write
SHAPES = ((14, 6), (40, 6))  # 560 results: more than can wait for the bus
WIDE = ((1, 400), (2, 400))  # its operands take hundreds of cycles to load
ROOM = 256  # bytes for results, a burst: it leaves, and a later record finds no room
HAS_PARITY = bool(this_run().parameters["Parity"])


def flip(dut: SimHandleBase) -> None:
    """Flip a bit of the first lines of both operands, which are read again for each fiber of A."""
    memory = dut.u_chip.u_memory.gen_ideal.u_memory
    behind = int(dut.MemLines.value)  # the first buffer after a reset is the second one
    for operand, line in itertools.product(range(2), range(behind, behind + 12)):
        word = memory.gen_operand[operand].gen_ram[0].u_lines.mem_q[line]
        word.value = int(word.value) ^ 1


class Pair:
    """A contraction with two errors, or one.

    Args:
        host: with its memory.
        order: the errors, the earlier one first.
        prompt: the record does not wait for the responses to results.
    """

    def __init__(self, host: Host, order: tuple[str, ...], prompt: bool):
        self.host, self.order, self.prompt = host, order, prompt
        tensors = host.draw(WIDE if "operand" in order else SHAPES, 1.0)
        self.wanted = expected(*tensors, host.fmt)
        found = [levels(Csf.from_tensor(tensor), host.fmt) for tensor in tensors]
        if "operand" in order:
            found[1][-1].first[-1] = found[1][-1].first[-1] | 0x1000  # the last coordinate of B is beyond its extent
        image = Image(host.memory)
        operands = [image.operand(which, part) for which, part in enumerate(found)]
        room = ROOM if "full" in order else CAPACITY
        self.words = words(Descriptor(*operands, host.fmt.code, RESULTS, room, interrupt=False, tag=TAG, prompt=prompt))
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
                await self._begin(self.order[-1] if name in STOPS else name)
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
        elif name != "watchdog" or len(self.order) == 1:
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


async def drive(dut: SimHandleBase, chosen: Iterable[tuple[str, ...]]) -> None:
    """Drive each pair, compare its report with the table, and contract as it should be."""
    host, table = await opened(dut), read_table()
    first = host.random.randrange(2)
    for number, order in enumerate(chosen):
        await host.write("RegWatchdog", PATIENCE if "watchdog" in order else 0)
        host.bus.delay({"ar": 1, "b": LATE})
        pair = Pair(host, order, prompt=bool((first + number) % 2))
        await pair.happen()
        host.bus.channels["b"].stall(None)
        error = await host.ended(1)
        wanted = reported(table, *order) if len(order) == 2 else order[0]
        why = f"{', then '.join(order)}, prompt {pair.prompt}"
        assert error[0] == ERROR[CODE[wanted]], f"{why}: {error[0]:#x} at {error[1]:#x}, not {CODE[wanted]}"
        coverage.sample_error(*error)
        if wanted in PART:
            assert error[1] >> 24 & 15 == PART[wanted], f"{why}: place {error[1]:#x}"
        if "record" not in order:
            record = await host.completed(pair.slot)
            assert (record.code, record.place) == error, f"{why}: completion and registers differ"
            assert record.tag == TAG or "descriptor" in order, why
            if wanted == "full":
                assert record.place == record.results > record.written // 12 == ROOM // 12, f"{why}: {record}"
            if len(order) == 1:  # the results that left are complete, and right
                found = {tuple(row) for row in host.rows(record, 2 + host.value_words)}
                rows = {tuple(row) for row in pair.wanted}
                assert found and (found < rows or wanted == "watchdog" and found == rows), why
        host.memory.put(pair.slot, bytes(SLOT))
        await host.write("RegWatchdog", 0)
        await host.works_again(why)


def ended(name: str) -> list[tuple[str, ...]]:
    """Return an end while results are on their way, alone and with what the memory refuses; prompt and not."""
    return [(name,), ("results", name), ("record", name)] * 2


@cocotb.test(skip=HAS_PARITY)
async def pairs_of_the_table(dut: SimHandleBase) -> None:
    """Those with the descriptor or its operands, and what an end makes of a full buffer and of refused writes."""
    chosen = [pair for pair in pairs(read_table()) if not set(pair) <= set(IN_CHIP)]
    await drive(dut, [*chosen, ("full", "abort"), *ended("abort"), *ended("watchdog")] * amount(1, 2))


@cocotb.test(skip=not HAS_PARITY)
async def pairs_with_a_flipped_bit(dut: SimHandleBase) -> None:
    """Where the memories of the chip can be written, and have a parity bit."""
    await drive(dut, [("abort", "parity"), ("parity", "abort"), ("full", "parity"), *ended("parity")] * amount(1, 2))
