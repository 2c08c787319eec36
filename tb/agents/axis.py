# SPDX-License-Identifier: Apache-2.0
"""AXI4-Stream ports without byte lanes: what the operand and the result agent share.

A beat is one integer: the models of cocotbext-axi then touch each signal once per beat and not
once per byte. `tkeep` is outside the bus; the operand agent ties it to ones, as the port demands.
"""

import dataclasses

from cocotb.handle import SimHandleBase
from pyuvm import uvm_sequence, uvm_sequence_item

from sim.transport import BeatBus


@dataclasses.dataclass(frozen=True)
class Pins:
    """Where an agent is attached.

    Attributes:
        entity: the module with the ports.
        prefix: of the port, such as "s_axis".
        clock, reset: the clock and the active-low reset.
    """

    entity: SimHandleBase
    prefix: str
    clock: SimHandleBase
    reset: SimHandleBase

    def bus(self) -> BeatBus:
        """Return the AXI4-Stream signals of the port."""
        return BeatBus.from_prefix(self.entity, self.prefix)


class FrameItem(uvm_sequence_item):
    """One AXI4-Stream frame.

    Args:
        beats: payload, one integer per beat.
        times: of each beat that was watched, in ns; empty in a frame that is to be sent.
    """

    def __init__(self, name: str = "frame", beats: list[int] | None = None, times: list[float] | None = None):
        super().__init__(name)
        self.beats = list(beats or [])
        self.times = list(times or [])


class FrameSequence(uvm_sequence):
    """Sends one frame on the sequencer it is started on."""

    def __init__(self, beats: list[int]):
        super().__init__("frame_sequence")
        self._item = FrameItem(beats=beats)

    async def body(self) -> None:
        await self.start_item(self._item)
        await self.finish_item(self._item)
