# SPDX-License-Identifier: Apache-2.0
"""FuseSoC generator: one configuration of a top as plain Verilog, which any synthesis tool reads.

FuseSoC calls it with a YAML file and reads the core file that it writes to the current folder. It needs Yosys
with its SystemVerilog front end: pip install pyosys.
"""

import subprocess
import sys
from pathlib import Path

import yaml


def main(description: str) -> int:
    call = yaml.safe_load(Path(description).read_text())
    root = Path(call["files_root"])
    sys.path.insert(0, str(root))
    from tools.packaging.plain import plain_verilog  # the project can be imported only now

    top, config = (call["parameters"][name] for name in ("top", "config"))
    try:
        text = plain_verilog(top, config)
    except (ModuleNotFoundError, ValueError, subprocess.CalledProcessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    Path("flaash_plain.v").write_text(text)
    Path("flaash_plain.core").write_text(
        "CAPI=2:\n"
        + yaml.safe_dump(
            {
                "name": call["vlnv"],
                "filesets": {"rtl": {"files": ["flaash_plain.v"], "file_type": "verilogSource"}},
                "targets": {"default": {"filesets": ["rtl"]}},
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
