# SPDX-License-Identifier: Apache-2.0
"""The device of a user: put, einsum, get."""

from __future__ import annotations

import collections
import math
import threading
from typing import Any, Literal, Self

import numpy as np

from flaash import kinds, notation
from flaash.backends import ConfigName
from flaash.device.held import Form, Tensor
from flaash.device.plan import Labelled, Use, fused, plan
from flaash.device.queue import SLOTS, Chain, Queue, Step
from flaash.device.remote import find_machine
from flaash.device.report import DeviceReport
from flaash.device.store import Store
from flaash.driver import run
from flaash.errors import EinsumError
from flaash.paths import Path, contraction_path
from models.axes import contracted_limit
from models.device.layout import DENSE, HARDWARE, ROWS, Descriptor, LevelEntry
from models.device.results import Matrix, value_bytes, width_of
from models.dispatch import run_length
from models.numbers import NumberFormat
from models.numbers.finish import MOST_SHIFT, Finish
from models.tensor import SparseTensor

LAYOUTS = {"rows": ROWS, "dense": DENSE}


class _Counted:
    """The memory of a machine, which counts the bytes that the host reads."""

    def __init__(self, memory: Any):
        self._memory = memory
        self.read_bytes = 0

    async def read(self, address: int, length: int) -> bytes:
        self.read_bytes += length
        return await self._memory.read(address, length)


