# SPDX-License-Identifier: Apache-2.0
"""`make new-sequence NAME=x`: writes tb/sequences/x.py, which runs at once with `make sim SEQ=x`."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from sim.toolchain import ROOT
from tb.cli.common import Parser, UsageError, complain
from tb.sequences.registry import FOLDER, HELPERS, class_name

TEMPLATE = Path(__file__).parent / "sequence.template"


def create(name: str, folder: Path = FOLDER) -> Path:
    """Write the file of a new sequence and return its path.

    Raises:
        UsageError: the name can't be that of a module, or is taken.
    """
    if keyword.iskeyword(name):
        raise UsageError(f"'{name}' can't be the name of a sequence: it is a word of Python's language")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise UsageError(
            f"'{name}' can't be the name of a sequence: lower-case letters, digits and single"
            " underscores, a letter first, such as long_fibers"
        )
    path = folder / f"{name}.py"
    if path.exists() or name in HELPERS:
        raise UsageError(f"tb/sequences/{name}.py exists already")
    path.write_text(TEMPLATE.read_text().replace("@NAME@", name).replace("@CLASS@", class_name(name)))
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = Parser(prog="make new-sequence", description=__doc__)
    parser.add_argument(
        "--name", required=True, metavar="NAME", help="of the sequence: lower case, words with underscores"
    )
    try:
        path = create(parser.parse_args(arguments).name)
    except UsageError as error:
        return complain(error)
    except OSError as error:
        return complain(f"{error.filename}: {error.strerror}")
    print(
        f"wrote {path.relative_to(ROOT)}; run it with: make sim SEQ={path.stem}\n"
        f"and at the memory interface with: make sim SEQ={path.stem} IF=memory"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
