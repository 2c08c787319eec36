# SPDX-License-Identifier: Apache-2.0
"""Regressions that are killed: nothing is lost and nothing done twice. 500 runs: the engine's cost."""

import time
from pathlib import Path

import psutil
import pytest

from tests.cluster import runs

WORKERS = 2
MOST_OVERHEAD = 1.15  # limit of wall time over the simulations' time per worker


def test_a_killed_regression_goes_on_where_it_was(tmp_path: Path) -> None:
    process = runs.start(tmp_path, 20, f"--jobs={WORKERS}")
    runs.wait_for(tmp_path, 6)
    family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    for member in family:
        member.kill()
    psutil.wait_procs(family, timeout=30)
    early = runs.records(tmp_path)
    assert len(early) < 20, "it was killed too late"
    again = runs.start(tmp_path, 20, f"--jobs={WORKERS}")
    told, _ = again.communicate(timeout=runs.PATIENCE)
    assert again.returncode == 0 and f"{len(early)} runs have passed before" in told, told
    found = runs.records(tmp_path)
    assert len(found) == 20 and all(record["passed"] for record in found.values())
    for name, record in early.items():
        assert found[name] == record, f"{name} was done twice"


def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    process = runs.start(tmp_path, 20, f"--jobs={WORKERS}")
    early = runs.wait_for(tmp_path, 6)
    workers = [
        child
        for child in psutil.Process(process.pid).children(recursive=True)
        if any(grandchild.name() == "vvp" for grandchild in child.children())
    ]
    workers[0].kill()
    told, _ = process.communicate(timeout=runs.PATIENCE)
    assert process.returncode == 0 and "20 of 20 runs passed" in told, told
    found = runs.records(tmp_path)
    for name, record in early.items():
        assert found[name] == record, f"{name} was done twice"


@pytest.mark.timeout(7200)
def test_500_runs_cost_little_beside_their_simulations(tmp_path: Path) -> None:
    began = time.monotonic()
    process = runs.start(tmp_path, 500, f"--jobs={WORKERS}")
    told, _ = process.communicate(timeout=7000)
    wall = time.monotonic() - began
    assert process.returncode == 0 and "500 of 500 runs passed" in told, told
    simulated = sum(record["seconds"] for record in runs.records(tmp_path).values())
    print(f"{wall:.1f} s of wall time, {simulated:.1f} s of simulations on {WORKERS} workers")
    assert wall <= MOST_OVERHEAD * simulated / WORKERS
