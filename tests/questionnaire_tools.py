# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of the questionnaire that nobody ever published: the newest one of the program, changed a little."""

from __future__ import annotations

from typing import Any

import msgspec

from trafficwatch.models.exchange import canonical
from trafficwatch.models.publishing import PublishedQuestionnaire
from trafficwatch.models.screening import Kind
from trafficwatch.screening import library, questionnaires
from trafficwatch.store.work import Work

NEWEST = questionnaires.newest()
NEXT = library.FIRST_PUBLISHED
REF = f"screening@{NEXT}"
RULES = questionnaires.rules(NEWEST.rules)
NEW_CODE = "X-NEW-1"
NEW_WORDS = "Apakah ada yang menyimpan telepon Anda?"
REWORDED = next(entry.code for entry in NEWEST.entries if entry.kind is Kind.ELEMENT)
REWORDS = "Apakah Anda dicari dan diajak untuk pergi?"


NAMED = {RULES.child_code, *RULES.before_departure_codes, *(code for duty in RULES.duties for code in duty.codes)}
"""The questions that the rules name."""


def _is_free(code: str) -> bool:
    """Whether nothing else names a question, so that it can be left out."""
    named = {each for entry in NEWEST.entries for each in entry.asks}
    named |= {each for group in NEWEST.groups for each in group.asks}
    return code not in named | NAMED | {module.gate for module in NEWEST.modules}


FREE = [entry.code for entry in NEWEST.entries if entry.kind is Kind.SIGN and not entry.module and _is_free(entry.code)]
"""Signs that another version may lack."""
GONE = FREE[0]


def document(version: int = NEXT, *, without: tuple[str, ...] = (GONE,), rules: Any = None) -> dict[str, Any]:
    """A new version: one question reworded, one new, some gone; with rules of its own if given."""
    content = questionnaires.to_document(NEWEST)
    kept = [entry for entry in content["entries"] if entry["code"] not in without]
    changed = next(entry for entry in kept if entry["code"] == REWORDED)
    changed["text"] = {"id": REWORDS, "en": "Were you sought out and talked into going?"}
    new = next(entry for entry in kept if entry["code"] in FREE)
    kept.append({**new, "code": NEW_CODE, "text": {"id": NEW_WORDS, "en": "Does anybody keep your telephone?"}})
    content |= {"version": version, "entries": kept}
    if rules is None:
        return {"questionnaire": content}
    content["rules"] = f"{rules['id']}@{rules['version']}"
    return {"questionnaire": content, "rules": rules}


def small(version: int = NEXT, words: str = "Singkat?") -> dict[str, Any]:
    """A version that is only carried about: elements, dangers and what the rules name, so that it is read quickly."""
    content = questionnaires.to_document(NEWEST)
    kept = [entry for entry in content["entries"] if entry["kind"] in {"element", "triage"} or entry["code"] in NAMED]
    codes = {entry["code"] for entry in kept}
    for part in (*kept, *content["groups"]):
        part["asks"] = [code for code in part.get("asks", ()) if code in codes]
        part.pop("module", None)
    kept[0]["text"] = {"id": words, "en": words}
    return {"questionnaire": {**content, "version": version, "entries": kept, "modules": []}}


def rules_of(version: int, **changes: Any) -> dict[str, Any]:
    """The newest rules under another version."""
    content: dict[str, Any] = msgspec.to_builtins(RULES)
    return {**content, "version": version, **changes}


def spelled(content: dict[str, Any]) -> str:
    return canonical(content)


def stored(work: Work) -> list[str | None]:
    """The refs of what was published here, the oldest first."""
    return [found.ref for found in work.records.select(PublishedQuestionnaire)]
