# SPDX-License-Identifier: Apache-2.0
"""The chip with the memory edge: from memory to memory."""

from tb.common import configs
from tb.common.simulation import run_bench


def _run(module: str, simulator: str, seed: int, config: str = "tiny", **edge: int) -> None:
    parameters = {**configs.load(config).parameters(), **edge}
    label = "".join(f"-{name}{value}" for name, value in edge.items())
    run_bench("flaash_memory_top", f"tests.edge.{module}", simulator, f"{module}-{config}{label}", parameters,
              seed)


def test_contractions(simulator: str, seed: int) -> None:
    _run("first_tests", simulator, seed)
