# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: extents and counts are checked with the descriptor, whatever is ahead in the queue."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from random import Random

import cocotb
import numpy as np
from cocotbext.axi import AxiResp

from models.csf import Csf
from models.device.build import Build
from models.device.interpret import interpret
from models.device.layout import HEAD, LEVEL, SLOT, WORD, Descriptor
from models.tensor import SparseTensor
from tb.common.bench import rng, start
from tb.dma import coverage
from tb.dma.image import levels
from tests.dma.first_tests import drawn
from tests.dma.host import BIT, ERROR, RESULTS, Host, check, expected
from tests.dma.image import FIRST, Image, to_bytes, words
from tests.share import amount

EXTENT, WIDEST = 16, 2**32 - 1
EXTENT_WORD, COUNT_WORD = 4, 5  # of a level
PLACES = 8  # slots of the ring
ROOM = 0x4000  # bytes of a result buffer
OWN = FIRST + 0x4_0000  # address from which on the arrays of the wrong descriptor lie
LEAF_A, LEAF_B = 1, 4  # levels in the descriptor: A has orders 2, B 3
ENTRIES = 3  # the place of a number of entries
AHEAD = ("nothing", "one", "long", "three", "kept", "empty", "wrong")


@dataclasses.dataclass(frozen=True)
class Case:
    """A descriptor with changed words.

    Attributes:
        name: for people.
        changes: (level, word, value) of the descriptor.
        code, place: the error to report; code 0: it is right.
    """

    name: str
    changes: tuple[tuple[int, int, int], ...]
    code: int = 0
    place: int = 0


