# SPDX-License-Identifier: Apache-2.0
"""The memories with parity: the places of words, and their readers.

For Icarus, which lets memories be written from outside.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator, Sequence

import numpy as np
from cocotb.handle import SimHandleBase

from sim.configs import Config
from tb.common import rtl_constants as rtl
from tests.top.contractions import Case

STORED = rtl.CONSTANTS["PlaceStored"]
LINE_PLACE = STORED << 4 | rtl.CONSTANTS["PlaceLine"]  # level and memory of an error place


@dataclasses.dataclass(frozen=True)
class Flip:
    """A flipped bit.

    Attributes:
        what: for messages.
        place: RegErrorPlace if the word is used.
        used: whether the contraction uses it; None if that depends on the distribution of work.
    """

    what: str
    place: int
    used: bool | None = None


def place(operand: int, memory: str, position: int) -> int:
    """Return the error place of a word of a memory that is no node."""
    return operand << 31 | STORED << 28 | rtl.CONSTANTS[memory] << 24 | position


def turn(word: SimHandleBase, chance: random.Random, bits: Sequence[int] | None = None) -> str:
    """Flip a random bit of a word, if given one of these bits, and return its number."""
    bit = chance.choice(bits or range(len(word)))
    word.value = int(word.value) ^ 1 << bit
    return f"bit {bit} of {word._path}"


class Words:
    """The memories of a chip.

    Args:
        dut: the chip's top.
        config: of the build.
    """

    def __init__(self, dut: SimHandleBase, config: Config):
        chip = dut.u_chip
        engine = str(config["Engine"])
        self.holds = engine == "resident"  # its engines hold fibers of A
        self._ideal = config["Memory"] == "ideal"
        self._memory = (chip.u_memory.gen_ideal if self._ideal else chip.u_memory.gen_banked).u_memory
        self._banks, self._lanes = int(config["MemBanks"]), int(config["Lanes"])
        self._stores = [chip.gen_store[which].u_buffers.gen_buffer[0].u_store for which in range(2)]
        self._compute = getattr(chip, f"gen_{engine if self.holds else 'stream'}").u_compute
        self._count = int(config["NumSdpe"])
        self._portions = int(config["Portions"])
        self._groups = -(-self._count // int(config["GroupSize"]))
        self.met: set[int] = set()  # sources whose results have been flipped: others come first

    # ------------------------------------------------------------------ tensor memory
    def line(self, case: Case, chance: random.Random) -> Flip:
        """Flip a bit of a line of an operand; each line is read."""
        operand = chance.randrange(2)
        lengths = (int(end - begin) for begin, end in case.operands[operand].fiber_bounds())
        line = chance.randrange(sum(-(-length // self._lanes) for length in lengths))
        if self._ideal:
            word = self._memory.gen_operand[operand].gen_ram[0].u_lines.mem_q[line]
        else:
            bank = (line + operand * (self._banks // 2)) % self._banks
            word = self._memory.gen_bank[bank].gen_operand[operand].u_lines.mem_q[line // self._banks]
        return Flip(turn(word, chance), operand << 31 | LINE_PLACE << 24 | line, True)

    # ------------------------------------------------------------------ operand store
    def first(self, case: Case, chance: random.Random) -> Flip:
        """Flip a bit of a first line in a fiber table."""
        operand = chance.randrange(2)
        fibers = len(case.operands[operand].fiber_bounds())
        fiber = chance.randrange(fibers + 1)
        used = None
        if not self.holds:
            # The generator reads the ends of fibers of A and of runs of B, and the first fibers.
            run = (case.run_length or fibers) if operand else 1
            used = fiber % run == 0 or fiber == fibers
        what = turn(self._stores[operand].u_firsts.mem_q[fiber], chance)
        return Flip(what, place(operand, "PlaceFirst", fiber), used)

    def bound(self, case: Case, chance: random.Random) -> Flip:
        """Flip a high bit of a first line that may end a set of A: the line is then far outside."""
        fiber = chance.randint(1, len(case.operands[0].fiber_bounds()))
        what = turn(self._stores[0].u_firsts.mem_q[fiber], chance, range(10, 16))
        return Flip(what, place(0, "PlaceFirst", fiber))

    def path(self, case: Case, chance: random.Random) -> Flip:
        """Flip a bit of the leaf node of a fiber."""
        operand = chance.randrange(2)
        paths = case.operands[operand].fiber_paths()
        fiber = chance.randrange(len(paths))
        what = turn(self._stores[operand].u_leaves.mem_q[fiber], chance)
        return Flip(what, place(operand, "PlacePath", fiber), _leaves(case, operand, paths[fiber]))

    def node(self, case: Case, chance: random.Random) -> Flip | None:
        """Flip a bit of a node, in a lower level if there is one; None if no operand has any."""
        orders = [csf.order for csf in case.operands]
        operand = orders.index(max(orders))
        csf = case.operands[operand]
        if not csf.nodes:
            return None
        level = csf.order - 2 - chance.randrange(csf.order - 1) // 2
        prefixes = np.unique(csf.fiber_paths()[:, : level + 1], axis=0)
        rank = chance.randrange(len(prefixes))
        number = sum(len(above) for above in csf.coords[:level]) + rank
        what = turn(self._stores[operand].gen_bank[0].u_nodes.mem_q[number], chance)
        return Flip(what, operand << 31 | level << 28 | number, _leaves(case, operand, prefixes[rank]))

    # ------------------------------------------------------------------ result stores
    def sources(self) -> Iterator[tuple[int, SimHandleBase]]:
        """Yield SDPEs and combiner, each with its number: the combiner comes after all SDPEs, also those at rest."""
        yield from enumerate(self._engines())
        if self._portions:
            yield self._count, self._compute.gen_sums.u_sums.u_combiner

    def _engines(self) -> Iterator[SimHandleBase]:
        """Yield SDPEs."""
        for s in range(self._used):
            if self.holds:
                size = self._used // self._groups
                yield self._compute.gen_group[s // size].u_group.gen_engine[s % size].u_engine
            else:
                yield self._compute.gen_sdpe[s].u_sdpe

    @property
    def _used(self) -> int:
        """Return the number of working SDPEs."""
        return self._count // self._groups * self._groups if self.holds else self._count

    def result(self, case: Case, chance: random.Random) -> Flip | None:
        """Flip a bit of a result that waits in a store; None if none does.

        Not of the first one: it is offered, and the checker of that stream forbids that it changes.
        """
        # The combiner has no dot unit around its store.
        fifos = [(s, getattr(source, "u_dots", source).u_store.u_fifo) for s, source in self.sources()]
        fifos = [(s, fifo) for s, fifo in fifos if int(fifo.usage_o.value) > 1]
        if not fifos:
            return None
        source, fifo = chance.choice([pair for pair in fifos if pair[0] not in self.met] or fifos)
        self.met.add(source)
        index = int(fifo.rd_ptr_q.value) + chance.randrange(1, int(fifo.usage_o.value))
        words = fifo.u_bank.mem_q
        what = turn(words[index % len(words)], chance)
        return Flip(what, place(0, "PlaceResult", source), True)

    # ------------------------------------------------------------ the resident machine
    def rank(self, case: Case, chance: random.Random) -> Flip:
        """Flip a bit of the first block of ranks of an operand."""
        operand = chance.randrange(2)
        what = turn(self._compute.u_plan.gen_operand[operand].u_ranks.gen_buffer[0].u_blocks.mem_q[0], chance)
        return Flip(what, place(operand, "PlaceRank", 0))

    def write_all_values(self) -> None:
        """Write every word for values of A: a wrong rank may read an unwritten one."""
        for engine in self._engines():
            for word in engine.u_emit.u_values.mem_q:
                word.value = 1 << len(word) - 1  # zeros, and their parity bit

    def values(self, chance: random.Random) -> Flip:
        """Flip a bit of each word of an engine's values of resident fibers."""
        source, engine = chance.choice(list(enumerate(self._engines())))
        words = engine.u_emit.u_values.mem_q
        half = len(words) // 2
        for index in [*range(min(half, 8)), *range(half, half + min(half, 8))]:
            if words[index].value.is_resolvable:
                turn(words[index], chance)
        return Flip(f"values of engine {source}", place(0, "PlaceTable", source))


def _leaves(case: Case, operand: int, prefix: np.ndarray) -> bool:
    """Return whether a result leaves whose coordinates in an operand begin with these."""
    begin = case.a.order - 1 if operand else 0
    coords = case.result.coords[:, begin : begin + len(prefix)]
    return bool((coords == prefix.astype(coords.dtype)).all(axis=1).any()) if len(coords) else False
