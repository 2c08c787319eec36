# SPDX-License-Identifier: Apache-2.0
"""The progress of a call: on stderr after some seconds, in a terminal, a notebook, or where it is asked for."""

import io
import re
import sys
import threading

import numpy as np
import pytest

import flaash
from flaash import progress
from sim import serve


class Terminal(io.StringIO):
    """A stderr that a person looks at."""

    def isatty(self) -> bool:
        return True


class Notebook(io.StringIO):
    """A stderr as that of a notebook, which is no terminal."""


Notebook.__module__ = "ipykernel.iostream"


def stderr(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> io.StringIO:
    """Replace stderr, and show states at once."""
    monkeypatch.setattr(sys, "stderr", stream)
    for name in ("AFTER", "EVERY", "APART"):
        monkeypatch.setattr(progress, name, 0.0)
    return stream


def call(wanted: bool | None = None) -> None:
    flaash.einsum("bi,bi->b", np.ones((2, 3)), np.ones((2, 3)), on="model", progress=wanted)


LINES = ["flaash: einsum on the model, 0 s: contraction 1 of 2", "flaash: einsum on the model, 0 s: contraction 2 of 2"]


@pytest.mark.parametrize("stream", [Terminal, Notebook])
def test_a_terminal_and_a_notebook_get_one_line(monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO]) -> None:
    """Each state replaces the one before, and the last one is wiped out."""
    told = stderr(monkeypatch, stream())
    call()
    assert told.getvalue() == f"\r{LINES[0]}\r{LINES[1]}\r{'':{len(LINES[1])}}\r"
    call(False)
    assert told.getvalue().count("contraction 1 of 2") == 1


def test_other_outputs_get_lines_only_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    told = stderr(monkeypatch, io.StringIO())
    call()
    assert not told.getvalue()
    call(True)
    assert told.getvalue().splitlines() == LINES


def test_a_short_call_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", told := Terminal())
    call(True)
    assert not told.getvalue() and progress.AFTER >= 2


def test_lines_are_some_time_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    told = stderr(monkeypatch, io.StringIO())
    monkeypatch.setattr(progress, "APART", 60.0)
    with progress.wanted(True), progress.shown("work") as show:
        for state in range(5):
            show(str(state))
    assert told.getvalue() == "flaash: work, 0 s: 0\n"


def test_one_of_several_calls_at_a_time_shows_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    told = stderr(monkeypatch, io.StringIO())
    with progress.wanted(True), progress.shown("outer") as show:
        other = threading.Thread(target=call, args=[True])
        other.start()
        other.join()
        show("")
    assert told.getvalue() == "flaash: outer, 0 s\n"


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize(
    "config, state",
    [
        ("tiny", r"cycle [\d,]+, contraction 2 of 2, \d+ % of its jobs"),
        ("tiny:MemLines=128", r"\d+ of \d+ pairs of tiles, [\d,]+ results"),
    ],
)
def test_a_simulated_chip_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, simulator: str, config: str, state: str
) -> None:
    told = stderr(monkeypatch, io.StringIO())
    monkeypatch.setattr(serve, "LOOK", 0.02)
    rows = np.ones((2, 12, 20))
    with flaash.Chip(config, simulator) as chip:
        flaash.einsum("bij,bkj->bik", rows[:1, :2, :3], rows[:1, :2, :3], on=chip)
        begun = len(told.getvalue())
        flaash.einsum("bij,bkj->bik", rows, rows, on=chip, progress=True)
    assert re.search(state, told.getvalue()[begun:])
