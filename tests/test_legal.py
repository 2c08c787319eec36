# SPDX-License-Identifier: Apache-2.0
"""The legal values of a configuration: one table, rtl/configs.toml, for make, Python and the hardware."""

import re

import pytest

import flaash
from bench import run as bench
from sim import configs
from sim.configs import Config, ConfigError, Range
from sim.frontend import errors
from tb.cli import regress, sim
from tb.cli.common import MISTAKE
from tools import legal
from tools.silicon import __main__ as silicon

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


def test_the_hardware_has_the_ranges_of_the_table() -> None:
    assert not legal.is_outdated()


def test_a_changed_table_changes_the_hardware() -> None:
    text = legal.FILE.read_text()
    assert legal.renewed(text.replace("NumSdpe > 64", "NumSdpe > 65")) == text
    assert legal.renewed(re.sub(r"  if \(Lanes < 1.*?  end\n", "", text, flags=re.DOTALL)) == text


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (sim.main, ["--config=tiny:NumSdpe=0"]),
        (sim.main, ["--config=tiny:NumSdpe=0", "--interface=memory"]),
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