class Noting(dict):
    """Responses of the memory that note the address of each access."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[int] = set()

    def get(self, address: int, default: AxiResp | None = None) -> AxiResp | None:
        self.seen.add(address)
        return default


def cases(host: Host) -> Iterator[Case]:
    """Yield each pair of extents of the leaves, then other extents and counts."""
    widest = 1 << int(host.dut.CoordWidth.value)
    entries, nodes = int(host.dut.MemLines.value) * int(host.dut.Lanes.value), int(host.dut.NodeDepth.value)
    values = [value for value in (EXTENT, 0, widest, widest + 1, WIDEST) if value <= WIDEST]
    for a, b in itertools.product(values, repeat=2):
        wrong = [operand << 31 | mode for operand, mode, value in ((0, 1, a), (1, 2, b)) if not 0 < value <= widest]
        code, place = ("ErrExtent", wrong[0]) if wrong else ("ErrExtentsDiffer", a) if a != b else ("", 0)
        changes = ((LEAF_A, EXTENT_WORD, a), (LEAF_B, EXTENT_WORD, b))
        yield Case(f"extents {a} and {b}", changes, ERROR.get(code, 0), place)
    for level, place in ((0, 0), (2, 1 << 31), (3, 1 << 31 | 1)):
        yield Case(f"extent 0 of level {level}", ((level, EXTENT_WORD, 0),), ERROR["ErrExtent"], place)
    both = ((0, EXTENT_WORD, 0), (LEAF_B, EXTENT_WORD, 0))
    yield Case("extents of A and of B", both, ERROR["ErrExtent"], 0)
    full = ERROR["ErrMemoryFull"]
    yield Case("too many entries of A", ((LEAF_A, COUNT_WORD, entries + 1),), full, ENTRIES)
    yield Case("far too many entries of B", ((LEAF_B, COUNT_WORD, WIDEST),), full, 1 << 31 | ENTRIES)
    yield Case("too many nodes of A", ((0, COUNT_WORD, nodes + 1),), full, 0)
    sums = ((2, COUNT_WORD, nodes - 1), (3, COUNT_WORD, 2))
    yield Case("too many nodes of B in all", sums, full, 1 << 31 | 1)
    yield Case("far too many nodes of B", ((3, COUNT_WORD, WIDEST),), full, 1 << 31 | 1)
    count = ERROR["ErrCount"]
    yield Case("entries of A without nodes", ((0, COUNT_WORD, 0),), count, 0)
    yield Case("nodes of B without nodes above", ((2, COUNT_WORD, 0),), count, 1 << 31 | 1)
    yield Case("entries of B without nodes", ((3, COUNT_WORD, 0),), count, 1 << 31 | 1)
    several = ((LEAF_A, COUNT_WORD, WIDEST), (LEAF_B, EXTENT_WORD, 0))
    yield Case("a count of A before an extent of B", several, full, ENTRIES)


class Queue:
    """A ring with right contractions, a descriptor that is wrong, and a right one after it."""

    def __init__(self, host: Host, numbers: np.random.Generator):
        self.host, self.fmt = host, host.fmt
        image, own = Image(host.memory), Image(host.memory, OWN)
        self.pairs = {
            name: self._pair(numbers, shapes, density)
            for name, shapes, density in (
                ("own", ((3, EXTENT), (2, 3, EXTENT)), 0.6),
                ("small", ((2, 9), (3, 9)), 0.6),
                ("long", ((12, 30), (12, 30)), 1.0),
                ("empty", ((9,), (9,)), 0.0),
            )
        }
        self.levels = {name: self._lay(own if name == "own" else image, pair) for name, pair in self.pairs.items()}
        self.wanted = {name: expected(*pair, self.fmt) for name, pair in self.pairs.items()}
        self.behind = own.end

    def _pair(self, numbers, shapes, density: float) -> tuple[SparseTensor, SparseTensor]:
        return tuple(drawn(numbers, shape, self.fmt.name, density) for shape in shapes)

    def _lay(self, image: Image, pair: tuple[SparseTensor, SparseTensor]) -> list:
        return [image.operand(which, levels(Csf.from_tensor(operand), self.fmt)) for which, operand in enumerate(pair)]

    def put(self, name: str, random: Random, **more: object) -> tuple[int, int, str]:
        """Queue a right contraction; return its slot, the address of its results, and its name."""
        at = RESULTS + self.host.tail * ROOM
        prompt = random.random() < 0.5
        slot = self.host.put(
            Descriptor(*self.levels[name], self.fmt.code, at, ROOM, interrupt=False, prompt=prompt, **more)
        )
        return slot, at, name

    def ahead(self, what: str, random: Random) -> list[tuple[int, int, str]]:
        """Queue what is ahead of the wrong descriptor."""
        kinds = {"one": ["small"], "long": ["long"], "three": ["small", "long", "small"], "empty": ["empty"]}
        jobs = [self.put(name, random) for name in kinds.get(what, [])]
        if what == "kept":
            jobs = [self.put("long", random), self.put("long", random, kept=(True, True))]
        return jobs

    def check(self, job: tuple[int, int, str], why: str) -> None:
        """Compare a contraction that was right."""
        slot, at, name = job
        record = self.host.record(slot)
        assert record and record.code == 0, f"{why}: {record}"
        wanted = self.wanted[name]
        found = np.frombuffer(self.host.memory.get(at, record.written), "<u4").reshape(-1, wanted.shape[1])
        check(found, wanted)


def build_of(host: Host) -> Build:
    """Return the build for the model, from the parameters."""
    dut = host.dut
    lanes, lines, nodes, fibers, width = (
        int(getattr(dut, name).value) for name in ("Lanes", "MemLines", "NodeDepth", "FiberDepth", "CoordWidth")
    )
    return Build(host.fmt, lanes, lines, nodes, fibers, width, 8 * host.memory.beat, 1, "merge")


async def attempt(queue: Queue, case: Case, what: str, random: Random) -> None:
    """Run a queue; compare the report, the accesses to memory, and all other contractions."""
    host, why = queue.host, f"{case.name}, {what} ahead"
    at = RESULTS + 6 * ROOM
    spoiled = words(Descriptor(*queue.levels["own"], host.fmt.code, at, ROOM, interrupt=False))
    for level, word, value in case.changes:
        spoiled[(HEAD + level * LEVEL) // WORD + word] = value
    effect = interpret(to_bytes(spoiled).ljust(SLOT, b"\0"), lambda a, n, _: host.memory.get(a, n), build_of(host))
    assert (effect.completion.code, effect.completion.place) == (case.code, case.place), f"{why}: {effect}"
    host.memory.refused = noted = Noting()
    jobs = queue.ahead(what, random)
    wrong = host.put([0, *spoiled[1:]]) if what == "wrong" else None
    slot = host.put(spoiled)
    behind = queue.put("small", random)
    await host.set_ring()
    await host.ring()
    if case.code == 0 and wrong is None:
        await host.completed(behind[0])
        queue.check((slot, at, "own"), why)
        queue.check(behind, why)
    else:
        await host.halted()
        told = (ERROR["ErrDescriptor"], 0) if wrong else (case.code, case.place)
        record = host.record(wrong or slot)
        assert record and (record.code, record.place) == told, f"{why}: {record}"
        assert (await host.read("RegDmaError"), await host.read("RegDmaPlace")) == told, why
        assert host.record(behind[0]) is None, why
        coverage.sample_error(*told)
    for job in jobs:
        queue.check(job, why)
    await host.reset()
    if case.code:
        touched = [address for address in noted.seen if OWN <= address < queue.behind]
        assert not touched, f"{why}: arrays of a wrong descriptor are read, at {touched[0]:#x}"
    for index in range(PLACES):
        host.memory.put(host.slot(index), bytes(SLOT))


@cocotb.test()
@cocotb.parametrize(latency=[1, 60])
async def whatever_is_ahead(dut, latency: int) -> None:
    """The same code and place with each queue; no array of the descriptor is read."""
    random = rng()
    host = Host(dut, latency, slots=PLACES)
    await start(dut)
    queue = Queue(host, np.random.default_rng(random.getrandbits(32)))
    await host.write("RegDmaIrqEnable", BIT["DmaIrqError"])
    runs = list(itertools.product(cases(host), AHEAD))
    some = 15 if "Icarus" in cocotb.SIM_NAME else 75  # a second takes Icarus a thousand cycles
    chosen = random.sample(runs, amount(some, len(runs)))
    for case, what in chosen:
        await attempt(queue, case, what, random)
    dut._log.info("%d of %d runs", len(chosen), len(runs))
