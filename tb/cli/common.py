# SPDX-License-Identifier: Apache-2.0
"""Shared by the commands: the report of a user's mistake."""

import argparse
import contextlib
import math
import os
import re
import sys
from typing import NoReturn

from sim.toolchain import BUILD

MISTAKE = 2  # exit status: the command was called wrongly
FAILED = 1  # exit status: the hardware is wrong


class UsageError(Exception):
    """A mistake of the user, in one line meant for them."""


def complain(message: object) -> int:
    """Print one line on stderr and return the exit status for a mistake."""
    print(f"error: {' '.join(str(message).split())}", file=sys.stderr)
    return MISTAKE


def note(status: int) -> None:
    """Leave an exit status in the file `status` of BUILD: make's own exit status is 2, whatever has failed."""
    with contextlib.suppress(OSError):
        BUILD.mkdir(parents=True, exist_ok=True)
        # A full disk takes no new file, but the same byte once more.
        file = os.open(BUILD / "status", os.O_WRONLY | os.O_CREAT, 0o666)
        os.ftruncate(file, os.write(file, b"%d\n" % status))
        os.close(file)


def variable(option: str) -> str:
    """Return make's variable for an attribute of the options of `make sim`."""
    return "IF" if option == "interface" else option.upper()


class Parser(argparse.ArgumentParser):
    """Reports an error in one line, with make's name of an option, such as JOBS."""

    def error(self, message: str) -> NoReturn:
        named = re.fullmatch(r"argument --([\w-]+)\S*: (.*)", message, re.DOTALL)
        sys.exit(complain(f"{named[1].upper().replace('-', '_')}: {named[2]}" if named else message))


def positive(text: str) -> float:
    """Return a number above 0; for `type` of an option."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"'{text}' is no number above 0")
    return value
