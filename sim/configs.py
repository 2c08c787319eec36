# SPDX-License-Identifier: Apache-2.0
"""Hardware configurations: rtl/configs.toml by name, as parameters of the chip's top module."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from models.constants import ENGINES, FORMATS, MEMORIES, SCHEDULERS
from models.device.build import Build
from models.numbers import get_format
from sim.sources import RTL

FILE = RTL / "configs.toml"
DEFAULT = "default"
WIDTH = 512  # bits of the memory's bus
LEGAL = "legal"  # the table that is no configuration
CHOICES: dict[str, dict[str, int]] = {
    "Format": FORMATS,
    "Engine": ENGINES,
    "Memory": MEMORIES,
    "Scheduler": SCHEDULERS,
}


class ConfigError(ValueError):
    """An unknown configuration or parameter, or an illegal value; the text lists the choices."""


@dataclasses.dataclass(frozen=True)
class Range:
    """The legal values of a parameter, for each engine or for one.

    Attributes:
        least, most: bounds, both legal.
        power_of_two: whether only powers of two are legal.
        engine: the engine with which this range holds, None for every engine.
    """

    least: int
    most: int
    power_of_two: bool = False
    engine: str | None = None

    def __contains__(self, value: int) -> bool:
        return self.least <= value <= self.most and not (self.power_of_two and value & (value - 1))

    def __str__(self) -> str:
        powers = "a power of two, " if self.power_of_two else ""
        engine = f" with Engine={self.engine}" if self.engine else ""
        if self.most == self.least:
            return f"{self.least}{engine}"
        return f"{powers}{self.least} {'or' if self.most == self.least + 1 else 'to'} {self.most}{engine}"


@dataclasses.dataclass(frozen=True)
class Config:
    """One hardware configuration.

    Attributes:
        name: its table in rtl/configs.toml, followed by a colon and the overrides if there are any.
        values: every parameter of the top: integers, choices as their names ("fp32", "merge").
    """

    name: str
    values: dict[str, int | str]

    def __getitem__(self, parameter: str) -> int | str:
        return self.values[parameter]

    @property
    def can_split(self) -> bool:
        """Whether the hardware can split a dot product into portions."""
        return int(self.values["Portions"]) > 0

    @property
    def has_rows(self) -> bool:
        """Whether the hardware can write results as rows: at the memory interface, with resident engines."""
        return self.values["Engine"] == "resident"

    def parameters(self) -> dict[str, int]:
        """Return the parameters as the integers that the top module takes."""
        return {name: CHOICES[name][value] if name in CHOICES else int(value) for name, value in self.values.items()}

    def identity(self) -> Build:
        """Return the build that the registers of such a chip report."""
        return Build(
            get_format(str(self["Format"])),
            *(int(self[name]) for name in ("Lanes", "MemLines", "NodeDepth", "FiberDepth", "CoordWidth")),
            WIDTH,
            int(self["NumSdpe"]),
            str(self["Engine"]),
        )

    def to_json(self) -> str:
        """Return a text from which from_json() restores this configuration."""
        return json.dumps(dataclasses.asdict(self))

    @staticmethod
    def from_json(text: str) -> Config:
        """Return the configuration that to_json() wrote."""
        return Config(**json.loads(text))


def names(path: Path = FILE) -> list[str]:
    """Return the names of all configurations, the default one first."""
    return [name for name in _tables(path) if name != LEGAL]


@functools.cache
def legal(path: Path = FILE) -> dict[str, tuple[Range, ...]]:
    """Return the ranges of each parameter that is a number."""
    found = {}
    for parameter, entry in _tables(path).get(LEGAL, {}).items():
        common = {name: value for name, value in entry.items() if not isinstance(value, dict)}
        special = {name: value for name, value in entry.items() if isinstance(value, dict)}
        found[parameter] = (
            Range(**common),
            *(Range(**{**common, **more}, engine=engine) for engine, more in special.items()),
        )
    return found


def check(values: Mapping[str, int | str], where: str, path: Path = FILE) -> None:
    """Raise ConfigError for the first parameter whose value is not legal."""
    for parameter, ranges in legal(path).items():
        for each in ranges:
            if each.engine in (None, values["Engine"]) and values[parameter] not in each:
                raise ConfigError(f"{where}: {parameter}={values[parameter]} must be {each}")


def load(name: str = DEFAULT, overrides: Mapping[str, int | str] | None = None, path: Path = FILE) -> Config:
    """Return a configuration.

    Args:
        name: a table of the file, perhaps with changes: "paper1:NumSdpe=3,Memory=banked".
        overrides: further parameters that differ from it.
        path: of the file.

    Raises:
        ConfigError: no such configuration or parameter, or a value outside its choices.
    """
    table, _, changes = name.partition(":")
    values = _resolve(table, _tables(path), ())
    overrides = {**_changes(changes), **(overrides or {})}
    values = _merge(values, overrides, "overrides", list(values))
    check(values, f"configuration {table}", path)
    label = ",".join(f"{key}={value}" for key, value in overrides.items())
    return Config(f"{table}:{label}" if label else table, values)


def _changes(text: str) -> dict[str, int | str]:
    pairs = (change.partition("=")[::2] for change in text.split(",") if change)
    return {parameter: int(value) if re.fullmatch(r"-?\d+", value) else value for parameter, value in pairs}


@functools.cache
def _tables(path: Path) -> dict[str, dict]:
    try:
        return tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}: {error}") from None


def _resolve(name: str, tables: dict[str, dict], seen: tuple[str, ...]) -> dict[str, int | str]:
    if name not in tables or name == LEGAL:
        choices = ", ".join(known for known in tables if known != LEGAL)
        raise ConfigError(f"unknown configuration '{name}', choose one of {choices}")
    if name in seen:
        raise ConfigError(f"configurations inherit from each other: {' -> '.join((*seen, name))}")
    if name == DEFAULT:
        known = list(tables[DEFAULT])
        return _merge({}, tables[DEFAULT], name, known)
    table = dict(tables[name])
    base = _resolve(table.pop("base", DEFAULT), tables, (*seen, name))
    return _merge(base, table, name, list(base))


def _merge(base: dict, changes: Mapping, where: str, known: list[str]) -> dict[str, int | str]:
    for parameter, value in changes.items():
        if parameter not in known:
            raise ConfigError(f"{where}: unknown parameter '{parameter}', there are {', '.join(known)}")
        if parameter in CHOICES:
            if value not in CHOICES[parameter]:
                raise ConfigError(f"{where}: {parameter} = '{value}', choose one of {', '.join(CHOICES[parameter])}")
        elif isinstance(value, bool) or not isinstance(value, int):
            raise ConfigError(f"{where}: {parameter} = {value!r} is not an integer")
    return {**base, **changes}
