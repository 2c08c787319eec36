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


def test_room_for_a_million_products(seed: int) -> None:
    """Run on Verilator only: millions of cycles."""
    run_bench("flaash_mac_players", "tests.blocks.mac_room_tests", "verilator", "mac_room_million", {}, seed,
              extra_sources=PLAYERS, testcase="a_million_products")


def test_room_is_exact(seed: int) -> None:
    """Run on Icarus only: a build of its own with little room, where few products suffice."""
    run_bench("flaash_mac_players", "tests.blocks.mac_room_tests", "icarus", "mac_room_exact",
              {"FloatCountWidth": 4}, seed, extra_sources=PLAYERS, testcase="few_products_fill_the_room")


def test_handshakes(simulator: str, seed: int) -> None:
    """Run every format on Icarus; one on Verilator, where builds take long."""
    for code in range(4) if simulator == "icarus" else (0,):
        run_bench("flaash_mac", "tests.blocks.mac_tests", simulator, f"mac_handshakes-f{code}",
                  {"Format": code}, seed)
