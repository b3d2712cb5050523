# SPDX-License-Identifier: GPL-3.0-or-later
"""Every row of a store, read by SQLite3 Multiple Ciphers instead of our SQLCipher: `second_reader.py STORE`.

Standard input: the raw key in hex. Standard output: one JSON document, table -> rows; bytes as {"hex": ...}. Knows the
format of the file and nothing else, and imports nothing of ours.
"""

from __future__ import annotations

import json
import sys

import apsw


def spelled(value: object) -> object:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def main(path: str) -> None:
    connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.execute(f"PRAGMA key = \"x'{sys.stdin.readline().strip()}'\"")
    tables = [
        name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    rows = {
        table: [[spelled(value) for value in row] for row in connection.execute(f'SELECT * FROM "{table}"')]
        for table in tables
    }
    json.dump(rows, sys.stdout)


main(sys.argv[1])
