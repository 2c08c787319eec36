# SPDX-License-Identifier: Apache-2.0
"""Hostile input: errors at every place, resets at any cycle, any beats, registers hit at random.

The suite tries some of each, on Verilator; the full suite and make regress LIST=long try more.
"""

import json

import pytest

from sim import configs
from sim.configs import Config
from tests.share import LONG, amount
from tests.top.common import STREAM, quick_config
from tests.top.hostile import CORPUS, run_hostile

PAPER = configs.load("paper2", {"ResultDepth": 16})
OTHERS = {"small": configs.load("default", {"NumSdpe": 2, "Portions": 2}), "paper": PAPER}


def on(simulator: str, verilator: int, icarus: int, suite: int) -> int:
    """Return the amount of work: in the full suite Icarus, which is slower, does less than Verilator."""
    return verilator if LONG else amount(suite, verilator if simulator == "verilator" else icarus)


def some(suite: int, full: int, long: int) -> int:
    """Return the amount of work on another machine."""
    return long if LONG else amount(suite, full)


def others(first: int) -> list:
    """Return the other machines: one of them per seed."""
    marks = [pytest.mark.runs(turn=((first + number) % len(OTHERS), len(OTHERS))) for number in range(len(OTHERS))]
    return [
        pytest.param(config, id=name, marks=mark) for (name, config), mark in zip(OTHERS.items(), marks, strict=True)
    ]


@pytest.mark.runs(full="icarus")
def test_every_error_at_every_place(simulator: str, seed: int) -> None:
    folder = run_hostile(quick_config(simulator), simulator, "error_cases", seed, stride=on(simulator, 1, 12, 3))
    names = json.loads((folder / "cases.json").read_text())
    print(f"{len(names)} distinct error cases")
    assert len(set(names)) == len(names) >= on(simulator, 400, 34, 134)


@pytest.mark.runs(full="icarus")
def test_reset_storms(simulator: str, seed: int) -> None:
    """Resets of each kind, soft and hard."""
    run_hostile(quick_config(simulator), simulator, "storm", seed, storms=on(simulator, 100, 12, 30))


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize("config", others(1))
def test_reset_storms_on_other_machines(simulator: str, config: Config, seed: int) -> None:
    run_hostile(config, simulator, "storm", seed, f"-{config.name}", storms=50 if LONG else 12)


@pytest.mark.runs(full="icarus")
def test_register_traffic(simulator: str, seed: int) -> None:
    run_hostile(quick_config(simulator), simulator, "traffic", seed, accesses=on(simulator, 10_000, 500, 2_500))


@pytest.mark.runs(full="icarus")
def test_back_to_back(simulator: str, seed: int) -> None:
    count, extent = on(simulator, 50, 20, 20), on(simulator, 60, 30, 60)
    run_hostile(quick_config(simulator), simulator, "long_run", seed, count=count, extent=extent)


FULL = pytest.mark.runs(full=True)


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize(
    "config",
    [
        configs.load("bf16", {"NumSdpe": 2}),
        PAPER,
        *(pytest.param(configs.load(name, {"NumSdpe": 2}), marks=FULL) for name in ("int8", "int16")),
    ],
    ids=lambda config: config.name.split(":")[0],
)
def test_back_to_back_on_other_machines(simulator: str, config: Config, seed: int) -> None:
    run_hostile(config, simulator, "long_run", seed, f"-{config.name}", count=some(6, 15, 50), extent=30)


@pytest.mark.runs(full="icarus")
def test_any_beats(simulator: str, seed: int) -> None:
    frames = 2000 if LONG else on(simulator, 800, 60, 250)
    run_hostile(quick_config(simulator), simulator, "fuzz", seed, corpus=str(CORPUS), frames=frames)


@pytest.mark.runs(full="verilator")
def test_aborts_and_watchdog(simulator: str, seed: int) -> None:
    count = on(simulator, 150, 10, 40 if simulator == "verilator" else 8)
    run_hostile(quick_config(simulator), simulator, "stop", seed, count=count)


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize("config", others(0))
def test_aborts_and_watchdog_on_other_machines(simulator: str, config: Config, seed: int) -> None:
    run_hostile(config, simulator, "stop", seed, f"-{config.name}", count=25 if LONG else 4)


def flips(simulator: str, config: Config, memories: str, count: int, seed: int) -> None:
    """Flip bits of these memories."""
    name = "-".join(("", str(config["Engine"]), str(config["Memory"]), str(config["Portions"]), *memories.split()))
    run_hostile(config, simulator, "parity", seed, name, open_memories=True, memories=memories, count=count)


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize(
    "config",
    [
        quick_config("icarus"),
        *(
            pytest.param(config, marks=pytest.mark.runs(turn=(number, 2), full=True))
            for number, config in enumerate((PAPER, configs.load("default", {"NumSdpe": 2, "Memory": "ideal"})))
        ),
    ],
    ids=["banked", "paper", "ideal"],
)
def test_flipped_bits(simulator: str, config: Config, seed: int) -> None:
    flips(simulator, config, "line", some(2, 4 if config is PAPER else 8, 20), seed)


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize(
    ("config", "memories", "counts"),
    [
        pytest.param(configs.load(STREAM, {"NumSdpe": 2}), "first bound path node result", (3, 6), id="stream"),
        pytest.param(quick_config("icarus"), "first bound path node result rank values", (2, 6), id="resident"),
    ],
)
def test_flipped_bits_in_tables(
    simulator: str, config: Config, memories: str, counts: tuple[int, int], seed: int
) -> None:
    flips(simulator, config, memories, some(*counts, 12), seed)
