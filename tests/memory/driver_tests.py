# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the driver on the chip, with cocotbext-axi's memory."""

from dataclasses import replace

import cocotb
import numpy as np
import pytest

from flaash.driver import Accelerator, MachineError, Operand, Settings
from flaash.driver.arrange import arrange
from flaash.serve import watched
from models import generate
from models.contract import contract
from models.csf import Csf
from models.tensor import SparseTensor
from models.tiles import Room
from sim.direct import DirectMemory
from sim.thisrun import argument
from tb.common.bench import rng, start
from tb.common.stalls import STALLS
from tb.dma.cover_points import CHANNELS
from tb.dma.transport import Chip

LATENCY = argument("latency", {})  # cycles by channel
TURNS = argument("turns")
SHAPES = [((7,), (7,)), ((4, 9), (9,)), ((3, 5, 20), (6, 20)), ((2, 3, 4, 9), (3, 3, 9)), ((8, 40), (9, 40))]
BASE, SIZE = 0x1_2345_0000, 1 << 20
VALUES = {"fp32": "special", "bf16": "wide", "int8": "small", "int16": "small"}


async def opened(dut, **options) -> tuple[Chip, Accelerator]:
    chip = Chip(dut, latency=LATENCY, **options)
    await start(dut)
    return chip, await chip.open()


def drawn(numbers: np.random.Generator, shape: tuple[int, ...], fmt: str) -> SparseTensor:
    density = numbers.choice([0.0, 0.1, 0.4, 1.0], p=[0.05, 0.35, 0.5, 0.1])
    return generate.uniform_tensor(numbers, shape, density, values=VALUES[fmt])


def agrees(result, expected, what: str) -> None:
    """Compare results bit by bit."""
    assert np.array_equal(result.coords, expected.coords), f"{what}: other results than the model's"
    wrong = np.flatnonzero(result.bits != expected.bits)
    for at in wrong[:1]:
        raise AssertionError(
            f"{what}: result {result.coords[at].tolist()} is {result.bits[at]:#x}, the model"
            f" says {expected.bits[at]:#x}"
        )


@cocotb.test()
async def contractions(dut) -> None:
    """Random operands in random tiles, the first ones in many, under random stalls of all five channels."""
    chip, accelerator = await opened(dut)
    random, fmt = rng(), accelerator.device.build.fmt
    numbers = np.random.default_rng(random.getrandbits(32))
    free, most = accelerator.device.allocator.free_bytes, 0
    for turn in range(TURNS):
        for channel in CHANNELS:
            chip.bus.stall(channel, random.choice(list(STALLS)) if turn else "none", random)
        a, b = (drawn(numbers, shape, fmt.name) for shape in random.choice(SHAPES))
        if not turn:
            a, b = (
                generate.uniform_tensor(numbers, (count, 64), nnz=5 * count, values=VALUES[fmt.name])
                for count in (36, 25)
            )
        dense = random.random() < 0.3
        rooms = [None, Room(accelerator.room.lanes, 40, 7, 12), Room(1, 80, 3, 9)]
        room = random.choice(rooms) if turn else rooms[1]
        operands = [Operand.of(Csf.from_tensor(x).with_empty_nodes(numbers), fmt) for x in (a, b)]
        told, used = [], Settings(dense=dense, run_length=random.randrange(4))
        result = await accelerator.contract(
            *operands, used, random.random() < 0.3, room, lambda *seen, told=told: told.append(seen)
        )
        agrees(result, contract(a, b, fmt, dense), f"contraction {turn}")
        chip.check()
        tiles = result.cost.descriptors
        assert not told or told[-1] == (tiles, tiles, len(result.bits))
        most = max(most, tiles)
    assert accelerator.device.allocator.free_bytes == free and most >= 6, "too few tiles"


@cocotb.test()
async def direct_memory(dut) -> None:
    """The memory of a chip that serves: many pairs, accesses beyond it, and writes where none may be."""
    chip = watched.Chip(dut, DirectMemory(dut, BASE, SIZE))
    await start(dut)
    accelerator = await chip.open(16)
    device, fmt = accelerator.device, accelerator.device.build.fmt
    numbers = np.random.default_rng(rng().getrandbits(32))
    pairs = [tuple(drawn(numbers, shape, fmt.name) for shape in SHAPES[turn % 5]) for turn in range(10 * TURNS)]

    async def contracted() -> None:
        made = [(arrange(a, b, device.build), Settings()) for a, b in pairs]
        for number, result in enumerate(await accelerator.contract_each(made)):
            agrees(result, contract(*pairs[number], fmt), f"pair {number}")

    await contracted()
    chip.check()
    one = SparseTensor.from_dense(np.ones((2, 3)))
    _, _, descriptor = await accelerator._placed_with_buffer(arrange(one, one, device.build), Settings())
    leaf = replace(descriptor.a[-1], second=BASE + SIZE)
    for changes, name in (
        ({"results": BASE + SIZE}, "ErrWriteDecode"),
        ({"a": [*descriptor.a[:-1], leaf]}, "ErrReadDecode"),
    ):
        job = await device.submit(replace(descriptor, **changes))
        with pytest.raises(MachineError, match=name):
            await device.wait(job)
        chip.check()
    assert not chip.bus.outstanding()
    await contracted()
    device.entered.clear()
    with pytest.raises(AssertionError, match="outside of its buffers"):
        chip.check()
