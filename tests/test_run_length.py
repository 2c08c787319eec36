# SPDX-License-Identifier: Apache-2.0
"""The run length that a host chooses by default for the paper's machine, and the bound of the cycles.

One long fiber against many short ones: with all fibers of B in one job, one engine does all the work.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flaash.driver import Accelerator, Settings, StandIn, run
from models import io
from models.csf import Csf
from models.cycles import lower_bound
from models.errors import TensorError
from models.tensor import SparseTensor
from sim.machines import Settings as Chosen
from sim.machines import machine
from tb.cli import sim
from tb.env.run import run_sequences
from tests.simcall import last_summary

ENTRIES, FIBERS = 80, 24
CONFIG = "paper8"
RUN_LENGTHS = {"default": 0, "paper8": 1, "tiny": 1}


def long_and_short(entries: int = ENTRIES, fibers: int = FIBERS) -> tuple[SparseTensor, SparseTensor]:
    """Return one fiber, and many of three entries at its begin, middle and end."""
    places = np.array([0, entries // 2, entries - 1])
    rows = [(row, place) for row in range(fibers) for place in places]
    long = SparseTensor.from_dense(np.arange(1.0, entries + 1)[None])
    return long, SparseTensor.from_coordinates((fibers, entries), np.array(rows), np.ones(len(rows)))


@pytest.mark.parametrize("config", RUN_LENGTHS)
def test_the_choice(config: str) -> None:
    pair = [Csf.from_tensor(tensor) for tensor in long_and_short()]
    assert machine(config).settings(*pair).run_length == RUN_LENGTHS[config]


@pytest.mark.parametrize("config", ["default", "paper8"])
def test_the_bound_is_that_of_the_better_choice(config: str) -> None:
    """A bad run length does not count as good work; a better one than the host's is no error."""
    chosen, pair = machine(config), [Csf.from_tensor(tensor) for tensor in long_and_short()]
    bounds = {length: lower_bound(*pair, chosen.config.values, length, FIBERS).cycles for length in (0, 1, 7)}
    least = bounds[chosen.settings(*pair).run_length]
    for length, bound in bounds.items():
        assert chosen.bound(*pair, FIBERS, Chosen(length)) == min(least, bound) >= chosen.bound(*pair, None)
    assert config == "default" or bounds[0] > 5 * chosen.bound(*pair, FIBERS, Chosen(0))


@pytest.mark.parametrize("engine, length", [("merge", 1), ("resident", 0)])
@pytest.mark.parametrize("given", [None, 0, 3])
def test_the_driver_tells_the_machine(
    engine: str, length: int, given: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = StandIn("fp32", engines=8, engine=engine)
    accelerator = run(Accelerator.open(stand_in.memory, stand_in.registers))
    submit, told = accelerator.device.submit, []

    async def recorded(descriptor):
        told.append(descriptor.run_length)
        return await submit(descriptor)

    monkeypatch.setattr(accelerator.device, "submit", recorded)
    settings = Settings() if given is None else Settings(run_length=given)
    run(accelerator.contract(*long_and_short(300, 1000), settings))
    assert told == [length if given is None else given]


@pytest.mark.parametrize(
    "wrong", [{"run_length": 2**32}, {"run_length": -1}, {"portion": 1.5}, {"long_lines": "3"}, {"portion": None}]
)
def test_settings_that_no_register_holds(wrong: dict) -> None:
    ((name, value),) = wrong.items()
    with pytest.raises(TensorError, match=f"^{name} = {value!r} is no integer from 0 to 4294967295$"):
        Settings(**wrong)


@pytest.fixture
def files(tmp_path: Path, own_folders: None) -> list[str]:
    """Return the names of both files."""
    names = [str(tmp_path / f"{letter}.tns") for letter in "ab"]
    for path, tensor in zip(names, long_and_short(), strict=True):
        io.write(path, tensor)
    return names


def summary_of(files: list[str], *options: str) -> dict:
    assert sim.main(["--a", files[0], "--b", files[1], "--sim", "icarus", "--config", CONFIG, *options]) == 0
    return last_summary()


@pytest.mark.needs("iverilog")
def test_make_sim_chooses(files: list[str]) -> None:
    """The engines share the work, with the long fiber in either operand."""
    one, other = summary_of(files), summary_of(files[::-1])
    assert max(one["cycles"], other["cycles"]) < 1.2 * min(one["cycles"], other["cycles"])
    assert min(one["utilisation"], other["utilisation"]) > 0.8
    knobs = {"file": {"a": files[0], "b": files[1], "axes": None, "run_length": 0}}
    given = run_sequences(machine(CONFIG).config, "icarus", ["file"], sim.RUN_NAME, knobs=knobs).summary
    assert given["cycles"] > 5 * one["cycles"], "a run length that is given stays"
    assert given["utilisation"] < 0.2 and given["bound"] == one["bound"]


@pytest.mark.needs("iverilog")
def test_make_sim_through_the_memory_interface_chooses(files: list[str]) -> None:
    options = ("--if", "memory")
    one, other = summary_of(files, *options), summary_of(files[::-1], *options)
    assert max(one["cycles"], other["cycles"]) < 1.2 * min(one["cycles"], other["cycles"])
    pair = [Csf.from_tensor(tensor) for tensor in long_and_short()]
    assert one["limit"] == "compute" and one["bound"] == machine(CONFIG).bound(*pair, FIBERS)
    assert one["bound"] <= one["cycles"]
