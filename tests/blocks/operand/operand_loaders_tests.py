# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: two operand loaders side by side, and their joined report."""

from __future__ import annotations

import cocotb
from cocotb.triggers import RisingEdge

from models.numbers.formats import FORMATS
from sim.rtl_types import bench_types
from tb.common.bench import start
from tb.common.rtl_constants import ERRORS
from tests.blocks.operand.loader_frames import frame, tensor
from tests.blocks.operand.loader_model import Build

BUILD = Build(FORMATS["fp32"], 4, 16, 40, 50, 24)


async def _load(dut, frames: list[list[int]]) -> tuple[list[tuple[int, int, int]], list[int]]:
    """Send a frame to each loader, both from the same cycle on.

    Returns:
        (count, code, place) of each cycle with an error, and the number of complete operands per loader.
    """
    types, errors, complete = bench_types(), [], [0, 0]
    places, idle, waited = [0, 0], 0, 0
    while idle < 4:
        rest = [beats[place:] for beats, place in zip(frames, places, strict=True)]
        dut.beat_valid_i.value = sum(bool(beats) << i for i, beats in enumerate(rest))
        dut.beat_i.value = types["beat_i"].pack(
            [{"last": len(beats) == 1, "data": beats[0]} if beats else {} for beats in rest]
        )
        await RisingEdge(dut.clk_i)
        report = types["load_report_t"].unpack(int(dut.report_o.value))
        if report.errors:
            errors.append((report.errors, report.error.code, report.error.place))
        stored = int(dut.store_o.value)
        width = types["store_write_t"].width
        for i in (0, 1):
            complete[i] += types["store_write_t"].unpack(stored >> i * width & (1 << width) - 1).complete
            places[i] += bool(rest[i]) and int(dut.beat_ready_o.value) >> i & 1
        idle = 0 if report.loading or any(rest) else idle + 1
        waited += 1
        assert waited < 500, "an operand does not end"
    return errors, complete


@cocotb.test()
async def errors_of_one_cycle_are_all_counted(dut) -> None:
    """If both come in a cycle, the error of A is reported. The other operand is loaded if its frame is right."""
    dut.beat_valid_i.value = 0
    random = await start(dut)
    right = frame(tensor(random, (4, 5), 12), 0, BUILD, random)
    code = ERRORS["ErrOrder"].value

    def sent(operand: int, order: int | None) -> list[int]:
        """Return the frame of an operand, wrong if it announces an order."""
        head = right[0] & ~(1 << 32) | operand << 32
        return [head if order is None else head & ~(0xFFFF_FFFF << 64) | order << 64, *right[1:]]

    for orders in ((None, None), (9, None), (None, 10), (9, 10)):
        wrong = [order for order in orders if order is not None]
        errors, complete = await _load(dut, [sent(operand, order) for operand, order in enumerate(orders)])
        assert errors == ([(len(wrong), code, wrong[0])] if wrong else [])
        assert complete == [int(order is None) for order in orders]
