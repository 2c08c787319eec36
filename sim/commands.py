# SPDX-License-Identifier: Apache-2.0
"""Command lines of make, as messages and pages print them: a shell takes them as they are."""

import os
import re
import shlex

BUILD_FOLDER = "FLAASH_BUILD"  # set by make BUILD=


def make(target: str, **variables: object) -> str:
    """Return the command of a target with the variables that have a value, and BUILD if it is set."""
    given = {**variables, "BUILD": os.environ.get(BUILD_FOLDER)}
    return " ".join(
        [f"make {target}", *(f"{name}={quote(value)}" for name, value in given.items() if value not in (None, ""))]
    )


def make_test(name: str, seed: object, **variables: object) -> str:
    """Return the command of one test: make hands TEST to its shell as it is, so it is quoted for both."""
    test = f"'{name}'" if re.fullmatch(r"[\w./:=,\[\]-]+", name) else f"\"'{name}'\""
    return make("test", SEED=seed, **variables).replace("make test", f"make test TEST={test}", 1)


def quote(value: object) -> str:
    """Return a value as one word, in which make reads no variable."""
    return shlex.quote(str(value).replace("$", "$$"))
