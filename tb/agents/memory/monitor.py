# SPDX-License-Identifier: Apache-2.0
"""Watches the memory interface's AXI4 master: which bytes it reads and writes, and the completion records."""

from __future__ import annotations

from collections import deque

from cocotb.utils import get_sim_time
from cocotbext.axi import AxiBus
from cocotbext.axi.axi_channels import AxiBMonitor
from pyuvm import uvm_analysis_port, uvm_monitor

from models.device.layout import COMPLETION_AT, SLOT
from tb.agents.axil.item import AxilItem
from tb.agents.axis import Pins
from tb.agents.inbox import Inbox
from tb.agents.memory.item import Access, Burst, Request, Written
from tb.common import rtl_constants as rtl
from tb.dma.bus_memory import CoveredMemory

RING = {
    rtl.DMA.registers[name].address: name for name in ("RegRingBase", "RegRingBaseHigh", "RegRingSize", "RegRingTail")
}


class MemoryMonitor(uvm_monitor):
    """Publishes each Access on `accesses`. Request of reads on `requests` and Burst of writes on `bursts` come with
    their address.

    Publishes each completion record on `records`, as soon as it is whole.

    `registers` takes the accesses of the AXI4-Lite monitor, from which it knows where the ring is. `pins` in
    the configuration database says where it is attached; the agent sets `memory` before the run.

    Attributes:
        waiting: bursts of writes without a response, the oldest first.
    """

    def build_phase(self) -> None:
        pins: Pins = self.cdb_get("pins")
        bus = AxiBus.from_prefix(pins.entity, pins.prefix)
        self._responses = AxiBMonitor(bus.write.b, pins.clock, pins.reset, False)
        self.accesses = uvm_analysis_port("accesses", self)
        self.records = uvm_analysis_port("records", self)
        self.registers = Inbox("registers", self, self._register)
        self.requests = uvm_analysis_port("requests", self)
        self.bursts = uvm_analysis_port("bursts", self)
        self.memory: CoveredMemory | None = None
        self.waiting: deque[Burst] = deque()
        self._ring = dict.fromkeys(RING.values(), 0)
        self._record = bytearray()

    async def run_phase(self) -> None:
        self.memory.bytes.watcher = self
        while True:
            await self._responses.recv()
            self.waiting.popleft().responded = get_sim_time("ns")

    def _register(self, item: AxilItem) -> None:
        name = RING.get(item.address)
        if item.is_write and item.okay and name:
            self._ring[name] = item.data[0]

    def slot_of(self, address: int) -> int | None:
        """Return the slot whose completion record an address belongs to, None if there is no such."""
        base = self._ring["RegRingBaseHigh"] << 32 | self._ring["RegRingBase"]
        offset = address - base
        inside = 0 <= offset < SLOT * self._ring["RegRingSize"] and offset % SLOT >= COMPLETION_AT
        return address - offset % SLOT if inside else None

    def asks(self, address: int) -> None:
        """Take the address of a burst of reads."""
        self.requests.write(Request(address, get_sim_time("ns")))

    def begins(self, address: int) -> None:
        """Take the address of a burst of writes."""
        self.waiting.append(Burst(address))
        self.bursts.write(self.waiting[-1])

    def reads(self, address: int, length: int) -> None:
        """Take a beat that the chip reads."""
        self._publish(Access(address, length, None, get_sim_time("ns")))

    def writes(self, address: int, data: bytes) -> None:
        """Take bytes that the chip writes."""
        slot = self.slot_of(address)
        self._publish(Access(address, len(data), data, get_sim_time("ns")))
        if slot is None:
            return
        at = address - slot - COMPLETION_AT
        self._record[at:] = data
        if address + len(data) == slot + SLOT:
            self.records.write(Written(slot, bytes(self._record), get_sim_time("ns")))

    def _publish(self, access: Access) -> None:
        self.accesses.write(access)
