# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_parity_report reports one error of a cycle, with its place."""

import random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge

from sim.rtl_types import bench_types
from tb.common.bench import start, zero
from tb.common.rtl_constants import CONSTANTS, ERRORS

STORED = CONSTANTS["PlaceStored"]


def place(operand: int, memory: str, position: int) -> int:
    """Return the error place of a word, as docs/blocks/memory.md has it."""
    return operand << 31 | STORED << 28 | CONSTANTS[memory] << 24 | position


def faults_of(dut: SimHandleBase, rng: random.Random, density: float) -> tuple[list[int], list[int]]:
    """Drive random faults; return the places of faults in computing and in leaving results, by priority."""
    types = bench_types()
    plain = types["fault_t"]

    def fault() -> tuple:
        return plain.unpack(rng.getrandbits(plain.width))._replace(valid=rng.random() < density)

    def place_of(fault: tuple) -> int:
        return plain.pack(fault._replace(valid=0))

    computing, leaving = [fault() for _ in range(int(dut.NumFaults.value))], fault()
    sources = [
        {event for event in ("table_parity", "result_parity") if rng.random() < density}
        for _ in range(int(dut.NumSources.value))
    ]
    dut.computing_i.value = types["computing_i"].pack(computing)
    dut.leaving_i.value = plain.pack(leaving)
    dut.events_i.value = types["events_i"].pack([dict.fromkeys(raised, 1) for raised in sources])
    computed = [place_of(one) for one in computing if one.valid]
    computed += [place(0, "PlaceTable", s) for s, raised in enumerate(sources) if "table_parity" in raised]
    lost = [place_of(leaving)] * leaving.valid
    lost += [place(0, "PlaceResult", s) for s, raised in enumerate(sources) if "result_parity" in raised]
    return computed, lost


@cocotb.test()
async def one_error_of_a_cycle_is_told(dut) -> None:
    zero(dut)
    rng = await start(dut)
    told = kept = 0
    for _ in range(600):
        computed, leaving = faults_of(dut, rng, rng.choice([0, 0.005, 0.02, 0.02, 0.1, 0.5, 1]))
        stopping = rng.getrandbits(1)
        dut.kill_i.value = stopping
        await FallingEdge(dut.clk_i)
        expected = leaving if stopping else computed + leaving
        error = bench_types()["error_t"].unpack(int(dut.error_o.value))
        assert error.valid == bool(expected) and error.code == ERRORS["ErrParity"].value
        assert bool(dut.lost_o.value) == bool(leaving)
        if expected:
            assert error.place == expected[0], f"{error.place:#x} of {expected}"
        told += bool(expected)
        kept += bool(computed) and not expected
    assert told and kept
