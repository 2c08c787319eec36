# SPDX-License-Identifier: Apache-2.0
"""The HTML pages: one look for all of them, readable on a telephone, on paper, in light and dark."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

FOLDER = Path(__file__).parent


def soft(text: str) -> Markup:
    """Return a long name that may be broken after the marks in it."""
    return Markup(re.sub(r"((?:::|[_./:,-])+)(?=\w)", r"\1<wbr>", str(escape(text))))


def render(template: str, **values: object) -> str:
    """Return the page of a template in this folder."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"soft": soft, "n": "{:,}".format}
    return environment.get_template(template).render(**values)
