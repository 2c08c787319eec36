# SPDX-License-Identifier: Apache-2.0
"""Registers of a simulated chip as a transport of the driver, over AXI4-Lite."""

from __future__ import annotations

import logging

from cocotb.handle import SimHandleBase
from cocotb.triggers import RisingEdge, SimTimeoutError, with_timeout
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiResp


class SimRegisters:
    """See flaash.driver.Registers.

    Args:
        dut: a top with the port s_axil.
        limit: ns in which the interrupt must come; None where a guard watches.

    Attributes:
        limit: the same.
        writes: the number of writes.
    """

    def __init__(self, dut: SimHandleBase, limit: int | None = None):
        self._dut, self.limit, self.writes = dut, limit, 0
        logging.getLogger(f"cocotb.{dut._name}.s_axil").setLevel(logging.ERROR)
        self.master = AxiLiteMaster(
            AxiLiteBus.from_prefix(dut, "s_axil"), dut.clk_i, dut.rst_ni, reset_active_level=False
        )

    async def read(self, address: int) -> int:
        """Return a register."""
        answer = await self.master.read(address, 4)
        assert answer.resp == AxiResp.OKAY, f"a read of {address:#x} was answered with {answer.resp.name}"
        return int.from_bytes(answer.data, "little")

    async def write(self, address: int, value: int) -> None:
        """Write a register."""
        self.writes += 1
        answer = await self.master.write(address, value.to_bytes(4, "little"))
        assert answer.resp == AxiResp.OKAY, f"a write of {address:#x} was answered with {answer.resp.name}"

    async def wait(self) -> None:
        """Return when the interrupt line is high."""
        if not self._dut.irq_o.value:
            await within(RisingEdge(self._dut.irq_o), self.limit, "raised its interrupt")


async def within(event: RisingEdge, limit: int | None, what: str) -> None:
    """Wait for an edge.

    Raises:
        TimeoutError: it does not come within `limit` ns.
    """
    try:
        await (with_timeout(event, limit, "ns") if limit else event)
    except SimTimeoutError:
        raise TimeoutError(f"the machine never {what}, in {limit} ns") from None
