# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_parity_bank."""

import itertools

import pytest

from tb.common.simulation import SimulationFailed, build, run_bench

# Words, bits of an address, ports, registered, parity. Icarus builds in no time, so the space is swept there.
SHAPES = {"verilator": [(6, 5, 2, 1, 1)],
          "icarus": [(*size, *kind) for size, kind in itertools.product([(6, 5, 2), (2, 1, 1), (8, 3, 3)],
                                                                        [(1, 1), (0, 1), (1, 0), (0, 0)])]}


def test_parity_bank(simulator: str, seed: int) -> None:
    for words, address, ports, registered, parity in SHAPES[simulator]:
        run_bench("flaash_parity_bank", "tests.blocks.parity_bank_tests", simulator,
                  f"parity_bank-w{words}-a{address}-p{ports}-r{registered}-{parity}",
                  {"Words": words, "AddrWidth": address, "Ports": ports, "Registered": registered,
                   "Parity": parity}, seed)


@pytest.mark.parametrize("parameters", [{"Words": 1}, {"Ports": 0}, {"AddrWidth": 3, "Words": 9},
                                        {"Parity": 2}], ids=str)
def test_illegal_parameters_are_refused(parameters: dict[str, int]) -> None:
    with pytest.raises(SimulationFailed, match="must be"):
        build("flaash_parity_bank", "verilator", parameters)
