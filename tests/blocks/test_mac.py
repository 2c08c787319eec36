# SPDX-License-Identifier: Apache-2.0
"""Benches of flaash_mac."""

import os
from pathlib import Path

from tb.common.simulation import run_bench

RTL = Path(__file__).parent / "rtl"
PLAYERS = tuple(RTL / f"flaash_mac_{name}.sv" for name in ("player", "players"))
LONG = os.environ.get("FLAASH_LONG") == "1"  # hundreds of thousands of random sums on Verilator


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
