# SPDX-License-Identifier: Apache-2.0
"""Simulations of the chip that are made for speed: without assertions, with few signals open to cocotb."""

from __future__ import annotations

from pathlib import Path

from tb.common.configs import Config
from tb.common.simulation import Build, build
from tb.common.toolchain import BUILD

CHIP, HOST = "flaash_top", "flaash_bench_host"
FOLDER = Path(__file__).parent / "harness"
SPEED_CONTROL = FOLDER / "speed.vlt"
# The suite runs with assertions and unknown start values; here they would only cost time.
SPEED = ("--no-assert", "-O3", "-CFLAGS", "-O2", "--x-assign", "fast", "--x-initial", "fast", "-DSYNTHESIS",
         "-Wno-lint", SPEED_CONTROL)


def build_machine(config: Config, short: bool = False) -> Build:
    """Return a Verilator simulation of flaash_bench_host for cocotb.

    Args:
        config: parameters of the chip.
        short: for few cycles; the compiler takes a third of the time, the simulation several times as long.
    """
    options = (*SPEED, "--no-public-flat-rw", FOLDER / "ports.vlt", *(("-CFLAGS", "-O0") if short else ()))
    return build(HOST, "verilator", config.parameters(), (_host_source(config),), options=options)


def _host_source(config: Config) -> Path:
    """Write the bench host for the parameters that the chip has, and return its file."""
    names = list(config.values)
    text = (FOLDER / f"{HOST}.sv.in").read_text()
    text = text.replace("  @PARAMETERS@", "\n".join(f"  parameter int unsigned {name}," for name in names))
    text = text.replace("    @VALUES@", ",\n".join(f"    .{name}({name})" for name in names))
    path = BUILD / "bench" / "rtl" / f"{HOST}.sv"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    return path
