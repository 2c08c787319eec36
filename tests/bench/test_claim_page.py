# SPDX-License-Identifier: Apache-2.0
"""The tables of the claim, on the site in docs/comparison.md, are those of bench/claim.json at the recorded clocks."""

import copy
import json
import math
import re
from pathlib import Path

import pytest

from bench import claim_page, claims
from bench.outside import TARGET
from bench.rows import layer_workloads

RECORD = json.loads(claim_page.RECORD.read_text())


def test_the_page_has_the_place_of_the_tables() -> None:
    text = claim_page.PAGE.read_text()
    assert text.count(f"{claim_page.BEGIN}\n{claim_page.END}") == 1
    assert claim_page.tables(RECORD) in claim_page.filled(text)
    assert claim_page.filled("no place") == "no place"


def test_the_text_of_the_page_follows_from_the_record() -> None:
    """The clocks that 25 times needs, and the factors on the ECP5."""
    fastest = {name: min(RECORD["software"][name].values()) for name in RECORD["cycles"]}
    needed = [25 * cycles / fastest[name] for name, cycles in RECORD["cycles"].items()]
    head, *rows = table(claim_page.tables(RECORD))
    (column,) = [at for at, words in enumerate(head) if "on an ECP5" in words]
    factors = [float(re.sub(r"[^\d.]", "", row[column])) for row in rows]
    text = " ".join(claim_page.PAGE.read_text().split())
    assert f"25 times needs {min(needed):.0f} to {max(needed):.0f} MHz" in text
    assert f"a period of {math.floor(100_000 / max(needed)) / 100:.2f} ns suffices for every row" in text
    assert f"the machine is {min(factors)} to {max(factors)} times as fast" in text


def test_the_tables_are_those_of_the_record() -> None:
    for changed in ("cycles", "software"):
        other = copy.deepcopy(RECORD)
        name = layer_workloads()[0]
        other[changed][name] = {"torch_coo": 1.0} if changed == "software" else 1.0
        assert claim_page.tables(other) != claim_page.tables(RECORD)


def table(text: str) -> list[list[str]]:
    """Return the head and the rows of the table of layers."""
    part = text[: text.index("averages over the densities")]
    head, _, *rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")]
    return [head, *rows]


def check_answers(text: str, record: dict) -> int:
    """Compare the columns of a record of silicon with ns, cycles and times; return how many columns it has."""
    head, *rows = table(text)
    assert [row[0] for row in rows] == layer_workloads()
    family, found = record["library"]["name"].partition("_")[0], 0
    joined = [name for name in claims.CHIPS if "chip" in record["configurations"].get(name, {})]
    for name in claims.CHIPS:
        columns = [at for at, words in enumerate(head) if f"({name} in {family}, no wires)" in words]
        chip = record["configurations"].get(name, {}).get("chip")
        assert len(columns) == (name in joined[:1])
        found += len(columns)
        for row in rows if columns else ():
            faster = 1000 * min(RECORD["software"][row[0]].values()) / chip["ns"] / RECORD["cycles"][row[0]]
            answer, shown = row[columns[0]].split()
            assert answer == ("yes" if faster >= 25 else "no"), (name, family, row)
            assert float(shown.strip("()")) == pytest.approx(faster, abs=0.1)
    return found


def test_yes_and_no_follow_from_the_recorded_clocks() -> None:
    """Each library has a column: of the chip with the memory interface, where that has a clock."""
    for path in claims.FOLDER.glob("silicon*.json"):
        check_answers(claim_page.tables(RECORD), json.loads(path.read_text()))


