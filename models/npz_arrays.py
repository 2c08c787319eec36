# SPDX-License-Identifier: Apache-2.0
"""Arrays of an .npz archive, read without trusting it: no pickles, no memory beyond the file's contents."""

from __future__ import annotations

import io
import math
import zipfile
from os import PathLike
from pathlib import Path

import numpy as np

from models.errors import TensorError

# Deflate packs at most 1032 bytes into one; a member that announces more has a false size.
_MAX_RATIO = 1032
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def load_arrays(path: str | PathLike, names: frozenset[str]) -> dict[str, np.ndarray]:
    """Return the named arrays, as far as the archive has them.

    Raises:
        TensorError: the file is no sound .npz archive of arrays, or claims sizes it can't have.
        OSError: the file can't be read.
    """
    data = Path(path).read_bytes()
    if not data:
        raise TensorError("the file is empty", path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {
                info.filename[:-4]: _member(path, archive, info, len(data))
                for info in archive.infolist()
                if info.filename.endswith(".npy") and info.filename[:-4] in names
            }
    except TensorError:
        raise
    except Exception as error:  # zipfile raises nearly anything on a damaged archive
        raise TensorError(f"not a sound .npz archive: {_reason(error)}", path) from None


def _member(path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int) -> np.ndarray:
    place = f"array {info.filename[:-4]!r} (byte {info.header_offset})"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise TensorError(f"compression method {info.compress_type} is not supported", path, place)
    if info.compress_size > size or info.file_size > _MAX_RATIO * info.compress_size + 64:
        raise TensorError(
            f"announces {info.file_size} bytes from {info.compress_size} of a file of {size}", path, place
        )
    try:
        raw = archive.read(info)
        stream = io.BytesIO(raw)
        version = np.lib.format.read_magic(stream)
        if version not in _HEADERS:
            raise TensorError(f"array format version {version} is not supported", path, place)
        shape, fortran, dtype = _HEADERS[version](stream)
    except TensorError:
        raise
    except Exception as error:  # numpy evaluates the header, with as many kinds of errors
        raise TensorError(f"no array can be read: {_reason(error)}", path, place) from None
    if dtype.hasobject or dtype.names:
        raise TensorError(f"elements of type {dtype} are not supported", path, place)
    there = len(raw) - stream.tell()
    if any(extent < 0 for extent in shape) or math.prod(shape) * dtype.itemsize != there:
        raise TensorError(f"shape {shape} of {dtype} doesn't fit the {there} bytes of data", path, place)
    if dtype.itemsize == 0:
        raise TensorError(f"elements of type {dtype} have no bytes", path, place)
    array = np.frombuffer(raw, dtype, offset=stream.tell())
    # Byte order of this machine: all later code relies on it.
    return array.reshape(shape, order="F" if fortran else "C").astype(dtype.newbyteorder("="), order="C")


def _reason(error: Exception) -> str:
    """Return the message of the library, shortened: it may quote the file at any length."""
    text = str(error) or type(error).__name__
    return text if len(text) <= 120 else text[:117] + "..."
