# SPDX-License-Identifier: Apache-2.0
"""Files that one command writes and another one reads: whole or new, also after a full disk has cut them."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class CutError(ValueError):
    """A file ends in the middle of a line; the text names it."""


def write(path: Path, text: str) -> None:
    """Write a file at once: a reader finds the one before, or all of this one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        fresh.write_text(text)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def read_json(path: Path) -> Any:
    """Return the content of a JSON file, None if there is no file, or a part of one."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def read_lines(path: Path) -> str:
    """Return the text of a file of whole lines.

    Raises:
        CutError: its last line has no end.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.endswith("\n"):
        raise CutError(f"{path} was cut, as by a full disk: remove it, or its folder, and run what wrote it again")
    return text


def is_whole(path: Path) -> bool:
    """Return whether a file of lines ends with the end of one."""
    with path.open("rb") as file:
        return file.seek(0, os.SEEK_END) > 0 and file.seek(-1, os.SEEK_END) >= 0 and file.read() == b"\n"


def sizes(folder: Path, patterns: Sequence[str]) -> dict[str, int]:
    """Return the size of each file of a folder that has one of these names."""
    return {path.name: path.stat().st_size for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
