# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: soft resets at random cycles, under latencies and stalls."""

import os

import cocotb
import numpy as np
from cocotb.triggers import Timer
from cocotb.utils import get_sim_time

from flaash.driver import Operand
from flaash.driver.layout import Descriptor
from models import generate
from models.contract import contract
from tb.common.bench import rng, start
from tb.common.stalls import STALLS
from tb.edge.cover_points import CHANNELS
from tb.edge.transport import Chip

TURNS = int(os.environ["FLAASH_TURNS"])


@cocotb.test()
async def resets(dut) -> None:
    """A reset at any cycle of a queue of two; memory outside of the buffers, then a whole contraction."""
    random = rng()
    latency = {channel: random.choice([0, 1, 20]) for channel in CHANNELS}
    chip = Chip(dut, latency=latency)
    await start(dut)
    accelerator = await chip.open()
    device, numbers = accelerator.device, np.random.default_rng(random.getrandbits(32))
    fmt, longest = device.build.fmt, 0.0
    a, b = (generate.uniform_tensor(numbers, shape, 0.4) for shape in ((3, 3, 12), (4, 12)))
    expected = contract(a, b, fmt)
    placed = [await device.place(Operand.of(operand, fmt)) for operand in (a, b)]
    buffers = [device.allocator.take(12 * expected.jobs) for _ in range(2)]
    for turn in range(TURNS):
        for channel in CHANNELS:
            chip.bus.stall(channel, random.choice(list(STALLS)), random)
        for buffer in buffers:
            await device.submit(Descriptor(placed[0].levels, placed[1].levels, fmt.code, buffer,
                                           12 * expected.jobs))
        await Timer(random.randrange(1, int(1.2 * longest) if longest else 2000), "ns")
        await device.reset()
        chip.check()
        if turn % 5 == 0:
            began = get_sim_time("ns")
            result = await accelerator.contract(a, b)
            longest = max(longest, get_sim_time("ns") - began)
            assert np.array_equal(result.bits, expected.bits)
            assert np.array_equal(result.coords, expected.coords)
            chip.check()
