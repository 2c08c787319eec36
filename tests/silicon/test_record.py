# SPDX-License-Identifier: Apache-2.0
"""The records of `make silicon RECORD=1`, from which the tables of docs/silicon.md come."""

import copy
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from tools.silicon import clock_tables, elaborate, page, power_tables, record, tables
from tools.silicon.macros import Macro
from tools.silicon.measure import Technology

RESULTS = yaml.safe_load("""
library: {name: dozen, slow: null, nand2: 4.0, flip_flop: 20.0, macros: [RAM]}
configurations:
  tiny:
    pieces:
      flaash_mac:
        block: MAC
        count: 3
        cells: &cells {area: 2.0e+6, sequential: 1.0e+6, macros: {RAM: 2}, macro_area: 3.0e+6, counted_bits: 1000,
          seconds: 1.04, megabytes: 50.4, ns: 7.25, slow_ns: 12.5, begin: a_q, end: "b_q[1]"}
        ecp5: &ecp5 {lut4: 70, flip_flops: 30, block_rams: 1, multipliers: 4, placed: true, clocks: [80.5],
          seconds: 9.0, megabytes: 290.0}
      flaash_top:
        block: registers
        count: 1
        cells: {<<: *cells, ns: 2.0}
        ecp5: {<<: *ecp5, placed: false, clocks: []}
    chip:
      {ns: 8.0, slow_ns: 13.0, begin: a, end: b, before: 11.0, buffers: 1200, sized: 30, added: 20000.04, pairs: [
        {from: MAC, to: registers, ns: 8.0, begin: a, end: b}, {from: ports, to: MAC, ns: 2.0, begin: c, end: d}]}
    cycles: {7x7x512: 500}
    energy: {7x7x512: {cycles: 500.0, internal: 1.5, switching: 0.25, leakage: 0.125}}
    power: {sequence: dense, cycles: 9, pieces: {
      flaash_mac: {internal: 1.0, switching: 0.5, leakage: 0.25},
      flaash_top: {internal: 0.0, switching: 0.0, leakage: 0.0}}}
""")
CELLS = RESULTS["configurations"]["tiny"]["pieces"]["flaash_mac"]["cells"]


def slower(recorded: dict) -> dict:
    """Return a record in which a chip, a path and a piece on the ECP5 are slower."""
    other = copy.deepcopy(recorded)
    chips = [one for one in other["configurations"].values() if "pairs" in one.get("chip", {})]
    chips[0]["chip"]["ns"] += 0.5
    chips[0]["chip"]["pairs"][0]["ns"] += 0.5
    for piece in other["configurations"]["default"]["pieces"].values():
        if "ecp5" in piece:
            piece["ecp5"]["clocks"] = [30.0]
    return other


def test_the_page_holds_the_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renewal keeps the page; renewal with another record changes it."""
    text, read = page.PAGE.read_text(), record.read
    assert page.renewed(text, page.summary()) == text, "make silicon RECORD=1 renews it"
    with pytest.raises(ValueError, match="are expected"):
        page.renewed("no comments", page.summary())
    monkeypatch.setattr(record, "read", lambda *path: slower(read(*path)))
    assert page.renewed(text, page.summary()) != text


@pytest.mark.parametrize("path", page.RECORDS, ids=lambda path: path.stem)
def test_the_record_has_cycles(path: Path) -> None:
    recorded = record.with_cycles(record.read(path))
    assert all(
        one["cycles"]
        for name, one in recorded["configurations"].items()
        if elaborate.machine(name.removesuffix(record.GATED))[0] == elaborate.TOP
    ), "make bench-record"


def test_the_site_has_the_tables_of_the_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page has tables, of both libraries where they share it; another record changes each page."""
    before, read = page.site(), record.read
    assert all(text.count("\n| ") > 5 for _, text in before.values())
    for shared in ("silicon_wires.md", "silicon_gated.md"):
        assert "asap7" in before[shared][1] and "sg13g2" in before[shared][1]
    monkeypatch.setattr(record, "read", lambda *path: slower(read(*path)))
    assert {name for name, text in page.site().items() if text != before[name]} == before.keys()


