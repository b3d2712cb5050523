# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports and information to the authorities, and the evidence that goes with them (P2/2024 art. 7, Lampiran II.E)."""

from __future__ import annotations

from enum import StrEnum

from trafficwatch.models.care import choice, line, narrative, told
from trafficwatch.models.fields import Leaving, Record, date, flag, link, record


class ReportKind(StrEnum):
    """A report is not the same act as information (P2/2024 II.E)."""

    REPORT = "report"
    INFORMATION = "information"


class Channel(StrEnum):
    """The four ways of II.E."""

    IN_PERSON = "in_person"
    LETTER = "letter"
    ONLINE = "online"
    OTHER_OFFICIAL = "other_official"


@record("authority_report", leaving=Leaving.CASE)
class AuthorityReport(Record):
    """One report or information to one office. The reporter stays unnamed unless `reporter_agrees`.

    `lp_number` and `receipt_number` are those of the police: Laporan Polisi, and Surat Tanda Penerimaan Laporan.
    """

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    kind: str | None = choice(ReportKind, required=True)
    channel: str | None = choice(Channel, required=True)
    institution_id: str | None = link("institution", sealed=True)
    unit: str | None = line()
    officer: str | None = line()
    reported_on: str | None = date(required=True)
    reported_by: str | None = link("volunteer", required=True)
    reporter_agrees: bool | None = flag(sealed=True)
    reporter_name: str | None = line(needs="reporter_agrees")
    reporter_phone: str | None = told(limit=40, needs="reporter_agrees")
    summary: str | None = narrative()
    receipt_number: str | None = line()
    lp_number: str | None = line()
    articles: str | None = line()
    investigator: str | None = line()
    next_on: str | None = date()
    result: str | None = told()


class EvidenceKind(StrEnum):
    """What may back a report (II.E): letters, witnesses, electronic documents; things and medical papers besides."""

    LETTER = "letter"
    WITNESS = "witness"
    ELECTRONIC = "electronic"
    OBJECT = "object"
    MEDICAL = "medical"
    OTHER = "other"


@record("evidence_item", leaving=Leaving.CASE)
class EvidenceItem(Record):
    """One piece of evidence: what it is, from whom, where it is kept, and the file of it if there is one."""

    person_id: str | None = link("person", required=True)
    case_id: str | None = link("case_record")
    kind: str | None = choice(EvidenceKind, required=True)
    words: str | None = told(required=True)
    obtained_on: str | None = date(sealed=True)
    obtained_from: str | None = line()
    kept_at: str | None = line()
    attachment_id: str | None = link("attachment", sealed=True)


@record("custody", leaving=Leaving.CASE)
class Custody(Record):
    """One step of the chain of custody: who gave a piece to whom, when, why, in what condition."""

    person_id: str | None = link("person", required=True)
    evidence_id: str | None = link("evidence_item", required=True)
    given_on: str | None = date(required=True)
    from_whom: str | None = line(required=True)
    to_whom: str | None = line(required=True)
    purpose: str | None = told()
    condition: str | None = told()
    receipt_number: str | None = line()
