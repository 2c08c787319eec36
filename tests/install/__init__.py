# SPDX-License-Identifier: Apache-2.0
"""The project installed by pip."""