@pytest.mark.parametrize(("ns", "yes"), [(1.8, 18), (2.0, 16), (3.0, 6), (9.5, 0)])
def test_a_faster_chip_reaches_more_rows(ns: float, yes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a record that another library could have."""
    path = tmp_path / "silicon_asap7.json"
    chips = {claims.CHIPS[0]: {"chip": {"ns": ns}, "pieces": {}}, "tiny": {"chip": {"ns": 1.0}}}
    path.write_text(json.dumps({"library": {"name": "asap7_rvt_typ"}, "configurations": chips}))
    clocks = claims.known_clocks({path: claims.RECORDED[claims.FOLDER / "silicon.json"]})
    monkeypatch.setattr(claims, "known_clocks", lambda: clocks)
    monkeypatch.setattr(claims, "known_energies", dict)
    text = claim_page.tables(RECORD)
    assert check_answers(text, json.loads(path.read_text())) == 1
    assert sum(row[-1].startswith("yes") for row in table(text)[1:]) == yes
    other = json.loads(path.read_text())
    other["configurations"][claims.CHIPS[0]]["chip"]["ns"] = ns / 2 if not yes else ns * 10
    with pytest.raises(AssertionError):
        check_answers(text, other)


def test_the_energy_of_each_layer_stands_beside_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a record of two layers; the page has the recorded ones."""
    runs = {
        name: {"cycles": 80.0, "internal": 20.0, "switching": 1.5, "leakage": 0.25} for name in layer_workloads()[:2]
    }
    gated, plain, stream = claims.CHIPS
    more = {name: run | {"internal": 70.0} for name, run in runs.items()}
    chips = {stream: {"energy": runs | {"other": {}}}, plain: {"energy": more}, gated: {"energy": runs}}
    path = tmp_path / "silicon.json"
    path.write_text(json.dumps({"library": {"name": "cells_typ"}, "configurations": chips}))
    energies = claims.known_energies([path, tmp_path / "absent.json"])
    assert energies == {f"{gated} in cells": dict.fromkeys(runs, 21.75)}
    of_plain = tmp_path / "plain.json"
    of_plain.write_text(json.dumps({"library": {"name": "cells_typ"}, "configurations": {plain: chips[plain]}}))
    assert claims.known_energies([of_plain]) == {f"{plain} in cells": dict.fromkeys(runs, 71.75)}
    monkeypatch.setattr(claims, "known_energies", lambda: energies)
    head, *rows = table(claim_page.tables(RECORD))
    assert head[-1] == f"nJ per contraction ({gated} in cells)"
    assert [row[-1] for row in rows] == ["21.8"] * 2 + ["-"] * 16


def test_all_layers_and_the_circumstances_are_recorded() -> None:
    assert list(RECORD["cycles"]) == list(RECORD["software"]) == layer_workloads()
    assert RECORD["about"].keys() == {"measured", "computer", "torch"}


def test_what_is_kept_of_a_run() -> None:
    """Only the machine, the width, the ways and the workloads of the claim; nothing gets lost."""
    whole = claim_page.results(RECORD)
    config, width = TARGET
    name, other = layer_workloads()[0], "7x7x512_d0.1"
    extra = [
        {"workload": name, "config": config, "width": width // 2, "sustained_cycles": 1.0},
        {"workload": name, "config": "default", "width": width, "sustained_cycles": 1.0},
        {"workload": other, "config": config, "width": width, "sustained_cycles": 1.0},
        {"workload": name, "config": config, "cycles": 1},
    ]
    software = {key: ways | {"scipy": 0.1} for key, ways in {**whole["software"], other: {"torch_coo": 1.0}}.items()}
    made = {
        "rows": [*extra, *whole["rows"]],
        "software": software,
        "about": whole["about"] | {"numpy": "2"},
        "clocks": {"assumed": 1000.0},
    }
    assert claim_page.kept(made) == RECORD
    assert claims.claim_tables(made) == claims.claim_tables(whole)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    """It prints the tables; with --record the last run first becomes the record."""
    record, run = tmp_path / "claim.json", tmp_path / "run"
    run.mkdir()
    whole = claim_page.results(RECORD)
    whole["rows"][0]["sustained_cycles"] = 98_765.0
    (run / "results.json").write_text(json.dumps(whole))
    record.write_text(json.dumps(RECORD))
    monkeypatch.setattr(claim_page, "RECORD", record)
    monkeypatch.setattr(claim_page, "FOLDER", run)
    claim_page.main([])
    assert capsys.readouterr().out == claim_page.tables(RECORD) + "\n"
    claim_page.main(["--record"])
    assert "98,765" in capsys.readouterr().out
    assert json.loads(record.read_text())["cycles"][layer_workloads()[0]] == 98_765.0
