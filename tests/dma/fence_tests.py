# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a descriptor behind a fence, whose operand is the results of the one before it."""

from __future__ import annotations

import itertools

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiResp

from flaash.driver.arrays import WORD, Level
from models.csf import Csf
from models.device.layout import LevelEntry
from models.tensor import SparseTensor
from tb.dma.image import levels
from tests.dma.ends import reset_over
from tests.dma.host import BIT, ERROR, Host, opened, ordered
from tests.dma.queue import Bus, Queue, Turn

SLOTS = 6
EACH = 0x4000  # bytes of a result buffer
LATE = 300  # cycles until the response to a write


class Chain(Queue):
    """Lays contractions of which each one, but for the first, may contract the records of the one before.

    The records are the values of A, a fiber: its coordinates are the numbers of the elements. B weighs the words of a
    record alike in each record, so the order of the records does not matter.
    """

    def some(self, **members) -> Turn:
        """Put a contraction whose results have few significant bits, so that no record holds a signalling NaN."""
        drawn = self.host.draw(((4, 9), (5, 9)), 0.7)
        operands = [SparseTensor(one.shape, one.coords, 1.0 + np.arange(one.nnz) % 3) for one in drawn]
        return self._clear(self.put(operands, **members))

    def follow(self, fibers: int = 3, **members) -> Turn:
        """Put a contraction of the records of the contraction before."""
        fmt, last, first = self.host.fmt, self.turns[-1], len(self.image.parts)
        size = fmt.value_width // 8
        bits = np.frombuffer(last.wanted.tobytes(), f"<u{size}")
        count, period = len(bits), last.wanted.shape[1] * WORD.itemsize // size
        a = SparseTensor((count,), np.arange(count)[:, None], fmt.decode(bits.astype(np.uint32)))
        weights = np.tile(self.host.numbers.integers(1, 4, (fibers, period)), count // period).astype(np.float64)
        b = SparseTensor.from_dense(weights)
        coords = Level(count, count, np.arange(count).astype(WORD), np.zeros(0, f"<u{size}"))
        crd = self.image.operand(0, [coords])
        side_a = [LevelEntry(crd[0].first, last.at, count, count)]
        side_b = self.image.operand(1, levels(Csf.from_tensor(b), fmt))
        parts = [*self.image.parts[first:], (0, 0, "Val", last.at, last.wanted.nbytes)]
        return self._clear(self.enter([side_a, side_b], (a, b), parts, **{"fence": True, **members}))

    def _clear(self, turn: Turn) -> Turn:
        """Overwrite what an earlier contraction has left in the result buffer."""
        self.host.memory.put(turn.at, bytes(turn.wanted.nbytes))
        return turn


async def begin(dut: SimHandleBase, b: int = LATE, w: int = 0) -> tuple[Host, Chain, Bus]:
    host = await opened(dut, slots=SLOTS)
    host.bus.delay({"ar": 1, "b": b, "w": w})
    return host, Chain(host, EACH), Bus(host)


@cocotb.test()
@cocotb.parametrize(prompt=[False, True], delays=[(0, 0), (LATE, 0), (0, LATE)])
async def a_chain_needs_one_doorbell(dut: SimHandleBase, prompt: bool, delays: tuple[int, int]) -> None:
    """Each one contracts the results of the one before; no array is requested before the last response."""
    _, chain, bus = await begin(dut, *delays)
    chain.some(prompt=prompt)
    chain.follow(prompt=prompt)
    chain.follow(fibers=1, prompt=not prompt)
    chain.some(fence=True, prompt=prompt)
    await chain.run()
    for before, turn in itertools.pairwise(chain.turns):
        assert 0 < bus.written(before) < min(bus.asked(turn)), "an array is requested before the last response"


@cocotb.test()
@cocotb.parametrize(waits=[False, True])
async def without_the_fence_the_host_waits(dut: SimHandleBase, waits: bool) -> None:
    """Until the head has passed the first one. Without that the results are wrong.

    So the chains here notice a fence that does nothing.
    """
    host, chain, bus = await begin(dut, LATE, LATE)
    first = chain.some()
    if waits:
        await chain.run()
    turn = chain.follow(fence=False)
    await host.ring()
    await host.completed(turn.slot)
    await host.idle()
    assert (min(bus.asked(turn)) < bus.written(first)) == (not waits)
    assert np.array_equal(ordered(turn.found(host)), ordered(turn.wanted)) == waits


@cocotb.test()
async def an_open_fence_costs_nothing(dut: SimHandleBase) -> None:
    """Alone in the machine, or behind a descriptor whose record alone has no response yet."""
    host, chain, bus = await begin(dut)
    cycles = []
    for fence in (False, True):
        turn = chain.some(fence=fence)
        await host.ring()
        await host.completed(turn.slot)
        await host.idle()
        (slot,) = (cycle for cycle, address in bus.reads if address == turn.slot)
        cycles.append(min(bus.asked(turn)) - slot)
        await ClockCycles(dut.clk_i, 2 * LATE)
    dut._log.info("%d cycles from the descriptor to its arrays", cycles[0])
    assert cycles[0] == cycles[1]


@cocotb.test()
async def it_waits_for_results_not_for_records(dut: SimHandleBase) -> None:
    """The first array is requested a few cycles after the last response; a later descriptor stays behind the fence."""
    _, chain, bus = await begin(dut)
    first, fenced, later = chain.some(), chain.follow(), chain.some()
    await chain.run()
    cycles = min(bus.asked(fenced)) - bus.written(first)
    dut._log.info("%d cycles from the response to the request", cycles)
    assert cycles < 12 < LATE
    assert min(bus.asked(later)) > min(bus.asked(fenced))


@cocotb.test()
@cocotb.parametrize(kind=["full", "operand", "SLVERR", "DECERR"], prompt=[False, True])
async def a_failed_descriptor_ends_the_chain(dut: SimHandleBase, kind: str, prompt: bool) -> None:
    """Its results are refused or do not fit, or it has an error of its own: no array behind the fence is read."""
    host, chain, bus = await begin(dut)
    first = chain.some(prompt=prompt, **({"capacity": 24} if kind == "full" else {}))
    if kind == "operand":
        host.memory.put(first.parts[0][3], b"\xff\xff\xff\xff")
    elif kind != "full":
        host.memory.refused[first.at] = AxiResp[kind]
    behind = [chain.follow(prompt=prompt), chain.follow()]
    await host.ring()
    code, _ = await host.ended(1)
    codes = {"full": "ErrResultFull", "operand": "ErrPointer", "SLVERR": "ErrWriteSlave", "DECERR": "ErrWriteDecode"}
    assert code == ERROR[codes[kind]] == host.record(first.slot).code
    for turn in behind:
        assert not bus.asked(turn) and not host.record(turn.slot)
    await host.works_again(kind)


@cocotb.test()
@cocotb.parametrize(end=["abort", "soft reset", "watchdog"])
async def what_ends_a_wait_at_the_fence(dut: SimHandleBase, end: str) -> None:
    """An abort goes to the descriptor that waits, the watchdog to the one whose responses do not come."""
    host, chain, bus = await begin(dut)
    await host.write("RegWatchdog", 0 if end == "abort" else 3 * LATE)
    first, turn = chain.some(prompt=True), chain.follow()
    host.bus.channels["b"].stall(itertools.repeat(True))
    await host.ring()
    await ClockCycles(dut.clk_i, 2 * LATE)
    assert not bus.asked(turn)
    if end == "watchdog":
        await host.halted()
    else:
        await host.write("RegControl", BIT["ControlAbort" if end == "abort" else "ControlSoftReset"])
        await ClockCycles(dut.clk_i, 20)
    host.bus.channels["b"].stall(None)
    if end == "soft reset":
        await reset_over(host)
        assert not host.record(turn.slot)
    else:
        head, last, name = {"abort": (2, turn, "ErrAborted"), "watchdog": (1, first, "ErrWatchdog")}[end]
        code, _ = await host.ended(head)
        assert host.record(last.slot).code == ERROR[name] == code
        assert end == "watchdog" or host.record(first.slot).code == 0
        await host.write("RegWatchdog", 0)
    assert not bus.asked(turn)
    await host.works_again(end)
