# SPDX-License-Identifier: Apache-2.0
"""`make package`: writes the files that another project needs into build/package.

For flaash_top: flaash.f (list of files), flaash_bundle.sv (all files in one) and flaash_instance.sv (an
instance to copy). For flaash_memory_top likewise: flaash_memory.f and so on. For both: flaash.vlt (waivers of
the lists for Verilator), flaash.sdc (constraints) and the C driver of driver/. The registers, for both: flaash.rdl
(SystemRDL), flaash_regs.h, flaash_errors.h and flaash_layout.h. An IP-XACT of each top: flaash.xml, flaash_memory.xml.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from sim.sources import INCLUDE_DIR, WAIVERS, rtl_sources
from sim.toolchain import BUILD, ROOT
from tools.packaging import lists, registers, verilog
from tools.packaging.revision import revision

DRIVER = ROOT / "driver"
CONSTRAINTS = ROOT / "constraints" / "flaash.sdc"


def write(folder: Path) -> list[Path]:
    """Write everything into `folder`, which is made if it does not exist; return the files.

    Raises:
        ValueError: PeakRDL refused the registers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {}
    for top in lists.TOPS:
        name = top.removesuffix("_top")
        listed = [f"// {revision()}", f"+incdir+{INCLUDE_DIR}", *map(str, rtl_sources(top))]
        texts |= {
            f"{name}.f": "\n".join(listed) + "\n",
            f"{name}_bundle.sv": verilog.bundle(top),
            f"{name}_instance.sv": verilog.template(top),
        }
    texts[CONSTRAINTS.name] = f"# {revision()}\n{CONSTRAINTS.read_text()}"
    for name, text in texts.items():
        (folder / name).write_text(text)
    copied = [
        shutil.copy(WAIVERS, folder / "flaash.vlt"),
        *(shutil.copy(path, folder / path.name) for path in sorted(DRIVER.glob("*.[ch]"))),
    ]
    return [*(folder / name for name in texts), *copied, *registers.write_all(folder)]


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
