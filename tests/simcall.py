# SPDX-License-Identifier: Apache-2.0
"""Calls of `make sim` inside a test."""

import hashlib
import json

import pytest

from sim.toolchain import BUILD
from tb.cli import sim
from tb.cli.common import MISTAKE


@pytest.fixture
def own_folders(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a test its own folders: tests run side by side, and beside a user's `make sim`.

    The name of a folder is printed, so it contains no word that the test might search.
    """
    name = f"cli-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]}"
    monkeypatch.setattr(sim, "RUN_NAME", name)
    monkeypatch.setattr(sim, "FOLDER", BUILD / name)


def last_summary() -> dict:
    """Return the summary of the last run."""
    return json.loads((sim.FOLDER / "summary.json").read_text())


def refused(capsys: pytest.CaptureFixture, *arguments: str) -> str:
    """Run `make sim`, which must refuse with one line, and return that line."""
    assert sim.main(arguments) == MISTAKE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    return line
