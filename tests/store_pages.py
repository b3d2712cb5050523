# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of a store's file in clear, decrypted by hand with the store's key, whatever they are used for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from trafficwatch.store import vault
from trafficwatch.store.folder import DATABASE, VAULT

if TYPE_CHECKING:
    from trafficwatch.store.work import Store

PAGE, RESERVED, IV, SALT, FRAME_HEAD, LOG_HEAD = 4096, 80, 16, 16, 24, 32


def key_of(store: Store) -> bytes:
    """The raw key of the database."""
    return vault.store_keys(vault.decode((store.folder / VAULT).read_bytes()), store.keys)[0]


def pages_of(store: Store) -> list[bytes]:
    """Every page of the database file."""
    data, key = (store.folder / DATABASE).read_bytes(), key_of(store)
    return [_clear(data[start : start + PAGE], key, start == 0) for start in range(0, len(data), PAGE)]


def log_of(store: Store) -> list[bytes]:
    """Every page in the log beside it."""
    path, key = store.folder / f"{DATABASE}-wal", key_of(store)
    log = path.read_bytes()[LOG_HEAD:] if path.exists() else b""
    frames = range(0, len(log), FRAME_HEAD + PAGE)
    return [_clear(log[at + FRAME_HEAD : at + FRAME_HEAD + PAGE], key, False) for at in frames]


def _clear(page: bytes, key: bytes, is_first: bool) -> bytes:
    body, iv = page[SALT if is_first else 0 : PAGE - RESERVED], page[PAGE - RESERVED :][:IV]
    decryptor = Cipher(algorithms.AES256(key), modes.CBC(iv)).decryptor()
    return decryptor.update(body) + decryptor.finalize()
