# SPDX-License-Identifier: GPL-3.0-or-later
"""The village: places, directory of institutions, volunteers."""
