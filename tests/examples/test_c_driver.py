# SPDX-License-Identifier: Apache-2.0
"""The C driver without a chip: its refusals, its timeouts, and the order of its reads."""

import ctypes
import dataclasses
from collections.abc import Sequence
from ctypes import byref
from pathlib import Path

import pytest

from models.device.layout import COMPLETION_AT, SLOT, Completion, Descriptor, LevelEntry
from models.numbers import Finish
from tb.common import rtl_constants as rtl
from tests.examples import c_driver
from tests.examples.c_driver import BAD_ARGUMENT, FULL, HALTED, OK, PENDING, TIMEOUT, WRONG_CHIP

AT = {name: register.address for name, register in {**rtl.REGISTERS, **rtl.DMA.registers}.items()}
ERROR = {name: error.value for name, error in {**rtl.ERRORS, **rtl.DMA.errors}.items()}
RING, SLOTS, POLLS = 0x12_0000_0400, 3, 5
LEAF = LevelEntry(0x12_0000_4000, 0x12_0000_4040, 9, 2, narrow=True)
WORK = Descriptor(
    [LevelEntry(0x12_0000_5000, 0, 3, 3, dense=True), LEAF],
    [LEAF],
    0,
    0x12_0000_6000,
    2**33,
    True,
    True,
    True,
    1,
    2,
    3,
    0x8765_4321,
    (False, True),
    True,
    1,
    True,
    Finish(relu=True),
    True,
    64,
    0x12_0000_7000,
    0x12_0000_8000,
)


class Chip:
    """Registers that store written values, a ring in memory, and no machine."""

    def __init__(self, library: ctypes.CDLL):
        self.registers = {AT["RegId"]: 0x464C_5348, AT["RegVersion"]: 1 << 16, AT["RegNumSdpe"]: 8}
        self.memory = bytearray(b"\xff" * SLOTS * SLOT)
        self.read: list[int] = []  # registers, in their order
        self.device = c_driver.CDevice()
        self._library = library
        self._platform = c_driver.platform(self._read, self.registers.__setitem__, self._load, self._store)

    def _read(self, offset: int) -> int:
        self.read.append(offset)
        return self.registers.get(offset, 0)

    def _load(self, address: int, length: int) -> bytes:
        return bytes(self.memory[address - RING : address - RING + length])

    def _store(self, address: int, data: bytes) -> None:
        assert RING <= address <= RING + len(self.memory) - len(data)
        self.memory[address - RING : address - RING + len(data)] = data

    def open(self, ring: int = RING, slots: int = SLOTS) -> int:
        return self._library.flaash_open(byref(self.device), byref(self._platform), ring, slots, POLLS)

    def submit(self, said: Descriptor = WORK) -> int:
        return self.submit_raw(c_driver.descriptor(said))

    def submit_raw(self, said: c_driver.CDescriptor) -> int:
        return self._library.flaash_submit(byref(self.device), said)

    def take(self, how: str = "collect") -> tuple[int, Completion]:
        found = c_driver.CCompletion()
        result = getattr(self._library, f"flaash_{how}")(byref(self.device), byref(found))
        return result, Completion(*(getattr(found, name) for name, _ in found._fields_))

    def doorbell(self) -> int:
        self._library.flaash_doorbell(byref(self.device))
        return self.registers[AT["RegRingTail"]]

    def complete(self, slot: int, record: Completion) -> None:
        """Act as the machine on a descriptor: write its record, move the head."""
        self._store(RING + slot * SLOT + COMPLETION_AT, record.pack())
        self.registers[AT["RegRingHead"]] = (slot + 1) % SLOTS

    def halt(self, code: int, place: int) -> None:
        self.registers |= {AT["RegDmaStatus"]: 2, AT["RegDmaError"]: code, AT["RegDmaPlace"]: place}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    return c_driver.load(c_driver.compile_library(tmp_path_factory.mktemp("driver")))


@pytest.fixture
def chip(library: ctypes.CDLL) -> Chip:
    found = Chip(library)
    assert found.open() == OK
    return found


@pytest.mark.parametrize("compiler", c_driver.COMPILERS, ids=lambda compiler: compiler[-1][5:])
def test_it_compiles_without_a_warning(compiler: Sequence[str], tmp_path: Path) -> None:
    c_driver.compile_library(tmp_path, compiler)


