# SPDX-License-Identifier: Apache-2.0
"""Host side of the environment: builds the chip's top in a configuration and runs sequences on it."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from pathlib import Path

from sim import files
from sim.chip import build_chip
from sim.configs import WIDTH, Config
from sim.folders import runs
from sim.interfaces import STREAM
from sim.options import options as wanted
from sim.simulation import Build, SimulationFailed, run
from tb.env.arguments import SequenceRun

TRAINING = "smoke"  # the sequence that trains a fast build


@dataclasses.dataclass(frozen=True)
class Run:
    """A run that has ended.

    Attributes:
        folder: with summary.json, functional-<simulator>.yml, result.npz, run.log.
        summary: contents of summary.json.
    """

    folder: Path
    summary: dict


def build_top(
    config: Config,
    simulator: str,
    waves: bool = False,
    options: tuple[str | Path, ...] = (),
    interface: str = STREAM,
    width: int = WIDTH,
    fast: bool | None = None,
    compiler: str | None = None,
) -> Build:
    """Build the chip's top once for this configuration; see sim.chip.build_chip().

    Args:
        config, simulator, waves, options, interface, width, compiler: as there.
        fast: one run of a sequence trains the build for speed; None: with FAST=1.
    """
    training = None
    if wanted().fast if fast is None else fast:
        training = functools.partial(_train, config, interface)
    return build_chip(config, simulator, waves, options, interface, width, training, compiler)


def _train(config: Config, interface: str, built: Build) -> None:
    """Let a build count the code that a run carries out."""
    name = f"training-{built.folder.name}"
    run_sequences(config, built.simulator, [TRAINING], name, built=built, interface=interface)


def run_folder(name: str) -> Path:
    """Return the folder of the run of that name."""
    return runs() / name


def run_sequences(
    config: Config,
    simulator: str,
    sequences: list[str],
    name: str,
    seed: int = 1,
    knobs: Mapping[str, dict] | None = None,
    waves: bool = False,
    test_module: str = "tb.env.top_tests",
    testcase: str | None = None,
    progress: str = "",
    built: Build | None = None,
    interface: str = STREAM,
    width: int = WIDTH,
) -> Run:
    """Run sequences one after the other in one simulation.

    Args:
        config: of the hardware.
        simulator: "verilator" or "icarus".
        sequences: names of files in tb/sequences/.
        name: of the run, unique among the tests; its files go to build/runs/<name>.
        seed: of every random choice.
        knobs: arguments of the sequences' constructors by the sequence's name.
        waves: write a trace.
        test_module, testcase: the cocotb test.
        progress: path of the file for the progress, "" for none.
        built: what build_top() returned, if it was called before.
        interface, width: as for build_top().

    Raises:
        SimulationFailed: something disagreed, hung or died. summary.json then says so too.
    """
    arguments = dataclasses.asdict(SequenceRun(config, sequences, dict(knobs or {}), interface, progress))
    built = built or build_top(config, simulator, waves, interface=interface, width=width)
    try:
        folder = run(built, test_module, name, seed, arguments, testcase, waves=waves)
    except SimulationFailed as error:
        _note_failure(run_folder(name), str(error))
        raise
    return Run(folder, json.loads((folder / "summary.json").read_text()))


def _note_failure(folder: Path, error: str) -> None:
    """Put the whole failure into summary.json; the simulation itself may have died without a word."""
    path = folder / "summary.json"
    summary = files.read_json(path) or {}
    path.write_text(json.dumps({**summary, "passed": False, "error": error}, indent=1) + "\n")
