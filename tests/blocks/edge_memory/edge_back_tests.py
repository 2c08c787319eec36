# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_edge_back leads descriptors from hand-over to the end of their turns."""

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero
from tb.common.rtl_constants import ERRORS
from tests.share import amount

OUTPUTS = ("ready", "free", "left", "refused", "open", "close", "ran")
ABORTED, OVERFLOW = (ERRORS[name].value for name in ("ErrAborted", "ErrResultRange"))


def error(code: int, place: int = 0) -> dict[str, int]:
    return {"valid": int(code != 0), "code": code, "place": place}


@cocotb.test()
async def each_descriptor_has_one_turn(dut) -> None:
    """Contracted, refused, or failed before; the next one also in the cycle in which a contraction ends."""
    random, types = rng(), bench_types()
    zero(dut, "kill", "start", "failed", "front_fault", "outcome", "turn_ready")
    await start(dut)
    state = "idle"  # or "handed": in the cycle before; or "run"
    ordered = False  # of "handed": the chip has an order
    counts = dict.fromkeys(("contracted", "refused", "failed", "behind"), 0)
    for cycle in range(amount(4000, 16_000)):
        resetting = random.random() < 0.01
        turn = random.random() < 0.8
        begins = state == "handed" and ordered and random.random() < 0.7
        ended = state == "run" and random.random() < 0.1
        ready = (state == "idle" or ended) and turn
        left = state == "idle"
        starts = ready and not resetting and random.random() < 0.5
        fails = ready and left and not resetting and not starts and random.random() < 0.3
        fault = error(random.choice([0, 0, ABORTED, OVERFLOW]), cycle) if state != "idle" else error(0)
        front = error(ABORTED, ~cycle & 0xFFFF_FFFF)
        dut.kill_i.value, dut.turn_ready_i.value = resetting, turn
        dut.start_i.value, dut.failed_i.value = starts, fails
        dut.front_fault_i.value = types["front_fault_i"].pack(front)
        dut.outcome_i.value = types["outcome_i"].pack(
            begins=begins, done=random.random() < 0.1, ended=ended, error=fault
        )
        await FallingEdge(dut.clk_i)
        seen = {name: bool(getattr(dut, f"{name}_o").value) for name in OUTPUTS}
        refused = state == "handed" and not begins
        closes = (refused or ended) and not resetting
        assert seen == {
            "ready": ready,
            "free": left or int(dut.Buffers.value) == 2,
            "left": left,
            "refused": refused,
            "open": starts or fails,
            "close": closes,
            "ran": state == "run",
        }, f"cycle {cycle}, {state}"
        told = types["fault_o"].unpack(int(dut.fault_o.value))
        wanted = fault if state != "idle" else front if fails else error(0)
        assert bool(told.valid) == bool(wanted["valid"])
        assert not told.valid or tuple(told[1:]) == (wanted["code"], wanted["place"]), f"cycle {cycle}"
        counts["contracted"] += closes and ended
        counts["refused"] += closes and refused and ordered
        counts["failed"] += closes and refused and not ordered
        counts["behind"] += starts and ended
        await RisingEdge(dut.clk_i)
        if resetting:
            state = "idle"
        elif starts or fails:
            state, ordered = "handed", starts
        elif begins:
            state = "run"
        elif refused or ended:
            state = "idle"
    assert min(counts.values()) > 10, counts
