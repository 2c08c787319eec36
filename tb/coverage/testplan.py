# SPDX-License-Identifier: Apache-2.0
"""Reads the testplan, docs/testplan/*.yml."""

import dataclasses

import yaml

from sim.toolchain import ROOT

FOLDER = ROOT / "docs" / "testplan"


@dataclasses.dataclass(frozen=True)
class Testpoint:
    """One property that tests have to show.

    Attributes:
        name: area/what.
        section: of the document with the requirement.
        stimulus, check: one sentence each.
        tests: pytest names, `tests/path.py::function`.
        cover: names of cover points.
        sequences: of tb/sequences that show it, too; a regression's runs of them count for it.
        file: of the plan.
    """

    __test__ = False  # not a class of tests, whatever pytest thinks of its name

    name: str
    section: str
    stimulus: str
    check: str
    tests: list[str]
    cover: list[str] = dataclasses.field(default_factory=list)
    sequences: list[str] = dataclasses.field(default_factory=list)
    file: str = ""


def read_testplan() -> list[Testpoint]:
    """Return all testpoints.

    Raises:
        ValueError: a field is missing, unknown or empty; the text names file and testpoint.
    """
    points = []
    for path in sorted(FOLDER.glob("*.yml")):
        for entry in yaml.safe_load(path.read_text()):
            try:
                point = Testpoint(**entry, file=path.name)
            except TypeError as error:
                raise ValueError(f"{path.name}, testpoint {entry.get('name')}: {error}") from error
            if not (point.stimulus and point.check and point.tests and point.section):
                raise ValueError(f"{path.name}, testpoint {point.name}: a field is empty")
            points.append(point)
    return points
