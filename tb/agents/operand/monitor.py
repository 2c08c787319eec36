# SPDX-License-Identifier: Apache-2.0
"""Watches an AXI4-Stream port that enters the hardware."""

from cocotbext.axi import AxiStreamMonitor
from pyuvm import uvm_analysis_port, uvm_monitor

from tb.agents.axis import FrameItem, Pins


class OperandMonitor(uvm_monitor):
    """Publishes every frame that was accepted, as a FrameItem.

    `pins` (Pins) in the configuration database says where it is attached.
    """

    def build_phase(self) -> None:
        pins: Pins = self.cdb_get("pins")
        bus = pins.bus()
        self.stream = AxiStreamMonitor(bus, pins.clock, pins.reset, reset_active_level=False, byte_size=len(bus.tdata))
        self.ap = uvm_analysis_port("ap", self)
        self.frames = 0

    async def run_phase(self) -> None:
        while True:
            frame = await self.stream.recv(compact=False)
            self.frames += 1
            self.ap.write(FrameItem(beats=list(frame.tdata)))
