# SPDX-License-Identifier: Apache-2.0
"""What the commands share: how a mistake of the user is reported."""

import sys

MISTAKE = 2  # exit status: the command was called wrongly
FAILED = 1  # exit status: the hardware is wrong


class UsageError(Exception):
    """A mistake of the user, in one line meant for them."""


def complain(message: object) -> int:
    """Print one line on stderr and return the exit status for a mistake."""
    print(f"error: {' '.join(str(message).split())}", file=sys.stderr)
    return MISTAKE
