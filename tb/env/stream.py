# SPDX-License-Identifier: Apache-2.0
"""The environment around the chip with streams."""

from __future__ import annotations

from flaash.driver.frames import pack_operand
from models.csf import Csf
from tb.agents.contraction.agent import ContractionAgent
from tb.agents.contraction.stream import StreamDriver
from tb.agents.operand.agent import OperandAgent
from tb.agents.result.agent import ResultAgent
from tb.common import rtl_constants as rtl
from tb.env.env import ContractionEnv


class StreamEnv(ContractionEnv):
    """Operands and results are frames; see ContractionEnv."""

    ports = {"operand": "s_axis", "result": "m_axis"}
    register_table = rtl.REGISTERS

    def build_dma(self) -> ContractionAgent:
        self.operand = OperandAgent.create("operand", self)
        self.result = ResultAgent.create("result", self)
        return ContractionAgent("contraction", self, StreamDriver, self.dut.irq_o, self.seed, self._pack)

    def connect_interface(self) -> None:
        driver = self.contraction.driver
        driver.operands = self.operand.sequencer
        driver.stallers = {
            "operand": self.operand.driver.stall,
            "result": self.result.driver.stall,
            "register": self.axil.driver.stall,
        }
        self.result.monitor.ap.connect(self.scoreboard.frames)

    def _pack(self, csf: Csf, which: int) -> list[int]:
        return pack_operand(csf, which, self.format, int(self.config["CoordWidth"]))

    def activity(self) -> tuple[int | str, ...]:
        """Return the transfers, and the beats that have arrived."""
        return (
            self.operand.monitor.frames,
            self.result.monitor.frames,
            self.axil.monitor.writes,
            str(self.dut.s_axis_tdata.value),
            str(self.dut.m_axis_tdata.value),
        )

    def outstanding(self) -> list[str]:
        return [*self.operand.driver.outstanding(), *self.scoreboard.outstanding()]

    def left_over(self) -> list[str]:
        return ["beats came after the last trailer"] if self.result.monitor.stream.active else []
