# SPDX-License-Identifier: Apache-2.0
"""`make faults`: breaks the RTL on purpose, one fault at a time, and shows which test notices.

tests/faults.yml lists the faults. Each is applied to a copy of the tree, the tests named with it run there,
and the first that fails is reported; each of the JOBS has its copy in build/faults. Before
the first test, the command names each fault that no longer applies, because its module has lost the place. A fault
whose RTL a simulator refuses shows nothing about its tests: it is counted apart, with the simulator's message.
Status 1 if a fault no longer applies, does not build, or is noticed by no test. Status 2 if no fault matches the name.
"""

import contextlib
import itertools
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.commands import BUILD_FOLDER
from sim.options import environment
from sim.toolchain import BUILD, ROOT
from tb.cli.common import Parser
from tools.mutants import Mutant, check, read_faults

FOLDER = BUILD / "faults"
FAILED = 1
MISTAKE = 2
TIMEOUT = 900  # seconds for the tests of one fault
TIME_LIMIT = "time limit"
NO_BUILD = "does not build"
DIED = "the simulator died"  # the message of sim.simulation


def copy_tree(folder: Path) -> None:
    """Write a fresh copy of the tracked and new files into a folder, which FuseSoC does not search for cores."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    (folder.parent / "FUSESOC_IGNORE").touch()
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def run_fault(fault: Mutant, folder: Path) -> str | None:
    """Apply a fault in a copy of the project, run its tests, undo it.

    Returns:
        The test that caught it, None, or a text that begins with NO_BUILD.

    Raises:
        ValueError: the fault no longer applies, or its tests were not run.
    """
    path = folder / fault.file
    with changed(path, fault.applied(path.read_text())):
        return first_failure(folder, fault.tests)


@contextlib.contextmanager
def changed(path: Path, text: str) -> Iterator[None]:
    """Give a file another text while a block runs."""
    original = path.read_text()
    path.write_text(text)
    try:
        yield
    finally:
        path.write_text(original)


def first_failure(folder: Path, tests: Sequence[str], limit: int = TIMEOUT, cpu: int = 0) -> str | None:
    """Run tests in a copy of the project until one fails; return it, another cause of the end, or None.

    Args:
        folder: the copy.
        tests: arguments of pytest.
        limit: seconds; after them a text that begins with TIME_LIMIT is returned. If a simulator refused the
            RTL, the text begins with NO_BUILD.
        cpu: seconds of processor time for one program, such as a simulation that hangs; 0 is no limit. If a
            simulator ended without a result, a text that begins with DIED is returned.

    Raises:
        ValueError: pytest ran no test, or not all of them.
    """
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=short", "-p", "no:cacheprovider", *tests]
    # The copy builds into its own folders.
    inherited = {name: value for name, value in os.environ.items() if name != BUILD_FOLDER}
    # One failure is enough. A session of its own, so that a simulation that hangs ends with it.
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**inherited, **environment(runs="", strict=True), "COCOTB_MAX_FAILURES": "1", "COLUMNS": "400"},
        start_new_session=True,
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))) if cpu else None,
    )
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        return f"{TIME_LIMIT} of {limit} s"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)(.*)", output, re.MULTILINE)
    if process.returncode == 1 and failed:
        if refused := re.search(r"^E .*?(\w+ could not build .*)\nE +(.*)", output, re.MULTILINE):
            return f"{NO_BUILD}: {failed[1]}: {refused[1]} {refused[2]}"
        return f"{DIED}: {failed[1]}" if cpu and DIED in failed[2] else failed[1]
    if process.returncode:  # also if a test was not run for a missing program
        raise ValueError(f"pytest ended with {process.returncode}:\n{(output + errors)[-2000:]}")
    return None


def not_built(end: str | None) -> bool:
    """Return whether no simulator accepted the RTL, by what ended a fault's tests."""
    return bool(end) and end.startswith(NO_BUILD)


def select(only: str) -> list[Mutant]:
    """Return the faults whose file or text contains `only`.

    Raises:
        ValueError: there is none; the text names the existing files.
    """
    faults = read_faults()
    chosen = [fault for fault in faults if only in fault.file + fault.what]
    if not chosen:
        files = sorted({Path(fault.file).stem.removeprefix("flaash_") for fault in faults})
        raise ValueError(f"no fault's file or text contains '{only}'; there are faults of {', '.join(files)}")
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    parser = Parser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", default="", help="run only the faults whose file or text contains this")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="number of faults at a time")
    options = parser.parse_args(arguments)
    try:
        faults = select(options.only)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return MISTAKE
    console = Console()
    stale = check(faults)
    for problem in stale.values():
        console.print(f"no longer applies: {problem}", style="red", markup=False)
    faults = [fault for fault in faults if fault not in stale]
    table = Table(title="Faults made on purpose")
    for column in ("file", "fault", "caught by"):
        table.add_column(column, overflow="fold")
    copies: SimpleQueue[Path] = SimpleQueue()
    for job in range(max(options.jobs, 1) if faults else 0):
        copy_tree(FOLDER / str(job))
        copies.put(FOLDER / str(job))
    ended = itertools.count(1)

    def run(fault: Mutant) -> str | None:
        begin, copy = time.monotonic(), copies.get()
        try:
            caught = run_fault(fault, copy)
        except ValueError as error:
            console.print(f"{fault.what}: {error}", style="red", markup=False)
            caught = None
        finally:
            copies.put(copy)
        console.print(
            f"[{next(ended)}/{len(faults)}] {fault.file}: {fault.what}: "
            f"{caught or 'NOT CAUGHT'} ({time.monotonic() - begin:.0f} s)",
            markup=False,
        )
        return caught

    with ThreadPoolExecutor(max(options.jobs, 1)) as pool:
        ends = list(pool.map(run, faults))
    for fault, end in zip(faults, ends, strict=True):
        told = escape(end or "nothing")
        table.add_row(fault.file, fault.what, f"[red]{told}[/red]" if end is None or not_built(end) else told)
    console.print(table)
    bad = {"not caught": ends.count(None), "not built": sum(map(not_built, ends)), "no longer apply": len(stale)}
    caught = len(ends) - bad["not caught"] - bad["not built"]
    counts = [f"{number} {kind}" for kind, number in bad.items() if number]
    console.print(", ".join([f"{caught} of {len(faults)} faults caught", *counts]))
    return FAILED if counts else 0


if __name__ == "__main__":
    sys.exit(main())
