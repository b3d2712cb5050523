# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch demo --out DIR`: the whole main job on the practice village, with real parts only.

Two desks are set up and enrolled by files, residents are recorded, one is screened, agrees, is referred on paper, and
travels in a sealed bundle to the PPT, which answers with a receipt. An account of every step is left in both languages.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.cli.practice import HELPER_PASSPHRASE, PPT_PASSPHRASE, VILLAGE_PASSPHRASE
from trafficwatch.errors import InputError
from trafficwatch.texts import LANGUAGES, current_language, t

if TYPE_CHECKING:
    from trafficwatch.models.casework import CaseRecord, Referral
    from trafficwatch.store.work import Store
    from trafficwatch.sync.importing import Imported

MARK = ".trafficwatch-demo"
_ACCOUNTS = {"id": "langkah.md", "en": "steps.md"}
_LEFT = (MARK, ".*.tmp", "stores", "gallery", "*.twe", "*.twb", "referral-*.pdf", *_ACCOUNTS.values())
"""What a demo leaves, also one that was broken off, and the gallery beside it: all that the next one removes."""


class FolderNotEmpty(InputError):
    """The folder holds something that no demo wrote; parameter `folder`."""

    key = "folder_not_empty"


class Account:
    """What happened, step by step, told in each language."""

    def __init__(self, out: Path, *, quiet: bool) -> None:
        self._out = out
        self._quiet = quiet
        self._steps: list[tuple[str, dict[str, Any]]] = []

    def tell(self, key: str, **params: Any) -> None:
        """One step; a parameter that is a dict holds a text per language."""
        self._steps.append((key, params))
        if not self._quiet:
            click.echo(f"{len(self._steps):2}. {self._sentence(key, params, current_language()).splitlines()[0]}")

    def write(self) -> None:
        for language in LANGUAGES:
            steps = (
                f"{number}. {self._sentence(key, params, language)}"
                for number, (key, params) in enumerate(self._steps, start=1)
            )
            text = "\n\n".join([f"# {t('demo.title', language=language)}", t("demo.intro", language=language), *steps])
            (self._out / _ACCOUNTS[language]).write_text(f"{text}\n", "utf-8")

    def _sentence(self, key: str, params: dict[str, Any], language: Any) -> str:
        chosen = {name: value[language] if isinstance(value, dict) else value for name, value in params.items()}
        return t(f"demo.{key}", language=language, **chosen)


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the results.")
@pass_desk
def demo(desk: Desk, out: Path) -> None:
    """Do the whole main job on the practice village and leave forms, bundles and an account of each step."""
    _prepare(out)
    account = Account(out, quiet=desk.as_json)
    with found_desks(out, account) as (village, ppt):
        enrol(village, ppt, out, account)
        people = record_residents(village, account)
        screening_id = screen(village, people["yohanis"], account)
        case, referral = refer(village, people["yohanis"], screening_id, account)
        _print_forms(village, case, referral, out, account)
        exchange(village, ppt, out, account)
    _try_untrained(out, screening_id, account)
    account.write()
    files = sorted(path.name for path in out.iterdir() if path.is_file() and path.name != MARK)
    desk.say({"out": str(out), "files": files}, t("demo.done", out=str(out), files=", ".join(files)))


def _prepare(out: Path) -> None:
    """An empty folder with our mark; what an earlier demo left is removed, anything else is refused."""
    out.mkdir(parents=True, exist_ok=True)
    found = list(out.iterdir())
    ours = [path for path in found if any(path.match(left) for left in _LEFT)]
    if found and (len(ours) < len(found) or not (out / MARK).exists()):
        raise FolderNotEmpty(folder=str(out))
    for path in ours:
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != MARK:
            path.unlink()
    (out / MARK).touch()


