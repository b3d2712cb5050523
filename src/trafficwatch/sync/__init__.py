# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles between village and PPT: format, merge, what may leave, export, import, receipts, enrolment."""
