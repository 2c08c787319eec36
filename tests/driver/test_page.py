# SPDX-License-Identifier: Apache-2.0
"""The code of docs/using.md runs, and prints the text of the page."""

import contextlib
import io
import re

from flaash.driver import Memory, run
from sim.toolchain import ROOT


def test_the_page() -> None:
    blocks = re.findall(r"```(python)?\n(.*?)```", (ROOT / "docs" / "using.md").read_text(), re.DOTALL)
    names, printed = {}, ""
    checked = 0
    for kind, text in blocks:
        if kind:
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(text, names)
            printed = out.getvalue()
        elif not text.startswith("make "):
            assert text == printed
            checked += 1
    assert checked == 3
    board: Memory = names["BoardMemory"](bytearray(64), 0x100)
    run(board.write(0x110, b"abc"))
    assert run(board.read(0x10F, 5)) == b"\0abc\0" and board.size == 64
