# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the driver and the memory in one clock, the chip in another."""

from dataclasses import replace

import cocotb
import numpy as np
import pytest
from cocotb.clock import Clock
from cocotb.triggers import Timer

from flaash.driver import Accelerator, MachineError, Settings
from flaash.driver.arrange import arrange
from models import generate
from models.contract import contract
from sim.thisrun import argument
from tb.common.bench import rng, start
from tb.common.stalls import STALLS
from tb.dma.cover_points import CHANNELS
from tb.dma.transport import Chip

PERIODS = (370, 1002, 2718)  # ps, of the chip's clock
TURNS = argument("turns")
MOST = 64  # entries of the FIFO of R


async def opened(dut, period: int) -> tuple[Chip, Accelerator]:
    """Reset all, and start the chip's clock at any phase; the host's clock has 1,000 ps."""
    dut.chip_clk_i.value = 0
    dut.read_limit_i.value = MOST

    async def tick() -> None:
        await Timer(1003, "ps")  # the reset of start() stands
        Clock(dut.chip_clk_i, period, "ps", impl="gpi").start()

    chip = Chip(dut)
    cocotb.start_soon(tick())
    await start(dut)
    return chip, await chip.open(8)


@cocotb.test()
@cocotb.parametrize(period=PERIODS)
async def contractions(dut, period: int) -> None:
    """Many pairs under stalls of all channels; then an error, the driver's reset, and the pairs once more."""
    chip, accelerator = await opened(dut, period)
    random, device = rng(), accelerator.device
    numbers = np.random.default_rng(random.getrandbits(32))
    pairs = [tuple(generate.uniform_tensor(numbers, (3, 40), 0.4, values="wide") for _ in "AB") for _ in range(9)]
    for turn in range(1 + TURNS):
        for channel in CHANNELS:
            chip.bus.stall(channel, random.choice(list(STALLS)) if turn else "none", random)
        made = [(arrange(a, b, device.build), Settings()) for a, b in pairs]
        for number, result in enumerate(await accelerator.contract_each(made)):
            expected = contract(*pairs[number], device.build.fmt)
            assert np.array_equal(result.coords, expected.coords), f"pair {number}"
            assert np.array_equal(result.bits, expected.bits), f"pair {number}"
        chip.check()
        _, _, good = await accelerator._placed_with_buffer(*made[0])
        with pytest.raises(MachineError, match="ErrAlign"):
            await device.wait(await device.submit(replace(good, results=good.results + 8)))
        chip.check()


@cocotb.test()
async def entries_of_the_read_channel(dut) -> None:
    """How many cycles the chip takes by the entries of the FIFO of R, at the host's frequency."""
    _, accelerator = await opened(dut, 1000)
    numbers = np.random.default_rng(1)
    pair = [generate.uniform_tensor(numbers, (1, 16_000), nnz=4_000) for _ in "AB"]
    cycles = {}
    for entries in (2, 4, 8, 16, MOST):
        dut.read_limit_i.value = entries
        cycles[entries] = (await accelerator.contract(*pair)).cost.cycles
    dut._log.info("cycles by entries: %s", cycles)
    assert cycles[8] <= 1.01 * cycles[MOST], cycles
    assert cycles[2] >= 1.5 * cycles[MOST], cycles
