# SPDX-License-Identifier: Apache-2.0
"""Each command that a page or `make help` prints begins its work, in a copy of the project.

A command runs until its first line of output, or for a few seconds. `make test` takes one command of each target,
the full suite takes all.
"""

import contextlib
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from models import io
from models.generate import uniform_tensor
from sim.options import environment
from sim.toolchain import ROOT
from tests.completed import completed
from tests.share import FULL
from tests.test_coverage import write_run
from tests.test_make import make

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
COMMAND = re.compile(r"\bmake [a-z][a-z-]*(?: +[A-Z][A-Z_]*=(?:\"[^\"]*\"|'[^']*'|[^\s|;)#\"']*))*")
PATIENCE = 6.0  # seconds for the first line
AT_LEAST = 60  # commands of all pages
OPERANDS = {
    "a.tns": (4, 4, 5),
    "b.mtx": (4, 5),
    "a.npz": (4, 5),
    "b.npz": (3, 5),
    "queries.npz": (2, 3, 4),
    "keys.npz": (2, 3, 4),
    "x.npz": (2, 3, 4),
    "weight.npz": (5, 4),
}
# Names that pages invent: the reader's own text, files and additions.
INVENTED = re.compile(r"=\.\.|tests/\.\.|lowest8|=$")
REFUSED = {
    "faults": "no fault's file or text contains 'text'",
    "formal": "no proof's name contains 'name'",
    "silicon": r"there is no Liberty file (typical|asap7_typ).lib",
    "regress-cluster": "is not installed",
    "litex": "not installed; apt-get install",
    "waves": "there is no trace",
    "test-times": "make test",
    "new-sequence": "exists already",
}
WRONG = re.compile(
    r"^error|Traceback|\*\*\*|not found|No such file|denied|Is a directory|is not installed", re.MULTILINE
)
PREPARES = re.compile(r"setting up|waiting for")


def commands() -> list[str]:
    """Return the commands of make of all pages, and each target of `make help`, each once."""
    targets = re.findall(r"^([a-z-]+) ", make("help").stdout, re.MULTILINE)
    found = {f"make {target}": None for target in targets}
    for page in PAGES:
        for block, span in CODE.findall(page.read_text()):
            found |= dict.fromkeys(match.strip() for match in COMMAND.findall(re.sub(r"#.*", "", block or span)))
    wanted = {*targets} - {"help", "clean"}  # the copy keeps what the other commands need
    return [command for command in found if command.split()[1] in wanted and not INVENTED.search(command)]


def chosen() -> list[str]:
    """Return all commands in the full suite, else the longest one of each target."""
    if FULL:
        return commands()
    return list({command.split()[1]: command for command in sorted(commands(), key=len)}.values())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project with the files, the sequence and the coverage of which the pages speak."""
    root = tmp_path_factory.mktemp("printed")
    listed = completed("git ls-files -co --exclude-standard", check=True).stdout.splitlines()
    for name in filter(lambda name: (ROOT / name).is_file(), listed):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, root / name)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    (root / ".venv").symlink_to(sys.prefix)
    for name, shape in OPERANDS.items():
        io.write(root / name, uniform_tensor(np.random.default_rng(1), shape, 0.5))
    for folder in ("build/coverage/runs/first", "build/runs/sim"):
        (root / folder).mkdir(parents=True)
        shutil.copy(write_run(root / "some.dat", taken=1, skipped=0), root / folder / "coverage.dat")
        (root / folder / "functional-1.yml").write_text("{}\n")
    assert make("new-sequence", "NAME=mine", cwd=root).returncode == 0
    return root


def begin(command: str, root: Path) -> tuple[str, bool]:
    """Run a command up to its first line, and end it; return what it printed, and whether it ended itself."""
    offline = {"UV_OFFLINE": "1", "PIP_NO_INDEX": "1"}  # nothing is installed
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLAASH", "MAKE"))}
    process = subprocess.Popen(
        ["bash", "-c", command],
        cwd=root,
        env={**kept, **offline},
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    printed, until = [], time.monotonic() + PATIENCE
    with contextlib.suppress(queue.Empty):
        while (line := lines.get(timeout=max(0.0, until - time.monotonic()))) is not None:
            printed.append(line)
            if line.strip() and not PREPARES.search(line) and not WRONG.search(line):
                break
        else:
            return "".join(printed), process.wait() == 0
    family = [process, *psutil.Process(process.pid).children(recursive=True)] if process.poll() is None else []
    for member in reversed(family):
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            member.kill()
    process.wait()
    return "".join(printed), True


@pytest.mark.needs("git")
@pytest.mark.parametrize("command", chosen())
def test_a_printed_command_begins(command: str, project: Path) -> None:
    printed, good = begin(command, project)
    refused = REFUSED.get(command.split()[1])
    if not (refused and re.search(refused, printed)):
        assert good and not WRONG.search(printed), f"{command}:\n{printed}"


def test_the_pages_print_commands() -> None:
    assert len(commands()) >= AT_LEAST and "make cov-add RUN=build/runs/sim" in commands()


@pytest.mark.needs("git")
def test_runs_are_added_to_the_report(project: Path) -> None:
    done = make("cov-add", "RUN=build/runs/sim", cwd=project)
    assert done.returncode == 0 and "1 runs added; report: build/coverage/index.html" in done.stdout, done.stderr
    assert (project / "build" / "coverage" / "runs" / "added-sim").is_dir()
    done = make("cov-add", "RUN=nowhere", cwd=project)
    assert "error: there is no coverage in nowhere\n" in done.stderr


@pytest.mark.needs("git")
def test_a_command_that_is_none_is_noticed(project: Path) -> None:
    """As when a user's variable was the name of the Makefile's own."""
    makefile = project / "Makefile"
    text = makefile.read_text()
    makefile.write_text(text.replace("run    = $(PY) -m tb.cli", "run    = build/runs/sim"))
    try:
        printed, good = begin("make lists", project)
    finally:
        makefile.write_text(text)
    assert not good and WRONG.search(printed)


def test_no_variable_of_the_user_is_one_of_the_makefile() -> None:
    text = (ROOT / "Makefile").read_text()
    given = set(re.findall(r"\b([A-Z][A-Z_]*)=", "\n".join(re.findall(r"^[a-z-]+:[^#\n]*## (.*)", text, re.MULTILINE))))
    own = set(re.findall(r"^([A-Za-z_]+) *[:?]?=", text, re.MULTILINE))
    assert "RUN" in given and given & own == {"JOBS"}  # its default


# docs/exchanging_a_block.md is followed to the letter, in a copy of the project.
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
