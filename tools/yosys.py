# SPDX-License-Identifier: Apache-2.0
"""Yosys as a program; PyPI's package is its library, native and with the front end for SystemVerilog.

    python tools/yosys.py -p "read_slang a.sv; check"
    python tools/yosys.py -s FILE                        # commands of a file

Prints the output of Yosys, and ends with status 1 if a command fails.
"""

import argparse
from collections.abc import Sequence

from pyosys import libyosys


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("-p", dest="commands", help="commands with semicolons between them")
    given.add_argument("-s", dest="script", help="a file of commands")
    options = parser.parse_args(arguments)
    # If a command fails, the library ends the process.
    libyosys.run_pass(options.commands or f"script {options.script}", libyosys.Design())


if __name__ == "__main__":
    main()
