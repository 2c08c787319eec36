# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: spoiled descriptors and arrays; the stand-in predicts the chip's outcome.

The stand-in reads whole arrays and asks the model; the chip takes beats.
"""

import contextlib
import dataclasses

import cocotb
import numpy as np
from cocotbext.axi import AxiResp

from flaash.driver import MachineError, Operand
from flaash.driver.device import Job
from models import generate
from models.csf import Csf
from models.device.interpret import Effect, interpret
from models.device.layout import SLOT, Descriptor
from models.device.operands import PARTS, Refused
from sim.thisrun import argument
from tb.common.bench import rng, start
from tb.common.rtl_constants import DMA
from tb.dma.transport import Chip

WRITE_DECODE = DMA.errors["ErrWriteDecode"].value
TURNS = argument("turns")
# Numbers that are likely to be at a limit.
WORDS = [0, 1, 2, 3, 7, 8, 9, 15, 63, 64, 65, 2**16, 2**20, 2**31, 2**32 - 64, 2**32 - 1]


class Raw(Descriptor):
    """A descriptor of given bytes."""

    data: bytes = b""

    def pack(self) -> bytes:
        return self.data


def spoiled(random, array: np.ndarray) -> np.ndarray:
    """Return an array of words with one of them changed."""
    changed = array.copy()
    at = random.randrange(len(changed))
    kind = random.randrange(3)
    value = (
        random.choice(WORDS)
        if kind == 0
        else int(changed[at]) ^ 1 << random.randrange(32)
        if kind == 1
        else int(changed[at]) + random.choice([-1, 1])
    )
    changed[at] = value % (1 << 8 * array.dtype.itemsize)
    return changed


@cocotb.test()
async def spoiled_words(dut) -> None:
    """One word of the descriptor, or of an array, is changed; then the same contraction runs unchanged."""
    chip = Chip(dut, base=0, size=1 << 20)
    await start(dut)
    accelerator = await chip.open()
    device, random = accelerator.device, rng()
    numbers, fmt = np.random.default_rng(random.getrandbits(32)), device.build.fmt
    codes, right, held = set(), 0, (None, None)
    for turn in range(TURNS):
        shapes = random.choice([((3, 4, 9), (5, 9)), ((4, 9), (9,)), ((2, 3, 2, 9), (3, 9))])
        operands = [Operand.of(Csf.from_tensor(generate.uniform_tensor(numbers, shape, 0.5)), fmt) for shape in shapes]
        placed = [await device.place(operand) for operand in operands]
        buffer = device.allocator.take(4096)
        whole = Descriptor(*(side.levels for side in placed), fmt.code, buffer, 4096, tag=turn)
        data = np.frombuffer(whole.pack(), "<u4")
        arrays = [
            (address, array)
            for side, operand in zip(placed, operands, strict=True)
            for address, array in zip(
                side.pieces,
                [x for level in operand.levels for x in (level.first, level.second) if x is not None],
                strict=True,
            )
        ]
        target = random.randrange(3)
        if target:
            address, array = random.choice(arrays)
            await chip.memory.write(address, spoiled(random, array).tobytes())
        else:
            data = spoiled(random, data)
        effect = predicted(chip, data.tobytes(), device.build, held)
        job = await spoiled_job(chip, data.tobytes(), effect, turn)
        found = job.completion
        wanted = effect.completion
        what = f"turn {turn}, {'array' if target else 'descriptor'}"
        assert (found.code, found.place) == (wanted.code, wanted.place), (
            f"{what}: {MachineError(found.code, found.place)} instead of {MachineError(wanted.code, wanted.place)}"
        )
        codes.add(found.code)
        if effect.result is not None:
            right += 1
            written = await chip.memory.read(*written_of(effect))
            told = b"".join(piece.data for piece in effect.pieces)
            size = len(told) // max(effect.completion.results, 1) or 1
            assert sorted(parts(written, size)) == sorted(parts(told, size)), what
        chip.check()
        for address, array in arrays:
            await chip.memory.write(address, array.tobytes())
        job = await device.submit(whole)
        await device.wait(job)
        held = tuple(operand.to_csf() for operand in operands)
        chip.check()
        for side in placed:
            device.remove(side)
        device.allocator.give_back(buffer)
    assert len(codes) > 5 and right
    dut._log.info("codes %s, %d contractions right all the same", sorted(codes), right)


def parts(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def written_of(effect: Effect) -> tuple[int, int]:
    """Return address and bytes of the records."""
    return next(((piece.address, len(piece.data)) for piece in effect.pieces), (0, 0))


def predicted(chip: Chip, data: bytes, build, held):
    """Return the stand-in's outcome of a descriptor."""
    memory = chip.bus.bytes
    beat = memory.beat

    def read(address: int, length: int, place: int) -> bytes:
        for at in range(address // beat * beat, address + length, beat):
            if not memory.base <= at <= memory.base + memory.size - beat:
                raise Refused("ErrReadDecode", place + (at - address) // 16)
        return memory.get(address, length)

    effect = interpret(data + bytes(SLOT - len(data)), read, build, held)
    if effect.pieces and memory.respond(effect.pieces[0].address, beat) != AxiResp.OKAY:
        place = PARTS["Result"] << 24
        told = dataclasses.replace(effect.completion, code=WRITE_DECODE, place=place)
        return dataclasses.replace(effect, completion=told, pieces=(), result=None)
    return effect


async def spoiled_job(chip: Chip, data: bytes, effect, tag: int) -> Job:
    """Queue these bytes and wait for their end."""
    raw = Raw((), (), 0, *written_of(effect), tag=tag)
    object.__setattr__(raw, "data", data)
    job = await chip.device.submit(raw)
    with contextlib.suppress(MachineError):
        await chip.device.wait(job)
    return job
