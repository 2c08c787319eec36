# SPDX-License-Identifier: Apache-2.0
"""What OpenROAD is told about a die and its wires, and what is recorded: all that needs no OpenROAD."""

import copy
import math
from pathlib import Path

import pytest

from tests.silicon import dozen_lef
from tests.silicon.test_record import RESULTS
from tools.silicon import abstracts, macros, record, tables, wires

RAM = macros.Macro("RAM", 512, 32, 150650.0, 3.9, 0.1)
WIRES = {
    "um": 12345,
    "placed": 2.1e6,
    "utilisation": 0.604,
    "ns": 9.0,
    "slow_ns": 14.0,
    "over": 0.002,
    "repaired": {"um": 12000, "placed": 2.2e6, "utilisation": 0.63, "ns": 8.0, "slow_ns": 13.0, "over": 0.0},
}


def results() -> dict:
    """Return a record of which one piece and the chip were placed, and one piece was not."""
    made = copy.deepcopy(RESULTS)
    tiny = made["configurations"]["tiny"]
    tiny["pieces"]["flaash_mac"]["wires"] = copy.deepcopy(WIRES)
    tiny["pieces"]["flaash_top"]["wires"] = {"failed": "global placement"}
    tiny["chip"]["wires"] = {**WIRES, "repaired": {"failed": "global routing after repair"}}
    return made


def test_the_die() -> None:
    """Without memories a square; with memories a grid, in which none overlaps another and the middle is free."""
    assert abstracts.die(600.0, 0, 0.0) == (math.sqrt(1000), math.sqrt(1000), [])
    edge, count = 100.0, 40
    width, height, places = abstracts.die(60000.0, count, edge)
    assert width * height - count * edge**2 >= 60000.0 / abstracts.UTILISATION
    assert len({(x, y) for x, y, _ in places}) == count
    for number, (x, y, orientation) in enumerate(places):
        assert 0 <= x <= width - edge and 0 <= y <= height - edge
        assert orientation == ("MX" if y + edge / 2 < height / 2 - 1 else "R0")
        assert all(max(abs(x - u), abs(y - v)) >= edge for u, v, _ in places[:number])
        assert math.hypot(x + edge / 2 - width / 2, y + edge / 2 - height / 2) > edge


def test_a_memory_as_lef(tmp_path: Path) -> None:
    technology, _ = dozen_lef.write(tmp_path)
    layers = abstracts.routing(technology.read_text())
    assert [layer.name for layer in layers] == ["M1", "M2", "M3", "M4", "M5"]
    assert [layer.horizontal for layer in layers] == [True, False, True, False, True] and layers[0].width == 0.1
    text = abstracts.memories([RAM], layers)
    assert text.count("  PIN ") == 4 + 2 * 9 + 2 * 32 + 2  # with the supply
    assert f"SIZE {abstracts.side(RAM):g} BY {abstracts.side(RAM):g} ;" in text and "PIN WADDR[8]" in text
    assert text.count("LAYER M4 ;") == 4 + 2 * 9 + 2 * 32 + 1 and "LAYER M5" not in text


def test_a_netlist_without_blocks() -> None:
    text = "  INV _1_ (\n    .A(a),\n    .Y(y)\n  );\n"
    inside = "  flaash_mac \\g[0].u  (\n    .a(a),\n    .b({ a, y })\n  );\n"
    written = " flaash_mac_memory u_m (.a(a),\n    .b(y));\n"  # as OpenROAD writes it
    assert wires.without(text + inside + written + text, {"flaash_mac", "flaash_mac_memory"}) == text + text
    assert wires.without(text + inside, ()) == text + inside


def test_each_layer_has_the_wires() -> None:
    """The global route takes what set_layer_rc set; repair aims at the time without wires."""
    layers = [abstracts.Layer("M1", True, 0.1), abstracts.Layer("M2", False, 0.1)]
    made = wires.commands(wires.KNOWN["sg13g2"], layers)
    assert made[-2:] == [
        f"set_layer_rc -layer {name} -resistance 0.00207 -capacitance 0.000173" for name in ("M1", "M2")
    ]
    (_, first), (_, second) = wires.repairs(3.25)
    assert first[-1] == "repair_design" and "-setup_margin 96.75 " in second[0]


