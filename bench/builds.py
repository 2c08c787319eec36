# SPDX-License-Identifier: Apache-2.0
"""Simulations of the chip that are made for speed."""

from __future__ import annotations

from pathlib import Path

from tb.common.configs import Config
from tb.common.simulation import Build, build

TOP = "flaash_top"
PORTS = Path(__file__).parent / "ports.vlt"
# The suite runs with assertions and unknown start values; here they would only cost time.
SPEED = ("--no-assert", "-O3", "-CFLAGS", "-O2", "--x-assign", "fast", "--x-initial", "fast", "-DSYNTHESIS",
         "-Wno-lint")


def build_machine(config: Config, fast: bool = True) -> Build:
    """Return a Verilator simulation of the chip for cocotb.

    Args:
        config: parameters of the top.
        fast: compile for speed and open only the ports; False takes the build of the suite.
    """
    options = (*SPEED, "--no-public-flat-rw", PORTS) if fast else ()
    return build(TOP, "verilator", config.parameters(), options=options)
