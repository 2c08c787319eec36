# SPDX-License-Identifier: Apache-2.0
"""What a regression runs: lists in YAML, sequences x configurations x simulators x seeds, with knobs.

A list is a file of tests/lists: a sequence of entries such as

    - sequences: all              # or names; all of tb/sequences, a new one included
      except: [capacity]          # left out of all
      configs: [default, "paper1:NumSdpe=3"]
      simulators: [icarus]        # all by default
      interfaces: [stream, memory]     # stream by default
      seeds: 1-20                 # 1 by default
      knobs: {random: {count: 3}} # arguments of a sequence's constructor
"""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import yaml

from sim import configs
from sim.commands import make
from sim.interfaces import STREAM
from sim.toolchain import ROOT, SIMULATORS
from tb.cli.common import UsageError
from tb.sequences.registry import at_interface, check_interface, load_sequence

LISTS = ROOT / "tests" / "lists"
FIELDS = {"sequences", "except", "configs", "simulators", "interfaces", "seeds", "knobs"}
MOST_SEEDS = 100_000
KNOBS_OF_SIM = ("A", "B", "AXES", "PORTION", "LONG_LINES")  # what `make sim` makes knobs of
# What a run depends on beside the tools: whatever changes there makes it stale.
SOURCES = (
    *(("rtl", pattern) for pattern in ("*.sv*", "*.toml", "*.vlt")),
    *((folder, "*.py") for folder in ("models", "sim", "flaash", "tb")),
    ("sim", "*.vlt"),
)
NOT_SIMULATED = ("tb/regress", "tb/cli", "tb/coverage")


@dataclasses.dataclass(frozen=True)
class RunSpec:
    """One run: a sequence on a configuration and a simulator with a seed.

    Attributes:
        sequence, simulator, seed: as for `make sim`.
        config: name in rtl/configs.toml, overrides after a colon: "paper1:NumSdpe=3,Lanes=2".
        knobs: JSON, arguments of the sequence's constructor.
        interface: of the chip.
    """

    sequence: str
    config: str
    simulator: str
    seed: int
    knobs: str = "{}"
    interface: str = STREAM

    @property
    def name(self) -> str:
        """Name of the run's folder, unique within a regression."""
        interface = "" if self.interface == STREAM else f"-{self.interface}"
        knobs = "" if self.knobs == "{}" else "-" + hashlib.sha256(self.knobs.encode()).hexdigest()[:6]
        return re.sub(
            r"[^\w.=-]+", "_", f"{self.sequence}-{self.config}{interface}-{self.simulator}{knobs}-{self.seed}"
        )

    @property
    def test(self) -> str:
        """The run without its seed, for people."""
        interface = "" if self.interface == STREAM else f" at the {self.interface} interface"
        return f"{self.sequence} on {self.config}{interface}" + ("" if self.knobs == "{}" else f" {self.knobs}")

    def key(self) -> str:
        """Return a digest of the files that the run reads, "" if there are none."""
        contents = [
            Path(value).read_bytes()
            for value in json.loads(self.knobs).values()
            if isinstance(value, str) and Path(value).is_file()
        ]
        return "-" + hashlib.sha256(b"\0".join(contents)).hexdigest()[:8] if contents else ""


@dataclasses.dataclass(frozen=True)
class Call:
    """The call of make that a regression carries out.

    Attributes:
        target: "regress" or "sim".
        variables: that the user gave.
    """

    target: str
    variables: Mapping[str, object]

    def again(self) -> str:
        """Return the command that carries it out once more."""
        return make(self.target, **{**self.variables, "RERUN": "all"})

    def one(self, spec: RunSpec) -> str:
        """Return the command that repeats one of its runs."""
        machine = {
            "CONFIG": spec.config,
            "SIM": spec.simulator,
            "SEED": spec.seed,
            **({} if spec.interface == STREAM else {"IF": spec.interface}),
        }
        if spec.knobs == "{}":
            return make("sim", SEQ=spec.sequence, **machine)
        if self.target == "sim":
            files = {name: value for name, value in self.variables.items() if name in KNOBS_OF_SIM}
            return make("sim", **files, **machine)
        return make("regress", LIST=self.variables["LIST"], SEEDS=spec.seed, ONLY=spec.name, RERUN="all")


def read_list(name: str, seeds: str | None = None) -> list[RunSpec]:
    """Return the runs of a list.

    Args:
        name: of a file in tests/lists without its ending, or a path of one.
        seeds: replaces the seeds of every entry.

    Raises:
        UsageError: there is no such list, or a mistake in it.
    """
    path = LISTS / f"{name}.yml" if re.fullmatch(r"\w+", name) else Path(name)
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in LISTS.glob("*.yml")))
        raise UsageError(f"there is no list '{name}', choose one of {known}, long")
    try:
        entries = yaml.safe_load(path.read_text())
    except yaml.YAMLError as error:
        raise UsageError(f"{path.name}: {error}") from None
    if not isinstance(entries, list):
        raise UsageError(f"{path.name} is no list of entries '- sequences: ..'")
    specs: dict[RunSpec, None] = {}
    for number, entry in enumerate(entries, 1):
        try:
            specs.update(dict.fromkeys(_entry(entry, seeds)))
        except (UsageError, ValueError) as error:
            raise UsageError(f"{path.name}, entry {number}: {error}") from None
    return list(specs)


