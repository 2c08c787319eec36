# SPDX-License-Identifier: Apache-2.0
"""Fixtures that run sequences on the chip, and rows of sweeps that take turns from seed to seed."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Mapping

import pytest

from sim import configs
from sim.configs import Config
from tb.env.run import run_sequences
from tb.sequences.registry import names

Play = Callable[..., dict]


@pytest.fixture
def play_on(request: pytest.FixtureRequest, seed: int) -> Play:
    """Return a function that runs sequences in which everything agrees, and returns the summary of the run.

    Its arguments:
        simulator: "verilator" or "icarus".
        config: of the chip, or its name.
        sequences: at least one.
        knobs: arguments of the sequences, by sequence; of a single sequence by themselves.
        options: of run_sequences(); the results of a test module of its own are not counted.
    """
    numbers = itertools.count()
    name = re.sub(r"\W+", "-", request.node.nodeid.removeprefix("tests/").replace(".py::", "-"))

    def played(
        simulator: str, config: Config | str, *sequences: str, knobs: Mapping[str, object] | None = None, **options
    ) -> dict:
        chosen = configs.load(config) if isinstance(config, str) else config
        knobs = by_sequence(sequences, knobs)
        number = next(numbers)
        run = run_sequences(
            chosen, simulator, list(sequences), f"{name}{number or ''}-{simulator}", seed, knobs, **options
        )
        if "test_module" not in options:
            assert run.summary["passed"] and run.summary["compared"] > 0 and run.summary["mismatches"] == 0
        return run.summary

    return played


@pytest.fixture
def play(play_on: Play, simulator: str) -> Play:
    """Return the same for the simulator of this test."""
    return functools.partial(play_on, simulator)


def by_sequence(sequences: Iterable[str], knobs: Mapping[str, object] | None) -> Mapping[str, object]:
    """Return knobs by sequence, from these or from the knobs of the only sequence."""
    if not knobs or set(knobs) <= set(names()):
        return knobs or {}
    (alone,) = sequences
    return {alone: knobs}


def label(row: object) -> str:
    """Return the name of a row in the name of a test."""
    return ",".join(f"{name}={value}" for name, value in row.items()) if isinstance(row, Mapping) else str(row)


def in_turn(rows: Iterable[object], of: int, first: int = 0, step: int = 1, **runs: object) -> list:
    """Return the rows as parameters of a test; the seed chooses one in `of`.

    Args:
        rows: values, or tuples of several values.
        of: this number of seeds covers all rows.
        first: of the turns, of the first row.
        step: turns between two rows.
        runs: what the mark `runs` says of each row beside.
    """
    marked = []
    for number, row in enumerate(rows):
        mark = pytest.mark.runs(turn=((first + step * number) % of, of), **runs)
        values = row if isinstance(row, tuple) else (row,)
        marked.append(pytest.param(*values, id="-".join(map(label, values)), marks=mark))
    return marked
