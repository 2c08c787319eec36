# SPDX-License-Identifier: Apache-2.0
"""Several simulated chips that share each contraction: here, or on the workers of a Dask cluster.

One operand stays: every chip gets it once. The other operand is cut into tiles of whole fibers. A chip
contracts one tile with all of the operand that stays. So no sum runs over chips, and the bits are the same
for every number of chips.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np

from flaash.backends import Chip, Pair, Reply, Share
from flaash.errors import EinsumError
from flaash.progress import shown
from models.csf import Csf
from models.errors import TensorError
from models.tiles import Room, cut_tiles, meetings, products, split_tiles
from sim.serve import SessionDied

PARTS = 4  # tiles for each chip: all chips then end within about a quarter of a share
LEAST_WORK = 1 << 14  # products and dot products of a tile, so that a message is worth it
RETRIES = 3  # of a tile whose chip has died
DIED = (
    "KilledWorker",
    "FutureCancelledError",
    "CancelledError",
)  # in a cluster: a worker has died, or the operand that it kept is lost


@dataclass(frozen=True, eq=False)
class _Task:
    """Pairs of operands for one chip, with one message.

    Attributes:
        numbers: of the contractions of the call that the pairs belong to.
        pairs: operands; None stands for the operand that stays.
        kept: number of the operand that stays in the call, None without one.
        weight: products and dot products.
    """

    numbers: list[int]
    pairs: list[tuple[Csf | None, Csf | None]]
    kept: int | None
    weight: int


class Chips:
    """A backend of several simulated chips.

    Args:
        simulator: "verilator" or "icarus".
        count: chips; None for one per processor. With a client the cluster decides.
        config: a configuration of rtl/configs.toml.
        client: a distributed.Client. Its workers simulate; this project is installed there, too.
        timeout: seconds after which a tile ends with an error, None for never.

    Raises:
        EinsumError: no such configuration or simulator, or no such number of chips.
    """

    def __init__(
        self,
        simulator: str = "verilator",
        count: int | None = None,
        config: str = "default",
        client: Any = None,
        timeout: float | None = None,
    ):
        if client is not None and count is not None:
            raise EinsumError(f"count={count!r}: with a client, the threads of its workers are the chips")
        if client is not None:
            count = sum(client.nthreads().values())
            if not count:
                raise EinsumError(f"the cluster at {client.scheduler.address} has no worker")
        elif count is None:
            count = os.cpu_count() or 1
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise EinsumError(f"count={count!r} is no number of chips")
        one = Chip(config, simulator, timeout)  # checks its arguments, and does not simulate
        self.machine, self.contracted_limit = one.machine, one.contracted_limit
        self.name, self.count = f"{count} x {simulator}", count
        self._what = (uuid.uuid4().hex, config, simulator, timeout)
        self._client, self._executor = client, None
        self._left: dict[Future, tuple[_Task, int]] = {}  # tiles of a call, and how often each may be tried again
        self._placed: dict[int, Any] = {}  # operands that stay, on the workers of a cluster
        atexit.register(self.close)

    def __enter__(self) -> Chips:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Chips: {self.name}, {self.machine.name}>"

    def contract(self, pairs: Sequence[Pair]) -> list[Reply]:
        """Contract each pair of operands along their last modes, shared among the chips.

        Raises:
            EinsumError: an operand does not fit the chip, not even in tiles.
            SessionError: a simulation did not start or respond in time, or chips died again and again.
            DisagreementError: the results of chip and model differ.
        """
        tasks, kept = self._tasks(pairs)
        replies: list[list[tuple[str, Reply]]] = [[] for _ in pairs]
        try:
            for task, chip, found in self._carried_out(tasks, kept):
                for number, reply in zip(task.numbers, found, strict=True):
                    replies[number].append((chip, reply))
        except BaseException:  # also Ctrl-C: chips must not go on with tiles of this call
            self.close()
            raise
        finally:
            self._placed.clear()
        return [_joined(parts) for parts in replies]

    def close(self) -> None:
        """End all simulations; the next call starts those that it needs."""
        executor, self._executor = self._executor, None
        for future in self._left:
            future.cancel()
        self._left = {}
        if executor is not None:
            executor.shutdown(wait=False)
        if self._client is None:
            end_chips(self._what)
        elif executor is not None:
            with contextlib.suppress(OSError, TimeoutError):  # the cluster may have ended before
                self._client.run(end_chips, self._what)

    def _tasks(self, pairs: Sequence[Pair]) -> tuple[list[_Task], list[Csf]]:
        """Return the tasks of a call, the largest one first, and the operands that stay."""
        tasks: list[_Task] = []
        kept: list[Csf] = []
        small: list[tuple[int, int]] = []  # number and work
        for number, (a, b) in enumerate(pairs):
            work = int(meetings(a.leaf_coords, b.leaf_coords).sum()) + len(a.fiber_bounds()) * len(b.fiber_bounds())
            if work < 2 * LEAST_WORK:
                small.append((number, work))
                continue
            stays = int(a.nnz >= b.nnz)
            tasks += self._tiles(number, (a, b), stays, len(kept))
            kept.append((a, b)[stays])
        size = -(-len(small) // (self.count * PARTS)) or 1
        for first in range(0, len(small), size):
            numbers = [number for number, _ in small[first : first + size]]
            weight = sum(work for _, work in small[first : first + size])
            tasks.append(_Task(numbers, [pairs[number] for number in numbers], None, weight))
        return sorted(tasks, key=lambda task: -task.weight), kept

    def _tiles(self, number: int, pair: Pair, stays: int, place: int) -> list[_Task]:
        """Return a task for each tile of the operand that does not stay."""
        cut, other = pair[1 - stays].to_tensor(), pair[stays].to_tensor()
        room = Room(*(int(self.machine.config[name]) for name in ("Lanes", "MemLines", "FiberDepth", "NodeDepth")))
        weights = products(cut, other) + len(pair[stays].fiber_bounds())
        parts = int(min(self.count * PARTS, weights.sum() // LEAST_WORK))
        try:
            whole = cut_tiles(("the left operand", "the right operand")[1 - stays], cut, room)
        except TensorError as error:
            raise EinsumError(str(error)) from None
        tasks = []
        for tile in split_tiles(whole, cut, weights, parts):
            piece = Csf.from_tensor(tile.of(cut))
            order = (piece, None) if stays else (None, piece)
            tasks.append(_Task([number], [order], place, int(weights[tile.first : tile.last].sum())))
        return tasks

    def _carried_out(self, tasks: list[_Task], kept: list[Csf]) -> Iterator[tuple[_Task, str, list[Reply]]]:
        """Yield each task with its chip and its outcomes, in the order in which they end."""
        began, whole = time.monotonic(), sum(task.weight for task in tasks) or 1
        work = tiles = results = 0
        with shown(f"contracting on {self.count} chips") as show:
            for task in tasks:
                self._submit(task, kept, RETRIES)
            while self._left:
                ended, _ = wait(self._left, return_when=FIRST_COMPLETED)
                for future in ended:
                    task, retries = self._left.pop(future)
                    try:
                        chip, replies = future.result()
                    except (Exception, CancelledError) as error:
                        if not retries or not (isinstance(error, SessionDied) or type(error).__name__ in DIED):
                            raise
                        self._placed.clear()  # the worker may have had the only copy
                        self._submit(task, kept, retries - 1)
                        continue
                    work, tiles = work + task.weight, tiles + 1
                    results += sum(len(reply.bits) for reply in replies)
                    seconds = time.monotonic() - began
                    show(
                        f"{tiles} of {len(tasks)} tiles, {results / seconds:,.0f} results/s,"
                        f" about {seconds * (whole / work - 1):,.0f} s left"
                    )
                    yield task, chip, replies

    def _submit(self, task: _Task, kept: list[Csf], retries: int) -> None:
        """Give a task to the executor; an operand that stays goes to every worker once."""
        if self._executor is None:
            self._executor = _cluster(self._client) if self._client else ThreadPoolExecutor(self.count)
        stays = None if task.kept is None else kept[task.kept]
        if self._client and stays is not None:
            if task.kept not in self._placed:
                self._placed[task.kept] = self._client.scatter(stays, broadcast=True)
            stays = self._placed[task.kept]
        self._left[self._executor.submit(carry_out, self._what, task.pairs, stays)] = (task, retries)


def _cluster(client: Any) -> Executor:
    return client.get_executor(pure=False)


def _joined(parts: Sequence[tuple[str, Reply]]) -> Reply:
    """Return the outcome of a contraction from the outcomes of all its tiles, with the chip of each."""
    replies = [reply for _, reply in parts]
    coords = np.concatenate([reply.coords for reply in replies])
    order = np.lexsort(coords.T[::-1]) if coords.shape[1] else np.arange(len(coords))
    shares: dict[str, Share] = {}
    for chip, reply in parts:
        shares[chip] = shares.get(chip, Share(chip)) + Share.of(chip, reply)
    longest = max(shares.values(), key=lambda share: share.outside)
    return Reply(
        coords=coords[order],
        bits=np.concatenate([reply.bits for reply in replies])[order],
        jobs=sum(reply.jobs for reply in replies),
        matches=sum(reply.matches for reply in replies),
        range_errors=any(reply.range_errors for reply in replies),
        checked=all(reply.checked for reply in replies),
        cycles=longest.cycles,
        load_cycles=longest.load_cycles,
        unload_cycles=longest.outside,
        bytes_in=sum(reply.bytes_in for reply in replies),
        bytes_out=sum(reply.bytes_out for reply in replies),
        pairs=sum(reply.pairs for reply in replies),
        underflows=sum(reply.underflows for reply in replies),
        shares=list(shares.values()),
    )


# In the process that simulates: this one, or a worker of a cluster. A thread that contracts takes an idle chip.
_lock = threading.Lock()
_idle: dict[tuple, list[tuple[str, Chip]]] = defaultdict(list)
_chips: dict[tuple, list[Chip]] = defaultdict(list)


def carry_out(what: tuple, pairs: Sequence[tuple[Csf | None, Csf | None]], kept: Csf | None) -> tuple[str, list[Reply]]:
    """Contract pairs on an idle chip of this process; return the name of the chip and the outcomes.

    Args:
        what: key of the caller's chips, then the arguments of Chip.
        pairs: operands; None stands for the operand that stays.
        kept: the operand that stays.
    """
    with _lock:
        if not _idle[what]:
            chip = Chip(*what[1:])
            _chips[what].append(chip)
            _idle[what].append((f"{socket.gethostname()}:{os.getpid()}:{len(_chips[what])}", chip))
        name, chip = _idle[what].pop()
    try:
        return name, chip.contract([(kept if a is None else a, kept if b is None else b) for a, b in pairs])
    finally:
        with _lock:
            if chip in _chips[what]:
                _idle[what].append((name, chip))


def end_chips(what: tuple) -> None:
    """End the simulations of a caller in this process."""
    with _lock:
        chips = _chips.pop(what, [])
        _idle.pop(what, None)
    for chip in chips:
        chip.close()
