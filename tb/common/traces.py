# SPDX-License-Identifier: Apache-2.0
"""Traces of signals: their format, and views of them for GTKWave and Surfer."""

from __future__ import annotations

import functools
import json
import re
import subprocess
from pathlib import Path

import pywellen

FST, VCD = "dump.fst", "dump.vcd"
GTKWAVE, SURFER = "view.gtkw", "view.sucl"
HEADERS = {"lz4.h": "liblz4-dev", "zlib.h": "zlib1g-dev"}  # by Debian's package
# Beside the top's ports the most interesting parts of the chip, by the instance's name.
PARTS = ("u_scheduler", "u_plan", "u_result_unloader")
PORT = re.compile(r"clk_i|rst_ni|irq_o|[sm]_axi[sl]_\w+|\w+_n?[io]")
BEFORE = 200_000  # ticks that GTKWave shows before the marker
NO_MARKER = " -1" * 26  # of GTKWave's, A to Z; the primary one stands before them


@functools.cache
def why_no_fst() -> str:
    """Return why Verilator can't write FST here, "" if it can: its writer is compiled with the model."""
    for header, package in HEADERS.items():
        found = subprocess.run(
            ["g++", "-E", "-x", "c++", "-"], input=f"#include <{header}>\n", text=True, capture_output=True
        )
        if found.returncode:
            return f"{header} isn't installed (Debian: apt-get install {package})"
    return ""


def find_trace(folder: Path) -> Path | None:
    """Return the trace in the folder of a run, None if there is none."""
    return next((folder / name for name in (FST, VCD) if (folder / name).exists()), None)


def write_views(folder: Path, toplevel: str) -> None:
    """Write view.gtkw and view.sucl: ports, scheduler and unloader, a marker at the first mismatch.

    Args:
        folder: of a run that has written a trace; the time of the mismatch stands in its summary.json.
        toplevel: module that was simulated.
    """
    trace = find_trace(folder)
    if trace is None:
        return
    try:
        waveform = pywellen.Waveform(str(trace))
    except Exception as error:  # the trace of a killed simulator; its errors must not hide the cause
        (folder / "view.txt").write_text(f"no view: {trace.name} can't be read: {error}\n")
        return
    groups = groups_of(waveform, toplevel)
    summary = folder / "summary.json"
    mismatch = json.loads(summary.read_text()).get("first_mismatch_ns") if summary.exists() else None
    scale = waveform.timescale
    ticks = None
    if mismatch is not None:
        ticks = round(mismatch * 10 ** (-9 - scale.unit.to_exponent()) / scale.factor)
    (folder / GTKWAVE).write_text(gtkwave(trace.name, groups, ticks))
    (folder / SURFER).write_text(surfer(groups, ticks))


def groups_of(waveform: pywellen.Waveform, toplevel: str) -> dict[str, list[tuple[str, int]]]:
    """Return the ports, (full name, bits), of the top and of each of PARTS, by the name of the group."""
    groups: dict[str, dict[str, int]] = {"ports": {}, **{part: {} for part in PARTS}}
    for variable in waveform.all_vars():
        scope, _, name = variable.full_name.rpartition(".")
        instance = scope.rpartition(".")[2]
        group = "ports" if instance == toplevel else instance
        if group in groups and PORT.fullmatch(name):
            groups[group].setdefault(variable.full_name, variable.bitwidth or 1)
    return {name: list(signals.items()) for name, signals in groups.items() if signals}


def gtkwave(trace: str, groups: dict[str, list[tuple[str, int]]], ticks: int | None) -> str:
    """Return a save file of GTKWave; `ticks` of the trace is where the primary marker stands."""
    lines = [
        f'[dumpfile] "{trace}"',
        f'[savefile] "{GTKWAVE}"',
        f"[timestart] {max(0, (ticks or 0) - BEFORE)}",
        f"*-15.000000 {-1 if ticks is None else ticks}{NO_MARKER}",
    ]
    for name, signals in groups.items():
        lines += ["@200", f"-{name}"]
        for signal, bits in signals:
            lines += ["@28", signal] if bits == 1 else ["@22", f"{signal}[{bits - 1}:0]"]
    return "\n".join(lines) + "\n"


def surfer(groups: dict[str, list[tuple[str, int]]], ticks: int | None) -> str:
    """Return a command file of Surfer, for `surfer --command-file view.sucl dump.fst`."""
    lines = []
    for name, signals in groups.items():
        lines += [f"divider_add {name}", *(f"variable_add {signal}" for signal, _ in signals)]
    lines.append("zoom_fit")
    if ticks is not None:
        lines += [f"cursor_set {ticks}", f"marker_set mismatch {ticks}"]
    return "\n".join(lines) + "\n"
