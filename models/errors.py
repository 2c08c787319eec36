# SPDX-License-Identifier: Apache-2.0
"""The one exception for mistakes in the user's files, shapes, axes and values."""

from os import PathLike

MAX_MESSAGE = 400  # characters; what a message quotes of a file can be of any length


class TensorError(Exception):
    """A file, tensor or contraction that can't be used, with a message meant for the user.

    Args:
        message: the mistake, with the value.
        path: file it was seen in, if any.
        place: where in the file: a line, a byte offset, an entry.
    """

    def __init__(self, message: str, path: str | PathLike | None = None, place: str | None = None):
        if len(message) > MAX_MESSAGE:
            message = message[: MAX_MESSAGE - 3] + "..."
        parts = [str(part) for part in (path, place, message) if part]
        super().__init__(": ".join(parts))
        self.message, self.path, self.place = message, path, place
