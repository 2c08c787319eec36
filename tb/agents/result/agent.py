# SPDX-License-Identifier: Apache-2.0
"""Agent of an AXI4-Stream port that leaves the hardware."""

from cocotbext.axi import AxiStreamMonitor
from pyuvm import uvm_agent

from tb.agents.axis import Pins
from tb.agents.result.driver import ResultDriver
from tb.agents.result.monitor import ResultMonitor


class ResultAgent(uvm_agent):
    """Driver of `tready` (if active) and monitor of one port; both share one reader of the beats.

    `pins` (Pins) in the configuration database says where it is attached, `is_active` (optional)
    UVM_PASSIVE makes it only watch.
    """

    def build_phase(self) -> None:
        super().build_phase()
        self.monitor = ResultMonitor.create("monitor", self)
        if self.active():
            self.driver = ResultDriver.create("driver", self)

    def connect_phase(self) -> None:
        if self.active():
            self.monitor.stream = self.driver.sink
        else:
            pins: Pins = self.cdb_get("pins")
            bus = pins.bus()
            self.monitor.stream = AxiStreamMonitor(
                bus, pins.clock, pins.reset, reset_active_level=False, byte_size=len(bus.tdata)
            )
