# SPDX-License-Identifier: Apache-2.0
"""Configurations outside the ranges of rtl/configs.toml are refused, with a sentence of the RTL."""

import pytest

from tb.common import configs
from tb.common.simulation import SimulationFailed
from tb.env.run import run_sequences

SMALL = {"NumSdpe": 2, "ResultDepth": 16}
ILLEGAL = [
    {"Lanes": 3},
    {"MemBanks": 3},
    {"Parity": 2},
    {"Engine": "merge", "Portions": 65},
    {"GroupSize": 9},
]


@pytest.mark.runs(full="verilator")
@pytest.mark.parametrize("values", ILLEGAL, ids=str)
def test_illegal_configurations_are_refused(values: dict[str, int | str], simulator: str, seed: int) -> None:
    config = configs.load("default", {**SMALL, **values})
    name = "-".join(f"{key}{value}" for key, value in values.items())
    with pytest.raises(SimulationFailed, match="must be"):
        run_sequences(config, simulator, ["smoke"], f"illegal-{name}-{simulator}", seed)
