# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_parity_bank."""

import itertools

from tb.common.simulation import run_bench

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
