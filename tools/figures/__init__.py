# SPDX-License-Identifier: Apache-2.0
"""`make generate`: the pictures of docs/images, each drawn from one source."""
