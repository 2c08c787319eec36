# SPDX-License-Identifier: Apache-2.0
"""Descriptors, operands and completion records as docs/memory_edge.md lays them out."""

from __future__ import annotations

import dataclasses

import numpy as np

from models.csf import Csf
from models.numbers.formats import NumberFormat
from tb.common.rtl_constants import EDGE

NUMBERS = {name: constant.value for name, constant in EDGE.constants.items()}
SLOT, HEAD, LEVEL = (NUMBERS[f"{name}Bytes"] for name in ("Slot", "Head", "Level"))
COMPLETION_AT, COMPLETION = NUMBERS["CompletionAt"], NUMBERS["CompletionBytes"]
ALIGN = NUMBERS["ArrayAlign"]
COMPLETION_TYPE = np.dtype(
    [
        ("code", "<u4"),
        ("place", "<u4"),
        ("tag", "<u4"),
        ("zero", "<u4"),
        ("results", "<u8"),
        ("bytes", "<u8"),
        ("cycles", "<u8"),
        ("computing", "<u8"),
        ("bytes_read", "<u8"),
        ("zero2", "<u4"),
        ("magic", "<u4"),
    ]
)


@dataclasses.dataclass
class Level:
    """A level of an operand: its two arrays, extent, count; dense: it has no crd; short: crd of 2 bytes."""

    first: np.ndarray
    second: np.ndarray | None
    extent: int
    count: int
    dense: bool = False
    short: bool = False


def levels(csf: Csf, fmt: NumberFormat, dense: bool = False, short: bool = False) -> list[Level]:
    """Return the levels of an operand.

    Args:
        csf: the operand.
        fmt: its value format.
        dense: the first upper level is dense (its extent must be small).
        short: coordinates of the leaf have two bytes.
    """
    found = []
    for index, (coords, pointers) in enumerate(zip(csf.coords, csf.pointers, strict=True)):
        pos, crd, count = pointers.astype("<u4"), coords.astype("<u4"), len(coords)
        if dense and index == 0:
            lengths = np.zeros(csf.shape[0], np.int64)
            lengths[coords] = np.diff(pointers)
            pos, crd, count = np.concatenate([[0], np.cumsum(lengths)]).astype("<u4"), None, csf.shape[0]
        found.append(Level(pos, crd, csf.shape[index], count, dense=crd is None))
    values = fmt.encode(csf.leaf_values).astype(f"<u{fmt.value_width // 8}")
    crd = csf.leaf_coords.astype("<u2" if short else "<u4")
    return [*found, Level(crd, values, csf.shape[-1], csf.nnz, short=short)]


class Image:
    """Puts arrays into a memory, one behind the other, each at a multiple of 64 bytes.

    Attributes:
        parts: (operand, level, part, address, bytes) of each array.
    """

    def __init__(self, memory, at: int = 0x1_0000):
        self.memory = memory
        self.at = at
        self.parts: list[tuple[int, int, str, int, int]] = []

    def array(self, data: np.ndarray | None) -> int:
        """Put an array and return its address; 0 for none."""
        if data is None:
            return 0
        at = self.at
        self.memory.put(at, data.tobytes())
        self.at += -(-max(data.nbytes, 1) // ALIGN) * ALIGN
        return at

    def operand(self, which: int, found: list[Level]) -> list[int]:
        """Put an operand and return the words of its levels."""
        words = []
        for index, level in enumerate(found):
            leaf = index == len(found) - 1
            first, second = self.array(level.first), self.array(level.second)
            number = 7 if leaf else index
            for part, at, data in (
                ("Crd" if leaf else "Pos", first, level.first),
                ("Val" if leaf else "Crd", second, level.second),
            ):
                if data is not None and data.nbytes:
                    self.parts.append((which, number, part, at, data.nbytes))
            words += [
                first & 0xFFFF_FFFF,
                first >> 32,
                second & 0xFFFF_FFFF,
                second >> 32,
                level.extent,
                level.count,
                level.dense | level.short << 1,
                0,
            ]
        return words


@dataclasses.dataclass
class Job:
    """What a descriptor says besides its operands; sizes in bytes."""

    results: int
    capacity: int
    fmt: int = 0
    dense: bool = False
    coordinates: bool = False
    interrupt: bool = False
    keep: tuple[bool, bool] = (False, False)
    run_length: int = 0
    portion: int = 0
    long_lines: int = 0
    tag: int = 0

    def words(self, a: list[int], b: list[int]) -> list[int]:
        """Return the words of the descriptor, given those of the levels."""
        orders = len(a) // (LEVEL // 4) | len(b) // (LEVEL // 4) << 4
        what = orders | self.fmt << 8 | self.dense << 16 | self.coordinates << 17 | self.interrupt << 18
        what |= self.keep[0] << 19 | self.keep[1] << 20
        head = [
            NUMBERS["DescriptorMagic"],
            what,
            self.results & 0xFFFF_FFFF,
            self.results >> 32,
            self.capacity & 0xFFFF_FFFF,
            self.capacity >> 32,
            self.run_length,
            self.portion,
            self.long_lines,
            self.tag,
            0,
            0,
            0,
            0,
            0,
            0,
        ]
        return head + a + b


def to_bytes(words: list[int]) -> bytes:
    return np.array(words, "<u4").tobytes()


def completion(memory, slot: int) -> np.void:
    """Return the completion record of the slot at an address."""
    at = slot + COMPLETION_AT
    return np.frombuffer(bytes(memory.data[at : at + COMPLETION]), COMPLETION_TYPE)[0]
