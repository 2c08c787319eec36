# SPDX-License-Identifier: Apache-2.0
"""The command `flaash` of an installed package: contractions of tensors in files.

flaash einsum "bij,bkj->bik" a.npz b.tns --config fast8 --out c.npz
flaash sim a.tns b.tns --axes 2,3:0,1
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from flaash import __version__
from flaash.api import einsum, tensordot
from flaash.backends import BACKENDS, close
from flaash.errors import DisagreementError, EinsumError
from models import io
from models.axes import parse_axes
from models.errors import TensorError
from sim.serve import SessionError

FAILED, MISTAKE = 1, 2  # exit status: the chip is wrong or has died; the command was called wrongly


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    result = argparse.ArgumentParser(
        prog="flaash",
        description="Contract sparse tensors in files on FLAASH.",
        epilog=f"Formats of files by their ending: {', '.join(io.READERS)}.",
    )
    result.add_argument("--version", action="version", version=f"flaash {__version__}")
    commands = result.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser(
        "einsum",
        help="contract as numpy.einsum does",
        description="numpy.einsum on the exact model or on the simulated chip.",
    )
    one.add_argument("subscripts", metavar="SUBSCRIPTS", help='such as "bij,bkj->bik"')
    one.add_argument("files", metavar="FILE", nargs="+", help="the operands")
    two = commands.add_parser(
        "sim",
        help="contract two tensors on the simulated chip",
        description="numpy.tensordot of two tensors on the simulated chip.",
    )
    two.add_argument("files", metavar="FILE", nargs=2, help="the operands A and B")
    two.add_argument(
        "--axes",
        metavar="A,A:B,B",
        default="-1:-1",
        help="modes of A that meet modes of B (default: the last one of each)",
    )
    for command, choices in ((one, BACKENDS), (two, BACKENDS[1:])):
        command.add_argument(
            "--on",
            choices=choices,
            default="verilator",
            help="where it runs; every result of a simulator is compared with the model",
        )
        command.add_argument(
            "--config", metavar="NAME", default="default", help='the machine, perhaps with changes: "fast8:Format=bf16"'
        )
        command.add_argument("--out", metavar="FILE", help="write the result there")
    return result


def run(options: argparse.Namespace) -> None:
    """Contract, print the report, and write the result if wanted."""
    if options.out:
        io.check_writable(options.out)
    operands = [io.read(path) for path in options.files]
    if options.command == "einsum":
        result, report = einsum(
            options.subscripts, *operands, on=options.on, config=options.config, kind="tensor", return_report=True
        )
    else:
        result, report = tensordot(
            *operands, parse_axes(options.axes), on=options.on, config=options.config, kind="tensor", return_report=True
        )
    print(report)
    if options.out:
        io.write(options.out, result)
        print(f"result written to {options.out}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; it reports a mistake in one line."""
    options = parser().parse_args(arguments)
    try:
        run(options)
    except (SessionError, DisagreementError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return FAILED
    except (EinsumError, TensorError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return MISTAKE
    finally:
        close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
