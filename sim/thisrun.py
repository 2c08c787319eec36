# SPDX-License-Identifier: Apache-2.0
"""The run that a simulation belongs to: one file of JSON, which FLAASH_RUN names and both sides read."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
from pathlib import Path
from typing import Any

VARIABLE = "FLAASH_RUN"
FILE = "simulation.json"  # in the folder of the run


@dataclasses.dataclass(frozen=True)
class ThisRun:
    """What sim.simulation.run() has written for the simulation, and for readers of the run's folder.

    Attributes:
        toplevel, simulator, parameters, sources: of the build.
        seed: of every random choice.
        repeat: the command that repeats the run's test, "" if no test has started the run.
        arguments: of the module that runs inside the simulator.
        folder: of the run.
    """

    toplevel: str
    simulator: str
    parameters: dict[str, int]
    sources: list[str] = dataclasses.field(default_factory=list)
    seed: int = 1
    repeat: str = ""
    arguments: dict[str, Any] = dataclasses.field(default_factory=dict)
    folder: Path = Path()

    def write(self) -> Path:
        """Write the file and return its path."""
        content = {name: value for name, value in vars(self).items() if name != "folder"}
        (self.folder / FILE).write_text(json.dumps(content) + "\n")
        return self.folder / FILE

    @classmethod
    def read(cls, folder: Path) -> ThisRun:
        """Return the run that has a folder.

        Raises:
            FileNotFoundError: it is no such folder.
        """
        return cls(**json.loads((folder / FILE).read_text()), folder=folder)


@functools.cache
def this_run() -> ThisRun:
    """Return the run of this simulation.

    Raises:
        KeyError: not in a simulation that sim/simulation.py started.
    """
    return ThisRun.read(Path(os.environ[VARIABLE]).parent)


def argument(name: str, default: Any = None) -> Any:
    """Return an argument of this run.

    Raises:
        KeyError: there is none, and no default.
    """
    return this_run().arguments[name] if default is None else this_run().arguments.get(name, default)
