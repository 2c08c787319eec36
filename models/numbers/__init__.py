# SPDX-License-Identifier: Apache-2.0
"""Number formats of the machine and exact arithmetic on them."""

from models.numbers.dot import DotResult, dot
from models.numbers.formats import FORMATS, Conversion, Flags, NumberFormat, get_format

__all__ = ["FORMATS", "Conversion", "DotResult", "Flags", "NumberFormat", "dot", "get_format"]
