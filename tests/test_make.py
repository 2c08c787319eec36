# SPDX-License-Identifier: Apache-2.0
"""The Makefile hands what the user gives to the commands behind it, whatever characters it has."""

import re
import shlex
import subprocess
import sys

import pytest

from tb.cli import sim
from tb.common.toolchain import ROOT

ODD = "it's \"a\" ; \\"  # a value with what a shell takes for its own
MAKEFILE = (ROOT / "Makefile").read_text()


def words(target: str, module: str, *variables: str) -> list[str]:
    """Return the arguments that `make target` would give to a Python module, as the shell cuts them."""
    shown = subprocess.run(["make", "-n", target, *variables], cwd=ROOT, capture_output=True, text=True,
                           check=True).stdout
    (command,) = (line for line in shown.replace("\\\n", " ").splitlines() if f" -m {module} " in line)
    return shlex.split(command.partition(f" -m {module} ")[2])


def test_make_passes_its_variables_on() -> None:
    given = words("sim", "tb.cli.sim", "A=a b.tns", "B=b.tns", "AXES=-1,2:0,-1", "OUT=c.npz", "SIM=icarus",
                  "CONFIG=tiny", "SEQ=file", "SEED=-7", "PORTION=16", "LONG_LINES=6", "WAVES=1",
                  "EINSUM=ij, jk -> ik")
    assert vars(sim.parser().parse_args(given)) == {
        "a": "a b.tns", "b": "b.tns", "axes": "-1,2:0,-1", "out": "c.npz", "sim": "icarus", "config": "tiny",
        "einsum": "ij, jk -> ik", "seq": "file", "seed": "-7", "portion": "16", "long_lines": "6",
        "waves": True}


@pytest.mark.parametrize("variable", ["A", "B", "AXES", "EINSUM", "OUT", "SIM", "CONFIG", "SEQ", "SEED",
                                      "PORTION", "LONG_LINES"])
def test_any_value_is_one_word_of_make_sim(variable: str) -> None:
    assert f"--{variable.lower().replace('_', '-')}={ODD}" in words("sim", "tb.cli.sim", f"{variable}={ODD}")


@pytest.mark.parametrize(("target", "module", "variables"), [
    ("fuzz", "tools.fuzz", ("JOBS", "MINUTES", "SEED")),
    ("faults", "tools.faults", ("ONLY",)),
    ("formal", "tools.formal", ("JOBS", "ONLY")),
    ("cost", "tools.cost", ("JOBS", "ONLY")),
    ("bench", "bench.run", ("JOBS", "ONLY", "NUM_SDPE", "CONFIG", "CLOCK_MHZ", "FMAX_MHZ")),
])
def test_any_value_is_one_word_elsewhere(target: str, module: str, variables: tuple[str, ...]) -> None:
    assert words(target, module, *(f"{name}={ODD}" for name in variables)) == [
        f"--{name.lower().replace('_', '-')}={ODD}" for name in variables]


@pytest.mark.parametrize("name", [ODD, "-x", ""])
def test_any_name_of_a_sequence_is_one_word(name: str) -> None:
    assert words("new-sequence", "tb.cli.new_sequence", f"NAME={name}") == ["--", name]


def test_a_misspelt_variable_is_refused() -> None:
    run = subprocess.run(["make", "-n", "sim", "AXIS=0:0", "A=a.tns"], cwd=ROOT, capture_output=True,
                         text=True, check=False)
    assert run.returncode and "there is no variable AXIS; 'make help'" in run.stderr


def test_a_missing_test_file_is_named() -> None:
    run = subprocess.run([sys.executable, "-m", "pytest", "-n", "2", "tests/nope.py::test_x"], cwd=ROOT,
                         capture_output=True, text=True, check=False)
    assert run.returncode and "there is no tests/nope.py" in run.stderr


def test_each_variable_is_in_the_help() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    help_of = dict(line.split(maxsplit=1) for line in shown.splitlines())
    rules = re.findall(r"^([a-z-]+):.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    used = {(target, name) for target, recipe in rules
            for name in re.findall(r"\$\(call option,[a-z-]+,(\w+)\)", recipe)}
    assert ("bench", "CLOCK_MHZ") in used
    for target, name in used:
        assert f"{name}=" in (shown if name == "JOBS" else help_of[target]), f"make {target}: {name}"
