# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: extents and counts are checked with the descriptor, whatever is ahead in the queue."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator

import cocotb
from cocotb.handle import SimHandleBase
from cocotbext.axi import AxiResp

from models.csf import Csf
from models.device.interpret import interpret
from models.device.layout import HEAD, LEVEL, SLOT, WORD
from tb.dma import coverage
from tb.dma.image import levels
from tests.dma.host import ERROR, RESULTS, Host, opened
from tests.dma.image import FIRST, Image, to_bytes, words
from tests.dma.queue import Queue, Turn
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


PAIRS = {  # shapes and density of the operands
    "own": (((3, EXTENT), (2, 3, EXTENT)), 0.6),
    "small": (((2, 9), (3, 9)), 0.6),
    "long": (((12, 30), (12, 30)), 1.0),
    "empty": (((9,), (9,)), 0.0),
}
KINDS = {"one": ["small"], "long": ["long"], "three": ["small", "long", "small"], "empty": ["empty"], "kept": ["long"]}


class Ahead(Queue):
    """A ring with right contractions, a descriptor that is wrong, and a right one after it."""

    def __init__(self, host: Host):
        super().__init__(host, ROOM)
        self.own = Image(host.memory, OWN)
        self.pairs = {name: host.draw(*pair) for name, pair in PAIRS.items()}
        self.sides = {
            name: [
                (self.own if name == "own" else self.image).operand(which, levels(Csf.from_tensor(operand), host.fmt))
                for which, operand in enumerate(pair)
            ]
            for name, pair in self.pairs.items()
        }

    def queue(self, name: str, **members) -> Turn:
        """Queue a right contraction."""
        return self.enter(self.sides[name], self.pairs[name], [], prompt=self.host.random.random() < 0.5, **members)

    def ahead(self, what: str) -> None:
        """Queue what is ahead of the wrong descriptor."""
        self.turns.clear()
        for name in KINDS.get(what, []):
            self.queue(name)
        if what == "kept":
            self.queue("long", kept=(True, True))


async def attempt(queue: Ahead, case: Case, what: str) -> None:
    """Run a queue; compare the report, the accesses to memory, and all other contractions."""
    host, why = queue.host, f"{case.name}, {what} ahead"
    queue.ahead(what)
    wrong = host.put([0, 0]) if what == "wrong" else None
    turn = queue.queue("own", results=RESULTS + 6 * ROOM)
    spoiled = words(turn.descriptor)
    for level, word, value in case.changes:
        spoiled[(HEAD + level * LEVEL) // WORD + word] = value
    host.memory.put(turn.slot, to_bytes(spoiled))
    slot = to_bytes(spoiled).ljust(SLOT, b"\0")
    effect = interpret(slot, lambda address, length, _: host.memory.get(address, length), host.build)
    assert (effect.completion.code, effect.completion.place) == (case.code, case.place), f"{why}: {effect}"
    host.memory.refused = noted = Noting()
    queue.queue("small")
    await host.ring()
    if case.code == 0 and wrong is None:
        await queue.check()
    else:
        behind, spoiled_one = queue.turns.pop(), queue.turns.pop()
        await host.halted()
        told = (ERROR["ErrDescriptor"], 0) if wrong else (case.code, case.place)
        record = host.record(wrong or spoiled_one.slot)
        assert record and (record.code, record.place) == told == await host.error(), f"{why}: {record}"
        assert host.record(behind.slot) is None, why
        coverage.sample_error(*told)
        await queue.check()
    host.memory.refused = {}
    await host.reset()
    if case.code:
        touched = [address for address in noted.seen if OWN <= address < queue.own.end]
        assert not touched, f"{why}: arrays of a wrong descriptor are read, at {touched[0]:#x}"
    for index in range(PLACES):
        host.memory.put(host.slot(index), bytes(SLOT))


@cocotb.test()
@cocotb.parametrize(latency=[1, 60])
async def whatever_is_ahead(dut: SimHandleBase, latency: int) -> None:
    """The same code and place with each queue; no array of the descriptor is read."""
    host = await opened(dut, latency, slots=PLACES)
    queue = Ahead(host)
    runs = list(itertools.product(cases(host), AHEAD))
    some = 15 if "Icarus" in cocotb.SIM_NAME else 75  # a second takes Icarus a thousand cycles
    chosen = host.random.sample(runs, amount(some, len(runs)))
    for case, what in chosen:
        await attempt(queue, case, what)
    dut._log.info("%d of %d runs", len(chosen), len(runs))
