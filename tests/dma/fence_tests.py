# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a descriptor behind a fence, whose operand is the results of the one before it."""

from __future__ import annotations

import dataclasses
import itertools
from collections import deque

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.axi import AxiResp

from flaash.driver.arrays import WORD, Level
from models.contract import contract
from models.csf import Csf
from models.device.layout import Descriptor, LevelEntry
from models.device.results import records_of
from models.tensor import SparseTensor
from tb.common.bench import rng, start
from tb.dma.image import levels
from tests.dma.ends import reset_over
from tests.dma.error_tests import right
from tests.dma.first_tests import drawn
from tests.dma.host import BIT, ERROR, RESULTS, Host, check, expected
from tests.dma.image import Image

SLOTS = 6
EACH = 0x4000  # bytes of a result buffer
LATE = 300  # cycles until the response to a write
SHAPES = ((4, 9), (5, 9))


@dataclasses.dataclass
class Job:
    """A descriptor of a chain: its slot, the address of its results, the expected ones, and the arrays it reads."""

    slot: int
    at: int
    wanted: np.ndarray
    arrays: list[tuple[int, int]]


class Bus:
    """Notes the accesses of the chip.

    Attributes:
        reads: (cycle, address) of each burst.
        writes: (cycle of the response, address) of each burst.
    """

    def __init__(self, dut):
        self.dut, self.reads, self.writes = dut, [], []
        cocotb.start_soon(self._watch())

    async def _watch(self) -> None:
        dut, waiting = self.dut, deque()
        for cycle in itertools.count():
            await RisingEdge(dut.clk_i)
            if dut.m_axi_arvalid.value and dut.m_axi_arready.value:
                self.reads.append((cycle, int(dut.m_axi_araddr.value)))
            if dut.m_axi_awvalid.value and dut.m_axi_awready.value:
                waiting.append(int(dut.m_axi_awaddr.value))
            if dut.m_axi_bvalid.value and dut.m_axi_bready.value:
                self.writes.append((cycle, waiting.popleft()))

    def asked(self, arrays: list[tuple[int, int]]) -> list[int]:
        """Return the cycles in which these arrays are requested."""
        return [cycle for cycle, address in self.reads if any(low <= address < high for low, high in arrays)]

    def written(self, job: Job) -> int:
        """Return the cycle of the last response to results."""
        return max((cycle for cycle, address in self.writes if job.at <= address < job.at + EACH), default=0)


