# SPDX-License-Identifier: Apache-2.0
"""`make generate`: copies the ports of modules from rtl/ into pages of docs/.

    <!-- ports: flaash_scheduler_round_robin flaash_scheduler_demand -->

is followed by a block of code with the ports of the first module; the others must have the same. A test
holds the pages against rtl/.
"""

import re
import sys

from sim.sources import RTL
from sim.toolchain import ROOT

PAGES = (ROOT / "docs" / "exchanging_a_block.md",)
COMMON = ("clk_i", "rst_ni")  # every module has them
_BLOCK = re.compile(r"^<!-- ports: (?P<modules>[\w ]+) -->\n```systemverilog\n(?:.*\n)*?```\n", re.MULTILINE)
_HEADER = re.compile(
    r"^module \w+.*?^\) \(\n(?P<plain>.*?)^\);|^module \w+[^(]*?\(\n(?P<bare>.*?)^\);", re.MULTILINE | re.DOTALL
)
_NAME = re.compile(r"(\w+),?$")


def source(module: str) -> str:
    """Return the text of a module's file.

    Raises:
        FileNotFoundError: there is no such module below rtl/.
    """
    found = sorted(RTL.rglob(f"{module}.sv"))
    if not found:
        raise FileNotFoundError(f"no module {module} below rtl/")
    return found[0].read_text()


def port_lines(module: str) -> list[str]:
    """Return the lines between the parentheses of a module's ports, comments included."""
    header = _HEADER.search(source(module))
    lines = (header["plain"] or header["bare"]).split("\n")
    while lines and (not lines[0].strip() or _declared(lines[0]) in COMMON):
        del lines[0]
    return [line.removeprefix("  ") for line in lines[:-1]]


def _code(line: str) -> str:
    """Return a line without its comment, with single blanks."""
    return " ".join(line.split("//")[0].split())


def _declared(line: str) -> str | None:
    """Return the port that a line declares, None if it declares none."""
    name = _NAME.search(_code(line))
    return name[1] if name else None


def ports(module: str) -> list[str]:
    """Return the declarations of a module's ports: direction, type and name."""
    return [_code(line).rstrip(",") for line in port_lines(module) if _declared(line)]


def renewed(text: str) -> str:
    """Return a page with the ports that its modules have.

    Raises:
        ValueError: modules that must have the same ports differ.
        FileNotFoundError: a module does not exist.
    """

    def write(match: re.Match) -> str:
        first, *others = match["modules"].split()
        for other in others:
            if ports(other) != ports(first):
                differ = sorted(set(ports(other)) ^ set(ports(first)))
                raise ValueError(f"{other} has other ports than {first}: {'; '.join(differ)}")
        body = "\n".join(port_lines(first))
        return f"<!-- ports: {match['modules']} -->\n```systemverilog\n{body}\n```\n"

    return _BLOCK.sub(write, text)


def main() -> int:
    for page in PAGES:
        text = page.read_text()
        try:
            new = renewed(text)
        except (ValueError, FileNotFoundError) as error:
            print(f"make generate: {error}", file=sys.stderr)
            return 1
        if new != text:
            page.write_text(new)
            print(f"{page.relative_to(ROOT)} renewed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
