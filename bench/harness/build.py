# SPDX-License-Identifier: Apache-2.0
"""Builds the C++ harness around the chip, and writes scripts for it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.builds import CHIP, SPEED, SPEED_CONTROL
from models.device.registers import ADDRESSES, mask
from sim import compilers, files
from sim.configs import Config
from sim.simulation import tool_versions
from sim.sources import INCLUDE_DIR, WAIVERS, headers, rtl_sources
from sim.toolchain import BUILD, environment, require

MAIN = Path(__file__).with_name("main.cpp")
_WRITE, _SEND, _POLL, _INTERRUPT, _FRAME, _RESET = range(6)
_BEAT = 16  # bytes


def build_harness(config: Config) -> Path:
    """Return the program, compiled with the same options as the simulations for cocotb.

    Raises:
        CalledProcessError: the compiler refused.
    """
    require("verilator")
    parameters, sources = config.parameters(), rtl_sources(CHIP)
    compiler = compilers.compiler()
    digest = hashlib.sha256(
        json.dumps([parameters, *map(str, SPEED), tool_versions("verilator"), compilers.version(compiler)]).encode()
    )
    for path in [*sources, *headers(), WAIVERS, SPEED_CONTROL, MAIN]:
        digest.update(path.name.encode() + path.read_bytes())
    folder = BUILD / "sims" / f"harness-{digest.hexdigest()[:16]}"
    program, done = folder / "harness", folder / "build.done"
    if (known := files.read_json(done)) and known == files.sizes(folder, [program.name]):
        return program
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    env = {**environment(), "MAKEFLAGS": compilers.makeflags(compiler)}
    env["OBJCACHE"] = "ccache" if shutil.which("ccache") else ""
    command = [
        "verilator",
        "--cc",
        "--exe",
        "--build",
        "-j",
        str(os.cpu_count() or 1),
        "-Mdir",
        str(folder),
        "--prefix",
        "Vtop",
        "-o",
        program.name,
        "--top-module",
        CHIP,
        "--no-timing",
        "--output-split",
        "0",
        "--output-split-cfuncs",
        "20000",
        *map(str, SPEED),
        f"-I{INCLUDE_DIR}",
        *(f"-G{name}={value}" for name, value in parameters.items()),
        str(WAIVERS),
        *map(str, sources),
        str(MAIN),
    ]
    with (folder / "build.log").open("w") as log:
        subprocess.run(command, env=env, stdout=log, stderr=subprocess.STDOUT, check=True)
    files.write(done, json.dumps(files.sizes(folder, [program.name])) + "\n")
    return program


def write_script(path: Path, frames: Sequence[Sequence[int]], run_length: int, repeats: int) -> None:
    """Write a script that contracts two operands several times, as bench.measure_tests does.

    Args:
        path: of the script.
        frames: beats of the operands.
        run_length: for RegRunLength.
        repeats: how often.
    """

    words = [
        _RESET,
        _WRITE,
        ADDRESSES["RegIrqEnable"],
        mask("IrqDrained"),
        _WRITE,
        ADDRESSES["RegRunLength"],
        run_length,
    ]
    for beats in frames:
        data = b"".join(beat.to_bytes(_BEAT, "little") for beat in beats)
        words += [_SEND, len(beats), *np.frombuffer(data, "<u4").tolist()]
    words += [
        _POLL,
        ADDRESSES["RegStatus"],
        mask("StatusLoading"),
        _WRITE,
        ADDRESSES["RegControl"],
        mask("ControlStart"),
        _INTERRUPT,
        _FRAME,
    ]
    path.write_bytes(np.array(words, "<u4").tobytes() * repeats)


def run_harness(program: Path, script: Path, result: Path) -> list[tuple[int, float]]:
    """Run a script; return cycles and CPU seconds of each contraction. The beats go to `result`."""
    output = subprocess.run([program, script, result], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [(int(cycles), float(seconds)) for cycles, seconds in map(str.split, output.splitlines())]
