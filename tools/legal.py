# SPDX-License-Identifier: Apache-2.0
"""`make generate`: copies the legal values of rtl/configs.toml into rtl/core/flaash_chip.sv, between marks.

Other projects compile the module as it is, from the repository. So the copy is kept there, and `make lint` compares.
"""

import re
import sys

from sim import configs
from sim.sources import RTL

COLUMNS = 120  # of a line, most
FILE = RTL / "core" / "flaash_chip.sv"
_BLOCK = re.compile(r"(  // Legal values of configs\.toml: make generate\n).*?(  // end of legal values\n)", re.DOTALL)


def conditions(name: str, each: configs.Range) -> str:
    """Return the Verilog expression that is true for an illegal value."""
    found = [f"{name} < {each.least}"] if each.least else []
    found.append(f"{name} > {each.most}")
    if each.power_of_two:
        found.append(f"({name} & ({name} - 1)) != 0")
    text = " || ".join(found)
    return f"Engine == Engine{each.engine.capitalize()} && ({text})" if each.engine else text


def block() -> str:
    """Return the checks of all parameters."""
    lines = []
    for name, ranges in configs.legal().items():
        for each in ranges:
            label = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() + (f"_{each.engine}" if each.engine else "")
            opening = f"  if ({conditions(name, each)}) begin : gen_illegal_{label}"
            if len(opening) > COLUMNS:
                opening = "\n      || ".join(opening.rsplit(" || ", 1))
            lines += [opening, f'    `FLAASH_ILLEGAL("{name} must be {each}")', "  end"]
    return "\n".join(lines) + "\n"


def renewed(text: str) -> str:
    """Return the module's text with the checks that rtl/configs.toml asks for."""
    return _BLOCK.sub(lambda marks: marks[1] + block() + marks[2], text)


def is_outdated() -> bool:
    """Return whether the module has other checks."""
    return renewed(FILE.read_text()) != FILE.read_text()


def main() -> int:
    if is_outdated():
        FILE.write_text(renewed(FILE.read_text()))
        print(f"{FILE.name} renewed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
