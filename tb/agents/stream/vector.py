# SPDX-License-Identifier: Apache-2.0
"""Drives and accepts many valid/ready streams that share packed ports, one bit of valid and ready each.

One coroutine serves all streams of a port, so that 64 of them cost about as much as one.
"""

from collections import deque
from collections.abc import Callable, Iterator
from random import Random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge

from tb.common.stalls import STALLS


def _generators(count: int, random: Random, stalls: str | None) -> list[Iterator[bool]]:
    """Return a stall generator per stream: all of one kind, or every kind in turn for None."""
    kinds = list(STALLS)
    return [STALLS[stalls or kinds[i % len(kinds)]](random) for i in range(count)]


class VectorSource:
    """Offers beats at `<name>_valid_i[i]`, `<name>_ready_o[i]`, `<name>_<field>_i[i]`.

    Append beats (ints) to `queues[i]`.

    Args:
        entity, name, clock: the module, prefix of the ports, its clock.
        field: name of the payload port without prefix and suffix.
        random, stalls: kind of pauses of all streams (tb.common.stalls); None gives each another kind.

    Attributes:
        queues: beats not yet accepted, per stream; the first may be on offer.
        accepted: cycles in which beats were accepted, per stream.
        refused: most cycles in a row in which a stream's beat was not accepted.
        cycle: cycles since the start.
    """

    def __init__(
        self,
        entity: SimHandleBase,
        name: str,
        clock: SimHandleBase,
        field: str,
        random: Random,
        stalls: str | None = None,
    ):
        self._entity, self._clock = entity, clock
        self._valid = getattr(entity, f"{name}_valid_i")
        self._ready = getattr(entity, f"{name}_ready_o")
        self._data = getattr(entity, f"{name}_{field}_i")
        count = len(self._valid)
        self._width = len(self._data) // count
        self._stalls = _generators(count, random, stalls)
        self._offered = [False] * count
        self.queues: list[deque[int]] = [deque() for _ in range(count)]
        self.accepted: list[list[int]] = [[] for _ in range(count)]
        self.refused = [0] * count
        self.cycle = 0
        self._valid.value = 0
        self._data.value = 0
        cocotb.start_soon(self._run())

    def clear(self) -> None:
        """Withdraw everything, for a reset."""
        for stream, queue in enumerate(self.queues):
            queue.clear()
            self._offered[stream] = False
        self._valid.value = 0

    async def _run(self) -> None:
        waiting = [0] * len(self.queues)
        while True:
            valid = data = 0
            for stream, queue in enumerate(self.queues):
                pause = next(self._stalls[stream]) and not self._offered[stream]
                if queue and not pause and self._entity.rst_ni.value == 1:
                    self._offered[stream] = True
                    valid |= 1 << stream
                    data |= queue[0] << (stream * self._width)
            self._valid.value = valid
            self._data.value = data
            await FallingEdge(self._clock)
            taken = valid & int(self._ready.value) if self._entity.rst_ni.value == 1 else 0
            await RisingEdge(self._clock)
            for stream, queue in enumerate(self.queues):
                if not self._offered[stream]:
                    waiting[stream] = 0  # nothing, or withdrawn for a reset meanwhile
                elif taken >> stream & 1:
                    queue.popleft()
                    self.accepted[stream].append(self.cycle)
                    self._offered[stream] = False
                    waiting[stream] = 0
                elif valid >> stream & 1:
                    waiting[stream] += 1
                    self.refused[stream] = max(self.refused[stream], waiting[stream])
            self.cycle += 1


class VectorSink:
    """Accepts beats of `<name>_valid_o[i]`, `<name>_ready_i[i]`.

    Args:
        entity, name, clock, random, stalls: as for VectorSource.
        field: name of the payload port, shared by all streams; it holds the beat of the stream that is valid.
        callback: called with (stream, beat) for each accepted beat.

    Attributes:
        stopped: streams (bits) that accept nothing, whatever the stalls say.
        always: streams (bits) that accept always, whatever the stalls say.
    """

    def __init__(
        self,
        entity: SimHandleBase,
        name: str,
        clock: SimHandleBase,
        field: str,
        random: Random,
        stalls: str | None,
        callback: Callable[[int, int], None],
    ):
        self._entity, self._clock, self._callback = entity, clock, callback
        self._valid = getattr(entity, f"{name}_valid_o")
        self._ready = getattr(entity, f"{name}_ready_i")
        self._data = getattr(entity, f"{name}_{field}_o")
        self._count = len(self._valid)
        self._stalls = _generators(self._count, random, stalls)
        self.stopped = 0
        self.always = 0
        self._ready.value = 0
        cocotb.start_soon(self._run())

    async def _run(self) -> None:
        while True:
            ready = sum(1 << stream for stream, pause in enumerate(self._stalls) if not next(pause))
            ready = (ready | self.always) & ~self.stopped
            self._ready.value = ready
            await FallingEdge(self._clock)
            if self._entity.rst_ni.value == 1:
                taken = int(self._valid.value) & ready
                for stream in range(self._count):
                    if taken >> stream & 1:
                        self._callback(stream, int(self._data.value))
            await RisingEdge(self._clock)
