# SPDX-License-Identifier: Apache-2.0
"""Builds the chip's top in a configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.configs import DEFAULT, WIDTH, Config
from sim.interfaces import MEMORY, STREAM, TOPS
from sim.simulation import Build, build

TOP_WIDTH = 128  # if no top is given


def build_chip(
    config: Config,
    simulator: str,
    waves: bool = False,
    options: tuple[str | Path, ...] = (),
    interface: str = STREAM,
    width: int = WIDTH,
    training: Callable[[Build], object] | None = None,
    compiler: str | None = None,
) -> Build:
    """Build the chip's top once for this configuration; see sim.simulation.build().

    Most tests on Verilator run on the default configuration, and tests of the memory interface on few.

    Args:
        config, simulator, waves, options, training, compiler: as for build().
        interface: one of INTERFACES.
        width: bits of the memory's bus.
    """
    parameters = config.parameters()
    if interface == MEMORY and width != TOP_WIDTH:  # so all tests share a build with the top's own width
        parameters["DataWidth"] = width
    return build(
        TOPS[interface],
        simulator,
        parameters,
        waves=waves,
        options=options,
        shared=not waves and (interface == MEMORY or config.name == DEFAULT),
        training=training,
        compiler=compiler,
    )
