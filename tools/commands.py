# SPDX-License-Identifier: Apache-2.0
"""The commands of make: what each is for, the variables that it takes, and what it runs.

The Makefile passes on what the user gives, as words `NAME=value`. This file imports nothing that make installs.
"""

import difflib
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

EVERYWHERE = ("BUILD", "PYTHON")
FLAGS = "WAVES FAST FULL LONG APT STRICT COV SHOTS QUICK KEEP GATED LATCHES WIRES RECORD CHECK BOARD".split()
LONG_RUNS = ("-o", "timeout=7200")  # seconds of a test
LONG_FILES = ("-o", "python_files=long_*.py")
# Of the suite: other commands explain their variables by --help of the module that they run.
TEST_HELP = """
TEST=         tests/file.py::name, a folder, or several; options of pytest such as -k
SEED=         of every random test, default 1
SIM=          verilator or icarus, default both
WAVES=1       each simulation writes a trace
FULL=1        more of everything
LONG=1        everything, as regress LIST=long
APT=0         install no programs
STRICT=1      a test whose program is missing fails
ADD=          a folder of runs, such as build/runs/sim: put it into the last report
SHOTS=1       renew the pictures of docs/
JOBS=         tests at a time, default one per processor
"""

Given = Mapping[str, str]
Run = list[str]  # arguments of `python -m tb.cli`


class Mistake(Exception):
    """A wrong call; the text is one line for the user."""


@dataclass(frozen=True)
class Command:
    """A command of make: a line of help, its variables, the groups of packages that it needs.

    Attributes:
        runs: returns what runs, one after the other.
        module: explains the variables by its --help; "" if TEST_HELP does.
    """

    help: str
    variables: str
    runs: Callable[[Given], list[Run]]
    groups: Callable[[Given], str] = lambda _: ""
    module: str = ""

    def names(self) -> list[str]:
        """Return the variables that the command takes."""
        return [*self.variables.split(), *EVERYWHERE]


def option(name: str, value: str) -> list[str]:
    """Return the words of an option; `=`, because a value such as AXES=-1:-1 would be taken for an option."""
    word = f"--{name.lower().replace('_', '-')}"
    if name in FLAGS:
        return [word] if value == "1" else []
    return [f"{word}={value}"] if value else []


def options(given: Given, *hidden: str) -> list[str]:
    """Return the words of all variables but the hidden ones."""
    return [word for name in given if name not in (*EVERYWHERE, *hidden) for word in option(name, given[name])]


def command(text: str, module: str, variables: str = "", groups: str | Callable = "", lock: str = "") -> Command:
    """Return a command that runs a module; of those with the same lock one runs at a time."""

    def runs(given: Given) -> list[Run]:
        before = [*(["--fast"] if given.get("FAST") == "1" else []), *([lock] if lock else [])]
        return [[*before, "-m", module, *options(given, "FAST")]]

    return Command(text, variables, runs, groups if callable(groups) else lambda _: groups, module)


def pytest(given: Given, *more: str, files: str = "") -> Run:
    """Return a run of pytest, for TEST or else for files; TEST is split as a shell splits it."""
    cache = ["-o", f"cache_dir={os.environ['FLAASH_BUILD']}/pytest"] if "FLAASH_BUILD" in os.environ else []
    number = given.get("JOBS") or str(len(os.sched_getaffinity(0)))
    simulator = option("SIMULATOR", given.get("SIM", ""))
    strict = ["--need-programs"] if given.get("STRICT") == "1" else []
    rest = options(given, "JOBS", "SIM", "STRICT", "APT", "TEST")
    tests = shlex.split(given.get("TEST") or files)
    return ["-m", "pytest", *cache, "-n", number, "--dist", "worksteal", *more, *simulator, *strict, *rest, *tests]


def suite(given: Given) -> list[Run]:
    """Return the run of make test."""
    return [pytest(given, *(LONG_RUNS if given.get("LONG") == "1" else ()))]


def regression(given: Given) -> list[Run]:
    """Return the runs of make regress: a list of runs, or with LIST=long the long tests.

    Raises:
        Mistake: a variable is for the other kind of list.
    """
    own = ("TEST", "SEED", "WAVES")
    if given.get("LIST") != "long":
        if extra := [name for name in own if given.get(name)]:
            raise Mistake(f"{extra[0]} is for LIST=long; a list of runs takes SEEDS")
        return LIST.runs(given)
    if extra := [name for name in given if name not in ("LIST", *own, "JOBS", *EVERYWHERE)]:
        raise Mistake(f"LIST=long does not take {extra[0]}; it takes {', '.join(own)}, JOBS")
    rest = {**{name: value for name, value in given.items() if name != "LIST"}, "LONG": "1"}
    # They take minutes each: a line when one begins and one when it ends, with the share that is done.
    shown = ("-vv", "--durations=0", *LONG_RUNS)
    named = pytest(rest, *shown, *LONG_FILES, files="tests/regress tests/silicon tests/install")
    others = (["--left-out", "tests"], ["tests/blocks", "tests/top/test_hostile.py"])
    fuzz = ["fuzz", "-m", "tools.fuzz", *option("JOBS", given.get("JOBS", ""))]
    return [named] if given.get("TEST") else [named, *([*pytest(rest, *shown), *files] for files in others), fuzz]


def coverage(given: Given) -> list[Run]:
    """Return the run of make cov: a module that calls pytest, or adds runs to the last report."""
    if added := given.get("ADD"):
        return [["-m", "tb.coverage.suite", "--add", added]]
    called = ["python", "-m", "tb.cli", *pytest(given)]
    return [["-m", "tb.coverage.suite", *option("TEST", given.get("TEST", "")), *called]]


