# SPDX-License-Identifier: Apache-2.0
"""What the tests of the chip's top share."""

from tb.common import configs
from tb.common.configs import Config

# Icarus builds in a moment and simulates slowly, Verilator the other way round: there the tests
# share the build of the default configuration.
SMALL = {"NumSdpe": 2, "ResultDepth": 16}


def quick_config(simulator: str) -> Config:
    """Return the configuration in which a simulator gets through a test in the shortest time."""
    return configs.load("default", SMALL if simulator == "icarus" else {})
