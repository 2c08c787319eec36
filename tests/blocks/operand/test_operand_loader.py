# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_operand_loader, and of its reference model."""

import copy
import random
from pathlib import Path

import pytest

from models.numbers.formats import FORMATS
from sim.simulation import run_bench
from tests.blocks.operand.loader_frames import frame, tensor
from tests.blocks.operand.loader_model import Build, Outcome, load
from tests.blocks.operand.loader_watch import compare

BENCHES = Path(__file__).parent

# Value format, Lanes, CoordWidth, bits of a beat, pointers per cycle, lines per cycle. Beats have fewer
# entries than lanes, the same number, and more.
BUILDS = {
    "verilator": [
        ("fp32", 4, 10, 512, 16, 2),
        ("int8", 8, 8, 256, 8, 1),
        # Two lanes with entries of 64 bits, four with 32 bits: the widest stages whose toggles Verilator counts.
        ("fp32", 2, 32, 128, 1, 1),
        ("bf16", 4, 16, 256, 8, 1),
        ("fp32", 4, 32, 256, 8, 1),
    ],
    "icarus": [
        ("fp32", 4, 16, 128, 1, 1),
        ("fp32", 4, 10, 512, 16, 2),
        ("int8", 8, 8, 128, 1, 1),
        ("int16", 2, 32, 256, 8, 1),
        ("int8", 1, 3, 128, 4, 1),
        ("fp32", 4, 10, 256, 8, 1),
        ("bf16", 8, 15, 128, 1, 1),
        ("int8", 2, 8, 512, 16, 2),
        ("int8", 2, 8, 256, 1, 1),
        ("fp32", 8, 32, 512, 16, 1),
        ("int16", 1, 12, 512, 16, 2),
    ],
}
FIRST = {"verilator": 1, "icarus": 5}  # builds of the suite; the full suite runs the rest, too


@pytest.mark.runs(odd="icarus")
@pytest.mark.parametrize("rest", [False, pytest.param(True, marks=pytest.mark.runs(full=True))], ids=["first", "rest"])
def test_operand_loader(simulator: str, seed: int, rest: bool) -> None:
    first = FIRST[simulator]
    builds = BUILDS[simulator]
    for fmt, lanes, coord_width, width, pointers, lines in builds[first:] if rest else builds[:first]:
        run_bench(
            "flaash_operand_loader_bench",
            "tests.blocks.operand.operand_loader_tests",
            simulator,
            f"operand_loader-{fmt}-l{lanes}-c{coord_width}-w{width}-p{pointers}-n{lines}",
            {
                "Format": FORMATS[fmt].code,
                "Lanes": lanes,
                "CoordWidth": coord_width,
                "MemLines": 40,
                "NodeDepth": 50,
                "FiberDepth": 24,
                "FeedWidth": width,
                "PointerWords": pointers,
                "LineWrites": lines,
            },
            seed,
            extra_sources=[BENCHES / "flaash_operand_loader_bench.sv"],
        )


def _example(seed: int):
    rng = random.Random(seed)
    parameters = Build(FORMATS["fp32"], 4, 16, 40, 50, 24)
    csf = tensor(rng, (3, 4, 9), 30, empty=3)
    return csf, parameters, load(frame(csf, 1, parameters, rng), parameters)


def test_model_agrees_with_the_tree(seed: int) -> None:
    """The model reads the beats; the tree has the fibers without any frame."""
    csf, parameters, outcome = _example(seed)
    bounds = csf.fiber_bounds()
    coords = [entry[0] for line in outcome.lines for entry in line]
    parents = {number: (coord, parent) for number, coord, parent in outcome.nodes}
    leaves = [parents[node] for _, _, node in outcome.fibers[:-1]]
    paths = [(parents[parent][0], coord) for coord, parent in leaves]
    assert coords == csf.leaf_coords.tolist() and sum(outcome.lasts) == len(bounds)
    assert paths == [tuple(path) for path in csf.fiber_paths().tolist()]
    assert outcome.info == (3, 9, csf.nnz, len(bounds), sum(-(-int(e - b) // 4) for b, e in bounds))


def _spoilt(right: Outcome) -> dict[str, Outcome]:
    """Return outcomes that differ from the right one in one thing each."""
    spoilt = {
        name: copy.deepcopy(right)
        for name in ("operand", "error", "discarded", "node", "fiber", "sentinel", "line", "last", "info")
    }
    spoilt["operand"].operand ^= 1
    spoilt["error"].error = (1, 0)
    spoilt["discarded"].discarded = 1
    spoilt["node"].nodes[1] = spoilt["node"].nodes[0]
    spoilt["fiber"].fibers[1:3] = reversed(spoilt["fiber"].fibers[1:3])
    spoilt["sentinel"].fibers.pop()
    spoilt["line"].lines[-1][0] = (0, 0)
    spoilt["last"].lasts[0] ^= True
    spoilt["info"].info = (*right.info[:-1], right.info[-1] + 1)
    return spoilt


def test_comparison_bites(seed: int) -> None:
    _, _, right = _example(seed)
    compare(copy.deepcopy(right), right, "the same")
    for what, outcome in _spoilt(right).items():
        with pytest.raises(AssertionError, match=what[:4]):
            compare(outcome, right, f"spoilt: {what}")
            pytest.fail(f"not noticed: {what}", pytrace=False)
