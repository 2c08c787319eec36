# SPDX-License-Identifier: Apache-2.0
"""The environment around the chip with the memory interface."""

from __future__ import annotations

from pyuvm import ConfigDB

from sim.guard import RING
from tb.agents.contraction.agent import ContractionAgent
from tb.agents.contraction.memory import MemoryDriver
from tb.agents.memory.agent import MemoryAgent
from tb.common import rtl_constants as rtl
from tb.env.env import ContractionEnv
from tb.env.memory_scoreboard import MemoryScoreboard

SIZE = 1 << 28  # bytes of the memory; untouched bytes cost nothing


class MemoryEnv(ContractionEnv):
    """Operands and results lie in memory; see ContractionEnv."""

    ports = {"memory": "m_axi"}
    register_table = {**rtl.REGISTERS, **rtl.DMA.registers}
    # Settings are the descriptors', and a soft reset sets the tail.
    changing = ("RegMode", "RegRunLength", "RegPortion", "RegLongLines", "RegRingTail")
    scoreboard_type = MemoryScoreboard
    shown = RING

    def build_dma(self) -> ContractionAgent:
        # A multiple of 4 GB lies within it, so that every carry of an address is seen.
        base = (1 + self.seed * 0x9E37 % 2**30 << 32) - (1 << 14)
        ConfigDB().set(self, "memory*", "memory_piece", (base, SIZE))
        ConfigDB().set(self, "*", "beat", len(self.dut.m_axi_wdata) // 8)
        self.memory = MemoryAgent.create("memory", self)
        return ContractionAgent("contraction", self, MemoryDriver, self.dut.irq_o, self.seed)

    def connect_interface(self) -> None:
        driver, monitor = self.contraction.driver, self.memory.monitor
        driver.memory = self.memory.memory
        driver.stallers = {"register": self.axil.driver.stall}
        self.axil.monitor.ap.connect(monitor.registers)
        driver.announced.connect(self.scoreboard.announced)
        monitor.accesses.connect(self.scoreboard.accesses)
        monitor.requests.connect(self.scoreboard.requests)
        monitor.bursts.connect(self.scoreboard.bursts)
        monitor.records.connect(self.scoreboard.records)

    def activity(self) -> tuple[int | str, ...]:
        """Return the transfers."""
        return (*self.memory.memory.moved, self.axil.monitor.writes)

    def outstanding(self) -> list[str]:
        return [
            *self.contraction.driver.outstanding(),
            *self.memory.memory.outstanding(),
            *self.scoreboard.outstanding(),
        ]

    def from_outside(self) -> dict:
        return self.statistics.from_outside(8 * self.memory.memory.bytes.beat)

    def left_over(self) -> list[str]:
        return self.memory.memory.outstanding()
