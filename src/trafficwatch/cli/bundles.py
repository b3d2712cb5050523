# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch bundle export|inspect|verify|import`: what goes to the PPT and comes back."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.errors import ExpectedError
from trafficwatch.texts import explain_error, t

if TYPE_CHECKING:
    from trafficwatch.store.work import Store
    from trafficwatch.sync.bundle import Opened

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.group()
def bundle() -> None:
    """Signed and sealed bundles."""


@bundle.command("export")
@click.option("--out", type=_FOLDER, required=True, help="Folder or stick to write to.")
@pass_desk
def export(desk: Desk, out: Path) -> None:
    """Write everything that may leave and is not yet confirmed."""
    from trafficwatch.sync.exporting import export as write

    with desk.open() as opened:
        made = write(opened, out)
    desk.say(
        {"bundles": [{"file": str(each.path), "bundle": each.bundle, "records": each.records} for each in made]},
        "\n".join(t("cli.bundle_written", file=str(each.path), records=each.records) for each in made),
    )


@bundle.command("inspect")
@click.argument("file", type=_FILE)
@pass_desk
def inspect(desk: Desk, file: Path) -> None:
    """Check a bundle and show its head; takes nothing in."""
    document = _look(desk, file)
    desk.say(document, "\n".join(f"{key}: {value}" for key, value in document.items()))


@bundle.command("verify")
@click.argument("file", type=_FILE)
@pass_desk
def verify(desk: Desk, file: Path) -> None:
    """Check a bundle; takes nothing in."""
    document = _look(desk, file)
    desk.say({"verified": True, "bundle": document["bundle"]}, t("cli.bundle_verified", file=str(file)))


@bundle.command("import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--out", type=_FOLDER, help="Where receipts go; beside the bundle if not given.")
@pass_desk
def import_(desk: Desk, source: Path, out: Path | None) -> None:
    """Take in a bundle, or every bundle in a folder, and write the receipts."""
    files = sorted(source.glob("*.twb")) if source.is_dir() else [source]
    with desk.open() as opened:
        if source.is_file() or not source.is_dir():
            documents = [_take_in(opened, source, out or source.parent)]
        else:
            documents = [_take_in_quietly(opened, file, out or source) for file in files]
    desk.say({"imported": documents}, "\n".join(document["text"] for document in documents))


def _look(desk: Desk, file: Path) -> dict[str, Any]:
    from trafficwatch.sync.importing import verify as check

    with desk.open() as opened:
        return _head(check(opened, file))


def _head(opened: Opened) -> dict[str, Any]:
    manifest = opened.manifest
    return {
        "bundle": manifest.bundle,
        "kind": manifest.kind.value,
        "sender": f"{manifest.sender.code}/{manifest.sender.device}",
        "number": manifest.number,
        "epoch": manifest.epoch,
        "created_at": manifest.created_at,
        "practice": manifest.practice,
        "records": manifest.records,
        "manifest_sha256": opened.manifest_hash,
        "received_before": opened.again,
    }


def _take_in(opened: Store, file: Path, out: Path) -> dict[str, Any]:
    from trafficwatch.sync.importing import take_in
    from trafficwatch.sync.outgoing import write_answer

    done = take_in(opened, file)
    receipt = write_answer(opened, done.receipt, out) if done.receipt else None
    text = t(
        "cli.bundle_again" if done.again else "cli.bundle_imported",
        file=file.name,
        number=done.number,
        received=done.received,
        refused=done.refused,
    )
    return {
        "file": str(file),
        "bundle": done.bundle,
        "kind": done.kind.value,
        "number": done.number,
        "again": done.again,
        "gap": done.gap,
        "received": done.received,
        "refused": [
            {"type": r.type, "id": r.id, "reason": r.reason} for r in done.results if r.state.value == "refused"
        ],
        "receipt": str(receipt) if receipt else None,
        "text": text + (f"\n{t('cli.receipt_written', file=str(receipt))}" if receipt else ""),
    }


def _take_in_quietly(opened: Store, file: Path, out: Path) -> dict[str, Any]:
    """In a folder one refused file doesn't stop the others: it is listed by its hash and left where it lies."""
    try:
        return _take_in(opened, file, out)
    except ExpectedError as error:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        message = explain_error(error)["message"]
        return {"file": str(file), "sha256": digest, "error": error.key, "text": f"{file.name}: {message}"}
