# SPDX-License-Identifier: Apache-2.0
"""Watches an AXI4-Lite port."""

import cocotb
from cocotbext.axi import AxiLiteBus, AxiResp
from cocotbext.axi.axil_channels import (
    AxiLiteARMonitor,
    AxiLiteAWMonitor,
    AxiLiteBMonitor,
    AxiLiteRMonitor,
    AxiLiteWMonitor,
)
from pyuvm import uvm_analysis_port, uvm_monitor

from tb.agents.axil.item import AxilItem
from tb.agents.axis import Pins


class AxilMonitor(uvm_monitor):
    """Publishes every completed access of one word as an AxilItem.

    `pins` (Pins) in the configuration database says where it is attached.
    """

    def build_phase(self) -> None:
        pins: Pins = self.cdb_get("pins")
        bus = AxiLiteBus.from_prefix(pins.entity, pins.prefix)
        where = (pins.clock, pins.reset, False)
        self._aw, self._w = AxiLiteAWMonitor(bus.write.aw, *where), AxiLiteWMonitor(bus.write.w, *where)
        self._b = AxiLiteBMonitor(bus.write.b, *where)
        self._ar, self._r = AxiLiteARMonitor(bus.read.ar, *where), AxiLiteRMonitor(bus.read.r, *where)
        self.ap = uvm_analysis_port("ap", self)
        self.writes = 0

    async def run_phase(self) -> None:
        cocotb.start_soon(self._writes())
        await self._reads()

    async def _reads(self) -> None:
        while True:
            request, response = await self._ar.recv(), await self._r.recv()
            item = AxilItem(int(request.araddr))
            item.data = [int(response.rdata)]
            self._publish(item, response.rresp)

    async def _writes(self) -> None:
        while True:
            address, data, response = await self._aw.recv(), await self._w.recv(), await self._b.recv()
            self.writes += 1
            item = AxilItem(int(address.awaddr), write=int(data.wdata))
            item.strobes = int(data.wstrb)
            self._publish(item, response.bresp)

    def _publish(self, item: AxilItem, response: int) -> None:
        item.okay = AxiResp(int(response)) == AxiResp.OKAY
        self.ap.write(item)
