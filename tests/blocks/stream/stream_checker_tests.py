# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: one handshake per test; flaash_stream_checker has to stop the illegal ones."""

import cocotb
from cocotb.triggers import ClockCycles, RisingEdge
from cocotb.types import LogicArray

from tb.common.bench import rng, start
from tb.common.stalls import STALLS


async def _started(dut) -> None:
    dut.valid_i.value = 0
    dut.ready_i.value = 0
    dut.data_i.value = 0
    await start(dut)


async def _cycle(dut, valid, ready, data) -> None:
    dut.valid_i.value, dut.ready_i.value, dut.data_i.value = valid, ready, data
    await RisingEdge(dut.clk_i)


@cocotb.test()
async def legal_traffic(dut) -> None:
    """Legal traffic, under all stalls, with a reset that withdraws a beat."""
    await _started(dut)
    random = rng()
    beats = 0
    for producer in STALLS.values():
        for consumer in STALLS.values():
            pauses, refusals = producer(random), consumer(random)
            for _ in range(30):
                while next(pauses):
                    # Without valid everything is legal, also ready that falls again.
                    await _cycle(dut, 0, random.getrandbits(1), random.getrandbits(8))
                beat = random.getrandbits(8)
                while next(refusals):
                    await _cycle(dut, 1, 0, beat)
                await _cycle(dut, 1, 1, beat)
                beats += 1
    await _cycle(dut, 1, 0, 7)
    dut.rst_ni.value = 0
    await _cycle(dut, 0, 0, 0)
    dut.rst_ni.value = 1
    await _cycle(dut, 0, 0, 0)
    await _cycle(dut, 1, 1, 5)
    assert beats == 480


@cocotb.test()
async def beat_withdrawn(dut) -> None:
    await _started(dut)
    await _cycle(dut, 1, 0, 5)
    await _cycle(dut, 0, 0, 5)
    await ClockCycles(dut.clk_i, 3)


@cocotb.test()
async def beat_withdrawn_as_ready_rises(dut) -> None:
    await _started(dut)
    await _cycle(dut, 1, 0, 5)
    await _cycle(dut, 1, 0, 5)
    await _cycle(dut, 0, 1, 5)
    await ClockCycles(dut.clk_i, 3)


@cocotb.test()
async def beat_changed(dut) -> None:
    await _started(dut)
    await _cycle(dut, 1, 0, 5)
    await _cycle(dut, 1, 1, 4)
    await ClockCycles(dut.clk_i, 3)


@cocotb.test()
async def beat_changed_in_its_top_bit(dut) -> None:
    await _started(dut)
    await _cycle(dut, 1, 1, 0x80)
    await _cycle(dut, 1, 0, 0x00)
    await _cycle(dut, 1, 0, 0x80)
    await ClockCycles(dut.clk_i, 3)


@cocotb.test()
async def unknown_data(dut) -> None:
    await _started(dut)
    await _cycle(dut, 1, 1, LogicArray("0000X000"))
    await ClockCycles(dut.clk_i, 3)


@cocotb.test()
async def unknown_data_without_valid(dut) -> None:
    """Legal: a beat that isn't offered is arbitrary."""
    await _started(dut)
    await _cycle(dut, 0, 1, LogicArray("XXXXXXXX"))
    await ClockCycles(dut.clk_i, 3)


@cocotb.test()
async def unknown_valid(dut) -> None:
    await _started(dut)
    await _cycle(dut, LogicArray("X"), 0, 0)
    await ClockCycles(dut.clk_i, 3)


@cocotb.test()
async def floating_ready(dut) -> None:
    await _started(dut)
    await _cycle(dut, 0, LogicArray("Z"), 0)
    await ClockCycles(dut.clk_i, 3)
