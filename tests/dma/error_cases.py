# SPDX-License-Identifier: Apache-2.0
"""Bad descriptors, bad arrays and a memory that refuses: each fault with the error to report."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator

import numpy as np
from cocotbext.axi import AxiResp

from flaash.driver.arrays import Level
from models.csf import Csf
from models.device.layout import COMPLETION_AT, HEAD, LEVEL, NARROW_RESULTS, SLOT, Descriptor
from models.generate import uniform_tensor
from models.tensor import SparseTensor
from tb.common.rtl_constants import DMA
from tb.dma.image import LEAF, levels, loosened
from tests.dma.host import CAPACITY, ERROR, RESULTS, Host
from tests.dma.image import Image, first_levels, words

PART = {name.removeprefix("Part"): constant.value for name, constant in DMA.prefixed("Part").items()}
SLVERR, DECERR = AxiResp.SLVERR, AxiResp.DECERR
READ = {SLVERR: ERROR["ErrReadSlave"], DECERR: ERROR["ErrReadDecode"]}
WRITE = {SLVERR: ERROR["ErrWriteSlave"], DECERR: ERROR["ErrWriteDecode"]}
WIDE = 0xFFFF_FFFF


@dataclasses.dataclass
class Setting:
    """A contraction that would be right: its operands as levels, the words of its descriptor."""

    host: Host
    found: tuple[list[Level], list[Level]]
    words: list[int] = dataclasses.field(default_factory=list)
    image: Image | None = None
    slot: int = 0

    def lay(self) -> None:
        self.image = Image(self.host.memory)
        operands = [self.image.operand(i, part) for i, part in enumerate(self.found)]
        self.words = words(Descriptor(*operands, self.host.fmt.code, RESULTS, CAPACITY, interrupt=False, tag=99))


@dataclasses.dataclass(frozen=True)
class Case:
    """A fault.

    Attributes:
        name: for people.
        code, place: the error to report.
        arrays: spoils the levels before they are laid out.
        words: spoils the words of the descriptor.
        memory: makes the memory refuse; gets the address of the slot.
        recorded: a completion record can be written.
        last: the place may be a later one, up to this.
        prompt: the completion record leaves before the responses to the results.
        double: two words are wrong, or two beats are refused.
    """

    name: str
    code: int
    place: int
    arrays: Callable[[Setting], None] | None = None
    words: Callable[[list[int]], None] | None = None
    memory: Callable[[Setting], None] | None = None
    recorded: bool = True
    last: int | None = None
    prompt: bool = False
    double: bool = False

    @property
    def places(self) -> range:
        """Return the places that the chip may report."""
        return range(self.place, (self.place if self.last is None else self.last) + 1)


def operands(numbers: np.random.Generator, values: str) -> tuple[SparseTensor, SparseTensor]:
    """Return operands of orders 3 and 2, whose first level may be dense, of 300 entries."""
    return (
        uniform_tensor(numbers, (3, 2, 50), 0.7, values=values),
        uniform_tensor(numbers, (4, 50), 0.6, values=values),
    )


def setting(host: Host, a: SparseTensor, b: SparseTensor) -> Setting:
    return Setting(host, (levels(Csf.from_tensor(a), host.fmt, dense=[0]), levels(Csf.from_tensor(b), host.fmt)))


def bus_place(operand: int, level: int, part: str, offset: int) -> int:
    return operand << 31 | level << 28 | PART[part] << 24 | offset // 16


def _set(first: int, *values: int) -> Callable[[list[int]], None]:
    """Replace words, from `first` on."""

    def spoil(words: list[int]) -> None:
        words[first : first + len(values)] = values

    return spoil


def _or(word: int, bits: int) -> Callable[[list[int]], None]:
    def spoil(words: list[int]) -> None:
        words[word] |= bits

    return spoil


def head_cases() -> Iterator[Case]:
    """Each field of the head of a descriptor."""
    bad = ERROR["ErrDescriptor"]
    yield Case("magic", bad, 0, words=_set(0, 0x4441_4C47))
    for name, shift in (("A", 0), ("B", 4)):
        for order in (0, 9, 15):

            def spoil(words: list[int], order: int = order, shift: int = shift) -> None:
                words[1] = words[1] & ~(15 << shift) | order << shift

            yield Case(f"order of {name} {order}", ERROR["ErrOrder"], order, words=spoil)
    yield Case("format", bad, 4, words=_or(1, 0x8000))
    for name, bits in (("A", 1), ("B", 2), ("both", 3)):
        yield Case(f"{name} kept, but none is there", ERROR["ErrNoOperand"], bits, words=_or(1, bits << 19))
    for bit in (22, 23, 27, 31):
        yield Case(f"what, bit {bit}", bad, 4, words=_or(1, 1 << bit))

    def narrow(words: list[int]) -> None:  # fp32 refuses narrow results
        words[1] |= 1 << NARROW_RESULTS
        words[2] |= 1

    yield Case("narrow results, not aligned", bad, 4, words=narrow, double=True)
    for bit in range(6):
        yield Case(f"results, bit {bit}", ERROR["ErrAlign"], 8, words=_or(2, 1 << bit))
    yield Case("capacity", ERROR["ErrSpan"], 8, words=_set(4, WIDE, WIDE))
    yield Case("results at the end", ERROR["ErrSpan"], 8, words=_set(2, WIDE - 63, WIDE, 65))
    yield Case("portion", bad, 28, words=_set(7, 1))
    for word in range(10, 16):
        yield Case(f"word {word}", bad, 4 * word, words=_set(word, 1 << word % 10))


def level_cases() -> Iterator[Case]:
    """Each field of each level."""
    bad, align, span = (ERROR[f"Err{name}"] for name in ("Descriptor", "Align", "Span"))
    for level, kind in enumerate(("dense", "upper", "leaf", "upper", "leaf")):
        at = (HEAD + level * LEVEL) // 4
        for word in (at, at + 2):
            name, place = f"level {level}, address {word - at}", 4 * word
            if (kind, word) == ("dense", at + 2):
                yield Case(f"level {level}, crd of a dense one", bad, place, words=_set(word, 64))
                continue
            for bit in (0, 5):
                yield Case(f"{name}, bit {bit}", align, place, words=_or(word, 1 << bit))
            if kind == "leaf":  # its arrays have more than 64 bytes
                yield Case(f"{name} at the end", span, place, words=_set(word, WIDE - 63, WIDE))
        if kind == "upper":

            def beyond(words: list[int], at: int = at) -> None:
                """16 nodes have 17 pointers, 4 bytes more than there are from this address on."""
                words[at : at + 2], words[at + 5] = [WIDE - 63, WIDE], 16

            yield Case(f"level {level}, the last pointer at the end", span, 4 * at, words=beyond)
        if kind == "dense":
            counts, place = ERROR["ErrLevelCount"], 4 * (at + 5)
            for count in (0, 2, 4):
                yield Case(f"level {level}, count {count}", counts, place, words=_set(at + 5, count))
            # The first wrong word of a level counts, though a product is compared later than the others.
            for word, bits, code, first in ((0, 1, align, 4 * at), (6, 1 << 17, counts, place)):

                def spoil(words: list[int], word: int = at + word, bits: int = bits, count: int = at + 5) -> None:
                    words[word] |= bits
                    words[count] = 2

                yield Case(f"level {level}, count and word {word}", code, first, words=spoil, double=True)
        for bit in (*([] if kind == "upper" else [2]), 3, 31):
            yield Case(f"level {level}, kind, bit {bit}", bad, 4 * (at + 6), words=_or(at + 6, 1 << bit))
        wrong = 1 if kind == "leaf" else 2
        yield Case(f"level {level}, kind {wrong}", bad, 4 * (at + 6), words=_or(at + 6, wrong))
        yield Case(f"level {level}, last word", bad, 4 * (at + 7), words=_set(at + 7, 1))
    yield Case("extents differ", ERROR["ErrExtentsDiffer"], 50, words=_set((HEAD + 4 * LEVEL) // 4 + 4, 51))


def array_cases() -> Iterator[Case]:
    """Bad contents of arrays, and counts that do not fit them: the loader reports them, with its places."""

    def at(operand: int, level: int, position: int) -> int:
        return operand << 31 | level << 28 | position

    def change(operand: int, level: int, array: str, index: int, value: int):
        def spoil(setting: Setting) -> None:
            data = getattr(setting.found[operand][level], array)
            data[index] = value

        return spoil

    order, limit, pointer = (ERROR[f"Err{name}"] for name in ("CoordOrder", "CoordRange", "Pointer"))
    for operand, leaf in ((0, 2), (1, 1)):
        for name, code, level, index, value in (
            ("coordinate too great", limit, leaf, 70, 1 << 20),
            ("coordinate beyond the extent", limit, leaf, 3, 50),
            ("pos begins with 1", pointer, leaf - 1, 0, 1),
            ("pos decreases", pointer, leaf - 1, 2, 0),
            ("pos ends elsewhere", pointer, leaf - 1, 1, 1 << 28),
        ):
            place = at(operand, LEAF if level == leaf else level, index)
            yield Case(f"{name}, {operand}", code, place, arrays=change(operand, level, "first", index, value))
    yield Case("upper coordinate beyond the extent", limit, at(0, 1, 1), arrays=change(0, 1, "second", 1, 2))
    yield Case("upper coordinate repeats", order, at(1, 0, 1), arrays=change(1, 0, "second", 1, 0))

    def apart(operand: int, index: int, change: Callable[[np.ndarray, int], int], level: int = -2):
        """Make the last upper level loose, with gaps of 3, and change a word of its table, or a coordinate."""

        def spoil(setting: Setting) -> None:
            found = setting.found[operand]
            found[:] = loosened(found, [3] * (found[-2].count + 1))
            array = found[level].first
            array[index] = change(array, found[-1].count)

        return spoil

    for operand, level in ((0, 1), (1, 0)):
        for name, index, value in (
            ("end below its begin", 3, lambda table, _: table[2] - 1),
            ("begin below the end before", 4, lambda table, _: table[3] - 1),
            ("end beyond the elements", 5, lambda _, count: count + 1),
            ("end with many bits", 7, lambda *_: 1 << 28),
        ):
            yield Case(f"{name}, {operand}", pointer, at(operand, level, index), arrays=apart(operand, index, value))
        spoil = apart(operand, 4, lambda *_: 50, level=-1)
        yield Case(f"coordinate between gaps, {operand}", limit, at(operand, LEAF, 4), arrays=spoil)

    def count(level: int, value: int) -> Callable[[list[int]], None]:
        return _set((HEAD + level * LEVEL) // 4 + 5, value)

    yield Case("more nodes than there is room for", ERROR["ErrMemoryFull"], at(1, 0, 0), words=count(3, 1 << 30))
    yield Case("more entries than there is room for", ERROR["ErrMemoryFull"], at(0, 0, 3), words=count(2, 1 << 30))
    yield Case("no nodes, but entries", ERROR["ErrCount"], at(1, 0, 0), words=count(3, 0))
    yield Case("extent 0", ERROR["ErrExtent"], at(1, 0, 0), words=_set((HEAD + 3 * LEVEL) // 4 + 4, 0))


def refusals(setting: Setting) -> Iterator[Case]:
    """The memory refuses a beat of the descriptor or of an array."""
    host, width = setting.host, setting.host.memory.beat

    def read(addr: int, answer: int) -> Callable[[Setting], None]:
        return lambda now: host.memory.refused.__setitem__(addr - addr % width, answer)

    def two(addr: int, answer: int) -> Callable[[Setting], None]:
        other = SLVERR + DECERR - answer
        return lambda now: host.memory.refused.update({addr: answer, addr + width: other})

    for answer in (SLVERR, DECERR):
        # First, middle and last beats of its levels, as far as they are read.
        first = first_levels(8 * width)
        most = first if sum(len(part) for part in setting.found) <= first else 16
        for offset in sorted({0, 4 * width, HEAD + first * LEVEL - 16, HEAD + most * LEVEL - 16}):
            yield Case(
                f"descriptor, {offset}, answer {answer}",
                READ[answer],
                bus_place(0, 0, "Descriptor", offset - offset % width),
                memory=lambda now, offset=offset, answer=answer: read(now.slot + offset, answer)(now),
            )
        for operand, level, part, addr, size in setting.image.parts:
            for offset in sorted({0, size // 2, size - 1}):
                offset -= offset % width
                yield Case(
                    f"operand {operand}, level {level}, {part}, {offset}, answer {answer}",
                    READ[answer],
                    bus_place(operand, level, part, offset),
                    memory=read(addr + offset, answer),
                )
            middle = size // 2 - size // 2 % width
            if middle + width < size:  # both wait behind other beats, and the response of the earlier one is kept
                yield Case(
                    f"operand {operand}, level {level}, {part}, two beats, answer {answer} first",
                    READ[answer],
                    bus_place(operand, level, part, middle),
                    memory=two(addr + middle, answer),
                    double=True,
                )


def write_refusals(setting: Setting, size: int) -> Iterator[Case]:
    """The memory refuses a write; size is the number of bytes of the results."""
    memory = setting.host.memory
    for answer, prompt in itertools.product((SLVERR, DECERR), (False, True)):
        for offset in sorted({0, size // 2, size - 1}):
            # The burst begins with the beat, or up to 15 beats before it.
            first = offset // 16 // 16 * 256 if memory.beat == 16 else None
            if first is None:
                continue
            addr = RESULTS + offset - offset % memory.beat
            yield Case(
                f"results, {offset}, answer {answer}, prompt {prompt}",
                WRITE[answer],
                bus_place(0, 0, "Result", first),
                last=bus_place(0, 0, "Result", offset),
                prompt=prompt,
                memory=lambda now, addr=addr, answer=answer: memory.refused.__setitem__(addr, answer),
            )
        yield Case(
            f"completion record, answer {answer}, prompt {prompt}",
            WRITE[answer],
            bus_place(0, 0, "Completion", 0),
            memory=lambda now, answer=answer: memory.refused.__setitem__(now.slot + COMPLETION_AT, answer),
            recorded=False,
            prompt=prompt,
        )


def ring_cases() -> list[tuple[str, str, int, int]]:
    """Return each fault of the ring: name, register, value, and the tail to write."""
    return [
        *((f"base, bit {bit}", "RegRingBase", SLOT * 32 + (1 << bit), 1) for bit in (0, 6, 9)),
        *((f"size {size}", "RegRingSize", size, 1) for size in (0, 1, 65537, WIDE)),
        *((f"tail {tail}", "RegRingTail", tail, tail) for tail in (5, 6, WIDE)),
    ]


def ring_ends() -> list[tuple[int, int, bool]]:
    """Return rings around the last address: base, slots, and whether the ring ends beyond it."""
    return [
        (2**64 - SLOT * (slots - beyond), slots, beyond > 0)
        for slots in (2, 3, 1024, 65536)
        for beyond in (0, 1, slots - 1)
    ]
