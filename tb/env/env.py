# SPDX-License-Identifier: Apache-2.0
"""The environment around the chip's top: agents on its ports, model, scoreboard, coverage, watchdog."""

from __future__ import annotations

from cocotb.handle import SimHandleBase
from pyuvm import ConfigDB, uvm_env

from models.csf import Csf
from models.numbers import get_format
from tb.agents.axil.agent import AxilAgent
from tb.agents.axis import Pins
from tb.agents.contraction.agent import ContractionAgent
from tb.agents.operand.agent import OperandAgent
from tb.agents.result.agent import ResultAgent
from tb.common.configs import Config
from tb.common.frames import pack_operand
from tb.env.coverage import CoverageSubscriber
from tb.env.predictor import Predictor
from tb.env.progress import Progress
from tb.env.registers import RegisterModel
from tb.env.scoreboard import Scoreboard
from tb.env.statistics import Statistics
from tb.env.watchdog import Watchdog

PORTS = {"axil": "s_axil", "operand": "s_axis", "result": "m_axis"}


class ContractionEnv(uvm_env):
    """Everything that drives and checks the chip.

    Agents, predictor and scoreboard are made by the factory, so that a test can replace them.

    Args:
        dut: the chip's top.
        config: parameters it was built with.
        seed: of the stalls.
        record: sample coverage and sum up statistics, which takes as long as all the rest.
    """

    def __init__(self, name: str, parent, dut: SimHandleBase, config: Config, seed: int, record: bool = True):
        super().__init__(name, parent)
        self._dut, self._config, self._seed, self._record = dut, config, seed, record

    def build_phase(self) -> None:
        dut = self._dut
        for agent, prefix in PORTS.items():
            ConfigDB().set(self, f"{agent}*", "pins", Pins(dut, prefix, dut.clk_i, dut.rst_ni))
        self._format = get_format(str(self._config["Format"]))
        ConfigDB().set(self, "*", "format", self._format)
        ConfigDB().set(self, "*", "config", self._config)
        ConfigDB().set(self, "*", "seed", self._seed)
        self.axil = AxilAgent.create("axil", self)
        self.operand = OperandAgent.create("operand", self)
        self.result = ResultAgent.create("result", self)
        self.contraction = ContractionAgent("contraction", self, dut.irq_o, self._pack, self._seed)
        self.predictor = Predictor.create("predictor", self)
        self.scoreboard = Scoreboard.create("scoreboard", self)
        if self._record:
            self.coverage = CoverageSubscriber("coverage", self, self._config)
            self.statistics = Statistics("statistics", self, self._config)
        self.progress = Progress("progress", self, self._access)
        self.watchdog = Watchdog("watchdog", self, dut, self._activity, self._outstanding, self._access,
                                 lambda: self.contraction.driver.silence)

    def connect_phase(self) -> None:
        driver = self.contraction.driver
        self.registers = driver.registers = RegisterModel(self.axil.sequencer)
        driver.operands = self.operand.sequencer
        driver.stallers = {"operand": self.operand.driver.stall, "result": self.result.driver.stall,
                           "register": self.axil.driver.stall}
        driver.items.connect(self.predictor.analysis_export)
        driver.outcomes.connect(self.scoreboard.outcomes)
        self.predictor.ap.connect(self.scoreboard.predictions)
        self.predictor.ap.connect(self.progress.analysis_export)
        self.result.monitor.ap.connect(self.scoreboard.frames)
        if self._record:
            self.predictor.ap.connect(self.coverage.analysis_export)
            self.scoreboard.ap.connect(self.statistics.analysis_export)
            self.scoreboard.ap.connect(self.coverage.frames)

    def _pack(self, csf: Csf, which: int) -> list[int]:
        return pack_operand(csf, which, self._format, int(self._config["CoordWidth"]))

    async def _access(self, item) -> None:
        await self.axil.driver.access(item)

    def _activity(self) -> tuple[int | str, ...]:
        """Return what is different after a bus has moved: transfers, and the beats that are there.

        Reads of registers don't count: who waits for something by reading makes no progress.
        """
        dut = self._dut
        return (self.operand.monitor.frames, self.result.monitor.frames, self.axil.monitor.writes,
                str(dut.s_axis_tdata.value), str(dut.m_axis_tdata.value))

    def _outstanding(self) -> list[str]:
        """Return what the agents still wait for."""
        return [*self.operand.driver.outstanding(), *self.scoreboard.outstanding()]
