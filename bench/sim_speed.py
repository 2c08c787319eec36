# SPDX-License-Identifier: Apache-2.0
"""`make bench-sim`: what cocotb costs, as simulated cycles per second beside a plain C++ harness.

Both simulate the same RTL with the same workload and the same compiler options, without traces and
without assertions, and take turns. A run loads the operands, contracts, and receives every result;
its seconds are CPU seconds of the simulator's process, which other programs disturb least, without
its start. The results of both are compared with the model. Ends with status 1 if one is wrong or
the ratio of the medians is below the target.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench.builds import build_machine
from bench.harness.build import build_harness, run_harness, write_script
from bench.machines import OURS, Machine, machine
from bench.measure import FOLDER, check_frame, request_of, settings, simulate
from bench.measure_tests import pack_pair
from bench.workloads import csf_pair
from tb.cli.common import Parser
from tb.common.simulation import SimulationFailed
from tb.common.toolchain import ToolMissing

WORKLOAD, ENGINES = "7x7x512_d0.1", 32
TARGET = 0.6  # cocotb's share of the harness's speed
ROUNDS, REPEATS = 5, 5  # turns, and contractions in each


def cocotb_speeds(chosen: Machine, workload: str) -> list[float]:
    """Return cycles per CPU second of each contraction in one simulation under cocotb."""
    request = [request_of(workload, chosen)] * REPEATS
    outcomes, folder = simulate(build_machine(chosen.config), chosen, request, "bench-sim")
    for index, outcome in enumerate(outcomes):
        _insist(workload, chosen, outcome.get("failure"), folder / f"{index}.bin")
    return [outcome["simulated"] / outcome["cpu"] for outcome in outcomes]


def harness_speeds(program: Path, script: Path, chosen: Machine, workload: str) -> list[float]:
    """Return cycles per CPU second of each contraction in one run of the harness."""
    result = script.with_suffix(".result")
    times = run_harness(program, script, result)
    data = result.read_bytes()
    size = len(data) // REPEATS
    for index in range(REPEATS):
        part = script.with_suffix(f".{index}.bin")
        part.write_bytes(data[index * size:(index + 1) * size])
        _insist(workload, chosen, None, part)
    return [cycles / seconds for cycles, seconds in times]


def _insist(workload: str, chosen: Machine, failure: str | None, path: Path) -> None:
    problems = [failure] if failure else check_frame(workload, chosen, path.read_bytes())
    if problems:
        raise SimulationFailed(f"{workload} on {chosen.name}: {'; '.join(problems[:3])}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = Parser(prog="make bench-sim", description=__doc__.splitlines()[0])
    parser.add_argument("--workload", default=WORKLOAD)
    parser.add_argument("--config", default=OURS[ENGINES], help="a configuration of rtl/configs.toml")
    options, console = parser.parse_args(arguments), Console()
    try:
        chosen = machine(options.config)
        with console.status("building"):
            build_machine(chosen.config)
            program = build_harness(chosen.config)
        script = FOLDER / "harness.script"
        script.parent.mkdir(parents=True, exist_ok=True)
        write_script(script, pack_pair(csf_pair(options.workload), chosen.config),
                     settings(options.workload, chosen).run_length, REPEATS)
        under_cocotb, plain = [], []
        with console.status("taking turns"):
            for _ in range(ROUNDS):
                under_cocotb += cocotb_speeds(chosen, options.workload)
                plain += harness_speeds(program, script, chosen, options.workload)
    except (SimulationFailed, ToolMissing) as error:
        console.print(str(error), style="red", markup=False)
        return 2
    speeds = {"cocotb": statistics.median(under_cocotb), "harness": statistics.median(plain)}
    ratio = speeds["cocotb"] / speeds["harness"]
    (FOLDER / "sim_speed.json").write_text(json.dumps(
        {"workload": options.workload, "config": chosen.name, **speeds, "ratio": ratio, "target": TARGET,
         "all": {"cocotb": under_cocotb, "harness": plain}}, indent=1) + "\n")
    console.print(f"{options.workload} on {chosen.name}, {ROUNDS} rounds of {REPEATS}, medians:")
    for name, speed in speeds.items():
        console.print(f"  {name:8} {speed:12,.0f} simulated cycles per second")
    console.print(f"  ratio    {ratio:12.0%} (target: at least {TARGET:.0%})")
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