class Chain:
    """Lays contractions of which each one, but for the first, may contract the records of the one before.

    The records are the values of A, a fiber: its coordinates are the numbers of the elements. B weighs the words of a
    record alike in each record, so the order of the records does not matter.
    """

    def __init__(self, host: Host, numbers: np.random.Generator):
        self.host, self.numbers = host, numbers
        self.image, self.jobs = Image(host.memory), []
        self._records = np.zeros(0, "u1")

    def put(self, *operands: SparseTensor, **flags) -> Job:
        """Put a contraction of operands in memory."""
        before = len(self.image.parts)
        sides = [self._levels(which, operand) for which, operand in enumerate(operands)]
        arrays = [(address, address + size) for *_, address, size in self.image.parts[before:]]
        return self._put(sides, operands, arrays, flags)

    def follow(self, fibers: int = 3, **flags) -> Job:
        """Put a contraction of the records of the contraction before."""
        fmt, numbers, last = self.host.fmt, self.numbers, self.jobs[-1]
        size = fmt.value_width // 8
        bits = np.frombuffer(self._records.tobytes(), f"<u{size}")
        count, period = len(bits), last.wanted.shape[1] * WORD.itemsize // size
        a = SparseTensor((count,), np.arange(count)[:, None], fmt.decode(bits.astype(np.uint32)))
        weights = np.tile(numbers.integers(1, 4, (fibers, period)), count // period).astype(np.float64)
        b = SparseTensor.from_dense(weights)
        before = len(self.image.parts)
        crd = self.image.operand(0, [Level(count, count, np.arange(count).astype(WORD), np.zeros(0, f"<u{size}"))])
        side_a = [LevelEntry(crd[0].first, last.at, count, count)]
        side_b = self._levels(1, b)
        arrays = [(address, address + size) for *_, address, size in self.image.parts[before:]]
        flags = {"fence": True} | flags
        return self._put([side_a, side_b], (a, b), [*arrays, (last.at, last.at + len(self._records))], flags)

    def _levels(self, which: int, operand: SparseTensor) -> list[LevelEntry]:
        return self.image.operand(which, levels(Csf.from_tensor(operand), self.host.fmt))

    def _put(self, sides, operands, arrays: list[tuple[int, int]], flags: dict) -> Job:
        host, at = self.host, RESULTS + EACH * len(self.jobs)
        self._records = records_of(contract(*operands, host.fmt), False).view("u1")
        flags = {"capacity": EACH, "interrupt": False} | flags
        slot = host.put(Descriptor(*sides, format=host.fmt.code, results=at, **flags))
        host.memory.put(at, bytes(len(self._records)))
        self.jobs.append(Job(slot, at, expected(*operands, host.fmt), arrays))
        return self.jobs[-1]

    async def check(self) -> None:
        """Wait for all records, and compare the results."""
        for job in self.jobs:
            record = await self.host.completed(job.slot)
            assert (record.code, record.results) == (0, len(job.wanted)), record
            check(self.found(job), job.wanted)
        await self.host.idle()

    def found(self, job: Job) -> np.ndarray:
        return np.frombuffer(self.host.memory.get(job.at, job.wanted.nbytes), "<u4").reshape(job.wanted.shape)


async def begin(dut, b: int = LATE, w: int = 0) -> tuple[Host, Chain, Bus]:
    host, numbers = Host(dut, slots=SLOTS), np.random.default_rng(rng().getrandbits(32))
    await start(dut)
    await host.set_ring()
    host.bus.delay({"ar": 1, "b": b, "w": w})
    return host, Chain(host, numbers), Bus(dut)


def some(chain: Chain) -> list[SparseTensor]:
    """Return operands whose results have few significant bits, so that no part of a record is a signalling NaN."""
    drawing = [drawn(chain.numbers, shape, chain.host.fmt.name, 0.7) for shape in SHAPES]
    return [SparseTensor(one.shape, one.coords, 1.0 + np.arange(one.nnz) % 3) for one in drawing]


async def works_again(host: Host, chain: Chain, why: str) -> None:
    host.memory.refused.clear()
    host.bus.delay({})
    await right(host, *some(chain), why)


@cocotb.test()
@cocotb.parametrize(prompt=[False, True], delays=[(0, 0), (LATE, 0), (0, LATE)])
async def a_chain_needs_one_doorbell(dut, prompt: bool, delays: tuple[int, int]) -> None:
    """Each one contracts the results of the one before; no array is requested before the last response."""
    host, chain, bus = await begin(dut, *delays)
    chain.put(*some(chain), prompt=prompt)
    chain.follow(prompt=prompt)
    chain.follow(fibers=1, prompt=not prompt)
    chain.put(*some(chain), fence=True, prompt=prompt)
    await host.ring()
    await chain.check()
    for before, job in itertools.pairwise(chain.jobs):
        asked = bus.asked(job.arrays)
        assert 0 < bus.written(before) < min(asked), "an array is requested before the last response"


@cocotb.test()
async def without_the_fence_the_results_are_wrong(dut) -> None:
    """So the chains here notice a fence that does nothing."""
    host, chain, bus = await begin(dut, LATE, LATE)
    first = chain.put(*some(chain))
    job = chain.follow(fence=False)
    await host.ring()
    await host.completed(job.slot)
    await host.idle()
    assert min(bus.asked(job.arrays)) < bus.written(first)
    assert not np.array_equal(chain.found(job), job.wanted)


@cocotb.test()
async def an_open_fence_costs_nothing(dut) -> None:
    """Alone in the machine, or behind a descriptor whose record alone has no response yet."""
    host, chain, bus = await begin(dut)
    cycles = []
    for fence in (False, True):
        job = chain.put(*some(chain), fence=fence)
        await host.ring()
        await host.completed(job.slot)
        await host.idle()
        (slot,) = (cycle for cycle, address in bus.reads if address == job.slot)
        cycles.append(min(bus.asked(job.arrays)) - slot)
        await ClockCycles(dut.clk_i, 2 * LATE)
    dut._log.info("%d cycles from the descriptor to its arrays", cycles[0])
    assert cycles[0] == cycles[1]


@cocotb.test()
async def it_waits_for_results_not_for_records(dut) -> None:
    """The first array is requested a few cycles after the last response."""
    host, chain, bus = await begin(dut)
    first = chain.put(*some(chain))
    job = chain.follow()
    await host.ring()
    await chain.check()
    cycles = min(bus.asked(job.arrays)) - bus.written(first)
    dut._log.info("%d cycles from the response to the request", cycles)
    assert cycles < 12 < LATE


@cocotb.test()
async def later_descriptors_stay_behind_the_fence(dut) -> None:
    """A descriptor without a fence follows one with a fence, and has an operand that is kept."""
    host, chain, bus = await begin(dut)
    chain.put(*some(chain))
    fenced = chain.put(*some(chain), fence=True)
    later = chain.put(*some(chain))
    await host.ring()
    await chain.check()
    assert min(bus.asked(later.arrays)) > min(bus.asked(fenced.arrays))


@cocotb.test()
@cocotb.parametrize(answer=[AxiResp.SLVERR, AxiResp.DECERR], prompt=[False, True])
async def refused_results_end_the_chain(dut, answer: AxiResp, prompt: bool) -> None:
    """No array behind the fence is read, and no later descriptor has a record."""
    host, chain, bus = await begin(dut)
    first = chain.put(*some(chain), prompt=prompt)
    jobs = [chain.follow(prompt=prompt), chain.follow()]
    host.memory.refused[first.at] = answer
    await host.ring()
    await host.halted()
    while await host.idle() and await host.read("RegRingHead") != 1:
        pass
    assert await host.read("RegDmaError") == ERROR["ErrWriteSlave" if answer == AxiResp.SLVERR else "ErrWriteDecode"]
    for job in jobs:
        assert not bus.asked(job.arrays) and not host.record(job.slot)
    await host.reset()
    await works_again(host, chain, "refused results")


@cocotb.test()
@cocotb.parametrize(kind=["full", "operand"])
async def a_failed_descriptor_ends_the_chain(dut, kind: str) -> None:
    """Its results do not fit, or it has an error of its own."""
    host, chain, bus = await begin(dut)
    first = chain.put(*some(chain), **({"capacity": 24} if kind == "full" else {}))
    if kind == "operand":
        host.memory.put(first.arrays[0][0], b"\xff\xff\xff\xff")
    job = chain.follow()
    await host.ring()
    await host.halted()
    await host.idle()
    assert host.record(first.slot).code == ERROR["ErrResultFull" if kind == "full" else "ErrPointer"]
    assert not bus.asked(job.arrays) and not host.record(job.slot)
    await host.reset()
    await works_again(host, chain, "a failed descriptor")


@cocotb.test()
@cocotb.parametrize(end=["abort", "soft reset", "watchdog"])
async def what_ends_a_wait_at_the_fence(dut, end: str) -> None:
    """An abort goes to the descriptor that waits, the watchdog to the one whose responses do not come."""
    host, chain, bus = await begin(dut)
    await host.write("RegWatchdog", 0 if end == "abort" else 3 * LATE)
    first, job = chain.put(*some(chain), prompt=True), chain.follow()
    host.bus.channels["b"].stall(itertools.repeat(True))
    await host.ring()
    await ClockCycles(dut.clk_i, 2 * LATE)
    assert not bus.asked(job.arrays)
    if end == "soft reset":
        await host.write("RegControl", BIT["ControlSoftReset"])
        await ClockCycles(dut.clk_i, 20)
        host.bus.channels["b"].stall(None)
        await reset_over(host)
        assert not host.record(job.slot)
    else:
        if end == "abort":
            await host.write("RegControl", BIT["ControlAbort"])
            await ClockCycles(dut.clk_i, 20)
            host.bus.channels["b"].stall(None)
        await host.halted()
        host.bus.channels["b"].stall(None)
        wanted = {"abort": (2, job, "ErrAborted"), "watchdog": (1, first, "ErrWatchdog")}[end]
        while await host.idle() and await host.read("RegRingHead") != wanted[0]:
            pass
        assert host.record(wanted[1].slot).code == ERROR[wanted[2]] == await host.read("RegDmaError")
        assert end == "watchdog" or host.record(first.slot).code == 0
        await host.write("RegWatchdog", 0)
        await host.reset()
    assert not bus.asked(job.arrays)
    await works_again(host, chain, end)
