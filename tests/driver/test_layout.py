# SPDX-License-Identifier: Apache-2.0
"""The worked example of docs/descriptors.md, byte by byte: the driver's bytes and the responses."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.sparse import csr_array

from flaash.driver import Operand, StandIn, run
from models.device.layout import COMPLETION_AT, RING_ALIGN, Completion, Descriptor, LevelEntry
from models.numbers import FORMATS, Finish
from models.tensor import SparseTensor
from sim.toolchain import ROOT
from tb.common.rtl_constants import DMA

ROW = re.compile(r"^\| `0x([0-9a-f]+)` \| `([0-9a-f ]+)` \|", re.MULTILINE)
FP32 = FORMATS["fp32"]
A = csr_array(np.array([[0, 2, 0], [0, 0, 0], [1, 0, 3]], np.float32))
B = SparseTensor.from_dense(np.array([4, 5, 0], np.float32))


def page_bytes() -> dict[int, bytes]:
    """Return the bytes of the example, by address."""
    text = (ROOT / "docs" / "descriptors.md").read_text().partition("## An example")[2]
    return {int(address, 16): bytes.fromhex(data) for address, data in ROW.findall(text)}


def descriptor() -> Descriptor:
    return Descriptor(
        [LevelEntry(0x1000, 0, 3, 3, dense=True), LevelEntry(0x1040, 0x1080, 3, 3)],
        [LevelEntry(0x10C0, 0x1100, 3, 2)],
        FP32.code,
        0x3000,
        48,
        interrupt=False,
        tag=7,
    )


def arrays() -> dict[int, bytes]:
    a, b = Operand.from_csr(A, FP32), Operand.of(B, FP32)
    leaf = b.levels[0]
    return {
        0x1000: a.levels[0].first.tobytes(),
        0x1040: a.levels[1].first.tobytes(),
        0x1080: a.levels[1].second.tobytes(),
        0x10C0: leaf.first.astype("<u4").tobytes(),
        0x1100: leaf.second.tobytes(),
    }


def test_arrays_and_descriptor_are_those_of_the_page() -> None:
    laid = {**arrays(), 0x2000: descriptor().pack()}
    told = {address: data for address, data in page_bytes().items() if address < 0x23C0}
    assert len(told) > 10
    for address, data in told.items():
        (base,) = [base for base, piece in laid.items() if base <= address < base + len(piece)]
        assert laid[base][address - base : address - base + len(data)] == data, hex(address)


def test_the_machine_answers_as_the_page_says() -> None:
    machine = StandIn(base=0x1000, size=0x3000)
    memory, registers = machine.memory, machine.registers

    async def work() -> None:
        for address, data in {**arrays(), 0x2000: descriptor().pack()}.items():
            await memory.write(address, data)
        for name, value in (("RegRingBase", 0x2000), ("RegRingSize", 4), ("RegRingTail", 1)):
            await registers.write(DMA.registers[name].address, value)
        with pytest.raises(RuntimeError, match="no descriptor raises"):  # the page's host polls
            await registers.wait()
        told = page_bytes()
        for address in (0x3000, 0x300C, 0x23C0, 0x23D0, 0x23FC):
            assert await memory.read(address, len(told[address])) == told[address], hex(address)
        assert await registers.read(DMA.registers["RegRingHead"].address) == 1

    assert 0x2000 % RING_ALIGN == 0
    run(work())


def test_completions() -> None:
    completion = Completion(0x48, 9, 7, 2**33 + 1, 24, 2**40, 5, 6)
    assert Completion.unpack(completion.pack()) == completion
    assert Completion.unpack(bytes(64)) is None
    assert COMPLETION_AT == 0x3C0


def test_bits_of_the_words() -> None:
    narrow, wide = (LevelEntry(64, 128, 3, 2, narrow=yes) for yes in (True, False))
    finish = Finish(relu=True, narrow=True, shift=9)
    made = Descriptor([narrow], [wide] * 8, 3, 192, 2**40, True, True, True, 5, 6, 7, 8, finish=finish)
    words = np.frombuffer(made.pack(), "<u4")
    assert words[1] == 1 | 8 << 4 | 3 << 8 | 7 << 16 | 3 << 25
    assert words[2:16].tolist() == [192, 0, 0, 2**8, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0]
    assert words[16:24].tolist() == [64, 0, 128, 0, 3, 2, 2, 0]
    assert len(words) == 16 + 9 * 8
