# SPDX-License-Identifier: Apache-2.0
"""Runs when a Python of the virtual environment starts: compiled files that are cut are compiled again.

Python writes a .pyc file by one call, and does not notice that a full disk takes only a part. Each later import of that
file then ends with `EOFError: marshal data too short`.
"""

import contextlib
import os
from importlib.machinery import SourceFileLoader
from importlib.util import cache_from_source

compiled = SourceFileLoader.get_code


def get_code(self, fullname):
    try:
        return compiled(self, fullname)
    except (EOFError, ValueError, TypeError):  # marshal's three exceptions for broken data
        path = self.get_filename(fullname)
        with contextlib.suppress(OSError):
            os.unlink(cache_from_source(path))
        return self.source_to_code(self.get_data(path), path)


SourceFileLoader.get_code = get_code