def several(given: Given) -> str:
    """Return the groups of make sim: several runs, and several chips, need more than one."""
    many = given.get("SEEDS") or given.get("CHIPS") or given.get("SIM") == "both" or "," in given.get("SEQ", "")
    return "regress" if many else ""


GENERATED = ("tools.packaging.lists", "tools.registers", "tools.legal", "tools.ports", "tools.figures")
LIST = command("", "tb.cli.regress")

COMMANDS = {
    "help": Command("list the targets; TARGET=sim explains the variables of one", "TARGET", lambda _: []),
    "sim": command(
        "contract two tensors, or run a sequence, on the simulated chip; check every bit",
        "tb.cli.sim",
        "A B AXES EINSUM OUT SEQ SEED SIM CONFIG IF PORTION LONG_LINES RENUMBER CHIPS WAVES FAST SEEDS RERUN JOBS",
        several,
    ),
    "new-sequence": command("write a sequence file to begin with", "tb.cli.new_sequence", "NAME"),
    "waves": command("open the newest trace at its first mismatch", "tb.cli.waves", "TRACE"),
    "test": Command(
        "run the suite on both simulators, or TEST=path::name",
        "TEST SEED SIM WAVES FULL LONG APT STRICT JOBS",
        suite,
        lambda _: "test",
    ),
    "regress": Command(
        "run a list over seeds and machines; LIST=long, the long tests",
        "LIST SEEDS ONLY RERUN SIM CONFIG COV FAST ON TEST SEED WAVES JOBS",
        regression,
        lambda given: "test" if given.get("LIST") == "long" else "regress",
        "tb.cli.regress",
    ),
    "cov": Command(
        "measure the suite's coverage, or ADD= runs to it", "TEST SEED ADD JOBS", coverage, lambda _: "test"
    ),
    "formal": command(
        "prove the properties of formal/, refute mutants", "tools.formal", "ONLY QUICK JOBS", "", "formal"
    ),
    "faults": command(
        "break the RTL on purpose, show which test notices", "tools.faults", "ONLY JOBS", "test", "faults"
    ),
    "operator-faults": command(
        "break the RTL at random places, show which test notices",
        "tools.operator_faults",
        "SEED COUNT ONLY KEEP",
        "test",
        "operator-faults",
    ),
    "fuzz": command("give broken bytes to the readers of tensor files", "tools.fuzz", "MINUTES SEED JOBS", "", "fuzz"),
    "lint": command("check the RTL of every configuration, and the Python", "tools.lint", "QUICK", "lint", "lint"),
    "pages": Command(
        "test the pages in a browser",
        "TEST SHOTS",
        lambda given: [pytest({**given, "JOBS": "0"}, *LONG_FILES, files="tests/pages")],
        lambda _: "test pages",
    ),
    "bench": command(
        "measure cycles, write their report",
        "bench.run",
        "ONLY NUM_SDPE CONFIG CLOCK_MHZ FMAX_MHZ FAST JOBS",
        "bench",
        "bench",
    ),
    "bench-record": Command(
        "record the cycles that later runs are compared with",
        "",
        lambda _: [["bench", "-m", "bench.guard"], ["-m", "tools.silicon.page"]],
        lambda _: "bench",
    ),
    "silicon": command(
        "report area, clock and power, in cells or on an ECP5",
        "tools.silicon",
        "ONLY TECH LIBERTY SLOW MACROS POWER GATED LATCHES WIRES LEF WIRE RECORD CHECK JOBS",
        "",
        "silicon",
    ),
    "litex": command(
        "simulate the chip in a LiteX SoC, or build its bitstream", "tools.litex", "BOARD RECORD", "", "litex"
    ),
    "package": command("write file list, bundle, registers and C driver", "tools.packaging", "", "package", "package"),
    "docs": command("build the documentation's site", "tools.docs", "", "docs", "docs"),
    "generate": Command(
        "renew what is generated and kept in git",
        "",
        lambda _: [["generate", "-m", part] for part in GENERATED],
        lambda _: "bench",
    ),
    "venv": Command(
        "install a group of requirements/, GROUP=test", "GROUP", lambda _: [], lambda given: given.get("GROUP", "")
    ),
    "clean": Command("remove everything that was built; .venv stays", "", lambda _: []),
}


def closest(wrong: str, known: Sequence[str]) -> str:
    """Return what may have been meant, as the end of a sentence; else all that is known."""
    found = difflib.get_close_matches(wrong, known, 1, 0.5)
    return f"; did you mean {found[0]}?" if found else f"; choose one of {', '.join(known)}"


def read(target: str, words: Sequence[str]) -> dict[str, str]:
    """Return the variables of a call of a command, by name.

    Raises:
        Mistake: there is no such command, or it takes no such variable, or not this value.
    """
    if target not in COMMANDS:
        raise Mistake(f"there is no command {target}{closest(target, [*COMMANDS])}")
    given = {}
    for word in words:
        name, equals, value = word.partition("=")
        given[name] = value
        if name not in COMMANDS[target].names() or not equals:
            raise Mistake(f"make {target} does not take {name}{closest(name, COMMANDS[target].names())}")
        if name in FLAGS and value not in ("0", "1", ""):
            raise Mistake(f"{name}={value} is neither 0 nor 1")
        if name == "JOBS" and not (value.isascii() and value.isdecimal() and int(value)):
            raise Mistake(f"JOBS={value} is no number of processes")
    return given
