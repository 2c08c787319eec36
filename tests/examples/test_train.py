# SPDX-License-Identifier: Apache-2.0
"""The example that trains a network: the loss is PyTorch's, weights stay pruned, errors are one line."""

import os
import re
import subprocess

import pytest

from sim.toolchain import ROOT
from tests.completed import completed

PROGRAM = ROOT / "examples" / "train" / "train.py"


def train(*options: str, without: str = "") -> subprocess.CompletedProcess:
    """Run the example, perhaps without a library."""
    code = (
        f"import runpy, sys; sys.modules.update(dict.fromkeys({without.split()!r})); sys.argv[0] = {str(PROGRAM)!r}; "
    )
    code += f"runpy.run_path({str(PROGRAM)!r}, run_name='__main__')"
    return completed("python -W ignore -c", code, *options, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_a_library_that_is_missing() -> None:
    for name in ("torch", "sklearn"):
        done = train(without=name)
        assert done.returncode == 1 and done.stderr.count("\n") == 1
        assert done.stderr.startswith("error: this example needs PyTorch and scikit-learn (")


@pytest.mark.parametrize("on", ["model", "icarus"])
def test_the_loss_is_pytorch_s(on: str) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    small = ["--config=tiny", "--batch=4", "--hidden=8", "--steps=2"] if on == "icarus" else ["--steps=40"]
    done = train(f"--on={on}", *small)
    assert done.returncode == 0, done.stderr
    head, *steps, first, second = done.stdout.splitlines()
    losses = [[float(word) for word in line.split()[1:3]] for line in steps]
    assert all(abs(ours - theirs) <= 1e-5 * theirs for ours, theirs in losses), done.stdout
    assert head.split()[0] == "step" and all(line.split()[4] == "5" for line in steps)
    assert all(re.search(r" 0 grown$", line) for line in (first, second))
    assert on == "icarus" or losses[-1][0] < 0.8 * losses[0][0], "the network learns"


def test_a_mistake_is_one_line() -> None:
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    done = train("--on=model", "--config=int8", "--steps=1")
    assert done.returncode == 1
    assert done.stderr == "error: configuration int8: gradients need a floating-point format, not int8\n"