def test_it_sets_up_the_ring(chip: Chip) -> None:
    names = ("RegControl", "RegRingBase", "RegRingBaseHigh", "RegRingSize", "RegDmaIrqEnable")
    assert [chip.registers[AT[name]] for name in names] == [2, RING & 0xFFFF_FFFF, RING >> 32, SLOTS, 3]


@pytest.mark.parametrize(("ring", "slots"), [(RING + 512, 3), (RING, 1), (RING, 65537), (2**64 - 1024, 2)])
def test_a_ring_that_cannot_be_is_refused(library: ctypes.CDLL, ring: int, slots: int) -> None:
    chip = Chip(library)
    assert chip.open(ring, slots) == BAD_ARGUMENT
    assert not chip.read, "the chip was asked before"
    assert chip.open(2**64 - 2048, 2) == OK, "a ring up to the last address"


@pytest.mark.parametrize(("register", "value"), [("RegId", 0), ("RegVersion", 2 << 16)])
def test_another_chip_is_refused(library: ctypes.CDLL, register: str, value: int) -> None:
    chip = Chip(library)
    chip.registers[AT[register]] = value
    assert chip.open() == WRONG_CHIP
    assert AT["RegControl"] not in chip.registers, "what is no FLAASH was reset"


def test_a_reset_that_does_not_end(library: ctypes.CDLL) -> None:
    chip = Chip(library)
    chip.registers[AT["RegStatus"]] = 1 << rtl.STATUS_BITS["StatusBusy"].value
    assert chip.open() == TIMEOUT


def test_the_bytes_of_a_slot(chip: Chip) -> None:
    """The bytes equal the Python driver's, the reference of docs/descriptors.md; no old record stays."""
    assert chip.submit() == OK
    packed = WORK.pack()
    assert chip.memory[: len(packed)] == packed
    assert chip.memory[len(packed) : COMPLETION_AT + 60] == b"\xff" * (COMPLETION_AT + 60 - len(packed))
    assert chip.memory[COMPLETION_AT + 60 : SLOT] == bytes(4)


@pytest.mark.parametrize(
    ("fibers", "entries", "portion", "result"),
    [
        (None, 16_384, 1, BAD_ARGUMENT),
        (None, 16_384, 2047, BAD_ARGUMENT),
        (None, 16_384, 2048, OK),
        (None, 16_384, 0, OK),
        (None, 8, 1, OK),
        (100, 16_384, 21, OK),
        (100, 16_384, 20, BAD_ARGUMENT),
        (2**32 - 1, 2**32 - 1, 2**32 - 1, OK),
        (2**31, 2**32 - 1, 1, OK),
    ],
)
def test_a_portion_that_makes_a_contraction_slow(
    chip: Chip, fibers: int | None, entries: int, portion: int, result: int
) -> None:
    """Refused where even the average fiber has more portions than there are engines, 8 here."""
    leaf = LevelEntry(0x12_0000_4000, 0x12_0000_4040, 9, entries, narrow=True)
    above = [] if fibers is None else [LevelEntry(0x12_0000_5000, 0, fibers, fibers, dense=True)]
    assert chip.submit(dataclasses.replace(WORK, a=[*above, leaf], portion=portion)) == result


def changed(**members: int) -> c_driver.CDescriptor:
    """Return a descriptor in C with other members."""
    said = c_driver.descriptor(WORK)
    for name, value in members.items():
        setattr(said, name, value)
    return said


def of_kind(level: int, kind: int) -> c_driver.CDescriptor:
    """Return a descriptor in C whose A has a level of another kind."""
    said = c_driver.descriptor(WORK)
    said.a[level].kind = kind
    return said


