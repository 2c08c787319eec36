# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_round_robin grants as a simple model of it does."""

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from tb.common.bench import reset, start


def winner(requests: int, last: int, ports: int) -> int | None:
    """Return the port after `last`, going round, that requests."""
    for step in range(1, ports + 1):
        port = (last + step) % ports
        if requests >> port & 1:
            return port
    return None


@cocotb.test()
@cocotb.parametrize(density=[0.05, 0.5, 1.0])
async def grants_like_the_model(dut, density: float) -> None:
    dut.request_i.value = 0
    dut.accept_i.value = 0
    random = await start(dut)
    ports = len(dut.request_i)
    last, grants = ports - 1, 0
    for cycle in range(400):
        if cycle == 200:
            await reset(dut)
            last = ports - 1
        requests = sum(1 << port for port in range(ports) if random.random() < density)
        accept = random.random() < 0.7
        dut.request_i.value = requests
        dut.accept_i.value = int(accept)
        await FallingEdge(dut.clk_i)
        port = winner(requests, last, ports)
        assert int(dut.grant_o.value) == (0 if port is None else 1 << port)
        assert int(dut.index_o.value) == (port or 0)
        if accept and port is not None:
            last = port
            grants += 1
        await RisingEdge(dut.clk_i)
    assert grants > 0


@cocotb.test()
async def nobody_starves(dut) -> None:
    """A request that stays is granted after at most ports - 1 others, for all behaviour of the others."""
    dut.request_i.value = 0
    dut.accept_i.value = 1
    random = await start(dut)
    ports = len(dut.request_i)
    for patient in {0, ports // 2, ports - 1}:
        overtaken = 0
        for _ in range(20 * ports):
            dut.request_i.value = random.getrandbits(ports) | random.getrandbits(ports) | 1 << patient
            await FallingEdge(dut.clk_i)
            overtaken = 0 if int(dut.grant_o.value) == 1 << patient else overtaken + 1
            assert overtaken <= ports - 1
            await RisingEdge(dut.clk_i)
