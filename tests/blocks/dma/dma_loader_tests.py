# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_dma_loader passes on operands from memory."""

import cocotb
import numpy as np
from cocotb.triggers import FallingEdge, RisingEdge
from cocotb.utils import get_sim_time

from models.csf import Csf
from models.device.layout import HEAD, LEVEL, Descriptor
from models.generate import uniform_tensor
from tb.common.bench import until
from tb.common.rtl_constants import DMA, ERRORS
from tb.common.stalls import STALLS
from tb.dma.image import levels
from tests.blocks.dma.dma_loader_bench import SHAPES, SLOT, SLOT_BYTES, VALUES, begun, drawn, wanted
from tests.blocks.dma.operand_sink import Taken
from tests.dma.image import Image, first_levels, words
from tests.share import amount


@cocotb.test()
@cocotb.parametrize(stalls=amount(["none", "random"], list(STALLS)))
async def operands_are_those_of_the_memory(dut, stalls: str) -> None:
    bench, random = await begun(dut, stalls)
    numbers = np.random.default_rng(random.getrandbits(32))
    for _ in range(amount(5, 10)):
        found, words, _image = drawn(bench, random, numbers)
        assert not (await bench.fetch(words)).valid
        both = random.random() < 0.7
        for operands in [3] if both else [1, 2]:
            await bench.load(operands, random.choice([0, 0, 1, 40, 300]))
            assert not bench.seen("load_o").fault.valid
            for which, csf in enumerate(found):
                frames = [wanted(bench, csf, which, words)] if operands >> which & 1 else []
                assert bench.taken[which] == [*frames, Taken()]


@cocotb.test()
@cocotb.parametrize(dense=[False, True])
async def an_upper_level_may_be_longer_than_a_buffer(dut, dense: bool) -> None:
    """Its array is requested as beats leave, and that needs the levels below it, whose requests still wait."""
    bench, random = await begun(dut)
    nodes = int(dut.Depth.value) * bench.bytes // 4 * 2 + random.randrange(1, 40)
    csf = Csf.from_tensor(uniform_tensor(np.random.default_rng(1), (nodes, 2), 0.6, values=VALUES[bench.fmt.name]))
    at = 0x1_0000
    image = Image(bench, at)
    operands = [image.operand(i, levels(csf, bench.fmt, dense=[0] * dense)) for i in range(2)]
    assert image.end <= len(bench.data)
    description = words(Descriptor(*operands, bench.fmt.code, at, 64))
    assert not (await bench.fetch(description)).valid
    await bench.load(3)
    for which in range(2):
        assert bench.taken[which] == [wanted(bench, csf, which, description), Taken()]


@cocotb.test()
async def a_dense_level_comes_after_a_vector_without_entries(dut) -> None:
    """The vector has no arrays. Those of the next operand are asked for early, and belong to its own extent."""
    bench, _random = await begun(dut)
    numbers = np.random.default_rng(1)
    for turn, (shape, density) in enumerate((((9,), 0.0), ((20, 9), 1.0))):
        found = [Csf.from_tensor(uniform_tensor(numbers, shape, density, values=VALUES[bench.fmt.name]))] * 2
        image = Image(bench, 0x1_0000)
        operands = [image.operand(i, levels(csf, bench.fmt, dense=[0])) for i, csf in enumerate(found)]
        description = words(Descriptor(*operands, bench.fmt.code, 0x1_0000, 64))
        assert not (await bench.fetch(description, take=turn == 0)).valid
        bench.anew()
        await bench.pulse("ask_valid", 3)
        for _ in range(300):
            await RisingEdge(dut.clk_i)
        bench.take()
        await bench.hand_over(3)
        await FallingEdge(dut.clk_i)
        await until(dut, bench.ended, 20_000, "the frames")
        for which, csf in enumerate(found):
            assert bench.taken[which] == [wanted(bench, csf, which, description), Taken()]


