# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking in the village's own population workbook: read as text, understood by layout, matched, never overwriting."""
