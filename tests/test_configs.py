# SPDX-License-Identifier: Apache-2.0
"""Configurations: inheritance, overrides, and messages that list the choices."""

from pathlib import Path

import pytest

from sim import configs
from sim.configs import Config, ConfigError
from tb.common import rtl_constants as rtl


def test_every_configuration_is_complete() -> None:
    default = configs.load()
    for name in configs.names():
        config = configs.load(name)
        assert config.name == name and list(config.values) == list(default.values)
        assert all(isinstance(value, int) for value in config.parameters().values())


def test_names_become_the_numbers_of_the_package() -> None:
    parameters = configs.load("default", {"Format": "bf16", "Scheduler": "round_robin"}).parameters()
    assert parameters["Format"] == rtl.CONSTANTS["FormatBf16"]
    assert parameters["Scheduler"] == rtl.CONSTANTS["SchedulerRoundRobin"]


def test_base_and_overrides() -> None:
    base, derived = configs.load("paper1"), configs.load("paper32")
    assert derived["NumSdpe"] == 32
    assert {**derived.values, "NumSdpe": 1} == base.values
    changed = configs.load("paper32", {"Lanes": 2})
    assert changed["Lanes"] == 2 and changed.name == "paper32:Lanes=2" and derived["Lanes"] == 8


def test_a_configuration_survives_the_way_into_the_simulation() -> None:
    config = configs.load("int8", {"NumSdpe": 3})
    assert Config.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("resident8",), r"unknown configuration 'resident8', choose one of default, paper1, .*fast32"),
        (("default", {"Lane": 2}), r"unknown parameter 'Lane', there are Format, NumSdpe, Lanes"),
        (("default", {"Engine": "lookup"}), r"Engine = 'lookup', choose one of merge, resident"),
        (("default", {"Lanes": "4"}), r"Lanes = '4' is not an integer"),
        (("default", {"Lanes": True}), r"Lanes = True is not an integer"),
        (("paper32", {"Portions": 16}), r"paper32: Portions=16 must be 0 with Engine=merge"),
    ],
)
def test_mistakes_are_named(arguments: tuple, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        configs.load(*arguments)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[default]\nLanes = 1\n[a]\nbase = 'b'\n[b]\nbase = 'a'\n", "inherit from each other: a -> b -> a"),
        ("[default]\nLanes = 1\n[a]\nbase = 'c'\n", "unknown configuration 'c', choose one of default, a"),
        ("[default]\nLanes = 1\n[a]\nLane = 2\n", "a: unknown parameter 'Lane', there are Lanes"),
        ("[default\n", "configs.toml: "),
    ],
)
def test_mistakes_in_the_file_are_named(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "configs.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=sentence):
        configs.load("a", path=path)
