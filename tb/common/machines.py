# SPDX-License-Identifier: Apache-2.0
"""A configuration together with what its host makes of it: the settings of each contraction."""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from models.csf import Csf
from tb.common.configs import HOLDING, Config, load

RUNS_PER_ENGINE = 8
# What the host does if a machine's name asks for it.
LONG_FIRST, PORTIONS = "long_first", "portions"


@dataclasses.dataclass(frozen=True)
class Settings:
    """What the host writes before a start.

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
    """A configuration and how the host drives it.

    Attributes:
        config: parameters of the build.
        options: LONG_FIRST, PORTIONS or both: what the host makes use of.
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

        It needs to know the lengths of the fibers only.
        """
        lengths = [np.diff(csf.fiber_bounds(), axis=1).ravel() for csf in (a, b)]
        return Settings(self.run_length(*map(len, lengths)),
                        self.portion(*lengths) if PORTIONS in self.options else 0,
                        self.long_lines(*lengths) if LONG_FIRST in self.options else 0)

    def run_length(self, fibers_a: int, fibers_b: int) -> int:
        """Return the host's choice for RegRunLength.

        The merge engine, the paper's, gets single dot products. A compare engine gets about
        RUNS_PER_ENGINE runs, so that the last ones end close to each other. Engines that hold fibers of A
        cut the work themselves.
        """
        if self.config["Engine"] == "merge":
            return 1
        if self.config["Engine"] in HOLDING:
            return 0
        runs = RUNS_PER_ENGINE * self.num_sdpe
        return max(1, min(fibers_b, fibers_a * fibers_b // runs))

    def portion(self, lengths_a: np.ndarray, lengths_b: np.ndarray) -> int:
        """Return the host's choice for RegPortion: half an engine's share of the entries of all dot products.

        So only a dot product is split that would keep an engine busy for that long. Merge engines skip
        lines while splitting is on, also if there is none.

        Args:
            lengths_a, lengths_b: entries of each fiber.
        """
        entries = int(lengths_a.sum()) * len(lengths_b) + int(lengths_b.sum()) * len(lengths_a)
        return max(1, entries // self.num_sdpe // 2)

    def long_lines(self, lengths_a: np.ndarray, lengths_b: np.ndarray) -> int:
        """Return the host's choice for RegLongLines: what has more lines than the average is long.

        Args:
            lengths_a, lengths_b: entries of each fiber.
        """
        lanes = int(self.config["Lanes"])
        means = [(-(-lengths // lanes)).sum() / max(len(lengths), 1) for lengths in (lengths_a, lengths_b)]
        return int(sum(means)) + 1


def machine(name: str) -> Machine:
    """Return the machine of a name: a configuration's, such as "paper8" or "fast8:NumSdpe=2".

    Behind the colon may also stand what the host makes use of: "split32:long_first,portions".

    Raises:
        ConfigError: no such configuration or parameter.
    """
    table, _, changes = name.partition(":")
    parts = [part for part in changes.split(",") if part]
    options = tuple(part for part in parts if part in (LONG_FIRST, PORTIONS))
    pairs = [part.partition("=")[::2] for part in parts if part not in options]
    return Machine(load(table, {key: int(value) if re.fullmatch(r"\d+", value) else value
                                for key, value in pairs}), options)
