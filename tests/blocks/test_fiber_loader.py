# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_fiber_loader."""


from tb.common.simulation import run_bench

# Bits of a line, lines of prefetch.
SHAPES = {"verilator": [(40, 8)], "icarus": [(40, 8), (1, 2), (517, 4), (20, 64)]}


def test_fiber_loader(simulator: str, seed: int) -> None:
    for width, depth in SHAPES[simulator]:
        run_bench("flaash_fiber_loader", "tests.blocks.fiber_loader_tests", simulator,
                  f"fiber_loader-w{width}-d{depth}", {"LineWidth": width, "Depth": depth}, seed)
