# SPDX-License-Identifier: Apache-2.0
"""Shared by the tests of the chip's top."""

from sim import configs
from sim.configs import Config

# Icarus builds fast and simulates slowly, Verilator the other way round: there the tests
# share the build of the default configuration.
SMALL = {"NumSdpe": 3, "ResultDepth": 16}
# Changes of the default machine for the paper's engines, which split no dot product.
MERGE = {"Engine": "merge", "Portions": 0}
# The paper's machine with the banked memory and the scheduler on demand.
STREAM = "paper1:Memory=banked,Scheduler=demand,Lanes=4"


def quick_config(simulator: str) -> Config:
    """Return the configuration in which a simulator runs a test in the shortest time."""
    return configs.load("default", SMALL if simulator == "icarus" else {})
