# SPDX-License-Identifier: Apache-2.0
"""What a user notices of make: variables, set-up, missing programs, folders, interruptions, a second command."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

import psutil
import pytest
from filelock import FileLock
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sim import options
from sim.folders import claim
from sim.toolchain import REQUIRED, ROOT, SUITE
from sim.toolchain import packages as debian
from tb.cli import report, sim
from tb.cli.alone import alone
from tb.cli.common import FAILED, MISTAKE
from tests.completed import completed, make, words
from tools import commands, set_up
from tools.__main__ import main

ODD = 'it\'s "a" ; $HOME \\'  # a value with special characters of a shell
PATIENCE = 60  # s
SMALL = ("SIM=icarus", "CONFIG=tiny")
SYSTEM = Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}")  # without packages


def told(done: subprocess.CompletedProcess) -> str:
    """Return the one line with which a command has refused a call."""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert done.returncode and len(lines) == 1 and lines[0].startswith("error: "), done.stderr
    return lines[0]


def test_any_value_reaches_its_command() -> None:
    variables = [f"{name}={ODD.replace('$', '$$')}" for name in ("A", "B", "AXES", "EINSUM", "OUT", "SEQ")]
    passed = shlex.split(make("-n", "sim", *variables, check=True).stdout)[6:]
    assert sorted(passed) == [f"{name}={ODD}" for name in ("A", "AXES", "B", "EINSUM", "OUT", "SEQ")]
    assert vars(sim.parser().parse_args(words("sim", "tb.cli.sim", *passed)))["axes"] == ODD


@pytest.mark.parametrize("target", [name for name, command in commands.COMMANDS.items() if command.module])
def test_each_variable_is_an_option(target: str) -> None:
    command = commands.COMMANDS[target]
    known = set(re.findall(r"--[\w-]+", completed("python -m", command.module, "--help", check=True).stdout))
    own = [name for name in command.variables.split() if f"\n{name}=" not in commands.TEST_HELP or target != "regress"]
    assert {f"--{name.lower().replace('_', '-')}" for name in own if name != "FAST"} <= known


def test_the_makefile_has_each_command_with_its_line_of_help() -> None:
    rules = re.findall(r"^([a-z-]+): ## (.*)\n\t\$\(run\)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert rules == [(name, command.help) for name, command in commands.COMMANDS.items()]
    shown = make(check=True).stdout
    assert all(name in shown and text in shown for name, text in rules)
    assert "--config NAME" in make("help", "TARGET=sim", check=True).stdout
    assert "WAVES=1" in completed("python -m tools test --help", check=True).stdout


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("sim FOO=1", "make sim does not take FOO; choose one of A, B, "),
        ("sim SEQS=smoke", "make sim does not take SEQS; did you mean SEQ?"),
        ("sim WAVES=no", "WAVES=no is neither 0 nor 1"),
        ("test JOBS=0", "JOBS=0 is no number of processes"),
        ("lint JOBS=2", "make lint does not take JOBS"),
        ("regress SEED=1", "SEED is for LIST=long"),
        ("regress LIST=long SEEDS=1", "LIST=long does not take SEEDS"),
        ("help TARGET=regres", "there is no command regres; did you mean regress?"),
    ],
)
def test_a_wrong_variable_is_refused(call: str, sentence: str, capsys: pytest.CaptureFixture) -> None:
    assert main(call.split()) == MISTAKE
    assert capsys.readouterr().err.startswith(f"error: {sentence}")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("sim SEQ=smok", "did you mean smoke?"),
        ("sim SIM=vcs", "unknown simulator 'vcs'"),
        ("test TEST=tests/nope.py", "there is no tests/nope.py"),
        ("test TEST=tests/test_set_up.py::nope", "no such test: tests/test_set_up.py::nope"),
        ("operator-faults COUNT=x", "COUNT: invalid int value: 'x'"),
        ("faults ONLY=nope", "no fault's file or text contains 'nope'"),
        ("formal ONLY=nope", "no proof's name contains 'nope'"),
        ("fuzz MINUTES=nan", "MINUTES: 'nan' is no number above 0"),
        ("silicon LIBERTY=nope.lib", "there is no Liberty file nope.lib"),
        ("bench CLOCK_MHZ=0", "CLOCK_MHZ: '0' is no number above 0"),
        ("regress ON=lsf", "ON=lsf: choose one of here, slurm"),
        ("waves TRACE=nope.fst", "there is no nope.fst"),
        ("new-sequence NAME=a-b", "'a-b' can't be the name of a sequence"),
    ],
)
def test_a_wrong_value_is_one_line_before_anything_is_built(call: str, sentence: str, tmp_path: Path) -> None:
    done = make(*call.split(), f"BUILD={tmp_path}")
    assert done.returncode and sentence in done.stderr + done.stdout and "Traceback" not in done.stderr, done.stderr
    assert (tmp_path / "status").read_text() == f"{MISTAKE}\n" and not list(tmp_path.glob("sims/*"))


def test_the_repeat_line_is_the_same_run() -> None:
    chosen = sim.parser().parse_args([f"--a={ODD}", "--b=b.tns", "--axes=-1:-1", "--portion=16", "--config=fast32"])
    for line, traced in zip(report.repeat_lines(chosen), (False, True), strict=True):
        again = words("sim", "tb.cli.sim", *shlex.split(line.partition(": make sim ")[2]))
        assert vars(sim.parser().parse_args(again)) == {**vars(chosen), "waves": traced}


def groups() -> dict[str, list[Requirement]]:
    """Return the packages of each group of pyproject.toml, with those of the groups that it includes."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]

    def of(name: str) -> list[Requirement]:
        found = [of(item["include-group"]) if isinstance(item, dict) else [Requirement(item)] for item in table[name]]
        return [requirement for part in found for requirement in part]

    return {name: of(name) for name in table}


