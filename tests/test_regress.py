# SPDX-License-Identifier: Apache-2.0
"""Regressions: lists, repeated runs, groups of failures, the page, the exit status."""

import contextlib
import errno
import json
import os
import shlex
import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from sim import configs
from sim.options import VARIABLE, options
from sim.simulation import SimulationFailed
from tb.cli import regress, sim
from tb.cli.common import FAILED, MISTAKE
from tb.env.run import Run
from tb.regress import engine, job, results, run
from tb.regress.plan import RunSpec, expand, read_list
from tests.completed import completed, make, words
from tests.test_regress_lists import WRONG, write_list


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict]:
    """Make runs end at once: the dict has an error by the name of a run; without one the run passes."""
    outcomes: dict = {"errors": {}, "ran": []}

    def simulate(config, simulator, sequences, name, seed, knobs, waves, built, interface) -> Run:
        folder = Path(options().runs) / name
        folder.mkdir(parents=True, exist_ok=True)
        outcomes["ran"].append(name)
        (folder / "run.log").write_text("a log\n")
        if waves:
            (folder / "dump.fst").write_text("trace")
        error = outcomes["errors"].get(name.removesuffix(job.WAVES))
        if error and (folder.parent / name).exists() and not (waves and "once" in error):
            summary = {"passed": False, "cycles": 1000 - seed}
            (folder / "summary.json").write_text(json.dumps(summary))
            raise SimulationFailed(error)
        return Run(folder, {"passed": True, "cycles": 10 * seed, "compared": seed})

    @contextmanager
    def workers(where: str, count: int, scratch: Path) -> Iterator[Client]:
        with (
            LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            yield client

    monkeypatch.setattr(engine, "workers", workers)
    monkeypatch.setattr(job, "run_sequences", simulate)
    monkeypatch.setattr(job, "build_top", lambda *_, **__: outcomes.get("build"))
    job._built.cache_clear()
    for module in (run, regress):
        monkeypatch.setattr(module, "BUILD", tmp_path)
    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    monkeypatch.setenv(VARIABLE, os.environ.get(VARIABLE, ""))  # the worker's options are undone
    yield outcomes
    job._built.cache_clear()


def runs(bench: dict, *arguments: str) -> tuple[int, list[str]]:
    """Run the list quick, and return the exit status and the names of the simulated runs."""
    bench["ran"].clear()
    return regress.main(["--list", "quick", "--seeds", "1-2", *arguments]), sorted(bench["ran"])


@pytest.mark.needs("iverilog")
def test_what_has_passed_is_not_run_again(bench: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = sorted(spec.name for spec in read_list("quick", "1-2"))
    assert runs(bench) == (0, everything)
    assert runs(bench) == (0, [])
    assert runs(bench, "--only", "smoke-tiny-icarus-1", "--rerun", "all") == (0, ["smoke-tiny-icarus-1"])
    assert runs(bench, "--rerun", "failed") == (0, [])
    monkeypatch.setattr(run, "sources_digest", lambda: "changed")
    assert runs(bench) == (0, everything)


@pytest.mark.needs("iverilog")
def test_a_failure_is_run_once_more_with_waves_and_later_alone(bench: dict, capsys) -> None:
    bench["errors"] = {f"smoke-tiny-icarus-{seed}": WRONG.format(seed=seed) for seed in (1, 2)}
    status, ran = runs(bench)
    waves = [f"smoke-tiny-icarus-{seed}{job.WAVES}" for seed in (1, 2)]
    assert status == FAILED and set(waves) < set(ran) and len(ran) == 10
    out = capsys.readouterr().out
    assert "2 failed runs once more, with waves" in out and "6 of 8 runs passed" in out
    assert "repeat: make sim SEQ=smoke CONFIG=tiny SIM=icarus SEED=2" in out, "the shortest of the group"
    status, ran = runs(bench, "--rerun", "failed")
    assert status == FAILED and ran == sorted([*(name.removesuffix(job.WAVES) for name in waves), *waves])
    bench["errors"] = {}
    assert runs(bench) == (0, [name.removesuffix(job.WAVES) for name in waves])


@pytest.mark.needs("iverilog")
@pytest.mark.parametrize("command", ["regress", "sim"])
def test_an_interrupted_call_counts_its_own_runs_and_is_resumed(
    command: str, bench: dict, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Earlier records do not count if all runs are repeated. The page has what has ended; then the rest runs."""

    def call(*more: str) -> tuple[int, int, str]:
        bench["ran"].clear()
        if command == "regress":
            status = regress.main(["--list=quick", "--seeds=1-2", *more])
        else:
            status = sim.main(["--seq=smoke,random", "--seeds=1-4", "--sim=icarus", "--config=tiny", *more])
        return status, len(bench["ran"]), capsys.readouterr().out

    assert call()[:2] == (0, 8)
    assert call()[:2] == (0, 0)
    with monkeypatch.context() as patch:
        first = run.Batch.run

        def three_runs(batch: run.Batch, specs: list[RunSpec], waves: bool = False) -> dict:
            first(batch, specs[:3], waves)
            raise KeyboardInterrupt

        patch.setattr(run.Batch, "run", three_runs)
        status, ran, told = call("--rerun", "all")
        assert (status, ran) == (FAILED, 3) and "3 of 8 runs had ended" in told
        patch.setattr(run, "sources_digest", lambda: "changed")
        bench["errors"] = {"smoke-tiny-icarus-1": "no progress"}
        status, ran, told = call()
        assert (status, ran) == (FAILED, 3) and "3 of 8 runs had ended, 2 of them passed;" in told
        html = (results.FOLDER / "index.html").read_text()
        assert "2 of 3 runs passed" in html and "interrupted: 5 more had not ended" in html
    monkeypatch.setattr(run, "sources_digest", lambda: "changed")
    bench["errors"] = {}
    status, ran, told = call()
    assert (status, ran) == (0, 6) and "2 runs have passed before" in told


@pytest.mark.needs("iverilog")
def test_a_file_with_another_content_is_another_run(bench: dict, tmp_path: Path) -> None:
    a = tmp_path / "a.tns"
    call = [f"--a={a}", f"--b={a}", "--seq=file", "--seeds=1-2", "--sim=icarus", "--config=tiny"]
    for value, ran in ((1, 2), (1, 0), (2, 2)):
        a.write_text(f"# shape: 2 2\n1 1 {value}.0\n")
        bench["ran"].clear()
        assert sim.main(call) == 0 and len(bench["ran"]) == ran


@pytest.mark.needs("iverilog")
def test_the_commands_of_a_page_are_the_calls(bench: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's commands, read by make and by the programs: the same regression, or exactly the one run."""
    monkeypatch.setenv("FLAASH_BUILD", str(tmp_path))
    a = tmp_path / "it's $a.tns"
    a.write_text("# shape: 2 2\n1 1 1.0\n")
    name = write_list(
        tmp_path,
        "- {sequences: [smoke, random], configs: ['tiny:NumSdpe=2'], seeds: 1-3,"
        " simulators: [icarus], knobs: {random: {count: 3}}}",
    )
    for main, call in (
        (regress.main, [f"--list={name}", "--seeds=7-9", "--only=random", "--cov"]),
        (sim.main, ["--seq=smoke,random", "--seeds=0-2", "--config=tiny:NumSdpe=2", "--sim=both"]),
        (sim.main, [f"--a={a}", f"--b={a}", "--axes=0:0", "--sim=both"]),
    ):
        bench["ran"].clear()
        assert main(call) == 0
        ran = sorted(bench["ran"])
        html = Html((results.FOLDER / "index.html").read_text())
        records = [json.loads(path.read_text()) for path in tmp_path.rglob("run.json")]
        commands = [record["command"] for record in records if record["name"] in ran]
        (whole,) = (
            text
            for text in html.texts
            if text.startswith("make ") and "RERUN=all" in text and "ONLY=smoke" not in text and text not in commands
        )
        for command, wanted in (
            (whole, ran),
            *((record["command"], [record["name"]]) for record in records if record["name"] in ran),
        ):
            assert f"BUILD={tmp_path}" in command
            _, target, *variables = shlex.split(command)
            bench["ran"].clear()
            if target == "sim" and "SEEDS=" not in command and "SIM=both" not in command:
                monkeypatch.setattr(sim, "simulate", lambda options: bench["ran"].append(options) or 0)
                assert sim.main(words("sim", "tb.cli.sim", *variables)) == 0
                (options,) = bench["ran"]
                config, simulator = configs.load(options.config), options.sim
                sequence, knobs = sim._choose(options, config)
                (spec,) = expand([sequence], [options.config], [simulator], [int(options.seed)], knobs)
                assert [spec.name] == wanted
            else:
                again = words(target, f"tb.cli.{target}", *variables)
                assert (sim.main if target == "sim" else regress.main)(again) == 0
                assert sorted(bench["ran"]) == wanted, command


@pytest.mark.needs("iverilog")
def test_the_workers_meet_on_the_loopback_interface(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", unreachable)
    for module in (run, regress):
        monkeypatch.setattr(module, "BUILD", tmp_path)
    assert regress.main(["--list", "quick"]) == MISTAKE
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        "error: the workers can't meet on the loopback interface, 127.0.0.1 (Network is"
        " unreachable): 'ip link set lo up' starts it"
    )


def test_two_regressions_share_a_machine(tmp_path: Path) -> None:
    """The port of Dask's own page is in use; no message mentions it."""
    with contextlib.ExitStack() as stack, warnings.catch_warnings():
        warnings.simplefilter("error")
        with contextlib.suppress(OSError):
            stack.enter_context(socket.create_server(("", 8787)))
        for _ in range(2):
            client = stack.enter_context(engine.workers("here", 1, tmp_path))
            assert client.submit(int, "7").result() == 7


@pytest.mark.needs("iverilog")
def test_a_build_that_fails_fails_its_runs(
    bench: dict, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def refuse(*_) -> None:
        raise SimulationFailed("icarus could not build flaash_top:\nwhy")

    monkeypatch.setattr(job, "build_top", refuse)
    status, ran = runs(bench)
    assert status == FAILED and not ran
    assert "8 failed" in capsys.readouterr().out


def test_a_record_counts_for_one_call(bench: dict, tmp_path: Path) -> None:
    """A dying worker loses its results: the engine requests them again, and the run has its record."""
    spec = expand(["smoke"], ["tiny"], ["icarus"], [1])[0]
    call = (spec, "", "key", "ticket", "make ..", str(tmp_path / "runs"), {})
    first = job.execute(*call)
    assert job.execute(*call) == first and bench["ran"] == [spec.name]
    job.execute(*call[:3], "another", *call[4:])
    assert bench["ran"] == [spec.name, spec.name]


class Html(HTMLParser):
    """The texts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


@pytest.mark.needs("iverilog")
def test_the_page_shows_everything_and_its_links_lead_somewhere(bench: dict) -> None:
    (lost,) = (spec.name for spec in read_list("quick", "1-2") if (spec.sequence, spec.seed) == ("random", 2))
    bench["errors"] = {lost: "no progress", "smoke-tiny-icarus-1": WRONG.format(seed=1)}
    runs(bench)
    runs(bench)
    page = results.FOLDER / "index.html"
    html = page.read_text()
    for part in (
        "6 of 8 runs passed",
        "no progress",
        "chip/shapes",
        "Verilator",
        "make sim SEQ=smoke CONFIG=tiny SIM=icarus SEED=1",
        results.revision(),
        "flaash.build.format",
        "command that fills it",
        ">none<",
    ):
        assert part in html, part
    assert html.count("<td>quick</td>") == 2, "the trend has both regressions"
    for link in Links(html).found:
        assert link.startswith("#") or (page.parent / link.partition("#")[0]).exists(), link


@pytest.mark.needs("iverilog")
def test_several_runs_of_make_sim_and_what_their_page_prints(tmp_path: Path) -> None:
    """The real engine: processes, a simulator, results; then the page's commands by make."""
    (tmp_path / "venv").symlink_to(sys.prefix)  # for make, if the checkout has none
    done = completed(
        "python -m tb.cli.sim --seq=smoke --seeds=1-2 --sim=icarus --config=tiny --jobs=1",
        env={**os.environ, "FLAASH_BUILD": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 2 runs passed" in done.stdout
    assert not done.stderr, done.stderr
    for seed in (1, 2):
        folder = tmp_path / "regress" / "sim" / "runs" / f"smoke-tiny-icarus-{seed}"
        told = json.loads((folder / "run.json").read_text())
        assert told["passed"] and told["seed"] == seed and told["compared"] > 0 and told["cycles"] > 0
        assert told["command"] == f"make sim SEQ=smoke CONFIG=tiny SIM=icarus SEED={seed} BUILD={tmp_path}"
        for name in ("run.log", "summary.json", "functional-icarus.yml"):
            assert (folder / name).exists()
    whole = next(text for text in Html((tmp_path / "results" / "index.html").read_text()).texts if "RERUN=all" in text)
    for command, outcome in ((whole, "2 of 2 runs passed"), (told["command"], "scoreboard")):
        _, *arguments = shlex.split(command)
        again = make(*arguments)
        assert again.returncode == 0 and outcome in again.stdout, again.stdout + again.stderr
    assert json.loads((tmp_path / "sim" / "summary.json").read_text())["seed"] == 2
