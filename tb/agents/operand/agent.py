# SPDX-License-Identifier: Apache-2.0
"""Agent of an AXI4-Stream port that enters the hardware."""

from pyuvm import uvm_agent, uvm_sequencer

from tb.agents.operand.driver import OperandDriver
from tb.agents.operand.monitor import OperandMonitor


class OperandAgent(uvm_agent):
    """Sequencer and driver (if active) and monitor of one port.

    `pins` (Pins) in the configuration database says where it is attached, `is_active` (optional)
    UVM_PASSIVE makes it only watch.
    """

    def build_phase(self) -> None:
        super().build_phase()
        self.monitor = OperandMonitor.create("monitor", self)
        if self.active():
            self.sequencer = uvm_sequencer("sequencer", self)
            self.driver = OperandDriver.create("driver", self)

    def connect_phase(self) -> None:
        if self.active():
            self.driver.seq_item_port.connect(self.sequencer.seq_item_export)
