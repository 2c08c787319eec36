# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the memory refuses results of a contraction that something else has ended."""

from __future__ import annotations

import itertools

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.axi import AxiResp

from models.device.layout import Descriptor
from tb.common.bench import rng, start
from tb.dma import coverage
from tests.dma.error_tests import right
from tests.dma.first_tests import drawn
from tests.dma.host import BIT, CAPACITY, ERROR, RESULTS, Host, expected

PATIENCE = 1000  # cycles without progress
LONG, SHORT = ((14, 6), (40, 6)), ((4, 60), (5, 60))  # 560 results: more than can wait for the bus
PART_RESULT, PART_COMPLETION = 4, 5


async def _results_under_way(host: Host) -> None:
    """Wait until the memory has taken the address of the first results, whose response comes late."""
    dut = host.dut
    while not (dut.m_axi_awvalid.value and dut.m_axi_awready.value and dut.m_axi_awaddr.value == RESULTS):
        await RisingEdge(dut.clk_i)


def flip(dut) -> None:
    """Flip a bit of the first lines of both operands, which are read again for each fiber of A."""
    memory = dut.u_chip.u_memory.gen_ideal.u_memory
    behind = int(dut.MemLines.value)  # the first buffer after a reset is the second one
    for operand, line in itertools.product(range(2), range(behind, behind + 12)):
        word = memory.gen_operand[operand].gen_ram[0].u_lines.mem_q[line]
        word.value = int(word.value) ^ 1


async def _end(host: Host, cause: str) -> None:
    if cause == "abort":
        await host.write("RegControl", BIT["ControlAbort"])
    elif cause == "parity":
        flip(host.dut)
    else:
        host.bus.channels["b"].stall(itertools.repeat(True))
        await host.halted()
        assert await host.read("RegDmaError") == ERROR["ErrWatchdog"], "the memory has not answered yet"
        host.bus.channels["b"].stall(None)


@cocotb.test()
@cocotb.parametrize(cause=["abort", "watchdog"], prompt=[False, True])
async def refused_results_are_told(dut, cause: str, prompt: bool) -> None:
    """Neither cause says anything about the memory: that it has refused results goes before them."""
    await ended(dut, cause, prompt)


async def ended(dut, cause: str, prompt: bool) -> None:
    """End a contraction while its first results are on their way, which the memory then refuses, or takes."""
    host, numbers = Host(dut), np.random.default_rng(rng().getrandbits(32))
    await start(dut)
    await host.set_ring()
    await host.write("RegWatchdog", PATIENCE)
    host.bus.delay({"ar": 1, "b": 600})
    operands = [drawn(numbers, shape, host.fmt.name, 1.0) for shape in LONG]
    for refuses in (True, False):
        if refuses:
            host.memory.refused[RESULTS] = AxiResp.SLVERR
        slot = host.put(
            Descriptor(
                *host.lay(*operands), host.fmt.code, RESULTS, CAPACITY, interrupt=False, tag=refuses, prompt=prompt
            )
        )
        await host.ring()
        await _results_under_way(host)
        await _end(host, cause)
        while await host.idle() and not await host.read("RegRingHead"):
            pass
        record = await host.completed(slot)
        code = (
            ERROR["ErrWriteSlave"]
            if refuses
            else ERROR[{"abort": "ErrAborted", "watchdog": "ErrWatchdog", "parity": "ErrParity"}[cause]]
        )
        told = await host.read("RegDmaError"), await host.read("RegDmaPlace")
        assert (record.code, record.place) == told, "completion and registers differ"
        assert record.code == code, f"{record.code:#x}, not {code:#x}"
        assert not refuses or record.place >> 24 == PART_RESULT
        coverage.sample_error(record.code, record.place)
        # The record counts bytes that were sent; after a refusal memory may lack some of them.
        assert record.tag == refuses and 0 < record.written <= record.results * 4 * (2 + host.value_words)
        if not refuses:
            found = {tuple(row) for row in host.rows(record, 2 + host.value_words)}
            wanted = {tuple(row) for row in expected(*operands, host.fmt)}
            assert found < wanted or cause == "watchdog" and found == wanted
        host.memory.refused.clear()
        host.memory.put(slot + 960, bytes(64))
        await host.reset()
        await host.set_ring()
    host.bus.delay({})
    await right(host, *(drawn(numbers, shape, host.fmt.name) for shape in SHORT), cause)


@cocotb.test()
@cocotb.parametrize(prompt=[False, True])
async def a_refused_record_is_told(dut, prompt: bool) -> None:
    """An aborted contraction whose record is refused has no record: the registers report the refusal."""
    host, numbers = Host(dut), np.random.default_rng(rng().getrandbits(32))
    await start(dut)
    await host.set_ring()
    operands = [drawn(numbers, shape, host.fmt.name, 1.0) for shape in LONG]
    slot = host.put(Descriptor(*host.lay(*operands), host.fmt.code, RESULTS, CAPACITY, interrupt=False, prompt=prompt))
    host.memory.refused[slot + 960] = AxiResp.SLVERR
    await host.ring()
    await _results_under_way(host)
    await host.write("RegControl", BIT["ControlAbort"])
    await host.halted()
    assert await host.read("RegDmaError") == ERROR["ErrWriteSlave"]
    assert await host.read("RegDmaPlace") == PART_COMPLETION << 24
    await ClockCycles(dut.clk_i, 100)
    host.memory.refused.clear()
    await host.reset()
    await right(host, *(drawn(numbers, shape, host.fmt.name) for shape in SHORT), "a refused record")
