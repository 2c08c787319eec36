# SPDX-License-Identifier: Apache-2.0
"""What a worker does: builds a simulation, runs one run, and leaves run.json in its folder.

run.json is written last and at once, so a run either has ended and says how, or counts for nothing.
"""

from __future__ import annotations

import contextlib
import functools
import json
import platform
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from sim import configs, files, traces
from sim.configs import ConfigError
from sim.options import decide
from sim.simulation import Build, SimulationFailed
from sim.toolchain import ToolMissing
from tb.env.run import build_top, run_sequences
from tb.regress.plan import RunSpec

RECORD = "run.json"
WAVES = "-waves"  # after the name of a run that is repeated with a trace


@functools.cache
def _built(config: str, simulator: str, waves: bool, interface: str) -> Build:
    return build_top(configs.load(config), simulator, waves, interface=interface)


def prepare(config: str, simulator: str, interface: str, waves: bool, chosen: dict[str, Any]) -> str:
    """Build a simulation; return why it can't be built, "" if it can."""
    decide(**chosen)
    try:
        _built(config, simulator, waves, interface)
    except (SimulationFailed, ToolMissing, ConfigError) as error:
        return str(error)
    return ""


def execute(
    spec: RunSpec,
    unbuilt: str,
    key: str,
    ticket: str,
    command: str,
    folder: str,
    chosen: dict[str, Any],
    waves: bool = False,
) -> dict:
    """Carry out one run and return its record, which is also in run.json.

    Args:
        spec: what to run.
        unbuilt: why there is no build; the run then fails with it.
        key: of the run and the sources; a run that has passed with the same key is not repeated.
        ticket: of this call of the regression. If a worker dies, the engine asks for its results again. A
            run that has its record already is not repeated then.
        command: that repeats the run.
        folder: in which the run gets its own one.
        chosen: the options of the regression, sim.options.Options.
        waves: write a trace.
    """
    decide(**{**chosen, "runs": folder})
    name = spec.name + (WAVES if waves else "")
    place = Path(folder) / name
    record = files.read_json(place / RECORD)
    if record and record.get("ticket") == ticket:
        return record
    _end_leftovers(place)
    began = time.time()
    clock = time.monotonic()
    error, summary = unbuilt, {}
    if not unbuilt:
        try:
            built = _built(spec.config, spec.simulator, waves, spec.interface)
            clock = time.monotonic()
            knobs = {spec.sequence: json.loads(spec.knobs)}
            summary = run_sequences(
                configs.load(spec.config),
                spec.simulator,
                [spec.sequence],
                name,
                spec.seed,
                knobs,
                waves,
                built=built,
                interface=spec.interface,
            ).summary
        except Exception as failed:  # whatever it is, the other runs go on
            error = str(failed) or type(failed).__name__
            with contextlib.suppress(OSError, ValueError):
                summary = json.loads((place / "summary.json").read_text())
    seconds = time.monotonic() - clock
    trace = traces.find_trace(place)
    record = record_of(spec, key, command, error, summary, seconds)
    record |= {"ticket": ticket, "began": began, "trace": trace.name if trace else ""}
    place.mkdir(parents=True, exist_ok=True)
    files.write(place / RECORD, json.dumps(record, indent=1) + "\n")
    return record


def record_of(
    spec: RunSpec, key: str, command: str, error: str, summary: Mapping | None = None, seconds: float = 0.0
) -> dict:
    """Return the record of a run.

    Args:
        spec, key, command: as for execute().
        error: why it failed, empty if it did not.
        summary: what summary.json says.
        seconds: that the simulation took.
    """
    summary = summary or {}
    return {
        "name": spec.name,
        "sequence": spec.sequence,
        "config": spec.config,
        "simulator": spec.simulator,
        "interface": spec.interface,
        "seed": spec.seed,
        "knobs": spec.knobs,
        "test": spec.test,
        "command": command,
        "key": key,
        "passed": not error and bool(summary.get("passed")),
        "error": error,
        "seconds": round(seconds, 3),
        "cycles": summary.get("cycles", 0),
        "compared": summary.get("compared", 0),
        "trace": "",
        "waves": None,
        "host": platform.node(),
    }


def _end_leftovers(place: Path) -> None:
    """End the simulator of an earlier attempt whose worker was killed: it would write into the folder."""
    if not place.exists():
        return
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.cwd() == str(place):
                process.kill()
                process.wait(5)


def read_record(folder: Path, spec: RunSpec) -> dict | None:
    """Return what run.json says of a run, None if the run has not ended, or its coverage is cut."""
    place = folder / spec.name
    counts = [*place.glob("functional-*.yml"), *place.glob("coverage.dat")]
    return files.read_json(place / RECORD) if all(map(files.is_whole, counts)) else None
