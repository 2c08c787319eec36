# SPDX-License-Identifier: Apache-2.0
"""Carries out a regression: missing and stale runs, and failed runs once more with a trace."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from distributed import Client, as_completed
from rich.console import Console

from sim.options import options
from sim.toolchain import BUILD
from tb.regress import engine, job
from tb.regress.groups import grouped
from tb.regress.plan import Call, RunSpec, sources_digest

WAVES_PER_GROUP = 3  # failed runs of a group that are repeated with a trace, the shortest first
REFRESH = 0.5  # seconds, on a terminal
LINE_EVERY = 10.0  # seconds between lines where there is no terminal


@dataclasses.dataclass
class Regression:
    """A list of runs and the places of their results.

    Attributes:
        name: of the list.
        specs: the runs.
        on, jobs: place and number of the workers, see tb.regress.engine.
        coverage: count code coverage, too.
        rerun: "" for missing, stale and failed runs, "failed" for runs that failed the last time and no
            others, "all" for all runs.
        call: of make, by which it and its runs are carried out again.
        ticket: of this call of the regression, in the records of its runs.
    """

    name: str
    specs: Sequence[RunSpec]
    on: str = "here"
    jobs: int = 1
    coverage: bool = False
    rerun: str = ""
    call: Call | None = None
    ticket: str = dataclasses.field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def folder(self) -> Path:
        """Where the folder of each run is made."""
        return BUILD / "regress" / self.name / "runs"

    def command(self, spec: RunSpec | None = None) -> str:
        """Return the command that carries it out again, or one of its runs."""
        call = self.call or Call("regress", {"LIST": self.name})
        return call.one(spec) if spec else call.again()

    def split(self) -> tuple[dict[RunSpec, dict], list[RunSpec]]:
        """Return the records of runs that need not run, and the runs that must."""
        if self.rerun == "all":
            return {}, list(self.specs)
        known = {spec: job.read_record(self.folder, spec) for spec in self.specs}
        passed = {spec: record for spec, record in known.items() if record and record["passed"]}
        kept = {
            spec: {**record, "command": self.command(spec)}
            for spec, record in passed.items()
            if self.rerun == "failed" or record["key"] == self.key(spec)
        }
        return kept, [spec for spec, record in known.items() if spec not in kept and (record or self.rerun != "failed")]

    @functools.cached_property
    def _sources(self) -> str:
        return sources_digest() + ("-coverage" if self.coverage else "")

    def key(self, spec: RunSpec) -> str:
        """Return what a run depends on, and how it is built: a record of another key is stale."""
        return self._sources + spec.key()

    def ended(self) -> list[dict]:
        """Return the records of the runs that this call has carried out or kept, in the list's order."""
        kept, _ = self.split()
        known = {spec: kept.get(spec) or job.read_record(self.folder, spec) for spec in self.specs}
        return [
            record for spec, record in known.items() if record and (spec in kept or record.get("ticket") == self.ticket)
        ]

    def carry_out(self, console: Console) -> list[dict]:
        """Run what must run, and return the records of all runs in the list's order."""
        records, todo = self.split()
        if records:
            console.print(f"{len(records)} runs have passed before and are not run again", highlight=False)
        if todo:
            chosen = dataclasses.asdict(dataclasses.replace(options(), coverage=self.coverage))
            scratch = BUILD / "regress" / self.name / "engine"
            with engine.workers(self.on, min(self.jobs, len(todo)), scratch) as client:
                batch = Batch(self, client, chosen, console)
                records.update(batch.run(todo))
                failed = [records[spec] for spec in todo if not records[spec]["passed"]]
                again = {record["name"] for group in grouped(failed) for record in group.records[:WAVES_PER_GROUP]}
                chosen = [spec for spec in todo if spec.name in again]
                if chosen:
                    console.print(f"{len(chosen)} failed runs once more, with waves", highlight=False)
                    for spec, traced in batch.run(chosen, waves=True).items():
                        records[spec]["waves"] = {
                            "trace": f"{spec.name}{job.WAVES}/{traced['trace']}" if traced["trace"] else "",
                            "fails_again": not traced["passed"],
                        }
        return [records[spec] for spec in self.specs if spec in records]


class Batch:
    """Runs that are handed to the workers together, each after the build that it needs."""

    def __init__(self, regression: Regression, client: Client, variables: dict[str, str], console: Console):
        self._regression, self._client = regression, client
        self._variables, self._console = variables, console

    def run(self, specs: Sequence[RunSpec], waves: bool = False) -> dict[RunSpec, dict]:
        """Carry out runs and return their records."""
        client, regression = self._client, self._regression
        builds = {(spec.config, spec.simulator, spec.interface): None for spec in specs}
        for build in builds:
            builds[build] = client.submit(job.prepare, *build, waves, self._variables, pure=False)
        futures = {
            client.submit(
                job.execute,
                spec,
                builds[spec.config, spec.simulator, spec.interface],
                regression.key(spec),
                regression.ticket,
                regression.command(spec),
                str(regression.folder),
                self._variables,
                waves,
                pure=False,
            ): spec
            for spec in specs
        }
        records: dict[RunSpec, dict] = {}
        progress = Progress(len(specs), regression.jobs, self._running, self._console)
        for future, record in as_completed(futures, with_results=True, raise_errors=False):
            spec = futures.pop(future)
            if future.status != "finished":  # its workers died, again and again
                record = job.record_of(
                    spec, regression.key(spec), regression.command(spec), f"no worker survives this run: {record!r}"
                )
            records[spec] = record
            future.release()  # its result is here now: no worker need hold it, or do it again
            progress.show(records.values())
        progress.end()
        return records

    def _running(self) -> int:
        return sum(map(len, self._client.processing().values()))


class Progress:
    """Reports how many runs have ended, failed and are in progress, and the expected end of the last one."""

    def __init__(self, total: int, workers: int, running: Callable[[], int], console: Console):
        self._total, self._workers, self._running, self._console = total, workers, running, console
        self._began = time.monotonic()
        self._shown = self._began
        self._status = console.status("") if console.is_terminal else None
        if self._status:
            self._status.start()

    def show(self, records: Sequence[dict]) -> None:
        """Show the state, not too often."""
        now = time.monotonic()
        if now - self._shown < (REFRESH if self._status else LINE_EVERY) and len(records) < self._total:
            return
        self._shown = now
        failed = sum(not record["passed"] for record in records)
        text = f"{len(records)}/{self._total} runs done, {failed} failed"
        if len(records) < self._total:
            seconds = (now - self._began) * (self._total - len(records)) / len(records)
            end = datetime.datetime.now() + datetime.timedelta(seconds=seconds)
            text += f", {self._running()} under way, the end is expected at {end:%H:%M:%S}"
        if self._status:
            self._status.update(text)
        else:
            self._console.print(text, highlight=False)

    def end(self) -> None:
        """Leave the terminal as it was."""
        if self._status:
            self._status.stop()
