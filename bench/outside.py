# SPDX-License-Identifier: Apache-2.0
"""The experiment *from outside*: contractions from memory to memory, in a queue and alone.

    python -m bench.outside 7x7x512_d0.1 fast32 512

prints one measurement, its bound and its target.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np

from bench import image
from bench.builds import build_dma
from bench.machines import Machine, machine
from bench.measure import FOLDER, cycle_limit
from bench.outside_bound import bound, least
from bench.rows import layer_workloads
from bench.targets import read_targets
from bench.workloads import variants
from sim.folders import runs as runs_folder
from sim.simulation import Build, SimulationFailed, run

INTERFACE, LATENCY, QUEUE = "memory", 100, 20
WIDTHS = (128, 256, 512)
TARGET = ("fast32", 512)  # the machine and the width of the targets, and of the tensor contraction layers
MACHINES = (TARGET[0], "default")
NORMAL = ("7x7x512_d0.05", "10x10x100_d0.005")  # with records that wait for their results
NORMAL_LATENCIES = (100, 400)
# Workloads with many results, whose results are also written as rows.
AS_ROWS = ("10x10x100_d0.1", "10x10x100_d0.05", "7x7x512_d0.05")
ROW_WIDTHS = (128, 512)
# Slower memories and other forms of operands, on the machine of the targets.
SWEEP_WORKLOADS = ("7x7x512_d0.05", "10x10x100_d0.005")
SWEEP_LATENCIES = (LATENCY, 400, 1000)
SWEEP_FORMS = ({}, {"dense": True}, {"kept": True})


@dataclasses.dataclass(frozen=True)
class Point:
    """A measurement: a queue of different operands of a workload's kind, and its first contraction alone.

    Attributes:
        workload: see bench.workloads.
        config: name of the configuration, see bench.machines.machine().
        width: data bits of the bus.
        latency: cycles of the memory.
        gap: beats between two pauses of the bus, 0 for none.
        queue: contractions in the queue.
        prompt: completion records do not wait for the responses to the results.
        dense: upper levels have no coordinates, and a node for each coordinate.
        kept: the operand B of the first contraction is kept for the others.
        layout: of the results, a key of image.LAYOUTS.
    """

    workload: str
    config: str
    width: int
    latency: int = LATENCY
    gap: int = 0
    queue: int = QUEUE
    prompt: bool = True
    dense: bool = False
    kept: bool = False
    layout: str = "records"

    @property
    def name(self) -> str:
        """The text that a filter is matched against."""
        kinds = [f"latency {self.latency}"] * (self.latency != LATENCY) + ["dense"] * self.dense
        kinds += ["kept"] * self.kept + ["normal"] * (not self.prompt)
        kinds += [f"as {self.layout}"] * (self.layout != "records")
        return " ".join([self.workload, self.config, INTERFACE, str(self.width), *kinds])

    def workloads(self) -> list[list[str]]:
        """Return the queues that are run."""
        operands = variants(self.workload, self.queue, self.kept)
        return [operands, operands[:1]]

    def images(self) -> list[image.Image]:
        """Return the memories of these queues."""
        chosen = machine(self.config)
        return [
            image.make(queue, chosen, self.prompt, self.dense, self.kept, self.layout) for queue in self.workloads()
        ]


def select(only: str | None = None, num_sdpe: int | None = None, config: str | None = None) -> list[Point]:
    """Return the measurements of `make bench` that pass its filters, see bench.rows.select()."""
    points = [
        Point(workload, name, width)
        for name in MACHINES
        for width in WIDTHS
        for workload in dict.fromkeys(aimed() + (layer_workloads() if (name, width) == TARGET else []))
    ]
    return [
        point
        for point in dict.fromkeys(points + sweep() + as_rows())
        if (only or "") in point.name
        and config in (None, point.config)
        and num_sdpe in (None, machine(point.config).num_sdpe)
    ]


def normal(only: str | None = None, num_sdpe: int | None = None, config: str | None = None) -> list[Point]:
    """Return the same for descriptors that are not prompt: their completion records wait for responses."""
    points = [
        Point(workload, *TARGET, latency=latency, prompt=False) for workload in NORMAL for latency in NORMAL_LATENCIES
    ]
    return [
        point
        for point in points
        if (only or "") in point.name
        and config in (None, point.config)
        and num_sdpe in (None, machine(point.config).num_sdpe)
    ]


def sweep() -> list[Point]:
    """Return the measurements by latency and form of the operands."""
    return [
        Point(workload, *TARGET, latency=latency, **form)
        for workload in SWEEP_WORKLOADS
        for form in SWEEP_FORMS
        for latency in SWEEP_LATENCIES
    ]


def as_rows() -> list[Point]:
    """Return the measurements with results as rows, on the machine of the targets."""
    return [Point(workload, TARGET[0], width, layout="rows") for width in ROW_WIDTHS for workload in AS_ROWS]


def measure_all(
    points: Sequence[Point], jobs: int, progress: Callable[[int, str], None] = lambda done, what: None
) -> list[dict]:
    """Measure points and return a record for each, in their order; machines side by side.

    Args:
        points: what to run.
        jobs: machines at a time.
        progress: called with the number of finished points and the current activity.
    """
    groups: dict[tuple[str, int], list[Point]] = {}
    for point in points:
        groups.setdefault((point.config, point.width), []).append(point)
    records: dict[Point, dict] = {}
    with ProcessPoolExecutor(max(jobs, 1)) as pool:
        running = {pool.submit(measure, group): key for key, group in groups.items()}
        progress(0, "from outside")
        for future in as_completed(running):
            key = running[future]
            records.update(zip(groups[key], future.result(), strict=True))
            progress(len(records), f"from outside: {key[0]}, {key[1]} bits")
    return [records[point] for point in points]


def measure(
    points: Sequence[Point], extra: Mapping[str, int] | None = None, checked_on: str | None = None
) -> list[dict]:
    """Measure points of one machine and one width; return a record for each.

    Args:
        points: what to run.
        extra, checked_on: see build_dma().
    """
    config, width = points[0].config, points[0].width
    chosen = machine(config)
    try:
        built = build_dma(chosen.config, width, extra, checked_on)
    except SimulationFailed as error:
        return [record(point, chosen, [], [], [str(error)]) for point in points]
    name = "-".join(filter(None, ("bench-outside", config.replace(":", "-").replace(",", "-"), str(width), checked_on)))
    images = [made for point in points for made in point.images()]
    latencies = [point for point in points for _ in point.workloads()]
    outcomes, folder = simulate(built, images, latencies, name)
    records = []
    for index, point in enumerate(points):
        own, problems, computing = range(2 * index, 2 * index + 2), [], []
        for at in own:
            if "failure" in outcomes[at]:
                problems.append(outcomes[at]["failure"])
                continue
            after = np.fromfile(folder / f"{at}.bin", np.uint8)
            problems += image.check(images[at], after, chosen)
            computing += [
                found.computing
                for number in range(len(images[at].workloads))
                if (found := image.completion(images[at], after, number))
            ]
        records.append(record(point, chosen, [outcomes[at] for at in own], computing, problems))
    return records


def simulate(
    built: Build,
    images: Sequence[image.Image],
    points: Sequence[Point],
    name: str,
    waves: bool = False,
) -> tuple[list[dict], Path]:
    """Run queues, see bench.outside_tests; return an outcome for each, and the folder of the memories and the trace."""
    request = FOLDER / "requests" / f"{name}.json"
    request.parent.mkdir(parents=True, exist_ok=True)
    wanted = []
    for index, (made, point) in enumerate(zip(images, points, strict=True)):
        file = request.with_suffix(f".{index}.bin")
        made.data.tofile(file)
        wanted.append(
            {
                "image": str(file),
                "slots": len(made.workloads) + 1,
                "queued": len(made.workloads),
                "latency": point.latency,
                "gap": point.gap,
                "limit": sum(10 * point.latency + cycle_limit(workload) for workload in made.workloads),
            }
        )
    request.write_text(json.dumps(wanted))
    broken = "it did not run"
    folder = runs_folder() / name
    try:
        run(
            built,
            "bench.outside_tests",
            name,
            arguments={"request": str(request), "width": points[0].width},
            waves=waves,
        )
    except SimulationFailed as error:
        broken = str(error)
    path = folder / "outcomes.jsonl"
    outcomes = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return outcomes + [{"failure": broken}] * (len(images) - len(outcomes)), folder


def record(
    point: Point, chosen: Machine, outcomes: Sequence[dict], computing: Sequence[int], problems: Sequence[str]
) -> dict:
    """Return the record of a measurement in results.json; cycles count one contraction.

    Args:
        outcomes: of the queue and of the contraction alone, see bench.outside_tests.
        computing: CntCycles of each contraction of the queue, then of the contraction alone.
        problems: sentences; empty if every result is right.
    """
    about = {
        "workload": point.workload,
        "config": point.config,
        "interface": INTERFACE,
        "width": point.width,
        "latency": point.latency,
        "gap": point.gap,
        "queue": point.queue,
        "prompt": point.prompt,
        "dense": point.dense,
        "kept": point.kept,
        "layout": point.layout,
        "num_sdpe": chosen.num_sdpe,
        "checked": not problems,
        "problems": list(problems),
    }
    if problems:
        return about
    queued = point.workloads()[0]
    terms = bound(queued, chosen, point.width, point.dense, point.kept, point.layout)
    possible = least(queued, chosen, point.width, point.latency, point.dense, point.kept, point.layout)
    sustained, number = outcomes[0]["cycles"] / point.queue, point.queue
    about |= {
        "sustained_cycles": round(sustained, 1),
        "cold_cycles": outcomes[1]["cycles"],
        "further_cycles": further(outcomes, number),
        "outside_bound": round(terms.cycles / number, 1),
        "outside_limit": terms.limit,
        "outside_terms": {name: round(cycles / number, 1) for name, cycles in terms.terms.items()},
        "outside_percent": 100 * (outcomes[0]["cycles"] / terms.cycles - 1),
        "outside_least": round(possible / number, 1),
        "computing_cycles": round(sum(computing[:number]) / number, 1),
        "beats_read": outcomes[0]["read"],
        "beats_written": outcomes[0]["written"],
    }
    if outcomes[0]["cycles"] < (floor := max(terms.cycles, possible)):
        about["problems"].append(f"{outcomes[0]['cycles']} cycles, but {floor} are the least that there can be")
        about["checked"] = False
    return about


def further(outcomes: Sequence[dict], queue: int) -> float | None:
    """Return the cycles of a further contraction of a queue: without the round trips at its beginning and its end."""
    return round((outcomes[0]["cycles"] - outcomes[1]["cycles"]) / (queue - 1), 1) if queue > 1 else None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workload", help="or several with a comma between them, or 'all' that have targets")
    parser.add_argument("config", nargs="?", default="fast32")
    parser.add_argument("width", nargs="?", type=int, default=512)
    parser.add_argument("--latency", type=int, nargs="+", default=[LATENCY])
    parser.add_argument("--gap", type=int, default=0)
    parser.add_argument("--queue", type=int, default=QUEUE)
    parser.add_argument("--no-prompt", action="store_true", help="completion records wait for their results")
    parser.add_argument("--dense", action="store_true", help="dense upper levels")
    parser.add_argument("--kept", action="store_true", help="keep the first B")
    parser.add_argument("--layout", choices=image.LAYOUTS, default="records", help="of the results")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="parameters of the top")
    options = parser.parse_args(arguments)
    names = aimed() if options.workload == "all" else options.workload.split(",")
    extra = {name: int(value) for name, _, value in (item.partition("=") for item in options.set)}
    records = measure(
        [
            Point(
                name,
                options.config,
                options.width,
                latency,
                options.gap,
                options.queue,
                not options.no_prompt,
                options.dense,
                options.kept,
                options.layout,
            )
            for name in names
            for latency in options.latency
        ],
        extra=extra,
    )
    for row in records:
        if not row["checked"]:
            print(f"{row['workload']}: WRONG: {'; '.join(row['problems'][:3])}")
            continue
        aims = read_targets().get(row["workload"])
        goals = (
            ""
            if not aims or not aims.sustained or (options.config, options.width) != TARGET
            else f" (targets {aims.sustained}, {aims.cold})"
        )
        print(
            f"{row['workload']:20} {row['config']} {row['width']}: sustained {row['sustained_cycles']:8.1f}"
            f"  further {row['further_cycles']}  cold {row['cold_cycles']:5}{goals}"
            f"  bound {row['outside_bound']} {row['outside_terms']}"
            f"  least {row['outside_least']}"
            f"  computing {row['computing_cycles']}"
        )
    return 0 if all(row["checked"] for row in records) else 1


def aimed() -> list[str]:
    """Return the workloads that have targets."""
    return [name for name, aims in read_targets().items() if aims.sustained]


if __name__ == "__main__":
    sys.exit(main())
