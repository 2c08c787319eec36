# SPDX-License-Identifier: Apache-2.0
"""Installs requirements/GROUP.txt into a virtual environment; the group `sim` is requirements.txt."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HAS = {"test": ("regress", "bench", "package", "docs", "formal", "silicon", "lint")}  # groups that another one includes
UV = "uv==0.9.30"  # newer ones refuse python-constraint, which cocotb-coverage needs


def requirements(name: str) -> Path:
    """Return the file with the packages of a group, each with its exact version."""
    return ROOT / ("requirements.txt" if name == "sim" else f"requirements/{name}.txt")


def is_current(venv: Path, name: str) -> bool:
    """Return whether the packages of a group are installed: a stamp is newer than their file."""
    stamp = venv / f".installed-{name}"
    return stamp.exists() and stamp.stat().st_mtime >= requirements(name).stat().st_mtime


def install(venv: Path, *names: str) -> None:
    """Install groups into an environment, which is made if there is none; end with one line if a step fails."""
    python, files = venv / "bin" / "python", [word for name in names for word in ("-r", requirements(name))]
    uv = (python, "-m", "uv", "pip", "install", "-q", "--native-tls", "--python", python, *files)
    pip = (python, "-m", "pip", "install", "-q", "--no-compile", "--disable-pip-version-check", UV)
    for command in ([(sys.executable, "-m", "venv", venv)] if not python.exists() else []) + [pip, uv]:
        if subprocess.run(list(map(str, command)), stdout=2).returncode:  # to stderr
            raise SystemExit(f"error: the set-up of {venv} failed; PIP_INDEX_URL= names another package index")
    for folder in venv.glob("lib/python*/site-packages"):
        (folder / "flaash_checkout.pth").write_text(f"{ROOT}\n")  # scripts import flaash from any folder
    for name in [part for given in names for part in (given, *HAS.get(given, ()))]:
        (venv / f".installed-{name}").touch()


def require(*names: str, venv: Path = Path(sys.prefix)) -> None:
    """Install what a command needs and its environment lacks, if that environment has the packages of `make sim`."""
    missing = [name for name in names if not is_current(venv, name)]
    if missing and (venv / ".installed-sim").exists():
        print(f"installing {', '.join(missing)} (once)", flush=True)
        install(venv, *missing)
