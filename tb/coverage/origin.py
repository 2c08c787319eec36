# SPDX-License-Identifier: Apache-2.0
"""The origin of a coverage report: its command, its date and its sources."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import os
import shlex
from collections.abc import Sequence

from sim.toolchain import BUILD


def now() -> str:
    """Return the time in the form of the pages."""
    return f"{datetime.datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"


@dataclasses.dataclass(frozen=True)
class Origin:
    """The origin of a report.

    Attributes:
        command: that repeats it.
        seed: of the tests.
        subset: whether only some tests were chosen. Their figures are no figures of the project.
        revision: of the sources.
        date: of the report.
        added: runs that `make cov ADD=` has put into the report.
    """

    command: str = "make cov"
    seed: str = "1"
    subset: bool = False
    revision: str = "unknown"
    date: str = dataclasses.field(default_factory=now)
    added: int = 0


def origin_of(pytest: Sequence[str], tests: str | None, revision: str) -> Origin:
    """Return the origin of a report.

    Args:
        pytest: the command that runs the tests.
        tests: the variable TEST of the call, None without one.
        revision: of the sources.
    """
    options = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    options.add_argument("--seed", default="1")
    seed = options.parse_known_args(pytest)[0].seed
    words = ["make cov"]
    if tests:  # it may have its own quotes, for the shell
        words.append(f'TEST="{tests}"' if "'" in tests else f"TEST={shlex.quote(tests)}")
    words += [f"SEED={seed}"] if f"--seed={seed}" in pytest else []
    words += [f"BUILD={shlex.quote(str(BUILD))}"] if os.environ.get("FLAASH_BUILD") else []
    return Origin(" ".join(words), seed, tests is not None, revision)
