# SPDX-License-Identifier: Apache-2.0
"""The command line behind make: `python3 -m tools TARGET NAME=value ..`, `python3 -m tools TARGET --help`.

It checks the call, sets up the virtual environment once, and runs the command with it. This file imports nothing that
make installs.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (make calls any python3)
    sys.exit("error: Python " + sys.version.split()[0] + " is too old: PYTHON=python3.11, or newer, names another")

import contextlib
import fcntl
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from tools import commands, machine, set_up
from tools.commands import COMMANDS, Mistake

FAILED, MISTAKE = 1, 2  # exit statuses, as in tb/cli/common.py
ROOT = set_up.ROOT
CACHES = (".pytest_cache", ".ruff_cache", ".hypothesis")


def choose(build: str) -> Path:
    """Export where everything is built; return that folder.

    Raises:
        Mistake: the path has blanks, or the folder can't be written.
    """
    folder = Path(build or "build").absolute()
    for path in (ROOT, folder):
        if " " in str(path):
            raise Mistake(f"there are blanks in the path '{path}', which Verilator can't handle: move or rename it")
    if build:
        own = {"FLAASH_BUILD": "", "RUFF_CACHE_DIR": "ruff", "HYPOTHESIS_STORAGE_DIRECTORY": "hypothesis"}
        os.environ.update({name: str(folder / part) for name, part in own.items()})
    # Without the files of compiled Python each simulation would compile what it imports, as long as its run takes.
    if build or os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "pycache")
    return folder


def refuse_until_it_begins(folder: Path) -> None:
    """Write the exit status of a mistake to the file `status`: make's own is 2 for each failure.

    Raises:
        Mistake: the folder can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "status").write_text(f"{MISTAKE}\n")
    except OSError as error:
        raise Mistake(
            f"{folder} can't be written, {error.strerror}: BUILD=folder puts all that is built into another folder"
        ) from None


def here() -> bool:
    """Return whether this Python is in a virtual environment with the packages of requirements.txt, by pip or make."""
    if sys.prefix == sys.base_prefix:
        return False
    if set_up.is_current(Path(sys.prefix), "sim"):
        return True
    lines = [line for line in set_up.requirements("sim").read_text().splitlines() if "==" in line]
    pinned = [line.partition(";")[0].strip().split("==") for line in lines if ";" not in line]
    try:
        found = all(metadata.version(name) == version for name, version in pinned)
    except metadata.PackageNotFoundError:
        return False
    if found:
        (Path(sys.prefix) / ".installed-sim").touch()
    return found


def environment(folder: Path, python: str) -> Path:
    """Return the virtual environment of the commands, after its set-up.

    That is the one of this Python if it has requirements.txt; else .venv; with another folder for what is built, and no
    .venv of this user, `venv` in that folder, because the checkout may be read-only.

    Raises:
        Mistake: .venv is another user's, was moved, or has another Python than the wanted one.
    """
    if here():
        return Path(sys.prefix)
    venv = ROOT / ".venv"
    stamp, cfg = venv / ".installed-sim", venv / "pyvenv.cfg"
    own = os.access(stamp, os.W_OK) and re.search(rf" {re.escape(str(venv.resolve()))}$", cfg.read_text(), re.MULTILINE)
    if folder != ROOT / "build" and not own:
        venv = folder / "venv"
    elif stamp.exists() and not own:
        raise Mistake(
            ".venv was made in another folder, or by another user, and can't be moved: remove it, "
            "or BUILD=folder gets one of its own"
        )
    found = (
        re.search(r"^version = (.*)$", cfg.read_text(), re.MULTILINE) if (cfg := venv / "pyvenv.cfg").exists() else None
    )
    if python and found and found[1] != platform.python_version():
        raise Mistake(f"PYTHON={python} can't be used: {venv} exists, with Python {found[1]}; remove it first")
    if not set_up.is_current(venv, "sim"):
        print(f"setting up {os.path.relpath(venv)} (once)", flush=True)
        set_up.install(venv, "sim")
    return venv


def run(target: str, words: Sequence[str]) -> int:
    """Run a command; return its exit status. The last of its runs replaces this process.

    Raises:
        Mistake: the call is wrong.
    """
    given = commands.read(target, words)
    for name in (*given, "MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
        os.environ.pop(name, None)  # makefiles that a command calls would take them
    folder = choose(given.get("BUILD", ""))
    if target == "clean":
        return clean(folder)
    runs = COMMANDS[target].runs(given)
    if target == "help" and not (runs := explain(given.get("TARGET", ""))):
        return 0
    refuse_until_it_begins(folder)
    if target == "test" and machine.main(bool(given.get("TEST")), given.get("APT") != "0"):
        return MISTAKE
    venv = environment(folder, given.get("PYTHON", ""))
    set_up.require(*COMMANDS[target].groups(given).split(), venv=venv)
    return execute([[str(venv / "bin" / "python"), "-m", "tb.cli", *words] for words in runs])


def execute(calls: Sequence[list[str]]) -> int:
    """Run calls until one fails, the last one in the place of this process."""
    for call in calls[:-1]:
        if status := subprocess.run(call, cwd=ROOT).returncode:
            return status
    if calls:
        os.chdir(ROOT)
        os.execv(calls[-1][0], calls[-1])
    return 0


def explain(target: str) -> list[list[str]]:
    """Print the help of a command, or a line for each; return the runs that print more of it.

    Raises:
        Mistake: there is no such command.
    """
    if target:
        commands.read(target, ())
        command = COMMANDS[target]
        print(f"make {target}: {command.help}")
        lines = [
            line for line in commands.TEST_HELP.splitlines() if line.partition("=")[0] in command.variables.split()
        ]
        print(*lines, sep="\n")
        return [["-m", command.module, "--help"]] if command.module else []
    width = max(map(len, COMMANDS)) + 1
    for name, command in COMMANDS.items():
        print(f"{name:{width}} {command.help}")
    print(
        "\nFor all targets: BUILD=folder, for everything that is built; PYTHON=python3.x, of the virtual environment."
    )
    print("JOBS=n: n processes at a time. make help TARGET=sim explains the variables of a target.")
    return []


@contextlib.contextmanager
def held(path: Path) -> Iterator[bool]:
    """Return whether another process holds a lock file."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield False
        except BlockingIOError:
            yield True


def clean(folder: Path) -> int:
    """Remove a folder of builds.

    Raises:
        Mistake: a command holds a lock in it.
    """
    for path in folder.rglob("*.lock"):
        with held(path) as taken:
            if taken:
                raise Mistake(f"a command is running in this checkout and holds {path}")
    for path in [folder, *([ROOT / name for name in CACHES] if folder == ROOT / "build" else [])]:
        shutil.rmtree(path, ignore_errors=True)
    return 0


def main(arguments: Sequence[str]) -> int:
    """Run a call; return its exit status."""
    target, *words = arguments or ["help"]
    if {"-h", "--help"} & {target, *words}:
        target, words = "help", [f"TARGET={target}"] if words else []
    try:
        return run(target, words)
    except Mistake as error:
        print(f"error: {error}", file=sys.stderr)
        return MISTAKE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return FAILED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
