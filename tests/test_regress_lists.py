# SPDX-License-Identifier: Apache-2.0
"""Lists of regressions, and mistakes in calls of make regress and make sim: one line each."""

from pathlib import Path

import pytest

from sim import configs
from tb.cli import regress, sim
from tb.cli.common import MISTAKE, UsageError
from tb.regress import plan, run
from tb.regress.plan import parse_seeds, read_list
from tb.sequences import registry


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
        ("- configs: ['tiny:Nope=1']", "unknown parameter 'Nope'"),
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
        (["--list", "quick", "--config", "tiny:Nope=1"], "unknown parameter 'Nope'"),
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
        (["--seq", "smoke", "--seeds", "1-2", "--rerun", "some"], "RERUN=some is neither"),
        (["--seq", "smoke", "--seeds", "1-2", "--jobs", "abc"], "JOBS=abc is no number of workers"),
        (["--seq", "smoke", "--seeds", "1-2", "--sim", "vcs"], "unknown simulator 'vcs'"),
        (["--seq", "smoke", "--seeds", "1-2", "--config", "nope"], "unknown configuration 'nope'"),
        (["--seeds", "1-3"], "SEEDS needs SEQ: two files are contracted in the same way with every seed"),
    ],
)
def test_mistakes_in_several_runs_of_make_sim(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture
) -> None:
    assert sim.main(arguments) == MISTAKE and sentence in capsys.readouterr().err
