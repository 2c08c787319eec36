# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_edge_loader makes frames of what lies in memory."""

from collections import deque

import cocotb
import numpy as np
from cocotb.triggers import FallingEdge, RisingEdge
from cocotb.utils import get_sim_time

from flaash.driver.layout import HEAD, LEVEL, Descriptor
from models.csf import Csf
from models.generate import uniform_tensor
from models.numbers.formats import FORMATS
from tb.common.bench import rng, start, until
from tb.common.frames import pack_operand
from tb.common.rtl_constants import EDGE, ERRORS
from tb.common.rtl_types import bench_types
from tb.common.stalls import STALLS
from tests.edge.image import Image, first_levels, levels, to_bytes, words
from tests.share import amount

SLOT, SLOT_BYTES = 0x4000, 1024
SHAPES = [(9,), (300,), (3, 200), (4, 3, 40), (2, 1, 2, 2, 1, 2, 1, 11)]
VALUES = {"fp32": "normal", "bf16": "normal", "int8": "int8", "int16": "int16"}


class Bench:
    """The memory, the control and the chip around the loader.

    Attributes:
        data: the memory.
        refused: answers other than OKAY, by the address of a beat.
        frames: of each operand the beats of each frame that the chip took; the last one may be unfinished.
        open: of each operand whether the chip is inside a frame.
        slot_beats: addresses of the beats of the slot that were asked for.
    """

    def __init__(self, dut, random, stalls: str):
        self.dut = dut
        self.fmt = next(f for f in FORMATS.values() if f.code == int(dut.Format.value))
        self.data = bytearray(1 << 18)
        self.refused: dict[int, int] = {}
        self.bytes = int(dut.DataWidth.value) // 8
        self.feed = int(dut.FeedWidth.value) // 8
        self.stalls = {name: STALLS[stalls](random) for name in ("ar", "r", "out0", "out1")}
        self.beats: deque[tuple[int, int]] = deque()
        self.frames: list[list[list[int]]] = [[[]], [[]]]
        self.open = [False, False]
        self.set = 0  # of levels, of the descriptor that was fetched last
        self.slot_beats: list[int] = []
        for name in (
            "begin",
            "clear",
            "slot",
            "fetch_slot",
            "fetch",
            "set",
            "load_about",
            "load_set",
            "ask",
            "load",
            "cancel",
            "hold",
            "ar_ready",
            "r_valid",
            "r",
            "out_ready",
        ):
            getattr(dut, f"{name}_i").value = 0
        dut.load_rst_ni.value = 0
        cocotb.start_soon(self._run())

    def put(self, addr: int, data: bytes) -> None:
        self.data[addr : addr + len(data)] = data

    async def _run(self) -> None:
        dut, burst_t = self.dut, bench_types()["ar_o"]
        while True:
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            if dut.ar_valid_o.value == 1 and dut.ar_ready_i.value == 1:
                burst = burst_t.unpack(int(dut.ar_o.value))
                beats = [(burst.addr + i * self.bytes, i == burst.len) for i in range(burst.len + 1)]
                self.beats.extend(beats)
                self.slot_beats.extend(addr for addr, _last in beats if SLOT <= addr < SLOT + SLOT_BYTES)
            moves = int(dut.out_valid_o.value) & int(dut.out_ready_i.value)
            for i in (0, 1):
                if moves >> i & 1:
                    self._take(i)
            offered = dut.r_valid_i.value == 1
            taken = offered and dut.r_ready_o.value == 1
            if taken:
                self.beats.popleft()
            await RisingEdge(dut.clk_i)
            dut.ar_ready_i.value = not next(self.stalls["ar"])
            # A first beat is taken at once.
            ready = [not self.open[i] or not next(self.stalls[f"out{i}"]) for i in (0, 1)]
            dut.out_ready_i.value = ready[0] | ready[1] << 1
            if not offered or taken:
                offer = bool(self.beats) and not next(self.stalls["r"])
                dut.r_valid_i.value = offer
                if offer:
                    addr, last = self.beats[0]
                    dut.r_i.value = bench_types()["r_i"].pack(
                        data=int.from_bytes(self.data[addr : addr + self.bytes], "little"),
                        resp=self.refused.get(addr, 0), last=last)

    def _take(self, operand: int) -> None:
        kind, width = bench_types()["beat_t"], 8 * self.feed + 1
        beat = kind.unpack(int(self.dut.beat_o.value[width * operand + width - 1 : width * operand]))
        self.frames[operand][-1].append(beat.data)
        self.open[operand] = not beat.last
        if not self.open[operand]:
            self.frames[operand].append([])

    async def pulse(self, name: str, value: int = 1) -> None:
        getattr(self.dut, f"{name}_i").value = value
        await RisingEdge(self.dut.clk_i)
        getattr(self.dut, f"{name}_i").value = 0

    def fault(self, port: str):
        return bench_types()[port].unpack(int(getattr(self.dut, port).value))

    async def begin(self, words: list[int], slot: int = SLOT) -> None:
        """Have a descriptor read."""
        dut = self.dut
        self.put(slot, to_bytes(words))
        dut.slot_i.value = slot
        await self.pulse("begin")
        dut.slot_i.value = 0  # by then it is that of the next one

    async def fetch(self, words: list[int], take: bool = True):
        """Have a descriptor read and fetched, to be loaded now or later; return its fault."""
        await self.begin(words)
        return await self.fetch_next(SLOT, take)

    async def fetch_next(self, slot: int, take: bool = True):
        """Have the descriptor fetched that is the next one of those that are read; return its fault."""
        dut = self.dut
        self.set = (self.set + 1) % EDGE.constants["Sets"].value
        await FallingEdge(dut.clk_i)
        await until(dut, lambda: dut.asked_o.value == 3, 20_000, "all before it to be asked for")
        await RisingEdge(dut.clk_i)
        dut.set_i.value = self.set
        dut.fetch_slot_i.value = slot
        await self.pulse("clear")
        dut.fetch_i.value = 1
        await FallingEdge(dut.clk_i)
        await until(dut, lambda: dut.fetched_o.value == 1, 3_000, "the descriptor")
        fault = self.fault("fetch_fault_o")
        await RisingEdge(dut.clk_i)
        dut.fetch_i.value = 0
        if take:
            self.take()
        return fault

    def take(self) -> None:
        """Turn to the descriptor that was fetched last."""
        dut = self.dut
        dut.load_about_i.value, dut.load_set_i.value = int(dut.about_o.value), self.set

    async def load(self, operands: int, ahead: int = 0) -> None:
        """Have operands (bits) asked for and loaded later, until all are over or one is wrong."""
        dut = self.dut
        self.frames = [[[]], [[]]]
        await self.pulse("ask", operands)
        for _ in range(ahead):
            await RisingEdge(dut.clk_i)
        await self.pulse("load", operands)
        await FallingEdge(dut.clk_i)
        await until(
            dut, lambda: dut.loaded_o.value == 3 or self.fault("frame_fault_o").valid, 20_000, "the frames"
        )

    async def cancel(self) -> None:
        """End what is under way as the control does."""
        dut = self.dut
        dut.cancel_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.load_rst_ni.value = 0
        await RisingEdge(dut.clk_i)
        await FallingEdge(dut.clk_i)
        await until(dut, lambda: dut.loaded_o.value == 3 and dut.idle_o.value == 1, 5_000, "the end")
        dut.cancel_i.value = 0
        await RisingEdge(dut.clk_i)
        dut.load_rst_ni.value = 1
        await RisingEdge(dut.clk_i)


