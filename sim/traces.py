# SPDX-License-Identifier: Apache-2.0
"""Traces of signals: their format, and views of them for GTKWave and Surfer."""

from __future__ import annotations

import functools
import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pywellen

from sim import files
from sim.configs import load
from sim.rtl_types import package_types

FST, VCD = "dump.fst", "dump.vcd"
GTKWAVE, SURFER = "view.gtkw", "view.sucl"
HEADERS = {"lz4.h": "liblz4-dev", "zlib.h": "zlib1g-dev"}  # by Debian's package
# Beside the top's ports the most interesting parts of the chip, by the instance's name.
PARTS = ("u_scheduler", "u_plan", "u_result_unloader")
PORT = re.compile(r"clk_i|rst_ni|irq_o|[sm]_axi[sl]_\w+|\w+_n?[io]")
MOST_BACK = 200_000  # cycles that a result may wait on its way out
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
    summary = files.read_json(folder / "summary.json") or {}
    mismatch = summary.get("first_mismatch_ns")
    scale = waveform.timescale
    ticks = None
    if mismatch is not None:
        cycle = round(10 ** (-9 - scale.unit.to_exponent()) / scale.factor)  # 1 ns
        ticks = round(mismatch * cycle)
        source = source_of(waveform, summary.get("first_fibers"), ticks, cycle)
        if source is not None:
            files.write(folder / "summary.json", json.dumps({**summary, "first_source": source}, indent=1) + "\n")
    (folder / GTKWAVE).write_text(gtkwave(trace.name, groups, ticks))
    (folder / SURFER).write_text(surfer(groups, ticks))


def source_in_words(summary: Mapping) -> str:
    """Return which engine gave the first wrong result of a run, an empty text if that is not known."""
    source = summary.get("first_source")
    if source is None:
        return ""
    return "the combiner" if source == load(summary["config"])["NumSdpe"] else f"engine {source}"


def source_of(waveform: pywellen.Waveform, fibers: Sequence[int | None] | None, ticks: int, cycle: int) -> int | None:
    """Return which engine gave a result, the number of engines for the combiner; None if that is not in the trace.

    Args:
        waveform: the trace, with the chip's u_result_lanes.
        fibers: of A and of B.
        ticks: when the result left the chip.
        cycle: of the clock, in ticks.
    """
    if fibers is None or None in fibers:
        return None
    signals = {}
    for variable in waveform.all_vars():
        scope, found, name = variable.full_name.rpartition(".u_result_lanes.")
        if found and scope.endswith("u_chip"):
            signals[name] = variable.signal
    valid, ready = signals.get("in_valid_i"), signals.get("in_ready_o")
    if valid is None or ready is None:
        return None

    result_t = package_types("flaash_pkg")["result_t"]

    def ids(source: int, at: int) -> list[int]:
        if "in_result_i" in signals:  # Icarus has one vector of all results
            word = _bits(signals["in_result_i"], at) >> source * result_t.width
            result = result_t.unpack(word & ((1 << result_t.width) - 1))
            return [result.a_id, result.b_id]
        return [_bits(signals[f"in_result_i.[{source}].{name}"], at) for name in ("a_id", "b_id")]

    for at in range(ticks - 1, max(ticks - MOST_BACK * cycle, 0), -cycle):  # a clock edge samples the value before it
        taken = _bits(valid, at) & _bits(ready, at)
        for source in range(taken.bit_length()):
            if taken >> source & 1 and ids(source, at) == list(fibers):
                return source
    return None


def _bits(signal: pywellen.Signal, at: int) -> int:
    """Return the value of a signal, unknown bits as 0."""
    value = signal.value_at(at)
    return int(re.sub("[^01]", "0", value), 2) if isinstance(value, str) else int(value or 0)


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
