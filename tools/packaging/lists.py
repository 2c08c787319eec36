# SPDX-License-Identifier: Apache-2.0
"""`make generate`: writes the chip's files into every file list.

rtl/rtl.f, flaash.core (FuseSoC) and Bender.yml each name the files of both tops, flaash_top and
flaash_memory_top, in dependency order. The order comes from the files themselves (sim/sources.py); this
command writes it into all three, between the marks of a list. `make lint` fails while a list is out of date.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from sim.sources import RTL, headers, rtl_sources
from sim.toolchain import ROOT

TOPS = ("flaash_top", "flaash_memory_top")
_BEGIN = f"# files of {' and '.join(TOPS)}: make generate"
_LIST = re.compile(rf"^(?P<indent> *){_BEGIN}\n(?P<body>(?:.*\n)*?)^ *# end of list\n", re.MULTILINE)


def files() -> list[str]:
    """Return the .sv files of both tops in dependency order, packages first, as paths from rtl/."""
    found = dict.fromkeys(path for top in TOPS for path in rtl_sources(top))
    return [path.relative_to(RTL).as_posix() for path in sorted(found, key=lambda path: not path.stem.endswith("_pkg"))]


def _entries(name: str) -> list[str]:
    """Return the lines of the list in one of the files, without their indentation."""
    if name == "rtl.f":
        return files()
    if name == "Bender.yml":
        return [f"- rtl/{path}" for path in files()]
    included = [f"- rtl/{path.relative_to(RTL).as_posix()}: {{is_include_file: true}}" for path in headers()]
    return included + [f"- rtl/{path}" for path in files()]


LISTS = (RTL / "rtl.f", ROOT / "flaash.core", ROOT / "Bender.yml")


def renewed(path: Path) -> str:
    """Return the text of a list's file with the list renewed.

    Raises:
        ValueError: the file has not exactly one list, between its two marks.
    """
    text = path.read_text()
    found = _LIST.findall(text)
    if len(found) != 1:
        raise ValueError(f"{path.name}: {len(found)} lists between '{_BEGIN}' and '# end of list', one is expected")

    def write(match: re.Match) -> str:
        indent = match["indent"]
        lines = [f"{indent}{line}\n" for line in _entries(path.name)]
        return f"{indent}{_BEGIN}\n{''.join(lines)}{indent}# end of list\n"

    return _LIST.sub(write, text)


def outdated() -> list[Path]:
    """Return the files whose list is out of date."""
    return [path for path in LISTS if renewed(path) != path.read_text()]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make generate", description=__doc__.split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="only name the lists that are out of date")
    options = parser.parse_args(arguments)
    stale = outdated()
    for path in stale:
        if not options.check:
            path.write_text(renewed(path))
        print(f"{path.relative_to(ROOT)} {'is out of date: make generate' if options.check else 'renewed'}")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
