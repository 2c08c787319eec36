# SPDX-License-Identifier: Apache-2.0
"""A host with a memory: registers by AXI4-Lite, descriptors in a ring."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import RisingEdge

from flaash.driver import Ring, run
from flaash.driver.registers import RegisterFile
from models.contract import contract
from models.csf import Csf
from models.device.build import Build
from models.device.layout import COMPLETION, COMPLETION_AT, SLOT, WORD, Completion, Descriptor, LevelEntry
from models.device.registers import ADDRESSES, BITS
from models.device.results import records_of
from models.generate import uniform_tensor
from models.numbers.formats import FORMATS, NumberFormat
from models.tensor import SparseTensor
from sim.guard import RING as RING_REGISTERS
from sim.guard import guard
from sim.memory import SimMemory
from sim.transport import SimRegisters
from tb.common import rtl_constants as rtl
from tb.common.bench import rng, start
from tb.dma import coverage
from tb.dma.bus_memory import CoveredMemory
from tb.dma.cover_points import CHANNELS
from tb.dma.image import levels
from tests.dma.image import BASE, Image, to_bytes, words
from tests.share import COUNTED

RING, SLOTS = BASE + 0x8000, 5
RESULTS, CAPACITY = BASE + 0x8_0000, 0x4_0000
ADDRESS, BIT = ADDRESSES, BITS
ERROR = {name: constant.value for name, constant in {**rtl.ERRORS, **rtl.DMA.errors}.items()}
LIMIT = 100_000  # cycles in which everything must have an end
QUIET = 5_000  # cycles; a host that only reads registers makes no progress
VALUES = {"fp32": "normal", "bf16": "normal", "int8": "int8", "int16": "int16"}
SHAPES = [
    ((7,), (7,)),
    ((4, 90), (5, 90)),
    ((3, 2, 40), (2, 3, 40)),
    ((2, 1, 2, 1, 1, 2, 1, 9), (3, 9)),
    ((3, 300), (300,)),
    ((2, 9), (2, 1, 3, 1, 2, 9)),
]
Pair = Sequence[SparseTensor]


class Host(RegisterFile):
    """The ports of flaash_memory_top.

    Args:
        dut: flaash_memory_top.
        latency: see set_latency().
        stalls: how all channels pause, see tb.common.stalls.
        slots: of the ring.
        quiet: cycles without any transfer; after two such stretches the test fails.

    Attributes:
        bus: the memory at the AXI4 master.
        memory: its contents; check() compares the bytes that may not change.
        queue: the driver's ring, at fixed addresses.
        random, numbers: generators of this run.
    """

    def __init__(self, dut: SimHandleBase, latency: int = 1, stalls: str = "", slots: int = SLOTS, quiet: int = QUIET):
        self.registers = SimRegisters(dut)
        super().__init__(self.registers)
        self.dut, self.random = dut, rng()
        self.numbers = np.random.default_rng(self.random.getrandbits(32))
        self.fmt: NumberFormat = next(f for f in FORMATS.values() if f.code == int(dut.Format.value))
        self.bus = CoveredMemory(dut, BASE, 1 << 20)
        self.queue = Ring(SimMemory(self.bus), self, RING, slots)
        if COUNTED:
            coverage.export_at_the_end()
        self.memory = self.bus.bytes
        self.set_latency(latency)
        for channel in CHANNELS if stalls else ():
            self.bus.stall(channel, stalls, self.random)
        self.axil = self.registers.master
        guard(dut, self.registers, lambda: self.bus.moved, self.bus.outstanding, quiet, RING_REGISTERS)
        self._queued: dict[int, Descriptor | None] = {}  # descriptor of a slot; None: words of a bad one
        self.allow(RESULTS, RESULTS + CAPACITY)

    def set_latency(self, cycles: int) -> None:
        """Set the latency from an address, or from the last data of a write, to the first response."""
        self.bus.delay({"ar": cycles, "b": cycles})

    def allow(self, low: int, high: int) -> None:
        """Let only the completion records and these bytes be written."""
        records = [self.slot(index) + COMPLETION_AT for index in range(self.queue.slots)]
        self._writable = [*((at, at + COMPLETION) for at in records), (low, high)]

    def check(self) -> None:
        """Compare every byte that the chip must not write with what the host has put there."""
        self.memory.allowed += self._writable
        self.memory.check()

    def slot(self, index: int) -> int:
        return RING + SLOT * (index % self.queue.slots)

    @property
    def tail(self) -> int:
        """The next free slot."""
        return self.queue.tail

    @tail.setter
    def tail(self, slot: int) -> None:
        self.queue.tail = slot

    async def set_ring(self) -> None:
        """Set base and size of the ring, and enable the interrupts."""
        await self.queue.set_up()
        await self.queue.enable()

    def put(self, descriptor: Descriptor | list[int]) -> int:
        """Write a descriptor, or its words, into the next slot and return its address; the caller rings."""
        coverage.sample_slot(self.tail, self.queue.slots)
        data = to_bytes(words(descriptor) if isinstance(descriptor, Descriptor) else descriptor)
        slot = self.slot(run(self.queue.put(data.ljust(COMPLETION_AT, b"\0"))))
        self._queued[slot] = descriptor if isinstance(descriptor, Descriptor) else None
        return slot

    async def ring(self) -> None:
        coverage.sample_ring((self.tail - await self.read("RegRingHead")) % self.queue.slots, self.queue.slots)
        await self.queue.ring()

    def record(self, slot: int) -> Completion | None:
        """Return the completion record of a slot, None if there is none (yet)."""
        data = self.memory.get(slot + COMPLETION_AT, COMPLETION)
        record = Completion.unpack(data)
        assert record is None or record.pack() == data, "a word of the record that must be 0 is not"
        return record

    async def until(self, condition: Callable[[], bool], what: str, limit: int = LIMIT) -> None:
        """Wait until a condition holds.

        Raises:
            AssertionError: it never did; the text names `what`.
        """
        for _ in range(limit):
            if condition():
                return
            await RisingEdge(self.dut.clk_i)
        raise AssertionError(f"{what} after {limit} cycles")

    async def completed(self, slot: int, limit: int = LIMIT) -> Completion:
        """Wait for the completion record of a slot and return it."""
        await self.until(lambda: self.record(slot) is not None, "no completion", limit)
        record = self.record(slot)
        self.check()
        if self._queued[slot] and record.code in (0, ERROR["ErrResultFull"]):
            coverage.sample_completion(self._queued[slot], record, self.memory.beat)
        return record

    async def taken(self, channel: str, fits: Callable[[int], bool] = lambda address: True) -> None:
        """Wait until the memory takes an address of a channel, "ar" or "aw", that fits."""
        valid, ready, address = (getattr(self.dut, f"m_axi_{channel}{name}") for name in ("valid", "ready", "addr"))
        while not (valid.value and ready.value and fits(int(address.value))):
            await RisingEdge(self.dut.clk_i)

    async def idle(self) -> int:
        """Wait until no descriptor is worked on and return RegDmaStatus."""
        for _ in range(LIMIT):
            status = await self.read("RegDmaStatus")
            if not status & BIT["DmaStatusBusy"]:
                return status
        raise AssertionError("the interface stays busy")

    async def halted(self) -> None:
        """Wait until an error has ended the queue."""
        for _ in range(LIMIT):
            if await self.has("RegDmaStatus", "DmaStatusHalted"):
                return
        raise AssertionError("no error has ended the queue")

    async def error(self) -> tuple[int, int]:
        """Return code and place of the error in the registers."""
        return await self.read("RegDmaError"), await self.read("RegDmaPlace")

    async def ended(self, head: int) -> tuple[int, int]:
        """Wait until an error has ended the queue, and until the head is there; return code and place of the error."""
        await self.halted()
        while await self.idle() and await self.read("RegRingHead") != head:
            pass
        return await self.error()

    async def abort(self) -> int:
        """Abort, and wait for the end of the queue; return its error, 0 if the queue was over before."""
        coverage.sample_end("abort", self.bus.in_flight)
        await self.command("ControlAbort")
        for _ in range(LIMIT):
            if await self.idle() & BIT["DmaStatusHalted"] or await self.read("RegRingHead") == self.tail:
                break
        code, place = await self.error()
        assert code in (0, ERROR["ErrAborted"]), f"{code:#x} after an abort"
        if code:
            coverage.sample_error(code, place)
        return code

    async def reset(self) -> None:
        """Soft reset, until it is over; the ring is empty and at its place."""
        coverage.sample_end("soft reset", self.bus.in_flight)
        await self.soft_reset()
        assert self.bus.in_flight == "nothing", "a burst is under way behind a soft reset"
        self.check()
        self.tail = 0
        await self.set_ring()

    async def works_again(self, why: str, operands: Pair | None = None, behind: str = "") -> None:
        """After an end: the memory responds, a reset, and a contraction as it should be.

        Args:
            why: names the end.
            operands: of the contraction; by default some are drawn.
            behind: bin of interface.behind.
        """
        self.memory.refused = {}
        for channel in self.bus.channels.values():
            channel.stall(None)
        self.bus.delay({})
        await self.reset()
        operands = operands or self.draw(((4, 60), (5, 60)))
        record, found = await self.contract(*operands)
        assert record.code == 0, f"after {why}: {record.code:#x} at {record.place:#x}"
        check(found, expected(*operands, self.fmt))
        if behind:
            coverage.hit("dma.after", behind)
        await self.reset()

    @property
    def build(self) -> Build:
        """What the model must know of the machine."""
        names = ("Lanes", "MemLines", "NodeDepth", "FiberDepth", "CoordWidth", "DataWidth", "NumSdpe")
        numbers = (int(getattr(self.dut, name).value) for name in names)
        resident = int(self.dut.Engine.value) == rtl.ENGINES["resident"]
        return Build(self.fmt, *numbers, "resident" if resident else "merge")

    def drawn(self, shape: Sequence[int], density: float = 0.4) -> SparseTensor:
        """Return a random operand."""
        return drawn(self.numbers, shape, self.fmt.name, density)

    def draw(self, shapes: Sequence[Sequence[int]], density: float = 0.4) -> list[SparseTensor]:
        """Return random operands of these shapes."""
        return [self.drawn(shape, density) for shape in shapes]

    def lay(self, *operands: SparseTensor) -> list[list[LevelEntry]]:
        """Put operands into the memory, from its beginning on, and return their levels."""
        image = Image(self.memory)
        return [
            image.operand(which, levels(Csf.from_tensor(operand), self.fmt)) for which, operand in enumerate(operands)
        ]

    async def contract(self, a: SparseTensor, b: SparseTensor) -> tuple[Completion, np.ndarray]:
        """Contract two operands and return the completion record and the words of the results, a row each."""
        slot = self.put(Descriptor(*self.lay(a, b), self.fmt.code, RESULTS, CAPACITY, interrupt=False))
        await self.ring()
        record = await self.completed(slot)
        return record, self.rows(record, 2 + self.value_words)

    def rows(self, record: Completion, words: int) -> np.ndarray:
        """Return the results of a completion, a row of words each."""
        return np.frombuffer(self.memory.get(RESULTS, record.written), "<u4").reshape(-1, words)

    @property
    def value_words(self) -> int:
        return 2 if self.fmt.result_width > 32 else 1


async def opened(dut: SimHandleBase, *arguments, **options) -> Host:
    """Return the host of a chip out of reset, with its ring; the arguments are those of Host."""
    host = Host(dut, *arguments, **options)
    await start(dut)
    await host.set_ring()
    return host


def drawn(numbers: np.random.Generator, shape: Sequence[int], fmt: str, density: float = 0.4) -> SparseTensor:
    """Return a random operand in a format."""
    return uniform_tensor(numbers, tuple(shape), density, values=VALUES[fmt])


def expected(
    a: SparseTensor, b: SparseTensor, fmt: NumberFormat, coordinates: bool = False, dense: bool = False
) -> np.ndarray:
    """Return the rows that a contraction must write, in the order of the fibers."""
    records = records_of(contract(a, b, fmt, dense), coordinates)
    return records.view("<u4").reshape(len(records), records.itemsize // WORD)


def ordered(found: np.ndarray) -> np.ndarray:
    """Return rows in ascending order."""
    return found[np.lexsort(found.T[::-1])]


def check(found: np.ndarray, wanted: np.ndarray) -> None:
    """Compare rows, whatever their order."""
    assert found.shape == wanted.shape, f"{len(found)} results, {len(wanted)} are right"
    assert np.array_equal(ordered(found), ordered(wanted)), "results are wrong"
