# SPDX-License-Identifier: Apache-2.0
"""Master of an AXI4-Lite port."""

from collections.abc import Callable, Iterator

from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiResp
from pyuvm import uvm_driver

from sim.transport import WORD
from tb.agents.axil.item import AxilItem


class AxilDriver(uvm_driver):
    """Carries out AxilItems one after the other.

    `pins` (Pins) in the configuration database says where it is attached.
    """

    def build_phase(self) -> None:
        pins = self._pins = self.cdb_get("pins")
        self.master = AxiLiteMaster(
            AxiLiteBus.from_prefix(pins.entity, pins.prefix), pins.clock, pins.reset, reset_active_level=False
        )

    async def run_phase(self) -> None:
        while True:
            item = await self.seq_item_port.get_next_item()
            await self.access(item)
            self.seq_item_port.item_done()

    async def access(self, item: AxilItem) -> None:
        """Carry out one access and put the response into the item."""
        if item.is_write:
            response = await self.master.write(item.address, item.data[0].to_bytes(WORD, "little"))
        else:
            response = await self.master.read(item.address, WORD * item.words)
            words = range(0, WORD * item.words, WORD)
            item.data = [int.from_bytes(response.data[at : at + WORD], "little") for at in words]
        item.okay = response.resp == AxiResp.OKAY

    def stall(self, pauses: Callable[[], Iterator[bool]] | None) -> None:
        """Pause each of the five channels by an iterator of its own; None ends that."""
        write, read = self.master.write_if, self.master.read_if
        for channel in (write.aw_channel, write.w_channel, write.b_channel, read.ar_channel, read.r_channel):
            channel.set_pause_generator(pauses() if pauses else None)
            if pauses is None:
                channel.pause = False
