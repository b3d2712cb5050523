# SPDX-License-Identifier: GPL-3.0-or-later
"""Building blocks that pages share; each draws values and tells what was typed."""