class Device:
    """A machine whose memory holds tensors from one contraction to the next. A `with` block closes it.

    Contractions wait until run() or Tensor.get(). Then they have one doorbell, in order. A contraction that needs the
    result of an earlier one has a fence.

    Args:
        on: "model", the exact model in place of a chip; "verilator" or "icarus", a simulated chip whose hardware
            writes tensors; or a transport with `memory` and `registers`, such as flaash.driver.Uio.
        config: a configuration of rtl/configs.toml, perhaps with changes; a transport has its own.
        timeout: seconds after which an access to a simulated chip ends with an error, None for never.

    Attributes:
        fmt: format of the values.
        features: of models.device.layout.FEATURES, that the machine has.
        report: the cost of all contractions since the device was opened, or since new_report().
        closed: whether the device is closed.

    Raises:
        EinsumError: there is no such configuration or place, or the machine writes no tensors.
        SessionError: the simulation did not start.
    """

    def __init__(
        self,
        on: Literal["model", "verilator", "icarus"] | Any = "model",
        config: ConfigName | str = "default",
        timeout: float | None = None,
    ):
        self.closed = True
        self.dropped: collections.deque[int] = collections.deque()  # addresses without a holder
        self._lock = threading.RLock()
        self._machine = find_machine(on, config, timeout)
        self.features: frozenset[str] = getattr(self._machine, "features", HARDWARE)
        try:
            if "layouts" not in self.features:
                raise EinsumError(f"on={on!r}: this machine writes results as records, not as tensors")
            self.chain = run(Chain.open(self._machine.memory, self._machine.registers, SLOTS))
        except BaseException:
            self._end()
            raise
        self._queue = Queue(self._machine, self.chain, self.features)
        self._store = Store(self)
        self.fmt: NumberFormat = self.chain.build.fmt
        self.memory = _Counted(self._machine.memory)
        named = f"{on}, configuration {config}" if isinstance(on, str) else type(on).__name__
        self.where = f"{named}, {self.fmt.name}"
        self.report = DeviceReport(self.where)
        self.closed = False

    def __repr__(self) -> str:
        state = "closed" if self.closed else f"{self.free_bytes:,} bytes are free"
        return f"<Device {self.where}, {state}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def width(self) -> int:
        """Bits of the bus of the memory."""
        return self.chain.build.width

    @property
    def free_bytes(self) -> int:
        """Bytes of the memory that no tensor has."""
        self._store.free_dropped()
        return self.chain.allocator.free_bytes

    def close(self) -> None:
        """End the device; its tensors are lost, and queued contractions are not carried out."""
        if not self.closed:
            self.closed = True
            self._queue.steps.clear()
            self._end()

    def put(self, array: Any) -> Tensor:
        """Return an array as a tensor in the memory of the device, with its last mode ready to be contracted.

        Args:
            array: of every kind that flaash.einsum takes. Values are rounded to the format, and the report says so.

        Raises:
            EinsumError: it is no array, an integer format does not hold a value, or the chip has no room for it.
            OutOfMemory: the memory of the device has no room.
        """
        with self._lock:
            self.check_open()
            tensor, _ = kinds.take(array, 0)
            if 0 in tensor.shape:
                raise EinsumError(f"a tensor of shape {tensor.shape} has no elements")
            held = Tensor(self, tensor.shape, kinds.rounded(tensor, self.fmt, "put()", self.report.host))
            if held.order:
                self._store.form(held, tuple(range(held.order - 1)), (held.order - 1,))
            return held

    def einsum(
        self,
        subscripts: str,
        *operands: Any,
        layout: Literal["rows", "dense"] = "rows",
        finish: Literal["relu"] | None = None,
        narrow: bool | None = None,
        shift: int = 0,
        pitch: int | None = None,
        optimize: Path = "auto",
    ) -> Tensor:
        """Queue contractions and return their result as a tensor that stays in the memory of the device.

        Args:
            subscripts: as for numpy, with two operands or more.
            operands: tensors of this device; put() takes others.
            layout: "rows", compressed rows that can be an operand; or "dense", for the host alone.
            finish: "relu" replaces negative results by 0.
            narrow: give results the format of operands: bf16, rounded once more, or int8 and int16, which saturate.
                None does so for a result in rows with the format bf16.
            shift: bits that an integer loses when it becomes narrow, rounded to nearest, ties to even.
            pitch: the most results of a row, a multiple of 64; None for all columns.
            optimize: as for flaash.einsum, with three operands or more.

        Raises:
            EinsumError: a call that the machine alone can't carry out.
            OutOfMemory: the memory has no room for the result.
        """
        with self._lock:
            self.check_open()
            if layout not in LAYOUTS:
                raise EinsumError(f"layout={layout!r}: there are {', '.join(map(repr, LAYOUTS))}")
            last = self._finish(LAYOUTS[layout], finish, narrow, shift)
            tensors = [operand if isinstance(operand, Tensor) else self.put(operand) for operand in operands]
            for number, tensor in enumerate(tensors):
                if tensor.device is not self:
                    raise EinsumError(f"operand {number} is a tensor of another device")
                tensor.check()
            if len(tensors) < 2:
                raise EinsumError(f"a device contracts two operands or more, not {len(tensors)}")
            shapes = [tensor.shape for tensor in tensors]
            indices, output = notation.parse(subscripts, shapes)
            path = contraction_path(indices, shapes, output, optimize)
            left = [Labelled(*pair) for pair in zip(tensors, indices, strict=True)]
            return self._contracted(left, output, path, LAYOUTS[layout], last, pitch)

    def run(self) -> None:
        """Carry out the queue.

        Raises:
            MachineError: the machine has ended a contraction. The tensor has the error, and so have all that need it.
            DisagreementError: the simulated chip has written what the model has not.
        """
        with self._lock:
            self.check_open()
            steps = list(self._queue.steps)
            self.run_all()
        for step in steps:
            if step.result.failure:
                raise step.result.failure

    def new_report(self) -> DeviceReport:
        """Return the report so far, and begin a new one; carries out the queue."""
        with self._lock:
            self.check_open()
            self.run_all()
            self._count()
            done, self.report = self.report, DeviceReport(self.where)
            return done

    # ------------------------------------------------- for the tensors and the store
    @property
    def waits(self) -> bool:
        """Whether contractions wait for run()."""
        return bool(self._queue.steps)

    def check_open(self) -> None:
        """Refuse a call to a device that is closed.

        Raises:
            EinsumError: it is closed.
        """
        if self.closed:
            raise EinsumError("the device is closed, and its tensors are lost")

    def is_queued(self, tensor: Tensor) -> bool:
        """Return whether the contraction that makes a tensor waits for run()."""
        return any(step.result is tensor for step in self._queue.steps)

    def read(self, tensor: Tensor) -> SparseTensor:
        """Return a tensor with the entries that it has on the device."""
        with self._lock:
            if self.is_queued(tensor):
                self.run_all()
            tensor.check()
            if tensor.entries is None:
                coords, bits = run(tensor.place.read(self))
                self._count()
                fmt = self.fmt
                values = fmt.decode(bits) if tensor.place.finish.narrow else fmt.decode_result(bits)
                there = values != 0
                tensor.entries = SparseTensor(tensor.shape, coords[there], values[there])
            return tensor.entries

    def run_all(self) -> None:
        """Carry out the queue; tensors that fail have their errors."""
        try:
            self._queue.run(self.report)
        finally:
            self._store.free_dropped()

    # --------------------------------------------------------------------- contractions
    def _contracted(
        self,
        operands: list[Labelled],
        output: str,
        path: list[tuple[int, ...]],
        layout: int,
        last: Finish,
        pitch: int | None,
    ) -> Tensor:
        """Contract pair by pair; the result of each pair but the last one is an operand of the next."""
        count = len(operands) - 1
        for group in path:
            chosen = [operands[number] for number in group]
            operands = [operand for number, operand in enumerate(operands) if number not in group]
            while len(chosen) > 1:
                count -= 1
                left, right = chosen[:2]
                kept = "".join({*output, *(index for each in operands + chosen[2:] for index in each.indices)})
                if count:
                    use = plan(left, right, None, kept)
                    result = self._pair(use, ROWS, self._finish(ROWS, None, None, 0), None)
                else:
                    use = plan(left, right, output, output)
                    result = self._pair(use, layout, last, pitch)
                chosen = [*chosen[2:], Labelled(result, "".join(use.free))]
            operands += chosen
        return operands[0].tensor

    def _pair(self, use: Use, layout: int, finish: Finish, pitch: int | None) -> Tensor:
        """Queue a contraction."""
        build = self.chain.build
        most, extent = contracted_limit(build.coord_width), fused(use.sides[0], use.contracted)
        if extent > most:
            raise EinsumError(
                f"{use.subscripts}: the sum runs over {extent} coordinates, this machine takes {most}"
                f" (its CoordWidth is {build.coord_width})"
            )
        a, b = (
            self._store.form(side.tensor, side.modes(own), side.modes(use.contracted))
            for side, own in zip(use.sides, use.free, strict=True)
        )
        rows, columns = a.rows, math.prod(use.sides[1].extents(use.free[1]))
        place = self._store.place(use, a, layout, finish, rows, columns, pitch)
        shape = use.sides[0].extents(use.free[0]) + use.sides[1].extents(use.free[1])
        result = Tensor(self, shape, place=place)
        if layout == ROWS and self.is_operand(finish) and self._fits(a, rows, place.pitch):
            free, contracted = tuple(range(len(use.free[0]))), tuple(range(len(use.free[0]), len(shape)))
            upper = LevelEntry(
                place.pos, a.levels[-2].second, a.levels[-2].extent, rows, a.levels[-2].dense, loose=True
            )
            leaf = LevelEntry(place.crd, place.val, columns, rows * place.pitch, narrow=place.short_crd)
            levels = (*a.levels[:-2], upper, leaf)
            result.forms[free, contracted] = Form(free, contracted, levels, a.paths, None, (place.held, a))
        matrix = Matrix(
            layout,
            rows,
            columns,
            place.pitch,
            value_bytes(width_of(self.fmt, finish)),
            place.short_crd,
            place.val,
            place.crd,
            place.pos,
        )
        descriptor = Descriptor(
            a.levels,
            b.levels,
            self.fmt.code,
            place.val,
            rows * place.pitch * matrix.size,
            run_length=run_length(build.engine),
            prompt=True,
            layout=layout,
            finish=finish,
            short_crd=place.short_crd,
            pitch=place.pitch,
            crd=place.crd,
            pos=place.pos,
        )
        tensors = (use.sides[0].tensor, use.sides[1].tensor)
        self._queue.steps.append(Step(use.subscripts, descriptor, tensors, (a, b, place), result, matrix))
        return result

    def is_operand(self, finish: Finish) -> bool:
        """Return whether the machine reads its own result as an operand."""
        own = finish.narrow or self.fmt.value_width == self.fmt.result_width
        return own and {"loose", "fence"} <= self.features

    def _fits(self, a: Form, rows: int, pitch: int) -> bool:
        """Return whether the chip has room for a result as an operand: its elements, and two nodes a row."""
        build, upper = self.chain.build, a.levels[:-1]
        nodes = sum(level.count for level in upper) + rows
        return nodes <= build.nodes and rows * pitch <= build.lines * build.lanes

    def _finish(self, layout: int, finish: str | None, narrow: bool | None, shift: int) -> Finish:
        """Return the last steps of results.

        Raises:
            EinsumError: steps that do not exist, or not on this machine.
        """
        if finish not in (None, "relu"):
            raise EinsumError(f"finish={finish!r}: there are None and 'relu'")
        wider = self.fmt.value_width < self.fmt.result_width
        able = "finish" in self.features
        if narrow is None:
            narrow = layout == ROWS and self.fmt.is_float and wider and able
        narrow = bool(narrow) and wider
        most = MOST_SHIFT if narrow and not self.fmt.is_float else 0
        if not isinstance(shift, (int, np.integer)) or not 0 <= shift <= most:
            raise EinsumError(f"shift={shift!r}: it must be 0 to {most} here (integers with narrow=True have a shift)")
        if (finish or narrow) and not able:
            raise EinsumError("this machine has no ReLU and no narrow results")
        return Finish(finish == "relu", narrow, int(shift))

    # ------------------------------------------------------------------------- machine
    def _count(self) -> None:
        """Move the bytes that were read to the report."""
        self.report.bytes_out += self.memory.read_bytes
        self.memory.read_bytes = 0

    def _end(self) -> None:
        if hasattr(self._machine, "close"):
            self._machine.close()
