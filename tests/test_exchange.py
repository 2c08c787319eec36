# SPDX-License-Identifier: Apache-2.0
"""docs/exchanging_a_block.md is followed to the letter, in a copy of the project."""

import os
import re
import shutil
from pathlib import Path

import pytest

from sim.options import environment
from sim.toolchain import ROOT
from tests.completed import completed

GUIDE = ROOT / "docs" / "exchanging_a_block.md"
CHANGE = re.compile(r"```diff\n\+\+\+ (\S+)\n(.*?)```", re.DOTALL)
IGNORED = shutil.ignore_patterns("build", ".git", ".venv", ".*_cache", "__pycache__", ".hypothesis")


def follow(guide: str, root: Path) -> list[str]:
    """Make the changes of a guide below root; return the names of the files."""
    changes = CHANGE.findall(guide)
    for name, text in changes:
        lines = text.splitlines()
        old = "".join(line[1:] + "\n" for line in lines if line[0] == " ")
        new = "".join(line[1:] + "\n" for line in lines)
        path = root / name
        if old:
            before = path.read_text()
            assert before.count(old) == 1, f"{name}: {old!r} occurs {before.count(old)} times"
            path.write_text(before.replace(old, new))
        else:
            assert not path.exists(), f"{name} is there already"
            path.write_text(new)
    return [name for name, _ in changes]


def call(root: Path, *command: str) -> str:
    """Run a Python module in the copy, which has its own folders, and return its output.

    Its cover points differ, so `make cov` must not count them.
    """
    ours = {**os.environ, **environment(runs="", coverage=False)}
    done = completed("python -m", *command, cwd=root, env=ours)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.runs(on="icarus")
def test_the_scheduler_of_the_guide_works(simulator: str, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(ROOT, root, ignore=IGNORED)
    assert follow(GUIDE.read_text(), root)
    call(root, "tools.packaging.lists")
    call(root, "pytest", "-x", "tests/blocks/paper/test_scheduler.py", "-k", "lowest", "--simulator", simulator)
    printed = call(root, "tb.cli.sim", "--config", "lowest8", "--seq", "smoke", "--sim", simulator)
    assert "lowest8" in printed and "agrees" in printed
