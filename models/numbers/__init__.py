# SPDX-License-Identifier: Apache-2.0
"""Number formats of the machine and exact arithmetic on them."""

from models.numbers.dot import DotResult, dot
from models.numbers.finish import PLAIN, Finish
from models.numbers.formats import FORMATS, Conversion, Flags, NumberFormat, get_format

__all__ = ["FORMATS", "PLAIN", "Conversion", "DotResult", "Finish", "Flags", "NumberFormat", "dot", "get_format"]
