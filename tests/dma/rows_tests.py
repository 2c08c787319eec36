# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: results as tensors; each byte of their arrays is predicted, and no other byte changes.

The sequences rows, dense_results and row_ends draw operands of all kinds, and rows that are full.
"""

from __future__ import annotations

import dataclasses
import itertools
import re

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiResp

from models.csf import Csf
from models.device.interpret import interpret
from models.device.layout import DENSE, RECORDS, ROWS, SLOT, Completion, Descriptor
from models.tensor import SparseTensor
from sim.toolchain import ROOT
from tb.common.bench import reset
from tb.dma.image import levels
from tb.sequences.rows import diagonal
from tests.dma.check_order import CONTRACTED, DENSE_A, MODES_OF_A, MODES_OF_B, cases, read_checks, read_pitch
from tests.dma.error_cases import PART
from tests.dma.host import CAPACITY, ERROR, RESULTS, SLOTS, Host, opened
from tests.dma.image import Image, to_bytes, words
from tests.share import amount

ARRAY = CAPACITY // 4  # bytes of room for each array
SPACES = RESULTS, RESULTS + ARRAY, RESULTS + 2 * ARRAY
PITCH = 64
TRIES = amount(6, 30)
SPAN = 900  # cycles within which an end falls


class Run:
    """A descriptor in the ring, and every byte that must be in its arrays before and after it."""

    def __init__(self, host: Host, descriptor: Descriptor | list[int]):
        self.host = host
        self.before = np.resize(np.arange(251, dtype=np.uint8), 3 * ARRAY)
        host.memory.put(RESULTS, self.before.tobytes())
        self.slot = host.put(descriptor)
        slot = host.memory.get(self.slot, SLOT)
        self.effect = interpret(slot, lambda address, length, place: host.memory.get(address, length), host.build)
        self.wanted = self.before.copy()
        for piece in self.effect.pieces:
            at = piece.address - RESULTS
            self.wanted[at : at + len(piece.data)] = np.frombuffer(piece.data, np.uint8)

    def found(self) -> np.ndarray:
        return np.frombuffer(self.host.memory.get(RESULTS, 3 * ARRAY), np.uint8)

    def check_part(self, why: str) -> None:
        """Each byte is the old one, or the right one."""
        found = self.found()
        assert ((found == self.before) | (found == self.wanted)).all(), f"a byte of no result, {why}"

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


async def run(host: Host, descriptor: Descriptor | list[int]) -> Completion:
    """Carry a descriptor out."""
    job = Run(host, descriptor)
    await host.ring()
    return await job.completed()


def described(
    host: Host, a: SparseTensor, b: SparseTensor, layout: int = ROWS, pitch: int = PITCH, **members
) -> Descriptor:
    """Put operands into the memory and return a descriptor of their contraction."""
    crd, pos = SPACES[1:] if layout == ROWS else (0, 0)
    return Descriptor(
        *host.lay(a, b),
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


@cocotb.test()
async def records_behind_rows(dut: SimHandleBase) -> None:
    """Columns that no result needs, or none at all, then an operand with other fibers: numbers stop in time."""
    host = await opened(dut)
    for density in (0.0, 0.02, 1.0):
        a, b = host.drawn((3, 9), 0.0), host.drawn((2, 99, 9), density)
        await run(host, described(host, a, b, pitch=256))
        record, _ = await host.contract(*host.draw(((4, 9), (30, 9)), 0.5))
        assert record.code == 0, record


@cocotb.test()
async def refused_arrays(dut: SimHandleBase) -> None:
    """The memory refuses a beat of an array: the record names it, no row is complete, and the machine goes on."""
    host = await opened(dut, 3)
    a, b = host.draw(((9, 12), (11, 12)), 0.9)
    for part, space in zip(("Result", "ResultCrd", "ResultPos"), SPACES, strict=True):
        host.memory.refused[space] = AxiResp.SLVERR
        job = Run(host, described(host, a, b))
        await host.ring()
        record = await host.completed(job.slot)
        assert (record.code, record.place >> 24 & 15, record.rows) == (ERROR["ErrWriteSlave"], PART[part], 0), record
        job.check_part(f"{part} refused")
        host.memory.refused.clear()
        await host.reset()
        await run(host, described(host, a, b))


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
async def wrong_words_in_the_order_of_the_page(dut: SimHandleBase) -> None:
    """Rows of the table alone and in pairs: the model reports what the page says, and the chip what the model does."""
    host = await opened(dut)
    a, b = host.draw(((*MODES_OF_A, CONTRACTED), (*MODES_OF_B, CONTRACTED)), 1.0)
    plain, image, dense = described(host, a, b, pitch=read_pitch()[0]), Image(host.memory), {0: [DENSE_A], 1: []}
    sides = [
        image.operand(which, levels(Csf.from_tensor(operand), host.fmt, dense=dense[which]))
        for which, operand in enumerate((a, b))
    ]
    right = words(dataclasses.replace(plain, a=sides[0], b=sides[1]))
    assert (await run(host, right)).code == 0
    checks, alone = read_checks(), list(cases(right))
    assert {fault[1:] for case in alone for fault in case.faults} == {(check.word, check.error) for check in checks}
    pairs = [x + y for x, y in itertools.combinations(alone, 2) if x.apart(y)]
    some = 40 if "Icarus" in cocotb.SIM_NAME else 200
    tried = {*host.random.sample(range(len(pairs)), amount(some, len(pairs)))}
    for index, case in enumerate([*pairs, *alone]):
        wrong = [case.words.get(number, word) for number, word in enumerate(right)]
        effect = interpret(to_bytes(wrong).ljust(SLOT, b"\0"), host.memory.get, host.build).completion
        error, place = case.first(checks)
        assert effect.code == ERROR[error] and place in (None, effect.place), (case, effect)
        if index >= len(pairs) or index in tried:
            job = Run(host, wrong)
            await host.ring()
            await job.completed()
            await host.reset()
    dut._log.info("%d pairs, of which the chip had %d, and %d words alone", len(pairs), len(tried), len(alone))
    await run(host, described(host, a, b))


@cocotb.test()
async def wrong_words(dut: SimHandleBase) -> None:
    """Each word of a layout that is wrong has its code and its place; nothing is read or written, and all goes on."""
    host = await opened(dut)
    a, b = host.draw(((ROWS_OF_A, 9), (5, 9)), 1.0)
    for name, place, members in refusals():
        job = Run(host, dataclasses.replace(described(host, a, b), **members))
        assert (job.effect.completion.code, job.effect.completion.place) == (ERROR[name], place), (name, members)
        await host.ring()
        await job.completed()
        await host.reset()
    await run(host, described(host, a, b))


@cocotb.test()
async def more_results_than_fit(dut: SimHandleBase) -> None:
    """The place of ErrResultFull is what the page says of records, and of rows; the model agrees."""
    page = (ROOT / "docs" / "error_codes.md").read_text()
    (said,) = re.findall(r"`ErrResultFull` \| [^|]*\(place: (.*); in rows (.*)\) \|", page)
    host = await opened(dut)
    for first in (0, 1, 3):
        lengths = [PITCH + (row >= first) for row in range(4)]
        meant = {"their number": sum(lengths), "the first beyond its pitch": first}
        in_rows = described(host, *diagonal(lengths))
        as_records = dataclasses.replace(in_rows, layout=RECORDS, pitch=0, crd=0, pos=0, capacity=64)
        for descriptor, text in zip((as_records, in_rows), said, strict=True):
            job = Run(host, descriptor)
            await host.ring()
            for record in (await host.completed(job.slot), job.effect.completion):
                assert (record.code, record.place) == (ERROR["ErrResultFull"], meant[text]), (lengths, text, record)
            await host.reset()


@cocotb.test()
async def wrong_shapes(dut: SimHandleBase) -> None:
    """More columns than their numbers, or a dense row, can have; a fiber of A that no engine holds."""
    host = await opened(dut)
    a = host.drawn((3, 9), 0.5)
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
        record = await run(host, described(host, a, b, **members))
        assert (record.code, record.place) == (ERROR["ErrDescriptor"] if place else 0, place), shape
        await host.reset()
    for entries, code in ((2048, 0), (2049, ERROR["ErrDescriptor"])):
        coords = np.stack([np.zeros(entries, int), np.arange(entries)], axis=1)
        a, b = SparseTensor((3, 3000), coords, np.ones(entries)), SparseTensor((3000,), coords[:2, 1:], np.ones(2))
        record = await run(host, described(host, a, b))
        assert (record.code, record.place) == (code, 4 if code else 0)


@cocotb.test()
async def ends_at_random_cycles(dut: SimHandleBase) -> None:
    """After an end each byte is the old one or the right one, and the next result is right."""
    host = await opened(dut, 12, "random")
    random = host.random
    for _ in range(TRIES):
        a, b = host.draw(((20, 30), (30, 30)), 0.8)
        host.set_latency(random.choice([1, 12, 90]))
        job = Run(host, described(host, a, b, random.choice([ROWS, DENSE]), prompt=random.random() < 0.5))
        await host.ring()
        await ClockCycles(dut.clk_i, random.randrange(SPAN))
        end = random.choice(["soft reset", "abort", "pin"])
        if end == "abort":
            await host.abort()
        if end == "pin":
            await reset(dut, 3)
            host.tail = 0
            await host.set_ring()
        else:
            await host.reset()
        job.check_part(end)
        host.check()
        await run(host, described(host, a, b, random.choice([ROWS, DENSE])))


@cocotb.test()
async def a_queue_of_layouts(dut: SimHandleBase) -> None:
    """Records, rows and dense results one after the other: none has a trace of the one before."""
    host = await opened(dut, 5, "random")
    random = host.random
    others = RESULTS + 3 * ARRAY  # results of all but the last descriptor
    for _ in range(6):
        a, b = host.draw(random.choice([((13, 30), (17, 30)), ((3, 9), (5, 9))]), 0.5)
        right = described(host, a, b, random.choice([ROWS, DENSE]))
        slots = []
        for _ in range(SLOTS - 2):
            layout = random.choice([RECORDS, ROWS, DENSE])
            crd, pos = (others + ARRAY // 2, others + 3 * ARRAY // 4) if layout == ROWS else (0, 0)
            members = {"layout": layout, "pitch": PITCH if layout else 0, "results": others, "crd": crd, "pos": pos}
            slots.append(host.put(dataclasses.replace(right, capacity=ARRAY // 2, **members)))
        last = Run(host, right)
        await host.ring()
        for slot in slots:
            record = await host.completed(slot)
            assert record.code == 0, record
        await last.completed()
