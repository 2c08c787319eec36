# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a memory that responds to no read. Every test must fail."""

import itertools

import cocotb

from tb.common.bench import start
from tests.dma.host import Host


@cocotb.test()
@cocotb.parametrize(waits=["completed", "idle"])
async def hangs(dut, waits: str) -> None:
    host = Host(dut)
    await start(dut)
    await host.set_ring()
    host.bus.channels["r"].stall(itertools.repeat(True))
    slot = host.put([0])
    await host.ring()
    await (host.completed(slot) if waits == "completed" else host.idle())
