# SPDX-License-Identifier: Apache-2.0
"""The readers of Liberty files and of tables of macros, and their error messages."""

from pathlib import Path

import pytest

from tests.silicon import dozen
from tools.silicon import library, macros, programs

MACRO = "- {cell: RAM, ports: 2, words: 256, bits: 16, area: 900, access: 1.5, setup: 0.1}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "FOLDER", tmp_path / "silicon")


def test_the_cells_that_the_flow_names(tmp_path: Path) -> None:
    found = library.load(dozen.write(tmp_path / "dozen.lib"))
    assert (found.buffer, found.high, found.low) == ("BUF4", ("ONE", "Y"), ("ZERO", "Y"))
    assert (found.nand2, found.flip_flop) == (dozen.NAND2, dozen.FLIP_FLOP)
    assert "module NAND2(" in found.models.read_text()


def test_a_cell_that_is_not_to_be_used_is_not_used(tmp_path: Path) -> None:
    path = dozen.write(tmp_path / "dozen.lib")
    path.write_text(path.read_text().replace("cell(BUF4) {", "cell(BUF4) { dont_use : true;"))
    assert library.load(path).buffer == "BUF"


def test_a_library_without_flip_flops_is_refused(tmp_path: Path) -> None:
    path = dozen.write(tmp_path / "dozen.lib")
    path.write_text(path.read_text().partition("  cell(DFF)")[0] + "}\n")
    with pytest.raises(ValueError, match="D flip-flops are not supported"):
        library.load(path)


def test_macros(tmp_path: Path) -> None:
    path = tmp_path / "macros.yml"
    path.write_text(MACRO)
    (macro,) = macros.read(path)
    assert macro == macros.Macro("RAM", 256, 16, 900.0, 1.5, 0.1) and macro.address == 8


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("ports: 2", "ports: 1", "ports must be 2"),
        ("words: 256", "words: 250", "power of two"),
        (", area: 900", "", "missing or unknown: area"),
        ("setup", "hold", "missing or unknown: hold, setup"),
        ("- {cell", "{cell", "a list of macros"),
        ("}", "", "macros.yml"),
    ],
)
def test_a_wrong_table_of_macros_is_refused(old: str, new: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "macros.yml"
    path.write_text(MACRO.replace(old, new))
    with pytest.raises(ValueError, match=told):
        macros.read(path)


def test_a_missing_program_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find", lambda program: None)
    with pytest.raises(programs.ToolMissing) as told:
        programs.require([*programs.ECP5, *programs.CELLS])
    for text in (
        "GROUP=silicon",
        "'yosys' is not installed, which maps to standard cells",
        "'sta' is not installed, which times standard cells",
        "GROUP=openroad",
    ):
        assert text in str(told.value)
