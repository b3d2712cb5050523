# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch store init|info`, `place`, `doctor`."""

from __future__ import annotations

import dataclasses

import click

from trafficwatch.cli.common import Desk, first_line, pass_desk, tell_findings, training_options, training_proof
from trafficwatch.errors import InputError
from trafficwatch.texts import current_language, t
from trafficwatch.texts.exchange import status_words, type_words


class VillageAmbiguous(InputError):
    """Several villages have that name; parameters `found` and `first` (their paths)."""

    key = "village_ambiguous"


@click.group()
def store() -> None:
    """The encrypted store of this desk."""


@store.command("init")
@click.option("--village", required=True, help="Code or name of the village, e.g. 'noelbaki'.")
@click.option("--volunteer", required=True, help="Name of the volunteer who answers for this laptop.")
@click.option("--practice", is_flag=True, help="A practice village of invented people.")
@training_options
@pass_desk
def init(desk: Desk, /, village: str, volunteer: str, *, practice: bool, **training: str | None) -> None:
    """Set up a village desk; prints the recovery code once."""
    from trafficwatch.models.fields import Side
    from trafficwatch.models.staff import Category
    from trafficwatch.village.founding import NewMember, found_desk
    from trafficwatch.village.places import Places

    found = Places.load().search(village, limit=5)
    exact = [place for place in found if village.casefold() in {place.code, place.name.casefold()}]
    chosen = exact or found
    if len(chosen) > 1 and (len(exact) != 1):
        raise VillageAmbiguous(found=len(chosen), first="; ".join(f"{place.code} {place.path}" for place in chosen))
    place = Places.load().get(chosen[0].code if chosen else village)
    member = NewMember(volunteer, Category.COORDINATOR, desk.passphrase(new=True), training_proof(**training))
    opened, code = found_desk(
        desk.folder, member, side=Side.VILLAGE, code=place.code, name=place.path, practice=practice
    )
    opened.close()
    desk.say(
        {"village": place.code, "path": place.path, "recovery_code": code},
        t("cli.store_ready", place=place.path, code=code),
    )


@store.command("recover")
@click.option("--volunteer", required=True, help="Name of the volunteer who gets a new passphrase.")
@click.option("--code-fd", type=int, help="Read the recovery code from this file descriptor.")
@pass_desk
def recover(desk: Desk, volunteer: str, code_fd: int | None) -> None:
    """Get back in with the printed recovery code, or the one that the PPT read out, and set a new passphrase."""
    from trafficwatch.store.unlock import recover_store
    from trafficwatch.sync.escrow import settle
    from trafficwatch.village.founding import renew_passphrase

    code = first_line(code_fd) if code_fd is not None else click.prompt(t("cli.type_recovery_code"), hide_input=True)
    opened = recover_store(desk.folder, code, marks=desk.marks)
    try:
        renewed = renew_passphrase(opened, volunteer, desk.passphrase(new=True))
        used = "escrow_used" if settle(opened) else "sheet_used"
    finally:
        opened.close()
    tell_findings(opened)
    desk.say({"volunteer": renewed}, f"{t(f'findings.{used}')} {t(f'findings.{used}_more')}")


@store.command("info")
@pass_desk
def info(desk: Desk) -> None:
    """Which desk this is, how much it holds, and what waits."""
    from trafficwatch.models.record_types import RECORD_TYPES
    from trafficwatch.sync.devices import peers

    with desk.open() as opened, opened.work() as work:
        counts = {name: work.records.count(name) for name in RECORD_TYPES}
        partners = [{"code": p.code, "name": p.name, "device": p.device, "status": p.status.value} for p in peers(work)]
        document = {
            "side": work.info.side.value,
            "code": work.info.code,
            "name": work.info.name,
            "practice": work.info.practice,
            "device": work.info.device,
            "records": counts,
            "partners": partners,
        }
        lines = [
            f"{work.info.name} ({work.info.code})" + (f" - {t('cli.practice')}" if work.info.practice else ""),
            *(f"  {type_words(name)}: {count}" for name, count in counts.items() if count),
            *(f"  {p['code']} {p['name']}: {status_words(p['status'])} ({p['device']})" for p in partners),
        ]
    desk.say(document, "\n".join(lines))


@click.command()
@click.argument("words", nargs=-1, required=True)
@pass_desk
def place(desk: Desk, words: tuple[str, ...]) -> None:
    """Find a village by typing: `place noelbaki`."""
    from trafficwatch.village.places import Places

    found = Places.load().search(" ".join(words), limit=20)
    desk.say(
        {"places": [{"code": each.code, "path": each.path} for each in found]},
        "\n".join(f"{each.code}  {each.path}" for each in found) or t("cli.no_place"),
    )


@click.command()
@pass_desk
def directory(desk: Desk) -> None:
    """List institutions and hotlines, and since when they are confirmed."""
    from trafficwatch.models.dates import PartialDate
    from trafficwatch.models.institution import Institution

    def checked(day: str | None) -> str:
        if day is None:
            return t("records.unconfirmed")
        return t("records.confirmed_on", day=PartialDate.from_edtf(day).format(current_language()))

    with desk.open() as opened, opened.work() as work:
        found = work.records.select(Institution)
    lines = [
        f"{each.id}  {each.name}: {', '.join(contact.partition(':')[2] for contact in each.contacts) or '-'}"
        f" ({checked(each.confirmed_on)})"
        for each in found
    ]
    desk.say({"institutions": [dataclasses.asdict(each) for each in found]}, "\n".join(lines))


@click.command()
@pass_desk
def doctor(desk: Desk) -> None:
    """Check what the program needs of this machine: cipher, fonts, rights, space, clock."""
    from trafficwatch.store.health import examine

    checks = examine(desk.folder, desk.marks)
    desk.say(
        {"checks": [{"check": check.key, "ok": check.ok, "detail": check.detail} for check in checks]},
        "\n".join(f"[{'ok' if check.ok else '!!'}] {t('cli.doctor_' + check.key)}: {check.detail}" for check in checks),
    )
    if not all(check.ok for check in checks):
        raise SystemExit(1)
