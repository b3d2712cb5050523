# SPDX-License-Identifier: GPL-3.0-or-later
"""Printed forms: values in, PDF bytes out."""
