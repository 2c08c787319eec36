# SPDX-License-Identifier: Apache-2.0
"""The pictures of docs/images are what their sources give, and their text is legible on a telephone."""

import re
from pathlib import Path

import pytest

from sim.sources import RTL
from tools.figures import __main__ as figures
from tools.figures import blocks, picture, states, walk
from tools.silicon import page, record, tables

TELEPHONE, LEAST = 420, 9  # pixels: width of the screen, height of the smallest text


def test_the_pictures_are_current(tmp_path: Path) -> None:
    assert figures.outdated() == [], "call make generate"
    assert figures.outdated(tmp_path) == list(figures.FIGURES)
    assert figures.main(tmp_path) == 0 and figures.outdated(tmp_path) == []
    (tmp_path / "chip.svg").write_text((tmp_path / "chip.svg").read_text().replace("16 banks", "8 banks"))
    assert figures.outdated(tmp_path) == ["chip.svg"]


@pytest.mark.parametrize("name", figures.FIGURES)
def test_text_is_legible(name: str) -> None:
    """On a telephone, and on a dark page, too."""
    text = (figures.FOLDER / name).read_text()
    width = re.findall(r'viewBox="0 0 (\d+) ', text)[0]
    assert min(map(float, re.findall(r'font-size="([\d.]+)"', text))) * TELEPHONE / int(width) >= LEAST
    assert "prefers-color-scheme: dark" in text and "<title>" in text


def test_each_picture_is_on_a_page() -> None:
    """Each drawing comes from a script; screenshots come from make pages."""
    assert {path.name for path in figures.FOLDER.glob("*.svg")} == set(figures.FIGURES)
    pages = "".join(path.read_text() for path in [figures.ROOT / "README.md", *(figures.ROOT / "docs").rglob("*.md")])
    assert [path.name for path in figures.FOLDER.iterdir() if f"images/{path.name})" not in pages] == []


def test_a_text_that_does_not_fit_is_refused() -> None:
    drawing = picture.Picture("a test", 100)
    with pytest.raises(ValueError, match="does not fit into its box"):
        drawing.box(10, 10, 40, 30, "operand_memory")
    with pytest.raises(ValueError, match="leaves the drawing"):
        drawing.write(10, 50, "in the middle of the left edge")


@pytest.mark.parametrize("name", ["chip.svg", "paper.svg"])
def test_boxes_are_modules(name: str) -> None:
    """Each name of a block with an underscore is a module, or an instance in one."""
    text = (figures.FOLDER / name).read_text()
    code = {path.stem: path.read_text() for path in RTL.rglob("*.sv")}
    for label in re.findall(r'<text class="name"[^>]*>([^<]*)<', text):
        for word in re.findall(r"\b[a-z]+_\w+", label):
            assert f"flaash_{word}" in code or any(f" {word} (" in module for module in code.values()), word


def test_states_are_those_of_the_rtl() -> None:
    text = states.SOURCE.read_text()
    states.check(text)
    with pytest.raises(ValueError, match=r"other states than flaash_dma_issue.sv: \['Pause'\]"):
        states.check(text.replace("    EntryFail,", "    EntryPause,\n    EntryFail,"))
    with pytest.raises(ValueError, match=r"lacks steps of flaash_dma_issue.sv: \[\('Load', 'Command'\)\]"):
        states.check(
            text.replace("states_d[load_q] = EntrySettle;\n      end", "states_d[load_q] = EntryCommand;\n      end")
        )


def test_a_table_that_is_missing_is_noticed() -> None:
    shown = page.plain(record.read())
    assert len(blocks.column(tables.memories(shown), blocks.AREA)["loader"]) == 2
    with pytest.raises(ValueError, match="the record has no column 'huge' of 'Memories by block, mm2"):
        blocks.column(tables.memories(shown), "huge")


def test_the_walk_is_that_of_the_page() -> None:
    text = walk.PAGE.read_text()
    assert walk.buffers(text)[0] == ("beat", "axi_reader", "u_fifo")
    with pytest.raises(ValueError, match=r"have the numbers \[1, 2, 3, 4, 5, 6, 7, 8, 19\]"):
        walk.buffers(text.replace("9: `flaash_resident_emit`", "19: `flaash_resident_emit`"))
