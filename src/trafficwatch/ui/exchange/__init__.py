# SPDX-License-Identifier: GPL-3.0-or-later
"""What both desks need on their pages of the exchange: taking files in, our own digits, times in words."""
