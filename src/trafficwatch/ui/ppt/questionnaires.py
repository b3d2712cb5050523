# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's page 'Kuesioner': the versions of the questionnaire, a new one from a file, the replies that carry it.

A file is opened, what it changes is shown, and only then it can be published: that can't be taken back. Publishing
makes the replies; writing them to a stick is a step of its own, to be done for each stick.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trafficwatch.errors import ExpectedError
from trafficwatch.screening.publishing import Edition, Preview, editions
from trafficwatch.sync.publishing import Published, preview_file, publish, save_form, write_replies
from trafficwatch.sync.replies import villages
from trafficwatch.texts import t
from trafficwatch.ui.exchange.rows import bring
from trafficwatch.ui.ppt.questionnaire_cards import PreviewCard, ToVillagesCard, VersionsCard
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button


class QuestionnairesPage(Page):
    """The questionnaires of this PPT."""

    name = "questionnaires"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("questionnaires.title"), t("questionnaires.subtitle"))
        self._path: Path | None = None
        self._preview: Preview | None = None
        self.preview = PreviewCard()
        self.preview.put_aside.connect(self._put_aside)
        self.versions = VersionsCard()
        self.versions.form_wanted.connect(self._ask_form)
        self.to_villages = ToVillagesCard()
        self.to_villages.write_wanted.connect(self._ask_stick)
        if not desk.state.trained:
            self.body.addWidget(Notice(t("questionnaires.untrained"), Tone.INFO))
        for card in (self.preview, self.to_villages, self.versions):
            self.body.addWidget(card)
        self.body.addStretch(1)
        self.next = button(t("questionnaires.open"), self._go_on, role="primary")
        if desk.state.trained:
            self.footer(primary=self.next)
        else:
            self.next.hide()

    def enter(self, **_: Any) -> None:
        self._load()

    def unsaved(self) -> Unsaved | None:
        """The file that was opened; it is read again."""
        return None if self._path is None else Unsaved({"file": str(self._path)})

    def restore(self, content: dict[str, Any]) -> None:
        if content.get("file"):
            self._read(Path(content["file"]))

    def failed(self, error: ExpectedError) -> None:
        self._enable(is_able=True)
        super().failed(error)

    def _load(self) -> None:
        self.desk.tasks.work(
            self,
            lambda work: (editions(work), len(villages(work))),
            lambda found: self.show_found(*found),
            super().failed,
            slot="questionnaires",
        )

    def show_found(self, found: Sequence[Edition], count: int) -> None:
        self.versions.put(found)
        self.to_villages.put(count)

    # -- a new version -------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        if self._preview is None:
            self.desk.open_file(self, t("questionnaires.choose_file"), self._read, kinds="*.json *.xlsx")
        else:
            self._publish(self._preview)

    def _read(self, path: Path) -> None:
        self.clear_notices()
        self.desk.tasks.store(
            self, lambda store: preview_file(store, path), lambda found: self.show_preview(path, found)
        )

    def show_preview(self, path: Path, found: Preview) -> None:
        """A file was read: say what it changes, and offer to publish it."""
        self._path, self._preview = path, found
        self.preview.put(found, path.name)
        self.next.setText(t("questionnaires.publish", version=found.version.questionnaire.version))
        bring(self, self.preview.changes.list if self.preview.changes.list.lines else self.preview.aside)
        self.changed.emit()

    def _put_aside(self) -> None:
        self._path = self._preview = None
        self.preview.hide()
        self.next.setText(t("questionnaires.open"))
        self.next.setFocus()
        self.settled.emit()

    def _publish(self, found: Preview) -> None:
        content, file = found.content.encode(), self._path.name if self._path else ""
        self.clear_notices()
        self._enable(is_able=False)
        version = found.version.questionnaire.version
        self.desk.tasks.store(
            self, lambda store: publish(store, content, file), lambda done: self.show_published(version, done)
        )

    def show_published(self, version: int, done: Published) -> None:
        self._enable(is_able=True)
        self._put_aside()
        more = (
            t("questionnaires.published_next", count=done.villages)
            if done.villages
            else t("questionnaires.published_alone")
        )
        if done.villages:
            self.to_villages.write.setFocus()
        self._tell_done(t("questionnaires.published", version=version), more)
        self._load()

    # -- to the villages, and out as a form ----------------------------------------------------------------------------

    def _ask_stick(self) -> None:
        self.desk.open_folder(self, t("questionnaires.choose_stick"), self._write)

    def _write(self, folder: Path) -> None:
        self.clear_notices()
        self._enable(is_able=False)
        self.desk.tasks.store(self, lambda store: write_replies(store, folder), self.show_written)

    def show_written(self, paths: Sequence[Path]) -> None:
        self._enable(is_able=True)
        self._tell_done(t("questionnaires.written", count=len(paths)), t("questionnaires.written_next"))

    def _ask_form(self, ref: str) -> None:
        title = t("questionnaires.save_form")
        name = t("questionnaires.form_name")
        self.desk.save_file(self, title, lambda path: self.save_as_form(ref, path), name=name, kinds="*.xlsx")

    def save_as_form(self, ref: str, path: Path) -> None:
        self.clear_notices()
        version = self.versions.edition(ref).version.questionnaire.version
        words = t("questionnaires.form_saved", version=version, file=path.name)
        self.desk.tasks.store(
            self,
            lambda store: save_form(store, ref, path),
            lambda _: self._tell_done(words, t("questionnaires.form_next")),
        )

    def _tell_done(self, words: str, more: str) -> None:
        self.tell(words, Tone.OK, more=more)
        self.desk.say(words)

    def _enable(self, *, is_able: bool) -> None:
        for each in (self.next, self.to_villages.write):
            each.setEnabled(is_able)
