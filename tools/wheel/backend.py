# SPDX-License-Identifier: Apache-2.0
"""The build backend that pyproject.toml names: setuptools, but for `pip install -e .`.

The folders of a checkout are top-level packages there (models, sim), which must not be names of a user's
environment. So an editable installation is one file, flaash/__init__.py, which finds the checkout by
editable.py.
"""

import os

from setuptools import build_meta
from setuptools.build_meta import (
    build_sdist,
    build_wheel,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

get_requires_for_build_editable = get_requires_for_build_wheel
prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def build_editable(
    wheel_directory: str, config_settings: dict | None = None, metadata_directory: str | None = None
) -> str:
    """Build a wheel whose one module finds the checkout; setup.py sees that by the variable."""
    os.environ["FLAASH_EDITABLE"] = "1"
    return build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
