# SPDX-License-Identifier: Apache-2.0
"""`make sim EINSUM="bij,bkj->bik" A= B=`: einsum of tensors in files on the simulated chip; CHIPS= on several."""

from __future__ import annotations

import argparse
import contextlib

from opt_einsum import get_symbol
from rich.console import Console
from rich.table import Table

import flaash
from flaash import DisagreementError, SessionError
from flaash.backends import Backend
from flaash.report import Report
from models import io
from models.axes import prepare
from models.tensor import SparseTensor
from tb.cli.common import FAILED, UsageError, variable

# Options that have no meaning here, with their defaults.
OTHERS = {"axes": None, "seq": None, "waves": False, "portion": "0", "long_lines": "0", "seed": "1"}
OF_ONE_CHIP = {"interface": None, "renumber": None}  # and with CHIPS
CONNECT = 10  # seconds in which the scheduler of a cluster must respond


def run(options: argparse.Namespace) -> int:
    """Contract, print the report, write the result; return the exit status.

    Args:
        options: of `make sim`.

    Raises:
        UsageError, TensorError: a mistake of the user.
    """
    others = {**OTHERS, **OF_ONE_CHIP} if options.chips else OTHERS
    if not options.einsum:
        others = {name: default for name, default in others.items() if name != "axes"}
    extra = [variable(name) for name, default in others.items() if getattr(options, name) != default]
    if extra:
        raise UsageError(f"{' and '.join(extra)} can't be given together with {'CHIPS' if options.chips else 'EINSUM'}")
    if not options.a:
        raise UsageError("EINSUM needs A, and B if there are two operands")
    if options.out:
        io.check_writable(options.out)
    operands = [io.read(path) for path in (options.a, options.b) if path]
    subscripts = options.einsum
    if not subscripts:
        operands = list(prepare(*operands, options.axes, None))
        subscripts = _along_the_last(*operands)
    with contextlib.ExitStack() as stack:
        if options.chips:
            on: Backend = _chips(options, stack)
        else:
            on = stack.enter_context(flaash.Chip(options.config, options.sim))
        try:
            print("contracting", flush=True)
            result, report = flaash.einsum(subscripts, *operands, on=on, progress=True, return_report=True)
        except (SessionError, DisagreementError) as error:
            print(f"FAILED: {error}")
            return FAILED
    show(report)
    if options.out:
        io.write(options.out, result)
        print(f"result written to {options.out}")
    return 0


def _along_the_last(a: SparseTensor, b: SparseTensor) -> str:
    """Return the subscripts of a contraction of the last mode of both operands."""
    free = [get_symbol(number) for number in range(a.order + b.order - 1)]
    left, right, last = free[: a.order - 1], free[a.order - 1 : -1], free[-1]
    return f"{''.join(left)}{last},{''.join(right)}{last}->{''.join(left + right)}"


def _chips(options: argparse.Namespace, stack: contextlib.ExitStack) -> flaash.Chips:
    """Return the chips of CHIPS=, a number, or the address of a cluster's scheduler."""
    if "://" not in options.chips:
        if not options.chips.isdecimal() or not int(options.chips):
            raise UsageError(
                f"CHIPS={options.chips} is neither a number of chips nor an address such as tcp://host:8786"
            )
        return stack.enter_context(flaash.Chips(options.sim, int(options.chips), options.config))
    from distributed import Client

    try:
        client = stack.enter_context(Client(options.chips, timeout=CONNECT))
    except (OSError, ValueError) as error:
        raise UsageError(f"CHIPS={options.chips}: no scheduler answers there: {error}") from None
    return stack.enter_context(flaash.Chips(options.sim, config=options.config, client=client))


def show(report: Report) -> None:
    """Print a report as a table."""
    table = Table(show_header=False)
    for name, text in report.rows():
        table.add_row(name, text)
    Console().print(table)
