# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch device`, `enrol` (village side) and `ppt` (PPT side): keys and who trusts whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trafficwatch.cli.common import Desk, pass_desk, training_options, training_proof
from trafficwatch.models.fields import Side
from trafficwatch.texts import t

if TYPE_CHECKING:
    from trafficwatch.store.work import Store

_FILE = click.Path(path_type=Path, dir_okay=False, readable=False)
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


def _digits(given: str | None) -> str:
    """The 30 digits as the other side reads them out; typed, never shown to be nodded at."""
    typed: str = given or click.prompt(t("cli.type_digits"))
    return typed


def _is_practice(opened: Store) -> bool:
    with opened.work() as work:
        return work.info.practice


@click.group()
def device() -> None:
    """This device."""


@device.group("key")
def device_key() -> None:
    """This device's public key."""


@device_key.command("export")
@click.option("--allowed-signers", is_flag=True, required=True, help="As the line that `ssh-keygen -Y verify` wants.")
@pass_desk
def device_key_export(desk: Desk, *, allowed_signers: bool) -> None:  # noqa: ARG001 - the one format there is
    """Print the signing key of this device."""
    from trafficwatch.sync.devices import allowed_signers as line
    from trafficwatch.sync.devices import own_keys

    with desk.open() as opened, opened.work() as work:
        text = line(own_keys(work), work.info.code)
    desk.say({"allowed_signers": text}, text)


@click.group()
def enrol() -> None:
    """Village side of enrolment."""


@enrol.command("request")
@click.argument("pack", type=_FILE)
@click.option("--digits", help="The 30 digits that the PPT reads out.")
@click.option("--out", type=_FILE, required=True)
@pass_desk
def enrol_request(desk: Desk, pack: Path, digits: str | None, out: Path) -> None:
    """Take the PPT's pack and write a request for the PPT."""
    from trafficwatch.sync.enrolling import read_pack_name, write_request

    with desk.open() as opened:
        claimed = read_pack_name(pack, practice=_is_practice(opened))
        if not desk.as_json:
            click.echo(t("cli.pack_claims", name=claimed))
        written = write_request(opened, pack, _digits(digits), out)
    desk.say(
        {"ppt": claimed, "file": str(out), "fingerprint": written.fingerprint},
        t("cli.request_written", file=str(out), fingerprint=written.fingerprint),
    )


@enrol.command("accept")
@click.argument("file", type=_FILE)
@pass_desk
def enrol_accept(desk: Desk, file: Path) -> None:
    """Take in the PPT's approval."""
    from trafficwatch.sync.devices import own_ppt
    from trafficwatch.sync.enrolling import accept

    with desk.open() as opened:
        accept(opened, file)
        with opened.work() as work:
            partner = own_ppt(work)
    desk.say({"ppt": partner.code, "status": partner.status.value}, t("cli.enrolled", ppt=partner.name))


@click.group(invoke_without_command=True)
@click.pass_context
def ppt(context: click.Context) -> None:
    """The PPT desk. Without a command its window opens."""
    if context.invoked_subcommand is None:
        context.obj.show(Side.PPT)


@ppt.command("init")
@click.option("--code", required=True, help="Code of the PPT, e.g. the kabupaten's 53.01.")
@click.option("--name", required=True, help="Name of the service centre.")
@click.option("--officer", required=True, help="Name of the officer who sets up this desk.")
@click.option("--practice", is_flag=True)
@training_options
@pass_desk
def ppt_init(desk: Desk, /, code: str, name: str, officer: str, *, practice: bool, **training: str | None) -> None:
    """Set up a PPT desk; prints the recovery code once."""
    from trafficwatch.models.fields import Side
    from trafficwatch.models.staff import Category
    from trafficwatch.village.founding import NewMember, found_desk

    member = NewMember(officer, Category.OFFICER, desk.passphrase(new=True), training_proof(**training))
    opened, recovery = found_desk(desk.folder, member, side=Side.PPT, code=code, name=name, practice=practice)
    opened.close()
    desk.say({"ppt": code, "recovery_code": recovery}, t("cli.store_ready", place=name, code=recovery))


