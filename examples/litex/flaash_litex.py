# SPDX-License-Identifier: Apache-2.0
"""FLAASH as a core of LiteX, for a SoC of your own or a board file of litex-boards.

    from flaash_litex import add_flaash

    class MySoC(BaseSoC):                      # of a board file of litex-boards
        def __init__(self, **kwargs):
            BaseSoC.__init__(self, **kwargs)
            add_flaash(self)

The chip is a master of the SoC's bus, so it reads and writes the SoC's memory at the processor's addresses. Its
registers are a region named `flaash0`, which the processor does not cache. Its interrupt has the same name.
"""

import re
import tomllib
from pathlib import Path

from litex.gen import LiteXModule
from litex.soc.integration.soc import SoCRegion
from litex.soc.interconnect import axi, wishbone
from litex.soc.interconnect.csr_eventmanager import EventManager, EventSourceLevel
from migen import ClockSignal, If, Instance, ResetSignal, Signal

HERE = Path(__file__).resolve().parent
RTL = HERE.parents[1] / "rtl"
SMALL = HERE / "small.toml"
TOP = "flaash_memory_top"
REGISTER_BYTES = 0x1000
ADDRESS_WIDTH = 32  # of the SoC's bus; the chip has 64 bits
_SMALLEST_BUS = 128
_PAGE = 12  # bits of an address within 4 KiB, which no burst leaves
# Fields of an address channel, each with the suffix of the chip's ports.
_ADDRESS = ("len", "size", "burst", "lock", "cache", "prot", "id")


def small() -> dict[str, int]:
    """Return the parameters of small.toml: a chip that leaves room for a SoC in an ECP5-85F."""
    table = tomllib.loads(SMALL.read_text())
    return parameters(table["config"], **table["parameters"])


def parameters(config: str, **overrides: int | str) -> dict[str, int]:
    """Return the parameters of a configuration of rtl/configs.toml as the chip takes them.

    Args:
        config: its name.
        overrides: parameters with other values.

    Raises:
        ValueError: there is no such configuration, or no such choice; the text names the choices.
    """
    tables = tomllib.loads((RTL / "configs.toml").read_text())
    if config not in tables:
        raise ValueError(f"there is no configuration '{config}'; there are {', '.join(tables)}")
    values: dict[str, int | str] = dict(overrides)
    name = config
    while True:
        values = {**{key: value for key, value in tables[name].items() if key != "base"}, **values}
        if name == "default":
            break
        name = tables[name].get("base", "default")
    codes = dict(re.findall(r"localparam int unsigned (\w+) *= (\d+);", (RTL / "pkg" / "flaash_pkg.sv").read_text()))

    def number(parameter: str, value: int | str) -> int:
        if isinstance(value, int):
            return value
        constant = parameter + "".join(word.capitalize() for word in value.split("_"))
        if constant not in codes:
            raise ValueError(f"{parameter} = '{value}' is no choice: flaash_pkg.sv has no {constant}")
        return int(codes[constant])

    return {parameter: number(parameter, value) for parameter, value in values.items()}


def sources() -> list[Path]:
    """Return the files of the chip in dependency order, of rtl/rtl.f."""
    lines = (RTL / "rtl.f").read_text().splitlines()
    return [RTL / line for line in lines if line.endswith(".sv")]


class BusRegister(LiteXModule):
    """Registers between a master of Wishbone and the bus, for its clock: each access takes two cycles more.

    Without them the adapters of the chip's port, the bus and its memory are one path, there and back.

    Args:
        master: gives the accesses.
        bus: gets them, as wide as master.
    """

    def __init__(self, master, bus):
        request = ("adr", "dat_w", "sel", "we")
        self.sync += [
            master.ack.eq(0),
            If(
                bus.cyc,
                If(bus.ack, bus.cyc.eq(0), master.ack.eq(1), master.dat_r.eq(bus.dat_r)),
            ).Elif(
                master.cyc & master.stb & ~master.ack,
                bus.cyc.eq(1),
                *(getattr(bus, name).eq(getattr(master, name)) for name in request),
            ),
        ]
        self.comb += bus.stb.eq(bus.cyc)