REFUSED = {
    **{f"orders {a}, {b}": changed(order_a=a, order_b=b) for a, b in ((0, 1), (1, 0), (9, 1), (1, 9))},
    **{f"format {number}, not the chip's": changed(format=number) for number in (1, 2, 3, 4, 2**31)},
    # The lower bits are those of orders and format: a flag there would change them.
    **{f"flag {bit}": changed(flags=changed().flags | 1 << bit) for bit in (*range(16), *range(28, 32))},
    "two layouts": c_driver.descriptor(dataclasses.replace(WORK, layout=3)),
    # Upper levels may be dense, the one above the leaf loose, the leaf narrow.
    **{
        f"level {level}, kind {kind}": of_kind(level, kind)
        for level, kind in ((0, 2), (0, 3), (0, 8), (1, 1), (1, 3), (1, 4), (1, 2**31))
    },
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused(chip: Chip, what: str) -> None:
    assert chip.submit_raw(REFUSED[what]) == BAD_ARGUMENT
    assert chip.memory == b"\xff" * len(chip.memory)
    assert chip.submit(dataclasses.replace(WORK, layout=2)) == OK


@pytest.mark.parametrize(
    ("code", "finish", "result"),
    [
        (0, Finish(relu=True), OK),
        (0, Finish(narrow=True), BAD_ARGUMENT),
        (0, Finish(shift=1), BAD_ARGUMENT),
        (1, Finish(relu=True, narrow=True), OK),
        (1, Finish(narrow=True, shift=1), BAD_ARGUMENT),
        (2, Finish(narrow=True, shift=63), OK),
        (2, Finish(narrow=True, shift=64), BAD_ARGUMENT),
        (3, Finish(narrow=True, shift=0), OK),
        (3, Finish(relu=True, shift=1), BAD_ARGUMENT),
    ],
)
def test_the_format_of_the_chip_and_its_finishes_are_taken(
    library: ctypes.CDLL, code: int, finish: Finish, result: int
) -> None:
    chip = Chip(library)
    chip.registers[AT["RegFormat"]] = code
    assert chip.open() == OK
    said = dataclasses.replace(WORK, format=code, finish=finish)
    assert chip.submit(dataclasses.replace(said, format=(code + 1) % 4)) == BAD_ARGUMENT
    assert chip.submit(said) == result
    if result == OK:
        packed = said.pack()
        assert chip.memory[: len(packed)] == packed


def test_the_ring_is_full_with_one_slot_free_and_wraps(chip: Chip) -> None:
    record = Completion(0, 0, 7, 2**32, 2**33, 2**34, 2**35, 2**36, 2**31)
    for turn in range(7):
        assert (chip.submit(), chip.submit(), chip.submit()) == (OK, OK, FULL)
        assert chip.doorbell() == (2 * turn + 2) % SLOTS
        for slot in (2 * turn, 2 * turn + 1):
            assert chip.take()[0] == PENDING
            chip.complete(slot % SLOTS, record)
            assert chip.take() == (OK, record)
    assert chip.take("wait")[0] == TIMEOUT
    assert chip.read.count(AT["RegRingHead"]) >= POLLS


def test_the_failed_one_is_the_last_that_is_collected(chip: Chip) -> None:
    chip.submit()
    chip.submit()
    chip.complete(0, Completion(0, 0, 1, 2, 3, 4, 5, 6))
    # The record of the second was refused: its slot holds nothing useful.
    chip.registers[AT["RegRingHead"]] = 2
    chip.halt(ERROR["ErrWriteDecode"], 0x0500_0000)
    assert chip.take()[1].code == 0
    result, last = chip.take()
    assert (result, last.code, last.place) == (OK, ERROR["ErrWriteDecode"], 0x0500_0000)
    assert chip.take("wait")[0] == HALTED


def test_an_error_of_the_ring_is_not_that_of_a_descriptor(chip: Chip) -> None:
    chip.submit()
    chip.complete(0, Completion(0, 0, 1, 2, 3, 4, 5, 6))
    chip.halt(ERROR["ErrRing"], AT["RegRingTail"])
    assert chip.take()[1].code == 0
    assert chip.take()[0] == HALTED


def test_an_error_between_two_reads_is_not_lost(chip: Chip, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error comes after the first read of the head: the head is read again."""
    chip.submit()
    honest = chip.registers.get

    class Late(dict):
        def get(self, offset: int, otherwise: int = 0) -> int:
            value = honest(offset, otherwise)
            if offset == AT["RegRingHead"] and not honest(AT["RegDmaStatus"], 0):
                chip.registers[AT["RegRingHead"]] = 1
                chip.halt(ERROR["ErrSpan"], 64)
            return value

    late = Late(chip.registers)
    honest = super(Late, late).get
    chip.registers = late
    result, last = chip.take()
    assert (result, last.code, last.place) == (OK, ERROR["ErrSpan"], 64)


def test_interrupts_are_returned_and_cleared(chip: Chip, library: ctypes.CDLL) -> None:
    chip.registers[AT["RegDmaIrqStatus"]] = 2
    assert library.flaash_interrupts(byref(chip.device)) == 2
    assert chip.registers[AT["RegDmaIrqStatus"]] == 2, "it is written back: a 1 clears"
