# SPDX-License-Identifier: Apache-2.0
"""Dot products split into portions: the results are the same bytes as with whole dot products.

Each run compares every result with the exact model, which has no portions, and every count of portions with
the rule. In addition the digests of all results are compared with each other.
"""

import itertools

import pytest

from sim import configs
from tests.play import Play, in_turn
from tests.share import LONG
from tests.top.common import STREAM, quick_config

LENGTHS = (0, 1, 2, 3, 16)
TURNS = 12
# Machines; each runs with every length of portions, a twelfth of all that per seed.
MACHINES: list[dict[str, int | str]] = [
    {"NumSdpe": 1, "Portions": 1},
    {"NumSdpe": 3, "Portions": 2, "Lanes": 1},
    {"NumSdpe": 8, "MemLatency": 20},
    {"NumSdpe": 5, "Lanes": 2, "MemBanks": 1},
    {"NumSdpe": 2, "Lanes": 8, "Memory": "ideal", "Portions": 64},
    {"NumSdpe": 4, "ResultDepth": 2, "Portions": 3, "CoordWidth": 32},
    {"NumSdpe": 6, "MemLatency": 1, "GroupSize": 3},
    {"NumSdpe": 5, "GroupSize": 2, "Portions": 2},
    {"NumSdpe": 2, "GroupSize": 1, "Lanes": 1, "Memory": "ideal", "ResultDepth": 2},
]
STALLS = ({}, {"result": "bursty"}, {"operand": "random", "result": "single"})
FORMATS = ("fp32", "bf16", "int8", "int16")


@pytest.fixture(scope="session")
def whole() -> dict[int, str]:
    """Return the digests of whole dot products, by seed, as far as they are known."""
    return {}


def swept() -> list:
    """Return 45 configurations, machines by lengths; each time under other stalls."""
    return [
        in_turn([(change, length, STALLS[(first + number) % len(STALLS)])], TURNS, first + number * len(MACHINES))
        for (first, change), (number, length) in itertools.product(enumerate(MACHINES), enumerate(LENGTHS))
    ]


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize(("change", "length", "stalls"), list(itertools.chain(*swept())))
def test_every_machine_and_length_gives_the_same_bytes(
    play: Play, whole: dict[int, str], change: dict, length: int, stalls: dict[str, str], seed: int
) -> None:
    """The bytes of the paper's machine, which can't split."""
    if seed not in whole:
        whole[seed] = play(f"{STREAM},NumSdpe=2", "portions", knobs={"lengths": [0]})["digest"]
    config = configs.load("default", {"Portions": 16, **change})
    split = play(config, "portions", knobs={"lengths": [length], "stalls": stalls})
    assert split["digest"] == whole[seed], f"portions of {length}: other results"


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize("fmt", in_turn(FORMATS, 4))
def test_special_values_across_portions(play: Play, fmt: str) -> None:
    """Infinities, NaN, cancellation and carries that meet only in the combiner, in all formats."""
    slots = 1 if fmt in ("bf16", "int16") else 5
    config = configs.load("default", {"Format": fmt, "NumSdpe": 2, "Portions": slots})
    play(config, "portions", knobs={"lengths": [2, 3]})


@pytest.mark.runs(full=True, on="verilator")
@pytest.mark.toggles
def test_two_engines(play: Play) -> None:
    """Verilator counts toggles in vectors of up to 256 bits: of the parts of two engines, not of eight."""
    config = configs.load("default", {"NumSdpe": 2, "Portions": 2, "CoordWidth": 32})
    play(config, "portions", "tails", "specials", "extents", "filled")


@pytest.mark.runs(full=True, on="verilator")
def test_sequence_on_eight_engines(play: Play, simulator: str) -> None:
    play(quick_config(simulator), "portions", knobs={"lengths": [1, 2, 3, 4, 5, 16, 2**31], "count": 3})


@pytest.mark.runs(full=True, on="icarus")
def test_one_slot_while_nobody_takes_results(play: Play) -> None:
    """The fewest places everywhere and a slow host: all parts wait for each other, without a deadlock."""
    config = configs.load("default", {"NumSdpe": 3, "Portions": 1, "ResultDepth": 2, "MemBanks": 1})
    play(config, "portions", knobs={"lengths": [1], "stalls": {"result": "bursty"}})


@pytest.mark.runs(full=True)
def test_workloads_give_the_bytes_of_whole_dot_products(play_on: Play) -> None:
    """Two with and without portions of 16; LIST=long has all, with 32 engines and on both simulators."""
    pairs = ["3x512_nnz500", "3x3x1024_d0.05"]
    split, whole = (
        play_on("verilator", "default", "workloads", knobs={"pairs": pairs, "portion": length}) for length in (16, 0)
    )
    assert split["digest"] == whole["digest"]


@pytest.mark.runs(full=True, on="icarus")
def test_soft_reset_forgets_portions(play: Play) -> None:
    """Reset in the middle of split contractions; the next ones are right."""
    config = configs.load("default", {"NumSdpe": 2, "Portions": 2})
    play(config, "resets", knobs={"portion": 2, "after": [10, 30, 70, 150] if LONG else [30, 150]})
