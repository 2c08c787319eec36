# SPDX-License-Identifier: Apache-2.0
"""How the time of a contraction falls with the number of chips: one and two simulated, up to 64 in a model.

    python -m bench.many_chips measure      one and two chips, simulated and compared; writes bench/many_chips.json
    python -m bench.many_chips              prints the table; make generate draws it

The model shares the tiles of flaash.Chips among chips: a chip that is idle takes the largest tile that is left.
A tile takes cycles in proportion to its products, and moves bytes. All chips share one memory of a
given number of bytes per cycle. When they want more, all tiles in progress slow down by the same factor.
"""

from __future__ import annotations

import heapq
import json
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.sparse import random_array

import flaash
from flaash.chips import PARTS

RECORD = Path(__file__).with_name("many_chips.json")
CONFIG, EXTENT, DENSITY, SEED = "fast8", 1024, 0.2, 1  # of the measured pair
CHIPS = (1, 2, 4, 8, 16, 32, 64)
WIDTHS = (64, 256, 1024)  # bytes a cycle of the shared memory; a chip's own port has 64
ROWS, ENTRIES = 10_000, 10_000_000  # of each operand of the large contraction: square, so 10% of the elements


@dataclass(frozen=True)
class Measured:
    """A run of flaash.Chips with the measured pair.

    Attributes:
        chips: that were simulated.
        products: of the contraction.
        tiles: that the chips have shared.
        cycles: from memory to memory, of each chip.
        bytes_in, bytes_out: of all chips.
        seconds: of the call, without the build.
    """

    chips: int
    products: int
    tiles: int
    cycles: list[int]
    bytes_in: int
    bytes_out: int
    seconds: float


@dataclass(frozen=True)
class Tile:
    """A tile in the model: its cycles alone on a chip, and its bytes."""

    cycles: float
    bytes: float


def makespan(tiles: Sequence[Tile], chips: int, width: float) -> float:
    """Return the cycles until the last tile is done.

    Args:
        tiles: in any order.
        chips: that share them.
        width: bytes a cycle of the memory that all chips share.
    """
    waiting = sorted(tiles, key=lambda tile: tile.cycles)
    running: list[tuple[float, float]] = []  # work at which a tile ends, its bytes a cycle
    now = work = wanted = 0.0
    while waiting or running:
        while waiting and len(running) < chips:
            tile = waiting.pop()
            rate = tile.bytes / tile.cycles
            heapq.heappush(running, (work + tile.cycles, rate))
            wanted += rate
        slow = max(1.0, wanted / width)  # all tiles in progress advance at the same pace
        end, rate = heapq.heappop(running)
        now, work, wanted = now + (end - work) * slow, end, wanted - rate
    return now


def measure(chips: int) -> Measured:
    """Contract the measured pair on simulated chips; every result is compared."""
    rng = np.random.default_rng(SEED)
    a, b = (random_array((EXTENT, EXTENT), density=DENSITY, rng=rng, dtype=np.float32, format="csr") for _ in range(2))
    with flaash.Chips("verilator", chips, config=CONFIG) as backend:
        part = a[: EXTENT // 4], b[: EXTENT // 4]  # too large for a chip, as the whole: the same simulations start
        flaash.einsum("ij,kj->ik", *part, on=backend, progress=True)
        began = time.monotonic()
        _, report = flaash.einsum("ij,kj->ik", a, b, on=backend, progress=True, return_report=True)
        seconds = time.monotonic() - began
    assert report.checked
    return Measured(
        chips,
        report.matches,
        sum(share.tiles for share in report.chips),
        [share.outside for share in report.chips],
        report.bytes_in or 0,
        report.bytes_out or 0,
        round(seconds, 1),
    )


def large(one: Measured, chips: int) -> list[Tile]:
    """Return the tiles of the large contraction, from what one chip has taken for the measured pair."""
    per_product = one.cycles[0] / one.products
    per_entry = one.bytes_in / one.tiles / (DENSITY * EXTENT**2)  # of the operand that stays: read for each tile
    per_result = one.bytes_out / EXTENT**2
    lines = int(flaash.Model(CONFIG).machine.config["MemLines"])
    lanes = int(flaash.Model(CONFIG).machine.config["Lanes"])
    fibers = lines // math.ceil(ENTRIES / ROWS / lanes)  # of a tile
    count = max(math.ceil(ROWS / fibers), PARTS * chips)
    products = ENTRIES * (ENTRIES / ROWS) / count
    moved = ENTRIES * per_entry + ROWS * ROWS * per_result / count
    return [Tile(products * per_product, moved)] * count


def predicted(one: Measured, run: Measured) -> float:
    """Return the makespan that the model gives for a run, from the run of one chip and the run's number of tiles.

    Each simulated chip has a memory of its own, so no tile slows another one down.
    """
    return makespan([Tile(one.cycles[0] / run.tiles, 1.0)] * run.tiles, run.chips, math.inf)


def curves() -> dict[int, list[float]]:
    """Return the makespan of the large contraction for each number of chips, by bytes a cycle of the memory."""
    one = Measured(**json.loads(RECORD.read_text())[0])
    return {width: [makespan(large(one, chips), chips, width) for chips in CHIPS] for width in WIDTHS}


def main(arguments: Sequence[str]) -> int:
    """Measure, or print what the record and the model say."""
    if list(arguments) not in ([], ["measure"]):
        print("error: python -m bench.many_chips [measure]", file=sys.stderr)
        return 2
    if arguments:
        RECORD.write_text(json.dumps([asdict(measure(chips)) for chips in CHIPS[:2]], indent=1) + "\n")
    runs = [Measured(**row) for row in json.loads(RECORD.read_text())]
    one = runs[0]
    for run in runs:
        print(
            f"{run.chips} chips, measured: {run.tiles} tiles, makespan {max(run.cycles):,} cycles"
            f" (model {predicted(one, run):,.0f}), {run.seconds:.0f} s"
        )
    found = curves()
    table = Table(title=f"{ENTRIES:,} by {ENTRIES:,} entries, {CONFIG}: million cycles in the model")
    for heading in ("chips", *(f"{width:,} bytes a cycle" for width in WIDTHS)):
        table.add_column(heading, justify="right")
    for place, chips in enumerate(CHIPS):
        table.add_row(str(chips), *(f"{cycles[place] / 1e6:,.0f}" for cycles in found.values()))
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