class Flaash(LiteXModule):
    """The chip, `flaash_memory_top`.

    Args:
        platform: of the SoC; gets the chip's files.
        values: the chip's parameters, as small() or parameters() returns them; None is small().
        elaborated: the flow reads the chip itself, with these parameters and as a module without any. Yosys needs
            slang for that, and LiteX does not call it; board.py shows such a flow.

    Attributes:
        registers: the slave for the registers, AXI4-Lite with 32 bits.
        bus: the master of the memory, as wide as the chip's AXI4 port.
        ev: the interrupt, while the chip's line is high.
    """

    def __init__(self, platform, values: dict[str, int] | None = None, elaborated: bool = False):
        values = values or small()
        width = values.get("DataWidth", _SMALLEST_BUS)
        self.registers = axi.AXILiteInterface(data_width=32, address_width=ADDRESS_WIDTH)
        self.ev = EventManager()
        self.ev.irq_line = EventSourceLevel(description="The chip's interrupt.")
        self.ev.finalize()
        memory = axi.AXIInterface(data_width=width, address_width=ADDRESS_WIDTH, id_width=1)
        ports = {
            "i_clk_i": ClockSignal("sys"),
            "i_rst_ni": ~ResetSignal("sys"),
            "o_irq_o": self.ev.irq_line.trigger,
            **self._register_ports(),
            **self._memory_ports(memory),
        }
        if not elaborated:
            platform.add_verilog_include_path(str(RTL / "pkg"))
            for path in sources():
                platform.add_source(str(path))
            ports |= {f"p_{name}": value for name, value in values.items()}
        self.specials += Instance(TOP, name="u_flaash", **ports)

        # The bus of a SoC is narrower than the chip's. LiteX's converter of AXI keeps no burst of more than 64 beats
        # of 128 bits, so bursts become single accesses before the width changes.
        lite = axi.AXILiteInterface(data_width=width, address_width=ADDRESS_WIDTH)
        accesses, self.bus = (
            wishbone.Interface(data_width=width, address_width=ADDRESS_WIDTH, addressing="word") for _ in range(2)
        )
        self.beats = axi.AXI2AXILite(memory, lite)
        self.bridge = axi.AXILite2Wishbone(lite, accesses)
        self.register = BusRegister(accesses, self.bus)

    def _register_ports(self) -> dict[str, Signal]:
        """Return the ports of the register slave."""
        slave, ports = self.registers, {}
        for channel, given in (("aw", "addr"), ("w", "data"), ("ar", "addr")):
            endpoint = getattr(slave, channel)
            ports[f"i_s_axil_{channel}valid"] = endpoint.valid
            ports[f"o_s_axil_{channel}ready"] = endpoint.ready
            field = getattr(endpoint, given)
            ports[f"i_s_axil_{channel}{given}"] = field[: REGISTER_BYTES.bit_length() - 1] if given == "addr" else field
        ports |= {"i_s_axil_wstrb": slave.w.strb, "i_s_axil_awprot": 0, "i_s_axil_arprot": 0}
        for channel in ("b", "r"):
            endpoint = getattr(slave, channel)
            ports[f"o_s_axil_{channel}valid"] = endpoint.valid
            ports[f"i_s_axil_{channel}ready"] = endpoint.ready
            ports[f"o_s_axil_{channel}resp"] = endpoint.resp
        return ports | {"o_s_axil_rdata": slave.r.data}

    def _memory_ports(self, master: axi.AXIInterface) -> dict[str, Signal]:
        """Return the ports of the memory master; addresses beyond the SoC's bus go to its last page, which is empty."""
        ports = {}
        for channel in ("aw", "ar"):
            endpoint, address = getattr(master, channel), Signal(64, name=f"flaash_{channel}addr")
            beyond = address[ADDRESS_WIDTH:] != 0
            self.comb += [endpoint.addr.eq(address), If(beyond, endpoint.addr[_PAGE:].eq(2**ADDRESS_WIDTH - 1))]
            ports[f"o_m_axi_{channel}valid"] = endpoint.valid
            ports[f"i_m_axi_{channel}ready"] = endpoint.ready
            ports[f"o_m_axi_{channel}addr"] = address
            ports |= {f"o_m_axi_{channel}{field}": getattr(endpoint, field) for field in _ADDRESS}
        ports |= {f"o_m_axi_w{field}": getattr(master.w, field) for field in ("valid", "data", "strb", "last")}
        ports["i_m_axi_wready"] = master.w.ready
        ports |= {f"i_m_axi_b{field}": getattr(master.b, field) for field in ("valid", "id", "resp")}
        ports["o_m_axi_bready"] = master.b.ready
        ports |= {f"i_m_axi_r{field}": getattr(master.r, field) for field in ("valid", "id", "data", "resp", "last")}
        ports["o_m_axi_rready"] = master.r.ready
        return ports


def add_flaash(soc, name: str = "flaash0", origin: int | None = None, **arguments) -> None:
    """Put the chip into a SoC: master of its bus, registers, interrupt.

    Args:
        soc: a SoCCore, such as BaseSoC of a board file.
        name: of the submodule, the region and the interrupt. LiteX makes C constants of it, so it must differ from
            the C driver's prefix, `flaash`.
        origin: address of the registers; None lets LiteX choose.
        arguments: of Flaash.
    """
    module = Flaash(soc.platform, **arguments)
    soc.add_module(name, module)
    soc.bus.add_slave(name, module.registers, SoCRegion(origin=origin, size=REGISTER_BYTES, cached=False))
    soc.bus.add_master(name, module.bus)
    soc.irq.add(name, use_loc_if_exists=True)
