# SPDX-License-Identifier: Apache-2.0
"""Contractions of tensors of any size: one descriptor if the operands fit, otherwise tiles."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from flaash.driver.arrange import Arranged, Side, arrange
from flaash.driver.arrays import MAX_WORD
from flaash.driver.device import Device, Job, Placed
from flaash.driver.errors import MachineError, OutOfMemory, SlowPortion
from flaash.driver.result import FIBERS, Cost, Result, record_bytes, split_records
from flaash.driver.transport import Memory, Registers
from models.constants import DMA
from models.device.layout import ALIGN, Completion, Descriptor
from models.dispatch import run_length
from models.errors import TensorError
from models.numbers import PLAIN, Finish
from models.portion_cost import portion_cost
from models.tiles import Plan, Room

RESULT_FULL = DMA.errors["ErrResultFull"].value
AHEAD = 2  # descriptors in the queue: the machine processes one, the next one waits
GROUP = 32  # descriptors of a batch for each interrupt
Progress = Callable[[int, int, int], None]


@dataclass(frozen=True)
class Settings:
    """Settings of a contraction.

    Attributes:
        dense: deliver every pair of non-empty fibers, also zero results.
        run_length: as the machine's register; with None the driver chooses, by the engines of the machine.
        portion, long_lines: as the machine's registers of these names.
        finish: of the results; results that are zero after it are dropped unless dense.

    Raises:
        TensorError: a number that these registers do not hold.
    """

    dense: bool = False
    run_length: int | None = None
    portion: int = 0
    long_lines: int = 0
    finish: Finish = PLAIN

    def __post_init__(self) -> None:
        for name in ("run_length", "portion", "long_lines"):
            value = getattr(self, name)
            if not (name == "run_length" and value is None or isinstance(value, Integral) and 0 <= value <= MAX_WORD):
                raise TensorError(f"{name} = {value!r} is no integer from 0 to {MAX_WORD}")


@dataclass(eq=False)
class _Pair:
    """Two tiles that are in the queue."""

    a: int
    b: int
    buffer: int
    job: Job


class Accelerator:
    """A machine that contracts; use open().

    Args:
        device: the machine's queue.
    """

    def __init__(self, device: Device):
        self.device = device
        build = device.build
        self.room = Room(build.lanes, build.lines, build.fibers, build.nodes)

    @classmethod
    async def open(cls, memory: Memory, registers: Registers, slots: int = 16) -> Accelerator:
        """Reset the machine at a transport and return it; see Device.open()."""
        return cls(await Device.open(memory, registers, slots))

    async def contract(
        self,
        a: Any,
        b: Any,
        settings: Settings | None = None,
        renumbered: bool | None = None,
        room: Room | None = None,
        progress: Progress = lambda done, pairs, results: None,
    ) -> Result:
        """Contract the last mode of A with the last mode of B; exact, each result rounded once.

        Args:
            a, b: operands: csr_array of scipy.sparse, Csf or SparseTensor of this project, or Operand.
            settings: of the contraction; None is Settings().
            renumbered: leave out contracted coordinates that only one operand has, and number the others
                anew; None does so where the contracted extent is beyond what the machine takes. No result
                changes.
            room: of a tile, if less than the machine has.
            progress: called with the finished pairs of tiles, all pairs, and the results so far.

        Raises:
            TensorError: extents that differ, a contracted extent beyond CoordWidth, or a fiber longer than a
                tile. Likewise values that the format can't take, and a finish that it has not.
            OutOfMemory: the machine's memory is too small for the arrays or the results.
            MachineError: the machine has refused or ended a descriptor.

        Warns:
            SlowPortion: whole fibers would take much fewer cycles than the portions of the settings.
        """
        settings = settings or Settings()
        made = arrange(a, b, self.device.build, settings.dense, renumbered, room)
        return await self.carry_out(made, settings, progress)

    async def contract_each(self, pairs: Sequence[tuple[Arranged, Settings]]) -> list[Result | MachineError]:
        """Contract many pairs of operands without tiles: all in the queue, many for each doorbell.

        Args:
            pairs: what arrange() has made for this machine, and settings.

        Returns:
            A result for each pair, or the error with which the machine has ended it.

        Raises:
            TensorError: an operand needs tiles; carry_out() takes such a pair.
            OutOfMemory: the machine's memory is too small for the operands and results of one pair.
        """
        for number, (made, settings) in enumerate(pairs):
            if not made.whole:
                raise TensorError(f"pair {number} has tiles; carry_out() takes such a pair")
            settings.finish.check(self.device.build.fmt)
            self._warn_of_portions(made, settings)
        outcomes: list[Result | MachineError] = []
        while len(outcomes) < len(pairs):
            outcomes += await self._batch(pairs[len(outcomes) :])
        return outcomes

    async def _batch(self, pairs: Sequence[tuple[Arranged, Settings]]) -> list[Result | MachineError]:
        """Contract as many pairs as the machine's memory holds at a time, from the first one on."""
        jobs: list[Job] = []
        queued: list[tuple[list[Placed], int, Descriptor]] = []
        try:
            for made, settings in pairs:
                try:
                    queued.append(await self._placed_with_buffer(made, settings))
                except OutOfMemory:
                    if not queued:
                        raise
                    break
            jobs = await self.device.submit_all([descriptor for _, _, descriptor in queued], GROUP)
            return [await self._outcome(job, made) for job, (made, _) in zip(jobs, pairs, strict=False)]
        finally:
            if any(job.completion is None for job in jobs):  # the machine must not write into freed memory
                await self.device.reset()
            for operands, buffer, _ in queued:
                self.device.allocator.give_back(buffer)
                for place in operands:
                    self.device.remove(place)

    async def _placed_with_buffer(self, made: Arranged, settings: Settings) -> tuple[list[Placed], int, Descriptor]:
        """Place both operands of a pair and a buffer for its most results; if one finds no room, none is left."""
        allocator, operands = self.device.allocator, []
        capacity = self._most_bytes(made.sides, (0, 0))
        try:
            for side in made.sides:
                operands.append(await self.device.place(side.parts[0]))
            buffer = allocator.take(-(-capacity // ALIGN) * ALIGN)
        except OutOfMemory:
            for place in operands:
                self.device.remove(place)
            raise
        return operands, buffer, self._descriptor(operands, buffer, capacity, settings)

    async def _outcome(self, job: Job, made: Arranged) -> Result | MachineError:
        """Return the result of a pair in the queue, or the error that has ended the pair."""
        try:
            completion = await self.device.wait(job)
        except MachineError as error:
            return error
        data = await self.device.memory.read(job.descriptor.results, completion.written)
        ids, bits = split_records(data, self.device.build.fmt, FIBERS)
        cost = Cost(1, completion.cycles, completion.computing, completion.read, completion.written)
        return self._result(made, ids, bits, cost, job.descriptor.finish.narrow)

    async def carry_out(self, made: Arranged, settings: Settings, progress: Progress) -> Result:
        """Contract what arrange() has made for this machine; see contract()."""
        settings.finish.check(self.device.build.fmt)
        self._warn_of_portions(made, settings)
        ids, bits, cost = await self._each_pair(made.sides, made.plan, settings, progress)
        return self._result(made, ids, bits, cost, settings.finish.narrow)

    def _result(self, made: Arranged, ids: np.ndarray, bits: np.ndarray, cost: Cost, narrow: bool) -> Result:
        """Return results with coordinates, in order, in place of numbers of fibers."""
        order = np.lexsort((ids[:, 1], ids[:, 0]))
        paths = [side.operand.fiber_paths()[ids[order, which]] for which, side in enumerate(made.sides)]
        fmt, coords = self.device.build.fmt, np.concatenate(paths, axis=1)
        return Result(fmt, made.shape, coords, bits[order], cost, made.removed, narrow)

    def _warn_of_portions(self, made: Arranged, settings: Settings) -> None:
        """Warn if the portion makes the contraction much slower than whole fibers."""
        build = self.device.build
        lengths = [side.operand.fiber_lengths() for side in made.sides]
        cost = portion_cost(*lengths, build.lanes, build.engines, settings.portion)
        if cost.warning:
            warnings.warn(cost.warning, SlowPortion, stacklevel=2)

    async def _each_pair(
        self,
        sides: Sequence[Side],
        chosen: Plan,
        settings: Settings,
        progress: Progress,
    ) -> tuple[np.ndarray, np.ndarray, Cost]:
        """Contract each pair of tiles; return (results, 2) numbers of fibers, the patterns, and the cost."""
        placed: list[list[Placed]] = [[], []]
        queue: list[_Pair] = []
        ids, bits, cost = [np.zeros((0, 2), np.int64)], [np.zeros(0, np.uint64)], Cost()
        pairs = len(chosen.a) * len(chosen.b)
        try:
            for side, places in zip(sides, placed, strict=True):
                for part in side.parts:
                    places.append(await self.device.place(part))
            waiting = chosen.pairs()
            while True:
                while len(queue) < AHEAD and (pair := next(waiting, None)):
                    queue.append(await self._submit(sides, placed, pair, settings, None, len(queue)))
                if not queue:
                    break
                pair, completion = await self._completed(sides, placed, queue, settings)
                numbers, values = await self._take(pair, completion)
                ids.append(numbers + [sides[0].tiles[pair.a].first, sides[1].tiles[pair.b].first])
                bits.append(values)
                cost += Cost(1, completion.cycles, completion.computing, completion.read, completion.written)
                progress(cost.descriptors, pairs, sum(map(len, bits)))
        finally:
            if queue:  # an error: the machine must not write into memory that is freed
                await self.device.reset()
            for pair in queue:
                self.device.allocator.give_back(pair.buffer)
            for place in (place for places in placed for place in places):
                self.device.remove(place)
        return np.concatenate(ids), np.concatenate(bits), cost

    async def _submit(
        self,
        sides: Sequence[Side],
        placed: list[list[Placed]],
        pair: tuple[int, int],
        settings: Settings,
        capacity: int | None,
        before: int = 0,
    ) -> _Pair:
        """Queue a pair of tiles after others, if possible with room for the most results."""
        allocator = self.device.allocator
        if capacity is None:
            capacity = self._most_bytes(sides, pair)
            # A pair whose results find no room is contracted twice: memory is shared only if short.
            if capacity * (AHEAD - before) > allocator.largest:
                capacity = min(capacity, allocator.largest // (AHEAD + 1))
        buffer = allocator.take(-(-capacity // ALIGN) * ALIGN)
        operands = [places[tile] for places, tile in zip(placed, pair, strict=True)]
        job = await self.device.submit(self._descriptor(operands, buffer, capacity, settings))
        return _Pair(*pair, buffer, job)

    def _most_bytes(self, sides: Sequence[Side], pair: tuple[int, int]) -> int:
        """Return the bytes of the most results of a pair of tiles."""
        fibers = [len(side.parts[tile].fiber_lengths()) for side, tile in zip(sides, pair, strict=True)]
        return fibers[0] * fibers[1] * record_bytes(self.device.build.fmt)

    def _descriptor(self, operands: Sequence[Placed], buffer: int, capacity: int, settings: Settings) -> Descriptor:
        """Return the descriptor of a pair of tiles."""
        length = settings.run_length
        if length is None:
            length = run_length(self.device.build.engine)
        # Prompt: the device looks at the ring's head, not at the record, to know that it is complete.
        return Descriptor(
            *(operand.levels for operand in operands),
            self.device.build.fmt.code,
            buffer,
            capacity,
            settings.dense,
            False,
            True,
            length,
            settings.portion,
            settings.long_lines,
            prompt=True,
            finish=settings.finish,
        )

    async def _completed(
        self, sides: Sequence[Side], placed: list[list[Placed]], queue: list[_Pair], settings: Settings
    ) -> tuple[_Pair, Completion]:
        """Return the oldest pair once complete; repeat it with a larger buffer if that was too small."""
        pair = queue[0]
        try:
            completion = await self.device.wait(pair.job)
        except MachineError as error:
            if error.code != RESULT_FULL:
                raise
            self.device.allocator.give_back(pair.buffer)
            queue.pop(0)
            wanted = pair.job.completion.results * record_bytes(self.device.build.fmt)
            if wanted > self.device.allocator.largest:
                raise OutOfMemory(
                    f"{pair.job.completion.results:,} results need {wanted:,} bytes in one piece of the"
                    f" machine's memory; the largest has {self.device.allocator.largest:,}"
                ) from None
            queue.insert(0, await self._submit(sides, placed, (pair.a, pair.b), settings, wanted))
            pair = queue[0]
            completion = await self.device.wait(pair.job)
        queue.pop(0)
        return pair, completion

    async def _take(self, pair: _Pair, completion: Completion) -> tuple[np.ndarray, np.ndarray]:
        """Read the results of a pair and free its buffer."""
        data = await self.device.memory.read(pair.buffer, completion.written)
        self.device.allocator.give_back(pair.buffer)
        return split_records(data, self.device.build.fmt, FIBERS)
