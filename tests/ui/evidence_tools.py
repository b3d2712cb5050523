# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of evidence files, opened, and what stands on them."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from trafficwatch.casework.attachments import attachments_of
from trafficwatch.ui.gallery.evidence import kept, of_name
from trafficwatch.ui.gallery.referral import person_of, read
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.attachment import AttachmentPage
from trafficwatch.ui.village.attachments import AttachmentAddPage


def words(widget: QWidget) -> str:
    return "\n".join(
        label.text().replace("\u200b", "") for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)
    )


def opened(stage: Stage, name: str) -> AttachmentPage:
    return stage.page(AttachmentPage, attachment_id=of_name(stage, kept(stage), name))


def adding(stage: Stage, *, draft: dict[str, str] | None = None) -> tuple[str, AttachmentAddPage]:
    person = person_of(stage, "Elisabet")
    return person, stage.page(AttachmentAddPage, draft=draft, person_id=person)


def names(stage: Stage, person: str) -> list[str]:
    return [row.name for row in read(stage, lambda work: attachments_of(work, person))]
