# SPDX-License-Identifier: Apache-2.0
"""`make sim IF=memory` of two files: their checks before a build."""

from __future__ import annotations

from flaash.driver.arrange import Arranged, arrange
from models.tensor import SparseTensor
from sim.configs import Config
from tb.cli.common import UsageError


def renumbered(text: str | None) -> bool | None:
    """Return the value of RENUMBER, None where the driver decides.

    Raises:
        UsageError: it is neither 0 nor 1.
    """
    if text not in (None, "", "0", "1"):
        raise UsageError(f"RENUMBER={text} is neither 0 nor 1")
    return text == "1" if text else None


def check(operands: tuple[SparseTensor, SparseTensor], config: Config, renumber: bool | None) -> None:
    """Print what the host does to the operands: it renumbers, and cuts into tiles.

    Raises:
        TensorError: something that cannot be contracted; it names the parameter with which it could be.
    """
    made = arrange(*operands, config.identity(), renumbered=renumber)
    if any(made.removed):
        before, after = operands[0].shape[-1], made.sides[0].operand.shape[-1]
        print(f"renumbered: contracted extent {after:,} instead of {before:,}")
        print("left out by renumbering: {:,} entries of A, {:,} of B".format(*made.removed))
    _show_tiles(made)


def _show_tiles(made: Arranged) -> None:
    pairs = len(made.plan.a) * len(made.plan.b)
    if pairs > 1:
        for letter, side in zip("AB", made.sides, strict=True):
            shape = " x ".join(f"{extent:,}" for extent in side.operand.shape)
            print(f"operand {letter}: {shape}, {side.operand.entries:,} entries")
        print(f"{len(made.plan.a)} tiles of A with {len(made.plan.b)} of B: {pairs} pairs")
