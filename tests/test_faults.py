# SPDX-License-Identifier: Apache-2.0
"""The faults of tests/faults.yml can still be made; `make faults` shows that they are caught."""

import ast

import yaml

from tb.common.toolchain import ROOT

FAULTS = yaml.safe_load((ROOT / "tests" / "faults.yml").read_text())


def test_every_fault_can_be_made() -> None:
    """A text that has changed would take the fault out of the list unseen."""
    assert FAULTS
    for fault in FAULTS:
        text = (ROOT / fault["file"]).read_text()
        assert text.count(fault["old"]) == 1, f"{fault['file']}: {fault['what']}: {fault['old']!r}"
        assert fault["old"] != fault["new"]


def test_every_fault_is_one_of_its_own() -> None:
    changes = [(fault["file"], fault["old"], fault["new"]) for fault in FAULTS]
    assert len(set(changes)) == len(changes)


def test_the_tests_of_a_fault_exist() -> None:
    for fault in FAULTS:
        named = [test for test in fault["tests"] if test.startswith("tests/")]
        assert named, fault["what"]
        for test in named:
            path, _, function = test.partition("::")
            tree = ast.parse((ROOT / path).read_text())
            functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert not function or function.partition("[")[0] in functions, f"{fault['what']}: {test}"
