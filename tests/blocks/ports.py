# SPDX-License-Identifier: Apache-2.0
"""Any valid/ready port of a module, typed by the RTL: a source, a sink, and the check of what passes in between.

    source, sink = Source(dut, "in", "random"), Sink(dut, "out", "bursty")
    source.put({"product": 1, "a": 5})        # members of the struct at in_i or in_<payload>_i, or an integer
    await until(dut, lambda: sink.beats, 100, "a beat")
    sink.beats[0].word                        # a record of the struct at out_o or out_<payload>_o

A port may be a vector of streams, with a bit of valid and of ready each: then a beat goes to `stream`. At a sink
the streams of a vector share the payload.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from random import Random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge
from cocotb.utils import get_sim_time

from sim.rtl_types import PackedType, bench_types
from tb.common.bench import reset, rng, start, until, zero
from tb.common.stalls import STALLS

NUMBER_BITS, STREAM_BITS = 16, 7  # of a numbered beat: its number, its stream above, noise above that


def now() -> int:
    """Return the number of this cycle of the clock, between its edges."""
    return int(get_sim_time("ns"))


def random_of(name: str) -> Random:
    """Return a generator of a port: no two of them stall alike."""
    return Random(f"{rng().random()}/{name}")


def pauses(kind: str | None, stream: int, random: Random) -> Iterator[bool]:
    """Return the stalls of a stream; None gives each stream another kind."""
    return STALLS[kind or list(STALLS)[stream % len(STALLS)]](random)


class _Port:
    """The signals of a port, and the types of its payload by the names of its ports."""

    def __init__(self, dut: SimHandleBase, name: str, outward: bool):
        out, back = ("o", "i") if outward else ("i", "o")
        self.dut = dut
        self.valid, self.ready = getattr(dut, f"{name}_valid_{out}"), getattr(dut, f"{name}_ready_{back}")
        names = [handle._name for handle in dut]
        ports = [f"{name}_{out}"] + [port for port in names if port.startswith(f"{name}_") and port.endswith(f"_{out}")]
        ports = [port for port in ports if port in names and port != self.valid._name]
        self.types: dict[str, PackedType] = {port: bench_types()[port] for port in ports}
        self.streams = bench_types()[self.valid._name].width

    @property
    def on(self) -> bool:
        return self.dut.rst_ni.value == 1


class Source(_Port):
    """Offers beats, each until it is accepted.

    Attributes:
        queues: beats that are not yet accepted, by stream: bits by port.
        accepted: the cycles in which beats were accepted, by stream.
        refused: most cycles in a row in which a stream's beat was not accepted.
    """

    def __init__(self, dut: SimHandleBase, name: str = "in", stalls: str | None = "none", random: Random | None = None):
        super().__init__(dut, name, outward=False)
        random = random or random_of(name)
        self._pauses = [pauses(stalls, stream, random) for stream in range(self.streams)]
        self._offered = [False] * self.streams
        self.queues: list[deque[dict[str, int]]] = [deque() for _ in range(self.streams)]
        self.accepted: list[list[int]] = [[] for _ in range(self.streams)]
        self.refused = [0] * self.streams
        zero(dut, *(port.removesuffix("_i") for port in (self.valid._name, *self.types)))
        self._task = cocotb.start_soon(self._run())

    def put(self, beat: object = None, /, stream: int = 0, **ports: object) -> None:
        """Queue a beat: a value of the only payload, or values by port."""
        given = ports or {next(iter(self.types)): beat}
        self.queues[stream].append(
            {port: value if isinstance(value, int) else self.types[port].pack(value) for port, value in given.items()}
        )

    async def taken(self, cycles: int = 20_000) -> None:
        """Wait until every beat is accepted."""
        await until(self.dut, lambda: not any(self.queues), cycles, "that beats are taken")

    def clear(self) -> None:
        """Withdraw everything, for a reset."""
        for queue in self.queues:
            queue.clear()
        self._offered = [False] * self.streams
        self.valid.value = 0

    def stop(self) -> None:
        """Leave the port to another source."""
        self.clear()
        self._task.cancel()

    async def _run(self) -> None:
        waiting = [0] * self.streams
        while True:
            valid, data = 0, dict.fromkeys(self.types, 0)
            for stream, queue in enumerate(self.queues):
                pause = next(self._pauses[stream]) and not self._offered[stream]
                if queue and not pause and self.on:
                    self._offered[stream] = True
                    valid |= 1 << stream
                    for port, value in queue[0].items():
                        data[port] |= value << stream * (self.types[port].width // self.streams)
            self.valid.value = valid
            for port, value in data.items():
                getattr(self.dut, port).value = value
            await FallingEdge(self.dut.clk_i)
            taken, cycle = valid & int(self.ready.value) if valid and self.on else 0, now()
            await RisingEdge(self.dut.clk_i)
            for stream, queue in enumerate(self.queues):
                if not self._offered[stream]:
                    waiting[stream] = 0  # nothing, or withdrawn for a reset meanwhile
                elif taken >> stream & 1:
                    queue.popleft()
                    self.accepted[stream].append(cycle)
                    self._offered[stream], waiting[stream] = False, 0
                elif valid >> stream & 1:
                    waiting[stream] += 1
                    self.refused[stream] = max(self.refused[stream], waiting[stream])


class Sink(_Port):
    """Accepts beats.

    Args:
        stalls: their kind, "mixed" gives each stream another one; "open" makes ready high once, and None leaves it to
            the bench altogether.
        take: called with each beat, of a vector with stream and beat, in place of `beats`.

    Attributes:
        beats: what came: a record, an integer, or values by port.
        cycles: when each of them came.
        stopped, always: streams (bits) that accept nothing, or always, whatever the stalls say.
    """

    def __init__(
        self,
        dut: SimHandleBase,
        name: str = "out",
        stalls: str | None = "none",
        random: Random | None = None,
        take: Callable[..., None] | None = None,
    ):
        super().__init__(dut, name, outward=True)
        self.beats: list = []
        self.cycles: list[int] = []
        self.stopped = self.always = 0
        self._take = take or self.beats.append
        self._driven = stalls not in ("open", None)
        if stalls is not None:
            self.ready.value = int(stalls == "open")
        random = random or random_of(name)
        kind = None if stalls == "mixed" else stalls if self._driven else "none"
        self._pauses = [pauses(kind, stream, random) for stream in range(self.streams)]
        self._task = cocotb.start_soon(self._run())

    def stop(self) -> None:
        """Accept nothing more."""
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            if self._driven:
                ready = sum(1 << stream for stream, pause in enumerate(self._pauses) if not next(pause))
                self.ready.value = (ready | self.always) & ~self.stopped
            await FallingEdge(self.dut.clk_i)
            if self.on and (taken := int(self.valid.value)) and (taken := taken & int(self.ready.value)):
                self._accept(taken)
            await RisingEdge(self.dut.clk_i)

    def _accept(self, taken: int) -> None:
        values = {port: kind.unpack(int(getattr(self.dut, port).value)) for port, kind in self.types.items()}
        beat = values if len(values) > 1 else next(iter(values.values()))
        for stream in range(self.streams):
            if taken >> stream & 1:
                self.cycles.append(now())
                self._take(*((stream,) if self.streams > 1 else ()), beat)

    def clear(self) -> None:
        """Forget what came."""
        self.beats.clear()
        self.cycles.clear()


class Numbered(Source):
    """A source of beats that tell stream and number.

    Attributes:
        sent: the beats, by stream.
    """

    def __init__(self, *arguments: object, **options: object):
        super().__init__(*arguments, **options)
        self.sent: list[list[int]] = [[] for _ in range(self.streams)]
        ((self._port, kind),) = self.types.items()
        self._noise = kind.width // self.streams - NUMBER_BITS - STREAM_BITS
        self._random = rng()

    def send(self, count: int, stream: int = 0) -> None:
        """Queue that number of beats."""
        for _ in range(count):
            beat = (self._random.getrandbits(self._noise) << STREAM_BITS | stream) << NUMBER_BITS
            self.sent[stream].append(beat | len(self.sent[stream]))
            self.put(**{self._port: self.sent[stream][-1]}, stream=stream)

    def by_stream(self, beats: list[int]) -> list[list[int]]:
        """Return beats that came, by stream."""
        came: list[list[int]] = [[] for _ in self.sent]
        for beat in beats:
            came[beat >> NUMBER_BITS & (1 << STREAM_BITS) - 1].append(beat)
        return came

    @property
    def total(self) -> int:
        """Return the number of beats."""
        return sum(map(len, self.sent))


class Passage:
    """A module that passes beats on: each comes once, unchanged, in the order of its stream.

    Attributes:
        source, sink: at in_* and out_*.
        packed: returns the bits of a beat that came.
    """

    def __init__(self, dut: SimHandleBase, producers: str | None = "none", consumer: str | None = "none"):
        self.dut = dut
        self.source = Numbered(dut, "in", producers)
        self.sink = Sink(dut, "out", consumer)
        self.packed = next(iter(self.sink.types.values())).pack

    @classmethod
    async def begin(cls, dut: SimHandleBase, *stalls: str | None) -> Passage:
        """Return the passage of a module out of reset."""
        passage = cls(dut, *stalls)
        await start(dut)
        return passage

    @property
    def streams(self) -> range:
        """Return the numbers of the streams."""
        return range(self.source.streams)

    def send(self, count: int, *streams: int) -> None:
        """Queue beats of these streams, or of all."""
        for stream in streams or self.streams:
            self.source.send(count, stream)

    async def finish(self) -> None:
        """Wait for all that was sent, and compare."""
        total = self.source.total
        await until(self.dut, lambda: len(self.sink.beats) >= total, 100 * total + 100, "the last beat")
        await ClockCycles(self.dut.clk_i, 12)
        assert self.source.by_stream([self.packed(beat) for beat in self.sink.beats]) == self.source.sent
        assert len(self.sink.beats) == total > 0 and not any(self.source.queues)

    async def reset(self, cycles: int = 1) -> None:
        """Reset the module, and forget what was sent."""
        self.source.clear()
        await reset(self.dut, cycles)
        self.source.clear()
        self.sink.clear()
        self.source.sent = [[] for _ in self.source.sent]
