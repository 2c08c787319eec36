# SPDX-License-Identifier: Apache-2.0
"""Benches of flaash_mac."""

import os
from pathlib import Path

import pytest

from tb.common.simulation import run_bench
from tests.blocks import mac_directed
from tests.blocks.mac_coverage import MacCoverage, all_bins
from tests.blocks.mac_floats import floats

RTL = Path(__file__).parent / "rtl"
PLAYERS = tuple(RTL / f"flaash_mac_{name}.sv" for name in ("player", "players"))
LONG = os.environ.get("FLAASH_LONG") == "1"  # hundreds of thousands of random sums on Verilator


# Each cross and the functions without which it has holes.
NEEDED = {
    "operand classes": ["class_matrix"], "sums of two kinds": ["sum_matrix"],
    "powers of two at a word boundary": ["word_boundaries"],
    "powers of two by a carry alone": ["power_of_equal_terms"],
    "halfway": ["halfway", "subnormal_results"], "cancelled": ["cancellation"],
    "alternating": ["alternating"]}


@pytest.mark.parametrize("name", ["fp32", "bf16"])
def test_crosses_have_holes_without_their_tests(name: str) -> None:
    """The coverage that test_results asserts notices when directed dot products are left out."""
    f = floats(name)
    sets = {function.__name__: function(f) for function in mac_directed.DIRECTED}
    assert NEEDED.keys() == all_bins(f).keys()
    for cross, functions in NEEDED.items():
        for left_out in functions:
            coverage = MacCoverage(f)
            for function, dots in sets.items():
                coverage.sample(dots if function != left_out else [])
            assert coverage.missing[cross] and any(f"'{cross}'" in hole for hole in coverage.holes())


def test_results(simulator: str, seed: int) -> None:
    fast = simulator == "verilator"
    run_bench("flaash_mac_players", "tests.blocks.mac_player_tests", simulator, "mac_results", {}, seed,
              extra_sources=PLAYERS, environment_variables={
                  "MAC_RANDOM_SUMS": str((200_000 if LONG else 5_000) if fast else 500),
                  "MAC_EXPONENT_SHARE": "1" if fast else "29"})


def test_room(simulator: str, seed: int) -> None:
    """Fill the accumulator: 2**20 products on Verilator; on Icarus, a build with room for 2**4."""
    if simulator == "verilator":
        run_bench("flaash_mac_players", "tests.blocks.mac_room_tests", simulator, "mac_room", {}, seed,
                  extra_sources=PLAYERS, testcase="a_million_products")
    else:
        run_bench("flaash_mac_players", "tests.blocks.mac_room_tests", simulator, "mac_room",
                  {"FloatCountWidth": 4}, seed, extra_sources=PLAYERS, testcase="few_products_fill_the_room")


def test_handshakes(simulator: str, seed: int) -> None:
    """Run every format on Icarus; one on Verilator, where builds take long."""
    for code in range(4) if simulator == "icarus" else (0,):
        run_bench("flaash_mac", "tests.blocks.mac_tests", simulator, f"mac_handshakes-f{code}",
                  {"Format": code}, seed)
