# SPDX-License-Identifier: Apache-2.0
"""Measures rows: builds each machine, simulates its workloads in one go, checks every result.

Machines are built and simulated in parallel processes; the rows of a machine share a simulation, in
which each begins with a reset.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path

import numpy as np

from bench.builds import build_machine
from bench.machines import Machine, Settings, machine
from bench.rows import Row
from bench.workloads import csf_pair, expected, operands, parts
from flaash.driver.frames import FrameError, to_beats, unpack_results
from models.compare import compare_records
from models.csf import Csf
from models.cycles import Bound, lower_bound
from models.numbers import get_format
from sim.folders import runs as runs_folder
from sim.options import options
from sim.simulation import Build, SimulationFailed, run
from sim.toolchain import BUILD
from tb.common import rtl_constants as rtl

FOLDER = BUILD / "bench"
STALLS = {"stall_a": "CntStallA", "stall_b": "CntStallB", "stall_mac": "CntStallMac", "stall_result": "CntStallResult"}
TRAINING = "7x7x512_d0.005"  # the workload that trains a fast build
_POLL = 0.2  # seconds between two looks at what the simulations have finished


def measure(
    rows: Sequence[Row], jobs: int, progress: Callable[[int, str], None] = lambda done, what: None, short: bool = False
) -> list[dict]:
    """Measure rows and return a record for each, in their order; see record().

    Args:
        rows: what to run.
        jobs: simulations at a time.
        progress: called with the number of finished rows and the current activity.
        short: see build_machine().
    """
    by_config: dict[str, list[Row]] = {}
    for row in rows:
        by_config.setdefault(row.config, []).append(row)
        (runs_folder() / _run_name(row.config) / "outcomes.jsonl").unlink(missing_ok=True)
    records: dict[Row, dict] = {}
    with ProcessPoolExecutor(max(jobs, 1)) as pool:
        running: dict[Future, str] = {
            pool.submit(_simulate, config, chosen, short): config for config, chosen in by_config.items()
        }
        while running:
            ended = wait(running, timeout=_POLL, return_when=FIRST_COMPLETED).done
            for future in ended:
                config = running.pop(future)
                records.update(zip(by_config[config], future.result(), strict=True))
            inside = {config: _finished(config) for config in running.values()}
            progress(len(records) + sum(inside.values()), ", ".join(sorted(running.values())[: max(jobs, 1)]))
    return [records[row] for row in rows]


def record(row: Row, chosen: Machine, outcome: dict, problems: Sequence[str]) -> dict:
    """Return the record of a run in results.json.

    Args:
        row, chosen: what ran on what.
        outcome: a line of outcomes.jsonl, see bench.measure_tests; added up if the workload has slices.
        problems: sentences; empty if every result is right.
    """
    config, slices = chosen.config, parts(row.workload)
    choice = dataclasses.asdict(settings(slices[0], chosen))  # the first slice stands for all
    about = {
        "workload": row.workload,
        "config": row.config,
        "experiments": list(row.experiments),
        "interface": "stream",
        "width": rtl.CONSTANTS["StreamWidth"],
        "num_sdpe": chosen.num_sdpe,
        "lanes": int(config["Lanes"]),
        "engine": config["Engine"],
        "memory": config["Memory"],
        "scheduler": config["Scheduler"],
        **choice,
        "checked": not problems,
        "problems": list(problems),
    }
    if "counters" not in outcome:
        return about
    counters, results = outcome["counters"], 0
    cycles, least, limits = counters["CntCycles"], 0, set()
    for part in slices:
        count = expected(part, str(config["Format"])).results
        bound = _bound(part, chosen, count)
        results, least = results + count, least + bound.cycles
        limits.add(bound.limit)
    offered = max(cycles * chosen.num_sdpe, 1)
    if cycles < least:
        about["problems"].append(f"{cycles} cycles, but {least} are the least that there can be")
        about["checked"] = False
    return about | {
        "contractions": len(slices),
        "cycles": cycles,
        "bound": least,
        "bound_by": ", ".join(sorted(limits)),
        "above_percent": 100 * (cycles / max(least, 1) - 1),
        "load_cycles": counters["CntLoadCycles"],
        "unload_cycles": counters["CntUnloadCycles"],
        "jobs": counters["CntJobs"],
        "matches": counters["CntMatches"],
        "results": results,
        "entries_read": counters["CntMemReads"] * int(config["Lanes"]),
        "conflicts": counters["CntMemConflicts"],
        "balance_percent": 100 * min(outcome["steps"]) / max(*outcome["steps"], 1),
        "busy_percent": 100 * counters["CntBusy"] / offered,
        **{f"{name}_percent": 100 * counters[counter] / offered for name, counter in STALLS.items()},
        "wall_seconds": outcome["wall"],
        "simulated_cycles": outcome["simulated"],
    }


def _bound(part: str, chosen: Machine, results: int) -> Bound:
    """Return the lower bound of a contraction; it takes long, so slices with equal coordinates share one."""
    pair = csf_pair(part)
    coordinates = [array.tobytes() for csf in pair for array in (csf.to_tensor().coords, np.array(csf.shape))]
    key = (chosen.name, results, hashlib.sha256(b"|".join(coordinates)).hexdigest())
    if key not in _bounds:
        _bounds[key] = lower_bound(
            *pair, chosen.config.values, results=results, **dataclasses.asdict(settings(part, chosen))
        )
    return _bounds[key]


_bounds: dict[tuple[str, int, str], Bound] = {}


def check(
    workload: str,
    chosen: Machine,
    frame: bytes,
    counters: dict[str, int],
    steps: Sequence[int],
) -> list[str]:
    """Compare a result frame and the counters with the model; return a sentence per disagreement.

    Args:
        steps: of each engine.
    """
    wanted = expected(workload, str(chosen.config["Format"]))
    right = {"CntJobs": wanted.jobs, "CntMatches": wanted.matches, "CntResults": wanted.results, "CntSteps": sum(steps)}
    return check_frame(workload, chosen, frame) + [
        f"{name} is {counters[name]}, but it should be {value}"
        for name, value in right.items()
        if counters[name] != value
    ]


def check_frame(workload: str, chosen: Machine, frame: bytes) -> list[str]:
    """Compare a result frame with the model; return a sentence per disagreement."""
    fmt = get_format(str(chosen.config["Format"]))
    wanted = expected(workload, fmt.name)
    try:
        seen = unpack_results(to_beats(frame), len(wanted.shape), fmt)
    except FrameError as error:
        return [str(error)]
    problems = [
        sentence for _, sentence in compare_records(wanted.coords, wanted.bits, seen.coords, seen.bits, fmt=fmt)
    ]
    if (seen.error, seen.count) != (0, wanted.results):
        problems.append(f"the trailer says error {seen.error}, {seen.count} results; the model has {wanted.results}")
    return problems


def cycle_limit(workload: str) -> int:
    """Return cycles within which any machine must have ended: one engine, one entry per cycle, twice."""
    a, b = (Csf.fiber_bounds(csf) for csf in csf_pair(workload))
    entries = int((a[:, 1] - a[:, 0]).sum()) * len(b) + int((b[:, 1] - b[:, 0]).sum()) * len(a)
    loading = sum(tensor.nnz * tensor.order for tensor in operands(workload))
    return 10_000 + 2 * (entries + loading) + 64 * len(a) * len(b)


def settings(workload: str, chosen: Machine) -> Settings:
    """Return the settings that the host of a machine writes for a workload."""
    return chosen.settings(*csf_pair(workload))


def request_of(workload: str, chosen: Machine) -> dict:
    """Return a run in the form for bench.measure_tests."""
    return {
        "workload": workload,
        "settings": dataclasses.asdict(settings(workload, chosen)),
        "limit": cycle_limit(workload),
    }


def train(chosen: Machine) -> Callable[[Build], object]:
    """Return the run that trains a build of a machine."""
    request, name = request_of(TRAINING, chosen), f"{_run_name(chosen.name)}-training"
    return lambda built: simulate(built, chosen, [request], name)


def simulate(built: Build, chosen: Machine, runs: Sequence[dict], name: str) -> tuple[list[dict], Path]:
    """Simulate runs, see bench.measure_tests; return an outcome for each and the folder of the result frames.

    A run that the simulator did not reach has the outcome {"failure": ..}.
    """
    folder, request = runs_folder() / name, FOLDER / "requests" / f"{name}.json"
    (folder / "outcomes.jsonl").unlink(missing_ok=True)
    request.parent.mkdir(parents=True, exist_ok=True)
    request.write_text(json.dumps({"config": chosen.config.to_json(), "runs": list(runs)}))
    broken = "it did not run"
    try:
        run(built, "bench.measure_tests", name, arguments={"request": str(request)})
    except SimulationFailed as error:
        broken = str(error)
    path = folder / "outcomes.jsonl"
    outcomes = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return outcomes + [{"failure": broken}] * (len(runs) - len(outcomes)), folder


def _run_name(config: str) -> str:
    return f"bench-{config.replace(':', '-').replace(',', '-')}"


def _finished(config: str) -> int:
    path = runs_folder() / _run_name(config) / "outcomes.jsonl"
    return len(path.read_text().splitlines()) if path.exists() else 0


def _simulate(config: str, rows: list[Row], short: bool) -> list[dict]:
    """Build and run one machine; return a record per row. Called in a separate process."""
    chosen = machine(config)
    runs = [request_of(part, chosen) for row in rows for part in parts(row.workload)]
    try:
        built = build_machine(chosen.config, short, train(chosen) if options().fast and not short else None)
    except SimulationFailed as error:
        return [record(row, chosen, {}, [str(error)]) for row in rows]
    outcomes, folder = simulate(built, chosen, runs, _run_name(config))
    records, first = [], 0
    for row in rows:
        slices = parts(row.workload)
        own, problems = outcomes[first : first + len(slices)], []
        for index, (part, outcome) in enumerate(zip(slices, own, strict=True), first):
            problems += (
                [outcome["failure"]]
                if "failure" in outcome
                else check(part, chosen, (folder / f"{index}.bin").read_bytes(), outcome["counters"], outcome["steps"])
            )
        first += len(slices)
        records.append(record(row, chosen, added(own), problems))
    return records


def added(outcomes: Sequence[dict]) -> dict:
    """Return the outcome of contractions one after the other; empty if one of them failed."""
    if any("failure" in outcome for outcome in outcomes):
        return {}
    return {
        "counters": {name: sum(outcome["counters"][name] for outcome in outcomes) for name in outcomes[0]["counters"]},
        "steps": [sum(engine) for engine in zip(*(outcome["steps"] for outcome in outcomes), strict=True)],
        **{name: sum(outcome[name] for outcome in outcomes) for name in ("wall", "cpu", "simulated")},
    }
