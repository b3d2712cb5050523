# SPDX-License-Identifier: GPL-3.0-or-later
"""How the program looks: colours, sizes, type and icons, in one place."""
