# SPDX-License-Identifier: Apache-2.0
"""Lists of regressions, their results, and mistakes in calls of make regress and make sim: one line each."""

from pathlib import Path

import pytest
from rich.console import Console

from sim import configs
from tb.cli import regress, sim
from tb.cli.common import MISTAKE, UsageError
from tb.regress import job, plan, results, run
from tb.regress.groups import grouped, pattern
from tb.regress.plan import RunSpec, parse_seeds, read_list
from tb.sequences import registry

WRONG = (
    "tb.env.top_tests on icarus, seed {seed}: sequences failed: contraction 2 (random, seed {seed}),"
    " at 12{seed} ns: result (0, {seed}) is 0x4{seed} (2.5), the model says 0x3f800000 (1.0)\nlog: x"
)


def write_list(folder: Path, text: str) -> str:
    path = folder / "some.yml"
    path.write_text(text)
    return str(path)


def test_one_word_is_a_list(tmp_path: Path) -> None:
    words = "- {sequences: smoke, configs: tiny, simulators: icarus}"
    assert [spec.name for spec in read_list(write_list(tmp_path, words))] == ["smoke-tiny-icarus-1"]


def test_a_list_is_expanded(tmp_path: Path) -> None:
    name = write_list(
        tmp_path,
        """
- sequences: [smoke, random]
  configs: [tiny, "paper1:NumSdpe=3,Memory=banked"]
  simulators: [icarus]
  seeds: 1-2,7
  knobs: {random: {count: 3}}
- sequences: [smoke]
  configs: [tiny]
  simulators: [icarus]
""",
    )
    specs = read_list(name)
    assert len(specs) == 2 * 2 * 3 == len({spec.name for spec in specs}), "the second entry adds nothing"
    assert {spec.seed for spec in read_list(name, "4-5")} == {4, 5}
    first = specs[0]
    assert first.name == "smoke-tiny-icarus-1"
    call = plan.Call("regress", {"LIST": name})
    assert call.one(first) == "make sim SEQ=smoke CONFIG=tiny SIM=icarus SEED=1"
    other = next(spec for spec in specs if spec.sequence == "random" and ":" in spec.config)
    assert call.one(other) == f"make regress LIST={name} SEEDS={other.seed} ONLY={other.name} RERUN=all"
    assert configs.load(other.config) == configs.load("paper1", {"NumSdpe": 3, "Memory": "banked"})


def test_a_list_at_both_interfaces(tmp_path: Path) -> None:
    """Names and commands say which interface it is, where it is not the stream interface."""
    words = "- {sequences: [smoke], configs: tiny, simulators: icarus, interfaces: [stream, memory]}"
    first, second = read_list(write_list(tmp_path, words))
    assert (first.name, second.name) == ("smoke-tiny-icarus-1", "smoke-tiny-memory-icarus-1")
    assert plan.Call("regress", {"LIST": "x"}).one(second) == (
        "make sim SEQ=smoke CONFIG=tiny SIM=icarus SEED=1 IF=memory"
    )
    everything = read_list(write_list(tmp_path, "- {configs: tiny, simulators: icarus, interfaces: memory}"))
    assert [spec.sequence for spec in everything] == registry.at_interface("memory")
    assert {spec.sequence for spec in read_list("memory")} == set(registry.at_interface("memory"))


def test_the_lists_of_the_project_are_right_and_have_every_sequence() -> None:
    """A new sequence is in the lists automatically."""
    for path in plan.LISTS.glob("*.yml"):
        assert read_list(path.stem)
    assert {spec.sequence for spec in read_list("nightly")} == set(registry.names()) - {"result_range"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- sequences: [nope]", "entry 1: unknown sequence 'nope'"),
        ("- config: [tiny]", "entry 1: an entry has some of configs"),
        ("- {sequences: smoke, interfaces: pcie}", "entry 1: IF=pcie is neither stream nor memory"),
        ("- configs: [tiny, nope]", "unknown configuration 'nope'"),
        ("- simulators: [spice]", "unknown simulator 'spice'"),
        ("- seeds: 3-1", "is no range"),
        ("- seeds: x", "is no list of seeds"),
        ("sequences: all", "is no list of entries"),
        ("- [", "while parsing"),
        ("- knobs: {random: {cuont: 3}}", "'random' has no knob 'cuont', but count, "),
        ("- knobs: {rndom: {count: 3}}", "'rndom' is none of the sequences back_to_back, "),
        ("- {sequences: [smoke], knobs: {random: {count: 3}}}", "'random' is none of the sequences smoke"),
        ("- knobs: {random: 3}", "knobs of 'random': 3 is no mapping"),
        ("- knobs: [random]", "is no mapping such as {random: {count: 3}}"),
        ("- except: [nope]", "unknown sequence 'nope'"),
        ("- sequences:", "sequences: None is no list of names"),
        ("- configs: [1]", "configs: [1] is no list of names"),
    ],
)
def test_mistakes_in_a_list_are_named(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="some.yml") as told:
        read_list(write_list(tmp_path, text))
    assert sentence in str(told.value)


