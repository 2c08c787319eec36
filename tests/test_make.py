# SPDX-License-Identifier: Apache-2.0
"""The Makefile passes the user's values to its commands, with any characters."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import run as bench
from sim import options
from sim.commands import BUILD_FOLDER
from sim.toolchain import ROOT
from tb.cli import report, sim, waves
from tb.cli.common import MISTAKE
from tests.completed import completed
from tools import faults, formal, fuzz, operator_faults
from tools.silicon import __main__ as silicon

ODD = 'it\'s "a" ; \\'  # a value with special characters of a shell
MAKEFILE = (ROOT / "Makefile").read_text()


def make(*arguments: str, cwd: Path = ROOT, check: bool = False) -> subprocess.CompletedProcess:
    """Call make as a user, independent of the variables with which make has called the suite."""
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", BUILD_FOLDER)
    }
    environment = {**inherited, **options.environment(runs="")}
    return completed("make", *arguments, cwd=cwd, env=environment, check=check)


def words(target: str, module: str, *variables: str) -> list[str]:
    """Return the arguments that `make target` passes to a Python module, as split by the shell."""
    shown = make("-n", target, *variables, check=True).stdout
    (command,) = (line for line in shown.replace("\\\n", " ").splitlines() if f" -m {module} " in line)
    return shlex.split(command.partition(f" -m {module} ")[2])


def test_make_passes_its_variables_on() -> None:
    text = """A=a b.tns|B=b.tns|AXES=-1,2:0,-1|OUT=c.npz|SIM=icarus|CONFIG=tiny|SEQ=file|SEED=-7|PORTION=16|LONG_LINES=6
