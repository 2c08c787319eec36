# SPDX-License-Identifier: Apache-2.0
"""The HTML pages: one look for all of them, readable on a telephone, on paper, in light and dark."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent


def render(template: str, **values: object) -> str:
    """Return the page of a template in this folder."""
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True,
                              lstrip_blocks=True, undefined=StrictUndefined)
    return environment.get_template(template).render(**values)
