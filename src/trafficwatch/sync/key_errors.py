# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals of a key that came from outside, shared by the age keys and the signing keys."""

from __future__ import annotations

from trafficwatch.errors import BundleError


class KeyMalformed(BundleError):
    """The text is not a key of the expected kind: wrong prefix, length, alphabet or checksum."""

    key = "key_malformed"


class UnsafeKey(BundleError):
    """The key is well formed, but one that proves or protects nothing; nobody makes such a key by accident."""

    key = "unsafe_key"
