# SPDX-License-Identifier: Apache-2.0
"""Hostile input: errors at every place, resets at any cycle, any beats, registers hit at random."""

import json

import pytest

from tb.common import configs
from tb.common.configs import Config
from tests.top.common import quick_config
from tests.top.hostile import CORPUS, run_hostile

LOOKUP = configs.load("fast8", {"NumSdpe": 3, "GroupSize": 2})
SPLIT = configs.load("split8", {"NumSdpe": 2, "Portions": 2})
PAPER = configs.load("paper2", {"ResultDepth": 16})
OTHERS = ["lookup", "split", "paper"]


def on(simulator: str, verilator: int, icarus: int) -> int:
    """Return how much to do: Icarus is slower."""
    return verilator if simulator == "verilator" else icarus


def test_every_error_at_every_place(simulator: str, seed: int) -> None:
    folder = run_hostile(quick_config(simulator), simulator, "error_cases", seed,
                         stride=on(simulator, 1, 5))
    names = json.loads((folder / "cases.json").read_text())
    print(f"{len(names)} distinct error cases")
    assert len(set(names)) == len(names) >= on(simulator, 400, 80)


def test_reset_storms(simulator: str, seed: int) -> None:
    """Of each kind, soft and hard."""
    run_hostile(quick_config(simulator), simulator, "storm", seed, storms=on(simulator, 100, 25))


@pytest.mark.suite_on("icarus")
@pytest.mark.parametrize(("config", "storms"), [(LOOKUP, 25), (SPLIT, 12), (PAPER, 12)], ids=OTHERS)
def test_reset_storms_on_other_machines(simulator: str, config: Config, storms: int, seed: int) -> None:
    run_hostile(config, simulator, "storm", seed, f"-{config.name}", storms=storms)


def test_register_traffic(simulator: str, seed: int) -> None:
    run_hostile(quick_config(simulator), simulator, "traffic", seed, accesses=on(simulator, 10_000, 1000))


def test_back_to_back(simulator: str, seed: int) -> None:
    run_hostile(quick_config(simulator), simulator, "long_run", seed, count=50,
                extent=on(simulator, 60, 30))


@pytest.mark.suite_on("icarus")
@pytest.mark.parametrize("config", [
    *(configs.load(name, {"NumSdpe": 2}) for name in ("bf16", "int8", "int16")), LOOKUP],
    ids=lambda config: config.name.split(":")[0])
def test_back_to_back_on_other_machines(simulator: str, config: Config, seed: int) -> None:
    run_hostile(config, simulator, "long_run", seed, f"-{config.name}", count=50, extent=30)


def test_any_beats(simulator: str, seed: int) -> None:
    run_hostile(quick_config(simulator), simulator, "fuzz", seed, frames=on(simulator, 4000, 200),
                corpus=CORPUS)


def test_aborts_and_watchdog(simulator: str, seed: int) -> None:
    run_hostile(quick_config(simulator), simulator, "stop", seed, count=on(simulator, 150, 25))


@pytest.mark.suite_on("icarus")
@pytest.mark.parametrize(("config", "count"), [(LOOKUP, 25), (SPLIT, 12), (PAPER, 12)], ids=OTHERS)
def test_aborts_and_watchdog_on_other_machines(simulator: str, config: Config, count: int, seed: int) -> None:
    run_hostile(config, simulator, "stop", seed, f"-{config.name}", count=count)


@pytest.mark.suite_on("icarus")
@pytest.mark.parametrize("config", [
    configs.load("default", {"NumSdpe": 2}), configs.load("default", {"NumSdpe": 2, "Memory": "ideal"}),
    LOOKUP, SPLIT], ids=["banked", "ideal", "lookup", "split"])
def test_flipped_bits(simulator: str, config: Config, seed: int) -> None:
    name = f"-{config['Engine']}-{config['Memory']}-{config['Portions']}"
    run_hostile(config, simulator, "parity", seed, name, open_memories=True,
                count=6 if config is SPLIT else 20)


@pytest.mark.suite_on("icarus")
@pytest.mark.parametrize(("config", "memories"), [
    (configs.load("default", {"NumSdpe": 2}), "first bound path node result"), (SPLIT, "first result"),
    (LOOKUP, "first bound result rank bits base values")], ids=["stream", "split", "lookup"])
def test_flipped_bits_in_tables(simulator: str, config: Config, memories: str, seed: int) -> None:
    run_hostile(config, simulator, "table_parity", seed, f"-{config['Engine']}-{config['Portions']}",
                open_memories=True, memories=memories, count=6)
