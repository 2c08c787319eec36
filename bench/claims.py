# SPDX-License-Identifier: Apache-2.0
"""Deep learning beside software, and the claim of 25 times over PyTorch's sparse contraction, as tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bench.outside import TARGET
from bench.rows import LAYER_DENSITIES, LAYER_SHAPES, layer_workload
from bench.software import BOTH_SPARSE, TORCH_SPARSE, TORCH_THREADS
from models.learning import WORKLOADS

Clocks = Iterator[tuple[str, float]]  # of what, and MHz
Reader = Callable[[dict], Clocks]
Table = tuple[str, list[str], list[list[str]]]  # caption, head, body
Tables = list[Table]

FOLDER = Path(__file__).parent
# The claim's machine: with the memory interface, as its cycles are measured, and gated clocks where these are recorded;
# without it, where that has no clock.
CHIPS = (f"{TARGET[0]}-memory{TARGET[1]}, gated", f"{TARGET[0]}-memory{TARGET[1]}", TARGET[0])
CLAIM = 25  # times
PAPER = {"3x3x1024": 24.5, "7x7x512": 5.3, "10x10x100": 10.3}  # its factors, averages over 0.5 to 5%
NEAR = 20.0  # percent above the bound that need no reason


def _of_chips(silicon: dict) -> Clocks:
    """Give the clocks of the machine: the slowest path through all its cells, the slowest placed piece of an ECP5."""
    joined = [name for name in CHIPS if "chip" in silicon["configurations"].get(name, {})]
    for name in joined[:1]:
        cells, chip = silicon["library"]["name"].partition("_")[0], silicon["configurations"][name]["chip"]
        yield f"{name} in {cells}, no wires", round(1000 / chip["ns"], 1)
    for name in CHIPS:
        chip = silicon["configurations"].get(name, {})
        placed = [mhz for piece in chip.get("pieces", {}).values() for mhz in piece.get("ecp5", {}).get("clocks", ())]
        if placed:
            yield f"{name} on an ECP5, slowest placed piece, upper bound", min(placed)
            return


# Records of clocks: there is one of silicon for each library.
RECORDED: dict[Path, Reader] = {path: _of_chips for path in sorted(FOLDER.glob("silicon*.json"))}


def known_clocks(recorded: Mapping[Path, Reader] = RECORDED) -> dict[str, float]:
    """Return the recorded clocks in MHz, by name; missing records are left out."""
    return {
        name: mhz
        for path, read in recorded.items()
        if path.exists()
        for name, mhz in read(json.loads(path.read_text()))
    }


def known_energies(recorded: Iterable[Path] = RECORDED) -> dict[str, dict[str, float]]:
    """Return the recorded nJ of a contraction of the claim's machine, by chip and library, and by workload."""
    found = {}
    for silicon in (json.loads(path.read_text()) for path in recorded if path.exists()):
        of = {name: silicon.get("configurations", {}).get(name, {}).get("energy", {}) for name in CHIPS[:-1]}
        for name in [name for name, runs in of.items() if runs][:1]:
            found[f"{name} in {silicon['library']['name'].partition('_')[0]}"] = {
                workload: sum(run[kind] for kind in ("internal", "switching", "leakage"))
                for workload, run in of[name].items()
            }
    return found


def learning_lines(records: Sequence[dict], software: dict[str, dict[str, float]], megahertz: float) -> list[dict]:
    """Return a line per workload of deep learning that was measured.

    They hold `row` (of results.json), `microseconds` at the clock, and `near` (within NEAR percent of the
    bound). The fastest software stands by kind in `dense`, `sparse` and `torch`: (way, microseconds) or None.
    """
    rows = {row["workload"]: row for row in records if row["workload"] in WORKLOADS and "cycles" in row}
    lines = []
    for name, row in rows.items():
        ways = software.get(name, {})

        def best(wanted, ways=ways) -> tuple[str, float] | None:
            return min(
                ((way, time) for way, time in ways.items() if wanted(way)), key=lambda pair: pair[1], default=None
            )

        lines.append(
            {
                "row": row,
                "microseconds": row["cycles"] / megahertz,
                "near": row["above_percent"] <= NEAR,
                "dense": best(lambda way: not BOTH_SPARSE[way]),
                "sparse": best(BOTH_SPARSE.get),
                "torch": best(TORCH_SPARSE.__contains__),
            }
        )
    return lines


