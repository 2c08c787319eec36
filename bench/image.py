# SPDX-License-Identifier: Apache-2.0
"""The memory before a queue of contractions, and its expected contents afterwards."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

from bench.workloads import csf_pair, expected
from flaash.driver import run
from flaash.driver.arrays import Operand
from flaash.driver.device import Device
from flaash.driver.result import record_bytes, split_records
from models.compare import compare_records
from models.csf import Csf
from models.device.layout import COMPLETION, COMPLETION_AT, SLOT, Completion, Descriptor
from models.device.standin import StandInMemory
from models.numbers import NumberFormat
from sim.machines import Machine
from tb.edge.image import levels

SIZE = 1 << 23  # bytes of the memory, MemoryBytes of flaash_bench_edge


@dataclasses.dataclass(frozen=True, eq=False)
class Image:
    """The memory of a queue of contractions: the ring from address 0 on, then arrays and result buffers.

    Attributes:
        data: bytes.
        workloads: of each descriptor, see bench.workloads.
        descriptors: in the order of the ring, which has one slot more.
    """

    data: np.ndarray
    workloads: Sequence[str]
    descriptors: Sequence[Descriptor]


def make(
    workloads: Sequence[str], chosen: Machine, prompt: bool = True, dense: bool = False, kept: bool = False
) -> Image:
    """Return the memory of a queue; only the last descriptor requests the interrupt.

    Args:
        workloads: of each descriptor, see bench.workloads.
        chosen: the machine.
        prompt: completion records do not wait for the responses to the results.
        dense: upper levels have no coordinates, and a node for each coordinate.
        kept: from the second descriptor on B is kept. So the workloads have the same B.
    """
    build, memory = chosen.config.identity(), StandInMemory(0, SIZE)
    device = Device(memory, None, build, len(workloads) + 1)
    descriptors = []
    for number, workload in enumerate(workloads):
        pair = csf_pair(workload)
        keeps = kept and number > 0
        a = run(device.place(operand(pair[0], build.fmt, dense))).levels
        b = descriptors[0].b if keeps else run(device.place(operand(pair[1], build.fmt, dense))).levels
        capacity = record_bytes(build.fmt) * int(np.prod([len(csf.fiber_bounds()) for csf in pair]))
        settings = chosen.settings(*pair)
        descriptors.append(
            Descriptor(
                a,
                b,
                build.fmt.code,
                device.allocator.take(capacity),
                capacity,
                interrupt=number == len(workloads) - 1,
                prompt=prompt,
                run_length=settings.run_length,
                portion=settings.portion,
                long_lines=settings.long_lines,
                tag=number,
                kept=(False, keeps),
            )
        )
        run(memory.write(number * SLOT, descriptors[-1].pack()))
    used = SIZE - device.allocator.largest
    return Image(np.frombuffer(run(memory.read(0, used)), np.uint8), workloads, descriptors)


def operand(csf: Csf, fmt: NumberFormat, dense: bool = False) -> Operand:
    """Return the arrays of an operand, its upper levels as in `csf` or dense."""
    made = Operand.of(csf, fmt)
    if not dense:
        return made
    return Operand(csf.shape, levels(csf, fmt, range(csf.order - 1), made.levels[-1].narrow), fmt)


def completion(image: Image, after: np.ndarray, number: int) -> Completion | None:
    """Return the completion record of a descriptor."""
    at = number * SLOT + COMPLETION_AT
    return Completion.unpack(after[at : at + COMPLETION].tobytes())


def check(image: Image, after: np.ndarray, chosen: Machine) -> list[str]:
    """Compare the memory after a queue with the model, and the rest of it with its old contents.

    Returns:
        A sentence per disagreement.
    """
    return [
        *_outside(image, after, chosen),
        *(
            f"contraction {number}: {sentence}"
            for number in range(len(image.workloads))
            for sentence in _results(image, after, chosen, number)
        ),
    ]


def _outside(image: Image, after: np.ndarray, chosen: Machine) -> Iterator[str]:
    """Yield a sentence if a byte has changed that the machine must not write."""
    may = np.zeros(len(after), bool)
    size = record_bytes(chosen.config.identity().fmt)
    for number, (workload, descriptor) in enumerate(zip(image.workloads, image.descriptors, strict=True)):
        results = expected(workload, str(chosen.config["Format"])).results
        may[descriptor.results : descriptor.results + size * results] = True
        may[number * SLOT + COMPLETION_AT :][:COMPLETION] = True
    wrong = np.flatnonzero((after != image.data) & ~may)
    if len(wrong):
        yield f"{len(wrong)} bytes outside of the buffers have changed, the first at {int(wrong[0]):#x}"


def _results(image: Image, after: np.ndarray, chosen: Machine, number: int) -> Iterator[str]:
    """Yield the errors of a contraction."""
    found, descriptor = completion(image, after, number), image.descriptors[number]
    if found is None:
        yield "there is no completion record"
        return
    fmt = chosen.config.identity().fmt
    wanted = expected(image.workloads[number], fmt.name)
    told = (found.code, found.tag, found.results, found.written)
    right = (0, number, wanted.results, record_bytes(fmt) * wanted.results)
    if told != right:
        yield f"code, tag, results and bytes of its record are {told} instead of {right}"
        return
    ids, bits = split_records(after[descriptor.results : descriptor.results + found.written].tobytes(), fmt)
    fibers = np.stack([wanted.a_ids, wanted.b_ids], axis=1)
    yield from (sentence for _, sentence in compare_records(fibers, wanted.bits, ids, bits, fmt=fmt))
