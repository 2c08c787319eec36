# SPDX-License-Identifier: Apache-2.0
"""Times: the records of builds and runs, and the summaries of make test and make test-times."""

import datetime
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from sim import times
from sim.options import decided
from tools import test_times

RECORDS = [
    {"kind": "session", "cpu": 100.0},
    {"kind": "session", "cpu": 50.0},
    {"kind": "suite", "wall": 90.0},
    {"kind": "build", "simulator": "verilator", "name": "flaash_top", "cpu": 40.0},
    {"kind": "run", "simulator": "icarus", "name": "long", "cpu": 20.0},
    {"kind": "run", "simulator": "icarus", "name": "short", "cpu": 10.0},
]


def test_what_children_take_is_recorded(tmp_path: Path) -> None:
    before = times.cpu(resource.RUSAGE_CHILDREN)
    with decided(times=str(tmp_path)), times.measured("run", "icarus", "busy"):
        subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"], check=True)
    took = times.cpu(resource.RUSAGE_CHILDREN) - before
    [item] = times.read(tmp_path)
    assert (item["kind"], item["simulator"], item["name"]) == ("run", "icarus", "busy")
    assert 0 < item["cpu"] <= took <= item["wall"] + 1
    with decided(times=""):
        times.record("run", cpu=1.0)  # recorded nowhere, where no folder is named
    assert item["test"].endswith("test_what_children_take_is_recorded")


def test_summary() -> None:
    assert times.summary(RECORDS, 90) == (
        "1.5 minutes of wall time, 2.5 of the processors: builds 0.7, simulations 0.5, Python 1.3"
    )


def test_tables_add_up() -> None:
    text = test_times.tables(RECORDS, 2, datetime.date(2026, 11, 25))
    assert text.startswith("November 2026, 2 processors: 1.5 minutes of wall time.")
    assert "| Verilator, builds | 1 | 40 | 27% |" in text and "| Icarus, simulations | 2 | 30 | 20% |" in text
    assert "| Python: pytest, models, commands | | 80 | 53% |" in text and "| all | | 150 | 100% |" in text
    assert text.index("| flaash_top |") < text.index("| long |") < text.index("| short |")


def test_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(times, "read", lambda folder: RECORDS)
    assert test_times.main() == 0 and "| flaash_top | verilator | build | 40.0 |" in capsys.readouterr().out
    monkeypatch.setattr(times, "read", lambda folder: RECORDS[3:])  # of a part of the suite
    assert test_times.main() == 2 and "first 'make test'" in capsys.readouterr().err