def test_seeds() -> None:
    assert parse_seeds("1-3,8, 2") == [1, 2, 3, 8]
    for text in ("", "-1", "1-", "0-2147483648", "1-1000000"):
        with pytest.raises(UsageError):
            parse_seeds(text)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--list", "nope"], "there is no list 'nope', choose one of coverage, memory, nightly, quick, long"),
        (["--rerun", "some"], "RERUN=some is neither"),
        (["--sim", "spice"], "unknown simulator 'spice'"),
        (["--list", "quick", "--only", "nope"], "no run of the list 'quick' has 'nope' in its name, such as smoke-"),
        (["--list", "quick", "--config", "nope"], "unknown configuration 'nope', choose one of default"),
        (["--list", "quick", "--config", "paper1"], "list 'quick' is on CONFIG=paper1, but on tiny"),
        (["--list", "quick", "--sim", "verilator"], "is left on SIM=verilator, but on icarus"),
        (["--list", "quick", "--seeds", "x"], "SEEDS=x is no list of seeds"),
        (["--list", "quick", "--jobs", "abc"], "JOBS=abc is no number of workers"),
        (["--list", "quick", "--on", "moon"], "ON=moon: choose one of here, slurm"),
        (["--list", "quick", "--jobs", "0"], "JOBS=0 is no number of workers"),
    ],
)
def test_mistakes_in_a_call_are_one_line(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "BUILD", tmp_path)
    monkeypatch.setattr(regress, "BUILD", tmp_path)
    assert regress.main(arguments) == MISTAKE
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and sentence in lines[0], lines


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--seq", "smoke", "--seeds", "1-2", "--waves"], "WAVES is for one run"),
        (["--sim", "both", "--out", "c.tns"], "OUT is for one run"),
        (["--seq", "smoke,nope"], "unknown sequence 'nope'"),
        (["--seq", "smoke", "--seeds", "1-2", "--seed", "7"], "SEED and SEEDS can't be given together"),
        (["--seq", "smoke", "--jobs", "2"], "JOBS is for several runs"),
        (["--seq", "smoke", "--rerun", "all"], "RERUN is for several runs"),
        (["--seq", "smoke", "--seeds", "1-2", "--sim", "vcs"], "unknown simulator 'vcs'"),
        (["--seeds", "1-3"], "SEEDS needs SEQ: two files are contracted in the same way with every seed"),
    ],
)
def test_mistakes_in_several_runs_of_make_sim(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture
) -> None:
    assert sim.main(arguments) == MISTAKE and sentence in capsys.readouterr().err


# The results of a regression: groups of failures, the suite's page, holes, progress.
def record(name: str, error: str = "", cycles: int = 0, seconds: float = 1.0) -> dict:
    spec = RunSpec(name, "tiny", "icarus", cycles)
    return job.record_of(spec, "key", "make ..", error, {"passed": not error, "cycles": cycles}, seconds)


def test_failures_with_the_same_message_are_one_group() -> None:
    groups = grouped(
        [
            record("a", WRONG.format(seed=3), 30),
            record("b", WRONG.format(seed=5), 20),
            record("c"),
            record("d", "no progress for 20000 cycles\nmore", 5),
        ]
    )
    assert [[member["sequence"] for member in group.records] for group in groups] == [["b", "a"], ["d"]]
    assert groups[0].message.startswith("contraction 2 (random, seed 5), at 125 ns: result (0, 5)")
    scalar = WRONG.format(seed=1).replace("(0, 1)", "()").replace("-", "")
    assert pattern(scalar) == pattern(WRONG.format(seed=9))
    assert pattern("CntJobs is 3, the model says 4") != pattern("CntDots is 3, the model says 4")


def test_the_suite_has_a_page_of_results_too(tmp_path: Path) -> None:
    report = tmp_path / "coverage"
    (report / "runs").mkdir(parents=True)
    (report / "junit.xml").write_text("""<testsuites><testsuite>
<testcase classname="tests.top.test_sequences" name="test_sequences[icarus-default-shapes]" time="2.5"/>
<testcase classname="tests.top.test_sequences" name="test_corners[icarus]" time="1.5">
<failure message="m">no progress for 20000 cycles</failure></testcase>
<testcase classname="tests.models.test_axes" name="test_x" time="0"><skipped/></testcase>
</testsuite></testsuites>""")
    suite = results.Suite(report)
    page = results.write(suite, suite.records(), tmp_path / "results").read_text()
    for part in (
        "1 of 2 runs passed",
        "chip/corners",
        "chip/shapes",
        "no progress for 20000 cycles",
        "make test TEST=&#39;tests/top/test_sequences.py::test_corners[icarus]&#39; SEED=",
    ):
        assert part in page, part


def test_holes_name_a_command_that_has_filled_them(tmp_path: Path) -> None:
    points = [results.CoverPoint("flaash.result.count", {"none": 0, "one": 0, "more": 3}, 1)]
    filled = {"flaash.result.count: none": "make sim SEQ=empties"}
    assert [hole["command"] for hole in results.holes_of(points, results.read_testplan(), filled)] == [
        "make sim SEQ=empties",
        "make test TEST=tests/top/test_sequences.py::test_sequences",
    ]
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "functional-icarus.yml").write_text(
        "flaash.result.count:\n  at_least: 1\n  bins:_hits:\n    one: 2\n"
    )
    known = results.note_filled(
        tmp_path, [{"name": "a", "seconds": 1, "command": "make sim SEQ=a"}], tmp_path / "filled.json"
    )
    assert known == {"flaash.result.count: one": "make sim SEQ=a"}


def test_progress_tells_the_expected_end() -> None:
    console = Console(force_terminal=False, record=True, width=200)
    progress = run.Progress(4, 2, lambda: 2, console)
    progress._shown = progress._began - run.LINE_EVERY
    progress.show([{"passed": True}, {"passed": False}])
    progress.show([{"passed": True}] * 3)
    progress.show([{"passed": True}] * 4)
    first, last = console.export_text().splitlines()
    assert first.startswith("2/4 runs done, 1 failed, 2 under way, the end is expected at ")
    assert last == "4/4 runs done, 0 failed"