def packages(name: str, python: str = "3.11") -> dict[str, str]:
    """Return the exact version of each package of a group's file on a Python of Linux, by its normalised name."""
    lines = [line for line in set_up.requirements(name).read_text().splitlines() if not line.startswith("#")]
    found = [line for line in map(Requirement, lines) if applies(line, python)]
    exact = {canonicalize_name(line.name): str(line.specifier).removeprefix("==") for line in found}
    assert len(exact) == len(found), "a package has two versions"
    return exact


def applies(requirement: Requirement, python: str) -> bool:
    environment = {"python_version": python, "python_full_version": f"{python}.7", "sys_platform": "linux"}
    return requirement.marker is None or requirement.marker.evaluate(environment)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_each_file_has_what_its_group_names(python: str) -> None:
    """Without a network; of two files one environment gets one version, but LiteX has an environment of its own."""
    whole, found = packages("test", python), groups()
    for name in found:
        text, exact = set_up.requirements(name).read_text(), packages(name, python)
        assert "://" not in text and f"--group {name} " in text
        for wanted in found[name]:
            assert not applies(wanted, python) or wanted.specifier.contains(exact[canonicalize_name(wanted.name)]), (
                wanted
            )
        assert name == "litex" or all(whole.get(package, version) == version for package, version in exact.items())
    assert {path.stem for path in (ROOT / "requirements").glob("*.txt")} | {"sim"} == {*found}
    assert {"cocotb", "cocotb-bus", "pyuvm", "numpy", "pytest"} <= {*packages("sim")}
    assert not {"distributed", "matplotlib", "numba", "hypothesis", "ruff", "scipy"} & {*packages("sim")}