def claim_lines(
    records: Sequence[dict],
    software: dict[str, dict[str, float]],
    clocks: dict[str, float],
) -> list[dict]:
    """Return a line per tensor contraction layer for which PyTorch was measured in the same run.

    They hold workload, shape, and `cycles`: sustained, from memory to memory. `torch` has the microseconds of
    PyTorch's fastest contraction of two sparse tensors, in `way`. `needed` is the MHz for CLAIM times; `times`
    (how many times faster) and `reached` go by clock.
    """
    cycles = {
        row["workload"]: row["sustained_cycles"]
        for row in records
        if "sustained_cycles" in row and (row["config"], row["width"]) == TARGET
    }
    lines = []
    for shape in LAYER_SHAPES:
        for density in LAYER_DENSITIES:
            name = layer_workload(density, shape)
            times = {way: software.get(name, {})[way] for way in TORCH_SPARSE if way in software.get(name, {})}
            if name not in cycles or not times:
                continue
            way = min(times, key=times.get)
            needed = CLAIM * cycles[name] / times[way]
            lines.append(
                {
                    "workload": name,
                    "shape": shape,
                    "cycles": cycles[name],
                    "torch": times[way],
                    "way": way,
                    "needed": needed,
                    "times": {of: times[way] * mhz / cycles[name] for of, mhz in clocks.items()},
                    "reached": {of: mhz >= needed for of, mhz in clocks.items()},
                }
            )
    return lines


def average_lines(lines: Sequence[dict]) -> list[dict]:
    """Return, for each shape in the lines of the claim, averages over its densities and the paper's factor."""
    found = []
    for shape in dict.fromkeys(line["shape"] for line in lines):
        some = [line for line in lines if line["shape"] == shape]
        found.append(
            {
                "shape": shape,
                "needed": sum(line["needed"] for line in some) / len(some),
                "times": {of: sum(line["times"][of] for line in some) / len(some) for of in some[0]["times"]},
                "paper": PAPER[shape],
            }
        )
    return found


def tables(results: dict) -> Tables:
    """Return the tables that the report and docs/comparison.md show."""
    return [learning_table(results), *claim_tables(results)]


def learning_table(results: dict) -> Table:
    """Return deep learning beside software."""
    megahertz, body = results["clocks"]["assumed"], []
    for line in learning_lines(results["rows"], results["software"], megahertz):
        row = line["row"]
        body.append(
            [
                row["workload"],
                row["config"],
                str(row["contractions"]),
                f"{row['matches']:,}",
                f"{row['cycles']:,}",
                f"{row['bound']:,}",
                f"{row['above_percent']:.1f}%",
                f"{line['microseconds']:.1f}",
                *(
                    f"{best[1]:.1f} ({best[0]})" if best else ""
                    for best in (line["dense"], line["sparse"], line["torch"])
                ),
            ]
        )
    return (
        "Deep learning, each workload in its natural order (heads, experts and groups are slices)",
        [
            "workload",
            "machine",
            "contractions",
            "products",
            "cycles",
            "bound",
            "above it",
            f"us at {megahertz:g} MHz",
            "software, an operand dense, us",
            "software, both sparse, us",
            "PyTorch, both sparse, us",
        ],
        body,
    )


def claim_tables(
    results: dict, clocks: dict[str, float] | None = None, energies: dict[str, dict[str, float]] | None = None
) -> Tables:
    """Return the claim by layer, and its averages over the densities.

    Args:
        results: of the benchmark.
        clocks, energies: by default the recorded ones, see known_clocks() and known_energies().
    """
    clocks = known_clocks() if clocks is None else clocks
    energies = known_energies() if energies is None else energies
    lines = claim_lines(results["rows"], results["software"], clocks)
    layers = [
        [
            line["workload"],
            f"{line['cycles']:,.0f}",
            f"{line['torch']:.1f} ({line['way']})",
            f"{line['needed']:,.0f}",
            *(f"{'yes' if line['reached'][of] else 'no'} ({line['times'][of]:.1f})" for of in clocks),
            *(f"{of[line['workload']]:.1f}" if line["workload"] in of else "-" for of in energies.values()),
        ]
        for line in lines
    ]
    averages = [
        [line["shape"], f"{line['needed']:,.0f}", *(f"{line['times'][of]:.1f}" for of in clocks), str(line["paper"])]
        for line in average_lines(lines)
    ]
    config, width = TARGET
    at = [f"{mhz:g} MHz ({of})" for of, mhz in clocks.items()]
    pytorch = f"PyTorch {results['about'].get('torch', '')}".strip()
    return [
        (
            f"{CLAIM} times faster than PyTorch's sparse contraction? From memory to memory, {config}, {width} bits;"
            f" {pytorch}, threads: {TORCH_THREADS}",
            [
                "workload",
                "sustained cycles",
                "PyTorch, us",
                f"MHz for {CLAIM} times",
                *(f"{CLAIM} times at {clock}? (times faster)" for clock in at),
                *(f"nJ per contraction ({chip})" for chip in energies),
            ],
            layers,
        ),
        (
            "Times faster than PyTorch's sparse contraction, averages over the densities",
            ["layer", f"MHz for {CLAIM} times", *(f"times faster at {clock}" for clock in at), "the paper's factor"],
            averages,
        ),
    ]
