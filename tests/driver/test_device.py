# SPDX-License-Identifier: Apache-2.0
"""The queue of descriptors: order, a full ring, its wrap, errors within, registers written by others."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flaash.driver import Device, MachineError, Operand, StandIn, run
from flaash.driver.device import Job
from flaash.driver.result import split_records
from models import generate
from models.contract import contract
from models.device.layout import Descriptor
from models.numbers import FORMATS
from tb.common.rtl_constants import DMA

FP32 = FORMATS["fp32"]


class Queue:
    """Descriptors of different contractions on the stand-in, and their results.

    Args:
        count: of the descriptors.
        slots: of the ring.
        seed: of the operands.
    """

    def __init__(self, count: int, slots: int, seed: int):
        self.machine = StandIn()
        self.device = run(Device.open(self.machine.memory, self.machine.registers, slots))
        rng, self.descriptors, self.expected = np.random.default_rng(seed), [], []
        for tag in range(count):
            pair = [generate.uniform_tensor(rng, (3, 4, 20), 0.3) for _ in range(2)]
            placed = [run(self.device.place(Operand.of(operand, FP32))) for operand in pair]
            buffer = self.device.allocator.take(12 * 144)
            levels = [operand.levels for operand in placed]
            self.descriptors.append(Descriptor(*levels, FP32.code, buffer, 12 * 144, tag=tag))
            self.expected.append(contract(*pair, FP32))

    def submit(self, number: int, **changes: object) -> Job:
        return run(self.device.submit(dataclasses.replace(self.descriptors[number], **changes)))

    def check(self, job: Job) -> None:
        """Wait for a contraction, and compare its results."""
        run(self.device.wait(job))
        expected = self.expected[job.completion.tag]
        assert job.completion.tag == job.descriptor.tag
        data = run(self.machine.memory.read(job.descriptor.results, job.completion.written))
        ids, bits = split_records(data, FP32)
        assert np.array_equal(ids, np.stack([expected.a_ids, expected.b_ids], axis=1))
        assert np.array_equal(bits, expected.bits)

    def fails(self, job: Job, match: str) -> None:
        with pytest.raises(MachineError, match=match):
            run(self.device.wait(job))


@pytest.mark.parametrize("slots", [2, 3, 5, 16])
def test_a_queue_in_any_ring(slots: int, seed: int) -> None:
    queue = Queue(11, slots, seed)
    for job in [queue.submit(number) for number in range(11)]:
        queue.check(job)


@pytest.mark.parametrize("wrong", [(0,), (2,), (4,), (0, 1, 4)])
def test_errors_in_the_midst_of_a_queue(wrong: tuple[int, ...], seed: int) -> None:
    queue = Queue(5, 8, seed)
    jobs = [queue.submit(number, **({"results": 3} if number in wrong else {})) for number in range(5)]
    for number, job in enumerate(jobs):
        if number in wrong:
            queue.fails(job, r"ErrAlign \(0x41\) at byte 8 of the descriptor")
        else:
            queue.check(job)


def test_a_completion_that_the_memory_refuses(seed: int) -> None:
    queue = Queue(2, 4, seed)
    memory = queue.machine.memory
    memory.bad.append((memory.base + 960, memory.base + 1024, "Decode"))
    jobs = [queue.submit(number) for number in range(2)]
    queue.fails(jobs[0], "ErrWriteDecode .* at byte 0 of the completion")
    memory.bad.clear()
    queue.check(jobs[1])


def test_a_ring_that_somebody_else_has_written_to(seed: int) -> None:
    queue = Queue(1, 4, seed)
    run(queue.machine.registers.write(DMA.registers["RegRingTail"].address, 77))
    queue.fails(queue.submit(0), r"ErrRing \(0x49\) at place 0x814")
    queue.check(queue.submit(0))  # the reset has put that in order


def test_kept_operands_are_not_read(seed: int) -> None:
    queue = Queue(1, 4, seed)
    queue.check(queue.submit(0))
    for level in queue.descriptors[0].a:
        run(queue.machine.memory.write(level.second, b"\xff" * 8))  # a later call must not see that
    queue.check(queue.submit(0, kept=(True, False)))
    run(queue.device.reset())
    queue.fails(queue.submit(0, kept=(True, True)), r"ErrNoOperand \(0x0c\) at place 0x3")


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
