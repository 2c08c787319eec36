# SPDX-License-Identifier: Apache-2.0
"""Dot products split into portions: the results are the same bytes as with whole dot products.

Each run compares every result with the exact model, which has no portions, and every count of portions with
the rule. In addition the digests of all results are compared with each other.
"""

import functools
from collections.abc import Mapping

import pytest

from sim import configs
from tb.env.run import run_sequences
from tests.share import LONG
from tests.top.common import SPLIT8, STREAM, quick_config

LENGTHS = (0, 1, 2, 3, 16)
TURNS = 12
# Machines; each runs with every length of portions, a twelfth of all that per seed.
MACHINES: list[dict[str, int | str]] = [
    {"NumSdpe": 1, "Portions": 1},
    {"NumSdpe": 3, "Portions": 2, "Lanes": 1},
    {"NumSdpe": 8, "Scheduler": "round_robin", "MemLatency": 20},
    {"NumSdpe": 5, "Lanes": 2, "MemBanks": 1},
    {"NumSdpe": 2, "Lanes": 8, "Memory": "ideal", "Portions": 64},
    {"NumSdpe": 4, "ResultDepth": 2, "Portions": 3, "CoordWidth": 32, "Scheduler": "round_robin"},
    {"NumSdpe": 6, "MemLatency": 1},
    {"Engine": "resident", "NumSdpe": 5, "GroupSize": 2, "Portions": 2},
    {"Engine": "resident", "NumSdpe": 2, "GroupSize": 1, "Lanes": 1, "Memory": "ideal", "ResultDepth": 2},
]
STALLS = ({}, {"result": "bursty"}, {"operand": "random", "result": "single"})
FORMATS = ("fp32", "bf16", "int8", "int16")
MACHINE = {"merge": STREAM, "resident": "default"}


def label(change: Mapping[str, object]) -> str:
    return ",".join(f"{name}={value}" for name, value in change.items())


def play(config: configs.Config, simulator: str, name: str, seed: int, sequence: str, **knobs) -> str:
    """Run a sequence in which every result must agree, and return the digest of all results."""
    run = run_sequences(config, simulator, [sequence], name, seed, {sequence: knobs})
    assert run.summary["passed"] and run.summary["mismatches"] == 0 and run.summary["compared"] > 0
    return run.summary["digest"]


@functools.cache
def whole(seed: int) -> str:
    """Return the digest of the results on the machine of the other engine, which can't split."""
    return play(configs.load("default", {"NumSdpe": 2}), "icarus", "portions-whole", seed, "portions", lengths=[0])


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize(
    ("change", "length", "stalls"),
    [
        pytest.param(
            change,
            length,
            STALLS[(first + number) % len(STALLS)],
            id=f"{label(change)}-{length}",
            marks=pytest.mark.runs(turn=((first + number * len(MACHINES)) % TURNS, TURNS)),
        )
        for first, change in enumerate(MACHINES)
        for number, length in enumerate(LENGTHS)
    ],
)
def test_every_machine_and_length_gives_the_same_bytes(
    simulator: str, change: dict, length: int, stalls: dict[str, str], seed: int
) -> None:
    """45 configurations, machines by lengths; each time under other stalls."""
    digest = play(
        configs.load(STREAM, {"Portions": 16, **change}),
        simulator,
        f"portions-{label(change)}-{length}-{simulator}",
        seed,
        "portions",
        lengths=[length],
        stalls=stalls,
    )
    assert digest == whole(seed), f"portions of {length}: other results"


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize(
    ("fmt", "engine"),
    [
        pytest.param(fmt, engine, marks=pytest.mark.runs(turn=(2 * number + turn, 8)))
        for number, fmt in enumerate(FORMATS)
        for turn, engine in enumerate(("merge", "resident"))
    ],
)
def test_special_values_across_portions(simulator: str, fmt: str, engine: str, seed: int) -> None:
    """Infinities, NaN, cancellation and carries that meet only in the combiner, in all formats."""
    slots = 1 if fmt in ("bf16", "int16") else 5
    config = configs.load(MACHINE[engine], {"Format": fmt, "NumSdpe": 2, "Portions": slots})
    play(config, simulator, f"portions-{fmt}-{engine}-{simulator}", seed, "portions", lengths=[2, 3])


