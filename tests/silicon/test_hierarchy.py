# SPDX-License-Identifier: Apache-2.0
"""A netlist is split into pieces: equal ones once, with their count; others separately."""

import pytest

from tools.silicon.hierarchy import Hierarchy

# Two engines, equal but for numbers and lines of sources; a third whose counter is narrower; one top.
COUNTER = """module \\counter$top.{path}.u
  attribute \\src "{source}"
  wire width {width} output 2 \\count
  wire input 1 \\clk
  cell $dff $procdff${number}
    parameter \\WIDTH {width}
    connect \\Q \\count
  end
end
"""
ENGINE = """module \\engine$top.{path}
  wire input 1 \\clk
  cell \\counter$top.{path}.u \\u
    connect \\clk \\clk
  end
end
"""


def netlist(*widths: int) -> str:
    cells = "".join(
        f"  cell \\engine$top.e{number} \\e{number}\n    connect \\clk \\clk\n  end\n" for number in range(len(widths))
    )
    return f"autoidx 9\nmodule \\top\n  wire input 1 \\clk\n{cells}end\n" + "".join(
        ENGINE.format(path=f"e{number}")
        + COUNTER.format(path=f"e{number}", source=f"a.sv:{number}", width=width, number=100 + number)
        for number, width in enumerate(widths)
    )


def test_equal_pieces_are_one() -> None:
    found = Hierarchy(netlist(8, 4, 8)).pieces(["top", "engine"])
    assert [(piece.name, piece.count, piece.inside) for piece in found] == [
        ("top", 1, {"engine": 2, "engine_2": 1}),
        ("engine", 2, {}),
        ("engine_2", 1, {}),
    ]
    assert len({piece.digest for piece in found}) == 3
    top, engine, narrow = found
    assert top.text.count("cell \\engine \\") == 2
    assert "blackbox 1\nmodule \\engine\n  wire input 1" in top.text
    other = Hierarchy(netlist(8).replace("$100", "$777").replace("a.sv:0", "a.sv:55")).pieces(["top", "engine"])
    assert other[1].digest == engine.digest, "of another chip"
    assert "width 8" in engine.text and "width 4" in narrow.text and "module \\top" not in engine.text


def test_pieces_inside_of_pieces_are_counted() -> None:
    """What is no piece stays in the piece around it."""
    chip = Hierarchy(netlist(8, 8, 4))
    counts = {piece.name: piece.count for piece in chip.pieces(["top", "engine", "counter"])}
    assert counts == {"top": 1, "engine": 2, "engine_2": 1, "counter": 2, "counter_2": 1}
    (top,) = chip.pieces(["top"])
    assert "module \\counter_2" in top.text and "blackbox" not in top.text and not top.inside


def test_a_top_that_is_no_piece_is_refused() -> None:
    with pytest.raises(ValueError, match="the top top is no piece"):
        Hierarchy(netlist(8)).pieces(["engine"])
    with pytest.raises(ValueError, match="no module"):
        Hierarchy("autoidx 1\n")
