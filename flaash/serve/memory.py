# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash.serve.stream at the memory interface, for large operands and for many small ones.

The driver cuts large operands into tiles, and queues small ones in one ring. Every result is compared with the
model. So is every byte of the memory that the chip must not write.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.utils import get_sim_time

from flaash.driver import Accelerator, MachineError, Result, Settings
from flaash.driver.arrange import Arranged, arrange
from flaash.driver.arrays import Operand
from flaash.serve.compare import TIMES, compared, counts, refused
from flaash.serve.training import training_orders
from flaash.serve.watched import Chip
from models.contract import ContractionResult
from models.contract_each import contract_each
from sim import files
from sim.clock import start
from sim.configs import Config
from sim.direct import DirectMemory
from sim.machines import Machine
from sim.serve import Delivery, Order, serve_orders, served

BASE, SIZE = 0x1_2345_0000, 1 << 28  # bytes of the memory
SLOTS = 128  # of the ring: 127 small contractions have one doorbell


@cocotb.test()
async def serve(dut: SimHandleBase) -> None:
    """Serve until the socket is closed."""
    chip, accelerator = await _opened(dut)

    async def carry_out(orders: list[Order]) -> list[Delivery]:
        deliveries = await each(accelerator, orders)
        chip.check()
        return deliveries

    await serve_orders(carry_out)


@cocotb.test()
async def train(dut: SimHandleBase) -> None:
    """Contract what trains a build."""
    _, accelerator = await _opened(dut)
    await each(accelerator, training_orders(Machine(Config.from_json(served().config))))


async def _opened(dut: SimHandleBase) -> tuple[Chip, Accelerator]:
    chip = Chip(dut, DirectMemory(dut, BASE, SIZE))
    await start(dut)
    return chip, await chip.open(SLOTS)


async def each(accelerator: Accelerator, orders: list[Order]) -> list[Delivery]:
    """Contract by the driver: neighbouring orders without tiles in one queue, others one by one."""
    build = accelerator.device.build
    operands = Operand.from_each_csf([csf for order in orders for csf in (order.a, order.b)], build.fmt)
    arranged = [arrange(a, b, build) for a, b in zip(operands[::2], operands[1::2], strict=True)]
    pairs = list(zip(orders, arranged, strict=True))
    outcomes: list[tuple[Result | MachineError, int | None]] = []
    for whole, group in itertools.groupby(pairs, lambda pair: pair[1].whole):
        chosen = list(group)
        if whole:
            found = await accelerator.contract_each([(made, _settings(order)) for order, made in chosen])
            outcomes += [(outcome, None) for outcome in found]
        else:
            outcomes += [await _in_tiles(accelerator, *pair) for pair in chosen]
    expected = contract_each([(order.a.to_tensor(), order.b.to_tensor()) for order in orders], build.fmt)
    return [
        _delivery(order, wanted, *outcome) for order, wanted, outcome in zip(orders, expected, outcomes, strict=True)
    ]


async def _in_tiles(accelerator: Accelerator, order: Order, made: Arranged) -> tuple[Result | MachineError, int]:
    """Return the outcome, and the cycles from memory to memory."""
    began = get_sim_time("ns")

    def note(done: int, pairs: int, results: int) -> None:
        state = {"done": done, "pairs": pairs, "results": results}
        files.write(Path(served().progress), json.dumps(state))

    try:
        outcome: Result | MachineError = await accelerator.carry_out(made, _settings(order), note)
    except MachineError as error:
        outcome = error
    return outcome, round(get_sim_time("ns") - began)


def _settings(order: Order) -> Settings:
    return Settings(portion=order.settings.portion, long_lines=order.settings.long_lines)


def _delivery(order: Order, result: ContractionResult, outcome: Result | MachineError, outside: int | None) -> Delivery:
    """Return the delivery of a contraction, compared with the model.

    Args:
        order: the contraction.
        result: of the model.
        outcome: of the contraction.
        outside: cycles from memory to memory, None to take the cycles of the descriptor.
    """
    if isinstance(outcome, MachineError):
        return refused(result, outcome)
    cost = outcome.cost
    outside = cost.cycles if outside is None else outside
    times = (cost.computing, max(outside - cost.computing, 0), outside)
    coords = np.asarray(outcome.coords, np.uint64)
    return Delivery(
        coords,
        outcome.bits,
        "ErrNone",
        counts(result) | dict(zip(TIMES, times, strict=True)),
        cost.read,
        cost.written,
        compared(order, result, coords, outcome.bits),
        cost.descriptors,
    )
