# SPDX-License-Identifier: Apache-2.0
"""Tensors in the memory of a device: their arrays there, and when that memory is free again."""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from flaash import kinds
from flaash.driver.arrays import Level, Operand
from flaash.driver.transport import Memory
from flaash.errors import EinsumError
from models.csf import Csf
from models.device.layout import DENSE, WORD, LevelEntry
from models.device.results import PAIR, SHORT, signed, value_bytes, width_of
from models.numbers import NumberFormat
from models.numbers.finish import Finish
from models.tensor import SparseTensor

if TYPE_CHECKING:
    from flaash.device.device import Device

Modes = tuple[int, ...]


class Pieces:
    """Pieces of a device's memory, which are free once this object has no holder.

    Args:
        device: the device.
        addresses: of the pieces.
    """

    def __init__(self, device: Device, addresses: Sequence[int]):
        # The end of an object can come at any time, also within the allocator. So the device frees later.
        weakref.finalize(self, device.dropped.extend, tuple(addresses)).atexit = False


@dataclass(frozen=True, eq=False)
class Form:
    """The arrays of a tensor for one use: some modes are free, the others contracted.

    Attributes:
        free, contracted: modes, in the order of the arrays.
        levels: as they stand in a descriptor; a tensor without free modes has one node above its leaf.
        paths: (nodes, free modes): coordinates of each node above the leaf.
        lines: of the chip's memory that the entries take; None if only the machine knows.
        held: keeps the memory of the arrays.
    """

    free: Modes
    contracted: Modes
    levels: tuple[LevelEntry, ...]
    paths: np.ndarray
    lines: int | None
    held: tuple[Any, ...]

    @property
    def rows(self) -> int:
        """Nodes above the leaf."""
        return self.levels[-2].count


def arrays_of(tensor: SparseTensor, free: Modes, contracted: Modes, fmt: NumberFormat) -> tuple[Operand, np.ndarray]:
    """Return the arrays of a tensor whose contracted modes are fused, and the paths of its fibers."""
    csf = Csf.from_tensor(tensor.permute([*free, *contracted]).fuse_last(len(contracted)))
    operand = Operand.from_csf(csf, fmt)
    if free:
        return operand, csf.fiber_paths()
    one = Level(1, 1, np.array([0, csf.nnz], "<u4"), None)
    return dataclasses.replace(operand, shape=(1, *operand.shape), levels=[one, *operand.levels]), np.zeros((1, 0), int)


@dataclass(frozen=True, eq=False)
class Place:
    """The arrays of a result.

    Attributes:
        layout: ROWS or DENSE.
        rows, columns, pitch: of the matrix.
        short_crd: coordinates have 2 bytes.
        val, crd, pos: addresses.
        finish: of the results.
        paths: (rows, modes of the rows).
        extents: of the modes of the columns.
        held: keeps the memory of the arrays.
    """

    layout: int
    rows: int
    columns: int
    pitch: int
    short_crd: bool
    val: int
    crd: int
    pos: int
    finish: Finish
    paths: np.ndarray
    extents: Modes
    held: Pieces

    async def read(self, device: Device) -> tuple[np.ndarray, np.ndarray]:
        """Return coordinates and patterns of the results that are in memory."""
        width = width_of(device.fmt, self.finish)
        crd_type, val_type = f"<u{SHORT if self.short_crd else WORD}", np.dtype(f"<i{value_bytes(width)}")
        memory = device.memory
        if self.layout == DENSE:
            spans = [(row * self.pitch, row * self.pitch + self.columns) for row in range(self.rows)]
        else:
            spans = np.frombuffer(await memory.read(self.pos, self.rows * PAIR), "<u4").reshape(-1, 2).tolist()
        rows, columns, values = [np.zeros(0, int)], [np.zeros(0, int)], [np.zeros(0, val_type)]
        for row, (begin, end) in enumerate(spans):
            if begin == end:
                continue
            rows.append(np.full(end - begin, row))
            values.append(await _array(memory, self.val, begin, end, val_type))
            if self.layout == DENSE:
                columns.append(np.arange(self.columns))
            else:
                columns.append((await _array(memory, self.crd, begin, end, np.dtype(crd_type))).astype(int))
        row, column = np.concatenate(rows), np.concatenate(columns)
        # Without free modes of B there is one column, which has no coordinate.
        inner = np.unravel_index(column, self.extents) if self.extents else np.zeros((0, len(row)), int)
        coords = np.concatenate([self.paths[row], np.stack(inner, axis=1) if self.extents else inner.T], axis=1)
        mask = np.uint64(2**width - 1)
        return coords, signed(np.concatenate(values).astype(np.int64).view(np.uint64), width).view(np.uint64) & mask


async def _array(memory: Memory, address: int, begin: int, end: int, dtype: np.dtype) -> np.ndarray:
    size = dtype.itemsize
    return np.frombuffer(await memory.read(address + begin * size, (end - begin) * size), dtype)


class Tensor:
    """A tensor in the memory of a device, made by Device.put() or Device.einsum().

    Its memory is free once the program has dropped it, after free(), or when the device closes.

    Attributes:
        device: the device.
        shape: extents.
    """

    def __init__(self, device: Device, shape: Modes, entries: SparseTensor | None = None, place: Place | None = None):
        self.device, self.shape = device, shape
        self.entries = entries  # on the host; None for a result that was not read
        self.place = place
        self.forms: dict[tuple[Modes, Modes], Form] = {}
        self.failure: Exception | None = None
        self._freed = False

    def __repr__(self) -> str:
        state = (
            "freed"
            if self._freed
            else "of a device that is closed"
            if self.device.closed
            else "failed"
            if self.failure
            else "queued"
            if self.device.is_queued(self)
            else f"in {self.device.where}"
        )
        return f"<Tensor {' x '.join(map(str, self.shape)) or 'scalar'}, {state}>"

    @property
    def order(self) -> int:
        """Number of modes."""
        return len(self.shape)

    def get(self, kind: str = "numpy") -> Any:
        """Return the tensor as an array; the device first carries out its queue.

        Args:
            kind: "numpy", "scipy", "pydata", "torch", "torch_coo" or "tensor".

        Raises:
            EinsumError: the kind is unknown, or the tensor was freed.
            MachineError: the machine has ended the contraction that makes it.
        """
        make = kinds.maker(kind)
        self.check()
        return make(self.device.read(self), self.dtype)

    @property
    def dtype(self) -> np.dtype:
        """The type of its elements on the host."""
        fmt = self.device.fmt
        narrow = self.place is None or self.place.finish.narrow
        if fmt.is_float or not narrow:
            return kinds.result_dtype(fmt)
        return np.dtype(f"i{fmt.value_width // 8}")

    def free(self) -> None:
        """Free its memory now; a step that is queued still has it."""
        self._freed = True
        self.entries, self.place = None, None
        self.forms.clear()

    def check(self) -> None:
        """Refuse a tensor that was freed, or that a failed step left without values.

        Raises:
            EinsumError: it was freed, or its device is closed.
            MachineError: its step has failed.
        """
        self.device.check_open()
        if self._freed:
            raise EinsumError(f"a tensor of shape {self.shape} was freed, so it can't be used")
        if self.failure:
            raise self.failure