def test_what_was_not_measured_stays(tmp_path: Path) -> None:
    """Cells, then the ECP5 alone, then another library, which clears the record."""
    kept, macs = tmp_path / "silicon.json", tmp_path / "cost.json"
    record.keep(copy.deepcopy(RESULTS), {"exact": {"lut4": 1}}, kept, macs)
    assert record.read(kept)["configurations"]["tiny"]["pieces"]["flaash_mac"]["cells"]["seconds"] == 1.0
    assert record.read(kept)["configurations"]["tiny"]["chip"]["added"] == 20000.0
    again = copy.deepcopy(RESULTS)
    again["library"] = None
    for piece in again["configurations"]["tiny"]["pieces"].values():
        del piece["cells"]
        piece["ecp5"]["lut4"] = 71
    del again["configurations"]["tiny"]["chip"]
    record.keep(again, {"plain": {"lut4": 2}}, kept, macs)
    now = record.read(kept)["configurations"]["tiny"]
    assert now["pieces"]["flaash_mac"]["cells"]["area"] == 2e6 and now["chip"]["ns"] == 8.0
    assert now["pieces"]["flaash_mac"]["ecp5"]["lut4"] == 71
    assert json.loads(macs.read_text()) == {"exact": {"lut4": 1}, "plain": {"lut4": 2}}
    part = copy.deepcopy(again)
    part["configurations"]["tiny"]["part"] = True
    del part["configurations"]["tiny"]["pieces"]["flaash_mac"]
    record.keep(part, {}, kept, macs)
    assert record.read(kept)["configurations"]["tiny"] == now
    other = copy.deepcopy(RESULTS)
    other["library"]["name"], other["configurations"] = "another", {}
    record.keep(other, {}, kept, macs)
    assert record.read(kept)["configurations"] == {}


def test_the_order_of_the_macros_is_none_of_the_record() -> None:
    """A table with the same macros in another order keeps the record of the library."""
    library = SimpleNamespace(path=Path("dozen.lib"), nand2=4.0, flip_flop=20.0)
    both = [Macro(f"RAM_{words}", words, 32, 1.0, 1.0, 0.1) for words in (256, 1024)]
    first, second = (record.empty(Technology(library, macros=tuple(macros))) for macros in (both, both[::-1]))
    assert first == second and first["library"]["macros"] == ["RAM_1024", "RAM_256"]


def test_energies_belong_to_a_chip(tmp_path: Path) -> None:
    """Another run of the same chip keeps the first one's; another chip has none."""
    kept, again = tmp_path / "silicon.json", copy.deepcopy(RESULTS)
    run = {"cycles": 80.0, "internal": 1.0, "switching": 1.0, "leakage": 1.0}
    again["configurations"]["tiny"]["energy"] = {"3x3x1024": run}
    del again["configurations"]["tiny"]["power"]
    record.keep(copy.deepcopy(RESULTS), {}, kept)
    record.keep(copy.deepcopy(again), {}, kept)
    now = record.read(kept)["configurations"]["tiny"]
    assert list(now["energy"]) == ["7x7x512", "3x3x1024"] and now["power"]["sequence"] == "dense"
    again["configurations"]["tiny"]["chip"]["buffers"] += 1
    record.keep(again, {}, kept)
    now = record.read(kept)["configurations"]["tiny"]
    assert list(now["energy"]) == ["3x3x1024"] and "power" not in now