@contextmanager
def found_desks(out: Path, account: Account) -> Iterator[tuple[Store, Store]]:
    from trafficwatch.models.fields import Side
    from trafficwatch.models.staff import Category, TrainingKind
    from trafficwatch.registry.practice import practice_data
    from trafficwatch.village.founding import NewMember, TrainingProof, add_member, found_desk
    from trafficwatch.village.places import Places

    place = Places.load().search("noelbaki", limit=1)[0]
    trained, helper = practice_data()["volunteers"]
    proof = {key: value for key, value in trained["trainings"][0].items() if key != "kind"}
    training = TrainingProof(TrainingKind.TPPO_TRAINING, **proof)
    ppt, _ = found_desk(
        out / "stores" / "ppt",
        NewMember(t("demo.officer_name"), Category.OFFICER, PPT_PASSPHRASE, training),
        side=Side.PPT,
        code=place.code[:5],
        name=t("demo.ppt_name"),
        practice=True,
    )
    account.tell("ppt_founded", passphrase=PPT_PASSPHRASE)
    coordinator = NewMember(trained["name"], Category.COORDINATOR, VILLAGE_PASSPHRASE, training, trained["phone"])
    village, recovery = found_desk(
        out / "stores" / "village", coordinator, side=Side.VILLAGE, code=place.code, name=place.path, practice=True
    )
    account.tell(
        "village_founded",
        place=place.path,
        trained=trained["name"],
        passphrase=VILLAGE_PASSPHRASE,
        recovery=recovery,
    )
    add_member(village, NewMember(helper["name"], Category.VOLUNTEER, HELPER_PASSPHRASE, None, helper["phone"]))
    account.tell("helper_added", helper=helper["name"], passphrase=HELPER_PASSPHRASE)
    try:
        yield village, ppt
    finally:
        village.close()
        ppt.close()


def enrol(village: Store, ppt: Store, out: Path, account: Account) -> None:
    from trafficwatch.sync.enrolling import accept, approve, write_pack, write_request

    pack = write_pack(ppt, out / "ppt-pack.twe")
    account.tell("pack", digits=pack.fingerprint)
    request = write_request(village, pack.path, pack.fingerprint, out / "village-request.twe")
    account.tell("request", digits=request.fingerprint)
    _, approval = approve(ppt, request.path, request.fingerprint, out)
    approval = approval.rename(out / "approval.twb")
    accept(village, approval)
    account.tell("approved")


def record_residents(village: Store, account: Account) -> dict[str, str]:
    from trafficwatch.models.migration import Document, Found, Journey, Stage
    from trafficwatch.models.tables import RECORD_TABLES
    from trafficwatch.registry.practice import populate

    with village.work() as work:
        people = populate(work, work.info.code)
        planned = work.records.select(Journey, RECORD_TABLES["journey"].c.stage.in_([Stage.PLAN, Stage.PREPARING]))
        papers = work.records.select(Document)
    doubtful = sum(paper.found in {Found.DOUBTFUL, Found.FALSE} for paper in papers)
    account.tell("recorded", people=len(people), planned=len(planned), papers=len(papers), doubtful=doubtful)
    return people


def screen(village: Store, person_id: str, account: Account) -> str:
    from trafficwatch.resources import resource
    from trafficwatch.screening import library, wire
    from trafficwatch.screening.explanation import explain
    from trafficwatch.screening.sessions import record_screening

    case = wire.read(resource("practice", "worked-case.json").read_bytes())
    with village.work() as work:
        done = record_screening(work, person_id, case.answers, age_at_events=case.subject.age_at_events)
        rules = library.rules(work, case.questionnaire)
    account.tell(
        "screened",
        answers=len(case.answers),
        explanation={
            language: _quote(explain(done.evaluation, case.questionnaire, rules, case.answers, language))
            for language in LANGUAGES
        },
    )
    return done.screening.id


