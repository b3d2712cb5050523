# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema version of a store: made at set-up, read at every unlock. A newer store is refused, untouched."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from trafficwatch.errors import StoreError
from trafficwatch.resources import migrations

HEAD = "0002"
"""The revision that this program writes; a test holds it to the newest file in `migrations/versions`."""


class StoreNewer(StoreError):
    """A newer program has changed the store; parameter `version` is that program's."""

    key = "store_newer"


def create(engine: Engine) -> None:
    """Make all tables of the newest schema in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations()))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check(connection: Connection) -> None:
    """Raise StoreNewer if the store's schema is not the one that this program knows."""
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    if revision != HEAD:
        writer = connection.execute(text("SELECT value FROM store_info WHERE key = 'written_by'")).scalar_one_or_none()
        raise StoreNewer(version=str(writer or revision).strip('"'))
