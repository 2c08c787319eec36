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

from tb.common import rtl_constants as rtl
from tb.common.sources import RTL

FILE = RTL / "configs.toml"
DEFAULT = "default"
CHOICES: dict[str, dict[str, int]] = {
    "Format": rtl.FORMATS,
    "Engine": rtl.ENGINES,
    "Memory": rtl.MEMORIES,
    "Scheduler": rtl.SCHEDULERS,
}


class ConfigError(ValueError):
    """An unknown configuration, parameter or value; the text lists the choices."""


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

    def parameters(self) -> dict[str, int]:
        """Return the parameters as the integers that the top module takes."""
        return {name: CHOICES[name][value] if name in CHOICES else int(value) for name, value in self.values.items()}

    def to_json(self) -> str:
        """Return a text from which from_json() restores this configuration."""
        return json.dumps(dataclasses.asdict(self))

    @staticmethod
    def from_json(text: str) -> Config:
        """Return the configuration that to_json() wrote."""
        return Config(**json.loads(text))


def names(path: Path = FILE) -> list[str]:
    """Return the names of all configurations, the default one first."""
    return list(_tables(path))


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
    if name not in tables:
        raise ConfigError(f"unknown configuration '{name}', choose one of {', '.join(tables)}")
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
