# SPDX-License-Identifier: Apache-2.0
"""Says why a simulation failed, and how to repeat it: from the results of its tests and its log."""

import os
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

from sim.commands import make_test
from sim.options import options

BARE = re.compile(r"AssertionError:?\s*$|failed: \s*$")  # a failure without a message
STOPS = re.compile(r"\bERROR\b|FATAL|%Fatal|\$fatal|%Error")
STOPPED = "the simulation stopped itself ($fatal)"
MAX_LINES, MAX_LINE = 60, 400  # of a failed test's message that are shown, and characters of each


def report(where: str, problems: Sequence[str], log: str) -> list[str]:
    """Return the lines that report a failed run.

    Args:
        where: the tests, the simulator and the seed.
        problems: at least one sentence, as from problems().
        log: the simulator's output.
    """
    # The log repeats each sentence of a failed test.
    said = tuple(line.split(" failed: ", 1)[-1] for line in "\n".join(problems).splitlines() if line)
    fatal = [line for line in log.splitlines() if STOPS.search(line) and not line.rstrip().endswith(said)]
    # An error that the simulator reports before it stops is the cause of the failures.
    first, *others = [*fatal[:10], *problems] if STOPPED in problems[-1] else ["; ".join(problems), *fatal[:10]]
    return [f"{where}: {first}", *others]


def repeat_command() -> str:
    """Return the command that repeats the test that runs now, with the session's seed and form."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    if not test:
        return ""
    chosen = options()
    given = {name: 1 for name, wanted in (("LONG", chosen.long), ("FULL", chosen.full)) if wanted}
    return make_test(test, chosen.seed, **given)


def repeat_lines() -> list[str]:
    """Return the lines that say how to repeat the test that runs now."""
    command = repeat_command()
    return [f"repeat: {command}", f"with waves: {command} WAVES=1"] if command else []


def problems(results: Path) -> list[str]:
    """Return one sentence per failed test of a results.xml, and one if no test ran."""
    cases = list(ElementTree.parse(results).getroot().iter("testcase"))
    found: list[str] = []
    for case in cases:
        for failure in [*case.iter("failure"), *case.iter("error")]:
            message = failure.get("message") or failure.get("error_msg") or (failure.text or "").strip()
            if "ended prematurely" in message:
                # The simulator stopped itself; the tests after this one never began.
                return [*found, f"{case.get('name')} failed: {STOPPED}"]
            found.append(f"{case.get('name')} failed: {shortened(message)}")
    if not any(case.find("skipped") is None for case in cases):
        found.append("no test ran")
    return found


def shortened(message: str) -> str:
    """Return the first lines of a message, and a sign if some are left out; a long line is cut, too."""
    lines = message.splitlines()
    kept = [line if len(line) <= MAX_LINE else line[:MAX_LINE] + " …" for line in lines[:MAX_LINES]]
    return "\n".join(kept + (["…"] if len(lines) > MAX_LINES else []))
