# SPDX-License-Identifier: Apache-2.0
"""A configuration with its host's choices: the settings of each contraction."""

from __future__ import annotations

import dataclasses

import numpy as np

from models.csf import Csf
from models.cycles import lower_bound
from models.dispatch import run_length
from sim.configs import Config, load

# The option of the host that a machine's name can request.
LONG_FIRST = "long_first"


@dataclasses.dataclass(frozen=True)
class Settings:
    """The settings that the host writes before a start.

    Attributes:
        run_length: RegRunLength, most fibers of B per range job, 0 for all.
        portion: RegPortion, most entries of A per portion, 0 for no splitting.
        long_lines: RegLongLines, least lines of a job that goes first, 0 for jobs in order.
    """

    run_length: int
    portion: int = 0
    long_lines: int = 0


@dataclasses.dataclass(frozen=True)
class Machine:
    """A configuration and the options of its host.

    Attributes:
        config: parameters of the build.
        options: (LONG_FIRST,) if the host uses it.
    """

    config: Config
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the configuration, with its overrides and the options."""
        table, _, changes = self.config.name.partition(":")
        return ":".join(filter(None, (table, ",".join(filter(None, (changes, *self.options))))))

    @property
    def num_sdpe(self) -> int:
        """Number of engines."""
        return int(self.config["NumSdpe"])

    def settings(self, a: Csf, b: Csf) -> Settings:
        """Return the host's choice for the contraction of A and B.

        Only the lengths of the fibers matter.
        """
        lengths = [np.diff(csf.fiber_bounds(), axis=1).ravel() for csf in (a, b)]
        return Settings(
            run_length(str(self.config["Engine"])),
            long_lines=self.long_lines(*lengths) if LONG_FIRST in self.options else 0,
        )

    def bound(self, a: Csf, b: Csf, results: int | None, used: Settings | None = None) -> int:
        """Return the least cycles that this machine can take for the contraction of A and B.

        The bound is the minimum over two settings: the host's and the used ones. So a bad choice shows as cycles
        above the bound, and no run is below it.

        Args:
            a, b: operands.
            results: number of delivered results; None leaves out the time to drain them.
            used: settings of a run.
        """
        choices = {self.settings(a, b)}
        if used is not None and self.config["Engine"] == "merge":  # the other engine's plan cuts the work
            choices.add(used)
        return min(
            lower_bound(a, b, self.config.values, chosen.run_length, results, chosen.portion, chosen.long_lines).cycles
            for chosen in choices
        )

    def long_lines(self, lengths_a: np.ndarray, lengths_b: np.ndarray) -> int:
        """Return the host's choice for RegLongLines: a job with more lines than the average is long.

        Args:
            lengths_a, lengths_b: entries of each fiber.
        """
        lanes = int(self.config["Lanes"])
        means = [(-(-lengths // lanes)).sum() / max(len(lengths), 1) for lengths in (lengths_a, lengths_b)]
        return int(sum(means)) + 1


def machine(name: str) -> Machine:
    """Return the machine of a name: a configuration's, such as "paper8" or "fast8:NumSdpe=2".

    After the colon may also come the host's option: "paper32:Scheduler=demand,long_first".

    Raises:
        ConfigError: no such configuration or parameter.
    """
    table, _, changes = name.partition(":")
    parts = [part for part in changes.split(",") if part]
    options = tuple(part for part in parts if part == LONG_FIRST)
    changes = ",".join(part for part in parts if part not in options)
    return Machine(load(f"{table}:{changes}"), options)
