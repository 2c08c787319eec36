# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_parity_report tells of one error of a cycle, with its place."""

import random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge

from tb.common.bench import start
from tb.common.rtl_constants import CONSTANTS
from tests.blocks.sdpe_events import EVENTS

STORED = CONSTANTS["PlaceStored"]


def place(operand: int, memory: str, position: int) -> int:
    """Return the error place of a word, as docs/errors.md has it."""
    return operand << 31 | STORED << 28 | CONSTANTS[memory] << 24 | position


def errors_of(dut: SimHandleBase, rng: random.Random, density: float) -> tuple[list[int], list[int]]:
    """Drive random errors; return the places of what is computed and of what leaves, most urgent first."""
    def happens() -> bool:
        return rng.random() < density

    def bits(name: str) -> int:
        return len(getattr(dut, name))

    values = {"line_error_i": happens(), "line_operand_i": rng.getrandbits(1),
              "line_addr_i": rng.getrandbits(bits("line_addr_i")), "rank_error_i": happens(),
              "rank_block_i": rng.getrandbits(bits("rank_block_i"))}
    first, path = [happens(), happens()], [happens(), happens()]
    fibers = [rng.getrandbits(bits("first_fiber_i") // 2) for _ in range(2)]
    nodes = [rng.getrandbits(31) for _ in range(2)]
    sources = [{event for event in EVENTS if happens()} for _ in range(int(dut.NumSources.value))]
    values |= {"first_error_i": first[0] | first[1] << 1, "path_error_i": path[0] | path[1] << 1,
               "first_fiber_i": fibers[0] | fibers[1] << bits("first_fiber_i") // 2,
               "path_place_i": nodes[0] | nodes[1] << 31}
    # The first field of a packed struct has the highest bit.
    values["events_i"] = sum((event in raised) << len(EVENTS) * s + len(EVENTS) - 1 - i
                             for s, raised in enumerate(sources) for i, event in enumerate(EVENTS))
    for name, value in values.items():
        getattr(dut, name).value = int(value)
    computed = [place(values["line_operand_i"], "PlaceLine", values["line_addr_i"])] * values["line_error_i"]
    computed += [place(which, "PlaceFirst", fibers[which]) for which in range(2) if first[which]]
    computed += [place(1, "PlaceRank", values["rank_block_i"])] * values["rank_error_i"]
    computed += [place(0, "PlaceTable", s) for s, raised in enumerate(sources) if "table_parity" in raised]
    leaving = [which << 31 | nodes[which] for which in range(2) if path[which]]
    leaving += [place(0, "PlaceResult", s) for s, raised in enumerate(sources) if "result_parity" in raised]
    return computed, leaving


@cocotb.test()
async def one_error_of_a_cycle_is_told(dut) -> None:
    for name in ("line_error", "line_operand", "line_addr", "first_error", "first_fiber", "path_error",
                 "path_place", "rank_error", "rank_block", "events", "stopping"):
        getattr(dut, f"{name}_i").value = 0
    rng = await start(dut)
    told = kept = 0
    for _ in range(600):
        computed, leaving = errors_of(dut, rng, rng.choice([0, 0.005, 0.02, 0.02, 0.1, 0.5, 1]))
        stopping = rng.getrandbits(1)
        dut.stopping_i.value = stopping
        await FallingEdge(dut.clk_i)
        expected = leaving if stopping else computed + leaving
        assert bool(dut.error_o.value) == bool(expected)
        assert bool(dut.lost_o.value) == bool(leaving)
        if expected:
            assert int(dut.place_o.value) == expected[0], f"{int(dut.place_o.value):#x} of {expected}"
        told += bool(expected)
        kept += bool(computed) and not expected
    assert told and kept
