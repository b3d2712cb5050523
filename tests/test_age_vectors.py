# SPDX-License-Identifier: GPL-3.0-or-later
"""The C2SP test vectors for age (npm `cctv-age` 0.2.0): each of the 143 is used, and this says for what.

hybrid_*       18  our kind of key: through the public `decrypt` with the identity of the vector
hmac_*          8  the container, sealed to another kind of key: through our parser, MAC and STREAM with the file key
stanza_*       14  that the vector names, as an identity of that kind would have found it
stream_*       28
empty, header_crlf, version_unsupported
x25519*        14  those that succeed: as the container ones. The others are about rules of recipient types that
scrypt*        25  we don't have (a bundle is never sealed to them): not run further than the next line
all             -  `decrypt` with a stranger's key refuses it with one of its three errors
armor_*        33  ASCII armour is not our format: each is refused as no bundle, the sound ones too

Failures of the vectors map to ours so: `no match` NotForThisRecipient; `header`, `HMAC` and `payload failure`
BundleDamaged, or NotABundle where the version line is wrong. Nothing is released before the last chunk, so `payload`
of a failing vector has nothing to say. What succeeds is sealed again from its parts and must give the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import interop_tools
import pytest
from interop_tools import Vector

from trafficwatch.errors import BundleError
from trafficwatch.sync import age
from trafficwatch.sync.age import BundleDamaged, Identity, NotABundle, NotForThisRecipient

if TYPE_CHECKING:
    from collections.abc import Callable

CONTAINER = ("hmac", "stanza", "stream", "empty", "header", "version")
EXPECTED: dict[str, tuple[type[BundleError], ...]] = {
    "no match": (NotForThisRecipient,),
    "header failure": (BundleDamaged, NotABundle),
    "HMAC failure": (BundleDamaged,),
    "payload failure": (BundleDamaged,),
}


@pytest.fixture(scope="module")
def vectors() -> dict[str, list[Vector]]:
    """The vectors by the first word of their name."""
    groups: dict[str, list[Vector]] = {}
    for vector in interop_tools.age_reference().vectors().values():
        groups.setdefault(vector.name.partition("_")[0], []).append(vector)
    return groups


def test_every_vector_belongs_to_a_group_above(vectors: dict[str, list[Vector]]) -> None:
    sizes = {group: len(members) for group, members in vectors.items()}
    container = {"hmac": 8, "stanza": 14, "stream": 28, "empty": 1, "header": 1, "version": 1}
    assert sizes == {"hybrid": 18, "x25519": 14, "scrypt": 25, "armor": 33, **container}


def test_hybrid_vectors(vectors: dict[str, list[Vector]]) -> None:
    for vector in vectors["hybrid"]:
        found = outcome(age.decrypt, vector.content, identities_of(vector))
        if vector.name == "hybrid_x25519_arg":  # its flaw is in an X25519 stanza, which we ignore: nothing is for us
            assert found is NotForThisRecipient
        else:
            assert_as_expected(vector, found)


def test_container_vectors(vectors: dict[str, list[Vector]]) -> None:
    for vector in (vector for group in CONTAINER for vector in vectors[group]):
        assert_as_expected(vector, outcome(open_with_file_key, vector))


def test_container_of_the_other_recipient_types(vectors: dict[str, list[Vector]]) -> None:
    successes = [vector for group in ("x25519", "scrypt") for vector in vectors[group] if vector.expect == "success"]
    assert len(successes) == 4
    for vector in successes:
        assert_as_expected(vector, outcome(open_with_file_key, vector))


def test_sealing_again_from_the_parts_gives_the_same_file(vectors: dict[str, list[Vector]]) -> None:
    sound = [vector for group in vectors.values() for vector in group if vector.expect == "success"]
    for vector in (vector for vector in sound if not vector.armored):
        header, _, rest = vector.content.partition(b"\n---")
        stanzas = age._parse_stanzas(header.partition(b"\n")[2] + b"\n")
        nonce = rest.partition(b"\n")[2][:16]
        assert vector.file_key is not None
        again = age._encrypt_from_parts(open_with_file_key(vector), vector.file_key, nonce, stanzas)
        assert again == vector.content, vector.name


def test_a_strangers_key_opens_none(vectors: dict[str, list[Vector]]) -> None:
    stranger = [age.generate_identity()]
    for vector in (vector for group in vectors.values() for vector in group):
        found = outcome(age.decrypt, vector.content, stranger)
        assert found in ((NotABundle,) if vector.armored else (BundleDamaged, NotABundle, NotForThisRecipient)), vector


def identities_of(vector: Vector) -> list[Identity]:
    return [Identity.from_string(text) for text in vector.identities if "-PQ-" in text]


def open_with_file_key(vector: Vector) -> bytes:
    return age._decrypt_with(vector.content, lambda _stanzas: vector.file_key)


def outcome(open_: Callable[..., bytes], *arguments: object) -> bytes | type[BundleError]:
    """The plaintext, or the kind of refusal."""
    try:
        return open_(*arguments)
    except BundleError as error:
        return type(error)


def assert_as_expected(vector: Vector, found: bytes | type[BundleError]) -> None:
    if vector.expect == "success":
        assert isinstance(found, bytes), f"{vector.name}: {found}"
        assert vector.is_payload(found), vector.name
    else:
        assert found in EXPECTED[vector.expect], f"{vector.name}: {found!r}"
