# SPDX-License-Identifier: GPL-3.0-or-later
"""The database tables: one per shared record type, derived from its declaration, and those of local state."""

from trafficwatch.models.tables import local
from trafficwatch.models.tables.columns import Ciphertext, Sealed, metadata
from trafficwatch.models.tables.records import RECORD_TABLES

__all__ = ["RECORD_TABLES", "Ciphertext", "Sealed", "local", "metadata"]
