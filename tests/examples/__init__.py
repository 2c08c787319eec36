# SPDX-License-Identifier: Apache-2.0
"""The example systems and the C driver, built and run as by a user."""
