# SPDX-License-Identifier: Apache-2.0
"""The switching of the chip with the memory interface in real runs: part of make regress LIST=long."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.silicon import dozen
from tools.silicon import cells, library, measure, power, switching
from tools.silicon.gates import functions
from tools.silicon.replay import Netlist

CHIP, PIECE, INSTANCE = "tiny-memory128", "flaash_dma_retire", "u_dma.u_retire"
RUNS = {
    "sequence": lambda: switching.of_sequence(CHIP, "smoke"),
    "queue": lambda: switching.of_queue(CHIP, "10x10x100_d0.005", 2),
}


@pytest.mark.parametrize("record", RUNS.values(), ids=RUNS)
def test_all_nets_of_a_block_have_values(record: Callable[[], switching.Recording], tmp_path: Path) -> None:
    """The counter of cycles changes in each cycle, most other nets seldom."""
    recording = record()
    made = library.load(dozen.write(tmp_path / "dozen.lib"))
    [piece] = [piece for piece in measure.pieces(CHIP) if piece.name == PIECE]
    text = cells.synthesise(piece, made, ()).netlist.read_text()
    netlist, at = Netlist(text, functions(made.models.read_text()), power.outputs(made)), f"{recording.chip}.{INSTANCE}"
    value, unknown = netlist.values([at], recording)
    assert all(value(net) is not None for net in netlist.outputs.values()) and not unknown
    rates = power.rates(netlist, [at], recording, made).changes
    assert recording.cycles > 1000 and 0 < sum(rates.values()) / len(rates) < 0.2
    assert recording.changes(recording.bit(f"{at}.now_q[0]")) > 0.9
