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
from models.device.layout import COMPLETION, COMPLETION_AT, DENSE, RECORDS, ROWS, SLOT, Completion, Descriptor
from models.device.results import Matrix, Piece, columns_of, pieces, rows_of, value_bytes
from models.device.standin import StandInMemory
from models.numbers import NumberFormat
from sim.machines import Machine
from tb.dma.image import levels

SIZE = 1 << 23  # bytes of the memory, MemoryBytes of flaash_bench_dma
LAYOUTS = {"records": RECORDS, "rows": ROWS, "dense": DENSE}  # of results
UNIT = 64  # elements: the pitch is a multiple


@dataclasses.dataclass(frozen=True, eq=False)
class Image:
    """The memory of a queue of contractions: the ring from address 0 on, then arrays and result buffers.

    Attributes:
        data: bytes.
        workloads: of each descriptor, see bench.workloads.
        descriptors: in the order of the ring, which has one slot more.
        matrices: of each descriptor, the place of its results; None for records.
    """

    data: np.ndarray
    workloads: Sequence[str]
    descriptors: Sequence[Descriptor]
    matrices: Sequence[Matrix | None]


def make(
    workloads: Sequence[str],
    chosen: Machine,
    prompt: bool = True,
    dense: bool = False,
    kept: bool = False,
    layout: str = "records",
) -> Image:
    """Return the memory of a queue; only the last descriptor requests the interrupt.

    Args:
        workloads: of each descriptor, see bench.workloads.
        chosen: the machine.
        prompt: completion records do not wait for the responses to the results.
        dense: upper levels have no coordinates, and a node for each coordinate.
        kept: from the second descriptor on B is kept. So the workloads have the same B.
        layout: of the results, a key of LAYOUTS.
    """
    build, memory = chosen.config.identity(), StandInMemory(0, SIZE)
    device = Device(memory, None, build, len(workloads) + 1)
    descriptors, matrices = [], []
    for number, workload in enumerate(workloads):
        pair = csf_pair(workload)
        keeps = kept and number > 0
        a = run(device.place(operand(pair[0], build.fmt, dense))).levels
        b = descriptors[0].b if keeps else run(device.place(operand(pair[1], build.fmt, dense))).levels
        capacity = record_bytes(build.fmt) * int(np.prod([len(csf.fiber_bounds()) for csf in pair]))
        matrix = None if layout == "records" else place(device, pair, LAYOUTS[layout], build.fmt)
        matrices.append(matrix)
        if matrix:
            capacity = matrix.rows * matrix.pitch * matrix.size
        settings = chosen.settings(*pair)
        descriptors.append(
            Descriptor(
                a,
                b,
                build.fmt.code,
                matrix.val if matrix else device.allocator.take(capacity),
                capacity,
                interrupt=number == len(workloads) - 1,
                prompt=prompt,
                run_length=settings.run_length,
                portion=settings.portion,
                long_lines=settings.long_lines,
                tag=number,
                kept=(False, keeps),
                **({} if matrix is None else place_words(matrix)),
            )
        )
        run(memory.write(number * SLOT, descriptors[-1].pack()))
    used = SIZE - device.allocator.largest
    return Image(np.frombuffer(run(memory.read(0, used)), np.uint8), workloads, descriptors, matrices)


def matrix_of(pair: Sequence[Csf], layout: int, fmt: NumberFormat) -> Matrix:
    """Return the results of a contraction as a matrix at address 0, its pitch that of flaash.Device."""
    rows, columns = (int(np.prod(csf.shape[:-1])) for csf in pair)
    if pair[0].order > 1:
        rows = len(pair[0].coords[-1])
    pitch = -(-columns // UNIT) * UNIT
    return Matrix(layout, rows, columns, pitch, value_bytes(fmt.result_width), layout == ROWS and columns <= 1 << 16, 0)


def place(device: Device, pair: Sequence[Csf], layout: int, fmt: NumberFormat) -> Matrix:
    """Take memory for the results of a contraction."""
    matrix = matrix_of(pair, layout, fmt)
    addresses = [device.allocator.take(size) for _, size in matrix.arrays()]
    return dataclasses.replace(matrix, **dict(zip(("val", "crd", "pos"), addresses, strict=False)))


def place_words(matrix: Matrix) -> dict[str, int | bool]:
    """Return the fields of a descriptor that name the place of its results."""
    return {
        "layout": matrix.layout,
        "short_crd": matrix.short_crd,
        "pitch": matrix.pitch,
        "crd": matrix.crd,
        "pos": matrix.pos,
    }


def wanted_pieces(workload: str, fmt: NumberFormat, matrix: Matrix) -> tuple[Piece, ...]:
    """Return the bytes that the machine must write for a contraction, without the records."""
    wanted, a = expected(workload, fmt.name), csf_pair(workload)[0]
    rows, columns = rows_of(a, wanted), columns_of(wanted, a.order - 1)
    order = np.lexsort((columns, rows))
    return pieces(matrix, rows[order], columns[order], wanted.bits[order], fmt.result_width)[0]


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
    fmt = chosen.config.identity().fmt
    for number, (workload, descriptor) in enumerate(zip(image.workloads, image.descriptors, strict=True)):
        if matrix := image.matrices[number]:
            for piece in wanted_pieces(workload, fmt, matrix):
                may[piece.address : piece.address + len(piece.data)] = True
        else:
            results = expected(workload, fmt.name).results
            may[descriptor.results : descriptor.results + record_bytes(fmt) * results] = True
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
    if matrix := image.matrices[number]:
        told, right = (found.code, found.tag, found.rows), (0, number, matrix.rows)
        if told != right:
            yield f"code, tag and rows of its record are {told} instead of {right}"
        for piece in wanted_pieces(image.workloads[number], fmt, matrix):
            if after[piece.address : piece.address + len(piece.data)].tobytes() != piece.data:
                yield f"{len(piece.data)} bytes of {piece.part} from byte {piece.offset} on are wrong"
        return
    told = (found.code, found.tag, found.results, found.written)
    right = (0, number, wanted.results, record_bytes(fmt) * wanted.results)
    if told != right:
        yield f"code, tag, results and bytes of its record are {told} instead of {right}"
        return
    ids, bits = split_records(after[descriptor.results : descriptor.results + found.written].tobytes(), fmt)
    fibers = np.stack([wanted.a_ids, wanted.b_ids], axis=1)
    yield from (sentence for _, sentence in compare_records(fibers, wanted.bits, ids, bits, fmt=fmt))
