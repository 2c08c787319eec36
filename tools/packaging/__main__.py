# SPDX-License-Identifier: Apache-2.0
"""`make package`: writes what another project needs of this one into build/package.

flaash.f (list of files), flaash_bundle.sv (all of them in one), flaash_instance.sv (an instance to copy
from), flaash.rdl, flaash_regs.h, flaash_errors.h and flaash_regs.xml (registers as SystemRDL, C headers
and IP-XACT).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tb.common.sources import INCLUDE_DIR, RTL
from tb.common.toolchain import BUILD, ROOT
from tools.packaging import lists, registers, verilog


def write(folder: Path) -> list[Path]:
    """Write everything into `folder`, which is made if need be; return the files.

    Raises:
        ValueError: a parameter is not explained, or PeakRDL refused the registers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed = [f"+incdir+{INCLUDE_DIR}", *(str(RTL / name) for name in lists.files())]
    texts = {"flaash.f": "\n".join(listed) + "\n",
             "flaash_bundle.sv": verilog.bundle(),
             "flaash_instance.sv": verilog.template()}
    for name, text in texts.items():
        (folder / name).write_text(text)
    return [*(folder / name for name in texts), *registers.write_all(folder)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make package", description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", type=Path, default=BUILD / "package", help="folder (default build/package)")
    options = parser.parse_args(arguments)
    try:
        files = write(options.out)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for path in files:
        print(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
