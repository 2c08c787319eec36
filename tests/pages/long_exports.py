# SPDX-License-Identifier: Apache-2.0
"""The exports of a coverage report, opened by other tools, which find the same figures."""

import json
import re
import shutil
from pathlib import Path

import yaml
from cocotb_coverage.coverage import merge_coverage
from junitparser import JUnitXml
from ucis.cocotb.cocotb_yaml_reader import CocotbYamlReader
from ucis.cover_type_t import CoverTypeT
from ucis.scope_type_t import ScopeTypeT

from tb.coverage import exclusions
from tb.coverage.code import CodeCoverage
from tb.env.cover_points import POINTS
from tests.completed import completed


def code_of(coverage: Path) -> CodeCoverage:
    """Return the counts of a report's runs, without the exclusions of docs/exclusions.yml."""
    code = CodeCoverage()
    for path in sorted((coverage / "runs").glob("*/coverage.dat")):
        code.read(path)
    exclusions.apply(code, exclusions.read_exclusions())
    return code


def test_genhtml_reads_the_lcov_file(coverage: Path, tmp_path: Path) -> None:
    assert shutil.which("genhtml"), "genhtml is not installed (Debian: apt-get install lcov)"
    done = completed("genhtml --branch-coverage -o", tmp_path, coverage / "lcov.info")
    assert done.returncode == 0, done.stdout + done.stderr
    counts = re.findall(r"^(?:DA|BRDA):(.*)$", (coverage / "lcov.info").read_text(), re.MULTILINE)
    lines = [count for count in counts if count.count(",") == 1]
    told = re.search(r"lines[.]*: [\d.]+% \((\d+) of (\d+) lines\)", done.stdout)
    assert told and int(told[2]) == len(lines)
    assert int(told[1]) == sum(not line.endswith(",0") for line in lines)
    ways = re.search(r"branches[.]*: [\d.]+% \((\d+) of (\d+) branches\)", done.stdout)
    branches = [count for point, count in code_of(coverage).counts.items() if point.kind == "branch"]
    assert ways and int(ways[2]) == len(branches) and int(ways[1]) == sum(map(bool, branches))


def test_cocotb_coverage_reads_its_own_formats(coverage: Path, tmp_path: Path) -> None:
    for ending in ("yml", "xml"):
        source = str(coverage / f"functional.{ending}")
        merge_coverage(lambda _: None, str(tmp_path / f"twice.{ending}"), source, source)
    once = yaml.safe_load((coverage / "functional.yml").read_text())
    twice = yaml.safe_load((tmp_path / "twice.yml").read_text())
    name = "flaash.build.format"
    assert twice[name]["bins:_hits"]["fp32"] == 2 * once[name]["bins:_hits"]["fp32"] > 0


def bins_below(scope) -> dict[str, set[str]]:
    """Return the bins of each cover point below a scope of pyucis, by the last part of its name."""
    found: dict[str, set[str]] = {}
    for inner in scope.scopes(ScopeTypeT.ALL):
        bins = {item.getName() for item in inner.coverItems(CoverTypeT.ALL)}
        if bins:
            found.setdefault(inner.getScopeName(), set()).update(bins)
        for name, more in bins_below(inner).items():
            found.setdefault(name, set()).update(more)
    return found


def test_pyucis_reads_the_functional_coverage(coverage: Path) -> None:
    found = bins_below(CocotbYamlReader().read(str(coverage / "functional.yml")))
    for name, bins in POINTS.items():
        assert set(bins) <= found[name.rpartition(".")[2]], name


def test_junitparser_reads_the_verdicts(coverage: Path) -> None:
    suites = JUnitXml.fromfile(str(coverage / "junit.xml"))
    cases = [case for suite in suites for case in suite]
    assert len(cases) == 2 and sum(bool(case.result) for case in cases) == 1
    (failed,) = (case for case in cases if case.result)
    assert "the model says" in failed.result[0].message


def test_the_figures_of_the_summary_are_those_of_the_points(coverage: Path) -> None:
    summary = json.loads((coverage / "summary.json").read_text())
    code = code_of(coverage)
    assert summary["line"] == round(code.percent("line"), 2) and 0 < summary["cover"] < 100
