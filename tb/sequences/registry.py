# SPDX-License-Identifier: Apache-2.0
"""Finds sequences by name: `skewed` is class SkewedSeq in tb/sequences/skewed.py. There is no list."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import traceback
from collections.abc import Iterable
from pathlib import Path

from sim.interfaces import INTERFACES
from tb.sequences.base import ContractionSequence

FOLDER = Path(__file__).parent
HELPERS = ("base", "registry")  # modules of the folder that hold no sequence


class SequenceError(ValueError):
    """There is no such sequence, or its file holds none or a mistake; the text says which."""


def names() -> list[str]:
    """Return the names of all sequences."""
    return sorted(module.name for module in pkgutil.iter_modules([str(FOLDER)]) if module.name not in HELPERS)


def class_name(name: str) -> str:
    """Return the name of a sequence's class: back_to_back -> BackToBackSeq."""
    return "".join(part.capitalize() for part in name.split("_")) + "Seq"


def load_sequence(name: str) -> type[ContractionSequence]:
    """Return the class of a sequence.

    Raises:
        SequenceError: there is none of that name, or Python can't load its file.
    """
    if name not in names():
        close = difflib.get_close_matches(name, names(), 1)
        known = f"did you mean {close[0]}?" if close else f"choose one of {', '.join(names())}"
        raise SequenceError(f"unknown sequence '{name}', {known}")
    try:
        module = importlib.import_module(f"tb.sequences.{name}")
    except (Exception, SystemExit) as error:
        raise SequenceError(
            f"{place(error) or f'tb/sequences/{name}.py'}: {type(error).__name__}: {getattr(error, 'msg', error)}"
        ) from error
    wanted = class_name(name)
    found = getattr(module, wanted, None)
    if not (inspect.isclass(found) and issubclass(found, ContractionSequence)):
        raise SequenceError(f"tb/sequences/{name}.py must define class {wanted}(ContractionSequence)")
    if not inspect.iscoroutinefunction(found.body):
        raise SequenceError(f"tb/sequences/{name}.py: body() of {wanted} must be 'async def'")
    return found


def at_interface(interface: str) -> list[str]:
    """Return the names of all sequences that mean something at an interface.

    Raises:
        SequenceError: there is no such interface.
    """
    check_interface(interface, ())
    return [name for name in names() if interface in load_sequence(name).interfaces]


def check_interface(interface: str, sequences: Iterable[str]) -> None:
    """Refuse an interface that does not exist, and sequences that mean nothing there.

    Raises:
        SequenceError: the text says which, and what there is.
    """
    if interface not in INTERFACES:
        raise SequenceError(f"IF={interface} is neither {' nor '.join(INTERFACES)}")
    for name in sequences:
        found = load_sequence(name).interfaces
        if interface not in found:
            raise SequenceError(f"SEQ={name} is for IF={' and '.join(found)} only")


def place(error: BaseException) -> str:
    """Return where a sequence raised an exception, such as "tb/sequences/mine.py:18"; "" if none did.

    It is the innermost line of a sequence, or the line that Python could not read.
    """
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        places.append((error.filename or "", error.lineno))
    return next(filter(None, (place_of(*at) for at in reversed(places))), "")


def place_of(filename: str, line: int | None) -> str:
    """Return a line of a sequence's file as "tb/sequences/mine.py:18", "" if the file is none."""
    path = Path(filename)
    return f"tb/sequences/{path.name}:{line}" if path.parent == FOLDER and path.stem not in HELPERS else ""