@ppt.command("pack")
@click.option("--out", type=_FILE, required=True)
@pass_desk
def ppt_pack(desk: Desk, out: Path) -> None:
    """Write the pack that villages enrol with, and show its 30 digits to read out."""
    from trafficwatch.sync.enrolling import write_pack

    with desk.open() as opened:
        written = write_pack(opened, out)
    desk.say(
        {"file": str(out), "fingerprint": written.fingerprint},
        t("cli.pack_written", file=str(out), fingerprint=written.fingerprint),
    )


@ppt.command("approve")
@click.argument("request", type=_FILE)
@click.option("--digits", help="The 30 digits that the village reads out.")
@click.option("--out", type=_FOLDER, required=True, help="Folder for the approval.")
@pass_desk
def ppt_approve(desk: Desk, request: Path, digits: str | None, out: Path) -> None:
    """Show where a request claims to be from, and enrol that village device if the digits are right."""
    from trafficwatch.sync.enrolling import approve, read_applicant

    with desk.open() as opened:
        applicant = read_applicant(opened, request)
        if not desk.as_json:
            place = applicant.place or t("cli.place_not_listed")
            click.echo(t("cli.applicant", name=applicant.name, code=applicant.code, place=place))
        village, path = approve(opened, request, _digits(digits), out)
    desk.say(
        {"device": village.device, "village": village.code, "place": applicant.place, "file": str(path)},
        t("cli.approved", village=village.name, file=str(path)),
    )


@ppt.command("reply")
@click.argument("device_id")
@click.option("--out", type=_FOLDER, required=True, help="Folder for the reply to the village.")
@pass_desk
def ppt_reply(desk: Desk, device_id: str, out: Path) -> None:
    """Write the present device list and directory for a village."""
    from trafficwatch.sync.enrolling import reply

    with desk.open() as opened:
        path = reply(opened, device_id, out)
    desk.say({"device": device_id, "file": str(path)}, t("cli.reply_written", file=str(path)))


@ppt.command("confirm")
@click.argument("institution_id")
@pass_desk
def ppt_confirm(desk: Desk, institution_id: str) -> None:
    """Confirm that an institution's contacts were tried and are right."""
    from trafficwatch.ppt.directory import confirm_institution
    from trafficwatch.sync.enrolling import require_ppt

    with desk.open() as opened, opened.work() as work:
        require_ppt(work)
        institution = confirm_institution(work, institution_id)
    desk.say(
        {"institution": institution.id, "confirmed_on": institution.confirmed_on},
        t("cli.confirmed", name=institution.name or ""),
    )


@ppt.command("revoke")
@click.argument("device_id")
@click.option("--reason", prompt=True, help="Why the device is trusted no more; it is written into the journal.")
@click.option("--out", type=_FOLDER, required=True, help="Folder for the notice to the village.")
@pass_desk
def ppt_revoke(desk: Desk, device_id: str, reason: str, out: Path) -> None:
    """Take in nothing of a device any more."""
    from trafficwatch.sync.enrolling import revoke

    with desk.open() as opened:
        path = revoke(opened, device_id, out, reason)
    desk.say({"device": device_id, "file": str(path)}, t("cli.revoked", device=device_id, file=str(path)))


@ppt.group("key")
def ppt_key() -> None:
    """The PPT's own key."""


@ppt_key.command("export")
@click.option("--reason", prompt=True, help="Why the key leaves the store; it is written into the journal.")
@click.option("--out", type=_FILE, required=True)
@pass_desk
def ppt_key_export(desk: Desk, reason: str, out: Path) -> None:
    """Write the age identity that opens bundles for this PPT (mode 0600)."""
    from trafficwatch.sync.enrolling import export_identity

    with desk.open() as opened:
        export_identity(opened, out, reason)
    desk.say({"file": str(out)}, t("cli.key_written", file=str(out)))
