# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: results as tensors; each byte of their arrays is predicted, and no other byte changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Container
from random import Random

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiResp

from models.csf import Csf
from models.device.build import Build
from models.device.interpret import interpret
from models.device.layout import DENSE, RECORDS, ROWS, SLOT, Completion, Descriptor
from models.generate import uniform_tensor
from models.numbers import Finish, NumberFormat
from models.tensor import SparseTensor
from tb.common.bench import reset, rng, start
from tb.dma.image import levels
from tests.dma.error_cases import PART
from tests.dma.first_tests import SHAPES, VALUES
from tests.dma.host import BIT, CAPACITY, ERROR, RESULTS, SLOTS, Host, check, expected
from tests.dma.image import Image
from tests.share import amount

ARRAY = CAPACITY // 4  # bytes of room for each array
SPACES = RESULTS, RESULTS + ARRAY, RESULTS + 2 * ARRAY
PITCH = 64
TRIES = amount(6, 30)
SPAN = 900  # cycles within which an end falls


def drawn(numbers: np.random.Generator, shape: tuple[int, ...], fmt: str, density: float) -> SparseTensor:
    return uniform_tensor(numbers, shape, density, values=VALUES[fmt])


def build_of(dut, fmt) -> Build:
    """Return what the model must know of the machine."""
    names = ("Lanes", "MemLines", "NodeDepth", "FiberDepth", "CoordWidth", "DataWidth", "NumSdpe")
    return Build(fmt, *(int(getattr(dut, name).value) for name in names), "resident")


class Run:
    """A descriptor in the ring, and every byte that must be in its arrays before and after it."""

    def __init__(self, host: Host, build: Build, descriptor: Descriptor):
        self.host = host
        self.before = np.resize(np.arange(251, dtype=np.uint8), 3 * ARRAY)
        host.memory.put(RESULTS, self.before.tobytes())
        self.slot = host.put(descriptor)
        slot = host.memory.get(self.slot, SLOT)
        self.effect = interpret(slot, lambda address, length, place: host.memory.get(address, length), build)
        self.wanted = self.before.copy()
        for piece in self.effect.pieces:
            at = piece.address - RESULTS
            self.wanted[at : at + len(piece.data)] = np.frombuffer(piece.data, np.uint8)

    def found(self) -> np.ndarray:
        return np.frombuffer(self.host.memory.get(RESULTS, 3 * ARRAY), np.uint8)

    async def completed(self) -> Completion:
        """Compare each byte of the arrays and the completion record with the model's."""
        record, model = await self.host.completed(self.slot), self.effect.completion
        for name in ("code", "place", "tag", "results", "rows", "written"):
            assert getattr(record, name) == getattr(model, name), f"{name}: {record}, the model has {model}"
        found = self.found()
        wrong = np.flatnonzero(found != self.wanted)
        if len(wrong):
            at = int(wrong[0])
            raise AssertionError(
                f"byte {at % ARRAY:#x} of array {at // ARRAY} is {found[at]:#x}, not {self.wanted[at]:#x}; "
                f"{len(wrong)} are wrong"
            )
        return record


async def run(host: Host, build: Build, descriptor: Descriptor) -> Completion:
    """Carry a descriptor out."""
    job = Run(host, build, descriptor)
    await host.ring()
    return await job.completed()


def described(
    host: Host, a: Csf, b: Csf, upper: Container[int] = (), layout: int = ROWS, pitch: int = PITCH, **members
) -> Descriptor:
    """Put operands into the memory and return a descriptor of their contraction."""
    image = Image(host.memory)
    operands = [image.operand(which, levels(t, host.fmt, upper)) for which, t in enumerate((a, b))]
    crd, pos = SPACES[1:] if layout == ROWS else (0, 0)
    return Descriptor(
        *operands,
        host.fmt.code,
        SPACES[0],
        ARRAY,
        interrupt=False,
        layout=layout,
        pitch=pitch,
        crd=crd,
        pos=pos,
        **members,
    )


