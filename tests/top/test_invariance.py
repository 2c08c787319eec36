# SPDX-License-Identifier: Apache-2.0
"""Results do not depend on the machine: one model, every configuration, equality of bits.

Each run compares every result with the exact model, which does not depend on the configuration.
"""

import pytest

from sim import configs
from sim.edges import EDGES
from tb.agents.contraction.item import PORTS
from tb.common.stalls import STALLS
from tb.env.run import run_sequences
from tests.share import amount

TURNS = amount(3, 1)  # of the kinds of stalls at each port
PAIRS = ["3x3x1024_d0.005", "3x512_nnz500", "7x7x512_d0.005"]
# One parameter at a time of both engines, and all pairs of merge engine, memory and scheduler; with 3 engines
# unless the number changes, because Icarus' time grows with the number.
COMMON: list[dict[str, int | str]] = [
    *({"NumSdpe": number} for number in (1, 2, 8)),
    *({"Lanes": lanes} for lanes in (1, 2, 8)),
    *({"MemLatency": latency} for latency in (1, 5, 50)),
    {"MemBanks": 1},
    {"ResultDepth": 4},
    {"CoordWidth": 32},
]
CHANGES: list[dict[str, int | str]] = [
    *COMMON,
    {"Memory": "ideal"},
    {"NumSdpe": 2, "GroupSize": 1, "Parity": 0},
    *({"Engine": "merge", **change} for change in COMMON),
    {"Engine": "merge", "Memory": "ideal"},
    {"Engine": "merge", "Memory": "ideal", "Scheduler": "round_robin", "Lanes": 1},
    {"Engine": "merge", "Scheduler": "round_robin"},
]
MANY: list[dict[str, int | str]] = [{"NumSdpe": number} for number in (32, 64)]


def label(change: dict[str, int | str]) -> str:
    return ",".join(f"{name}={value}" for name, value in change.items())


def alternately(changes: list[dict[str, int | str]], turns: int, first: int) -> list:
    """Return the parameters of a test: some in the suite, all in make regress LIST=long."""
    return [
        pytest.param(change, marks=pytest.mark.runs(turn=((first + number) % turns, turns)), id=label(change))
        for number, change in enumerate(changes)
    ]


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize("change", [*alternately(CHANGES, amount(30, 6), 1), *alternately(MANY, 8, 2)])
def test_configurations(simulator: str, change: dict[str, int | str], seed: int) -> None:
    run = run_sequences(
        configs.load("default", {"NumSdpe": 3, **change}),
        simulator,
        ["workloads"],
        f"invariance-{label(change)}-{simulator}",
        seed,
        {"workloads": {"pairs": PAIRS}},
    )
    assert run.summary["passed"] and run.summary["mismatches"] == 0


@pytest.mark.runs(on="icarus")
def test_both_edges(simulator: str, seed: int) -> None:
    """The same contractions by streams and in memory: the same bytes."""
    runs = [
        run_sequences(
            configs.load("tiny"), simulator, ["smoke"], f"edges-{edge}-{simulator}", seed, edge=edge, width=128
        ).summary
        for edge in EDGES
    ]
    for key in ("digest", "results", "contractions"):
        assert runs[0][key] == runs[1][key], key


@pytest.mark.runs(full=True, on="icarus")
def test_more_engines_than_jobs(simulator: str, seed: int) -> None:
    run = run_sequences(
        configs.load("default", {"NumSdpe": 24}),
        simulator,
        ["smoke"],
        f"invariance-few-jobs-{simulator}",
        seed,
        {"smoke": {"count": 0}},
    )
    assert run.summary["passed"] and run.summary["compared"] > 0


@pytest.mark.runs(full=True, on="verilator")
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.runs(turn=(turn, 2))) for turn, name in enumerate(("paper32", "fast8"))],
)
def test_wide_machines(simulator: str, name: str, seed: int) -> None:
    run = run_sequences(
        configs.load(name),
        simulator,
        ["workloads"],
        f"invariance-{name}-{simulator}",
        seed,
        {"workloads": {"pairs": [*PAIRS, "7x7x512_d0.05", "10x10x100_d0.05"]}},
    )
    assert run.summary["passed"] and run.summary["mismatches"] == 0


# Each port in each suite, with one kind of stalls; all pairs in three seeds.
@pytest.mark.runs(on="verilator")
@pytest.mark.parametrize(
    ("port", "stall"),
    [
        pytest.param(port, stall, marks=pytest.mark.runs(turn=((first + second) % TURNS, TURNS)))
        for first, port in enumerate(PORTS)
        for second, stall in enumerate(name for name in STALLS if name != "none")
    ],
)
def test_stalls_on_every_port(simulator: str, port: str, stall: str, seed: int) -> None:
    run = run_sequences(
        configs.load(),
        simulator,
        ["workloads"],
        f"stalls-{port}-{stall}-{simulator}",
        seed,
        {"workloads": {"pairs": PAIRS, "stalls": {port: stall}}},
    )
    assert run.summary["passed"] and run.summary["mismatches"] == 0
