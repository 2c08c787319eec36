# SPDX-License-Identifier: Apache-2.0
"""The memory of a device: places of operands and of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flaash import kinds
from flaash.device.held import Form, Modes, Pieces, Place, Tensor, arrays_of
from flaash.device.plan import Use
from flaash.driver import OutOfMemory, run
from flaash.driver.device import Placed
from flaash.errors import EinsumError
from models.constants import CONSTANTS
from models.device.layout import DENSE, ROWS
from models.device.results import PAIR, SHORT, value_bytes, width_of
from models.errors import TensorError
from models.numbers.finish import Finish

if TYPE_CHECKING:
    from flaash.device.device import Device

SHORT_EXTENT = 1 << 8 * SHORT
UNIT = 64  # elements: a pitch is a multiple


class Store:
    """Places tensors in the memory of a device.

    Args:
        device: the device, whose queue is carried out if there is no room.
    """

    def __init__(self, device: Device):
        self._device = device

    def free_dropped(self) -> None:
        """Free the pieces without a holder."""
        while self._device.dropped:
            self._device.chain.allocator.give_back(self._device.dropped.popleft())

    def _take(self, sizes: list[int]) -> list[int]:
        """Return addresses of pieces; if there is no room, the queue is carried out first."""
        for first in (True, False):
            self.free_dropped()
            addresses: list[int] = []
            try:
                for size in sizes:
                    addresses.append(self._device.chain.allocator.take(size))
                return addresses
            except OutOfMemory:
                for address in addresses:
                    self._device.chain.allocator.give_back(address)
                if not (first and self._device.waits):
                    raise
                self._device.run_all()
        raise AssertionError("the second turn has returned or raised")

    def form(self, tensor: Tensor, free: Modes, contracted: Modes) -> Form:
        """Return the arrays of a tensor for a use; if the device has none, they are placed."""
        if (free, contracted) in tensor.forms:
            return tensor.forms[free, contracted]
        device, entries = self._device, tensor.entries
        notes = device.report.host
        if entries is None:
            notes.append(f"a result of shape {tensor.shape} went through the host: {self._why(tensor, free)}")
            entries = device.read(tensor)
        elif tensor.forms:
            notes.append(f"a tensor of shape {tensor.shape} was placed again, for other contracted modes")
        entries = kinds.rounded(entries, device.fmt, "a result that is an operand", notes)
        if len(free) + 1 > CONSTANTS["MaxOrder"]:
            raise EinsumError(f"an operand has {len(free) + 1} modes, the machine takes {CONSTANTS['MaxOrder']}")
        try:
            operand, paths = arrays_of(entries, free, contracted, self._device.fmt)
        except TensorError as error:
            raise EinsumError(error.message) from None
        build, lengths = self._device.chain.build, operand.fiber_lengths()
        lines = int((-(-lengths // build.lanes)).sum())
        nodes = sum(level.count for level in operand.levels[:-1])
        for need, room, what in (
            (lines, build.lines, "lines of memory (MemLines)"),
            (len(lengths), build.fibers, "fibers (FiberDepth)"),
            (nodes, build.nodes, "nodes (NodeDepth)"),
        ):
            if need > room:
                raise EinsumError(
                    f"a tensor of shape {tensor.shape} needs {need:,} {what}, this chip has {room:,}; flaash.einsum"
                    " cuts operands into tiles"
                )
        self.free_dropped()
        placed = self._placed(operand)
        self._device.report.bytes_in += operand.nbytes
        levels = tuple(placed.levels)
        form = Form(free, contracted, levels, paths, lines, (Pieces(self._device, placed.pieces),))
        tensor.forms[free, contracted] = form
        return form

    def _placed(self, operand: Any) -> Placed:
        """Write arrays to the memory; if there is no room, the queue is carried out first."""
        try:
            return run(self._device.chain.place(operand))
        except OutOfMemory:
            if not self._device.waits:
                raise
            self._device.run_all()
            self.free_dropped()
            return run(self._device.chain.place(operand))

    def place(
        self, use: Use, a: Form, layout: int, finish: Finish, rows: int, columns: int, pitch: int | None
    ) -> Place:
        """Take memory for a result."""
        whole = -(-columns // UNIT) * UNIT
        if pitch is None:
            pitch = whole
        elif not isinstance(pitch, int) or pitch < UNIT or pitch % UNIT or layout == DENSE and pitch < columns:
            least = whole if layout == DENSE else UNIT
            raise EinsumError(f"pitch={pitch!r}: it must be a multiple of {UNIT}, at least {least}")
        if columns > 1 << 32 or rows * pitch >= 1 << 32:
            raise EinsumError(f"{use.subscripts}: {rows:,} rows of {pitch:,} results are too many for words of 32 bits")
        short = layout == ROWS and columns <= SHORT_EXTENT
        sizes = [rows * pitch * value_bytes(width_of(self._device.fmt, finish))]
        if layout == ROWS:
            sizes += [rows * pitch * (SHORT if short else 4), rows * PAIR]
        try:
            addresses = self._take(sizes)
        except OutOfMemory as error:
            error.add_note(
                f"{use.subscripts}: {rows:,} rows of {pitch:,} results need {sum(sizes):,} bytes;"
                " free() tensors, or give a smaller pitch="
            )
            raise
        held = Pieces(self._device, addresses)
        val, crd, pos = (*addresses, 0, 0)[:3]
        extents = use.sides[1].extents(use.free[1])
        return Place(layout, rows, columns, pitch, short, val, crd, pos, finish, a.paths, extents, held)

    def _why(self, tensor: Tensor, free: Modes) -> str:
        """Return why the arrays of a result can't be an operand."""
        place = tensor.place
        if place.layout == DENSE:
            return "the layout dense is for the host alone"
        if not {"loose", "fence"} <= self._device.features:
            return "this machine reads no rows of results"
        if not self._device.is_operand(place.finish):
            return f"its values are wider than {self._device.fmt.name}; narrow=True has the format of operands"
        if not tensor.forms:
            return f"the chip has no room for {place.rows:,} rows of {place.pitch:,} elements as an operand"
        return f"its rows are the modes {list(range(place.paths.shape[1]))}, not {list(free)}"
