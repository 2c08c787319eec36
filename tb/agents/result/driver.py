# SPDX-License-Identifier: Apache-2.0
"""Accepts the beats of an AXI4-Stream port that leaves the hardware."""

from collections.abc import Callable, Iterator

from cocotbext.axi import AxiStreamSink
from pyuvm import uvm_driver

from tb.agents.axis import Pins


class ResultDriver(uvm_driver):
    """Drives `tready`; the received frames are in `sink`, from where the monitor takes them.

    `pins` (Pins) in the configuration database says where it is attached.
    """

    def build_phase(self) -> None:
        pins: Pins = self.cdb_get("pins")
        bus = pins.bus()
        self.sink = AxiStreamSink(bus, pins.clock, pins.reset, reset_active_level=False, byte_size=len(bus.tdata))

    def stall(self, pauses: Callable[[], Iterator[bool]] | None) -> None:
        """Accept nothing in the cycles for which the iterator says True; None ends that."""
        self.sink.set_pause_generator(pauses() if pauses else None)
        if pauses is None:
            self.sink.pause = False
