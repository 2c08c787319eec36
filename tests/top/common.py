# SPDX-License-Identifier: Apache-2.0
"""Shared by the tests of the chip's top."""

from tb.common import configs
from tb.common.configs import Config

# Icarus builds fast and simulates slowly, Verilator the other way round: there the tests
# share the build of the default configuration.
SMALL = {"NumSdpe": 2, "ResultDepth": 16}


def quick_config(simulator: str) -> Config:
    """Return the configuration in which a simulator runs a test in the shortest time."""
    return configs.load("default", SMALL if simulator == "icarus" else {})
