# SPDX-License-Identifier: Apache-2.0
"""The code of docs/einsum.md runs as it stands, and prints what the page shows."""

import re

import pytest

import flaash
from tb.common.toolchain import ROOT


@pytest.mark.full  # a build of its own
def test_the_code_of_the_page(capsys) -> None:
    """Numbers may change with the hardware; words, and the numbers that the layer decides, may not."""
    text = (ROOT / "docs" / "einsum.md").read_text()
    program = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    shown = re.search(r"```\n(largest difference.*?)```", text, re.DOTALL)[1]
    names: dict = {}
    try:
        exec(compile(program, "docs/einsum.md", "exec"), names)
    finally:
        flaash.close()
    printed = capsys.readouterr().out
    assert _words(printed) == _words(shown)
    for name in ("einsum", "result", "dot products"):
        line = re.compile(rf"^{name}.*", re.MULTILINE)
        assert line.search(printed)[0].split() == line.search(shown)[0].split()
    assert abs(names["chip_y"] - names["y"]).max() < 1e-4
    assert names["report"].checked and names["report"].cycles >= names["report"].bound


def _words(text: str) -> list[str]:
    return re.sub(r"[\d.,e-]*\d", "#", text).split()