def test_tracks_that_are_missing() -> None:
    log = (
        "Total          2000           500           25.00%             0 /  0 /  0\n"
        "Total wirelength: 5\nTotal            21000          2000           13.47%             5 /  4 / 10\n"
    )
    assert wires.overflow(log) == [0.0, 0.005]


@pytest.mark.parametrize(
    ("lef", "wire", "told"),
    [
        ("", "", r"LEF=tech\.lef,cells\.lef"),
        ("{0}", "", "the LEF files of the technology and of the cells"),
        ("{0},none.lef", "", r"there is no LEF file none\.lef"),
        ("{1},{0}", "", "has 0 routing layers: the technology LEF comes first"),
        ("{0},{0}", "", "has no cells: the cells' LEF comes second"),
        ("{0},{1}", "", "the wires of dozen are not known: WIRE="),
        ("{0},{1}", "1,2", "WIRE=kOhm,fF,LOWEST,HIGHEST is expected, not '1,2'"),
        ("{0},{1}", "1,2,M2,M9", "has no routing layer M9"),
    ],
)
def test_files_that_do_not_fit(lef: str, wire: str, told: str, tmp_path: Path) -> None:
    paths = dozen_lef.write(tmp_path)
    with pytest.raises(ValueError, match=told):
        wires.read(lef.format(*paths), wire, Path("dozen.lib"))


def test_wires_of_another_library(tmp_path: Path) -> None:
    technology, cells = dozen_lef.write(tmp_path)
    found = wires.read(f"{technology},{cells}", "1e-3,0.2,M2,M5", Path("dozen.lib"))
    assert found.wire == wires.Wire(1e-3, 0.2, "M2", "M5") and len(found.layers) == dozen_lef.LAYERS


def test_the_table_has_both_times_and_failures() -> None:
    ((caption, heads, rows),) = tables.wire_tables(results())
    assert "laced and globally routed" in caption and len(heads) == len(rows[0])
    assert rows == [
        ["tiny", "`flaash_mac`", "7.25", "9.00", "8.00", "12.50", "14.00", "13.00", "12.3", "2.100", "60", "0.2"],
        ["tiny", "`flaash_top`", "2.00", "failed: global placement", *["-"] * 8],
        ["tiny", "whole chip", "8.00", "9.00", "failed: global routing after repair", "13.00", "14.00", "-", "12.3"]
        + ["2.100", "60", "0.2"],
    ]
    assert tables.wire_tables(RESULTS) == []
    made = results()
    pieces = made["configurations"]["tiny"]["pieces"]
    pieces["flaash_mac_2"] = pieces.pop("flaash_mac")
    assert "`flaash_mac`, number 2" in [row[1] for row in tables.wire_tables(made)[0][2]]


@pytest.mark.parametrize("figure", ["ns", "area"])
def test_wires_stay_until_the_netlist_changes(figure: str, tmp_path: Path) -> None:
    kept, macs = tmp_path / "silicon.json", tmp_path / "cost.json"
    record.keep(results(), {}, kept, macs)
    record.keep(copy.deepcopy(RESULTS), {}, kept, macs)
    now = record.read(kept)["configurations"]["tiny"]
    assert now["pieces"]["flaash_mac"]["wires"] == WIRES and now["chip"]["wires"]["ns"] == 9.0
    other = copy.deepcopy(RESULTS)
    other["configurations"]["tiny"]["pieces"]["flaash_mac"]["cells"][figure] = 7.5
    other["configurations"]["tiny"]["chip"]["ns"] = 8.5
    record.keep(other, {}, kept, macs)
    now = record.read(kept)["configurations"]["tiny"]
    assert "wires" not in now["pieces"]["flaash_mac"] and "wires" not in now["chip"]
    assert now["pieces"]["flaash_top"]["wires"] == {"failed": "global placement"}


def test_a_record_of_wires_is_held() -> None:
    again = results()
    again["configurations"]["tiny"]["pieces"]["flaash_mac"]["wires"]["ns"] = 9.5
    again["configurations"]["tiny"]["chip"]["wires"]["slow_ns"] = 15.0
    assert record.differences(again, results()) == [
        "tiny with wires: slow_ns is 15, recorded is 14",
        "tiny/flaash_mac: ns is 9.5, recorded is 9",
    ]
    assert "tiny/flaash_mac: wires is not recorded" in record.differences(again, RESULTS)
