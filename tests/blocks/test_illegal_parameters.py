# SPDX-License-Identifier: Apache-2.0
"""Modules refuse parameters outside their ranges, with a sentence; for the simulators see test_illegal."""

import re

import pytest

from sim.frontend import errors
from sim.sources import RTL
from tests.blocks.illegal import ILLEGAL


def refused(module: str, parameters: dict[str, int]) -> set[tuple[str, str]]:
    """Return (module, sentence) of each FLAASH_ILLEGAL that stops a build with these parameters."""
    return set(re.findall(r"(flaash_\w+)\.sv:\d+:\d+: error: \$fatal encountered: (.*)", errors(module, parameters)))


@pytest.mark.parametrize("module", ILLEGAL)
def test_illegal_parameters_are_refused(module: str) -> None:
    assert not errors(module, {})
    for parameters in ILLEGAL[module]:
        assert refused(module, parameters), f"{module} takes {parameters}"


def test_every_sentence_is_provoked() -> None:
    stated = {
        (path.stem, sentence)
        for path in RTL.rglob("*.sv")
        for sentence in re.findall(r'FLAASH_ILLEGAL\("(.*)"\)', path.read_text())
    }
    provoked = set().union(*(refused(module, row) for module, rows in ILLEGAL.items() for row in rows))
    assert not stated - provoked, "tests/blocks/illegal.py has no row for these"
