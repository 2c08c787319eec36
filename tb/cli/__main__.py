# SPDX-License-Identifier: Apache-2.0
"""Runs a module as `python -m` does; a mistake of the user and Ctrl-C, however early, end it with one line.

`python -m tb.cli [NAME] -m MODULE ..`: of the commands with the same NAME one runs at a time.
"""

import signal
import sys
from collections.abc import Sequence
from types import FrameType


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, or a request to end.

    Python notes a plain KeyboardInterrupt that passes through exec() of a text, as of a dataclass. Python then ends by
    the signal, although the exception was caught.
    """


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Handle a signal."""
    raise Interrupted


def main(arguments: Sequence[str]) -> None:
    """Run a command; end with its exit status."""
    try:
        # What takes time is loaded in here.
        from tb.cli.common import UsageError, complain

        try:
            run(*arguments)
        except UsageError as error:
            sys.exit(complain(error))
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        from tb.cli.alone import end_children
        from tb.cli.common import FAILED

        end_children()
        print("interrupted", file=sys.stderr)
        sys.exit(FAILED)


def run(name: str, *command: str) -> None:
    """Run a module, as the only one of its name if it has one."""
    import contextlib
    import os
    import runpy

    from tb.cli.alone import alone
    from tb.common.folders import VARIABLE
    from tb.common.toolchain import BUILD

    held: contextlib.AbstractContextManager = contextlib.nullcontext()
    if name != "-m":
        held = alone(BUILD / f"{name}.lock", f"make {name}")
        os.environ[VARIABLE] = str(BUILD / f"runs-{name}")
        command = command[1:]
    sys.argv[:] = command
    with held:
        runpy.run_module(command[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    main(sys.argv[1:])
