# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a memory that responds to no read. Every test must fail."""

import itertools

import cocotb

from tests.dma.host import opened


@cocotb.test()
@cocotb.parametrize(waits=["completed", "idle"])
async def hangs(dut, waits: str) -> None:
    host = await opened(dut)
    host.bus.channels["r"].stall(itertools.repeat(True))
    slot = host.put([0])
    await host.ring()
    await (host.completed(slot) if waits == "completed" else host.idle())
