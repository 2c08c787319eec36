# SPDX-License-Identifier: Apache-2.0
"""Coverage and verdicts in formats that other tools read: lcov and JUnit XML."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence

from sim.sources import RTL
from tb.coverage.code import CodeCoverage, Point


def _by_line(code: CodeCoverage, file: str) -> tuple[dict[int, int], dict[int, list[tuple[Point, int]]]]:
    """Return the hits of a file by line, and its branches by line."""
    lines: dict[int, int] = {}
    branches: dict[int, list[tuple[Point, int]]] = {}
    for point, count in code.of(file):
        if point.kind == "line":
            lines[point.line] = count
        elif point.kind == "branch":
            branches.setdefault(point.line, []).append((point, count))
    # The line of an `if` counts with the lines below it; readers want it hit when either way was taken.
    for line, members in branches.items():
        lines[line] = max(lines.get(line, 0), *(count for _, count in members))
    return lines, branches


def lcov(code: CodeCoverage) -> str:
    """Return an .info file, which genhtml and many editors read: lines and branches."""
    records = []
    for file in code.files():
        lines, branches = _by_line(code, file)
        record = ["TN:", f"SF:{RTL / file}"]
        for line, members in branches.items():
            taken = any(count for _, count in members)
            record += [f"BRDA:{line},0,{number},{count if taken else '-'}" for number, (_, count) in enumerate(members)]
        ways = [count for members in branches.values() for _, count in members]
        record += [f"BRF:{len(ways)}", f"BRH:{sum(count > 0 for count in ways)}"]
        record += [f"DA:{line},{count}" for line, count in sorted(lines.items())]
        record += [f"LF:{len(lines)}", f"LH:{sum(count > 0 for count in lines.values())}", "end_of_record"]
        records += record
    return "\n".join(records) + "\n"


def junit(name: str, records: Sequence[Mapping]) -> str:
    """Return the runs of a regression as JUnit XML."""
    failed = sum(not record["passed"] for record in records)
    seconds = sum(record["seconds"] for record in records)
    root = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        {
            "name": name,
            "tests": str(len(records)),
            "failures": str(failed),
            "errors": "0",
            "skipped": "0",
            "time": f"{seconds:.3f}",
        },
    )
    for record in records:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            {
                "classname": f"{record['simulator']}.{record['config']}".replace(":", "."),
                "name": f"{record['sequence']}, seed {record['seed']}",
                "time": f"{record['seconds']:.3f}",
            },
        )
        if not record["passed"]:
            line = record["error"].split("\n")[0]
            ElementTree.SubElement(
                case, "failure", {"message": line}
            ).text = f"{record['error']}\nrepeat: {record['command']}"
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"