def drawn(bench: Bench, random, numbers, at: int = 0x1_0000,
          among: list[tuple[int, ...]] = SHAPES) -> tuple[list[Csf], list[int], Image]:
    """Return two operands that may be contracted, their descriptor, and where their arrays are."""
    fitting = [shape for shape in among if shape[-1] <= 1 << int(bench.dut.CoordWidth.value)]
    shapes = [random.choice(fitting) for _ in range(2)]
    shapes[1] = (*shapes[1][:-1], shapes[0][-1])
    found = [
        Csf.from_tensor(
            uniform_tensor(numbers, shape, random.choice([0.0, 0.2, 0.9]), values=VALUES[bench.fmt.name])
        )
        for shape in shapes
    ]
    image = Image(bench, at)
    operands = [
        image.operand(i, levels(csf, bench.fmt, dense=random.random() < 0.4, narrow=random.random() < 0.5))
        for i, csf in enumerate(found)
    ]
    return found, words(Descriptor(*operands, bench.fmt.code, 0x1_0000, 64)), image


def wanted(bench: Bench, csf: Csf, which: int, words: list[int]) -> list[int]:
    """Return the frame of an operand; a dense first level has all its nodes."""
    at = 16 + 8 * (words[1] & 15) * which
    if csf.order > 1 and words[at + 6] & 1:
        lengths = np.zeros(csf.shape[0], np.int64)
        lengths[csf.coords[0]] = np.diff(csf.pointers[0])
        csf = Csf(
            csf.shape,
            [np.arange(csf.shape[0]), *csf.coords[1:]],
            [np.concatenate([[0], np.cumsum(lengths)]), *csf.pointers[1:]],
            csf.leaf_coords,
            csf.leaf_values,
        )
    return pack_operand(csf, which, bench.fmt, int(bench.dut.CoordWidth.value), bench.feed)


