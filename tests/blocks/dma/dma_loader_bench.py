# SPDX-License-Identifier: Apache-2.0
"""The memory, the control and the chip around flaash_dma_loader."""

import random
import re

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from models.csf import Csf
from models.device.layout import Descriptor
from models.generate import uniform_tensor
from models.numbers.formats import FORMATS
from sim.rtl_types import bench_types
from tb.common.bench import rng, start, until, zero
from tb.common.stalls import STALLS
from tb.dma.image import filled, levels
from tests.blocks.axi.axi_memory import AxiMemory
from tests.blocks.dma.operand_sink import OperandSink, Taken, expected
from tests.dma.image import Image, to_bytes, words

SLOT, SLOT_BYTES = 0x4000, 1024
SHAPES = [(9,), (300,), (3, 200), (3, 18, 20), (2, 1, 2, 2, 1, 2, 1, 11)]
UNDEFINED = str.maketrans("xXzZ", "0000")
VALUES = {"fp32": "normal", "bf16": "normal", "int8": "int8", "int16": "int16"}


class Bench:
    """The memory, the control and the chip around the loader.

    Attributes:
        data: the memory.
        refused: responses other than OKAY, by the address of a beat.
        sinks: the loaders of A and of B.
        parse: the last parsed descriptor, as the loader sees it.
        loading: the descriptor whose operands are loaded, likewise.
    """

    def __init__(self, dut, random, stalls: str):
        self.dut = dut
        self.fmt = next(f for f in FORMATS.values() if f.code == int(dut.Format.value))
        self.data = bytearray(1 << 20)
        self.refused: dict[int, int] = {}
        pauses = [STALLS[stalls](random) for _ in range(2)]
        operand_t, _ = (kind for _low, kind in bench_types()["operand_o"].elements)
        self.sinks = [OperandSink(operand_t, pause.__next__) for pause in pauses]
        self.parse = bench_types()["parse_i"].unpack(0)
        self.loading = bench_types()["load_i"].unpack(0)
        zero(dut)
        self.memory = AxiMemory(dut, stalls, random, read=self._read)
        self.bytes = self.memory.bytes
        cocotb.start_soon(self._run())
        cocotb.start_soon(self._store())

    @property
    def taken(self) -> list[list[Taken]]:
        """Of each operand what the core took, each time that it was handed over; the last may be unfinished."""
        return [sink.taken for sink in self.sinks]

    @property
    def open(self) -> bool:
        """Whether the core is inside an operand."""
        return any(sink.busy for sink in self.sinks)

    def anew(self) -> None:
        """Forget the operands that were handed over."""
        for sink in self.sinks:
            del sink.taken[:-1]

    def put(self, addr: int, data: bytes) -> None:
        self.data[addr : addr + len(data)] = data

    async def _store(self) -> None:
        """Store the fields of the parsed descriptor."""
        dut = self.dut
        while True:
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            write = self.seen("parse_o").write
            await RisingEdge(dut.clk_i)
            self.show(descriptor=merged(self.parse.descriptor, write.descriptor, write.fields))

    def show(self, **members) -> None:
        """Drive members of parse_i."""
        self.parse = self.parse._replace(**members)
        self.dut.parse_i.value = bench_types()["parse_i"].pack(self.parse)

    def _read(self, addr: int) -> tuple[int, int]:
        return int.from_bytes(self.data[addr : addr + self.bytes], "little"), self.refused.get(addr, 0)

    @property
    def slot_beats(self) -> list[int]:
        """Addresses of the beats of the slot that were asked for."""
        beats = [burst.addr + i * self.bytes for burst in self.memory.reads for i in range(burst.beats)]
        return [addr for addr in beats if SLOT <= addr < SLOT + SLOT_BYTES]

    async def _run(self) -> None:
        """Have the loaders take what comes."""
        dut = self.dut
        while True:
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            dut.ready_i.value = bench_types()["ready_i"].pack(self._take())
            await RisingEdge(dut.clk_i)
            dut.ready_i.value = 0
            dut.state_i.value = bench_types()["state_i"].pack([sink.state for sink in self.sinks])

    def _take(self) -> list[dict[str, int]]:
        """Return which channels the loaders take; one that is not valid may have no value."""
        bits = str(self.dut.operand_o.value).translate(UNDEFINED)
        half = len(bits) // 2
        return [sink.take(int(part, 2)) for sink, part in zip(self.sinks, (bits[half:], bits[:half]), strict=True)]

    async def pulse(self, name: str, value: int = 1) -> None:
        getattr(self.dut, f"{name}_i").value = value
        await RisingEdge(self.dut.clk_i)
        getattr(self.dut, f"{name}_i").value = 0

    def seen(self, port: str):
        """Return a struct; bits without a value, as before the first descriptor, are 0."""
        bits = re.sub("[^01]", "0", str(getattr(self.dut, port).value))
        return bench_types()[port].unpack(int(bits, 2))

    def ended(self) -> bool:
        """Return whether nothing of any operand is left."""
        return self.seen("load_o").ready == 3

    async def hand_over(self, operands: int) -> None:
        """Have operands (bits) loaded."""
        self.dut.load_i.value = bench_types()["load_i"].pack(self.loading._replace(valid=operands))
        await RisingEdge(self.dut.clk_i)
        self.dut.load_i.value = bench_types()["load_i"].pack(self.loading)

    async def begin(self, words: list[int], slot: int = SLOT) -> None:
        """Have a descriptor read."""
        dut = self.dut
        self.put(slot, to_bytes(words))
        dut.slot_i.value = slot
        await self.pulse("begin")
        dut.slot_i.value = 0  # by then it belongs to the next one

    async def fetch(self, words: list[int], take: bool = True):
        """Read and fetch a descriptor, to be loaded now or later; return its fault."""
        await self.begin(words)
        return await self.fetch_next(SLOT, take)

    async def fetch_next(self, slot: int, take: bool = True):
        """Fetch the next of the descriptors that have been read; return its fault."""
        dut = self.dut
        await FallingEdge(dut.clk_i)
        await until(dut, lambda: dut.ask_ready_o.value == 3, 20_000, "all before it to be asked for")
        await RisingEdge(dut.clk_i)
        self.show(slot=slot, valid=1)
        await FallingEdge(dut.clk_i)
        await until(dut, lambda: self.seen("parse_o").ready, 3_000, "the descriptor")
        fault = self.seen("parse_o").fault
        await RisingEdge(dut.clk_i)
        self.show(valid=0)
        if take:
            self.take()
        return fault

    def take(self) -> None:
        """Switch to the last fetched descriptor."""
        self.loading = self.loading._replace(descriptor=self.parse.descriptor)
        self.dut.load_i.value = bench_types()["load_i"].pack(self.loading)

    async def load(self, operands: int, ahead: int = 0) -> None:
        """Request operands (bits) and load them later, until all are finished or one is wrong."""
        dut = self.dut
        self.anew()
        await self.pulse("ask_valid", operands)
        for _ in range(ahead):
            await RisingEdge(dut.clk_i)
        await self.hand_over(operands)
        await FallingEdge(dut.clk_i)
        await until(
            dut, lambda: self.seen("load_o").ready == 3 or self.seen("load_o").fault.valid, 20_000, "the frames"
        )

    async def cancel(self) -> None:
        """End all work as the control does."""
        dut = self.dut
        dut.kill_i.value = 1
        await RisingEdge(dut.clk_i)
        await RisingEdge(dut.clk_i)
        await FallingEdge(dut.clk_i)
        await until(dut, lambda: self.ended() and dut.idle_o.value == 1, 5_000, "the end")
        dut.kill_i.value = 0
        await RisingEdge(dut.clk_i)
        await RisingEdge(dut.clk_i)


