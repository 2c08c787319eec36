# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the order of beats through a module with ports in_* and out_*."""

from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles

from tb.agents.stream.driver import StreamDriver
from tb.agents.stream.monitor import StreamMonitor
from tb.agents.stream.sink import StreamSink
from tb.common.bench import rng, start, until
from tb.common.stalls import STALLS


async def check_order(dut: SimHandleBase, producer: str, consumer: str) -> None:
    """Each of 100 random beats comes once, in order, with these stalls on both sides."""
    random = rng()
    received: list[int] = []
    driver = StreamDriver(dut, "in", dut.clk_i, stalls=STALLS[producer](random))
    StreamMonitor(dut, "out", dut.clk_i, callback=received.append)
    StreamSink(dut, "out", dut.clk_i, STALLS[consumer](random))
    await start(dut)
    sent = [random.getrandbits(len(dut.in_data_i)) for _ in range(100)]
    for beat in sent:
        driver.append(beat)
    await until(dut, lambda: len(received) >= len(sent), 10_000, "the last beat")
    await ClockCycles(dut.clk_i, 5)
    assert received == sent