SEEDS=1-3|JOBS=4|EINSUM=ij, jk -> ik|IF=memory|RENUMBER=1|CHIPS=2|RERUN=all"""
    variables = re.split(r"[|\n]", text)
    given = words("sim", "tb.cli.sim", *variables, "WAVES=1")
    wanted = dict(variable.split("=", 1) for variable in variables)
    wanted["INTERFACE"] = wanted.pop("IF")  # the name in Python
    assert vars(sim.parser().parse_args(given)) == {"waves": True, **{name.lower(): wanted[name] for name in wanted}}


@pytest.mark.parametrize(
    "variable", "A B AXES EINSUM OUT SIM CONFIG SEQ SEED PORTION LONG_LINES IF RENUMBER CHIPS".split()
)
def test_any_value_is_one_word_of_make_sim(variable: str) -> None:
    assert f"--{variable.lower().replace('_', '-')}={ODD}" in words("sim", "tb.cli.sim", f"{variable}={ODD}")


@pytest.mark.parametrize(
    ("target", "module", "variables"),
    [
        ("fuzz", "tools.fuzz", ("MINUTES", "SEED")),
        ("faults", "tools.faults", ("ONLY",)),
        ("operator-faults", "tools.operator_faults", ("SEED", "COUNT", "ONLY")),
        ("regress", "tb.cli.regress", ("LIST", "SEEDS", "ONLY", "RERUN", "SIM", "CONFIG", "ON")),
        ("formal", "tools.formal", ("ONLY",)),
        ("silicon", "tools.silicon", ("ONLY", "LIBERTY", "SLOW", "MACROS", "TECH", "POWER")),
        ("bench", "bench.run", ("ONLY", "NUM_SDPE", "CONFIG", "CLOCK_MHZ", "FMAX_MHZ")),
    ],
)
def test_any_value_is_one_word_elsewhere(target: str, module: str, variables: tuple[str, ...]) -> None:
    given = words(target, module, *(f"{name}={ODD}" for name in variables))
    assert [word for word in given if not word.startswith("--jobs=")] == [
        f"--{name.lower().replace('_', '-')}={ODD}" for name in variables
    ]


@pytest.mark.parametrize("name", [ODD, "-x", ""])
def test_any_name_of_a_sequence_is_one_word(name: str) -> None:
    assert words("new-sequence", "tb.cli.new_sequence", f"NAME={name}") == ["--", name]


def test_a_misspelt_variable_is_refused() -> None:
    run = make("-n", "sim", "AXIS=0:0", "A=a.tns")
    assert run.returncode and "there is no variable AXIS; 'make help'" in run.stderr


NOT_TAKEN = (
    "lint SEED,test CONFIG,sim TEST,cov SIM,cov WAVES,formal SEED,fuzz TEST,new-sequence SEED,clean SIM,regress A"
)


@pytest.mark.parametrize("call", NOT_TAKEN.split(","))
def test_a_variable_that_a_target_does_not_take_is_refused(call: str) -> None:
    target, variable = call.split()
    run = make("-n", target, f"{variable}=1")
    assert run.returncode and f"make {target} does not take {variable}; it takes" in run.stderr


@pytest.mark.parametrize("value", ["abc", "0", "-1", "2.5", "1 2", "it's", ""])
def test_a_wrong_number_of_processes_is_refused(value: str) -> None:
    for target in ("test", "cov", "formal", "sim", "regress"):
        assert f"JOBS={value} is no number of processes" in make("-n", target, f"JOBS={value}").stderr


@pytest.mark.parametrize(
    ("target", "flag"),
    [("sim", "WAVES"), ("test", "FULL"), ("regress", "COV"), ("silicon", "CHECK"), ("operator-faults", "KEEP")],
)
def test_a_flag_is_0_or_1(target: str, flag: str) -> None:
    assert f"{flag}=no is neither 0 nor 1" in make("-n", target, f"{flag}=no").stderr
    off, given, on = (make("-n", target, *more, check=True).stdout for more in ((), (f"{flag}=0",), (f"{flag}=1",)))
    assert off == given != on


def test_another_python_beside_an_environment_is_refused(tmp_path: Path) -> None:
    """Another Python would be ignored. The Python that set the environment up may be named."""
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").symlink_to(sys.executable)
    shutil.copy(ROOT / "Makefile", tmp_path)
    call = ("-n", "help", "BUILD=.")
    assert make(*call, f"PYTHON={sys.executable}", cwd=tmp_path).returncode == 0
    run = make(*call, "PYTHON=python3.99", cwd=tmp_path)
    assert run.returncode and "PYTHON=python3.99 can't be used: ./venv exists, with Python 3." in run.stderr


def test_a_python_that_is_missing_or_too_old_is_named(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    for python in ("python3.99", str(old)):
        run = make("sim", f"PYTHON={python}", cwd=tmp_path)
        assert run.stderr.splitlines()[0] == f"error: PYTHON={python} is no Python 3.11 or newer"
        assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("main", "arguments", "sentence"),
    [
        (operator_faults.main, ["--seed=x"], "SEED: invalid int value: 'x'"),
        (operator_faults.main, ["--count=x"], "COUNT: invalid int value: 'x'"),
        (operator_faults.main, ["--count=0"], "COUNT=0 is not 1 or more"),
        (operator_faults.main, ["--only=nope"], "no file of rtl/ has 'nope'"),
        (faults.main, ["--only=nope"], "no fault's file or text contains 'nope'"),
        (formal.main, ["--only=nope"], "no proof's name contains 'nope'"),
        (fuzz.main, ["--minutes=nan"], "MINUTES: 'nan' is no number above 0"),
        (fuzz.main, ["--minutes=-1"], "MINUTES: '-1' is no number above 0"),
        (fuzz.main, ["--seed=x"], "SEED: invalid int value: 'x'"),
        (silicon.main, ["--tech=asic"], "TECH: invalid choice: 'asic'"),
        (bench.main, ["--num-sdpe=x"], "NUM_SDPE: invalid int value: 'x'"),
        (bench.main, ["--clock-mhz=0"], "CLOCK_MHZ: '0' is no number above 0"),
        (bench.main, ["--fmax-mhz=inf"], "FMAX_MHZ: 'inf' is no number above 0"),
        (waves.main, ["--trace=nope.fst"], "there is no nope.fst"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_it(
    main: Callable, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture
) -> None:
    try:
        status = main(arguments)
    except SystemExit as stopped:
        status = stopped.code
    (line,) = capsys.readouterr().err.splitlines()
    assert status == MISTAKE and line.startswith("error: ") and sentence in line


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--simulator=vcs"], "SIM=vcs: choose one of verilator, icarus"),
        (["--seed=abc"], "SEED=abc is no whole number from 0 on"),
        (["tests/nope.py::test_x"], "there is no tests/nope.py"),
    ],
)
def test_a_wrong_value_of_make_test_is_one_line(arguments: list[str], sentence: str) -> None:
    run = completed("python -m pytest -n 2", *arguments)
    lines = [line for line in run.stderr.splitlines() if line]
    assert run.returncode and lines == [f"ERROR: {sentence}"] and not run.stdout.strip()


@pytest.mark.parametrize("name", ["nope", "test_a_flag_is_0_or_1[nope]"])
def test_an_unknown_test_is_named(name: str) -> None:
    """The workers of a parallel run find nothing."""
    run = completed("python -m pytest -n 1", f"tests/test_make.py::{name}")
    assert run.returncode and f"ERROR: no such test: tests/test_make.py::{name}\n" in run.stdout


def test_a_path_with_blanks_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "a b"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    for run in (make("sim", cwd=folder), make("sim", f"BUILD={folder}/x")):
        assert run.returncode and "there are blanks in the path" in run.stderr
        assert len([line for line in run.stderr.splitlines() if "***" in line]) == 1
    assert [path.name for path in folder.iterdir()] == ["Makefile"]


@pytest.mark.parametrize(
    "given",
    [
        ["--seq=random", "--seed=9", "--sim=icarus", "--config=paper2"],
        ["--seq=random", "--if=memory", "--sim=icarus", "--config=tiny"],
        [f"--a={ODD}", "--b=cost$x.tns", "--axes=-1:-1", "--out=c.npz", "--portion=16", "--config=fast32"],
    ],
)
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
    assert "--full " in make("-n", "test", "FULL=1", check=True).stdout
    assert "--full" not in make("-n", "test", check=True).stdout


def test_python_keeps_what_it_has_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below build/ if the environment wants no such files beside the sources."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    shown = make("--eval", "shown: ; @env", "shown", check=True).stdout
    assert "PYTHONDONTWRITEBYTECODE" not in shown and f"PYTHONPYCACHEPREFIX={ROOT}/build/pycache\n" in shown


def test_each_variable_is_in_the_help() -> None:
    shown = make("help", check=True).stdout
    help_of = dict(line.split(maxsplit=1) for line in shown.splitlines())
    rules = re.findall(r"^([a-z-]+):.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    used = {
        (target, name) for target, recipe in rules for name in re.findall(r"\$\(call option,[a-z-]+,(\w+)\)", recipe)
    }
    assert ("bench", "CLOCK_MHZ") in used
    for target, name in used:
        assert f"{name}=" in help_of[target], f"make {target}: {name}"
