# SPDX-License-Identifier: Apache-2.0
"""Watches an AXI4-Stream port that leaves the hardware and puts its frames together."""

from cocotbext.axi import AxiStreamMonitor
from pyuvm import uvm_analysis_port, uvm_monitor

from tb.agents.axis import FrameItem


class ResultMonitor(uvm_monitor):
    """Publishes every complete frame as a FrameItem."""

    def build_phase(self) -> None:
        self.ap = uvm_analysis_port("ap", self)
        self.frames = 0
        self.stream: AxiStreamMonitor | None = None  # set by the agent before the run

    async def run_phase(self) -> None:
        while True:
            frame = await self.stream.recv(compact=False)
            self.frames += 1
            self.publish(list(frame.tdata))

    def publish(self, beats: list[int]) -> None:
        """Hand one frame to the subscribers."""
        self.ap.write(FrameItem(beats=beats))
