# SPDX-License-Identifier: Apache-2.0
"""Simulations of the chip that are made for speed: without assertions, with few signals open to cocotb."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from sim.configs import Config
from sim.simulation import Build, build
from sim.toolchain import BUILD

Training = Callable[[Build], object]
CHIP, HOST = "flaash_top", "flaash_bench_host"
DMA_HOST = "flaash_bench_dma"
MEMORY = Path(__file__).parent / "rtl" / "flaash_bench_memory.sv"
FOLDER = Path(__file__).parent / "harness"
SPEED_CONTROL = FOLDER / "speed.vlt"
# The suite runs with assertions and unknown start values; here they would only cost time.
SPEED = (
    "--no-assert",
    "-O3",
    "-CFLAGS",
    "-O2",
    "--x-assign",
    "fast",
    "--x-initial",
    "fast",
    "-DSYNTHESIS",
    "-Wno-lint",
    SPEED_CONTROL,
)


def build_machine(
    config: Config, short: bool = False, training: Training | None = None, compiler: str | None = None
) -> Build:
    """Return a Verilator simulation of flaash_bench_host for cocotb.

    Args:
        config: parameters of the chip.
        short: for few cycles; the compiler takes a third of the time, the simulation several times as long.
        training, compiler: see sim.simulation.build().
    """
    options = (*SPEED, "--no-public-flat-rw", FOLDER / "ports.vlt", *(("-CFLAGS", "-O0") if short else ()))
    return build(
        HOST,
        "verilator",
        config.parameters(),
        (_source(HOST, config.values),),
        options=options,
        training=training,
        compiler=compiler,
    )


def build_dma(
    config: Config,
    width: int,
    extra: Mapping[str, int] | None = None,
    checked_on: str | None = None,
    training: Training | None = None,
    trace: Sequence[str | Path] | None = None,
) -> Build:
    """Return a simulation of flaash_bench_dma for cocotb, on Verilator and made for speed.

    Args:
        config: parameters of the chip.
        width: data bits of the memory's bus.
        extra: further parameters of flaash_memory_top.
        checked_on: a simulator; then with assertions, and for few cycles.
        training: see sim.simulation.build().
        trace: options of a build that writes traces, for few cycles.
    """
    options = {None: (*SPEED, "--no-public-flat-rw", FOLDER / "ports.vlt"), "verilator": ("-Wno-lint",)}
    values = {**config.parameters(), "DataWidth": width, **(extra or {})}
    return build(
        DMA_HOST,
        checked_on or "verilator",
        values,
        (_source(DMA_HOST, values), MEMORY),
        waves=trace is not None,
        options=(*options.get(checked_on, ()), *(("-CFLAGS", "-O0", *trace) if trace is not None else ())),
        training=training,
    )


def _source(name: str, parameters: Iterable[str]) -> Path:
    """Write a bench host for the parameters that the chip has, and return its file."""
    names = list(parameters)
    text = (FOLDER / f"{name}.sv.in").read_text()
    text = text.replace("  @PARAMETERS@", "\n".join(f"  parameter int unsigned {key}," for key in names))
    text = text.replace("    @VALUES@", ",\n".join(f"    .{key}({key})" for key in names))
    folder = BUILD / "bench" / "rtl" / hashlib.sha256(text.encode()).hexdigest()[:16]
    path = folder / f"{name}.sv"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = folder / f"{name}.{os.getpid()}"
        made.write_text(text)
        made.replace(path)
    return path
