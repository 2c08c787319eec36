# SPDX-License-Identifier: Apache-2.0
"""The curves of the report, one PNG each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402

from bench import outside_report  # noqa: E402
from bench import rows as plan  # noqa: E402
from bench.machines import OURS, PAPER  # noqa: E402
from bench.targets import read_targets  # noqa: E402
from models.learning import WORKLOADS  # noqa: E402

PAPER_ERROR = 0.05  # marker of points read from the paper's plots
_SIDES = (("paper's machine", PAPER, "--"), ("ours", OURS, "-"))
Cycles = dict[tuple[str, str], int]


def draw_all(records: Sequence[dict], folder: Path) -> list[tuple[str, str]]:
    """Draw every curve that has points, and return (file name, caption) of each.

    Args:
        records: rows of results.json.
        folder: where the PNGs go.
    """
    cycles: Cycles = {(row["workload"], row["config"]): row["cycles"] for row in records if "cycles" in row}
    most = plan.MOST_ENGINES
    wanted: list[tuple[str, str, Callable[[Axes, Cycles], bool]]] = [
        ("scaling", "7x7x512: cycles against the number of engines; crosses: the paper's plots", _scaling),
        (
            "length",
            f"7x7xL: cycles at {most} engines against the length L of a fiber, by non-zeros per fiber",
            _over(plan.LENGTHS, plan.PER_FIBER, plan.length_workload, "length of a fiber", "{} per fiber"),
        ),
        (
            "order",
            f"3x..x512: cycles at {most} engines against the order, by non-zeros",
            _over(plan.ORDERS, plan.ENTRIES, plan.order_workload, "order of each operand", "{} non-zeros"),
        ),
        (
            "layer",
            f"Tensor contraction layers: cycles at {most} engines against density",
            _over(
                [float(density) for density in plan.LAYER_DENSITIES],
                plan.LAYER_SHAPES,
                lambda density, shape: plan.layer_workload(f"{density:g}", shape),
                "density of each operand",
                "{}",
            ),
        ),
        ("learning", "Deep learning: cycles of each workload, and its lower bound", _learning(records)),
        (
            "outside",
            "From memory to memory: cycles per contraction of a queue, and the bound",
            lambda axes, cycles: outside_report.draw(records, axes),
        ),
    ]
    drawn = []
    for name, caption, draw in wanted:
        figure, axes = plt.subplots(figsize=(8, 5), dpi=110)
        if draw(axes, cycles):
            axes.set_ylabel("cycles")
            axes.grid(True, which="both", alpha=0.25)
            axes.legend(fontsize="small", loc="upper left", bbox_to_anchor=(1.01, 1))
            figure.savefig(folder / f"{name}.png", bbox_inches="tight")
            drawn.append((f"{name}.png", caption))
        plt.close(figure)
    return drawn


def _line(axes: Axes, points: Iterable[tuple[float, int | None]], **style) -> bool:
    """Draw the points that were measured; return whether there are any."""
    there = [(x, y) for x, y in points if y is not None]
    if there:
        axes.plot(*zip(*there, strict=True), **style)
    return bool(there)


def _scaling(axes: Axes, cycles: Cycles) -> bool:
    drawn = False
    for color, density in enumerate(plan.SCALING_DENSITIES):
        workload = plan.scaling_workload(density)
        for label, machines, style in _SIDES:
            drawn |= _line(
                axes,
                ((number, cycles.get((workload, config))) for number, config in machines.items()),
                color=f"C{color}",
                linestyle=style,
                marker=".",
                label=f"{float(density):.1%}, {label}",
            )
        points = read_targets()[workload].paper
        if drawn:
            axes.errorbar(
                list(points),
                list(points.values()),
                yerr=[PAPER_ERROR * value for value in points.values()],
                fmt="x",
                color=f"C{color}",
                capsize=3,
                label=f"{float(density):.1%}, the paper",
            )
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(list(PAPER), [str(number) for number in PAPER])
    axes.set_xlabel("engines")
    return drawn


def _learning(records: Sequence[dict]) -> Callable[[Axes, Cycles], bool]:
    rows = [row for row in records if row["workload"] in WORKLOADS and "cycles" in row]

    def draw(axes: Axes, cycles: Cycles) -> bool:
        places, width = range(len(rows)), 0.4
        axes.bar([place - width / 2 for place in places], [row["cycles"] for row in rows], width, label="cycles")
        axes.bar([place + width / 2 for place in places], [row["bound"] for row in rows], width, label="lower bound")
        axes.set_xticks(list(places), [f"{row['workload']}\n{row['config']}" for row in rows], fontsize="x-small")
        axes.set_yscale("log")
        return bool(rows)

    return draw


def _over(
    places: Sequence, families: Sequence, workload: Callable[..., str], x_label: str, family_label: str
) -> Callable[[Axes, Cycles], bool]:
    def draw(axes: Axes, cycles: Cycles) -> bool:
        drawn = False
        for color, family in enumerate(families):
            for label, machines, style in _SIDES:
                config = machines[plan.MOST_ENGINES]
                drawn |= _line(
                    axes,
                    ((place, cycles.get((workload(place, family), config))) for place in places),
                    color=f"C{color}",
                    linestyle=style,
                    marker=".",
                    label=f"{family_label.format(family)}, {label}",
                )
        axes.set_xlabel(x_label)
        axes.set_yscale("log")
        return drawn

    return draw
