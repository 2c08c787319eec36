# SPDX-License-Identifier: Apache-2.0
"""The constants of rtl/pkg/*.sv for Python: registers, counters, bits, error codes, build choices.

The packages are the one source; this file reads them and states no number itself. Names are those
of the packages (`RegStatus`, `CntJobs`, `IrqDone`, `ErrHeader`), except build choices, which are
called as in rtl/configs.toml (`FormatFp32` is "fp32", `SchedulerRoundRobin` is "round_robin").
"""

import dataclasses
import re

from tb.common.sources import RTL

_LOCALPARAM = re.compile(
    r"^\s*localparam\s+[^=]*?\b(\w+)\s*=\s*([^;]+);[ \t]*(?://[ \t]*(.*))?$", re.MULTILINE)
_ENUM_ITEM = re.compile(r"^\s*(Err\w+)\s*=\s*([^,\s]+)\s*,?[ \t]*(?://[ \t]*(.*))?$", re.MULTILINE)
_ACCESS = re.compile(r"(RO|RW|WO|W1C): (.*)")
_NAME = re.compile(r"\b[A-Za-z_]\w*\b")


@dataclasses.dataclass(frozen=True)
class Register:
    """A 32-bit register: its byte address, "RO", "RW", "WO" or "W1C", and what it means."""

    name: str
    address: int
    access: str
    meaning: str


@dataclasses.dataclass(frozen=True)
class Constant:
    """A named number of a package (counter index, bit, error code, width) and its comment."""

    name: str
    value: int
    meaning: str


def _number(text: str, known: dict[str, Constant]) -> int | None:
    """Return the value of a constant expression, or None where it isn't a plain integer."""
    text = re.sub(r"\d*'h([0-9a-fA-F_]+)", lambda m: str(int(m[1], 16)), text)
    text = _NAME.sub(lambda m: str(known[m[0]].value) if m[0] in known else m[0], text)
    if not re.fullmatch(r"[\d\s()+\-*/_]+", text):
        return None
    return int(eval(text.replace("/", "//")))  # digits and operators only


def _read(package: str) -> tuple[dict[str, Constant], dict[str, Constant]]:
    """Return the integer localparams and the members of error_e of a package."""
    (path,) = RTL.rglob(f"{package}.sv")
    text = path.read_text()
    constants: dict[str, Constant] = {}
    for name, expression, comment in _LOCALPARAM.findall(text):
        value = _number(expression, constants)
        if value is not None:
            constants[name] = Constant(name, value, comment.strip())
    errors = {name: Constant(name, _number(value, {}), comment.strip())
              for name, value, comment in _ENUM_ITEM.findall(text)}
    return constants, errors


def _prefixed(constants: dict[str, Constant], prefix: str) -> dict[str, Constant]:
    return {name: c for name, c in constants.items() if re.match(prefix + r"[A-Z]", name)}


def _registers(constants: dict[str, Constant]) -> dict[str, Register]:
    """Return the registers among constants: those whose comment says how they are accessed."""
    table = {}
    for name, constant in constants.items():
        match = _ACCESS.fullmatch(constant.meaning)
        if match and name.startswith("Reg") and name != "RegCounters":
            table[name] = Register(name, constant.value, *match.groups())
    return table


@dataclasses.dataclass(frozen=True)
class Edge:
    """The memory edge: its registers and all its numbers by flaash_edge_pkg, and its error codes."""

    constants: dict[str, Constant]
    registers: dict[str, Register]
    errors: dict[str, Constant]

    def prefixed(self, prefix: str) -> dict[str, Constant]:
        """Return the constants of a kind: EdgeStatus, EdgeIrq, Part."""
        return _prefixed(self.constants, prefix)


def _edge(errors: dict[str, Constant]) -> Edge:
    constants, _ = _read("flaash_edge_pkg")
    return Edge(constants, _registers(constants), errors)


def package_constants(package: str) -> dict[str, int]:
    """Return the integer localparams of a package of rtl/ by name."""
    return {name: constant.value for name, constant in _read(package)[0].items()}


_MAP, _ERRORS = _read("flaash_reg_pkg")
# The codes of both edges, and those that only the memory edge has.
ERRORS = {name: error for name, error in _ERRORS.items() if error.value < _MAP["EdgeErrors"].value}
_SHARED, _ = _read("flaash_pkg")
# Names of the codes of mistakes in an operand's frame: those up to ErrLong.
FRAME_ERRORS = [name for name, error in ERRORS.items() if 0 < error.value <= ERRORS["ErrLong"].value]

# Every integer localparam of the chip's packages, by name.
CONSTANTS: dict[str, int] = {c.name: c.value for c in [*_SHARED.values(), *_MAP.values()]}


def _choices(prefix: str) -> dict[str, int]:
    """Return {name in rtl/configs.toml: number} of a build choice: FormatFp32 is "fp32"."""
    return {re.sub(r"(?<=.)([A-Z])", r"_\1", name.removeprefix(prefix)).lower(): c.value
            for name, c in _SHARED.items() if re.match(prefix + r"[A-Z]", name)}


def _chip_registers() -> dict[str, Register]:
    """Return the registers by name, each counter as the pair `CntJobs` (low), `CntJobsHigh`."""
    table = _registers(_MAP)
    base = _MAP["RegCounters"].value
    for name, counter in COUNTERS.items():
        address = base + 8 * counter.value
        table[name] = Register(name, address, "RO", counter.meaning)
        table[f"{name}High"] = Register(f"{name}High", address + 4, "RO", f"upper half of {name}")
    return table


COUNTERS = _prefixed(_MAP, "Cnt")
CONTROL_BITS = _prefixed(_MAP, "Control")
STATUS_BITS = _prefixed(_MAP, "Status")
MODE_BITS = _prefixed(_MAP, "Mode")
IRQ_BITS = _prefixed(_MAP, "Irq")
REGISTERS = _chip_registers()
EDGE = _edge({name: error for name, error in _ERRORS.items() if name not in ERRORS})

FORMATS = _choices("Format")
ENGINES = _choices("Engine")
MEMORIES = _choices("Memory")
SCHEDULERS = _choices("Scheduler")


def error_name(code: int) -> str:
    """Return the package's name of an error code, "unknown error 0x.." if there is none."""
    for error in [*ERRORS.values(), *EDGE.errors.values()]:
        if error.value == code:
            return error.name
    return f"unknown error {code:#04x}"
