# SPDX-License-Identifier: Apache-2.0
"""Bitwuzla as a program for yosys-smtbmc: SMT-LIB commands come in, responses go out.

The package from PyPI is the solver as native code without a program; this file splits the commands.
"""

import sys
from collections.abc import Iterable, Iterator

import bitwuzla


def commands(lines: Iterable[str]) -> Iterator[str]:
    """Return each command, a closed pair of parentheses, as soon as its last line has come.

    A name between bars may hold any character; comments are left out.
    """
    depth, text, quoted = 0, [], False
    for line in lines:
        for character in line:
            if character == "|":
                quoted = not quoted
            elif not quoted:
                if character == ";":
                    break
                depth += (character == "(") - (character == ")")
            text.append(character)
        if depth == 0 and not quoted:
            if command := "".join(text).strip():
                yield command
            text = []
        else:
            text.append("\n")


def main() -> None:
    options = bitwuzla.Options()
    options.set(bitwuzla.Option.PRODUCE_MODELS, True)
    parser = bitwuzla.Parser(bitwuzla.TermManager(), options)
    for command in commands(sys.stdin):
        if command == "(exit)":
            break
        parser.parse(command, parse_only=False, parse_file=False)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
