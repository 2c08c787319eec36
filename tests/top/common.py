# SPDX-License-Identifier: Apache-2.0
"""Shared by the tests of the chip's top."""

from sim import configs
from sim.configs import Config

# Icarus builds fast and simulates slowly, Verilator the other way round: there the tests
# share the build of the default configuration.
SMALL = {"NumSdpe": 3, "ResultDepth": 16}
# The paper's machine with the banked memory and the scheduler on demand.
STREAM = "paper1:Memory=banked,Scheduler=demand,Lanes=4"
SPLIT8 = configs.load(STREAM, {"NumSdpe": 8, "Portions": 16})
SPLIT2 = configs.load(STREAM, {"NumSdpe": 2, "Portions": 2})


def quick_config(simulator: str) -> Config:
    """Return the configuration in which a simulator runs a test in the shortest time."""
    return configs.load("default", SMALL if simulator == "icarus" else {})