def test_a_failed_set_up_is_one_line(tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/bin/false")
    with pytest.raises(SystemExit, match=f"^error: the set-up of {tmp_path}/venv failed; PIP_INDEX_URL= names"):
        set_up.install(tmp_path / "venv", "sim")


def test_a_missing_program_is_named_with_its_package(tmp_path: Path) -> None:
    ours = {**os.environ, "PATH": str(Path(sys.executable).parent), "FLAASH_BUILD": str(tmp_path)}
    for call, program in (
        (["sim", "--sim=icarus"], "iverilog"),
        (["sim"], "g++"),
        (["regress", "--on=slurm"], "sbatch"),
    ):
        done = completed("python -m tb.cli -m", f"tb.cli.{call[0]}", *call[1:], env=ours)
        assert f"'{program}' is not installed" in told(done) and "Debian's package" in done.stderr and not done.stdout
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert f"`apt-get install {' '.join(debian([*REQUIRED, *SUITE]))}`" in readme


@pytest.mark.parametrize(
    ("program", "kept"),
    [
        ("import sys; sys.exit(1)", FAILED),
        ("raise ValueError", FAILED),
        ("import os, signal, time; os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)", FAILED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", FAILED),
        ("from tb.cli.common import UsageError; raise UsageError('no')", MISTAKE),
        ("pass", 0),
    ],
)
def test_the_exit_status_stays_in_a_file(program: str, kept: int, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(program)
    ours = {**os.environ, "PYTHONPATH": str(tmp_path), "FLAASH_BUILD": str(tmp_path)}
    assert completed("python -m tb.cli -m program", env=ours).returncode in (kept, -9)
    assert (tmp_path / "status").read_text() == f"{kept}\n"


@pytest.mark.needs("git")
def test_a_read_only_checkout_builds_elsewhere(tmp_path: Path) -> None:
    """Nothing is written beside the sources; a moved environment is refused, a folder that can't be made is named."""
    checkout, build = tmp_path / "checkout", tmp_path / "elsewhere"
    for name in completed("git ls-files -co --exclude-standard", check=True).stdout.splitlines():
        if (ROOT / name).is_file() and not name.startswith(("docs/", "formal/", "bench/")):
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name)
    before = {path: path.stat().st_mtime_ns for path in checkout.rglob("*")}
    done = make("sim", *SMALL, "SEQ=smoke", f"BUILD={build}", cwd=checkout)
    assert done.returncode == 0 and (build / "runs" / "sim" / "run.log").exists(), done.stdout + done.stderr
    assert {path: path.stat().st_mtime_ns for path in checkout.rglob("*")} == before
    (checkout / ".venv").mkdir()
    for name in ("pyvenv.cfg", ".installed-sim"):
        shutil.copy(Path(sys.prefix, name), checkout / ".venv")
    assert "remove it, or BUILD=folder" in told(make("sim", f"PYTHON={SYSTEM}", cwd=checkout))
    assert "/proc/foo can't be written" in told(make("sim", "BUILD=/proc/foo"))
    assert "there are blanks in the path" in told(make("sim", f"BUILD={tmp_path}/a b"))


@pytest.mark.needs("iverilog")
def test_an_interrupted_command_leaves_no_process_and_clean_waits_for_it(tmp_path: Path) -> None:
    ours = {**os.environ, **options.environment(runs="")}
    call = ["make", "sim", *SMALL, "SEQ=workloads", f"BUILD={tmp_path}"]
    process = subprocess.Popen(call, cwd=ROOT, env=ours, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    until, below = time.monotonic() + PATIENCE, []
    while not any(child.name() == "vvp" for child in below) and time.monotonic() < until:
        time.sleep(0.1)
        below = psutil.Process(process.pid).children(recursive=True)
    assert "a command is running in this checkout and holds" in told(make("clean", f"BUILD={tmp_path}"))
    below[0].send_signal(signal.SIGINT)
    assert "interrupted" in process.communicate(timeout=PATIENCE)[0]
    assert (tmp_path / "status").read_text() == f"{FAILED}\n" and not psutil.wait_procs(below, PATIENCE)[1]
    FileLock(tmp_path / "left.lock").acquire().lock.release()
    assert make("clean", f"BUILD={tmp_path}").returncode == 0 and not tmp_path.exists()


def test_a_second_command_waits_or_has_a_folder_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    entered = threading.Event()

    def second() -> None:
        with alone(tmp_path / "lock", "make sim"):
            entered.set()

    with alone(tmp_path / "lock", "make sim"):
        (thread := threading.Thread(target=second)).start()
        assert not entered.wait(0.5)
    thread.join(PATIENCE)
    assert entered.is_set() and "waiting for another make sim" in capsys.readouterr().out
    (first, _held), (other, _too) = claim(tmp_path / "runs"), claim(tmp_path / "runs")
    assert [first.name, other.name] == ["runs", "runs-2"]
