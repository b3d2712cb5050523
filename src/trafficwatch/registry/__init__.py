# SPDX-License-Identifier: GPL-3.0-or-later
"""Residents and their journeys: use cases."""
