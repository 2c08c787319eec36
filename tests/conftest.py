# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the whole suite: every test that simulates runs on each simulator.

The mark `runs` says when a test runs; without it a test runs in the suite, on both simulators:

- `on="icarus"`: on this simulator only, because the other one takes minutes. None: on neither.
- `odd="icarus"`: both see the same; this one runs the test with odd seeds, the other one with even seeds. In the full
  suite the blocks' tests run on both.
- `turn=(k, n)`: with seeds that leave k when divided by n; for one of n tests of a sweep.
- `full=True`, `full="icarus"`: in the full suite only (`make test FULL=1`, `make cov`), on this simulator.
- `proved=True`: on Icarus, because a proof by induction covers the rest.

`make regress LIST=long` runs whatever the suite leaves out (--left-out). `make cov` runs the full suite, but
`proved` and `odd` on Verilator, because only Verilator counts code. It counts toggles in the tests of blocks
and in tests with the mark `toggles`. The mark `needs` names programs (tests/programs.py).
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from filelock import AcquireReturnProxy

from sim import folders
from sim.options import decide, options
from sim.simulation import SimulationFailed
from sim.toolchain import SIMULATORS, ToolMissing, explained
from tb.coverage.testplan import read_testplan
from tests import programs
from tests.play import play, play_on  # noqa: F401  (fixtures)
from tests.simcall import own_folders  # noqa: F401

# The order by the first letters of a path, from long tests to short ones; others are in between.
LONG_ONES = ("top/", "dma/", "blocks/engine/", "blocks/operand/", "blocks/planner/", "blocks/test_plain")
ORDER = dict.fromkeys(LONG_ONES, 0) | {"models/": 2, "fuzz/": 2}
HELD = pytest.StashKey[AcquireReturnProxy]()  # the lock on the folder of the runs
MORE = pytest.StashKey[set[str]]()  # tests that only the full suite runs


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--simulator", type=_simulator_named, help="run on this simulator only")
    parser.addoption("--left-out", action="store_true", help="run what the suite leaves out, and only that")
    parser.addoption("--full", action="store_true", help="more of everything, as make test FULL=1")
    parser.addoption("--long", action="store_true", help="everything, as make regress LIST=long")
    parser.addoption("--need-programs", action="store_true", help="a test without its program fails, as with STRICT=1")
    parser.addoption("--shots", action="store_true", help="renew the pictures of docs/")
    parser.addoption("--waves", action="store_true", help="each run writes a trace into its folder")
    parser.addoption("--seed", type=_seed_of, default=1, help="seed of every random test (default 1)")


def _simulator_named(text: str) -> str:
    if text not in SIMULATORS:
        raise pytest.UsageError(f"SIM={text}: choose one of {', '.join(SIMULATORS)}")
    return text


def _seed_of(text: str) -> int:
    if not text.isdecimal():
        raise pytest.UsageError(f"SEED={text} is no whole number from 0 on")
    return int(text)


def pytest_configure(config: pytest.Config) -> None:
    """Name a file that does not exist: the workers of a parallel run would only find no test."""
    for argument in config.args:
        path = Path(argument.split("::")[0])
        if not (config.invocation_params.dir / path).exists():
            raise pytest.UsageError(f"there is no {path}")
    # For simulations, and for the workers of a parallel run; the pytest that a test starts has these options, too.
    chosen = options()
    given = {name: True for name in ("full", "long", "waves", "shots") if config.getoption(name)}
    decide(**given, seed=config.getoption("seed"), strict=chosen.strict or config.getoption("need_programs"))
    if not config.getoption("left_out") and not options().long:
        decide(short=True)
    if not chosen.runs:
        folder, config.stash[HELD] = folders.claim(folders.runs())
        decide(runs=str(folder))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show only the message of a simulation that failed, or of a missing program: no traceback, no compiler command."""
    report = yield
    if call.excinfo is None or programs.leave_out(report, call.excinfo.value):
        return report
    if line := _line_of(call.excinfo.value):
        report.longrepr = line
        report.sections.clear()
    return report


def _line_of(error: BaseException) -> str | None:
    """Return what a failed test shows in place of a traceback, None for the traceback."""
    if isinstance(error, (SimulationFailed, ToolMissing)):
        return str(error)
    return explained(error) if isinstance(error, OSError) else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "simulator" in metafunc.fixturenames:
        only = metafunc.config.getoption("--simulator")
        metafunc.parametrize("simulator", [only] if only else list(SIMULATORS))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the suite's half of the tests with a mark, or the other half; and tests named in full."""
    wanted = config.getoption("--left-out")
    kept = [item for item in items if _left_out(item, config) == wanted or item.nodeid in config.args]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    names = {item.nodeid.split("[")[0] for item in items if _of_the_full_suite(item)}
    config.stash[MORE] = names - {item.nodeid.split("[")[0] for item in kept}
    # The long ones first: so the processes end at about the same time.
    items[:] = sorted(kept, key=_place)


