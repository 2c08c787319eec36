# SPDX-License-Identifier: Apache-2.0
"""The command of make bench: its files and its exit status."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from bench import run
from bench.machines import machine
from bench.measure import record
from bench.rows import all_rows

ARGUMENTS = ["--only", "7x7x512_d0.1 paper32", "--no-software"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "FOLDER", tmp_path)
    return tmp_path


def measured(problems: list[str]):
    """Return a stand-in for measure() in which every run ends with these problems."""

    def measure(rows, jobs, progress):
        progress(len(rows), "")
        return [record(row, machine(row.config), {"failure": "none"}, problems) for row in rows]

    return measure


def test_all_right(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "measure", measured([]))
    assert run.main(ARGUMENTS) == 0
    [row] = json.loads((folder / "results.json").read_text())["rows"]
    assert row["workload"] == "7x7x512_d0.1" and row["config"] == "paper32" and row["checked"]
    assert (folder / "index.html").exists() and (folder / "tables.md").exists()


def test_software_of_the_rows_from_outside_is_measured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same run, so that the claim has both; each workload once."""
    wanted = []
    monkeypatch.setattr(run, "measure", measured([]))
    monkeypatch.setattr(run.outside, "measure_all", lambda points, jobs, progress: [])
    monkeypatch.setattr(run.software, "measure", lambda workloads: wanted.extend(workloads) or {})
    assert run.main(["--only", "3x3x1024_d0.01 fast32"]) == 0
    assert wanted == ["3x3x1024_d0.01"]
    assert run.main(["--only", "3x3x1024_d0.01 fast32 memory"]) == 0
    assert wanted == ["3x3x1024_d0.01"] * 2


def test_a_wrong_result_ends_with_status_1(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "measure", measured(["result (1,) is missing"]))
    assert run.main(ARGUMENTS) == 1
    assert "result (1,) is missing" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--only", "nothing"], ["--config", "fastest"]])
def test_filters_that_nothing_passes(arguments: list[str]) -> None:
    assert run.main(arguments) == 2


def test_names_and_numbers_are_whole_at_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """Only names of machines with options may be folded."""
    counts = dict.fromkeys(("cycles", "bound", "load_cycles", "unload_cycles"), 123_456)
    rows = [row for row in all_rows() if ":" not in row.config]
    for begin in range(0, len(rows), run.MAX_SHOWN):
        some = rows[begin : begin + run.MAX_SHOWN]
        run.show(
            [
                record(row, machine(row.config), {}, []) | counts | {"balance_percent": 100.0, "busy_percent": 100.0}
                for row in some
            ],
            Console(width=80),
        )
        lines = [line.split() for line in capsys.readouterr().out.splitlines()]
        for row in some:
            assert [row.workload, row.config, *["123,456"] * 4, "100", "100", "yes"] in lines
