# SPDX-License-Identifier: Apache-2.0
"""`make docs`: the documentation as a site, by MkDocs."""