@cocotb.test()
async def the_rest_of_a_descriptor_goes_by_whole_beats(dut) -> None:
    """After the last level a beat takes one cycle, as on the bus, not a cycle per piece."""
    bench, random = await begun(dut)
    _found, words, _image = drawn(bench, random, np.random.default_rng(1), among=SHAPES[:1])
    before = get_sim_time("ns")
    assert not (await bench.fetch(words)).valid
    cycles = int(get_sim_time("ns") - before)
    first = HEAD + first_levels(8 * bench.bytes) * LEVEL
    assert cycles <= first // bench.bytes + 13


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def what_lies_behind_the_first_levels_is_read_if_it_is_used(dut, stalls: str) -> None:
    """Descriptors of each number of levels; a descriptor with a wrong head needs only its first part."""
    bench, random = await begun(dut, stalls)
    numbers, most = np.random.default_rng(1), first_levels(8 * bench.bytes)
    for count in random.sample(range(2, 17), 15):
        order = random.randint(max(1, count - 8), min(8, count - 1))
        shapes = [(*(1 for _ in range(n - 1)), 3) for n in (order, count - order)]
        image = Image(bench, 0x1_0000)
        tensors = [uniform_tensor(numbers, shape, 1.0, values=VALUES[bench.fmt.name]) for shape in shapes]
        operands = [image.operand(i, levels(Csf.from_tensor(tensor), bench.fmt)) for i, tensor in enumerate(tensors)]
        found = words(Descriptor(*operands, bench.fmt.code, 0x1_0000, 64))
        wrong = random.choice([None, "head", "last level"])
        if wrong == "head":
            found[8 + random.randrange(2, 8)] = 1
        elif wrong == "last level":
            found[16 + 8 * (count - 1) + 7] = 1
        bench.memory.reads.clear()
        fault = await bench.fetch(found, take=False)
        assert fault.valid == (wrong is not None)
        if fault.valid:
            assert fault.code == DMA.errors["ErrDescriptor"].value
        size = HEAD + (most if count <= most or wrong == "head" else 16) * LEVEL
        assert sorted(bench.slot_beats) == list(range(SLOT, SLOT + size, bench.bytes)), (count, wrong)


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def the_next_descriptor_is_already_there(dut, stalls: str) -> None:
    """After a descriptor of any number of levels come the beats of the next one, which stay untouched.

    If the buffer has no room for the last one, it is read when the first one has been parsed.
    """
    bench, random = await begun(dut, stalls)
    numbers = np.random.default_rng(random.getrandbits(32))
    shape = SHAPES[-1]
    found = [drawn(bench, random, numbers, among=[shape] if most else SHAPES)[1] for most in (1, 0, 1)]
    slots = [SLOT + SLOT_BYTES * index for index in range(len(found))]
    beats = (HEAD + first_levels(8 * bench.bytes) * LEVEL) // bench.bytes
    stored = int(dut.Depth.value) // beats
    assert stored >= 2
    for description, slot in zip(found, slots, strict=True):
        await FallingEdge(dut.clk_i)
        await until(dut, lambda: dut.begin_ready_o.value == 1, 1_000, "the reader of descriptors")
        await bench.begin(description, slot)
    for _ in range(400):
        await RisingEdge(dut.clk_i)
    for index, (description, slot) in enumerate(zip(found, slots, strict=True)):
        await FallingEdge(dut.clk_i)
        if index + stored >= len(found):
            await until(dut, lambda: dut.begin_ready_o.value == 1, 1_000, "the read of the last descriptor")
        else:
            assert dut.begin_ready_o.value == 0
        assert not (await bench.fetch_next(slot)).valid
        head = bench.parse.descriptor.head
        assert list(head.orders) == [description[1] & 15, description[1] >> 4 & 15]
        assert head.tag == description[9]
        await RisingEdge(dut.clk_i)


