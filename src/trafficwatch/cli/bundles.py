# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch bundle export|inspect|verify|import`: what goes to the PPT and comes back."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.errors import ExpectedError
from trafficwatch.texts import explain_error, t
from trafficwatch.texts.exchange import reason_words, type_words

if TYPE_CHECKING:
    from trafficwatch.store.work import Store
    from trafficwatch.sync.bundle import Opened

_FILE = click.Path(path_type=Path, dir_okay=False, readable=False)
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
@click.argument("source", type=click.Path(path_type=Path, readable=False))
@click.option("--out", type=_FOLDER, help="Where receipts go; beside the bundle if not given.")
@pass_desk
def import_(desk: Desk, source: Path, out: Path | None) -> None:
    """Take in a bundle, or every bundle in a folder, and write the receipts."""
    from trafficwatch.store.files import check_outside, regular_files

    is_folder = os.path.isdir(source)  # noqa: PTH112 - Path.is_dir raises where it may not look
    receipts = out or (source if is_folder else source.parent)
    check_outside(receipts, desk.folder)
    with desk.open() as opened:
        if is_folder:
            files = _in_sequence(opened, regular_files(source, ".twb"))
            documents = [_take_in_quietly(opened, file, receipts) for file in files]
        else:
            documents = [_take_in(opened, source, receipts)]
    desk.say({"imported": documents}, "\n".join(document["text"] for document in documents) or t("cli.no_bundles"))


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
    from trafficwatch.models.exchange import Delivery
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
    refused = [result for result in done.results if result.state is Delivery.REFUSED]
    for (kind, reason), count in Counter((result.type, result.reason) for result in refused).items():
        text += f"\n{t('exchange.refused_line', count=count, type=type_words(kind), reason=reason_words(reason))}"
    if done.gap:
        text += f"\n{t('cli.bundle_gap', gap=done.gap)}"
    return {
        "file": str(file),
        "bundle": done.bundle,
        "kind": done.kind.value,
        "number": done.number,
        "again": done.again,
        "gap": done.gap,
        "received": done.received,
        "refused": [{"type": result.type, "id": result.id, "reason": result.reason} for result in refused],
        "receipt": str(receipt) if receipt else None,
        "text": text + (f"\n{t('cli.receipt_written', file=str(receipt))}" if receipt else ""),
    }


def _in_sequence(opened: Store, files: list[Path]) -> list[Path]:
    """By sender and number, so that no bundle comes before the one it builds on; what can't be opened last."""
    from trafficwatch.sync.importing import verify as check

    def place(file: Path) -> tuple[bool, str, str, int]:
        try:
            manifest = check(opened, file).manifest
        except ExpectedError:
            return True, "", "", 0
        return False, manifest.sender.device, manifest.epoch, manifest.number

    return sorted(files, key=place) if len(files) > 1 else files


def _take_in_quietly(opened: Store, file: Path, out: Path) -> dict[str, Any]:
    """In a folder one refused file doesn't stop the others: it is listed by its hash and left where it lies."""
    try:
        return _take_in(opened, file, out)
    except ExpectedError as error:
        message = explain_error(error)["message"]
        return {"file": str(file), "sha256": _digest(file), "error": error.key, "text": f"{file.name}: {message}"}


def _digest(file: Path) -> str | None:
    """SHA-256 of a file of any size; None if it can't be read."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return None
