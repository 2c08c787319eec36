# SPDX-License-Identifier: Apache-2.0
"""Benches of flaash_mac."""

import os
from pathlib import Path

from tb.common.simulation import run_bench

HERE = Path(__file__).parent
PLAYERS = tuple(HERE / f"flaash_mac_{name}.sv" for name in ("player", "players"))
LONG = os.environ.get("FLAASH_LONG") == "1"  # hundreds of thousands of random sums on Verilator


def test_mac(simulator: str, seed: int) -> None:
    fast = simulator == "verilator"
    run_bench("flaash_mac_players", "tests.blocks.mac_player_tests", simulator, "mac", {}, seed,
              extra_sources=PLAYERS, environment_variables={
                  "MAC_RANDOM_SUMS": str((200_000 if LONG else 5_000) if fast else 500),
                  "MAC_EXPONENT_SHARE": "1" if fast else "29"})
