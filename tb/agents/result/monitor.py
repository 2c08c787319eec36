# SPDX-License-Identifier: Apache-2.0
"""Watches an AXI4-Stream port that leaves the hardware and puts its frames together."""

from cocotb.handle import LogicArrayObject
from cocotb.types import LogicArray
from cocotb.utils import get_sim_time
from cocotbext.axi import AxiStreamMonitor
from pyuvm import uvm_analysis_port, uvm_monitor

from tb.agents.axis import FrameItem


class NotedReads:
    """Stands for a signal and notes when it is read, in ns: the reader of beats reads each one once."""

    def __init__(self, signal: LogicArrayObject):
        self._signal = signal
        self.times: list[float] = []

    def __len__(self) -> int:
        return len(self._signal)

    @property
    def value(self) -> LogicArray:
        self.times.append(get_sim_time("ns"))
        return self._signal.value


class ResultMonitor(uvm_monitor):
    """Publishes every complete frame as a FrameItem, with the time of each beat."""

    def build_phase(self) -> None:
        self.ap = uvm_analysis_port("ap", self)
        self.frames = 0
        self.stream: AxiStreamMonitor | None = None  # set by the agent before the run

    async def run_phase(self) -> None:
        self.stream.bus.tdata = reads = NotedReads(self.stream.bus.tdata)
        while True:
            frame = await self.stream.recv(compact=False)
            self.frames += 1
            self._times = reads.times[: len(frame.tdata)]
            del reads.times[: len(frame.tdata)]
            self.publish(list(frame.tdata))

    def publish(self, beats: list[int]) -> None:
        """Hand one frame to the subscribers."""
        self.ap.write(FrameItem(beats=beats, times=self._times))
