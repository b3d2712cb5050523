# SPDX-License-Identifier: GPL-3.0-or-later
"""The inbox's certificate: made once, self-signed, known to villages by its SHA-256 (the pin) and by nothing else.

Names and dates in it mean nothing, so that no clock and no authority can make it right or wrong. The key lives in the
encrypted store. The standard library loads keys from files only: it gets one that is sealed under a passphrase which
nobody keeps, private to this user, and gone as soon as it is read; what a power cut leaves of it `sweep` takes away.
"""

from __future__ import annotations

import hashlib
import secrets
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import insert, literal_column, select

from trafficwatch.models.tables import local
from trafficwatch.store.files import stage
from trafficwatch.store.work import Work

_NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "inbox")])
_FROM, _UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_DER = serialization.Encoding.DER


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate and its key (PKCS #8), both DER."""

    pin: str
    der: bytes
    private_key: bytes = field(repr=False)


def known_certificate(work: Work) -> Certificate | None:
    """The certificate of this device's inbox, if it ever had one."""
    table = local.own_certificate
    row = work.connection.execute(select(table).order_by(literal_column("rowid").desc())).first()
    return None if row is None else Certificate(row.pin, row.certificate, row.private_key)


def own_certificate(work: Work) -> Certificate:
    """The certificate of this device's inbox, made on first use."""
    found = known_certificate(work)
    if found is None:
        found = make()
        work.connection.execute(
            insert(local.own_certificate).values(
                pin=found.pin, certificate=found.der, private_key=found.private_key, created_at=work.now
            )
        )
    return found


def make() -> Certificate:
    """A fresh certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(_NAME, _NAME, key.public_key(), x509.random_serial_number(), _FROM, _UNTIL)
    der = builder.sign(key, hashes.SHA256()).public_bytes(_DER)
    private_key = key.private_bytes(_DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Certificate(pin_of(der), der, private_key)


def pin_of(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


def server_context(certificate: Certificate, folder: Path) -> ssl.SSLContext:
    """TLS 1.3 with this certificate; `folder` is the store's. Raises DiskFull, FileNotWritable."""
    passphrase = secrets.token_bytes(32).hex()
    key = serialization.load_der_private_key(certificate.private_key, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0  # nobody resumes a session, and each ticket costs a village a little
    staged = stage(folder / "inbox", key + ssl.DER_cert_to_PEM_cert(certificate.der).encode(), private=True)
    try:
        context.load_cert_chain(staged.temporary, password=passphrase)
    finally:
        staged.discard()
    return context