@cocotb.test()
@cocotb.parametrize(stalls=amount(["none", "random"], list(STALLS)))
async def frames_are_those_of_the_operands(dut, stalls: str) -> None:
    random = rng()
    numbers = np.random.default_rng(random.getrandbits(32))
    bench = Bench(dut, random, stalls)
    await start(dut)
    dut.load_rst_ni.value = 1
    for _ in range(amount(5, 10)):
        found, words, _image = drawn(bench, random, numbers)
        assert not (await bench.fetch(words)).valid
        both = random.random() < 0.7
        for operands in [3] if both else [1, 2]:
            await bench.load(operands, random.choice([0, 0, 1, 40, 300]))
            assert not bench.fault("frame_fault_o").valid
            for which, csf in enumerate(found):
                frames = [wanted(bench, csf, which, words)] if operands >> which & 1 else []
                assert bench.frames[which] == [*frames, []]


@cocotb.test()
async def the_rest_of_a_descriptor_goes_by_whole_beats(dut) -> None:
    """Behind the last level a beat takes a cycle, as the bus does, not one per piece of it."""
    random = rng()
    bench = Bench(dut, random, "none")
    await start(dut)
    dut.load_rst_ni.value = 1
    _found, words, _image = drawn(bench, random, np.random.default_rng(1), among=SHAPES[:1])
    begun = get_sim_time("ns")
    assert not (await bench.fetch(words)).valid
    cycles = int(get_sim_time("ns") - begun)
    first = HEAD + first_levels(8 * bench.bytes) * LEVEL
    assert cycles <= first // bench.bytes + 13


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def what_lies_behind_the_first_levels_is_read_if_it_is_used(dut, stalls: str) -> None:
    """Of each number of levels; a descriptor that is wrong in its head needs no more than its first part."""
    random = rng()
    bench = Bench(dut, random, stalls)
    await start(dut)
    dut.load_rst_ni.value = 1
    numbers, most = np.random.default_rng(1), first_levels(8 * bench.bytes)
    for count in random.sample(range(2, 17), 15):
        order = random.randint(max(1, count - 8), min(8, count - 1))
        shapes = [(*(1 for _ in range(n - 1)), 3) for n in (order, count - order)]
        image = Image(bench, 0x1_0000)
        tensors = [uniform_tensor(numbers, shape, 1.0, values=VALUES[bench.fmt.name]) for shape in shapes]
        operands = [image.operand(i, levels(Csf.from_tensor(tensor), bench.fmt))
                    for i, tensor in enumerate(tensors)]
        found = words(Descriptor(*operands, bench.fmt.code, 0x1_0000, 64))
        wrong = random.choice([None, "head", "last level"])
        if wrong == "head":
            found[8 + random.randrange(2, 8)] = 1
        elif wrong == "last level":
            found[16 + 8 * (count - 1) + 7] = 1
        bench.slot_beats.clear()
        fault = await bench.fetch(found, take=False)
        assert fault.valid == (wrong is not None)
        if fault.valid:
            assert fault.code == EDGE.errors["ErrDescriptor"].value
        size = HEAD + (most if count <= most or wrong == "head" else 16) * LEVEL
        assert sorted(bench.slot_beats) == list(range(SLOT, SLOT + size, bench.bytes)), (count, wrong)


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def the_next_descriptor_is_already_there(dut, stalls: str) -> None:
    """Behind a descriptor of any number of levels come the beats of the next one, which are left to it."""
    random = rng()
    bench = Bench(dut, random, stalls)
    await start(dut)
    dut.load_rst_ni.value = 1
    numbers = np.random.default_rng(random.getrandbits(32))
    shape = SHAPES[-1]
    found = [drawn(bench, random, numbers, among=[shape] if most else SHAPES)[1] for most in (1, 0, 1)]
    slots = [SLOT + SLOT_BYTES * index for index in range(len(found))]
    for description, slot in zip(found, slots, strict=True):
        await bench.begin(description, slot)
        await FallingEdge(dut.clk_i)
        await until(dut, lambda: dut.begin_ready_o.value == 1, 1_000, "the reader of descriptors")
    for _ in range(400):
        await RisingEdge(dut.clk_i)
    for description, slot in zip(found, slots, strict=True):
        assert not (await bench.fetch_next(slot)).valid
        head = bench_types()["about_o"].unpack(int(dut.about_o.value)).head
        assert list(head.orders) == [description[1] & 15, description[1] >> 4 & 15]
        assert head.tag == description[9]
        await RisingEdge(dut.clk_i)


