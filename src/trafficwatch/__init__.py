# SPDX-License-Identifier: GPL-3.0-or-later
"""TrafficWatch: village desk and PPT desk against trafficking in persons (TPPO)."""

__version__ = "0.1.0"
