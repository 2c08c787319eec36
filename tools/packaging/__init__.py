# SPDX-License-Identifier: Apache-2.0
"""Packages the hardware for other projects: file lists, one file, registers, template."""
