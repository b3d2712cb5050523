# SPDX-License-Identifier: GPL-3.0-or-later
"""A new version of the questionnaire at the PPT: read from a file, held against the one before, published.

The file is JSON (the document that travels, or the questions alone) or an XLSForm. Nothing is published unseen:
`preview` says which questions are new, gone, in other words or read otherwise. Codes are permanent, so a question that
is gone is only asked no more; what was told to it stays with its record. How the villages get the new version is for
`sync.publishing` to say.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trafficwatch.errors import InputError
from trafficwatch.models.exchange import canonical
from trafficwatch.models.publishing import CONTENT_LIMIT, PublishedQuestionnaire
from trafficwatch.models.screening import Entry, Questionnaire
from trafficwatch.screening import documents, library
from trafficwatch.screening.library import MAIN, QuestionnaireOfAnotherName, Version
from trafficwatch.screening.xlsform import read_xlsform
from trafficwatch.store.training import require_training
from trafficwatch.store.work import Work

_LINE_ROOM = 900_000
"""Bytes that the content may take on a line of a bundle, which holds a million."""

_ZIP = b"PK\x03\x04"

Content = bytes | Mapping[str, Any]


class QuestionnaireTooLarge(InputError):
    """The questionnaire is longer than a bundle carries; parameters `file` and `kilobytes`."""

    key = "questionnaire_too_large"
    catalogue = "errors_screening"


class VersionNotHigher(InputError):
    """A new version has to be higher than every one in use; parameters `file`, `version` and `highest`."""

    key = "questionnaire_version_not_higher"
    catalogue = "errors_screening"


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version does to the questions of the one before, in the order in which they are asked.

    `reworded`: the words changed; `reread`: what the answer counts for changed, in the same words or others.
    """

    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    reworded: tuple[Entry, ...]
    reread: tuple[Entry, ...]
    new_rules: bool

    @property
    def codes(self) -> frozenset[str]:
        """Every question that is not simply the same."""
        return frozenset(
            entry.code for part in (self.added, self.removed, self.reworded, self.reread) for entry in part
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """A version that can be published, and what it changes of the one that is asked now; `content` is what is sent."""

    version: Version
    before: Questionnaire
    difference: Difference
    content: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One version that is known here, and what it changed of the one `before`; None for the first one."""

    version: Version
    before: Questionnaire | None
    difference: Difference | None


def editions(work: Work) -> tuple[Edition, ...]:
    """Every version that can be read here, the newest first."""
    known = library.versions(work)
    older = [*(found.questionnaire for found in known[1:]), None]
    return tuple(
        Edition(found, before, difference(before, found.questionnaire) if before else None)
        for found, before in zip(known, older, strict=True)
    )


def preview(work: Work, content: Content, file: str) -> Preview:
    """What publishing this content would do. `file` is how errors name it.

    Raises BrokenQuestionnaireError, QuestionnaireTooLarge, QuestionnaireOfAnotherName, VersionNotHigher or
    VersionChanged.
    """
    text = _text(content, file)
    asked = library.decode(text, file).questionnaire
    if asked.id != MAIN:
        raise QuestionnaireOfAnotherName(name=asked.id)
    highest = library.highest(work)
    if asked.version <= highest:
        raise VersionNotHigher(file=file, version=asked.version, highest=highest)
    version, before = library.admit(work, text, file), library.newest(work)
    library.check_change([before], asked, file)
    return Preview(version, before, difference(before, asked), text)


def publish(work: Work, content: Content, file: str) -> PublishedQuestionnaire:
    """Keep a new version, which is asked from now on; raises what `preview` raises, and TrainingNeeded."""
    require_training(work)
    found = preview(work, content, file)
    ref = found.version.questionnaire.ref
    record_id = work.write(PublishedQuestionnaire, ref=ref, published_on=work.today, content=found.content)
    return work.records.get(PublishedQuestionnaire, record_id)


def difference(before: Questionnaire, after: Questionnaire) -> Difference:
    """What changed from one version to the other. Pure."""
    old = {entry.code: entry for entry in before.entries}
    new = {entry.code: entry for entry in after.entries}
    both = [(old[entry.code], entry) for entry in after.entries if entry.code in old]
    return Difference(
        added=tuple(entry for entry in after.entries if entry.code not in old),
        removed=tuple(entry for entry in before.entries if entry.code not in new),
        reworded=tuple(now for was, now in both if _words(was) != _words(now)),
        reread=tuple(now for was, now in both if _meaning(was) != _meaning(now)),
        new_rules=before.rules != after.rules,
    )


def _text(content: Content, file: str) -> str:
    """The content as it is kept and sent: one spelling, without blanks."""
    if isinstance(content, bytes) and content.startswith(_ZIP):
        found: Any = {"questionnaire": documents.to_document(read_xlsform(content, file))}
    else:
        found = documents.decode(content, file)
    try:
        text = canonical(found if "questionnaire" in found else {"questionnaire": found})
    except RecursionError:
        documents.refuse(documents.Problem("JSON", "not_json"), file)
    if len(text) > CONTENT_LIMIT or len(canonical(text).encode()) > _LINE_ROOM:
        raise QuestionnaireTooLarge(file=file, kilobytes=CONTENT_LIMIT // 1_000)
    return text


_WORDS = ("text", "short", "help")


def _words(entry: Entry) -> tuple[Any, ...]:
    return tuple(getattr(entry, name) for name in _WORDS)


def _meaning(entry: Entry) -> tuple[Any, ...]:
    """All but the words, and but where the question comes from."""
    kept = (field.name for field in dataclasses.fields(entry) if field.name not in {*_WORDS, "source", "indicators"})
    return tuple(getattr(entry, name) for name in kept)
