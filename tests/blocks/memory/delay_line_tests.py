# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_delay_line returns each word after Delay cycles."""

from collections import deque

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from tb.common.bench import rng, start


@cocotb.test()
async def everything_comes_back_in_time(dut) -> None:
    random = rng()
    dut.valid_i.value = 0
    dut.data_i.value = 0
    await start(dut)
    delay = int(dut.Delay.value)
    channels, width = len(dut.valid_i), len(dut.data_i)
    inside: deque[tuple[int, int]] = deque([(0, 0)] * delay)
    came = 0
    for cycle in range(300):
        if cycle % 70 == 69 and delay:
            # Reset drops the words in flight.
            dut.rst_ni.value = 0
            dut.valid_i.value = random.getrandbits(channels)
            await RisingEdge(dut.clk_i)
            dut.rst_ni.value = 1
            inside = deque([(0, 0)] * delay)
        beat = (random.getrandbits(channels), random.getrandbits(width))
        dut.valid_i.value, dut.data_i.value = beat
        inside.append(beat)
        await FallingEdge(dut.clk_i)
        valid, data = inside.popleft()
        assert int(dut.valid_o.value) == valid
        if valid:
            assert int(dut.data_o.value) == data
            came += 1
        await RisingEdge(dut.clk_i)
    assert came > 0
