# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page, state and dialog as a picture, to be looked at and walked through by tests."""
