# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: as tb.env.serve_tests, at the memory edge, for operands that do not fit the chip.

The driver cuts them into tiles; every result is compared with the model, and every byte of the memory that
the chip must not write.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.utils import get_sim_time

from flaash.driver import Accelerator, MachineError, Settings
from models.contract import contract
from tb.common.bench import start
from tb.edge.transport import Chip
from tb.env.compare import disagreements
from tb.env.serve import RANGE, Delivery, Order, serve_orders

SIZE = 1 << 28  # bytes of the memory


@cocotb.test()
async def serve(dut: SimHandleBase) -> None:
    """Serve until the socket is closed."""
    chip = Chip(dut, size=SIZE)
    await start(dut)
    accelerator = await chip.open()

    async def carry_out(order: Order) -> Delivery:
        delivery = await contracted(accelerator, order)
        chip.check()
        return delivery

    await serve_orders(carry_out, os.environ)


async def contracted(accelerator: Accelerator, order: Order) -> Delivery:
    """Contract by the driver, and compare with the model."""
    fmt, began = accelerator.device.build.fmt, get_sim_time("ns")
    wanted = contract(order.a.to_tensor(), order.b.to_tensor(), fmt)
    settings = Settings(portion=order.settings.portion, long_lines=order.settings.long_lines)

    def note(done: int, pairs: int, results: int) -> None:
        state = {"done": done, "pairs": pairs, "results": results}
        Path(os.environ["FLAASH_PROGRESS"]).write_text(json.dumps(state))

    counts = {"CntJobs": wanted.jobs, "CntMatches": wanted.matches, "CntZeroUnderflow": wanted.zeros_underflow}
    try:
        result = await accelerator.contract(order.a, order.b, settings, progress=note)
    except MachineError as error:
        wrong = [] if error.name == RANGE and wanted.range_errors else [str(error)]
        zeros = dict.fromkeys(("CntCycles", "CntLoadCycles", "CntUnloadCycles"), 0)
        return Delivery(wanted.coords[:0], wanted.bits[:0], error.name, counts | zeros, 0, 0, wrong)
    outside = round(get_sim_time("ns") - began)
    found = np.asarray(result.coords, np.uint64)
    cost = result.cost
    counts |= {
        "CntCycles": cost.computing,
        "CntLoadCycles": max(outside - cost.computing, 0),
        "CntUnloadCycles": outside,
    }
    wrong = disagreements(wanted, found, result.bits, order.a, order.b)
    return Delivery(found, result.bits, "ErrNone", counts, cost.read, cost.written, wrong, cost.descriptors)
