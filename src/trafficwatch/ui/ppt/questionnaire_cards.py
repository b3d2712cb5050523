# SPDX-License-Identifier: GPL-3.0-or-later
"""The cards of the page 'Kuesioner': a version that is not published yet, all versions, the way to the villages."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.models.screening import Entry, Questionnaire
from trafficwatch.screening.library import Version
from trafficwatch.screening.publishing import Difference, Edition, Preview
from trafficwatch.texts import current_language, t
from trafficwatch.ui.exchange.moments import day
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.attachment_words import breakable
from trafficwatch.ui.widgets.lines import Line, Lines
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, label

_KINDS = ("added", "removed", "reworded", "reread")
_SIGNS = {
    "added": ("plus", Tone.OK),
    "removed": ("minus", Tone.WARN),
    "reworded": ("question", Tone.INFO),
    "reread": ("warning", Tone.WARN),
}
"""Sign and colour of a change; its words always stand beside."""
_HEIGHT = 300


class Changes(QWidget):
    """What a version changed of the one before: in numbers, and question by question."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        self.words = label("")
        self.rules = label(t("questionnaires.new_rules"))
        self.list = Lines(t("questionnaires.list"), height=_HEIGHT)
        for each in (self.words, self.rules, self.list):
            column.addWidget(each)

    def put(self, before: Questionnaire | None, found: Difference | None, after: Questionnaire) -> None:
        self.words.setText(_summary(before, found))
        self.rules.setVisible(found is not None and found.new_rules)
        self.list.put(_changed(before, found, after) if before and found else [])
        self.list.setVisible(bool(self.list.lines))


class PreviewCard(QFrame):
    """A version that was read from a file and is not published yet."""

    put_aside = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("box", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        self.heading = label("", "heading")
        self.file = label("", "soft")
        self.changes = Changes()
        self.removed = label(t("questionnaires.preview_removed"))
        for each in (self.heading, self.file, self.changes, self.removed):
            column.addWidget(each)
        column.addWidget(Notice(t("questionnaires.preview_final"), Tone.INFO))
        self.aside = button(t("questionnaires.put_aside"), self.put_aside.emit, role="quiet", icon_name="close")
        column.addLayout(side_by_side(self.aside))
        self.hide()

    def put(self, found: Preview, file: str) -> None:
        asked = found.version.questionnaire
        self.heading.setText(t("questionnaires.preview", version=asked.version))
        self.setAccessibleName(self.heading.text())
        self.file.setText(t("questionnaires.preview_file", file=breakable(file), count=len(asked.entries)))
        self.changes.put(found.before, found.difference, asked)
        self.removed.setVisible(bool(found.difference.removed))
        self.show()


class VersionsCard(QFrame):
    """All versions; of the one that is pointed at, what it changed, and a form of it to save."""

    form_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._editions: dict[str, Edition] = {}
        self.setProperty("box", "card")
        self.setAccessibleName(t("questionnaires.versions"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(t("questionnaires.versions"), "heading"))
        column.addWidget(label(t("questionnaires.versions_how"), "soft"))
        self.list = Lines(t("questionnaires.versions"))
        self.list.pointed.connect(self._point)
        column.addWidget(self.list)
        self.about = QWidget()
        about = QVBoxLayout(self.about)
        about.setContentsMargins(0, px(6), 0, 0)
        about.setSpacing(px(8))
        self.title = label("", "strong")
        self.changes = Changes()
        words, hint = t("questionnaires.save_form"), t("questionnaires.save_form_hint")
        self.form = button(words, lambda: self.form_wanted.emit(self.list.current), icon_name="save")
        self.form.setAccessibleDescription(hint)
        about.addWidget(self.title)
        about.addWidget(self.changes)
        about.addLayout(side_by_side(self.form))
        about.addWidget(label(hint, "small"))
        column.addWidget(self.about)
        self.about.hide()

    def put(self, found: Sequence[Edition]) -> None:
        self._editions = {each.version.questionnaire.ref: each for each in found}
        self.list.put([_line(each.version, is_newest=not place) for place, each in enumerate(found)])
        if not self.list.current and found:
            self.list.point(found[0].version.questionnaire.ref)
        self._point(self.list.current)

    def edition(self, ref: str) -> Edition:
        return self._editions[ref]

    def _point(self, ref: str) -> None:
        found = self._editions.get(ref)
        self.about.setVisible(found is not None)
        if found is not None:
            asked = found.version.questionnaire
            self.title.setText(t("questionnaires.changes_of", version=asked.version))
            self.changes.put(found.before, found.difference, asked)


class ToVillagesCard(QFrame):
    """How a published version gets to the villages."""

    write_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("box", "card")
        self.setAccessibleName(t("questionnaires.villages"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(t("questionnaires.villages"), "heading"))
        self.how = label(t("questionnaires.villages_how"))
        self.count = label("", "strong")
        self.write = button(t("questionnaires.write"), self.write_wanted.emit, icon_name="stick")
        column.addWidget(self.how)
        column.addWidget(self.count)
        column.addLayout(side_by_side(self.write))

    def put(self, count: int) -> None:
        words = t("questionnaires.villages_count", count=count) if count else t("questionnaires.villages_none")
        self.count.setText(words)
        self.how.setVisible(bool(count))
        self.write.setVisible(bool(count))


def _line(version: Version, *, is_newest: bool) -> Line:
    asked, published = version.questionnaire, version.published_on
    said = [t("questionnaires.in_use")] if is_newest else []
    said.append(
        t("questionnaires.published_on", day=day(published)) if published else t("questionnaires.of_the_program")
    )
    said.append(t("questionnaires.count", count=len(asked.entries)))
    name = t("questionnaires.name", title=asked.title.of(current_language()), version=asked.version)
    more = " ".join(f"{part}." for part in said)
    return Line(asked.ref, name, more, Tone.OK if is_newest else Tone.NEUTRAL, "check" if is_newest else "screening")


def _summary(before: Questionnaire | None, found: Difference | None) -> str:
    if before is None or found is None:
        return t("questionnaires.first")
    counts = {kind: len(getattr(found, kind)) for kind in _KINDS}
    if not any(counts.values()):
        return t("questionnaires.same", version=before.version)
    said = ", ".join(t(f"questionnaires.sum_{kind}", count=count) for kind, count in counts.items() if count)
    return f"{t('questionnaires.summary', version=before.version)} {said}."


def _changed(before: Questionnaire, found: Difference, after: Questionnaire) -> list[Line]:
    """One entry for every question that is not simply the same, in the order in which they are asked."""
    kinds: dict[str, list[str]] = {}
    for kind in _KINDS:
        for entry in getattr(found, kind):
            kinds.setdefault(entry.code, []).append(kind)
    in_order = [*after.entries, *found.removed]
    return [_change(entry, kinds[entry.code], before) for entry in in_order if entry.code in kinds]


def _change(entry: Entry, kinds: Sequence[str], before: Questionnaire) -> Line:
    language = current_language()
    words = entry.text.of(language)
    said = t(
        "questionnaires.change", kinds=", ".join(t(f"questionnaires.is_{kind}") for kind in kinds), code=entry.code
    )
    if "reworded" in kinds and (was := before.entry(entry.code).text.of(language)) != words:
        said = f"{said} {t('questionnaires.was', text=was)}"
    icon, tone = _SIGNS[kinds[-1]]
    return Line(entry.code, words, said, tone, icon)
