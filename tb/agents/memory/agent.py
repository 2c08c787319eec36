# SPDX-License-Identifier: Apache-2.0
"""Agent of the memory interface's AXI4 master: the memory that responds to it, and the monitor of its requests."""

from __future__ import annotations

from pyuvm import uvm_agent

from tb.agents.axis import Pins
from tb.agents.memory.monitor import MemoryMonitor
from tb.dma.bus_memory import CoveredMemory


class MemoryAgent(uvm_agent):
    """The memory and the monitor; both see the same channels.

    `pins` (Pins) in the configuration database says where it is attached, `memory_piece` its base and size.
    """

    def build_phase(self) -> None:
        super().build_phase()
        pins: Pins = self.cdb_get("pins")
        self.memory = CoveredMemory(pins.entity, *self.cdb_get("memory_piece"))
        self.monitor = MemoryMonitor.create("monitor", self)

    def connect_phase(self) -> None:
        self.monitor.memory = self.memory
