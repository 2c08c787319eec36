# SPDX-License-Identifier: Apache-2.0
"""The machines that are compared: the paper's and ours, by number of engines."""

from __future__ import annotations

import dataclasses
import re

from tb.common.configs import Config, load

PAPER = {number: f"paper{number}" for number in (1, 2, 4, 8, 16, 32)}

# Ours, the same for all workloads. Numbers that have no table of their own in rtl/configs.toml take
# another one with NumSdpe changed.
OURS = {1: "fast1", 2: "fast1:NumSdpe=2", 4: "fast1:NumSdpe=4", 8: "fast8", 16: "fast1:NumSdpe=16",
        32: "fast32"}


@dataclasses.dataclass(frozen=True)
class Machine:
    """A configuration and how the host drives it.

    Attributes:
        config: parameters of the build.
    """

    config: Config

    @property
    def name(self) -> str:
        """Name of the configuration, with its overrides."""
        return self.config.name

    @property
    def num_sdpe(self) -> int:
        """Number of engines."""
        return int(self.config["NumSdpe"])

    def run_length(self, fibers_a: int, fibers_b: int) -> int:
        """Return the host's choice for RegRunLength: fibers of B per range job, 0 for all.

        The merge engine, the paper's, gets single dot products. A compare engine gets about
        RUNS_PER_ENGINE runs, so that the last ones end close to each other. The lookup engine
        cuts the work itself.
        """
        if self.config["Engine"] == "merge":
            return 1
        if self.config["Engine"] == "lookup":
            return 0
        runs = RUNS_PER_ENGINE * self.num_sdpe
        return max(1, min(fibers_b, fibers_a * fibers_b // runs))


RUNS_PER_ENGINE = 8


def machine(name: str) -> Machine:
    """Return the machine of a configuration's name, such as "paper8" or "fast8:NumSdpe=2".

    Raises:
        ConfigError: no such configuration or parameter.
    """
    table, _, overrides = name.partition(":")
    pairs = [pair.partition("=")[::2] for pair in filter(None, overrides.split(","))]
    return Machine(load(table, {key: int(value) if re.fullmatch(r"\d+", value) else value
                                for key, value in pairs}))