def test_a_family_of_libraries_can_have_its_own_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each record of the project is of a library that has its results there."""
    assert all(record.of(record.read(path)["library"]["name"]) == path for path in page.RECORDS)
    monkeypatch.setattr(record, "FILE", tmp_path / "silicon.json")
    assert record.of("asap7_rvt_typ_0p70V_25C") == record.FILE
    own = tmp_path / "silicon_asap7.json"
    own.write_text("{}")
    assert record.of("asap7_rvt_typ_0p70V_25C") == own
    assert record.of("sg13g2_stdcell_typ_1p20V_25C") == record.of("asap") == record.of(None) == record.FILE


def test_a_library_of_small_cells_has_a_digit_more() -> None:
    """And paths are named above another limit."""
    small = copy.deepcopy(RESULTS)
    small["library"]["nand2"] = 0.087
    small["configurations"]["tiny"]["chip"]["pairs"][0]["ns"] = 0.9
    shown = {caption: rows for caption, _, rows in tables.all_tables(small)}
    assert shown["Standard cells of dozen, areas in mm2, no wires"][0][1] == "8.000"
    assert shown["Logic by block, mm2"][0] == ["MAC", "6.0000"]
    assert [row[3] for row in shown["Paths between blocks above 0.85 ns, typical corner"]] == ["0.900", "2.000"]


def test_a_record_that_does_not_hold_is_told() -> None:
    again = copy.deepcopy(RESULTS)
    pieces = again["configurations"]["tiny"]["pieces"]
    pieces["flaash_mac"]["cells"]["area"] *= 1.02
    assert record.differences(again, RESULTS) == []
    pieces["flaash_mac"]["cells"]["area"] *= 1.02
    pieces["flaash_mac"]["ecp5"]["lut4"] = 67
    pieces["flaash_more"] = pieces["flaash_mac"]
    again["configurations"]["tiny"]["chip"]["ns"] = 9.0
    assert record.differences(again, RESULTS) == [
        "tiny: ns is 9, recorded is 8",
        "tiny/flaash_mac: area is 2.0808e+06, recorded is 2e+06",
        "tiny/flaash_mac: lut4 is 67, recorded is 70",
        "tiny/flaash_more: cells is not recorded",
        "tiny/flaash_more: ecp5 is not recorded",
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fast8", ["fast8: ns is 9, recorded is 8"]),  # the same machine as default
        ("default, gated", ["default, gated: ns is 9, recorded is 8"]),
        ("fast8, gated", ["fast8, gated: ns is 9, recorded is 8"]),
        ("fast32", []),
        ("fast8-memory128", []),
    ],
)
def test_another_name_has_the_same_record(name: str, told: list[str]) -> None:
    """A chip with another interface, or with gated clocks, has another record."""
    chip = RESULTS["configurations"]["tiny"]
    known = {"configurations": {"tiny": {"pieces": {}}, "default": chip, "default, gated": chip}}
    again = copy.deepcopy(chip)
    again["chip"]["ns"] = 9.0
    none = [f"{name}/{piece}: {kind} is not recorded" for piece in chip["pieces"] for kind in ("cells", "ecp5")]
    assert record.differences({"configurations": {name: again}}, known) == (told or none)


def test_cycles_are_those_of_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "recorded.json"
    path.write_text('{"a default": 5, "b default": 6, "a fast8": 7}')
    assert record.cycles("default", path) == {"a": 5, "b": 6} and record.cycles("fast", path) == {}


def test_sums() -> None:
    """Instances are counted; a block beyond the limit is marked; the slowest piece gives the ECP5's clock."""
    shown = {caption: rows for caption, _, rows in tables.all_tables(RESULTS)}
    (chip,) = shown["Standard cells of dozen, areas in mm2, no wires"]
    assert chip == ["tiny", "8.00", "2,000", "12.00", "0.08", "20.08", "8.00", "13.00", "125"]
    # 125 MHz by 500 cycles are 250,000 a second, on 20.08 mm2.
    assert shown["Contractions per second at the typical clock"] == [["tiny", "7x7x512", "500", "250,000", "12,450"]]
    assert shown["Logic by block, mm2"] == [["MAC", "6.000"], ["registers", "2.000"]]
    assert shown["The slowest path of each block, ns at the typical corner"] == [
        ["tiny", "MAC", "7.25", "yes", "`a_q`", "`b_q[1]`"],
        ["tiny", "registers", "2.00", "", "`a_q`", "`b_q[1]`"],
    ]
    assert shown["The joined netlists before and after buffers, ns at the typical corner"] == [
        ["tiny", "11.00", "8.00", "1,200", "30", "0.020"]
    ]
    assert shown["The slowest path from block to block in tiny, ns at the typical corner"] == [
        ["MAC", "-", "8.00"],
        ["ports", "2.00", "-"],
    ]
    assert shown[power_tables.ENERGY] == [["tiny", "7x7x512", "500.0", "1.50", "0.25", "0.12", "1.88"]]
    assert shown["Paths between blocks above 6 ns, typical corner"] == [
        ["tiny", "MAC", "registers", "8.00", "`a`", "`b`"]
    ]
    part = copy.deepcopy(RESULTS)
    del part["configurations"]["tiny"]["pieces"]["flaash_top"]["ecp5"]
    assert not any("ECP5" in caption for caption, _, _ in tables.all_tables(part))
    assert shown[power_tables.POWER] == [
        ["MAC", "5.250"],
        ["all, internal", "3.000"],
        ["all, switching", "1.500"],
        ["all, leakage", "0.750"],
    ]
    (fpga,) = shown["Lattice ECP5, speed grade 6, the sum of the pieces; MHz of the slowest placed piece"]
    assert fpga == ["tiny", "280", "120", "4", "16", "80.5", "`flaash_top`"]


