# SPDX-License-Identifier: Apache-2.0
"""The chip in a board of litex-boards, a ULX3S with an ECP5-85F: `make litex BOARD=1` calls this file.

    python board.py --build FOLDER     in LiteX's virtual environment

It builds BIOS and firmware, and writes gateware, pins and a script for Yosys. tools/litex/board.py runs the script,
after it has read the chip. For another board take its BaseSoC.
"""

import argparse
from pathlib import Path

from flaash_litex import add_flaash
from litex.soc.integration.builder import Builder
from litex_boards.targets.radiona_ulx3s import BaseSoC

HERE = Path(__file__).resolve().parent
CLOCK = 50e6
IMAGE_AT = 0x4008_0000  # in the main memory, after the firmware


class BoardSoC(BaseSoC):
    """The board's SoC with the chip."""

    def __init__(self):
        super().__init__(device="LFE5U-85F", sys_clk_freq=CLOCK, cpu_type="vexriscv", integrated_rom_size=0x1_0000)
        self.add_constant("FLAASH_IMAGE", IMAGE_AT)
        add_flaash(self, elaborated=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", type=Path, required=True, help="folder of everything that is built")
    options = parser.parse_args()
    builder = Builder(BoardSoC(), output_dir=str(options.build.resolve()), bios_console="lite")
    builder.add_software_package("firmware", str(HERE / "firmware"))
    builder.build(build_name="flaash_soc", run=False, nowidelut=True)


if __name__ == "__main__":
    main()