@pytest.mark.runs(full=True, on="verilator")
@pytest.mark.toggles
@pytest.mark.parametrize("engine", ["merge", "resident"])
def test_two_engines(simulator: str, engine: str, seed: int) -> None:
    """Verilator counts toggles in vectors of up to 256 bits: of the parts of two engines, not of eight."""
    config = configs.load(MACHINE[engine], {"NumSdpe": 2, "Portions": 2, "CoordWidth": 32})
    sequences = ["portions", "tails", "specials", "extents", "filled"]
    run = run_sequences(config, simulator, sequences, f"portions-two-{engine}-{simulator}", seed)
    assert run.summary["passed"] and run.summary["compared"] > 0


@pytest.mark.runs(full=True, on="verilator")
@pytest.mark.parametrize("engine", ["merge", "resident"])
def test_sequence_on_eight_engines(simulator: str, engine: str, seed: int) -> None:
    play(
        {"merge": SPLIT8, "resident": quick_config(simulator)}[engine],
        simulator,
        f"portions-eight-{engine}-{simulator}",
        seed,
        "portions",
        lengths=[1, 2, 3, 4, 5, 16, 2**31],
        count=3,
    )


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize("engine", ["merge", "resident"])
def test_one_slot_while_nobody_takes_results(simulator: str, engine: str, seed: int) -> None:
    """The fewest places everywhere and a slow host: all parts wait for each other, without a deadlock."""
    config = configs.load(MACHINE[engine], {"NumSdpe": 3, "Portions": 1, "ResultDepth": 2, "MemBanks": 1})
    play(
        config,
        simulator,
        f"portions-tight-{engine}-{simulator}",
        seed,
        "portions",
        lengths=[1],
        stalls={"result": "bursty"},
    )


@pytest.mark.runs(full=True)
def test_workloads_give_the_bytes_of_whole_dot_products(seed: int) -> None:
    """Two with and without portions of 16; LIST=long has all, with 32 engines and on both simulators."""
    pairs = ["3x512_nnz500", "3x3x1024_d0.05"]
    digests = {
        play(
            SPLIT8,
            "verilator",
            f"portions-workloads-{length}",
            seed,
            "workloads",
            pairs=pairs,
            portion=length,
        )
        for length in (0, 16)
    }
    assert len(digests) == 1


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize("engine", ["merge", "resident"])
def test_soft_reset_forgets_portions(simulator: str, engine: str, seed: int) -> None:
    """Reset in the middle of split contractions; the next ones are right."""
    config = configs.load(MACHINE[engine], {"NumSdpe": 2, "Portions": 2})
    play(
        config,
        simulator,
        f"portions-resets-{engine}-{simulator}",
        seed,
        "resets",
        portion=2,
        after=[10, 30, 70, 150] if LONG else [30, 150],
    )


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change, marks=pytest.mark.runs(turn=(number, 2)), id=label(change))
        for number, change in enumerate(({"Scheduler": "round_robin"}, {"Lanes": 2}))
    ],
)
def test_long_jobs_first_give_the_same_bytes(simulator: str, change: dict, seed: int) -> None:
    """In order, with long jobs first, and that with portions: one digest."""
    config = configs.load(STREAM, {"NumSdpe": 3, "Portions": 16, **change})
    digests = {
        play(
            config,
            simulator,
            f"long-{label(change)}-{lines}-{portion}-{simulator}",
            seed,
            "workloads",
            pairs=["3x512_nnz500"],
            long_lines=lines,
            portion=portion,
            run_length=1,
        )
        for lines, portion in ((0, 0), (80, 0), (80, 64))
    }
    assert len(digests) == 1
