# SPDX-License-Identifier: GPL-3.0-or-later
"""Early screening: questionnaires as data, pure evaluation and explanation, use cases."""
