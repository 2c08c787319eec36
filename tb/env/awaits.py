# SPDX-License-Identifier: Apache-2.0
"""Notices a call of a coroutine that a sequence forgot to await: nothing of it was done."""

from __future__ import annotations

import warnings

from tb.sequences.registry import place_of


class ForgottenAwaits:
    """Collects Python's warnings of coroutines that were never awaited, where they come from a sequence.

    Attributes:
        sentences: one per such call, with file and line.
    """

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self._show = warnings.showwarning
        warnings.showwarning = self._noted

    def _noted(self, message, category, filename, lineno, *rest) -> None:
        where = place_of(filename, lineno)
        if where and "was never awaited" in str(message):
            self.sentences.append(f"{where}: {message}")
        self._show(message, category, filename, lineno, *rest)
