# SPDX-License-Identifier: Apache-2.0
"""LIST=long runs the tests that the suite leaves out: every test runs on both simulators, with some seed."""

from types import SimpleNamespace

import pytest

import tests.share
from sim.options import decided
from sim.simulation import SimulationFailed, run_bench
from sim.toolchain import SIMULATORS
from tb.coverage.testplan import read_testplan
from tests.collect import collected
from tests.conftest import MORE, counts_toggles, planned_but_not_passed
from tests.share import amount, share

MARKED = "tests/top/test_portions.py::test_special_values_across_portions"
# In it are tests with each mark but `proved`.
FILE = "tests/top/test_sequences.py"


def on_other(name: str) -> str:
    """Return the name of a test on the other simulator."""
    here, there = SIMULATORS if SIMULATORS[0] in name else reversed(SIMULATORS)
    return name.replace(here, there)


def simulated(names: list[str]) -> set[str]:
    return {name for name in names if any(simulator in name for simulator in SIMULATORS)}


@pytest.fixture(scope="module")
def by_seed() -> dict[int, set[str]]:
    """Return the tests of the file that the full suite runs with two seeds."""
    return {seed: simulated(collected(FILE, "--seed", str(seed), full=True)) for seed in (1, 2)}


@pytest.fixture(scope="module")
def suite() -> set[str]:
    """Return the tests of the file that the suite runs with the first seed."""
    return simulated(collected(FILE, "--seed", "1"))


def test_left_out_tests_are_the_rest(suite: set[str]) -> None:
    left_out = simulated(collected(FILE, "--left-out", "--seed", "1"))
    assert left_out and not suite & left_out
    everything = suite | left_out
    assert {on_other(name) for name in everything} == everything


def test_the_full_suite_has_more(suite: set[str], by_seed: dict[int, set[str]]) -> None:
    """The full suite adds simulators that a mark names, or whole tests."""
    more = by_seed[1] - suite
    assert all({name, on_other(name)} & by_seed[1] for name in suite)
    assert f"{FILE}::test_sequences[icarus-default-modes]" in more
    assert f"{FILE}::test_sequences[verilator-default-modes]" in suite
    assert any("test_results_out_of_range" in name for name in more)


def test_seeds_take_turns(by_seed: dict[int, set[str]]) -> None:
    """Another seed changes the simulator of alternating tests and the members of sweeps, nothing else."""
    first, second = by_seed[1] - by_seed[2], by_seed[2] - by_seed[1]
    alternating = {name for name in first if "test_sequences[" in name}
    assert alternating and {on_other(name) for name in alternating} <= second
    formats = [{name for name in names if "test_formats[" in name} for names in (first, second)]
    assert len(formats[0]) == len(formats[1]) == 2
    assert {name for name in by_seed[1] & by_seed[2] if "default-shapes" in name} == {
        f"{FILE}::test_sequences[{simulator}-default-shapes]" for simulator in SIMULATORS
    }


def test_who_asks_for_a_simulator_gets_all_that_alternates() -> None:
    named = collected(FILE, "--simulator", "icarus", full=True)
    assert len([name for name in named if "test_sequences[" in name]) == 12


def test_blocks_run_on_both_in_the_full_suite() -> None:
    names = collected("tests/blocks/paper/test_scheduler.py", full=True)
    assert names and all(on_other(name) in names for name in names)


def test_coverage_takes_the_simulator_that_counts_code(by_seed: dict[int, set[str]]) -> None:
    """The same number of tests as the full suite, for any seed; alternating tests all on Verilator."""
    for seed, full in by_seed.items():
        names = simulated(collected(FILE, "--seed", str(seed), coverage=True))
        assert len(names) == len(full)
        assert full - names and names - full == {on_other(name) for name in full - names}
        assert all("icarus" in name for name in full - names)


@pytest.mark.parametrize(
    ("test", "args", "counted"),
    [
        ("tests/blocks/test_x.py::test_x", None, True),
        ("tests/top/test_x.py::test_x", None, False),
        ("tests/top/test_x.py::test_x", (), True),
        ("tests/blocks/test_x.py::test_x", (False,), False),
    ],
)
def test_toggles_are_counted_in_blocks_and_where_a_mark_says_so(test: str, args: tuple | None, counted: bool) -> None:
    mark = None if args is None else SimpleNamespace(args=args)
    assert counts_toggles(SimpleNamespace(nodeid=test, get_closest_marker=lambda name: mark)) is counted


def test_a_test_named_in_full_runs_although_it_is_left_out() -> None:
    """So the line that a failing test prints repeats the test."""
    left_out = collected(MARKED, "--left-out")
    assert left_out and collected(left_out[0]) == left_out[:1]


def test_a_planned_test_that_did_not_pass_is_missed() -> None:
    """A test that this run leaves to the full suite does not count as missing, nor one without its program."""
    first, second, *others = sorted({test for point in read_testplan() for test in point.tests})
    reporter = SimpleNamespace(stats={"passed": [SimpleNamespace(nodeid=f"{name}[x]") for name in others]})
    stash = pytest.Stash()
    config = SimpleNamespace(pluginmanager=SimpleNamespace(get_plugin=lambda name: reporter), stash=stash)
    assert planned_but_not_passed(config) == [first, second]
    reporter.stats["skipped"] = [SimpleNamespace(nodeid=f"{first}[icarus]", lacks=["iverilog"])]
    assert planned_but_not_passed(config) == [second]
    reporter.stats["skipped"] = [SimpleNamespace(nodeid=first)]
    assert planned_but_not_passed(config) == [first, second], "skipped for another reason"
    stash[MORE] = {first}
    assert planned_but_not_passed(config) == [second]


def test_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first item is in each share; two seeds together cover all; the suite may do less."""
    monkeypatch.setattr(tests.share, "LONG", False)
    monkeypatch.setattr(tests.share, "FULL", False)
    assert share("abcde", 1, suite=4) == ["a", "b"] and amount(1, 2) == 1
    monkeypatch.setattr(tests.share, "FULL", True)
    assert share("abcde", 1, suite=4) == ["a", "b", "d"] and amount(1, 2) == 2
    assert [share("abcde", seed) for seed in (1, 2)] == [["a", "b", "d"], ["a", "c", "e"]]
    assert [share("abcde", seed, of=3) for seed in (1, 2, 3)] == [["a", "b", "e"], ["a", "c"], ["a", "d"]]


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize("short", [True, False])
def test_an_assertion_shows_both_sides(short: bool, simulator: str) -> None:
    """In short runs no assertion is rewritten; the operands of a bare assertion are still reported."""
    run = ("flaash_round_robin", "tests.blocks.assertion_tests", simulator, f"assertion-{short}")
    with decided(short=short):
        with pytest.raises(SimulationFailed, match="fails failed: assert 4 == 77"):
            run_bench(*run, {"NumPorts": 4}, testcase="fails")
        run_bench(*run, {"NumPorts": 4}, testcase="uses_pytest")
