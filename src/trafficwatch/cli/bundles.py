# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch bundle export|inspect|verify|import`: what goes to the PPT and comes back, what one laptop of a village
writes to another, a PPT to a village that lost its laptop, or to the PPT of another district.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.errors import ExpectedError
from trafficwatch.texts import explain_error, t
from trafficwatch.texts.exchange import reason_words, type_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from trafficwatch.store.work import Store
    from trafficwatch.sync.bundle import Opened
    from trafficwatch.sync.parcels import Exported

_SOURCE = click.Path(path_type=Path, readable=False)
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.group()
def bundle() -> None:
    """Signed and sealed bundles."""


@bundle.command("export")
@click.option("--kind", type=click.Choice(("report", "peer", "restore", "transfer")), default="report")
@click.option("--to", "to", help="Device that a peer, restore or transfer bundle is for.")
@click.option("--reason", default="", help="Why (restore, transfer); it is written into the journal.")
@click.option("--institution", help="The other PPT as the directory knows it, by id (transfer).")
@click.option("--person", "people", multiple=True, help="Whose case goes, by id (transfer).")
@click.option("--out", type=_FOLDER, required=True, help="Folder or stick to write to.")
@pass_desk
def export(
    desk: Desk, *, kind: str, to: str | None, reason: str, institution: str | None, people: tuple[str, ...], out: Path
) -> None:
    """Write everything that may leave and is not yet confirmed; for a village, what its PPT has of it; for another PPT,
    the cases of these people.
    """
    if kind != "report" and not to:
        raise click.UsageError("--to names the device that it is for")
    if kind == "transfer" and not (institution and people):
        raise click.UsageError("a transfer asks for --institution and --person")
    with desk.open() as opened:
        made = _written(opened, kind, to or "", reason, institution or "", people, out)
    desk.say(
        {"bundles": [{"file": str(each.path), "bundle": each.bundle, "records": each.records} for each in made]},
        "\n".join(t("cli.bundle_written", file=str(each.path), records=each.records) for each in made),
    )


def _written(
    opened: Store, kind: str, to: str, reason: str, institution: str, people: Collection[str], out: Path
) -> list[Exported]:
    from trafficwatch.sync import exporting, peering, restoring, transferring

    if kind == "peer":
        return peering.export(opened, to, out)
    if kind == "restore":
        return restoring.restore(opened, to, reason, out)
    if kind == "transfer":
        return transferring.transfer(opened, to, institution, people, reason, out)
    return exporting.export(opened, out)


@bundle.command("inspect")
@click.argument("source", type=_SOURCE)
@pass_desk
def inspect(desk: Desk, source: Path) -> None:
    """Check a bundle, or every bundle in a folder, and show its head; takes nothing in."""
    from trafficwatch.sync.importing import verify as check

    def look(opened: Store, file: Path) -> dict[str, Any]:
        head = _head(check(opened, file))
        return {**head, "text": "\n".join(f"{key}: {value}" for key, value in head.items())}

    with desk.open() as opened:
        if _is_folder(source):
            _say_all(desk, "inspected", _each_of(opened, source, look))
        else:
            document = look(opened, source)
            text = document.pop("text")
            desk.say(document, text)


@bundle.command("verify")
@click.argument("source", type=_SOURCE)
@pass_desk
def verify(desk: Desk, source: Path) -> None:
    """Check a bundle, or every bundle in a folder; takes nothing in."""
    from trafficwatch.sync.importing import verify as check

    def look(opened: Store, file: Path) -> dict[str, Any]:
        bundle_id = check(opened, file).manifest.bundle
        return {"verified": True, "bundle": bundle_id, "text": t("cli.bundle_verified", file=str(file))}

    with desk.open() as opened:
        if _is_folder(source):
            _say_all(desk, "verified", _each_of(opened, source, look))
        else:
            document = look(opened, source)
            text = document.pop("text")
            desk.say(document, text)


@bundle.command("import")
@click.argument("source", type=_SOURCE)
@click.option("--out", type=_FOLDER, help="Where receipts go; beside the bundle if not given.")
@click.option("--restore", "is_restore", is_flag=True, help="This laptop waits for what the PPT has of its village.")
@pass_desk
def import_(desk: Desk, *, source: Path, out: Path | None, is_restore: bool) -> None:
    """Take in a bundle, or every bundle in a folder, and write the receipts."""
    from trafficwatch.store.files import check_outside
    from trafficwatch.sync.restoring import expect

    receipts = out or (source if _is_folder(source) else source.parent)
    check_outside(receipts, desk.folder)
    with desk.open() as opened:
        if is_restore:
            expect(opened)
        if _is_folder(source):
            documents = _each_of(opened, source, lambda store, file: _take_in(store, file, receipts))
        else:
            documents = [_take_in(opened, source, receipts)]
    _say_all(desk, "imported", documents)


def _is_folder(source: Path) -> bool:
    return os.path.isdir(source)  # noqa: PTH112 - Path.is_dir raises where it may not look


def _each_of(opened: Store, folder: Path, do: Callable[[Store, Path], dict[str, Any]]) -> list[dict[str, Any]]:
    """What comes of every bundle of a folder, in the order of their senders; one that is refused stops no other, and is
    listed by its hash and left where it lies. Those for somebody else are only named.
    """
    from trafficwatch.sync.stick import bundles_in, is_for_someone_else, look

    found = [look(opened, file) for file in bundles_in(folder)]
    found.sort(key=lambda each: (each.order is None, each.order or ("", "", 0)))
    documents = []
    for each in found:
        try:
            documents.append({"file": str(each.path), **do(opened, each.path)})
        except ExpectedError as error:
            said = {"file": str(each.path), "sha256": _digest(each.path), "error": error.key}
            said["text"] = f"{each.path.name}: {explain_error(error)['message']}"
            documents.append({**said, "for_someone_else": is_for_someone_else(error)})
    return documents


def _say_all(desk: Desk, key: str, documents: list[dict[str, Any]]) -> None:
    """Answer with one line per file; exit code 1 if one of them was refused."""
    desk.say({key: documents}, "\n".join(document["text"] for document in documents) or t("cli.no_bundles"))
    if any("error" in document and not document["for_someone_else"] for document in documents):
        sys.exit(1)


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
    later = [write_answer(opened, each, out) for each in done.later]
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
        "later_receipts": [str(each) for each in later],
        "text": "\n".join([text, *(t("cli.receipt_written", file=str(each)) for each in (receipt, *later) if each)]),
    }


def _digest(file: Path) -> str | None:
    """SHA-256 of a file of any size; None if it can't be read."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return None