def _entry(entry: object, seeds: str | None) -> list[RunSpec]:
    if not isinstance(entry, Mapping) or set(entry) - FIELDS:
        raise UsageError(f"an entry has some of {', '.join(sorted(FIELDS))}, not {entry}")
    chosen, left_out = _words(entry, "sequences", ["all"]), _words(entry, "except", [])
    for name in left_out:
        load_sequence(name)
    specs = []
    for interface in _words(entry, "interfaces", [STREAM]):
        named = at_interface(interface) if chosen == ["all"] else chosen
        specs += expand(
            [name for name in named if name not in left_out],
            _words(entry, "configs", [configs.DEFAULT]),
            _words(entry, "simulators", SIMULATORS),
            parse_seeds(seeds or str(entry.get("seeds", 1))),
            entry.get("knobs", {}),
            interface,
        )
    return specs


def _words(entry: Mapping, field: str, default: Iterable[str]) -> list[str]:
    """Return a field that is one word or a list of words."""
    found = entry.get(field, default)
    words = [found] if isinstance(found, str) else found
    if not isinstance(words, Iterable) or not all(isinstance(word, str) for word in words):
        raise UsageError(f"{field}: {found} is no list of names")
    return list(words)


def expand(
    sequences: Iterable[str],
    machines: Iterable[str],
    simulators: Iterable[str],
    seeds: Iterable[int],
    knobs: Mapping[str, Mapping] | None = None,
    interface: str = STREAM,
) -> list[RunSpec]:
    """Return every combination at an interface.

    Raises:
        UsageError, SequenceError, ConfigError: a name does not exist, or a sequence is of another interface.
    """
    sequences, simulators, seeds = list(sequences), list(simulators), list(seeds)
    check_interface(interface, sequences)
    knobs = _checked({} if knobs is None else knobs, sequences)
    for simulator in simulators:
        if simulator not in SIMULATORS:
            raise UsageError(f"unknown simulator '{simulator}', choose from {', '.join(SIMULATORS)}")
    specs = []
    for machine in machines:
        configs.load(machine)
        for sequence in sequences:
            given = json.dumps(dict(knobs.get(sequence, {})), sort_keys=True)
            specs += [
                RunSpec(sequence, machine, simulator, seed, given, interface)
                for simulator in simulators
                for seed in seeds
            ]
    return specs


def _checked(knobs: object, sequences: Sequence[str]) -> Mapping[str, Mapping]:
    """Return the knobs, if each is an argument of one of the sequences."""
    taken = {name: list(inspect.signature(load_sequence(name)).parameters)[1:] for name in sequences}
    if not isinstance(knobs, Mapping):
        raise UsageError(f"knobs: {knobs} is no mapping such as {{random: {{count: 3}}}}")
    for sequence, values in knobs.items():
        if sequence not in taken:
            raise UsageError(f"knobs: '{sequence}' is none of the sequences {', '.join(taken)}")
        if not isinstance(values, Mapping):
            raise UsageError(f"knobs of '{sequence}': {values} is no mapping such as {{count: 3}}")
        for knob in values:
            if knob not in taken[sequence]:
                raise UsageError(
                    f"'{sequence}' has no knob '{knob}', but {', '.join(taken[sequence]) or 'none at all'}"
                )
    return knobs


def parse_seeds(text: str) -> list[int]:
    """Return the seeds of a text such as "1-20" or "1,5,8-10".

    Raises:
        UsageError: it is none.
    """
    seeds: dict[int, None] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*", part)
        if not match:
            raise UsageError(f"SEEDS={text} is no list of seeds such as 1-20 or 1,5,8-10")
        first, last = int(match[1]), int(match[2] or match[1])
        if not first <= last < 2**31 or last - first >= MOST_SEEDS:
            raise UsageError(f"SEEDS={text}: {part} is no range within 0 to {2**31 - 1}, or too long a one")
        seeds.update(dict.fromkeys(range(first, last + 1)))
    return list(seeds)


def sources_digest() -> str:
    """Return a digest of all that a simulation is made of, apart from the tools."""
    digest = hashlib.sha256()
    for folder, pattern in SOURCES:
        for path in sorted((ROOT / folder).rglob(pattern)):
            if not str(path.relative_to(ROOT)).startswith(NOT_SIMULATED):
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