def refer(village: Store, person_id: str, screening_id: str, account: Account) -> tuple[CaseRecord, Referral]:
    from trafficwatch.casework.consents import record_consent
    from trafficwatch.casework.referrals import advance_referral, draft_referral, open_case
    from trafficwatch.models.casework import ConsentMethod, ConsentScope, Decision, Handover, Urgency
    from trafficwatch.models.directory import InstitutionKind, Service
    from trafficwatch.models.institution import Institution
    from trafficwatch.models.people import ContactWay
    from trafficwatch.models.tables import RECORD_TABLES
    from trafficwatch.registry.residents import agree_safe_contact

    with village.work() as work:
        agree_safe_contact(
            work,
            person_id,
            way=ContactWay.THROUGH_PERSON.value,
            through=t("demo.contact_through"),
            hours=t("demo.contact_hours"),
            never_tell=t("demo.contact_never_tell"),
        )
        agreed = (ConsentScope.SERVICE, ConsentScope.REFERRAL, ConsentScope.SHARE_CASE)
        record_consent(
            work,
            person_id,
            {scope.value: (Decision.AGREED if scope in agreed else Decision.REFUSED).value for scope in ConsentScope},
            refused_fields=["person.phones", "person.religion"],
            method=ConsentMethod.THUMBPRINT.value,
            language="Bahasa Indonesia",
            witness=t("demo.consent_witness"),
            explained=t("demo.consent_explained"),
        )
        account.tell("consented")
        kind = RECORD_TABLES["institution"].c.kind == InstitutionKind.UPTD_PPA
        institution = work.records.select(Institution, kind)[0]
        case = open_case(work, person_id)
        services = (Service.PSYCHOLOGICAL_STRENGTHENING, Service.LEGAL_AID, Service.SOCIAL_REHABILITATION)
        texts = ("purpose", "chronology", "condition_body", "condition_mind", "condition_social", "condition_family")
        more = ("services_given", "needs_and_hopes", "attachments")
        referral = draft_referral(
            work,
            case,
            institution.id,
            urgency=Urgency.SOON.value,
            services={service.value: True for service in services},
            companion=t("demo.companion"),
            **{name: t(f"demo.referral_{name}") for name in (*texts, *more)},
        )
        advance_referral(work, referral.id, Handover.CONSENTED)
        referral = advance_referral(work, referral.id, Handover.HANDED_OVER)
    account.tell("referred", code=case.code or "", institution=institution.name or "", screening=screening_id[:8])
    return case, referral


def _print_forms(village: Store, case: CaseRecord, referral: Referral, out: Path, account: Account) -> None:
    from trafficwatch.casework.referral_form import referral_form
    from trafficwatch.forms.paper import PAPERS
    from trafficwatch.forms.referral import blank_referral_pdf, referral_pdf
    from trafficwatch.store.files import write_whole

    with village.work() as work:
        form = referral_form(work, referral.id, "id")
    for name, paper in PAPERS.items():
        write_whole(out / f"referral-{name}.pdf", referral_pdf(form, paper), private=True)
        write_whole(out / f"referral-blank-{name}.pdf", blank_referral_pdf(paper, "id"))
    account.tell("printed", code=case.code or "")


def exchange(village: Store, ppt: Store, out: Path, account: Account) -> None:
    from trafficwatch.sync.exporting import export, preview
    from trafficwatch.sync.importing import take_in
    from trafficwatch.sync.outgoing import write_answer

    with village.work() as work:
        before = preview(work)
    account.tell("preview", records=sum(before.counts.values()), withheld=before.withheld)
    exported = export(village, out)[0]
    bundle = exported.path.rename(out / "report.twb")
    account.tell("exported", bytes=bundle.stat().st_size, records=exported.records)
    imported = take_in(ppt, bundle)
    receipt = write_answer(ppt, imported.receipt or "", out).rename(out / "receipt.twb")
    account.tell("imported", received=imported.received, refused=imported.refused)
    confirmed: Imported = take_in(village, receipt)
    account.tell("confirmed", received=confirmed.received)


def _try_untrained(out: Path, screening_id: str, account: Account) -> None:
    from trafficwatch.models.casework import Screening
    from trafficwatch.models.people import Person
    from trafficwatch.store.unlock import open_store

    store = open_store(out / "stores" / "village", HELPER_PASSPHRASE)
    try:
        with store.work() as work:
            people = len(work.records.select(Person))
            answers = len(work.records.get(Screening, screening_id).answers)
    finally:
        store.close()
    account.tell("untrained", people=people, answers=answers)


def _quote(text: str) -> str:
    return "\n".join(f"   > {line}".rstrip() for line in text.splitlines())
