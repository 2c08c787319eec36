# SPDX-License-Identifier: Apache-2.0
"""A SoC with VexRiscv, main memory and the chip, for LiteX's simulator; `make litex` calls this file.

    python sim.py --build FOLDER --image IMAGE      in LiteX's virtual environment

It builds BIOS and firmware, and writes the gateware with both in its memories. The BIOS starts the firmware.
"""

import argparse
import json
import os
from pathlib import Path

from flaash_litex import add_flaash
from litex.build.generic_platform import Pins, Subsignal
from litex.build.sim import SimPlatform
from litex.build.sim.config import SimConfig
from litex.build.sim.platform import SimFinish
from litex.gen import LiteXModule
from litex.soc.integration.builder import Builder
from litex.soc.integration.common import get_mem_data
from litex.soc.integration.soc_core import SoCCore
from migen import ClockDomain, Display, Finish, If, Signal

HERE = Path(__file__).resolve().parent
MEGAHERTZ = 1
MAIN_RAM, RAM_BYTES = 0x4000_0000, 0x10_0000
IMAGE_AT = MAIN_RAM + 0x8_0000  # after the firmware
MAX_CYCLES = 6_000_000  # a firmware that hangs ends there
SERIAL = (
    "serial",
    0,
    *(
        Subsignal(f"{side}_{name}", Pins(width))
        for side in ("source", "sink")
        for name, width in (("valid", 1), ("ready", 1), ("data", 8))
    ),
)
PINS = [("sys_clk", 0, Pins(1)), SERIAL]


class Clocks(LiteXModule):
    """The system's clock and, from the simulator's first interfaces on, its reset."""

    def __init__(self, clock: Signal):
        self.cd_sys = ClockDomain()
        started = Signal(reset_less=True)
        self.cd_por = ClockDomain(reset_less=True)
        self.comb += [self.cd_sys.clk.eq(clock), self.cd_por.clk.eq(clock), self.cd_sys.rst.eq(~started)]
        self.sync.por += started.eq(1)


class CycleLimit(LiteXModule):
    """Ends a simulation that takes too long."""

    def __init__(self, cycles: int):
        count = Signal(max=cycles + 1)
        self.sync += count.eq(count + 1)
        self.sync += If(count == cycles, Display(f"FAILED: no end after {cycles} cycles"), Finish())


class SimSoC(SoCCore):
    """The SoC of the simulation.

    Args:
        build: folder of the build.
        image: of the operands, to be put into the main memory.
    """

    def __init__(self, build: Path, image: Path):
        platform = SimPlatform("SIM", PINS)
        self.crg = Clocks(platform.request("sys_clk"))
        super().__init__(
            platform,
            clk_freq=MEGAHERTZ * 1_000_000,
            cpu_type="vexriscv",
            uart_name="sim",
            integrated_rom_size=0x2_0000,
            integrated_main_ram_size=RAM_BYTES,
            ident="FLAASH in a LiteX SoC",
        )
        for option in ("BIOS_NO_PROMPT", "BIOS_NO_DELAYS", "BIOS_NO_CRC", "MAIN_RAM_INIT"):
            self.add_config(option)
        self.add_constant("ROM_BOOT_ADDRESS", MAIN_RAM)
        self.add_constant("FLAASH_IMAGE", IMAGE_AT)
        self.limit = CycleLimit(MAX_CYCLES)
        self.simulation = SimFinish()
        add_flaash(self)
        self._boot = build / "boot.json"
        files = {str(build / "software" / "firmware" / "firmware.bin"): MAIN_RAM, str(image): IMAGE_AT}
        self._boot.write_text(json.dumps({name: f"{address:#x}" for name, address in files.items()}))

    def init_mems(self, **_) -> None:
        """Fill the main memory; LiteX calls this once the firmware is compiled."""
        self.init_ram("main_ram", get_mem_data(str(self._boot), data_width=32, endianness="little", offset=MAIN_RAM))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", type=Path, required=True, help="folder of everything that is built")
    parser.add_argument("--image", type=Path, required=True, help="operands and expected results")
    options = parser.parse_args()
    build = options.build.resolve()
    build.mkdir(parents=True, exist_ok=True)
    soc = SimSoC(build, options.image.resolve())
    builder = Builder(soc, output_dir=str(build), bios_console="lite")
    builder.add_software_package("firmware", str(HERE / "firmware"))
    simulator = SimConfig()
    simulator.add_clocker("sys_clk", freq_hz=MEGAHERTZ * 1_000_000)
    simulator.add_module("serial2console", "serial")
    builder.build(sim_config=simulator, run=False, jobs=os.cpu_count() or 1)


if __name__ == "__main__":
    main()