@cocotb.test()
async def of_refused_beats_of_a_descriptor_the_first_is_told(dut) -> None:
    """Also where one or both belong to the levels that are read on demand."""
    bench, random = await begun(dut)
    _found, words, _image = drawn(bench, random, np.random.default_rng(1), among=SHAPES[-1:])
    beats = range(0, HEAD + 16 * LEVEL, bench.bytes)
    last = len(beats) - 1
    # If one of the first levels is refused, the rest is read all the same. None of it may reach later descriptors.
    directed = [(0, last), (last - 1, last), (last - 3, last - 2)]
    for pair in [*directed, *(sorted(random.sample(range(len(beats)), 2)) for _ in range(4))]:
        answers = random.sample([2, 3], 2)
        bench.refused = {SLOT + beats[index]: answer for index, answer in zip(pair, answers, strict=True)}
        fault = await bench.fetch(words, take=False)
        code = DMA.errors["ErrReadDecode" if answers[0] == 3 else "ErrReadSlave"].value
        assert fault == (1, code, DMA.constants["PartDescriptor"].value << 24 | beats[pair[0]] // 16)


@cocotb.test()
async def a_wrong_order_is_told(dut) -> None:
    """For each operand, with the order as the place."""
    bench, random = await begun(dut)
    _found, words, _image = drawn(bench, random, np.random.default_rng(1), among=SHAPES[3:4])
    for shift in (0, 4):
        for order in (0, 9, 15):
            changed = [words[0], words[1] & ~(15 << shift) | order << shift, *words[2:]]
            fault = await bench.fetch(changed, take=False)
            assert fault == (1, ERRORS["ErrOrder"].value, order)


@cocotb.test()
async def arrays_may_end_with_the_address_space(dut) -> None:
    """An array may end with the last byte of 64 bits; with one more element its span is refused."""
    bench, random = await begun(dut)
    _found, words, _image = drawn(bench, random, np.random.default_rng(1), among=SHAPES[3:4])
    order = words[1] & 15
    for level in range(2 * order):
        words[16 + 8 * level + 6] = 0  # sparse, wide
    for level in {*range(2 * order)} - {order - 1, 2 * order - 1}:
        words[16 + 8 * level + 5] = 1  # entries need a node
    value = bench.fmt.value_width // 8
    for level, second, narrow, size, more in [
        (0, 0, 0, 4, 1),
        (0, 1, 0, 4, 0),
        (order - 1, 0, 0, 4, 0),
        (order - 1, 0, 1, 2, 0),
        (order - 1, 1, 0, value, 0),
        (order - 1, 1, 1, value, 0),
    ]:
        row = 16 + 8 * (level + random.choice([0, order]))
        elements = 64 * random.randint(1, 9) // size  # elements that a level has beyond its count
        at = 2**64 - elements * size
        for over in (0, 1):
            changed = list(words)
            changed[row + 2 * second : row + 2 * second + 2] = at & 2**32 - 1, at >> 32
            changed[row + 5 : row + 7] = elements - more + over, narrow << 1
            fault = await bench.fetch(changed, take=False)
            assert fault == ((1, DMA.errors["ErrSpan"].value, 4 * row + 8 * second) if over else (0, 0, 0))


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def the_next_operands_are_asked_for(dut, stalls: str) -> None:
    """While operands are handed over a further descriptor is fetched, and its arrays are read."""
    bench, random = await begun(dut, stalls)
    numbers = np.random.default_rng(random.getrandbits(32))
    found, words, _image = drawn(bench, random, numbers)
    await bench.fetch(words)
    await bench.pulse("ask_valid", 3)
    for turn in range(amount(4, 8)):
        at = (0x5_0000, 0x1_0000)[turn % 2]  # while the arrays are being read
        following, next_words, image = drawn(bench, random, numbers, at)
        assert image.end <= at + 0x4_0000
        bench.anew()
        first = random.random() < 0.5
        if first:
            await bench.hand_over(3)
        await bench.fetch(next_words, take=False)
        if not first:
            await bench.hand_over(3)
        await bench.pulse("ask_valid", 3)
        await FallingEdge(dut.clk_i)
        await until(dut, bench.ended, 20_000, "the frames")
        for which, csf in enumerate(found):
            assert bench.taken[which] == [wanted(bench, csf, which, words), Taken()]
        for _ in range(random.choice([0, 0, 1, 40, 300])):
            await RisingEdge(dut.clk_i)
        bench.take()
        found, words = following, next_words


@cocotb.test()
async def no_operand_begins_in_a_kill(dut) -> None:
    """Not even in its first cycle, in which the operand would be offered; after the kill it is requested anew."""
    bench, random = await begun(dut)
    numbers = np.random.default_rng(random.getrandbits(32))
    for _ in range(amount(3, 8)):
        found, words, _image = drawn(bench, random, numbers)
        assert not (await bench.fetch(words)).valid
        bench.anew()
        await bench.pulse("ask_valid", 3)
        for _ in range(random.randint(0, 60)):
            await RisingEdge(dut.clk_i)
        await bench.hand_over(3)
        await bench.cancel()
        assert bench.taken == [[Taken()], [Taken()]] and not bench.open
        await bench.load(3)
        for which, csf in enumerate(found):
            assert bench.taken[which] == [wanted(bench, csf, which, words), Taken()]


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def refusals_and_cancels(dut, stalls: str) -> None:
    """A refused beat stops the operand with its place; a cancel at any cycle abandons an operand."""
    bench, random = await begun(dut, stalls)
    numbers = np.random.default_rng(random.getrandbits(32))
    for _ in range(amount(6, 12)):
        found, words, image = drawn(bench, random, numbers)
        assert not (await bench.fetch(words)).valid
        if image.parts:
            operand, level, part, addr, size = random.choice(image.parts)
            offset = random.randrange(size) // bench.bytes * bench.bytes
            bench.refused = {addr + offset: 3}
            await bench.load(3)
            place = operand << 31 | level << 28 | DMA.constants[f"Part{part}"].value << 24 | offset // 16
            assert bench.seen("load_o").fault == (1, DMA.errors["ErrReadDecode"].value, place)
            bench.refused = {}
            await bench.cancel()
            assert not bench.open and not bench.memory.outstanding
        await bench.pulse("ask_valid", 3)
        if random.random() < 0.8:
            await bench.hand_over(3)
        for _ in range(random.randrange(120)):
            await RisingEdge(dut.clk_i)
        bench.anew()
        await bench.cancel()
        for which, csf in enumerate(found):
            whole = wanted(bench, csf, which, words)
            assert all(taken == whole or taken.begins(whole) for taken in bench.taken[which][:-1])
        assert not bench.open and not bench.memory.outstanding, "an operand stays open"
        await bench.load(3)
        for which, csf in enumerate(found):
            assert bench.taken[which] == [wanted(bench, csf, which, words), Taken()]
