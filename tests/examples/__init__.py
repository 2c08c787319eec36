# SPDX-License-Identifier: Apache-2.0
"""The example systems and the C driver, as a user would build and run them."""