@cocotb.test()
async def of_refused_beats_of_a_descriptor_the_first_is_told(dut) -> None:
    """Also where one is of the first levels, the other of those that are read because they are used."""
    random = rng()
    bench = Bench(dut, random, "none")
    await start(dut)
    dut.load_rst_ni.value = 1
    _found, words, _image = drawn(bench, random, np.random.default_rng(1), among=SHAPES[-1:])
    beats = range(0, HEAD + 16 * LEVEL, bench.bytes)
    for pair in [(0, len(beats) - 1), *(sorted(random.sample(range(len(beats)), 2)) for _ in range(4))]:
        answers = random.sample([2, 3], 2)
        bench.refused = {SLOT + beats[index]: answer for index, answer in zip(pair, answers, strict=True)}
        fault = await bench.fetch(words, take=False)
        code = EDGE.errors["ErrReadDecode" if answers[0] == 3 else "ErrReadSlave"].value
        assert fault == (1, code, EDGE.constants["PartDescriptor"].value << 24 | beats[pair[0]] // 16)


@cocotb.test()
async def a_wrong_order_is_told(dut) -> None:
    """Of each operand, with the order as the place."""
    random = rng()
    bench = Bench(dut, random, "none")
    await start(dut)
    dut.load_rst_ni.value = 1
    _found, words, _image = drawn(bench, random, np.random.default_rng(1), among=SHAPES[3:4])
    for shift in (0, 4):
        for order in (0, 9, 15):
            changed = [words[0], words[1] & ~(15 << shift) | order << shift, *words[2:]]
            fault = await bench.fetch(changed, take=False)
            assert fault == (1, ERRORS["ErrOrder"].value, order)


@cocotb.test()
async def arrays_may_end_with_the_address_space(dut) -> None:
    """An array may end with the last byte of 64 bits; with an element more its span is refused."""
    random = rng()
    bench = Bench(dut, random, "none")
    await start(dut)
    dut.load_rst_ni.value = 1
    _found, words, _image = drawn(bench, random, np.random.default_rng(1), among=SHAPES[3:4])
    order = words[1] & 15
    for level in range(2 * order):
        words[16 + 8 * level + 6] = 0  # sparse, wide
    value = bench.fmt.value_width // 8
    for level, second, narrow, size, more in [
            (0, 0, 0, 4, 1), (0, 1, 0, 4, 0), (order - 1, 0, 0, 4, 0), (order - 1, 0, 1, 2, 0),
            (order - 1, 1, 0, value, 0), (order - 1, 1, 1, value, 0)]:
        row = 16 + 8 * (level + random.choice([0, order]))
        elements = 64 * random.randint(1, 9) // size  # of them a level has `more` than its count
        at = 2 ** 64 - elements * size
        for over in (0, 1):
            changed = list(words)
            changed[row + 2 * second:row + 2 * second + 2] = at & 2 ** 32 - 1, at >> 32
            changed[row + 5:row + 7] = elements - more + over, narrow << 1
            fault = await bench.fetch(changed, take=False)
            assert fault == ((1, EDGE.errors["ErrSpan"].value, 4 * row + 8 * second) if over else (0, 0, 0))


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def the_next_operands_are_asked_for(dut, stalls: str) -> None:
    """While frames are made a further descriptor is fetched, and its arrays are read."""
    random = rng()
    numbers = np.random.default_rng(random.getrandbits(32))
    bench = Bench(dut, random, stalls)
    await start(dut)
    dut.load_rst_ni.value = 1
    found, words, _image = drawn(bench, random, numbers)
    await bench.fetch(words)
    await bench.pulse("ask", 3)
    for turn in range(amount(4, 8)):
        at = (0x2_0000, 0x1_0000)[turn % 2]  # beside the arrays that are being read
        following, next_words, image = drawn(bench, random, numbers, at)
        assert image.end <= at + 0x1_0000
        bench.frames = [[[]], [[]]]
        first = random.random() < 0.5
        if first:
            await bench.pulse("load", 3)
        await bench.fetch(next_words, take=False)
        if not first:
            await bench.pulse("load", 3)
        await bench.pulse("ask", 3)
        await FallingEdge(dut.clk_i)
        await until(dut, lambda: dut.loaded_o.value == 3, 20_000, "the frames")
        for which, csf in enumerate(found):
            assert bench.frames[which] == [wanted(bench, csf, which, words), []]
        for _ in range(random.choice([0, 0, 1, 40, 300])):
            await RisingEdge(dut.clk_i)
        bench.take()
        found, words = following, next_words


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def refusals_and_cancels(dut, stalls: str) -> None:
    """A refused beat stops the frame with its place; cancelled at any cycle, a frame is ended."""
    random = rng()
    numbers = np.random.default_rng(random.getrandbits(32))
    bench = Bench(dut, random, stalls)
    await start(dut)
    dut.load_rst_ni.value = 1
    for _ in range(amount(6, 12)):
        found, words, image = drawn(bench, random, numbers)
        assert not (await bench.fetch(words)).valid
        if image.parts:
            operand, level, part, addr, size = random.choice(image.parts)
            offset = random.randrange(size) // bench.bytes * bench.bytes
            bench.refused = {addr + offset: 3}
            await bench.load(3)
            place = operand << 31 | level << 28 | EDGE.constants[f"Part{part}"].value << 24 | offset // 16
            assert bench.fault("frame_fault_o") == (1, EDGE.errors["ErrReadDecode"].value, place)
            bench.refused = {}
            await bench.cancel()
            assert not any(bench.open) and not bench.beats
        await bench.pulse("ask", 3)
        if random.random() < 0.8:
            await bench.pulse("load", 3)
        for _ in range(random.randrange(120)):
            await RisingEdge(dut.clk_i)
        await bench.cancel()
        assert not any(bench.open) and not bench.beats, "a frame stays open"
        await bench.load(3)
        for which, csf in enumerate(found):
            assert bench.frames[which] == [wanted(bench, csf, which, words), []]
