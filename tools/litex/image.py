# SPDX-License-Identifier: Apache-2.0
"""The image that the firmware of examples/litex reads: two operands, and what their contractions must give.

Words are little-endian, offsets count from the first byte. examples/litex/firmware/image.h declares head, operands and
contractions. Arrays follow, each at a multiple of 64 bytes. Expected records are in ascending order.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from flaash.driver.allocator import Allocator
from models import io
from models.axes import prepare
from models.contract import contract
from models.csf import Csf
from models.device.layout import ALIGN, DENSE_LEVEL, LOOSE, NARROW, LevelEntry
from models.device.results import records_of
from models.numbers.formats import FORMATS, NumberFormat
from models.tensor import SparseTensor
from sim import configs
from tb.dma.image import Image, levels
from tb.sequences.file import DEFAULT_A, DEFAULT_AXES, DEFAULT_B

MAGIC = 0x474D_4946  # "FIMG"
PAIRS = ((0, 1), (1, 0), (1, 1))  # of operands: a contraction each
MAX_ORDER = 8
MAX_BYTES = 1 << 18  # the room that the firmware leaves for it
_WORD = np.dtype("<u4")
_HEAD = 8 + 2 * (1 + 5 * MAX_ORDER) + 4 * len(PAIRS)  # words before the arrays


class _Bytes:
    """The memory that Image fills."""

    def __init__(self) -> None:
        self.data = bytearray()

    def put(self, address: int, data: bytes) -> None:
        self.data += bytes(max(0, address + len(data) - len(self.data)))
        self.data[address : address + len(data)] = data


def _operand_words(entries: Sequence[LevelEntry]) -> list[int]:
    words = [len(entries)]
    for entry in entries:
        kind = entry.dense << DENSE_LEVEL | entry.narrow << NARROW | entry.loose << LOOSE
        words += [entry.first, entry.second, entry.extent, entry.count, kind]
    return words + [0] * (1 + 5 * MAX_ORDER - len(words))


def image(a: SparseTensor, b: SparseTensor, fmt: NumberFormat) -> bytes:
    """Return the image of a pair whose last modes are contracted.

    Raises:
        ValueError: it is larger than MAX_BYTES.
    """
    memory, operands = _Bytes(), (a, b)
    allocator = Allocator(-(-_HEAD * _WORD.itemsize // ALIGN) * ALIGN, MAX_BYTES, ALIGN)
    placing = Image(memory, allocator)
    words = [
        word
        for which, operand in enumerate(operands)
        for word in _operand_words(placing.operand(which, levels(Csf.from_tensor(operand), fmt, narrow=True)))
    ]
    size = 0
    for pair in PAIRS:
        records = records_of(contract(*(operands[which] for which in pair), fmt), coordinates=False)
        size = records.itemsize
        rows = records.view(_WORD).reshape(len(records), -1)
        rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
        place = allocator.take(rows.nbytes)
        memory.put(place, rows.tobytes())
        words += [*pair, len(rows), place]
    total = -(-len(memory.data) // ALIGN) * ALIGN
    if total > MAX_BYTES:
        raise ValueError(f"the image has {total:,} bytes, more than {MAX_BYTES:,}")
    memory.put(0, np.array([MAGIC, total, fmt.code, size, len(PAIRS), 0, 0, 0, *words], _WORD).tobytes())
    return bytes(memory.data).ljust(total, b"\0")


def write(path: Path, config: str) -> None:
    """Write the image of the project's first example, in the format of a configuration.

    Raises:
        ConfigError: there is no such configuration.
    """
    machine = configs.load(config)
    pair = prepare(io.read(DEFAULT_A), io.read(DEFAULT_B), DEFAULT_AXES, int(machine["CoordWidth"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(image(*pair, FORMATS[str(machine["Format"])]))
