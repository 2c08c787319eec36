# SPDX-License-Identifier: Apache-2.0
"""What a command has decided for all processes that it begins: one file of JSON, which FLAASH_OPTIONS names."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import functools
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "FLAASH_OPTIONS"


@dataclasses.dataclass(frozen=True)
class Options:
    """The options; a process without a file has these values.

    Attributes:
        runs: the folder with a folder per run, "" for build/runs.
        seed: of the suite's random tests.
        full, long: the amount of the suite: of make test FULL=1; of make regress LIST=long.
        strict: a test without its program fails.
        shots: renew the pictures of docs/.
        short: runs are short, so builds are compiled without optimization.
        coverage, toggles: builds count code coverage, and with it toggles.
        waves: every run writes a trace.
        fast: builds get a profile, for long runs.
        missed: the file for programs that a test, or its commands, did not find; "" for none.
    """

    runs: str = ""
    seed: int = 1
    full: bool = False
    long: bool = False
    strict: bool = False
    shots: bool = False
    short: bool = False
    coverage: bool = False
    toggles: bool = True
    waves: bool = False
    fast: bool = False
    missed: str = ""

    @property
    def everything(self) -> bool:
        """Whether tests do all that the full suite does: in make cov, too, whose holes would be missing stimulus."""
        return self.full or self.long or self.coverage


def options() -> Options:
    """Return the options of this process."""
    return _read(os.environ.get(VARIABLE, ""))


def decide(**changes: object) -> None:
    """Change options, for this process and those that it begins from now on."""
    if any(getattr(options(), name) != value for name, value in changes.items()):
        os.environ.update(environment(**changes))


@contextlib.contextmanager
def decided(**changes: object) -> Iterator[None]:
    """Change options until the end of the block."""
    before = os.environ.get(VARIABLE)
    decide(**changes)
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        os.environ.update({} if before is None else {VARIABLE: before})


def environment(**changes: object) -> dict[str, str]:
    """Return the variable for a process that is to have other options; the file lives as long as this process."""
    return {VARIABLE: _written(dataclasses.replace(options(), **changes), os.getpid())}


@functools.cache
def _written(chosen: Options, process: int) -> str:
    number, name = tempfile.mkstemp(prefix="flaash-options-", suffix=".json")
    with os.fdopen(number, "w") as file:
        json.dump(dataclasses.asdict(chosen), file)
    atexit.register(_remove, name, process)
    return name


def _remove(name: str, owner: int) -> None:
    if os.getpid() == owner:
        Path(name).unlink(missing_ok=True)


@functools.cache
def _read(name: str) -> Options:
    return Options(**json.loads(Path(name).read_text())) if name else Options()
