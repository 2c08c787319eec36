# SPDX-License-Identifier: Apache-2.0
"""Sets up a virtual environment for make: `set_up.py FOLDER GROUP ..`, with the versions of requirements.lock.

A group leaves its stamp, `.installed-GROUP`. A failure ends with one line. uv installs in a third of pip's time. If uv
does not reach a package, or refuses one, pip installs all. This file imports nothing that it installs.
"""

import os
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BASE = "base"
FIRST = "setup"  # the group that installs the others
LOCK = ROOT / "requirements.lock"
MISTAKE = 2
INDEX = "https://pypi.org/simple"
PATIENCE = 10  # seconds for the package index
FULL = re.compile(r"No space left on device|os error 28|Disk quota exceeded")
GUARD, CHECKOUT = "flaash_cut_files.pth", "flaash_checkout.pth"


class NotInstalled(Exception):
    """A set-up that has failed; the text is one line for the user."""


def stamp(venv: Path, name: str) -> Path:
    """Return the file that is newer than the lock file after the packages of a group are installed."""
    return venv / (".installed" if name == BASE else f".installed-{name}")


def requirements(*names: str) -> list[str]:
    """Return the packages of groups with their exact versions.

    Raises:
        ValueError: there is no such group.
    """
    found: dict[str, list[str]] = {name: [] for name in names}
    for line in LOCK.read_text().splitlines():
        package, _, groups = line.partition("  # ")
        for name in found.keys() & set(groups.split(", ")):
            found[name].append(package)
    for name, packages in found.items():
        if not packages:
            raise ValueError(f"{LOCK.name} has no group '{name}'")
    return sorted({package for packages in found.values() for package in packages})


def is_current(venv: Path, name: str) -> bool:
    """Return whether the packages of a group are installed as the lock file says."""
    made = stamp(venv, name)
    return made.exists() and made.stat().st_mtime >= LOCK.stat().st_mtime


def index(python: Path) -> str:
    """Return the address of pip's package index."""
    told = call(python, "-m", "pip", "config", "get", "global.index-url").stdout.strip()
    return os.environ.get("PIP_INDEX_URL") or (told if told.startswith("http") else INDEX)


def is_reached(address: str) -> bool:
    """Return whether a package index responds. pip says "No matching distribution found" if none does."""
    try:
        urllib.request.urlopen(address, timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        return True
    except OSError as error:
        return isinstance(getattr(error, "reason", None), ssl.SSLError)
    return True


def reason(output: str, venv: Path) -> str:
    """Return why an installation has failed, in one line; `output` is that of pip or uv."""
    if FULL.search(output):
        return f"the disk of {venv} is full"
    address = index(venv / "bin" / "python")
    if not is_reached(address):
        return f"no package index was reached, {address}: the set-up of {venv} needs it; PIP_INDEX_URL= names another"
    print(output, file=sys.stderr, end="")
    return f"the set-up of {venv} failed: {' '.join(output.strip().splitlines()[-1:])}"


def call(*command: object) -> subprocess.CompletedProcess:
    """Run a command; its output is kept."""
    words = [str(word) for word in command]
    return subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def create(venv: Path) -> None:
    """Make the environment. A set-up that was interrupted has left one without a stamp, which this completes."""
    try:
        venv.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotInstalled(f"{error.filename}: {error.strerror}") from None
    done = call(sys.executable, "-m", "venv", venv)
    if done.returncode:
        raise NotInstalled(f"the disk of {venv} is full" if FULL.search(done.stdout) else done.stdout.strip())


def install(venv: Path, names: Sequence[str]) -> None:
    """Install the packages of these groups and leave their stamps.

    Raises:
        NotInstalled: they can't be installed.
    """
    python = venv / "bin" / "python"
    pip = (python, "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check")
    packages = requirements(*names)
    done = call(*pip, *requirements(FIRST))
    if not done.returncode:
        done = call(python, "-m", "uv", "pip", "install", "--quiet", "--system-certs", "--python", python, *packages)
        if done.returncode and not FULL.search(done.stdout):
            print("uv failed: pip installs instead", flush=True)
            done = call(*pip, *packages)
    if done.returncode:
        raise NotInstalled(reason(done.stdout, venv))
    for name in names:
        stamp(venv, name).touch()


def require(*names: str) -> None:
    """Install what a command needs, after its arguments are checked; only into an environment that make has set up.

    Raises:
        NotInstalled: it can't be installed.
    """
    venv = Path(sys.prefix)
    missing = [name for name in names if not is_current(venv, name)]
    if missing and stamp(venv, BASE).exists():
        print(f"installing {', '.join(missing)} (once)", flush=True)
        install(venv, missing)


def guard(venv: Path) -> None:
    """Let each Python of the environment import this checkout from any folder, and recover from cut compiled files.

    A full disk cuts files that Python compiles.
    """
    text = f"import sys; exec(open({str(ROOT / 'tools' / 'cut_files.py')!r}).read(), {{}})\n"
    for folder in venv.glob("lib/python*/site-packages"):
        (folder / GUARD).write_text(text)
        (folder / CHECKOUT).write_text(f"{ROOT}\n")


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit status."""
    venv, names = Path(arguments[0]), arguments[1:]
    try:
        if not stamp(venv, BASE).exists():
            create(venv)
        guard(venv)
        install(venv, names)
    except NotInstalled as error:
        print(f"error: {error}", file=sys.stderr)
        return MISTAKE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
