# SPDX-License-Identifier: Apache-2.0
"""Carries out contractions by the memory interface: descriptors in a ring, results in memory."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Sequence

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import Event, First, RisingEdge, Timer
from cocotb.utils import get_sim_time
from cocotbext.axi import AxiResp
from pyuvm import uvm_analysis_port

from flaash.driver import run
from flaash.driver.errors import UNIT
from flaash.driver.result import FIBERS, record_bytes
from flaash.driver.ring import Ring
from models.device.layout import ALIGN, HEAD, RECORDS, Descriptor, LevelEntry
from models.device.registers import mask
from models.device.results import Matrix, value_bytes, width_of
from sim.memory import SimMemory
from tb.agents.contraction.driver import BUSY, SOFT_RESET, ContractionDriver
from tb.agents.contraction.item import ContractionItem, Outcome
from tb.agents.memory.item import Announced
from tb.common import rtl_constants as rtl
from tb.dma import coverage
from tb.dma.bus_memory import CoveredMemory
from tb.dma.cover_points import CHANNELS
from tb.dma.placing import Placing

DONE = mask("DmaIrqDone")
HALTED = mask("DmaStatusHalted")
READ_BACK = (
    "RegRingHead",
    "RegRingTail",
    "RegDmaStatus",
    "RegDmaError",
    "RegDmaPlace",
    "RegRunLength",
    "RegLongLines",
    "RegMode",
)
# What a sequence calls a port, by channel.
PORT = {"ar": "operand", "r": "operand", "aw": "result", "w": "result", "b": "result"}
MOST_SLOTS = 6  # of a ring
SOON = 2  # cycles in which the next item must come to be queued with the ones before
LATE = (0, 0, 1, 2, 5, 12, 40, 120)  # cycles that a channel adds
SLACK = (0, 0, 1, 63, 64, 4096)  # bytes of a result buffer that can't be needed
LOADING = 60  # cycles from a doorbell in which an operand is being read


class MemoryDriver(ContractionDriver):
    """Lays operands into memory, queues descriptors, rings, waits and reads back.

    Contractions are queued, up to as many as the ring takes; items with mistakes, resets and register
    accesses are carried out alone. How the door is used is random: places, forms of operands and records,
    interrupts, prompt records, fences, when to ring, latencies.

    Publishes each Announced on `announced` before its descriptor is in memory.

    Args:
        irq, seed: as for ContractionDriver.

    `format` and `config` in the configuration database are those of the hardware. Before the run `memory`
    must be set, a CoveredMemory.
    """

    interrupts = "RegDmaIrqStatus"

    def __init__(self, name: str, parent, irq: SimHandleBase, seed: int):
        super().__init__(name, parent, irq, seed)
        self.memory: CoveredMemory | None = None
        self._queue: list[Announced] = []  # in the ring, the oldest first
        self._batch = 1  # descriptors that are queued at a time, at most
        self._ring: Ring | None = None
        self._held = [False, False]  # whether the chip has an operand that can be kept
        self._idle = Event()

    def build_phase(self) -> None:
        super().build_phase()
        self.announced = uvm_analysis_port("announced", self)
        self._fmt = self.cdb_get("format")

    async def run_phase(self) -> None:
        self._placing = Placing(self.memory.bytes, self.cdb_get("config"), self._fmt, self._random)
        self._idle.set()
        while True:
            item = await self._next()
            if not self._ring:  # only now is the reset over
                await self._set_ring()
                await self._ring.enable()
            alone = item.error or item.resets or item.accesses or not item.start
            if alone and self._queue:
                await self._finish()
            self.items.write(item)
            self.begin(item)
            await (self._alone(item) if alone else self._queued(item))
            self.seq_item_port.item_done()

    async def _next(self) -> ContractionItem:
        """Return the next item; if there is none soon, finish the queued ones first."""
        coming = cocotb.start_soon(self.seq_item_port.get_next_item())
        if self._queue:
            await First(coming.complete, Timer(SOON, "ns"))
            if not coming.done():
                await self._finish()
        self._idle.set()
        item = await coming
        self._idle.clear()
        return item

    async def finished(self) -> None:
        """Wait until all contractions have ended."""
        await self._idle.wait()

    def outstanding(self) -> list[str]:
        """Say what the chip has not completed yet."""
        slots = ", ".join(f"{entry.slot:#x}" for entry in self._queue)
        return [f"{len(self._queue)} descriptor(s) not completed, in the slots at {slots}"] if slots else []

    def begin(self, item: ContractionItem) -> None:
        super().begin(item)
        latency = item.latency
        if latency is None:
            latency = {name: self._random.choice(LATE) for name in CHANNELS if self._random.random() < 0.5}
        self.memory.delay(latency)
        self._stall(item)

    def _stall(self, item: ContractionItem) -> None:
        for channel in CHANNELS:
            self.memory.stall(channel, item.stalls.get(PORT[channel], "none"), self._random)

    async def _queued(self, item: ContractionItem) -> None:
        """Queue a contraction; ring now, or later for several."""
        if not self._queue:
            self._batch = self._ring.slots - 1 if item.plain else self._random.randint(1, self._ring.slots - 1)
        self._enter(item)
        if item.plain or self._random.random() < 0.5:
            await self._announce()
        if len(self._queue) == self._batch:
            await self._finish()

    async def _alone(self, item: ContractionItem) -> None:
        """Carry out an item that leads to an error or to a soft reset, or that has accesses."""
        if item.held:
            self.memory.channels["w"].stall(itertools.repeat(True))
        refused = await self.refused(item)
        if item.start or item.a is not None or item.b is not None:
            # A reset ends all that is queued: sometimes that is the same contraction twice.
            for _ in range(2 if item.resets and self._ring.slots > 2 and self._random.random() < 0.5 else 1):
                self._enter(item)
            await self._announce()
        if self._queue and not item.resets:
            await self._finish(refused)
            return
        if item.resets:
            await self._reset_within(item)
        await self._publish(Outcome(item, {}, {}, refused), [])

    async def _finish(self, refused: Sequence[bool] = ()) -> None:
        """Wait until the chip has completed the queue, and publish the outcomes."""
        await self._announce()
        outcomes, halted, done = [], False, []
        while self._queue and (done or not halted):
            # The head moves in the cycle of the halt, so it is read once more after that.
            halted = not done and bool(await self.registers.read("RegDmaStatus") & HALTED)
            time, done = await self._completed(halted)
            outcomes += [Outcome(entry.item, {}, {}, list(refused), completed=time) for entry in done]
        outcomes += [Outcome(entry.item, {}, {}, list(refused)) for entry in self._queue]  # never completed
        self._queue.clear()
        await self._publish(outcomes[-1], outcomes[:-1])

    async def _completed(self, halted: bool) -> tuple[float, list[Announced]]:
        """Return a time by which some descriptors, perhaps none, were completed, and these descriptors."""
        asks = self._queue[0].descriptor.interrupt
        if asks and not halted and not self._irq.value:
            await RisingEdge(self._irq)
        elif not asks:
            await Timer(self._random.randint(1, 60), "ns")
        time = get_sim_time("ns")
        if asks or self._irq.value:  # a host that writes for ever would hide a hang
            # Cleared before the look at the head: no completion is missed.
            await self.registers.write(self.interrupts, DONE)
        head = await self.registers.read("RegRingHead")
        slots = [self._number(entry) for entry in self._queue]
        count = slots.index(head) if head in slots else len(slots)
        done, self._queue = self._queue[:count], self._queue[count:]
        return time if asks and count == 1 else get_sim_time("ns"), done

    async def _publish(self, last: Outcome, before: list[Outcome]) -> None:
        """Read the registers back for the last contraction, and publish all outcomes."""
        item = last.item
        read = await self.read_back(item, last.refused, *READ_BACK)
        last = dataclasses.replace(read, completed=last.completed)
        if item.error or last.registers["RegDmaStatus"] & HALTED:
            await self._soft_reset()
        last.interrupt = await self.acknowledge()
        for outcome in (*before, last):
            self.outcomes.write(outcome)
        self._placing.tidy()
        self.memory.bytes.refused = {}

    async def _reset_within(self, item: ContractionItem) -> None:
        """Reset the machine in the middle of its work."""
        after = self._random.randint(0, LOADING) if item.reset_after is None else item.reset_after
        if after:
            await Timer(after, "ns")
        await self._soft_reset(lambda: self._stall(item))

    async def _soft_reset(self, released: Callable[[], None] = lambda: None) -> None:
        """Reset, wait until that is over, and perhaps choose another ring."""
        coverage.sample_end("soft reset", self.memory.in_flight)
        await self.registers.write("RegControl", SOFT_RESET)
        released()
        while await self.status(BUSY):
            pass
        self._queue.clear()
        self._ring.tail, self._held = 0, [False, False]
        if self._random.random() < 0.5:
            await self._set_ring()

    async def _set_ring(self) -> None:
        """Choose a ring; the machine is idle and begins with slot 0."""
        slots = self._random.randint(2, MOST_SLOTS)
        self._ring = Ring(SimMemory(self.memory), self.registers, self._placing.ring(slots), slots)
        await self._ring.set_up()

    async def _announce(self) -> None:
        """Ring the doorbell for all descriptors in the ring."""
        slots = self._ring.slots
        coverage.sample_ring(len(self._queue), slots)
        coverage.sample_queue(self._number(self._queue[0]), len(self._queue), slots)
        await self._ring.ring()

    def _refuse(self, item: ContractionItem, parts: list[tuple[int, int, str, int, int]]) -> None:
        """Let the memory refuse what the item says, and say in the item what must come of that."""
        refusal = item.refusal
        wanted = (refusal.which, refusal.level, refusal.part)
        address, size = next((at, size) for *names, at, size in parts if tuple(names) == wanted)
        offset = (size - 1) // ALIGN * ALIGN if refusal.last else 0
        response = AxiResp.SLVERR if refusal.response == "Slave" else AxiResp.DECERR
        self.memory.bytes.refused = {
            at: response for at in range(address + offset, address + offset + ALIGN, self.memory.bytes.beat)
        }
        part = rtl.DMA.constants[f"Part{refusal.part}"].value
        item.error = dataclasses.replace(
            item.error, place=refusal.which << 31 | refusal.level << 28 | part << 24 | offset // UNIT
        )

    def _empty(self, which: int) -> list[LevelEntry]:
        """Return the levels of an operand without entries, for one that the item does not have."""
        other = self._placing.levels[1 - which]
        return [LevelEntry(0, 0, other[-1].extent if other else 1, 0)]

    def _number(self, entry: Announced) -> int:
        """Return the number of a descriptor's slot."""
        return self._ring.number(entry.slot)

    def _fence(self, item: ContractionItem) -> bool:
        """Return whether a descriptor waits for all earlier results."""
        return item.chained or (self._random.random() < 0.2 and not item.plain)

    def _matrix(self, item: ContractionItem) -> Matrix:
        """Return the place of a result as rows or as a dense matrix: a row per node of A, a column per index of B."""
        a, b = self._placing.levels
        rows, columns = a[-2].count if len(a) > 1 else 1, math.prod(level.extent for level in b[:-1])
        pitch = item.pitch or -(-columns // ALIGN) * ALIGN + self._random.choice((0, 0, ALIGN))
        size = value_bytes(width_of(self._fmt, item.finish))
        return self._placing.matrix(Matrix(item.layout, rows, columns, pitch, size, item.short_crd, 0))

    def _enter(self, item: ContractionItem) -> None:
        """Write operands and descriptor into memory."""
        random, arrays, parts = self._random, [], []
        for which, csf in enumerate((item.a, item.b)):
            if csf is not None:
                chained = item.chained and which == 0
                arrays += self._placing.operand(which, csf, item.error is not None, item.plain, chained)
                parts += self._placing.parts
                for *_, address, size in self._placing.parts:
                    coverage.sample_place("arrays", address, size)
                self._held[which] = True
        lacks = item.error is not None and item.error.name == "ErrNoOperand"
        kept = [csf is None and (item.drains or lacks) for csf in (item.a, item.b)]
        for which, csf in enumerate((item.a, item.b)):
            if csf is None and not (kept[which] and self._held[which]):
                self._placing.levels[which] = self._empty(which)
        placed = self._placing.levels
        coordinates = random.random() < 0.5 and not item.plain
        free = len(placed[0]) + len(placed[1]) - 2
        size = record_bytes(self._fmt, free if coordinates else FIBERS)
        most = self._fibers[0] * self._fibers[1] if item.drains or item.resets else 0
        capacity = most * size + random.choice(SLACK)
        if item.room is not None:
            capacity = item.room * size + random.randrange(size)
        matrix = self._matrix(item) if item.layout != RECORDS else None
        layout: dict[str, int | bool] = {}
        if matrix:
            coordinates, capacity = False, matrix.arrays()[0][1]
            layout = {"layout": matrix.layout, "short_crd": matrix.short_crd, "pitch": matrix.pitch}
            layout |= {"crd": matrix.crd, "pos": matrix.pos}
        results = matrix.val if matrix else self._placing.buffer(capacity)
        slot = self._ring.address(self._ring.tail)
        descriptor = Descriptor(
            *map(tuple, placed),
            self._fmt.code,
            results,
            capacity,
            item.dense,
            coordinates,
            random.random() < 0.7 or item.plain,
            item.run_length,
            item.portion,
            item.long_lines,
            random.getrandbits(32),
            (kept[0], kept[1]),
            random.random() < 0.3 or item.plain,
            fence=self._fence(item),
            finish=item.finish,
            **layout,
        )
        if item.refusal:
            self._refuse(
                item, [(0, 0, "Descriptor", slot, HEAD), (0, 0, "Result", descriptor.results, capacity), *parts]
            )
        entry = Announced(item, slot, descriptor, tuple(arrays), self._placing.placed[0], matrix)
        self.announced.write(entry)
        coverage.sample_slot(self._ring.tail, self._ring.slots)
        run(self._ring.put(descriptor.pack()))  # takes no simulated time
        self._queue.append(entry)
