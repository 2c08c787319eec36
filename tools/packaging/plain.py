# SPDX-License-Identifier: Apache-2.0
"""A configuration as plain Verilog: Yosys reads the SystemVerilog, elaborates it and writes it out again."""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sim import configs
from sim.sources import headers, rtl_sources
from sim.toolchain import ROOT

LIBRARY = "pyosys"
YOSYS = ROOT / "tools" / "yosys.py"


def plain_verilog(top: str, config: str) -> str:
    """Return a top in one configuration as Verilog: processes made registers, memories kept.

    Raises:
        ModuleNotFoundError: Yosys is not installed.
        ConfigError: there is no such configuration.
        CalledProcessError: Yosys refused it.
    """
    if not importlib.util.find_spec(LIBRARY):
        raise ModuleNotFoundError(f"{LIBRARY} is not installed: pip install {LIBRARY}")
    values = " ".join(f"-G {name}={value}" for name, value in configs.load(config).parameters().items())
    sources = rtl_sources(top)
    names = " ".join(path.name for path in sources)
    # Names with blanks would be two for Yosys: everything goes to one folder.
    with tempfile.TemporaryDirectory() as folder:
        for path in [*sources, *headers()]:
            shutil.copy(path, folder)
        script = (
            f"read_slang --threads 1 -I . {values} --top {top} {names}; hierarchy -top {top}; "
            "proc; opt_clean; bwmuxmap; opt_clean; write_verilog -noattr plain.v"
        )
        subprocess.run([sys.executable, str(YOSYS), "-p", script], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return (Path(folder) / "plain.v").read_text()
