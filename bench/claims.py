# SPDX-License-Identifier: Apache-2.0
"""Deep learning beside software, and the claim of 25 times over PyTorch's sparse contraction, as tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.machines import OURS
from bench.rows import LAYER_DENSITIES, LAYER_SHAPES, MOST_ENGINES, layer_workload
from bench.software import BOTH_SPARSE, TORCH_SPARSE
from models.learning import WORKLOADS

Reader = Callable[[dict], float | None]  # MHz, None if not recorded


def _of_chip(silicon: dict) -> float | None:
    """Return the clock of the claim's machine, by the slowest path through all of its cells."""
    chip = silicon["configurations"].get(OURS[MOST_ENGINES], {}).get("chip")
    return round(1000 / chip["ns"], 1) if chip else None


# Records of clocks: file, and the entry in it. The table has two columns for each.
RECORDED: dict[str, tuple[Path, Reader]] = {
    # An upper limit for the whole chip: the clock of its MAC alone.
    "MAC on an ECP5": (Path(__file__).with_name("cost.json"), lambda cost: cost["exact fp32, no portions"]["mhz"]),
    "130 nm cells, no wires": (Path(__file__).with_name("silicon.json"), _of_chip),
}
CLAIM = 25  # times
PAPER = {"3x3x1024": 24.5, "7x7x512": 5.3, "10x10x100": 10.3}  # its factors, averages over 0.5 to 5%
NEAR = 20.0  # percent above the bound that need no reason


def known_clocks(recorded: Mapping[str, tuple[Path, Reader]] = RECORDED) -> dict[str, float]:
    """Return the recorded clocks in MHz, by name; missing records are left out."""
    found = {name: read(json.loads(path.read_text())) for name, (path, read) in recorded.items() if path.exists()}
    return {name: mhz for name, mhz in found.items() if mhz is not None}


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

    They hold workload, cycles and `all_cycles` (loading, computing and unloading). `torch` has the
    microseconds of its best contraction of two sparse tensors, in `way`. `needed` and `all_needed` are the
    MHz for CLAIM times; `times` (how many times faster) and `reached` go by clock. The paper's own factor is
    the last.
    """
    cycles = {row["workload"]: row for row in records if row["config"] == OURS[MOST_ENGINES] and "cycles" in row}
    lines = []
    for shape in LAYER_SHAPES:
        for density in LAYER_DENSITIES:
            name = layer_workload(density, shape)
            times = {way: software.get(name, {})[way] for way in TORCH_SPARSE if way in software.get(name, {})}
            if name not in cycles or not times:
                continue
            row, way = cycles[name], min(times, key=times.get)
            whole = row["load_cycles"] + row["unload_cycles"]
            needed = CLAIM * row["cycles"] / times[way]
            lines.append(
                {
                    "workload": name,
                    "cycles": row["cycles"],
                    "all_cycles": whole,
                    "torch": times[way],
                    "way": way,
                    "needed": needed,
                    "all_needed": CLAIM * whole / times[way],
                    "times": {name: times[way] * mhz / row["cycles"] for name, mhz in clocks.items()},
                    "reached": {name: mhz >= needed for name, mhz in clocks.items()},
                    "paper": PAPER[shape],
                }
            )
    return lines


def tables(results: dict) -> list[tuple[str, list[str], list[list]]]:
    """Return the tables that the report and docs/performance.md show: caption, head, body."""
    megahertz, clocks = results["clocks"]["assumed"], known_clocks()
    learning, claims = [], []
    for line in learning_lines(results["rows"], results["software"], megahertz):
        row = line["row"]
        learning.append(
            [
                row["workload"],
                row["config"],
                row["contractions"],
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
    for line in claim_lines(results["rows"], results["software"], clocks):
        claims.append(
            [
                line["workload"],
                f"{line['cycles']:,}",
                f"{line['torch']:.1f} ({line['way']})",
                f"{line['needed']:,.0f}",
                f"{line['all_needed']:,.0f}",
                *(
                    cell
                    for name in clocks
                    for cell in (f"{line['times'][name]:.1f}", "yes" if line["reached"][name] else "no")
                ),
                line["paper"],
            ]
        )
    return [
        (
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
            learning,
        ),
        (
            f"{CLAIM} times faster than PyTorch's sparse contraction? Tensor contraction layers on"
            f" {OURS[MOST_ENGINES]}",
            [
                "workload",
                "cycles",
                "PyTorch, us",
                f"MHz for {CLAIM} times",
                "with loading and unloading",
                *(
                    cell
                    for name, mhz in clocks.items()
                    for cell in (f"times faster at {mhz:g} MHz ({name})", f"{CLAIM} times reached")
                ),
                "the paper's factor",
            ],
            claims,
        ),
    ]
