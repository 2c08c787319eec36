# SPDX-License-Identifier: Apache-2.0
"""The register map of both interfaces: reset values, bits, read-only, write-1-to-clear, aliases."""

import pytest

from sim.interfaces import INTERFACES
from sim.simulation import SimulationFailed
from tests.play import Play

KINDS = ("ResetValues", "BitBash", "ReadOnly", "Aliases", "WriteOneToClear")
MODULE = {"test_module": "tests.top.register_map_tests", "width": 128}


@pytest.mark.parametrize("interface", INTERFACES)
@pytest.mark.runs(on="icarus")
def test_every_register(play: Play, interface: str) -> None:
    play("tiny", interface=interface, testcase=",".join(f"={kind}" for kind in KINDS), **MODULE)


@pytest.mark.runs(on="icarus")
def test_the_mirror_bites(play: Play) -> None:
    with pytest.raises(SimulationFailed, match=r"Reg\w+ is 0x[0-9a-f]+, it was written as 0x[0-9a-f]+"):
        play("tiny", testcase="broken_mirror", **MODULE)