# Gated clocks
CLOCKS = {"flip_flops": 40, "gates": 3, "gated": 30, "few": 2, "always": 8, "largest": [["u.b_q", 5], ["u.c_q", 3]]}


def with_gated() -> dict:
    """Return a record of tiny without and with gated clocks: half of the area and of the power, 0.1 ns slower."""
    found = copy.deepcopy(RESULTS)
    tiny = found["configurations"]["tiny"]
    gated = copy.deepcopy(tiny)
    for piece in gated["pieces"].values():
        piece["cells"] = {**CELLS, "area": CELLS["area"] / 2, "clocks": copy.deepcopy(CLOCKS)}
    gated["chip"]["ns"] += 0.1
    gated["energy"]["7x7x512"] = {"cycles": 500.0, "internal": 0.5, "switching": 0.075, "leakage": 0.05}
    gated["power"]["pieces"]["flaash_mac"] = {"internal": 0.5, "switching": 0.25, "leakage": 0.125}
    found["configurations"][f"tiny{clock_tables.GATED}"] = gated
    return found


def test_both_chips_stand_beside_each_other() -> None:
    shown = {caption: rows for caption, _, rows in clock_tables.all_tables(with_gated())}
    of_chips, of_runs, of_clocks = shown.values()
    times = ["8.000", "8.100", "+1.2", "13.000", "13.000", "+0.0"]
    assert of_chips == [["tiny", "8.0000", "4.0000", "-50.0", *times]]
    assert of_runs == [
        ["tiny", "dense, mW at 100 MHz", "5.25", "2.62", "2.00"],
        ["tiny", "7x7x512, nJ", "1.88", "0.62", "3.00"],
    ]
    registers = "`u.b_q` (5), `u.c_q` (3)"
    assert of_clocks == [
        ["tiny, gated", "MAC", "120", "9", "90", "6", "24", "75.0", registers],
        ["tiny, gated", "registers", "40", "3", "30", "2", "8", "75.0", registers],
    ]


def test_small_blocks_share_a_line() -> None:
    """A block with 200 of 20,240 flip-flops is small, and so is one with 40."""
    found = with_gated()
    pieces = found["configurations"]["tiny, gated"]["pieces"]
    pieces["flaash_mac"]["count"] = 500
    pieces["flaash_plan"] = {**copy.deepcopy(pieces["flaash_mac"]), "block": "dispatcher", "count": 5}
    assert [row[1:3] for row in clock_tables.clocks(found)[2]] == [["MAC", "20,000"], ["others", "240"]]


def test_other_runs_are_not_compared() -> None:
    """Power of another sequence, energy of another layer, a chip without a clock, in part, or without its like."""
    found = with_gated()
    gated = found["configurations"]["tiny, gated"]
    gated["power"]["sequence"] = "smoke"
    gated["energy"] = {"3x3x1024": gated["energy"]["7x7x512"]}
    del gated["chip"], found["configurations"]["tiny"]["chip"]["slow_ns"]
    assert clock_tables.runs(found)[2] == []
    assert clock_tables.chips(found)[2] == [["tiny", "8.0000", "4.0000", "-50.0", "8.000", "-", "-", "-", "-", "-"]]
    whole = copy.deepcopy(found)
    del whole["configurations"]["tiny, gated"]["pieces"]["flaash_mac"]
    assert clock_tables.chips(whole)[2] == []
    del found["configurations"]["tiny"]
    assert [caption for caption, _, _ in clock_tables.all_tables(found)] == [clock_tables.clocks(found)[0]]


def test_the_other_pages_have_no_gated_clocks() -> None:
    found = record.with_cycles(with_gated())
    assert "gated" not in page.chips(found) and "gated" not in page.paths(found) and "tiny" in page.chips(found)
    assert any("tiny, gated" in row for _, _, rows in tables.all_tables(found) for row in rows)
