# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_portioner makes the portions of the rule."""

from __future__ import annotations

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import package_types
from tb.common.bench import start, zero
from tb.env.portions import count_portions

JOB, FIBERS, CLOSE = (package_types("flaash_pkg")[name] for name in ("job_t", "fibers_t", "close_t"))


def whole(a_id: int, first: int, lines: int, b_id: int, count: int) -> tuple:
    """Return a whole job."""
    return JOB.unpack(
        JOB.pack(a_id=a_id, a_first=first, a_lines=lines, b_id=b_id, b_count=count, b_first=b_id + 7, b_lines=count)
    )


def expected(job: tuple, lanes: int, length: int, slot: int) -> list[tuple]:
    """Return the output jobs of an input job."""
    places = job.a_lines * lanes
    if not count_portions(places, lanes, length):
        return [job]
    result = []
    for begin in range(0, places, length):
        last = min(begin + length, places) - 1
        line = begin // lanes
        portion = job.portion._replace(partial=1, slot=slot, first_lane=begin % lanes, last_lane=last % lanes)
        result.append(job._replace(portion=portion, a_first=job.a_first + line, a_lines=last // lanes - line + 1))
    return result


@cocotb.test()
@cocotb.parametrize(length=[0, 1, 2, 3, 7, 16, 2**24 - 1], busy=[0.0, 0.5])
async def every_portion_once(dut, length: int, busy: float) -> None:
    zero(dut, "job_valid", "job", "open_ready", "open_slot", "job_ready")
    dut.length_i.value = length
    random = await start(dut)
    lanes = int(dut.Lanes.value)
    most = 200_000 if length > 2**20 else 8
    jobs = [
        whole(
            random.getrandbits(JOB["a_id"].width),
            random.randrange(1000),
            random.choice([1, 1, 2, 3, most]),
            random.randrange(1000),
            1 if length else random.randrange(1, 9),
        )
        for _ in range(60)
    ]
    came: list[tuple] = []
    wanted: list[tuple] = []
    closed: list[tuple[int, int]] = []
    opened: list[tuple[int, int, int]] = []
    portions = cycles = 0
    todo = list(jobs)
    offered = False
    while todo or len(came) < len(wanted):
        await RisingEdge(dut.clk_i)
        cycles += 1
        assert cycles < 20_000, "it hangs"
        offered = offered or (bool(todo) and random.random() >= busy)
        dut.job_valid_i.value = int(offered)
        dut.job_i.value = JOB.pack(todo[0]) if offered else 0
        dut.job_ready_i.value = int(random.random() >= busy)
        dut.open_ready_i.value = int(random.random() >= busy)
        dut.open_slot_i.value = random.getrandbits(JOB["portion"]["slot"].width)
        await FallingEdge(dut.clk_i)
        portions += int(dut.portion_o.value)
        if dut.open_valid_o.value == 1 and dut.open_ready_i.value == 1:
            opened.append((*FIBERS.unpack(int(dut.open_o.value)), int(dut.open_slot_i.value)))
        if str(dut.close_o.value)[0] == "1":  # else the other members are undefined
            close = CLOSE.unpack(int(dut.close_o.value))
            closed.append((close.slot, close.count))
        if dut.job_valid_o.value == 1 and dut.job_ready_i.value == 1:
            came.append(JOB.unpack(int(dut.job_o.value)))
        if offered and dut.job_ready_o.value == 1:
            job = todo.pop(0)
            offered = False
            pieces = expected(job, lanes, length, opened[-1][2] if opened else 0)
            wanted += pieces
            assert came == wanted
            if len(pieces) > 1:
                assert opened[-1][:2] == (job.a_id, job.b_id)
                assert closed[-1] == (opened[-1][2], len(pieces))
    assert len(opened) == len(closed) == sum(bool(count_portions(job.a_lines * lanes, lanes, length)) for job in jobs)
    assert portions == len(came) - (len(jobs) - len(opened))
    if not busy:
        assert cycles <= len(came) + len(opened) + 5, "a bubble between portions"
