# SPDX-License-Identifier: Apache-2.0
"""The tables of the claim in docs/comparison.md are those of bench/claim.json at the recorded clocks."""

import copy
import json
from pathlib import Path

import pytest

from bench import claim_page, claims
from bench.outside import TARGET
from bench.rows import layer_workloads

RECORD = json.loads(claim_page.RECORD.read_text())


def test_the_page_has_the_tables_of_the_record() -> None:
    """`python -m bench.claim_page` renews it."""
    text = claim_page.PAGE.read_text()
    assert claim_page.renewed(text, RECORD) == text
    for changed in ("cycles", "software"):
        other = copy.deepcopy(RECORD)
        name = layer_workloads()[0]
        other[changed][name] = {"torch_coo": 1.0} if changed == "software" else 1.0
        assert claim_page.renewed(text, other) != text


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


def test_a_page_without_the_comments_is_refused() -> None:
    with pytest.raises(ValueError, match="are expected"):
        claim_page.renewed("", RECORD)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It writes the page; with --record the last run first becomes the record."""
    page, record, run = tmp_path / "page.md", tmp_path / "claim.json", tmp_path / "run"
    run.mkdir()
    whole = claim_page.results(RECORD)
    whole["rows"][0]["sustained_cycles"] = 98_765.0
    (run / "results.json").write_text(json.dumps(whole))
    page.write_text(f"a {claim_page.BEGIN} b {claim_page.END} c")
    record.write_text(json.dumps(RECORD))
    for name, value in (("PAGE", page), ("RECORD", record), ("FOLDER", run)):
        monkeypatch.setattr(claim_page, name, value)
    claim_page.main([])
    assert "98,765" not in page.read_text() and page.read_text().startswith(f"a {claim_page.BEGIN}\n\n")
    claim_page.main(["--record"])
    assert "98,765" in page.read_text() and page.read_text().endswith(" c")
    assert json.loads(record.read_text())["cycles"][layer_workloads()[0]] == 98_765.0
