# SPDX-License-Identifier: Apache-2.0
"""The queue of descriptors: order, a full ring, its wrap, errors within, registers written by others."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flaash.driver import Device, MachineError, Operand, StandIn, run
from flaash.driver.result import split_records
from models import generate
from models.contract import contract
from models.device.layout import Descriptor
from models.numbers import FORMATS
from tb.common.rtl_constants import DMA

FP32 = FORMATS["fp32"]


async def prepared(machine: StandIn, count: int, slots: int, seed: int):
    """Return the device, descriptors of different contractions, and their results."""
    device = await Device.open(machine.memory, machine.registers, slots)
    rng, descriptors, expected = np.random.default_rng(seed), [], []
    for tag in range(count):
        pair = [generate.uniform_tensor(rng, (3, 4, 20), 0.3) for _ in range(2)]
        placed = [await device.place(Operand.of(operand, FP32)) for operand in pair]
        buffer = device.allocator.take(12 * 144)
        levels = [operand.levels for operand in placed]
        descriptors.append(Descriptor(*levels, FP32.code, buffer, 12 * 144, tag=tag))
        expected.append(contract(*pair, FP32))
    return device, descriptors, expected


async def check(machine: StandIn, job, expected) -> None:
    assert job.completion.tag == job.descriptor.tag
    data = await machine.memory.read(job.descriptor.results, job.completion.written)
    ids, bits = split_records(data, FP32)
    assert np.array_equal(ids, np.stack([expected.a_ids, expected.b_ids], axis=1))
    assert np.array_equal(bits, expected.bits)


@pytest.mark.parametrize("slots", [2, 3, 5, 16])
def test_a_queue_in_any_ring(slots, seed) -> None:
    machine = StandIn()

    async def work() -> None:
        device, descriptors, expected = await prepared(machine, 11, slots, seed)
        jobs = [await device.submit(descriptor) for descriptor in descriptors]
        for job, result in zip(jobs, expected, strict=True):
            await device.wait(job)
            await check(machine, job, result)

    run(work())


@pytest.mark.parametrize("wrong", [(0,), (2,), (4,), (0, 1, 4)])
def test_errors_in_the_midst_of_a_queue(wrong, seed) -> None:
    machine = StandIn()

    async def work() -> None:
        device, descriptors, expected = await prepared(machine, 5, 8, seed)
        for number in wrong:
            descriptors[number] = dataclasses.replace(descriptors[number], results=3)
        jobs = [await device.submit(descriptor) for descriptor in descriptors]
        for number, (job, result) in enumerate(zip(jobs, expected, strict=True)):
            if number in wrong:
                with pytest.raises(MachineError, match=r"ErrAlign \(0x41\) at byte 8 of the descriptor"):
                    await device.wait(job)
                continue
            await device.wait(job)
            await check(machine, job, result)

    run(work())


def test_a_completion_that_the_memory_refuses(seed) -> None:
    machine = StandIn()

    async def work() -> None:
        device, descriptors, expected = await prepared(machine, 2, 4, seed)
        slot = machine.memory.base
        machine.memory.bad.append((slot + 960, slot + 1024, "Decode"))
        jobs = [await device.submit(descriptor) for descriptor in descriptors]
        with pytest.raises(MachineError, match="ErrWriteDecode .* at byte 0 of the completion"):
            await device.wait(jobs[0])
        machine.memory.bad.clear()
        await device.wait(jobs[1])
        await check(machine, jobs[1], expected[1])

    run(work())


def test_a_ring_that_somebody_else_has_written_to(seed) -> None:
    machine = StandIn()

    async def work() -> None:
        device, descriptors, expected = await prepared(machine, 1, 4, seed)
        await machine.registers.write(DMA.registers["RegRingTail"].address, 77)
        job = await device.submit(descriptors[0])
        with pytest.raises(MachineError, match=r"ErrRing \(0x49\) at place 0x814"):
            await device.wait(job)
        job = await device.submit(descriptors[0])  # the reset has put that in order
        await device.wait(job)
        await check(machine, job, expected[0])

    run(work())


def test_kept_operands_are_not_read(seed) -> None:
    machine = StandIn()

    async def work() -> None:
        device, descriptors, expected = await prepared(machine, 1, 4, seed)
        await device.wait(await device.submit(descriptors[0]))
        for level in descriptors[0].a:
            await machine.memory.write(level.second, b"\xff" * 8)  # a later call must not see that
        job = await device.submit(dataclasses.replace(descriptors[0], kept=(True, False)))
        await device.wait(job)
        await check(machine, job, expected[0])
        await device.reset()
        job = await device.submit(dataclasses.replace(descriptors[0], kept=(True, True)))
        with pytest.raises(MachineError, match=r"ErrNoOperand \(0x0c\) at place 0x3"):
            await device.wait(job)

    run(work())


def test_places_in_words() -> None:
    for code, place, words in (
        (0x44, 0x91000003, "byte 48 of crd of level 1 of B"),
        (0x45, 0x73000000, "byte 0 of val of the leaf of A"),
        (0x46, 0x04000010, "byte 256 of the result"),
        (0x47, 0x05000000, "byte 0 of the completion"),
        (0x08, 0xF0000007, "operand B, the leaf, position 7"),
        (0x40, 44, "byte 44 of the descriptor"),
        (0x12, 3, "place 0x3"),
        (0xEE, 1, r"code 0xee \(0xee\) at place 0x1: an error that this driver"),
    ):
        with pytest.raises(MachineError, match=words):
            raise MachineError(code, place)