def _place(item: pytest.Item) -> int:
    """Return the place of a test in the order of the tests."""
    path = item.nodeid.removeprefix("tests/")
    return next((place for start, place in ORDER.items() if path.startswith(start)), 1)


def _left_out(item: pytest.Item, config: pytest.Config) -> bool:
    """Return whether the suite leaves a test out, with this seed."""
    seed, simulator = config.getoption("seed"), _simulator(item)
    if any(simulator != only for only in _runs(item, "on")):
        return True
    if any(seed % count != turn for turn, count in _runs(item, "turn")):
        return True
    if _of_the_full_suite(item):
        return True
    odd, proved = _runs(item, "odd"), _runs(item, "proved")
    if options().coverage and (odd or proved):  # Icarus counts no code
        return simulator != (config.getoption("simulator") or "verilator")
    if proved:
        return simulator != "icarus"
    # A call for one simulator gets all tests that run there.
    whole = config.getoption("simulator") or options().full and item.nodeid.startswith("tests/blocks/")
    return bool(odd) and not whole and (simulator == odd[0]) != bool(seed % 2)


def _of_the_full_suite(item: pytest.Item) -> bool:
    """Return whether a test is left to the full suite, and this is not the full suite."""
    return not options().everything and any(wanted in (True, _simulator(item)) for wanted in _runs(item, "full"))


def _runs(item: pytest.Item, word: str) -> list[Any]:
    """Return what the marks `runs` of a test say under a word, the nearest mark first."""
    marks = list(item.iter_markers("runs"))
    for mark in marks:
        if mark.args or not {*mark.kwargs} <= {"on", "odd", "turn", "full", "proved"}:
            raise pytest.UsageError(f"{item.nodeid}: the mark runs{mark.args or mark.kwargs} says nothing")
    return [mark.kwargs[word] for mark in marks if word in mark.kwargs]


def _simulator(item: pytest.Item) -> str:
    return item.callspec.params.get("simulator", "") if hasattr(item, "callspec") else ""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out a test without its programs; else set whether its builds, and those it starts, count toggles."""
    programs.begin()
    if lacking := programs.lacking(item):
        raise programs.error_of(lacking)
    decide(toggles=counts_toggles(item))


def counts_toggles(item: pytest.Item) -> bool:
    """Return whether `make cov` counts toggles in a test; the nearest mark decides, otherwise its folder.

    Toggles take most of the time of `make cov`. The blocks' benches are small and see most toggles. Among the
    chip's many runs on each machine, the first few see all toggles that any run sees.
    """
    mark = item.get_closest_marker("toggles")
    return item.nodeid.startswith("tests/blocks/") if mark is None else mark.args[:1] != (False,)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """Return the seed of this run; printed by pytest when a test fails."""
    value = request.config.getoption("--seed")
    print(f"seed {value}")
    return value


def _ran_in_full(config: pytest.Config) -> bool:
    options = config.option
    return (
        not options.keyword
        and not options.markexpr
        and not options.simulator
        and not options.left_out
        and not options.collectonly
        and config.args_source is not pytest.Config.ArgsSource.ARGS
    )


def planned_but_not_passed(config: pytest.Config) -> list[str]:
    """Return the planned tests that should have passed in this run, but did not."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    passed = {report.nodeid.split("[")[0] for report in reporter.stats.get("passed", [])}
    planned = {test for point in read_testplan() for test in point.tests}
    left_out = {name.split("[")[0] for name in programs.not_run(config)}
    return sorted(planned - passed - left_out - config.stash.get(MORE, set()))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over the tests that a worker has left to the full suite; only workers collect tests."""
    more = getattr(node, "workeroutput", {}).get("more", [])
    node.config.stash[MORE] = node.config.stash.get(MORE, set()) | set(more)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    on_a_worker = hasattr(session.config, "workerinput")
    if on_a_worker:
        session.config.workeroutput["more"] = sorted(session.config.stash.get(MORE, set()))
    if on_a_worker or exitstatus:
        return
    lost = _ran_in_full(session.config) and planned_but_not_passed(session.config)
    if lost or options().strict and programs.not_run(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config) -> None:
    named = [name for name in config.args if "::" in name]
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and named:
        told = "no such test" if len(named) == 1 else "no such test among"
        terminalreporter.write_line(f"ERROR: {told}: {', '.join(named)}", red=True)
    if _ran_in_full(config):
        for name in planned_but_not_passed(config):
            terminalreporter.write_line(f"FAILED the testplan names {name}, which did not pass", red=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End with the number of tests that were not run, in the process that prints."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter and (tests := programs.not_run(config)):
        reporter.write_line(programs.summary(tests), red=options().strict, yellow=not options().strict)