async def opened(dut, *arguments) -> tuple[Host, np.random.Generator]:
    host = Host(dut, *arguments)
    await start(dut)
    await host.set_ring()
    return host, np.random.default_rng(rng().getrandbits(32))


def finish_of(random: Random, fmt: NumberFormat) -> Finish:
    """Return any finish that a format can have."""
    narrow = fmt.value_width != fmt.result_width and random.random() < 0.5
    return Finish(random.random() < 0.3, narrow, random.randrange(12) if narrow and not fmt.is_float else 0)


@cocotb.test()
@cocotb.parametrize(layout=[ROWS, DENSE])
async def a_small_one(dut, layout: int) -> None:
    """The thinnest path: a matrix times a matrix."""
    host, numbers = await opened(dut)
    a, b = (Csf.from_tensor(drawn(numbers, shape, host.fmt.name, 0.5)) for shape in ((4, 9), (5, 9)))
    await run(host, build_of(dut, host.fmt), described(host, a, b, layout=layout))


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"], latency=[1, 20])
async def operands_of_all_orders(dut, stalls: str, latency: int) -> None:
    """Empty nodes, dense levels, both sizes of columns, zeros that are kept, and records in between."""
    random = rng()
    host, numbers = await opened(dut, latency, stalls, random)
    build = build_of(dut, host.fmt)
    for shapes in (*SHAPES, ((3, 3, 20), (4, 3, 5, 20)), ((40, 8), (70, 8))):
        density = random.choice([0.0, 0.1, 0.4, 1.0])
        a, b = (Csf.from_tensor(drawn(numbers, shape, host.fmt.name, density)) for shape in shapes)
        if random.random() < 0.7:
            a, b = a.with_empty_nodes(numbers), b.with_empty_nodes(numbers)
        layout = random.choice([ROWS, DENSE])
        descriptor = described(
            host,
            a,
            b,
            [level for level in range(7) if random.random() < 0.5],
            layout,
            random.choice([64, 128]) if b.shape[0] < 60 else 128,
            short_crd=layout == ROWS and random.random() < 0.5,
            dense=random.random() < 0.3,
            finish=finish_of(random, host.fmt),
        )
        await run(host, build, descriptor)
        if random.random() < 0.3:
            tensors = a.to_tensor(), b.to_tensor()
            record, found = await host.contract(*tensors)
            assert record.code == 0
            check(found, expected(*tensors, host.fmt))


@cocotb.test()
async def records_behind_rows(dut) -> None:
    """Columns that no result needs, or none at all, then an operand with other fibers: numbers stop in time."""
    host, numbers = await opened(dut)
    build, fmt = build_of(dut, host.fmt), host.fmt.name
    for density in (0.0, 0.02, 1.0):
        a, b = drawn(numbers, (3, 9), fmt, 0.0), drawn(numbers, (2, 99, 9), fmt, density)
        await run(host, build, described(host, Csf.from_tensor(a), Csf.from_tensor(b), pitch=256))
        tensors = (drawn(numbers, shape, fmt, 0.5) for shape in ((4, 9), (30, 9)))
        record, _ = await host.contract(*tensors)
        assert record.code == 0, record


@cocotb.test()
async def a_row_is_full(dut) -> None:
    """A row with more results than the pitch, the first one or a later one; the rows before it are complete."""
    host, numbers = await opened(dut)
    build = build_of(dut, host.fmt)
    b = SparseTensor((70, 3), np.array([[i, 1] for i in range(70)]), np.ones(70))
    for first in (0, 1, 4):
        rows = [[row, 1 if row in (first, 4) else 0] for row in range(6)]
        a = SparseTensor((6, 3), np.array(rows), np.ones(6))
        record = await run(host, build, described(host, Csf.from_tensor(a), Csf.from_tensor(b), tag=first))
        assert (record.code, record.place, record.rows) == (ERROR["ErrResultFull"], first, first)
        await host.reset()
        await host.set_ring()
    await run(host, build, described(host, Csf.from_tensor(a), Csf.from_tensor(b), pitch=128))


