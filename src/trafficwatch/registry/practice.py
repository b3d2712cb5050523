# SPDX-License-Identifier: GPL-3.0-or-later
"""The practice village: invented residents with journeys and papers, recorded as a volunteer would.

Only a store that is marked as practice takes them; its bundles carry the mark, and a real PPT refuses them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from trafficwatch.errors import ConsentError
from trafficwatch.registry.residents import check_document, plan_journey, record_person
from trafficwatch.resources import resource
from trafficwatch.store.work import Work


class PracticeOnly(ConsentError):
    """Invented people belong into a practice store only."""

    key = "practice_only"


def practice_data() -> dict[str, Any]:
    """`resources/practice/village.json` as it is: village, volunteers, institutions, people."""
    content: dict[str, Any] = msgspec.json.decode(resource("practice", "village.json").read_bytes())
    return content


def populate(work: Work, wilayah_code: str) -> dict[str, str]:
    """Record all practice residents; gives each one's id by slug."""
    if not work.info.practice:
        raise PracticeOnly
    return {person["slug"]: _record(work, person, wilayah_code) for person in practice_data()["people"]}


def _record(work: Work, data: Mapping[str, Any], wilayah_code: str) -> str:
    kept = {key: value for key, value in data.items() if key not in {"slug", "journey", "documents"}}
    kept["aliases"] = dict.fromkeys(data["aliases"], True)
    kept["phones"] = {phone["number"]: phone["owner"] for phone in data["phones"]}
    person = record_person(work, **kept, wilayah_code=wilayah_code).person
    journey = plan_journey(work, person.id, **data["journey"]).id if data.get("journey") else None
    for document in data["documents"]:
        check_document(work, person.id, journey, **document)
    return person.id
