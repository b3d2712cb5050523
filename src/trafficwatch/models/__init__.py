# SPDX-License-Identifier: GPL-3.0-or-later
"""The vocabulary: frozen values and enums by area. No SQLAlchemy, no Qt, no I/O."""
