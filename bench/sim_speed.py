# SPDX-License-Identifier: Apache-2.0
"""`python -m bench.sim_speed`: simulated cycles per second, by compiler and with a profile, beside a plain C++ harness.

All simulate the same RTL with the same workload, without traces and without assertions, and take turns. A
run loads the operands, contracts, and receives every result. Its seconds are CPU seconds of the simulator's
process, which other programs disturb least, without its start. All results are compared with the model.

`default` runs in the whole environment, too, with assertions: there the seconds count the whole process.

Ends with status 1 if a result is wrong, or if a ratio of medians is below its target.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench.builds import build_machine
from bench.harness.build import build_harness, run_harness, write_script
from bench.machines import OURS, Machine, machine
from bench.measure import FOLDER, check_frame, request_of, settings, simulate, train
from bench.measure_tests import pack_pair
from bench.workloads import csf_pair
from sim import compilers, configs
from sim.simulation import Build, SimulationFailed
from sim.toolchain import ToolMissing
from tb.cli.common import Parser
from tb.env.run import build_top, run_sequences

WORKLOAD, ENGINES = "7x7x512_d0.1", 32
SEQUENCE, SEED = "workloads", 1  # in the environment
OLD, NEW, FAST, HARNESS = "g++", "compiler", "profile", "harness"
TARGETS = {(NEW, HARNESS): 0.6, (FAST, OLD): 1.6}  # least ratios of speeds
IN_ENVIRONMENT = 1.4  # the same, for a build with a profile beside that of g++
ROUNDS, REPEATS = 5, 5  # turns, and contractions in each


def cocotb_speeds(built: Build, chosen: Machine, workload: str) -> list[float]:
    """Return cycles per CPU second of each contraction in one simulation under cocotb."""
    request = [request_of(workload, chosen)] * REPEATS
    outcomes, folder = simulate(built, chosen, request, "bench-sim")
    for index, outcome in enumerate(outcomes):
        _insist(workload, chosen, outcome.get("failure"), folder / f"{index}.bin")
    return [outcome["simulated"] / outcome["cpu"] for outcome in outcomes]


def harness_speeds(program: Path, script: Path, chosen: Machine, workload: str) -> list[float]:
    """Return cycles per CPU second of each contraction in one run of the harness."""
    result = script.with_suffix(".result")
    measured = run_harness(program, script, result)
    data = result.read_bytes()
    size = len(data) // REPEATS
    for index in range(REPEATS):
        part = script.with_suffix(f".{index}.bin")
        part.write_bytes(data[index * size : (index + 1) * size])
        _insist(workload, chosen, None, part)
    return [cycles / seconds for cycles, seconds in measured]


def environment_seconds(built: Build) -> float:
    """Return the CPU seconds of a sequence in the whole environment, on `default`."""
    before = _child_seconds()
    config = configs.load(configs.DEFAULT)
    run_sequences(config, "verilator", [SEQUENCE], "bench-sim-environment", SEED, built=built)
    return _child_seconds() - before


def _child_seconds() -> float:
    """Return the processor seconds of this process's children."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _insist(workload: str, chosen: Machine, failure: str | None, path: Path) -> None:
    problems = [failure] if failure else check_frame(workload, chosen, path.read_bytes())
    if problems:
        raise SimulationFailed(f"{workload} on {chosen.name}: {'; '.join(problems[:3])}")


def in_the_bench(console: Console, chosen: Machine, workload: str) -> dict[str, list[float]]:
    """Return all speeds of the bench's builds and of the harness, in cycles per second."""
    with console.status("building"):
        builds = {
            OLD: build_machine(chosen.config, compiler=compilers.PROFILER),
            NEW: build_machine(chosen.config),
            FAST: build_machine(chosen.config, training=train(chosen)),
        }
        program = build_harness(chosen.config)
    script = FOLDER / "harness.script"
    script.parent.mkdir(parents=True, exist_ok=True)
    frames = pack_pair(csf_pair(workload), chosen.config)
    write_script(script, frames, settings(workload, chosen).run_length, REPEATS)
    speeds: dict[str, list[float]] = {name: [] for name in (*builds, HARNESS)}
    with console.status("taking turns"):
        for _ in range(ROUNDS):
            for name, built in builds.items():
                speeds[name] += cocotb_speeds(built, chosen, workload)
            speeds[HARNESS] += harness_speeds(program, script, chosen, workload)
    return speeds


def in_the_environment(console: Console) -> dict[str, list[float]]:
    """Return all CPU seconds of the environment's builds."""
    config = configs.load(configs.DEFAULT)
    with console.status("building for the environment"):
        builds = {
            OLD: build_top(config, "verilator", fast=False, compiler=compilers.PROFILER),
            NEW: build_top(config, "verilator", fast=False),
            FAST: build_top(config, "verilator", fast=True),
        }
    seconds: dict[str, list[float]] = {name: [] for name in builds}
    with console.status("taking turns in the environment"):
        for _ in range(ROUNDS):
            for name, built in builds.items():
                seconds[name].append(environment_seconds(built))
    return seconds


def main(arguments: Sequence[str] | None = None) -> int:
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("--workload", default=WORKLOAD)
    parser.add_argument("--config", default=OURS[ENGINES], help="a configuration of rtl/configs.toml")
    options, console = parser.parse_args(arguments), Console()
    try:
        chosen = machine(options.config)
        speeds = in_the_bench(console, chosen, options.workload)
        seconds = in_the_environment(console)
    except (SimulationFailed, ToolMissing) as error:
        console.print(str(error), style="red", markup=False)
        return 2
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    waits = {name: statistics.median(values) for name, values in seconds.items()}
    command = compilers.compiler()
    console.print(
        f"The compiler is {command}. Medians of {options.workload} on {chosen.name}, {ROUNDS} rounds of {REPEATS}:"
    )
    for name, speed in medians.items():
        console.print(f"  {name:9} {speed:12,.0f} simulated cycles per second")
    console.print(f"{SEQUENCE} on {configs.DEFAULT} in the environment, {ROUNDS} rounds, medians:")
    for name, wait in waits.items():
        console.print(f"  {name:9} {wait:12.2f} CPU seconds")
    ratios = {f"{one} / {other}": (medians[one] / medians[other], target) for (one, other), target in TARGETS.items()}
    ratios[f"{FAST} / {OLD}, environment"] = (waits[OLD] / waits[FAST], IN_ENVIRONMENT)
    for name, (ratio, target) in ratios.items():
        console.print(f"  {name:28} {ratio:6.2f} (target: at least {target})")
    (FOLDER / "sim_speed.json").write_text(
        json.dumps(
            {
                "workload": options.workload,
                "config": chosen.name,
                "compiler": compilers.version(command),
                "ratios": ratios,
                "speeds": speeds,
                "seconds": seconds,
            },
            indent=1,
        )
        + "\n"
    )
    return 0 if all(ratio >= target for ratio, target in ratios.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