@cocotb.test()
async def refused_arrays(dut) -> None:
    """The memory refuses a beat of an array: the record names it, no row is complete, and the machine goes on."""
    host, numbers = await opened(dut, 3)
    build = build_of(dut, host.fmt)
    a, b = (Csf.from_tensor(drawn(numbers, shape, host.fmt.name, 0.9)) for shape in ((9, 12), (11, 12)))
    for part, space in zip(("Result", "ResultCrd", "ResultPos"), SPACES, strict=True):
        host.memory.refused[space] = AxiResp.SLVERR
        job = Run(host, build, described(host, a, b))
        await host.ring()
        record = await host.completed(job.slot)
        assert (record.code, record.place >> 24 & 15, record.rows) == (ERROR["ErrWriteSlave"], PART[part], 0), record
        found = job.found()
        assert ((found == job.before) | (found == job.wanted)).all(), f"a byte of no result, {part} refused"
        host.memory.refused.clear()
        await host.reset()
        await host.set_ring()
        await run(host, build, described(host, a, b))


def refusals() -> list[tuple[str, int, dict]]:
    """Return the error's name, its place, and the members of a descriptor that cause it."""
    return [
        ("ErrDescriptor", 4, {"layout": 3}),
        ("ErrDescriptor", 4, {"coordinates": True}),
        ("ErrDescriptor", 4, {"layout": DENSE, "short_crd": True}),
        ("ErrDescriptor", 28, {"portion": 64}),
        ("ErrDescriptor", 44, {"pitch": 0}),
        ("ErrDescriptor", 44, {"pitch": 96}),
        ("ErrDescriptor", 44, {"layout": RECORDS}),
        ("ErrAlign", 48, {"crd": SPACES[1] + 32}),
        ("ErrAlign", 56, {"pos": SPACES[2] + 4}),
        ("ErrDescriptor", 48, {"layout": DENSE, "crd": SPACES[1]}),
        ("ErrDescriptor", 52, {"layout": DENSE, "crd": 1 << 32}),
        ("ErrDescriptor", 56, {"layout": DENSE, "crd": 0, "pos": 64}),
        ("ErrDescriptor", 60, {"layout": DENSE, "crd": 0, "pos": 1 << 32}),
        ("ErrSpan", 16, {"capacity": ROWS_OF_A * PITCH * 4 - 1}),
        ("ErrSpan", 44, {"pitch": 1 << 30, "capacity": 1 << 40}),
        ("ErrSpan", 48, {"crd": (1 << 64) - 64}),
        ("ErrSpan", 56, {"pos": (1 << 64) - 64, "pitch": 64}),
    ]


ROWS_OF_A = 9


@cocotb.test()
async def wrong_words(dut) -> None:
    """Each word of a layout that is wrong has its code and its place; nothing is read or written, and all goes on."""
    host, numbers = await opened(dut)
    build = build_of(dut, host.fmt)
    a, b = (Csf.from_tensor(drawn(numbers, shape, host.fmt.name, 1.0)) for shape in ((ROWS_OF_A, 9), (5, 9)))
    for name, place, members in refusals():
        right = described(host, a, b)
        job = Run(host, build, dataclasses.replace(right, **members))
        assert (job.effect.completion.code, job.effect.completion.place) == (ERROR[name], place), (name, members)
        await host.ring()
        await job.completed()
        await host.reset()
        await host.set_ring()
    await run(host, build, described(host, a, b))


