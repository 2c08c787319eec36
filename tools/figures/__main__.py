# SPDX-License-Identifier: Apache-2.0
"""`make generate`: draws the pictures of docs/images from the sources and records that they show."""

import sys
from collections.abc import Callable
from pathlib import Path

from sim.toolchain import ROOT
from tools.figures import blocks, chip, examples, plane, plots, states, timeline, walk

FOLDER = ROOT / "docs" / "images"
FIGURES: dict[str, Callable[[], str]] = {
    "chip.svg": chip.resident,
    "paper.svg": chip.paper,
    "descriptor_states.svg": states.draw,
    "walk.svg": walk.draw,
    "descriptor.svg": examples.descriptor,
    "operand.svg": examples.operand,
    "chunk_step.svg": examples.chunk_step,
    "plane.svg": plane.draw,
    "timeline.svg": timeline.draw,
    "blocks.svg": blocks.draw,
    "speedup.svg": plots.speedup,
    "utilisation.svg": plots.utilisation,
    "many_chips.svg": plots.many_chips,
}


def outdated(folder: Path = FOLDER) -> list[str]:
    """Return the names of the pictures that differ from what their sources give."""
    return [
        name for name, draw in FIGURES.items() if not (path := folder / name).is_file() or path.read_text() != draw()
    ]


def main(folder: Path = FOLDER) -> int:
    for name in outdated(folder):
        (folder / name).write_text(FIGURES[name]())
        print(folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
