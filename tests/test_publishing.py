# SPDX-License-Identifier: GPL-3.0-or-later
"""A questionnaire from the PPT to its villages, in real bundles: taken in, asked, refused when it is not sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desks import (
    PPT_PASSPHRASE,
    Desks,
    Said,
    cli,
    content,
    done,
    dump,
    enrol,
    enrolled,
    make_bundle,
    refused,
    resident,
)
from questionnaire_tools import (
    GONE,
    NEW_CODE,
    NEWEST,
    NEXT,
    REF,
    REWORDED,
    REWORDS,
    document,
    rules_of,
    small,
    spelled,
    stored,
)
from sqlalchemy import func, select
from store_tools import write
from sync_tools import Device, device, sealed, written_once

from trafficwatch.casework.referrals import open_case
from trafficwatch.models.casework import Screening
from trafficwatch.models.exchange import BundleKind, Delivery, Stamp, canonical
from trafficwatch.models.fields import Side
from trafficwatch.models.publishing import CONTENT_LIMIT, PublishedQuestionnaire
from trafficwatch.models.screening import Answer, Value
from trafficwatch.models.staff import Training
from trafficwatch.models.tables import local
from trafficwatch.registry.residents import record_person
from trafficwatch.screening import library
from trafficwatch.screening.documents import BrokenQuestionnaireError
from trafficwatch.screening.library import QuestionnaireOfAnotherName
from trafficwatch.screening.publishing import QuestionnaireTooLarge, VersionNotHigher, preview
from trafficwatch.screening.sessions import answers_of, evaluate_screening, record_screening
from trafficwatch.store.check import check
from trafficwatch.store.training import TrainingNeeded
from trafficwatch.store.work import Store
from trafficwatch.sync import enrolling, inbox, wire
from trafficwatch.sync.bundle import SenderUnknown
from trafficwatch.sync.devices import WrongDesk, own_keys, peers
from trafficwatch.sync.importing import Imported, take_in
from trafficwatch.sync.outbox import what_leaves
from trafficwatch.sync.publishing import publish, write_replies
from trafficwatch.village.audit import trail

FILE = "kuesioner.json"
YES = Answer(Value.YES)


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """Desks for tests after which nothing has changed."""
    with enrolled(Path(tmp_path_factory.mktemp("still"))) as found:
        yield found


def carried(desks: Desks, document: dict[str, Any]) -> Imported:
    """Published at the PPT, carried over by stick, taken in at the village."""
    publish(desks.ppt, document, FILE)
    [path] = write_replies(desks.ppt, desks.stick)
    return take_in(desks.village, path)


def newest(store: Store) -> str:
    with store.work() as work:
        return library.newest(work).ref


def village_device(desks: Desks) -> str:
    with desks.village.work() as work:
        return work.info.device


def as_sent(ref: str, text: str, number: int, counter: int = 1, **more: Any) -> str:
    """The line of a questionnaire record that no use case would write; a higher counter replaces what was there."""
    values = {"ref": ref, "published_on": "2026-11-21", "content": text, **more}
    return wire.encode_record(
        written_once("questionnaire", values, number=number, stamp=Stamp(counter, "a" * 16)), "53.01"
    )


def from_the_ppt(desks: Desks, *lines: str) -> Imported:
    """A genuine reply with these lines."""
    name = f"{len(list(desks.stick.iterdir()))}.twb"
    return take_in(
        desks.village,
        make_bundle(desks.ppt, village_device(desks), BundleKind.REPLY, list(lines), desks.stick / name),
    )


def reasons(done: Imported) -> list[tuple[str, str]]:
    return [(result.type, result.reason) for result in done.results if result.state is Delivery.REFUSED]


def said_of_refusal(store: Store) -> str:
    """What the change log says of the last refusal."""
    with store.work() as work:
        return next(row.reason for row in trail(work).rows if row.action == "refused")


# -- from the PPT to the village ---------------------------------------------------------------------------------------


def test_a_published_version_is_asked_in_the_village_and_old_answers_keep_theirs(desks: Desks) -> None:
    person = resident(desks.village)
    with desks.village.work() as work:
        old = record_screening(work, person, {REWORDED: YES, GONE: YES}).screening.id
    done = carried(desks, document())
    assert reasons(done) == []
    with desks.village.work() as work:
        new = record_screening(work, person, {REWORDED: YES, NEW_CODE: YES}).screening
        was = evaluate_screening(work, old)
        told = {
            found.id: {
                each.code: each.entry for each in library.told(work, found.questionnaire or "", answers_of(found))
            }
            for found in (was.screening, new)
        }
    assert (was.evaluation.questionnaire, new.questionnaire) == (NEWEST.ref, REF)
    assert told[old][REWORDED] == NEWEST.entry(REWORDED)
    assert told[old][GONE] == NEWEST.entry(GONE)
    assert (asked := told[new.id][REWORDED]) is not None
    assert asked.text.id == REWORDS


def test_a_reply_taken_in_twice_changes_nothing(desks: Desks) -> None:
    publish(desks.ppt, small(), FILE)
    [path] = write_replies(desks.ppt, desks.stick)
    take_in(desks.village, path)
    before = dump(desks.village)
    assert write_replies(desks.ppt, desks.stick) == (path,)
    assert take_in(desks.village, path).again
    assert dump(desks.village) == before


def test_versions_come_in_any_order_and_are_never_rolled_back(desks: Desks) -> None:
    publish(desks.ppt, small(), FILE)
    [first] = write_replies(desks.ppt, desks.stick)
    early = first.rename(first.with_name("early.twb"))
    carried(desks, small(NEXT + 1))
    assert newest(desks.village) == f"screening@{NEXT + 1}"
    assert reasons(take_in(desks.village, early)) == []
    assert newest(desks.village) == f"screening@{NEXT + 1}"


def test_who_is_enrolled_later_gets_all_of_them_with_the_approval(desks: Desks) -> None:
    first = small()
    first["questionnaire"]["rules"] = "rules@1007"
    publish(desks.ppt, {**first, "rules": rules_of(1007)}, FILE)
    later = small(NEXT + 1)
    later["questionnaire"]["rules"] = "rules@1007"
    publish(desks.ppt, later, FILE)
    enrol(desks.village, desks.ppt, desks.stick)
    with desks.village.work() as work:
        assert stored(work) == [REF, f"screening@{NEXT + 1}"]
        assert library.rules(work, library.newest(work)).version == 1007


def test_the_ppt_reads_a_screening_by_the_version_it_published(desks: Desks) -> None:
    publish(desks.ppt, document(), FILE)
    with desks.ppt.work() as work:
        person = record_person(work, name="Yohanis Bere").person.id
        record_screening(work, person, {NEW_CODE: YES, REWORDED: YES})
        case = inbox.received_case(work, open_case(work, person).id)
    assert case.explanation is not None
    assert case.explanation.questionnaire.ref == REF
    assert NEW_CODE in case.explanation.answers


# -- refused at the village --------------------------------------------------------------------------------------------


def broken(content: dict[str, Any]) -> str:
    content["questionnaire"]["entries"][0]["asks"] = ["E-NONE-1"]
    return spelled(content)


def test_what_is_not_sound_is_refused_and_the_old_one_stays(desks: Desks) -> None:
    code = NEWEST.entries[0].code
    no_questionnaires = ("x", "{}", canonical({"questionnaire": None}), "[" * 3_000)
    directory = written_once("institution", {"name": "Puskesmas Tarus"}, number=9)
    done = from_the_ppt(
        desks,
        wire.encode_record(directory, "53.01"),
        *(as_sent(REF, text, number) for number, text in enumerate(no_questionnaires, start=2)),
        as_sent(REF, broken(document()), 1),
    )
    assert reasons(done) == [("questionnaire", "questionnaire_broken")] * 5
    assert [each.type for each in done.results if each.state is Delivery.RECEIVED] == ["institution"]
    assert newest(desks.village) == NEWEST.ref
    with desks.village.work() as work:
        assert stored(work) == []
        kept = set(work.connection.execute(select(local.quarantine.c.reason, local.quarantine.c.bundle)).all())
    assert kept == {("questionnaire_broken", done.bundle)}
    said = said_of_refusal(desks.village)
    assert said.startswith(f"{done.bundle[:8]}.twb: {REF}: ")
    assert all(word in said for word in (code, "E-NONE-1"))
    sound = from_the_ppt(desks, as_sent(REF, spelled(document()), 1))
    assert (reasons(sound), newest(desks.village)) == ([], REF)
    assert check(desks.village).findings == ()


def test_a_known_version_is_changed_by_no_reply(desks: Desks) -> None:
    texts = {number: spelled(small(NEXT + number)) for number in range(4)}
    refs = {number: f"screening@{NEXT + number}" for number in texts}
    assert reasons(from_the_ppt(desks, *(as_sent(refs[n], texts[n], n + 1) for n in range(3)))) == []
    before = newest(desks.village), dump(desks.village)["questionnaire"]
    other = spelled(small(words="Lain?"))
    done = from_the_ppt(
        desks,
        as_sent(refs[0], other, 1, 2),  # another content in the same record
        as_sent(refs[3], texts[3], 2, 2),  # the record for another version
        as_sent(refs[2], texts[2], 3, 2, deleted="entered_by_mistake"),  # the version taken away
        as_sent(refs[0], other, 4),  # the same version in another record
        as_sent(refs[3], texts[2], 5),  # under a ref that is not its own
        as_sent(NEWEST.ref, spelled(small(NEWEST.version)), 6),  # one of the program
    )
    assert reasons(done) == [("questionnaire", "questionnaire_broken")] * 6
    assert (newest(desks.village), dump(desks.village)["questionnaire"]) == before


@pytest.mark.parametrize("claim", ["a stranger", "the PPT"])
def test_another_sender_is_believed_nothing(desks: Desks, claim: str) -> None:
    with desks.village.work() as work:
        own, [ppt] = own_keys(work), peers(work)
    stranger = device("stranger", Side.PPT, ppt.code)
    sender = stranger if claim == "a stranger" else replace(stranger, id=ppt.device)
    receiver = Device(own.device, Side.VILLAGE, "53.01.08.2008", False, own.signing_seed, own.identity)
    forged = sealed(sender, receiver, [as_sent(REF, spelled(document()), 1)], kind=BundleKind.REPLY)
    path = desks.stick / "forged.twb"
    path.write_bytes(forged)
    with pytest.raises(SenderUnknown):
        take_in(desks.village, path)
    assert newest(desks.village) == NEWEST.ref


def test_a_village_publishes_nothing(desks: Desks) -> None:
    with pytest.raises(WrongDesk):
        publish(desks.village, document(), FILE)
    with pytest.raises(WrongDesk):
        write_replies(desks.village, desks.stick)
    with desks.village.work() as work:
        write(work, PublishedQuestionnaire, ref=REF, published_on="2026-11-20", content=spelled(document()))
        assert "questionnaire" not in {each.type for each in what_leaves(work)}
    with desks.ppt.work() as work:
        ppt = work.info.device
    state = written_once("questionnaire", {"ref": REF, "content": spelled(document())})
    lines = [wire.encode_record(state, "53.01.08.2008")]
    done = take_in(desks.ppt, make_bundle(desks.village, ppt, BundleKind.REPORT, lines, desks.stick / "forged.twb"))
    assert reasons(done) == [("questionnaire", "field_owned_elsewhere")]
    assert newest(desks.ppt) == NEWEST.ref


# -- at the PPT --------------------------------------------------------------------------------------------------------


def test_what_changes_is_listed_before_it_is_published(still: Desks) -> None:
    content = document(rules=rules_of(1007))
    entries = {entry["code"]: entry for entry in content["questionnaire"]["entries"]}
    reread = next(entry for entry in NEWEST.entries if entry.risk == "medium")
    entries[reread.code]["risk"] = "high"
    with still.ppt.work() as work:
        found = preview(work, content, FILE)
        assert stored(work) == []
    assert (found.before, found.version.questionnaire.ref) == (NEWEST, REF)
    changed = found.difference
    codes = [tuple(entry.code for entry in part) for part in (changed.added, changed.removed)]
    assert codes == [(NEW_CODE,), (GONE,)]
    assert [entry.code for entry in changed.reworded] == [REWORDED]
    assert changed.reworded[0].text.id == REWORDS
    assert [entry.code for entry in changed.reread] == [reread.code]
    assert changed.new_rules
    assert changed.codes == {NEW_CODE, GONE, REWORDED, reread.code}


@pytest.mark.parametrize("version", [1, NEWEST.version])
def test_only_a_higher_version_is_published(still: Desks, version: int) -> None:
    before = dump(still.ppt)
    with pytest.raises(VersionNotHigher) as raised:
        publish(still.ppt, document(version), FILE)
    assert raised.value.params == {"file": FILE, "version": version, "highest": NEWEST.version}
    assert dump(still.ppt) == before


def test_what_a_screening_claims_takes_no_number(still: Desks) -> None:
    """One hostile village could else keep its PPT from publishing for ever."""
    with still.ppt.work() as work, work.tried():
        person = record_person(work, name="Yohanis Bere").person.id
        of_id = record_screening(work, person, {REWORDED: YES}).screening.id
        work.write(Screening, of_id, questionnaire="screening@999999")
        assert preview(work, document(), FILE).version.questionnaire.ref == REF


def test_what_is_not_sound_is_named_with_file_code_and_reason(still: Desks) -> None:
    before = dump(still.ppt)
    with pytest.raises(BrokenQuestionnaireError) as raised:
        publish(still.ppt, broken(document()).encode(), FILE)
    assert raised.value.params["file"] == FILE
    assert raised.value.params["code"] == NEWEST.entries[0].code
    assert "E-NONE-1" in str(raised.value.params["reason"])
    other = document()
    other["questionnaire"]["id"] = "survey"
    with pytest.raises(QuestionnaireOfAnotherName):
        publish(still.ppt, other, FILE)
    assert dump(still.ppt) == before


def test_what_no_bundle_carries_is_not_published(still: Desks) -> None:
    long = document()
    for entry in long["questionnaire"]["entries"]:
        entry["help"] = {"id": "é" * 1_500, "en": "e" * 1_500}
    assert len(canonical(long)) > CONTENT_LIMIT
    with pytest.raises(QuestionnaireTooLarge):
        publish(still.ppt, long, FILE)


def test_publishing_takes_training_and_gives_all_or_nothing(desks: Desks) -> None:
    with desks.ppt.work() as work:
        [training] = work.records.select(Training)
        work.write(Training, training.id, valid_until="2026-01-01")
    before = dump(desks.ppt)
    with pytest.raises(TrainingNeeded):
        publish(desks.ppt, document(), FILE)
    assert dump(desks.ppt) == before


def test_replies_are_made_with_the_publication(desks: Desks) -> None:
    done = publish(desks.ppt, spelled(document()).encode(), FILE)
    assert (done.questionnaire.ref, done.villages) == (REF, 1)
    [path] = write_replies(desks.ppt, desks.stick)
    _, lines = content(desks.village, path)
    [line] = [each for each in lines if each["type"] == "questionnaire"]
    assert line["fields"]["ref"] == REF
    with desks.ppt.work() as work:
        made = select(func.count()).select_from(local.bundle_out).where(local.bundle_out.c.kind == "reply")
        assert work.connection.execute(made).scalar_one() == 2
        assert work.records.select(PublishedQuestionnaire)[0].published_on == work.today
        [made_known] = (row.changes for row in trail(work).rows if row.type == "questionnaire")
        assert max(len(change.new) for change in made_known) < 60
    enrolling.revoke(desks.ppt, village_device(desks), desks.stick, "hilang")
    assert write_replies(desks.ppt, desks.stick) == ()


# -- by commands -------------------------------------------------------------------------------------------------------


def test_publishing_by_commands(desks: Desks) -> None:
    path = desks.folder / FILE
    path.write_text(spelled(document()), "utf-8")

    def ppt(*words: object) -> Said:
        return cli("--json", "--store", desks.folder / "ppt", "ppt", "questionnaire", *words, passphrase=PPT_PASSPHRASE)

    desks.ppt.close()
    changes = {"added": [NEW_CODE], "removed": [GONE], "reworded": [REWORDED], "reread": [], "new_rules": False}
    assert done(ppt("publish", path, "--preview")) == {"questionnaire": REF, **changes}
    said = done(ppt("publish", path, "--out", desks.stick))
    [reply] = desks.stick.iterdir()
    assert said == {"questionnaire": REF, "villages": 1, "files": [str(reply)], **changes}
    listed = done(ppt("list"))["questionnaires"]
    assert [row["questionnaire"] for row in listed] == [REF, *(f"screening@{n}" for n in range(NEWEST.version, 0, -1))]
    assert listed[0].items() >= changes.items()
    assert listed[0]["published_on"]
    assert listed[1]["published_on"] is None
    assert done(ppt("replies", "--out", desks.stick)) == {"files": [str(reply)]}
    refused(ppt("publish", path), "questionnaire_version_not_higher")
    assert reasons(take_in(desks.village, reply)) == []
    assert newest(desks.village) == REF