@cocotb.test()
async def wrong_shapes(dut) -> None:
    """More columns than their numbers, or a dense row, can have; a fiber of A that no engine holds."""
    host, numbers = await opened(dut)
    build = build_of(dut, host.fmt)
    a = Csf.from_tensor(drawn(numbers, (3, 9), host.fmt.name, 0.5))
    for place, shape, members in (
        (4, (1 << 16, 2, 9), {"short_crd": True}),
        (0, (1 << 15, 2, 9), {"short_crd": True}),
        (4, (1 << 31, 3, 9), {}),
        (0, (1 << 30, 4, 9), {}),
        (4, (1 << 31, 1 << 31, 4, 9), {}),
        (44, (65, 9), {"layout": DENSE}),
        (0, (64, 9), {"layout": DENSE}),
    ):
        last = [extent - 1 for extent in shape]
        b = SparseTensor(shape, np.array([[0] * len(shape), last]), np.ones(2))
        record = await run(host, build, described(host, a, Csf.from_tensor(b), **members))
        assert (record.code, record.place) == (ERROR["ErrDescriptor"] if place else 0, place), shape
        if place:
            await host.reset()
            await host.set_ring()
    for entries, code in ((2048, 0), (2049, ERROR["ErrDescriptor"])):
        coords = np.stack([np.zeros(entries, int), np.arange(entries)], axis=1)
        a, b = SparseTensor((3, 3000), coords, np.ones(entries)), SparseTensor((3000,), coords[:2, 1:], np.ones(2))
        record = await run(host, build, described(host, Csf.from_tensor(a), Csf.from_tensor(b)))
        assert (record.code, record.place) == (code, 4 if code else 0)


@cocotb.test()
async def ends_at_random_cycles(dut) -> None:
    """After an end each byte is the old one or the right one, and the next result is right."""
    random = rng()
    host, numbers = await opened(dut, 12, "random", random)
    build = build_of(dut, host.fmt)
    for _ in range(TRIES):
        a, b = (Csf.from_tensor(drawn(numbers, shape, host.fmt.name, 0.8)) for shape in ((20, 30), (30, 30)))
        layout = random.choice([ROWS, DENSE])
        host.set_latency(random.choice([1, 12, 90]))
        job = Run(host, build, described(host, a, b, layout=layout, prompt=random.random() < 0.5))
        await host.ring()
        await ClockCycles(dut.clk_i, random.randrange(SPAN))
        end = random.choice(["soft reset", "abort", "pin"])
        if end == "abort":
            await host.write("RegControl", BIT["ControlAbort"])
            await host.idle()
        if end == "pin":
            await reset(dut, 3)
            host.tail = 0
        else:
            await host.reset()
        found = job.found()
        assert ((found == job.before) | (found == job.wanted)).all(), f"a byte of no result after {end}"
        host.check()
        await host.set_ring()
        await run(host, build, described(host, a, b, layout=random.choice([ROWS, DENSE])))


@cocotb.test()
async def a_queue_of_layouts(dut) -> None:
    """Records, rows and dense results one after the other: none has a trace of the one before."""
    random = rng()
    host, numbers = await opened(dut, 5, "random", random)
    build = build_of(dut, host.fmt)
    others = RESULTS + 3 * ARRAY  # results of all but the last descriptor
    for _ in range(6):
        shapes = random.choice([((13, 30), (17, 30)), ((3, 9), (5, 9))])
        a, b = (Csf.from_tensor(drawn(numbers, shape, host.fmt.name, 0.5)) for shape in shapes)
        right = described(host, a, b, layout=random.choice([ROWS, DENSE]))
        slots = []
        for _ in range(SLOTS - 2):
            layout = random.choice([RECORDS, ROWS, DENSE])
            crd, pos = (others + ARRAY // 2, others + 3 * ARRAY // 4) if layout == ROWS else (0, 0)
            members = {"layout": layout, "pitch": PITCH if layout else 0, "results": others, "crd": crd, "pos": pos}
            slots.append(host.put(dataclasses.replace(right, capacity=ARRAY // 2, **members)))
        last = Run(host, build, right)
        await host.ring()
        for slot in slots:
            record = await host.completed(slot)
            assert record.code == 0, record
        await last.completed()
