# SPDX-License-Identifier: Apache-2.0
"""Regressions on a real Slurm of two nodes: all runs pass, also when a worker is killed in the middle."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import runs

SCRIPT = Path(__file__).parent / "slurm.sh"


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start the cluster, and return the environment variable for its commands."""
    folder = tmp_path_factory.mktemp("slurm")
    subprocess.run([SCRIPT, "start", folder], check=True)
    yield {"SLURM_CONF": str(folder / "slurm.conf")}
    subprocess.run([SCRIPT, "stop", folder], check=True)


def jobs(slurm: dict[str, str]) -> list[str]:
    """Return the numbers of the running jobs."""
    return subprocess.run(
        ["squeue", "-h", "-t", "running", "-o", "%A"],
        env={**os.environ, **slurm},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()


def test_a_regression_survives_the_death_of_a_worker(slurm: dict[str, str], tmp_path: Path) -> None:
    process = runs.start(tmp_path, 20, "--on=slurm", "--jobs=2", variables=slurm)
    early = runs.wait_for(tmp_path, 4)
    working = jobs(slurm)
    assert len(working) == 2, "a worker per node"
    subprocess.run(["scancel", "--signal=KILL", "--full", working[0]], check=True, env={**os.environ, **slurm})
    told, _ = process.communicate(timeout=runs.PATIENCE)
    assert process.returncode == 0 and "20 of 20 runs passed" in told, told
    found = runs.records(tmp_path)
    assert len(found) == 20 and all(record["passed"] for record in found.values())
    for name, record in early.items():
        assert found[name] == record, f"{name} was done twice"
    assert not jobs(slurm), "no worker is left behind"
