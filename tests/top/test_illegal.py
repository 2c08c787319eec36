# SPDX-License-Identifier: Apache-2.0
"""The hardware refuses values outside the ranges of rtl/configs.toml, and runs at their borders, on both simulators."""

import pytest

from sim import configs
from sim.configs import Config
from sim.simulation import SimulationFailed
from tests.play import Play

SMALL = {"NumSdpe": 2, "ResultDepth": 16}
BORDERS = """tiny:CoordWidth=1 tiny:CoordWidth=32 tiny:MemLatency=1024 tiny:ResultDepth=2 tiny:Lanes=8
    tiny:Memory=banked,MemBanks=1 tiny:Memory=banked,MemBanks=256,Parity=1 default:NumSdpe=2,CoordWidth=4
    default:NumSdpe=2,CoordWidth=32,MemLatency=1024 default:NumSdpe=2,ResultDepth=2
    default:NumSdpe=1,Portions=64 default:NumSdpe=9,GroupSize=8 default:NumSdpe=2,GroupSize=1,Lanes=8
    default:NumSdpe=2,Lanes=1,MemBanks=1,Portions=1""".split()
ILLEGAL = [
    {"Lanes": 3},
    {"MemBanks": 3},
    {"Parity": 2},
    {"Portions": 65},
    {"Engine": "merge", "Portions": 1},
    {"GroupSize": 9},
]


@pytest.mark.runs(full="verilator")
@pytest.mark.parametrize("values", ILLEGAL, ids=str)
def test_illegal_configurations_are_refused(play: Play, values: dict[str, int | str]) -> None:
    config = Config("free", {**configs.load("default", SMALL).values, **values})  # Python would refuse it
    with pytest.raises(SimulationFailed, match="must be"):
        play(config, "smoke")


@pytest.mark.runs(full="icarus", on="icarus")
@pytest.mark.parametrize("machine", BORDERS)
def test_a_machine_at_the_border_of_a_range_runs(play: Play, machine: str) -> None:
    """By a sequence whose operands fit the machine, so not for the smallest memories; see tests/test_configs.py."""
    play(machine, "smoke")
