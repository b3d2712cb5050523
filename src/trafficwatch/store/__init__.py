# SPDX-License-Identifier: GPL-3.0-or-later
"""The encrypted store: vault, open and lock, schema, records, journal."""
