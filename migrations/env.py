# SPDX-License-Identifier: GPL-3.0-or-later
"""Alembic runs inside the program, on the connection that the store hands over; there is no offline mode."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None)
context.run_migrations()
