# SPDX-License-Identifier: Apache-2.0
"""A failing test prints its reason and the command that repeats it."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from sim import failures
from sim.failures import repeat_lines
from sim.options import Options, environment, options
from tests.completed import completed

FAILING = """
import warnings
import pytest
from sim import configs
from sim.options import options
from tb.env.run import run_sequences

def test_it(simulator, seed):
    warnings.warn("of a library", DeprecationWarning)
    print("chatter")
    assert options().runs != {taken!r}
    run_sequences(configs.load("tiny"), simulator, ["smoke"], "failing", seed,
                  test_module="tests.top.negative_tests", testcase="=AlteredModel")
"""


def run_pytest(*arguments: str) -> subprocess.CompletedProcess:
    """Run pytest with the fixtures of the suite, as a separate command."""
    ours = {**os.environ, **environment(runs="")}
    return completed("python -m pytest -c pyproject.toml -p tests.conftest", *arguments, env=ours)


@pytest.mark.needs("iverilog")
def test_a_failing_test_shows_its_message_last_and_how_to_repeat_it(tmp_path: Path) -> None:
    """The command runs beside this session, in another folder: build/runs is in use."""
    path = tmp_path / "test_failing.py"
    path.write_text(FAILING.format(taken=options().runs))
    done = run_pytest(str(path), "--simulator=icarus", "--seed=7", "--long")
    told = done.stdout
    assert done.returncode == 1
    for noise in ("Traceback", "iverilog", "INFO", "of a library", "chatter", "simulation.py"):
        assert noise not in told, noise
    assert "contraction 1 (smoke, seed 7), at " in told
    repeat = re.search(r"^repeat: (make test TEST='\S*::test_it\[icarus\]' SEED=7 LONG=1)$", told, re.M)
    assert repeat and f"with waves: {repeat[1]} WAVES=1\n" in told
    assert len(told.splitlines()) < 25
    assert told.index("log: ") < told.index("repeat: ")


def test_a_name_with_characters_of_the_shell_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "tests/a.py::b[(1, 2)-x] (call)")
    chosen = Options(seed=5)
    monkeypatch.setattr(failures, "options", lambda: chosen)
    line = """repeat: make test TEST="'tests/a.py::b[(1, 2)-x]'" SEED=5"""
    assert repeat_lines()[0] == line
    chosen = Options(seed=5, full=True)
    assert repeat_lines()[0] == f"{line} FULL=1"
