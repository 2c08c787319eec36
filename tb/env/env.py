# SPDX-License-Identifier: Apache-2.0
"""The environment around a chip's top, what both interfaces share: model, scoreboard, coverage, watchdog."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from cocotb.handle import SimHandleBase
from pyuvm import ConfigDB, uvm_env

from models.numbers import get_format
from sim.configs import Config
from sim.hang import HangGuard
from tb.agents.axil.agent import AxilAgent
from tb.agents.axil.item import AxilItem
from tb.agents.axis import Pins
from tb.agents.contraction.agent import ContractionAgent
from tb.common import rtl_constants as rtl
from tb.env.coverage import CoverageSubscriber
from tb.env.predictor import Predictor
from tb.env.progress import Progress
from tb.env.register_mirror import RegisterMirror
from tb.env.registers import RegisterModel
from tb.env.scoreboard import Scoreboard
from tb.env.statistics import Statistics
from tb.env.watchdog import Watchdog


class ContractionEnv(uvm_env):
    """Everything that drives and checks the chip; a subclass has the agents of an interface.

    Agents, predictor and scoreboard are made by the factory, so that a test can replace them.

    Args:
        dut: the chip's top.
        config: parameters it was built with.
        seed: of every random choice.
        record: sample coverage and sum up statistics, which takes as long as all the rest.
    """

    ports: Mapping[str, str] = {}  # prefixes of the interface's ports by agent
    register_table: Mapping[str, rtl.Register] = {}
    changing: Collection[str] = ()  # RW registers that the hardware changes, too
    scoreboard_type = Scoreboard
    shown: Sequence[rtl.Register] = ()  # registers that the report of a hang shows

    def __init__(self, name: str, parent, dut: SimHandleBase, config: Config, seed: int, record: bool = True):
        super().__init__(name, parent)
        self.dut, self.config, self.seed, self._record = dut, config, seed, record

    def build_phase(self) -> None:
        dut = self.dut
        for agent, prefix in {"axil": "s_axil", **self.ports}.items():
            ConfigDB().set(self, f"{agent}*", "pins", Pins(dut, prefix, dut.clk_i, dut.rst_ni))
        self.format = get_format(str(self.config["Format"]))
        ConfigDB().set(self, "*", "format", self.format)
        ConfigDB().set(self, "*", "config", self.config)
        ConfigDB().set(self, "*", "seed", self.seed)
        self.axil = AxilAgent.create("axil", self)
        self.mirror = RegisterMirror.create("mirror", self)
        self.contraction = self.build_dma()
        self.predictor = Predictor.create("predictor", self)
        self.scoreboard = self.scoreboard_type.create("scoreboard", self)
        if self._record:
            self.coverage = CoverageSubscriber("coverage", self, self.config)
            self.statistics = Statistics("statistics", self, self.config)
        self.progress = Progress("progress", self, self._access)
        guard = HangGuard(
            dut,
            self.activity,
            self.outstanding,
            self._read,
            silence=lambda: self.contraction.driver.silence,
            shown=self.shown,
        )
        self.watchdog = Watchdog("watchdog", self, guard)

    def connect_phase(self) -> None:
        driver = self.contraction.driver
        self.registers = driver.registers = RegisterModel(self.axil.sequencer, self.register_table, self.changing)
        self.mirror.registers = self.registers
        self.axil.monitor.ap.connect(self.mirror.analysis_export)
        driver.items.connect(self.predictor.analysis_export)
        driver.outcomes.connect(self.scoreboard.outcomes)
        self.predictor.ap.connect(self.scoreboard.predictions)
        self.predictor.ap.connect(self.progress.analysis_export)
        if self._record:
            self.predictor.ap.connect(self.coverage.analysis_export)
            self.scoreboard.ap.connect(self.statistics.analysis_export)
            self.scoreboard.ap.connect(self.coverage.frames)
        self.connect_interface()

    def build_dma(self) -> ContractionAgent:
        """Make the agents of the interface, and return the one that takes contractions."""
        raise NotImplementedError

    def connect_interface(self) -> None:
        """Connect the agents of the interface."""
        raise NotImplementedError

    def activity(self) -> tuple[int | str, ...]:
        """Return a value that changes with each transfer of a bus.

        Reads of registers don't count: a host that polls makes no progress.
        """
        raise NotImplementedError

    def outstanding(self) -> list[str]:
        """Return what the agents still wait for."""
        raise NotImplementedError

    def from_outside(self) -> dict:
        """Return what the summary says of the way from memory to memory, nothing without a memory."""
        return {}

    def left_over(self) -> list[str]:
        """Return late transfers and unfinished work some cycles after the last response."""
        raise NotImplementedError

    async def _access(self, item: AxilItem) -> None:
        await self.axil.driver.access(item)

    async def _read(self, address: int, words: int) -> list[int]:
        item = AxilItem(address, words=words)
        await self._access(item)
        return item.data
