# SPDX-License-Identifier: Apache-2.0
"""The version and commit from which a packaged file was made."""

import functools
import shutil
import subprocess
import tomllib

from sim.toolchain import ROOT


@functools.cache
def version() -> str:
    """Return the version of the project."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


@functools.cache
def revision() -> str:
    """Return a sentence that names version and commit; `-dirty`: the checkout had uncommitted changes."""
    commit = "unknown: the sources were no checkout"
    if (ROOT / ".git").exists() and shutil.which("git"):  # a repository around the project is another one
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12", "--match=v*"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        commit = told.stdout.strip() or commit
    return f"FLAASH {version()}, revision {commit}"
