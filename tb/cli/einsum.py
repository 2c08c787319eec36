# SPDX-License-Identifier: Apache-2.0
"""`make sim EINSUM="bij,bkj->bik" A= B=`: einsum of tensors in files on the simulated chip."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

import flaash
from flaash import DisagreementError, SessionError
from flaash.report import Report
from models import io
from tb.cli.common import FAILED, UsageError

# Options that have no meaning here, with their defaults.
OTHERS = {"axes": None, "seq": None, "waves": False, "portion": "0", "long_lines": "0", "seed": "1"}


def run(options: argparse.Namespace) -> int:
    """Contract, print the report, write the result; return the exit status.

    Args:
        options: of `make sim`.

    Raises:
        UsageError, TensorError: a mistake of the user.
    """
    extra = [name.upper() for name, default in OTHERS.items() if getattr(options, name) != default]
    if extra:
        raise UsageError(f"{' and '.join(extra)} can't be given together with EINSUM")
    if not options.a:
        raise UsageError("EINSUM needs A, and B if there are two operands")
    if options.out:
        io.check_writable(options.out)
    operands = [io.read(path) for path in (options.a, options.b) if path]
    chip = flaash.Chip(options.config, options.sim)
    try:
        print("contracting", flush=True)
        result, report = flaash.einsum(options.einsum, *operands, on=chip, progress=True, return_report=True)
    except (SessionError, DisagreementError) as error:
        print(f"FAILED: {error}")
        return FAILED
    finally:
        chip.close()
    show(report)
    if options.out:
        io.write(options.out, result)
        print(f"result written to {options.out}")
    return 0


def show(report: Report) -> None:
    """Print a report as a table."""
    table = Table(show_header=False)
    for name, text in report.rows():
        table.add_row(name, text)
    Console().print(table)
