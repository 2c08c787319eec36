# SPDX-License-Identifier: Apache-2.0
"""Tensors that stay in memory, by the C driver: their places, and the layers of examples/mlp on the stand-in."""

from __future__ import annotations

import ctypes
import dataclasses
from collections.abc import Sequence
from ctypes import byref, c_uint32, c_uint64
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from flaash.driver import Device, Operand, StandIn, run
from models.device.layout import FEATURES, Descriptor, LevelEntry
from models.device.registers import ADDRESSES
from models.numbers import FORMATS
from sim.toolchain import ROOT
from tests.examples import c_driver
from tests.examples.c_driver import BAD_ARGUMENT, FULL, OK, CCompletion, CDevice, CTensor

MLP = ROOT / "examples" / "mlp"
SHIFT = 5
INTERRUPT, ROWS, SHORT = 1 << 18, 1 << 22, 1 << 27  # flags


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    found = c_driver.load(c_driver.compile_library(tmp_path_factory.mktemp("tensors"), more=(MLP / "flaash_mlp.c",)))
    tensors = ctypes.POINTER(CTensor)
    found.flaash_mlp.restype = ctypes.c_int
    found.flaash_mlp.argtypes = [
        *(ctypes.POINTER(CDevice), tensors, tensors, c_uint32, c_uint32, c_uint64, c_uint64, tensors),
        ctypes.POINTER(CCompletion),
    ]
    return found


@pytest.mark.parametrize("compiler", c_driver.COMPILERS, ids=lambda compiler: compiler[-1][5:])
def test_it_compiles_without_a_warning(compiler: Sequence[str], tmp_path: Path) -> None:
    c_driver.compile_library(tmp_path, compiler, (MLP / "flaash_mlp.c",))


class Host:
    """A program in C beside the stand-in.

    Args:
        library: driver and example.
        fmt: name of the format.
        slots: of the ring.
    """

    def __init__(self, library: ctypes.CDLL, fmt: str, slots: int = 8):
        self.library, self.fmt = library, FORMATS[fmt]
        self.machine = StandIn(fmt, size=1 << 20, features=FEATURES)
        self.driver = run(Device.open(self.machine.memory, self.machine.registers))  # places operands
        self.doorbells = 0
        memory, registers = self.machine.memory, self.machine.registers

        def read_register(offset: int) -> int:
            if offset == ADDRESSES["RegRingHead"] and self.announced:
                self.announced = False
                run(registers.wait())
            return 1 << 16 if offset == ADDRESSES["RegVersion"] else run(registers.read(offset))

        def write_register(offset: int, value: int) -> None:
            run(registers.write(offset, value))
            if offset == ADDRESSES["RegRingTail"]:
                self.announced, self.doorbells = True, self.doorbells + 1

        self.announced = False
        self.platform = c_driver.platform(
            read_register,
            write_register,
            lambda address, length: run(memory.read(address, length)),
            lambda address, data: run(memory.write(address, data)),
        )
        self.device = CDevice()
        ring = self.driver.allocator.take(slots * 1024, 1024)
        assert library.flaash_open(byref(self.device), byref(self.platform), ring, slots, 10) == OK

    def tensor(self, array: np.ndarray) -> CTensor:
        placed = run(self.driver.place(Operand.from_csr(csr_array(array.astype(np.float32)), self.fmt)))
        return c_tensor(placed.levels)

    def rows(self, tensor: CTensor, dtype: str) -> np.ndarray:
        """Return a result as a dense matrix."""
        upper, leaf = tensor.levels[tensor.order - 2], tensor.levels[tensor.order - 1]

        def read(address: int, kind: str, count: int) -> np.ndarray:
            return np.frombuffer(run(self.machine.memory.read(address, count * np.dtype(kind).itemsize)), kind)

        crd = read(leaf.first, "<u2" if leaf.kind & 2 else "<u4", leaf.count)
        val = read(leaf.second, dtype, leaf.count)
        dense = np.zeros((upper.count, leaf.extent), dtype)
        for row, (begin, end) in enumerate(read(upper.first, "<u4", 2 * upper.count).reshape(-1, 2)):
            dense[row, crd[begin:end]] = val[begin:end]
        return dense


def c_tensor(levels: Sequence[LevelEntry]) -> CTensor:
    found = CTensor(len(levels))
    for number, level in enumerate(c_driver.levels(levels)):
        found.levels[number] = level
    return found


