# SPDX-License-Identifier: Apache-2.0
"""The cost of exact sums: each MAC alone on an ECP5, beside a plain multiply-add."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sim.sources import INCLUDE_DIR, rtl_sources
from sim.toolchain import ROOT
from tools.silicon import ecp5, programs

PLAIN = tuple(
    ROOT / "bench" / "rtl" / f"flaash_plain_{name}.sv" for name in ("add", "leading_zeros", "multiply", "mac")
)
SEEDS = (1, 2, 3)
MOST_LUTS = 2.5  # limit, as a multiple of the plain multiply-add
LEAST_CLOCK = 3.0  # times the clock of the plain multiply-add
MET, MISSED = "met", "MISSED"


@dataclasses.dataclass(frozen=True)
class Design:
    """A module to synthesize: `top` of rtl/ or of one of the `extra` files."""

    name: str
    top: str
    parameters: dict[str, int] = dataclasses.field(default_factory=dict)
    extra: tuple[Path, ...] = ()


@dataclasses.dataclass(frozen=True)
class Cost:
    """The cost of a design; clocks in MHz, one per seed."""

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


def synthesize(design: Design) -> Path:
    """Synthesize a design; return the netlist."""
    netlist = programs.FOLDER / "exact" / f"{design.name.replace(' ', '_')}.json"
    netlist.parent.mkdir(parents=True, exist_ok=True)
    files = " ".join(programs.relative(path) for path in rtl_sources(design.top, design.extra))
    parameters = " ".join(f"-G {key}={value}" for key, value in design.parameters.items())
    script = (
        f"read_slang --threads 1 -I {programs.relative(INCLUDE_DIR)} {parameters} --top {design.top} "
        f"{files}; synth_ecp5 -nowidelut -top {design.top} -json {programs.relative(netlist)}"
    )
    programs.run(programs.YOSYS, ["-p", script], netlist.with_suffix(".yosys.log"))
    return netlist


def measure(design: Design, seeds: Sequence[int] = SEEDS) -> Cost:
    """Synthesize, place and route one design with each seed."""
    netlist = synthesize(design)
    runs = [ecp5.place(netlist, seed) for seed in seeds]
    found = ecp5.totals(runs[0][0])
    return Cost(
        found["lut4"], found["flip_flops"], found["multipliers"], [clock for _, clocks, _ in runs for clock in clocks]
    )


def judge(costs: dict[str, Cost]) -> list[str]:
    """Return a line per target that compares the exact fp32 MAC with the plain one."""
    if EXACT not in costs or ORDINARY not in costs:
        return []
    exact, plain = costs[EXACT], costs[ORDINARY]
    luts, clock = exact.luts / plain.luts, exact.clock / plain.clock
    return [
        f"LUTs: {luts:.2f} times the plain ones, {MOST_LUTS} at most: {MET if luts <= MOST_LUTS else MISSED}",
        f"clock: {clock:.2f} times the plain one, {LEAST_CLOCK} at least: {MET if clock >= LEAST_CLOCK else MISSED}",
    ]


def costs_of(designs: Sequence[Design], jobs: int, tell: Callable[[str], None]) -> dict[str, Cost]:
    """Measure designs, `jobs` at a time; `tell` is called with a line for each."""
    costs = {}
    with ThreadPoolExecutor(jobs) as pool:
        for design, cost in zip(designs, pool.map(measure, designs), strict=True):
            costs[design.name] = cost
            tell(f"{design.name}: {cost.luts:,} LUT4, {cost.clock:.1f} MHz")
    return costs


def recorded(costs: dict[str, Cost]) -> dict[str, dict]:
    """Return the costs as the record holds them."""
    return {
        name: {
            "lut4": cost.luts,
            "flip_flops": cost.flip_flops,
            "multipliers": cost.multipliers,
            "mhz": cost.clock,
            "mhz_by_seed": dict(zip(map(str, SEEDS), cost.clocks, strict=True)),
        }
        for name, cost in costs.items()
    }
