# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: handshakes cycle by cycle; flaash_stream_checker has to stop the illegal ones."""

import cocotb
from cocotb.triggers import RisingEdge
from cocotb.types import LogicArray

from sim.thisrun import argument
from tb.common.bench import rng, start, zero
from tb.common.stalls import STALLS

X, Z = LogicArray("X"), LogicArray("Z")
# The cycles of a case: valid, ready, data.
CASES = {
    "beat_withdrawn": [(1, 0, 5), (0, 0, 5)],
    "beat_withdrawn_as_ready_rises": [(1, 0, 5), (1, 0, 5), (0, 1, 5)],
    "beat_changed": [(1, 0, 5), (1, 1, 4)],
    "beat_changed_in_its_top_bit": [(1, 1, 0x80), (1, 0, 0x00), (1, 0, 0x80)],
    "unknown_data": [(1, 1, LogicArray("0000X000"))],
    "unknown_data_without_valid": [(0, 1, LogicArray("XXXXXXXX"))],  # legal: the beat isn't offered
    "unknown_valid": [(X, 0, 0)],
    "floating_ready": [(0, Z, 0)],
}
# The sentence of each fault; those with unknown bits need four states.
FAULTS = {case: f"beat {case.split('_')[1]} before it was taken" for case in CASES if case.startswith("beat")}
UNKNOWNS = {
    "unknown_data": "a valid beat has unknown bits",
    "unknown_valid": "valid or ready is unknown",
    "floating_ready": "valid or ready is unknown",
}


async def _cycle(dut, valid, ready, data) -> None:
    dut.valid_i.value, dut.ready_i.value, dut.data_i.value = valid, ready, data
    await RisingEdge(dut.clk_i)


@cocotb.test()
async def legal_traffic(dut) -> None:
    """Legal traffic, under all stalls, with a reset that withdraws a beat."""
    zero(dut, "valid", "ready", "data")
    await start(dut)
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
async def illegal(dut) -> None:
    """The case of the run, and some cycles in which its last beat stays."""
    zero(dut, "valid", "ready", "data")
    await start(dut)
    cycles = CASES[argument("case")]
    for cycle in [*cycles, *cycles[-1:] * 3]:
        await _cycle(dut, *cycle)