def drawn(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(-5, 6, shape) * (rng.random(shape) < 0.4)


@pytest.mark.parametrize("fmt", ["fp32", "bf16", "int8", "int16"])
def test_three_layers_have_one_doorbell(fmt: str, library: ctypes.CDLL, seed: int) -> None:
    rng = np.random.default_rng(seed)
    batch, *weights = drawn(rng, 6, 40), drawn(rng, 30, 40), drawn(rng, 70, 30), drawn(rng, 5, 70)
    host = Host(library, fmt)
    held = (CTensor * 3)(*(host.tensor(weight) for weight in weights))
    last, done = CTensor(), (CCompletion * 3)()
    size = 1 << 16
    address = host.driver.allocator.take(size)
    result = library.flaash_mlp(
        byref(host.device), byref(host.tensor(batch)), held, 3, SHIFT, address, size, byref(last), done
    )
    assert result == OK and [one.code for one in done] == [0, 0, 0] and host.doorbells == 1
    expected = batch
    for weight in weights[:-1]:
        expected = np.maximum(expected @ weight.T, 0)
        if fmt == "bf16":
            words = expected.astype("<f4").view("<u4").astype(np.int64)
            expected = ((words + 0x7FFF + (words >> 16 & 1) >> 16) << 16).astype("<u4").view("<f4").astype(float)
        elif fmt.startswith("int"):
            most = {"int8": 127, "int16": 32767}[fmt]
            expected = np.round(expected / 2**SHIFT).clip(-most - 1, most)
    expected = expected @ weights[-1].T
    dtype = {"int8": "<i4", "int16": "<i8"}.get(fmt, "<f4")
    assert np.array_equal(host.rows(last, dtype), expected)
    assert [one.rows for one in done] == [6, 6, 6] and done[2].results == np.count_nonzero(expected)


def test_too_little_memory_and_too_few_slots(library: ctypes.CDLL) -> None:
    """Nothing is announced then, and the next call is right."""
    host = Host(library, "fp32", slots=2)
    eye = host.tensor(np.eye(3))
    held = (CTensor * 2)(eye, eye)
    last, done = CTensor(), (CCompletion * 2)()
    address = host.driver.allocator.take(1 << 14)

    def call(layers: int, size: int) -> int:
        return library.flaash_mlp(byref(host.device), byref(eye), held, layers, 0, address, size, byref(last), done)

    assert call(1, 1000) == BAD_ARGUMENT
    assert call(2, 1 << 14) == FULL
    assert host.doorbells == 0
    assert call(1, 1 << 14) == OK and host.doorbells == 1
    assert np.array_equal(host.rows(last, "<f4"), np.eye(3))


LEAF = LevelEntry(64, 128, 9, 20)


def place(
    library: ctypes.CDLL,
    a: list[LevelEntry],
    b: list[LevelEntry],
    address: int = 1024,
    size: int = 2**40,
    pitch: int = 0,
) -> tuple[int, c_driver.CDescriptor, CTensor, int]:
    said = c_driver.descriptor(Descriptor(a, b, 1, 0, 0))
    found, size_there = CTensor(), c_uint64(size)
    result = library.flaash_place_rows(byref(said), address, byref(size_there), pitch, byref(found))
    return result, said, found, size_there.value


def test_the_place_of_a_result(library: ctypes.CDLL) -> None:
    a = [LevelEntry(1, 2, 3, 4), LevelEntry(192, 0, 5, 20, dense=True), LEAF]
    b = [LevelEntry(0, 0, 7, 7), LevelEntry(0, 0, 10, 70), LEAF]
    result, said, tensor, size = place(library, a, b)
    assert (result, said.pitch, said.results, said.flags) == (OK, 128, 1024, INTERRUPT | ROWS | SHORT)
    val, crd, pos = 20 * 128 * 4, 20 * 128 * 2, 192
    assert (said.capacity, said.crd, said.pos, size) == (val, 1024 + val, 1024 + val + crd, val + crd + pos)
    levels = [dataclasses.astuple(a[0])[:4], (said.pos, 0, 5, 20), (said.crd, 1024, 70, 2560)]
    assert [(x.first, x.second, x.extent, x.count) for x in tensor.levels[:3]] == levels
    assert [x.kind for x in tensor.levels[:3]] == [0, 1 | 4, 2] and tensor.order == 3
    assert place(library, a, b, size=size)[0] == OK
    assert place(library, a, b, size=size - 1)[::3] == (BAD_ARGUMENT, size)
    wide = place(library, a, [LevelEntry(0, 0, 2**16 + 1, 2), LEAF], pitch=64)
    assert (wide[0], wide[1].flags, wide[2].levels[2].kind) == (OK, INTERRUPT | ROWS, 0)


@pytest.mark.parametrize(
    ("a", "b", "address", "pitch"),
    [
        ([LEAF], [LEAF], 1024, 0),
        ([LEAF] * 9, [LEAF], 1024, 0),
        ([LEAF] * 2, [], 1024, 0),
        ([LEAF] * 2, [LEAF] * 9, 1024, 0),
        ([LEAF] * 2, [LEAF] * 2, 1032, 0),
        ([LEAF] * 2, [LEAF] * 2, 1024, 65),
        ([LEAF] * 2, [LevelEntry(0, 0, 2**31, 1), LevelEntry(0, 0, 4, 1), LEAF], 1024, 64),
        ([LEAF] * 2, [LevelEntry(0, 0, 0, 0), LEAF], 1024, 64),
        ([LEAF] * 2, [LevelEntry(0, 0, 2**31, 1), LevelEntry(0, 0, 2, 1), LEAF], 1024, 0),
        ([LevelEntry(0, 0, 2**20, 2**20), LEAF], [LEAF] * 2, 1024, 4096),
    ],
)
def test_a_place_that_cannot_be(library: ctypes.CDLL, a: list, b: list, address: int, pitch: int) -> None:
    result, said, _, size = place(library, a, b, address, pitch=pitch)
    assert (result, size, said.flags) == (BAD_ARGUMENT, 0, INTERRUPT)


def test_a_vector_has_one_column(library: ctypes.CDLL) -> None:
    result, said, tensor, _ = place(library, [LevelEntry(0, 0, 1, 1, dense=True), LEAF], [LEAF])
    assert (result, said.pitch, tensor.levels[1].extent) == (OK, 64, 1)
