# SPDX-License-Identifier: Apache-2.0
"""Configurations: inheritance, overrides, messages that list the choices, operands that fit, and legal values."""

import re
from pathlib import Path

import numpy as np
import pytest

import flaash
from bench import run as bench
from models.csf import Csf
from models.errors import TensorError
from models.tensor import SparseTensor
from sim import configs
from sim.configs import Config, ConfigError, Range
from sim.fits import check_fits
from sim.frontend import errors
from tb.cli import regress, sim
from tb.cli.common import MISTAKE
from tb.common import rtl_constants as rtl
from tools import legal
from tools.silicon import __main__ as silicon


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


# Operands that just fit a configuration, and operands that need one place more.
CONFIG = configs.load("default", {"Lanes": 4, "CoordWidth": 5, "MemLines": 6, "FiberDepth": 5, "NodeDepth": 7})
WIDE = configs.load("default", {"CoordWidth": 32})


def _fibers(*lengths: int, extent: int = 32) -> Csf:
    coords = [(row, k) for row, length in enumerate(lengths) for k in range(length)]
    return Csf.from_tensor(
        SparseTensor.from_coordinates((len(lengths), extent), np.array(coords), np.ones(len(coords)))
    )


def _empty(*shape: int) -> Csf:
    none = np.zeros((0, len(shape)), np.int64)
    return Csf.from_tensor(SparseTensor.from_coordinates(shape, none, np.zeros(0)))


def _hollow(nodes: int) -> Csf:
    none = np.zeros(0, np.int64)
    return Csf((nodes, 2), [np.arange(nodes)], [np.zeros(nodes + 1, np.int64)], none, none)


@pytest.mark.parametrize(
    ("fits", "too_large", "sentence"),
    [
        (_fibers(1, 1, 1, 1, 1), _fibers(1, 1, 1, 1, 1, 1), r"6 fibers, .* takes 5 \(FiberDepth\)"),
        (_fibers(24), _fibers(25), r"7 lines of 4 entries, .* takes 6 \(MemLines\)"),
        (_fibers(5, 5, 8), _fibers(5, 5, 9), r"7 lines of 4 entries"),
        (_hollow(7), _hollow(8), r"8 nodes above the entries, .* takes 7 \(NodeDepth\)"),
        (_empty(2, 32), _empty(2, 33), r"33 coordinates in its contracted mode, .* takes 32 \(CoordWidth\)"),
        (_empty(*[2] * 8), _empty(*[2] * 9), r"9 modes, .* takes 8 \(MaxOrder\)"),
    ],
)
def test_limits(fits: Csf, too_large: Csf, sentence: str) -> None:
    check_fits("a.tns", fits, CONFIG)
    with pytest.raises(TensorError, match=f"^a.tns: {sentence}"):
        check_fits("a.tns", too_large, CONFIG)


def test_an_extent_has_32_bits_on_the_way_to_the_machine() -> None:
    """The extent 2**32, two fused modes of 65,536, would arrive as 0."""
    rows = _empty(65536, 65536).to_tensor()
    check_fits("a.tns", _empty(2, 2**32 - 1), WIDE)
    with pytest.raises(
        TensorError,
        match=r"4,294,967,296 coordinates in its contracted mode, .*"
        r" takes 4,294,967,295 \(CoordWidth\)",
    ):
        check_fits("a.tns", Csf.from_tensor(rows.fuse_last(2)), WIDE)


# The legal values: one table, rtl/configs.toml, for make, Python and the hardware.
TOPS = ("flaash_top", "flaash_memory_top")
MACHINES = {"resident": "default", "merge": "tiny"}


def around(each: Range) -> list[int]:
    """Return values at both borders of a range and just outside, the latter first."""
    outside = [each.least - 1] if each.least else []
    return [*outside, each.most + 1, *([each.least + 2] if each.power_of_two else []), each.least, each.most]


def refusal(machine: str, parameter: str, value: int) -> str | None:
    """Return why Python refuses a value, None if it takes it."""
    try:
        configs.load(machine, {parameter: value})
    except ConfigError as error:
        return str(error)
    return None


@pytest.mark.parametrize("parameter", configs.legal())
@pytest.mark.parametrize("engine", MACHINES)
def test_python_and_hardware_refuse_the_same_values(engine: str, parameter: str) -> None:
    """The hardware is read by slang, without a simulation, and refuses with the sentence of the same range."""
    machine = MACHINES[engine]
    known = configs.load(machine)
    for each in configs.legal()[parameter]:
        if each.engine not in (None, engine):
            continue
        for value in around(each):
            told = refusal(machine, parameter, value)
            for top in TOPS:
                found = errors(top, Config("free", {**known.values, parameter: value}).parameters())
                assert bool(found) == bool(told), f"{top}, {parameter}={value}: {told or found}"
                if told:
                    assert f"{parameter} must be {told.partition(' must be ')[2]}" in found, found


def test_every_number_of_a_configuration_has_a_range() -> None:
    numbers = {name for name, value in configs.load().values.items() if isinstance(value, int)}
    assert numbers == {*configs.legal()}


def test_a_changed_table_changes_the_hardware() -> None:
    text = legal.FILE.read_text()
    assert legal.renewed(text.replace("NumSdpe > 64", "NumSdpe > 65")) == text
    assert legal.renewed(re.sub(r"  if \(Lanes < 1.*?  end\n", "", text, flags=re.DOTALL)) == text


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (sim.main, ["--config=tiny:NumSdpe=0"]),
        (sim.main, ["--config=tiny:NumSdpe=0", "--if=memory"]),
        (sim.main, ["--config=tiny:NumSdpe=0", "--seq=smoke", "--seeds=1-2"]),
        (sim.main, ["--config=tiny:NumSdpe=0", "--einsum=ij,jk->ik", "--a=a.npz", "--b=b.npz"]),
        (regress.main, ["--config=tiny:NumSdpe=0"]),
        (bench.main, ["--config=tiny:NumSdpe=0"]),
        (silicon.main, ["--only=tiny:NumSdpe=0"]),
    ],
    ids=lambda value: None if callable(value) else " ".join(value),
)
def test_each_command_refuses_before_a_build(call, arguments: list[str], capsys: pytest.CaptureFixture) -> None:
    assert call(arguments) == MISTAKE
    told = capsys.readouterr()
    (line,) = told.err.splitlines()
    assert "NumSdpe=0 must be 1 to 64" in line and not told.out


@pytest.mark.parametrize("on", ["model", "verilator", "icarus"])
def test_python_refuses_wherever_it_runs(on: str) -> None:
    with pytest.raises(flaash.EinsumError, match="configuration tiny: NumSdpe=0 must be 1 to 64"):
        flaash.einsum("ij,jk->ik", [[1.0]], [[1.0]], on=on, config="tiny:NumSdpe=0")
    with pytest.raises(flaash.EinsumError, match="configuration tiny: NumSdpe=0 must be 1 to 64"):
        (flaash.Model if on == "model" else flaash.Chip)("tiny:NumSdpe=0")
