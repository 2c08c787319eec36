# SPDX-License-Identifier: Apache-2.0
"""The code of docs/einsum.md runs unchanged, and prints the text of the page."""

import re

import pytest

import flaash
from sim.toolchain import ROOT


@pytest.mark.runs(full="verilator")  # a build of its own
def test_the_code_of_the_page(simulator: str, capsys: pytest.CaptureFixture) -> None:
    """Every figure equals the page's, on both simulators; the difference to numpy depends on the computer."""
    text = (ROOT / "docs" / "einsum.md").read_text()
    program = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    shown = re.search(r"```\n(largest difference.*?)```", text, re.DOTALL)[1].splitlines()
    where = 'config="fast8"'
    assert program.count(where) == 1 and "verilator" in shown[2]
    names: dict = {}
    try:
        exec(compile(program.replace(where, f"{where}, on={simulator!r}"), "docs/einsum.md", "exec"), names)
    finally:
        flaash.close()
    printed = capsys.readouterr().out.splitlines()
    shown[2] = shown[2].replace("verilator", simulator)
    assert printed[1:] == shown[1:]
    assert re.fullmatch(r"largest difference: \S+", printed[0])
    assert abs(names["chip_y"] - names["y"]).max() < 1e-4
    assert names["report"].checked and names["report"].cycles >= names["report"].bound