def merged(old, new, fields: int):
    """Return the contents of a descriptor with those fields that have come, see descriptor_write_t."""
    tail = {"pitch", "columns", "bounds", "tag", "long_lines", "shift"}
    head = {name: getattr(new.head if fields >> (name in tail) & 1 else old.head, name) for name in new.head._fields}
    leaf = [(new if fields >> 2 + i & 1 else old) for i in (0, 1)]
    return old._replace(
        head=old.head._replace(**head),
        extent=leaf[0].extent,
        entries=tuple(leaf[i].entries[i] for i in (0, 1)),
        short_crd=leaf[0].short_crd & 1 | leaf[1].short_crd & 2,
        range=(new if fields >> 4 & 1 else old).range,
    )


def drawn(
    bench: Bench, random, numbers, at: int = 0x1_0000, among: list[tuple[int, ...]] = SHAPES
) -> tuple[list[Csf], list[int], Image]:
    """Return two operands that may be contracted, their descriptor, and the addresses of their arrays."""
    fitting = [shape for shape in among if shape[-1] <= 1 << int(bench.dut.CoordWidth.value)]
    shapes = [random.choice(fitting) for _ in range(2)]
    shapes[1] = (*shapes[1][:-1], shapes[0][-1])
    found = [
        Csf.from_tensor(uniform_tensor(numbers, shape, random.choice([0.0, 0.2, 0.9]), values=VALUES[bench.fmt.name]))
        for shape in shapes
    ]
    image = Image(bench, at)
    operands = [
        image.operand(i, levels(csf, bench.fmt, some(csf.order - 1, random), narrow=random.random() < 0.5))
        for i, csf in enumerate(found)
    ]
    return found, words(Descriptor(*operands, bench.fmt.code, 0x1_0000, 64)), image


def some(count: int, random) -> list[int]:
    """Return some numbers below count, in order."""
    return [number for number in range(count) if random.random() < 0.4]


def wanted(bench: Bench, csf: Csf, which: int, words: list[int]) -> Taken:
    """Return an operand as the core takes it; a dense level has all its nodes."""
    at = 16 + 8 * (words[1] & 15) * which
    dense = [level for level in range(csf.order - 1) if words[at + 8 * level + 6] & 1]
    for level in dense:
        csf = filled(csf, level)
    return expected(csf, which, bench.fmt, dense)


async def begun(dut, stalls: str = "none") -> tuple[Bench, random.Random]:
    """Start the loader; return its bench and the random numbers of this test."""
    numbers = rng()
    bench = Bench(dut, numbers, stalls)
    await start(dut)
    return bench, numbers
