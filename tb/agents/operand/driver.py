# SPDX-License-Identifier: Apache-2.0
"""Drives an AXI4-Stream port of the hardware."""

from collections.abc import Callable, Iterator

from cocotbext.axi import AxiStreamFrame, AxiStreamSource
from pyuvm import uvm_driver


class OperandDriver(uvm_driver):
    """Sends FrameItems one after the other; an item is done when its last beat was accepted.

    `pins` (Pins) in the configuration database says where it is attached.
    """

    def build_phase(self) -> None:
        pins = self._pins = self.cdb_get("pins")
        bus = pins.bus()
        self.source = AxiStreamSource(bus, pins.clock, pins.reset, reset_active_level=False, byte_size=len(bus.tdata))
        keep = getattr(pins.entity, f"{pins.prefix}_tkeep")
        keep.value = 2 ** len(keep) - 1

    async def run_phase(self) -> None:
        while True:
            item = await self.seq_item_port.get_next_item()
            await self.source.send(AxiStreamFrame(item.beats))
            await self.source.wait()
            self.seq_item_port.item_done()

    def stall(self, pauses: Callable[[], Iterator[bool]] | None) -> None:
        """Offer nothing in the cycles for which the iterator says True; None ends that."""
        self.source.set_pause_generator(pauses() if pauses else None)
        if pauses is None:
            self.source.pause = False

    def outstanding(self) -> list[str]:
        """Describe the beats that have not been accepted yet."""
        waiting = self.source.count() + bool(self.source.current_frame)
        return [f"{waiting} frame(s) not yet accepted at {self._pins.prefix}"] if waiting else []
