# SPDX-License-Identifier: Apache-2.0
"""The Makefile hands what the user gives to the commands behind it, whatever characters it has."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tb.cli import report, sim
from tb.common.toolchain import ROOT

ODD = "it's \"a\" ; \\"  # a value with what a shell takes for its own
MAKEFILE = (ROOT / "Makefile").read_text()


def make(*arguments: str, cwd: Path = ROOT, check: bool = False) -> subprocess.CompletedProcess:
    """Call make as a user would, whatever make has called the suite with."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MAKELEVEL", "FLAASH_BUILD", "FLAASH_RUNS")}
    return subprocess.run(["make", *arguments], cwd=cwd, env=environment, capture_output=True, text=True,
                          check=check)


def words(target: str, module: str, *variables: str) -> list[str]:
    """Return the arguments that `make target` would give to a Python module, as the shell cuts them."""
    shown = make("-n", target, *variables, check=True).stdout
    (command,) = (line for line in shown.replace("\\\n", " ").splitlines() if f" -m {module} " in line)
    return shlex.split(command.partition(f" -m {module} ")[2])


def test_make_passes_its_variables_on() -> None:
    given = words("sim", "tb.cli.sim", "A=a b.tns", "B=b.tns", "AXES=-1,2:0,-1", "OUT=c.npz", "SIM=icarus",
                  "CONFIG=tiny", "SEQ=file", "SEED=-7", "PORTION=16", "LONG_LINES=6", "WAVES=1", "SEEDS=1-3",
                  "JOBS=4", "EINSUM=ij, jk -> ik", "EDGE=memory", "RENUMBER=1", "RERUN=all")
    assert vars(sim.parser().parse_args(given)) == {
        "a": "a b.tns", "b": "b.tns", "axes": "-1,2:0,-1", "out": "c.npz", "sim": "icarus", "config": "tiny",
        "seq": "file", "seed": "-7", "portion": "16", "long_lines": "6", "waves": True, "seeds": "1-3",
        "jobs": "4", "einsum": "ij, jk -> ik", "edge": "memory", "renumber": "1", "rerun": "all"}


@pytest.mark.parametrize("variable", ["A", "B", "AXES", "EINSUM", "OUT", "SIM", "CONFIG", "SEQ", "SEED",
                                      "PORTION", "LONG_LINES", "EDGE", "RENUMBER"])
def test_any_value_is_one_word_of_make_sim(variable: str) -> None:
    assert f"--{variable.lower().replace('_', '-')}={ODD}" in words("sim", "tb.cli.sim", f"{variable}={ODD}")


@pytest.mark.parametrize(("target", "module", "variables"), [
    ("fuzz", "tools.fuzz", ("MINUTES", "SEED")),
    ("faults", "tools.faults", ("ONLY",)),
    ("operator-faults", "tools.operator_faults", ("SEED", "COUNT", "ONLY")),
    ("regress", "tb.cli.regress", ("LIST", "SEEDS", "ONLY", "RERUN", "SIM", "CONFIG", "ON")),
    ("formal", "tools.formal", ("ONLY",)),
    ("silicon", "tools.silicon", ("ONLY", "LIBERTY", "SLOW", "MACROS", "TECH", "POWER")),
    ("bench", "bench.run", ("ONLY", "NUM_SDPE", "CONFIG", "CLOCK_MHZ", "FMAX_MHZ")),
])
def test_any_value_is_one_word_elsewhere(target: str, module: str, variables: tuple[str, ...]) -> None:
    given = words(target, module, *(f"{name}={ODD}" for name in variables))
    assert [word for word in given if not word.startswith("--jobs=")] == [
        f"--{name.lower().replace('_', '-')}={ODD}" for name in variables]


@pytest.mark.parametrize("name", [ODD, "-x", ""])
def test_any_name_of_a_sequence_is_one_word(name: str) -> None:
    assert words("new-sequence", "tb.cli.new_sequence", f"NAME={name}") == ["--", name]


def test_a_misspelt_variable_is_refused() -> None:
    run = make("-n", "sim", "AXIS=0:0", "A=a.tns")
    assert run.returncode and "there is no variable AXIS; 'make help'" in run.stderr


@pytest.mark.parametrize(("target", "variable"), [
    ("lint", "SEED"), ("test", "CONFIG"), ("sim", "TEST"), ("cov", "SIM"), ("cov", "WAVES"),
    ("formal", "SEED"), ("fuzz", "TEST"), ("new-sequence", "SEED"), ("clean", "SIM"), ("regress", "A")])
def test_a_variable_that_a_target_does_not_take_is_refused(target: str, variable: str) -> None:
    run = make("-n", target, f"{variable}=1")
    assert run.returncode and f"make {target} does not take {variable}; it takes" in run.stderr


def test_a_path_with_blanks_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "a b"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    for run in (make("sim", cwd=folder), make("sim", f"BUILD={folder}/x")):
        assert run.returncode and "there are blanks in the path" in run.stderr
        assert len([line for line in run.stderr.splitlines() if "***" in line]) == 1
    assert [path.name for path in folder.iterdir()] == ["Makefile"]


@pytest.mark.parametrize("given", [
    ["--seq=random", "--seed=9", "--sim=icarus", "--config=paper2"],
    [f"--a={ODD}", "--b=cost$x.tns", "--axes=-1:-1", "--out=c.npz", "--portion=16", "--config=split8"]])
def test_the_repeat_line_of_make_sim_is_the_same_run(given: list[str]) -> None:
    options = sim.parser().parse_args(given)
    repeat, waves = report.repeat_lines(options)
    for line, traced in ((repeat.partition(": ")[2], False), (waves.partition(": ")[2], True)):
        make_, target, *variables = shlex.split(line)
        again = sim.parser().parse_args(words(target, "tb.cli.sim", *variables))
        assert make_ == "make" and vars(again) == {**vars(options), "waves": traced}


def test_test_passes_its_variables_on() -> None:
    given = words("test", "pytest", "SEED=3", "SIM=icarus", "WAVES=1", "LONG=1", "TEST=tests/x.py::y")
    assert given[-6:] == ["-o", "timeout=7200", "--seed=3", "--simulator=icarus", "--waves", "tests/x.py::y"]


def test_the_full_suite_is_asked_for() -> None:
    assert "FLAASH_FULL=1 " in make("-n", "test", "FULL=1", check=True).stdout
    assert "FLAASH_FULL" not in make("-n", "test", check=True).stdout


def test_a_missing_test_file_is_named() -> None:
    run = subprocess.run([sys.executable, "-m", "pytest", "-n", "2", "tests/nope.py::test_x"], cwd=ROOT,
                         capture_output=True, text=True, check=False)
    assert run.returncode and "there is no tests/nope.py" in run.stderr


def test_each_variable_is_in_the_help() -> None:
    shown = make("help", check=True).stdout
    help_of = dict(line.split(maxsplit=1) for line in shown.splitlines())
    rules = re.findall(r"^([a-z-]+):.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    used = {(target, name) for target, recipe in rules
            for name in re.findall(r"\$\(call option,[a-z-]+,(\w+)\)", recipe)}
    assert ("bench", "CLOCK_MHZ") in used
    for target, name in used:
        assert f"{name}=" in help_of[target], f"make {target}: {name}"
