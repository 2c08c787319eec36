# SPDX-License-Identifier: Apache-2.0
"""The code of docs/device_tensors.md runs and prints the text of the page; so does the example of its end."""

import contextlib
import io
import os
import re
import subprocess
import sys

from sim.toolchain import ROOT

BLOCKS = re.findall(r"```(\w*)\n(.*?)```", (ROOT / "docs" / "device_tensors.md").read_text(), re.DOTALL)


def test_the_page() -> None:
    names: dict = {}
    printed, checked = None, 0
    for kind, text in BLOCKS:
        if kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(text, names)
            printed = out.getvalue()
        elif not kind and printed is not None:
            assert text == printed
            printed, checked = None, checked + 1
    assert checked == 3


def test_the_example() -> None:
    """Its command runs as the page prints it, and prints the page's text; a mistake is one line."""
    command, text = [block for kind, block in BLOCKS if not kind][-2:]
    program, script = command.split()
    assert program == ".venv/bin/python"

    def run(*options: str) -> subprocess.CompletedProcess:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, ROOT / script, *options], capture_output=True, text=True, env=environment
        )

    done = run()
    assert done.returncode == 0, done.stderr
    assert done.stdout == text
    done = run("--on=board")
    assert done.returncode == 1 and done.stderr.startswith("error: on='board'") and done.stderr.count("\n") == 1
