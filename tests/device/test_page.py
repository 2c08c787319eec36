# SPDX-License-Identifier: Apache-2.0
"""The code of docs/device_tensors.md and docs/using.md runs and prints the text of the page; so does an example."""

import contextlib
import io
import os
import re
import subprocess
import sys

from flaash.driver import Memory, run
from sim.toolchain import ROOT


def blocks_of(page: str) -> list[tuple[str, str]]:
    return re.findall(r"```(\w*)\n(.*?)```", (ROOT / "docs" / page).read_text(), re.DOTALL)


def test_the_page() -> None:
    check_page("device_tensors.md")


def test_the_page_of_the_driver() -> None:
    board: Memory = check_page("using.md")["BoardMemory"](bytearray(64), 0x100)
    run(board.write(0x110, b"abc"))
    assert run(board.read(0x10F, 5)) == b"\0abc\0" and board.size == 64


def check_page(page: str) -> dict:
    """Run the code of a page and compare what it prints with the page, three times; return the names it has made."""
    names: dict = {}
    printed, checked = None, 0
    for kind, text in blocks_of(page):
        if kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(text, names)
            printed = out.getvalue()
        elif not kind and printed is not None and not text.startswith("make "):
            assert text == printed
            printed, checked = None, checked + 1
    assert checked == 3
    return names


def test_the_example() -> None:
    """Its command runs as the page prints it, and prints the page's text; a mistake is one line."""
    blocks = [block for kind, block in blocks_of("chips_and_gradients.md") if not kind]
    at = next(at for at, block in enumerate(blocks) if "examples/mlp" in block)
    command, text = blocks[at : at + 2]
    program, script = command.split()
    assert program == ".venv/bin/python"

    def called(*options: str) -> subprocess.CompletedProcess:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, ROOT / script, *options], capture_output=True, text=True, env=environment
        )

    done = called()
    assert done.returncode == 0, done.stderr
    assert done.stdout == text
    done = called("--on=board")
    assert done.returncode == 1 and done.stderr.startswith("error: on='board'") and done.stderr.count("\n") == 1
