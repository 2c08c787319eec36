# SPDX-License-Identifier: Apache-2.0
"""Queues of contractions in a memory, each with its expected results, and what the bus shows of them."""

from __future__ import annotations

import dataclasses
import itertools
from collections import deque
from collections.abc import Iterable, Sequence

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge

from flaash.driver.arrays import Level
from models.csf import Csf
from models.device.layout import Completion, Descriptor
from models.tensor import SparseTensor
from tb.dma.image import levels
from tests.dma.host import CAPACITY, RESULTS, SLOTS, Host, check, expected
from tests.dma.image import Image

EACH = CAPACITY // (SLOTS - 1)  # bytes of the result buffer for each contraction of a queue


@dataclasses.dataclass
class Turn:
    """A contraction of a queue.

    Attributes:
        descriptor: as it stands in the ring.
        slot: its address.
        wanted: the expected results, a row of words each.
        parts: (operand, level, part, address, bytes) of each array.
    """

    descriptor: Descriptor
    slot: int
    wanted: np.ndarray
    parts: list[tuple[int, int, str, int, int]]

    @property
    def at(self) -> int:
        """The address of its results."""
        return self.descriptor.results

    def found(self, host: Host, count: int | None = None) -> np.ndarray:
        """Return the first results in memory, by default as many as are expected."""
        width = self.wanted.shape[1]
        size = 4 * width * (len(self.wanted) if count is None else count)
        return np.frombuffer(host.memory.get(self.at, size), "<u4").reshape(-1, width)

    def check(self, host: Host, record: Completion | None) -> None:
        """Compare the completion record of a contraction that was right, and its results."""
        assert record and (record.code, record.results) == (0, len(self.wanted)), record
        check(self.found(host), self.wanted)


class Queue:
    """Lays contractions into memory; an operand that is kept is the one of the contraction before.

    Args:
        host: whose ring they come into; the caller rings.
        each: bytes of each result buffer.
    """

    def __init__(self, host: Host, each: int = EACH):
        self.host, self.image, self.turns, self._each = host, Image(host.memory), [], each
        self._operands: Sequence[SparseTensor] = ()

    def put(self, operands: Sequence[SparseTensor], found: Sequence[list[Level]] | None = None, **members) -> Turn:
        """Write a descriptor.

        Args:
            operands: of the contraction.
            found: their levels, which have pointers by default.
            members: of the descriptor, others than by default.
        """
        keep = members.get("kept", (False, False))
        if any(keep):
            operands = [
                before if kept else new for before, new, kept in zip(self._operands, operands, keep, strict=True)
            ]
        self._operands, fmt, first = operands, self.host.fmt, len(self.image.parts)
        found = found or [levels(Csf.from_tensor(operand), fmt) for operand in operands]
        sides = [self.image.operand(which, side) for which, side in enumerate(found)]
        return self.enter(sides, operands, self.image.parts[first:], **members)

    def enter(self, sides: Iterable, operands: Sequence[SparseTensor], parts: list, **members) -> Turn:
        """Write a descriptor whose operands lie in memory, as these levels."""
        at = RESULTS + self._each * len(self.turns)
        members = {"results": at, "capacity": self._each, "interrupt": False, **members}
        descriptor = Descriptor(*sides, format=self.host.fmt.code, **members)
        wanted = expected(*operands, self.host.fmt, descriptor.coordinates, descriptor.dense)
        self.turns.append(Turn(descriptor, self.host.put(descriptor), wanted, parts))
        return self.turns[-1]

    def draw(self, shapes: Sequence[Sequence[int]], density: float = 0.4, **members) -> Turn:
        """Write a descriptor of random operands."""
        return self.put(self.host.draw(shapes, density), **members)

    async def check(self) -> list[Completion]:
        """Wait for the end of each contraction; all are right. Return the completion records."""
        records = []
        for turn in self.turns:
            records.append(await self.host.completed(turn.slot))
            turn.check(self.host, records[-1])
        return records

    async def run(self) -> list[Completion]:
        """Ring, and wait until all are right and the machine is idle."""
        await self.host.ring()
        records = await self.check()
        await self.host.idle()
        return records

    def check_ended(self, head: int, error: tuple[int, int]) -> None:
        """Compare what the head has passed: all is right but for the last one, if there is an error, which it has."""
        for index, turn in enumerate(self.turns):
            record = self.host.record(turn.slot)
            if index >= head:
                assert record is None, f"descriptor {index} has a record, the head is {head}"
            elif error[0] and index == head - 1:
                assert record and (record.code, record.place) == error, f"{record}, the registers have {error}"
            else:
                turn.check(self.host, record)

    def check_records(self) -> None:
        """Compare what has a completion record: all of that is right."""
        for turn in self.turns:
            if record := self.host.record(turn.slot):
                turn.check(self.host, record)


class Bus:
    """Notes the accesses of the chip.

    Attributes:
        reads: (cycle, address) of each burst.
        began: cycle of the address of each write.
        writes: (cycle of the response, address) of each burst.
    """

    def __init__(self, host: Host):
        self.dut, self.reads, self.began, self.writes = host.dut, [], [], []
        cocotb.start_soon(self._watch())

    async def _watch(self) -> None:
        dut, waiting = self.dut, deque()
        for cycle in itertools.count():
            await RisingEdge(dut.clk_i)
            if dut.m_axi_arvalid.value and dut.m_axi_arready.value:
                self.reads.append((cycle, int(dut.m_axi_araddr.value)))
            if dut.m_axi_awvalid.value and dut.m_axi_awready.value:
                self.began.append(cycle)
                waiting.append(int(dut.m_axi_awaddr.value))
            if dut.m_axi_bvalid.value and dut.m_axi_bready.value:
                self.writes.append((cycle, waiting.popleft()))

    def asked(self, turn: Turn) -> list[int]:
        """Return the cycles in which arrays of a contraction are requested."""
        spans = [(address, address + size) for *_, address, size in turn.parts]
        return [cycle for cycle, address in self.reads if any(low <= address < high for low, high in spans)]

    def written(self, turn: Turn) -> int:
        """Return the cycle of the last response to results of a contraction."""
        end = turn.at + turn.descriptor.capacity
        return max((cycle for cycle, address in self.writes if turn.at <= address < end), default=0)
