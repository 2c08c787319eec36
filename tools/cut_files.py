# SPDX-License-Identifier: Apache-2.0
"""Runs when a Python of the virtual environment starts: compiled files that are cut are compiled again.

Python writes a .pyc file by one call, and does not notice that a full disk takes only a part. Each later import of that
file then ends with `EOFError: marshal data too short`. This text imports built-in modules only.
"""

import _frozen_importlib_external as external
import posix

compiled = external.SourceFileLoader.get_code


def get_code(self, fullname):
    try:
        return compiled(self, fullname)
    except (EOFError, ValueError, TypeError):  # marshal's three exceptions for broken data
        path = self.get_filename(fullname)
        try:  # noqa: SIM105, contextlib itself may be cut
            posix.unlink(external.cache_from_source(path))
        except OSError:
            pass
        return self.source_to_code(self.get_data(path), path)


external.SourceFileLoader.get_code = get_code
