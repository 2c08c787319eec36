# SPDX-License-Identifier: Apache-2.0
"""The memory at m_axi of a test: pauses by tb.common.stalls, and coverage of each burst."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from sim.memory import BusMemory
from tb.common.stalls import STALLS
from tb.dma import coverage


class CoveredMemory(BusMemory):
    """See BusMemory."""

    def delay(self, cycles: Mapping[str, int]) -> None:
        super().delay(cycles)
        coverage.sample_latency(cycles)

    def stall(self, channel: str, kind: str, random: Random) -> None:
        """Let a channel pause in a way of tb.common.stalls."""
        self.channels[channel].stall(None if kind == "none" else STALLS[kind](random))
        coverage.hit("dma.stalls", f"{channel} x {kind}")

    def read_comes(self, burst: Any) -> None:
        coverage.sample_burst("read", int(burst.araddr), int(burst.arlen) + 1, self.bytes.beat)
        super().read_comes(burst)

    def write_comes(self, burst: Any) -> None:
        coverage.sample_burst("write", int(burst.awaddr), int(burst.awlen) + 1, self.bytes.beat)
        super().write_comes(burst)
