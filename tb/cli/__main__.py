# SPDX-License-Identifier: Apache-2.0
"""Runs a module as `python -m` does; a mistake of the user and Ctrl-C, however early, end it with one line.

`python -m tb.cli [--fast] [NAME] -m MODULE ..`: of the commands with the same NAME one runs at a time. With --fast,
builds get a profile, for long runs.
"""

import signal
import sys
from collections.abc import Sequence
from types import FrameType

# What pytest's own exit statuses mean: interrupted and broken are a failure; a wrong call, and no test, are a mistake.
PYTEST = {2: 1, 3: 1, 4: 2, 5: 2}


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, or a request to end.

    Python notes a plain KeyboardInterrupt that passes through exec() of a text, as of a dataclass. Python then ends by
    the signal, although the exception was caught.
    """


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Handle a signal."""
    raise Interrupted


def main(arguments: Sequence[str]) -> None:
    """Run a command; end with its exit status, and leave it in the file `status` of BUILD."""
    # What takes time is loaded in here.
    try:
        from sim.files import CutError
        from sim.toolchain import ToolMissing, disk_full, explained, is_full
        from tb.cli.common import FAILED, MISTAKE, UsageError, complain, note

        note(FAILED)  # until it ends
        try:
            run(*arguments)
            status = 0
        except SystemExit as stopped:
            status = 0 if stopped.code is None else stopped.code if isinstance(stopped.code, int) else FAILED
            if isinstance(stopped.code, str):
                print(stopped.code, file=sys.stderr)
        except (UsageError, ToolMissing, CutError) as error:
            status = complain(error)
        except OSError as error:
            if not (line := explained(error)):
                raise
            status = complain(line)
        except Exception:
            if not is_full():
                raise
            status = MISTAKE
        if status and is_full():
            status = complain(disk_full())
        note(status if "pytest" not in arguments else PYTEST.get(status, status))
        sys.exit(status)
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
    import runpy

    from sim.options import decide
    from sim.toolchain import BUILD
    from tb.cli.alone import alone

    if name == "--fast":
        decide(fast=True)
        name, *command = command
    held: contextlib.AbstractContextManager = contextlib.nullcontext()
    if name != "-m":
        held = alone(BUILD / f"{name}.lock", f"make {name}")
        decide(runs=str(BUILD / f"runs-{name}"))
        command = command[1:]
    sys.argv[:] = command
    with held:
        runpy.run_module(command[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    main(sys.argv[1:])
