# SPDX-License-Identifier: Apache-2.0
"""Hostile input: errors at every place, resets at any cycle, any beats, registers hit at random."""

import json

import pytest

from tb.common import configs
from tb.common.configs import Config
from tests.top.common import quick_config
from tests.top.hostile import CORPUS, run_hostile

LOOKUP = configs.load("fast8", {"NumSdpe": 3, "GroupSize": 2})


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


def test_reset_storms_on_the_lookup_machine(seed: int) -> None:
    run_hostile(LOOKUP, "icarus", "storm", seed, "-lookup", storms=25)


def test_register_traffic(simulator: str, seed: int) -> None:
    run_hostile(quick_config(simulator), simulator, "traffic", seed, accesses=on(simulator, 10_000, 1000))


@pytest.mark.parametrize("config", [
    configs.load(), configs.load("bf16", {"NumSdpe": 2}), configs.load("int8", {"NumSdpe": 2}),
    configs.load("int16", {"NumSdpe": 2}), LOOKUP], ids=lambda config: config.name.split(":")[0])
def test_back_to_back(config: Config, seed: int) -> None:
    run_hostile(config, "verilator" if config.name == "default" else "icarus", "long_run", seed,
                f"-{config.name}", count=50, extent=60 if config.name == "default" else 30)


def test_any_beats(simulator: str, seed: int) -> None:
    run_hostile(quick_config(simulator), simulator, "fuzz", seed, frames=on(simulator, 4000, 200),
                corpus=CORPUS)


def test_aborts_and_watchdog(simulator: str, seed: int) -> None:
    run_hostile(quick_config(simulator), simulator, "stop", seed, count=on(simulator, 150, 25))


def test_aborts_and_watchdog_on_the_lookup_machine(seed: int) -> None:
    run_hostile(LOOKUP, "icarus", "stop", seed, "-lookup", count=25)


@pytest.mark.parametrize("config", [
    configs.load("default", {"NumSdpe": 2}), configs.load("default", {"NumSdpe": 2, "Memory": "ideal"}),
    LOOKUP], ids=["banked", "ideal", "lookup"])
def test_flipped_bits(config: Config, seed: int) -> None:
    run_hostile(config, "icarus", "parity", seed, f"-{config['Engine']}-{config['Memory']}", count=20)


@pytest.mark.parametrize("config", [
    configs.load("default", {"NumSdpe": 2}), configs.load("split8", {"NumSdpe": 2, "Portions": 2}), LOOKUP],
    ids=["stream", "split", "lookup"])
def test_flipped_bits_in_tables(config: Config, seed: int) -> None:
    run_hostile(config, "icarus", "table_parity", seed, f"-{config['Engine']}-{config['Portions']}", count=20)
