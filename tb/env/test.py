# SPDX-License-Identifier: Apache-2.0
"""The one test of the chip's top: runs sequences in the environment and writes what came of it.

tb.env.arguments has the arguments. summary.json, functional-<simulator>.yml and result.npz go to the run's folder.
"""

from __future__ import annotations

from pathlib import Path

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles
from pyuvm import uvm_test

from sim.interfaces import MEMORY, STREAM
from sim.thisrun import this_run
from tb.common.bench import start
from tb.env import cover_points
from tb.env.arguments import SequenceRun
from tb.env.awaits import ForgottenAwaits
from tb.env.memory import MemoryEnv
from tb.env.stream import StreamEnv
from tb.sequences.registry import load_sequence, place

ENVIRONMENTS = {STREAM: StreamEnv, MEMORY: MemoryEnv}
SETTLE = 32  # cycles after the last response, in which nothing more may come


class SequenceFailed(AssertionError):
    """A sequence raised an exception; the text says where and what."""


class ContractionTest(uvm_test):
    """Builds the environment, resets the chip and runs the sequences."""

    def read_config(self) -> None:
        """Take configuration and seed from the run's arguments."""
        self.given = SequenceRun.of_this_run()
        self.config, self.seed = self.given.config, this_run().seed

    def build_phase(self) -> None:
        self.read_config()
        self.sequences, self.knobs, self.interface = list(self.given.sequences), self.given.knobs, self.given.interface
        self.env = ENVIRONMENTS[self.interface]("env", self, cocotb.top, self.config, self.seed)

    async def run_phase(self) -> None:
        self.raise_objection()
        await start(cocotb.top)
        await self.check_identity()
        self.forgotten = ForgottenAwaits()
        for name in self.sequences:
            try:
                sequence = load_sequence(name)(**self.knobs.get(name, {}))
                sequence.prepare(self.config, self.seed, self.interface)
                await sequence.start(self.env.contraction.sequencer)
            except Exception as error:
                raise SequenceFailed(f"{place(error) or name}: {type(error).__name__}: {error}") from error
        await self.env.contraction.driver.finished()
        await ClockCycles(cocotb.top.clk_i, SETTLE)
        self.drop_objection()

    def check_phase(self) -> None:
        assert not self.forgotten.sentences, "\n".join(self.forgotten.sentences)
        assert not self.env.left_over(), "; ".join(self.env.left_over())

    async def check_identity(self) -> None:
        """Compare the identification registers with the configuration that was asked for."""
        registers, parameters = self.env.registers, self.config.parameters()
        expected = {
            f"Reg{name}": parameters[name]
            for name in ("Format", "NumSdpe", "Lanes", "CoordWidth", "MemLines", "NodeDepth", "FiberDepth")
        }
        expected["RegBlocks"] = sum(
            parameters[name] << shift for name, shift in (("Engine", 0), ("Memory", 4), ("Scheduler", 8))
        ) + (self.config.can_split << 12)
        for name, value in expected.items():
            seen = await registers.read(name)
            assert seen == value, f"{name} is {seen:#x}, the build was asked for {value:#x}"

    def summary(self) -> dict:
        """Return what summary.json says of the run, without the verdict."""
        scoreboard = self.env.scoreboard
        return {
            "simulator": cover_points.simulator(),
            "config": self.config.name,
            "interface": self.interface,
            "seed": self.seed,
            "sequences": self.sequences,
            **self.env.statistics.summary(),
            **self.env.from_outside(),
            "compared": scoreboard.compared,
            "mismatches": scoreboard.mismatch_count,
            "wrong_results": scoreboard.wrong_results,
            "first_mismatch_ns": scoreboard.first_mismatch_ns,
            "first_fibers": scoreboard.first_fibers,
            "errors_compared": scoreboard.errors,
            "coverage": round(cover_points.percent(self.interface == MEMORY), 2),
        }

    def export(self, folder: Path) -> None:
        """Write the coverage, and the result of the last contraction."""
        cover_points.export(folder)
        last, frames = self.env.statistics.last, self.env.statistics.frames
        if last:
            np.savez(
                folder / "result.npz",
                shape=np.array(last.prediction.result.shape, np.int64),
                coords=np.concatenate([frame.coords for frame in frames]),
                bits=np.concatenate([frame.bits for frame in frames]),
            )
