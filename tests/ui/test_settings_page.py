# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings: every choice counts at once, and one more volunteer joins with a passphrase of their own."""

from __future__ import annotations

import pytest
from conftest import StageOf
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from trafficwatch.store.unlock import open_store
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.member_form import MemberForm
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.settings_page import SettingsPage
from trafficwatch.ui.theme.palette import Theme
from trafficwatch.ui.widgets.parts import Choice
from trafficwatch.village.setup import desk_members

PASSPHRASE = "lumbung padi biru sembilan"


def choose(choice: Choice, value: str) -> None:
    """As a user does: the entry, then the signal that only users cause."""
    choice.choose(value)
    choice.activated.emit(choice.currentIndex())


def words(page: SettingsPage) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page)]


def fill(page: SettingsPage, *, kind: int, name: str = "Elisabet Naisoko") -> MemberForm:
    page.members.add.click()
    form = page.members.form
    assert form is not None
    QTest.keyClicks(form.name, name)
    form.training.kinds.buttons()[kind].click()
    if kind < 2:
        form.training.date.typed = "2025"
    for line in (form.passphrase.first.line, form.passphrase.second.line):
        QTest.keyClicks(line, PASSPHRASE)
    return form


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("language", "en", Settings(theme=Theme.LIGHT, language="en")),
        ("zoom", "150", Settings(theme=Theme.LIGHT, zoom=150)),
        ("theme", "contrast", Settings(theme=Theme.CONTRAST)),
        ("paper", "f4", Settings(theme=Theme.LIGHT, paper="f4")),
        ("wait", "15", Settings(theme=Theme.LIGHT, lock_after=15)),
    ],
)
def test_a_choice_counts_at_once(stage_of: StageOf, name: str, value: str, expected: Settings) -> None:
    stage = stage_of("empty")
    page = stage.page(SettingsPage)
    choose(getattr(page, name), value)
    assert stage.desk.settings == expected
    assert stage.said == ["Pengaturan diterapkan"]
    choose(getattr(page, name), value)
    assert len(stage.said) == 1


def test_the_page_says_who_belongs_to_the_desk_and_where_the_data_are(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(SettingsPage)
    shown = words(page)
    with stage.tasks._store.work() as work:  # type: ignore[union-attr]
        members = desk_members(work)
    assert [name for name in shown if name in {member.name for member in members}] == [m.name for m in members]
    assert "Terlatih" in shown
    assert "Belum terlatih" in shown
    assert str(stage.tasks._store.folder) in shown  # type: ignore[union-attr]


def test_a_trained_volunteer_joins_with_a_passphrase_of_their_own(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    page = stage.page(SettingsPage)
    fill(page, kind=0)
    page.members.save.click()
    stage.settle()
    assert page.members.form is None
    assert "Elisabet Naisoko" in words(page)
    assert stage.said == ["Anggota baru tersimpan"]
    opened = open_store(stage.tasks._store.folder, PASSPHRASE)  # type: ignore[union-attr]
    with opened.work() as work:
        assert work.sealer.able
    opened.close()


def test_who_is_not_trained_can_add_only_who_is_not_trained_either(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = stage.page(SettingsPage)
    form = fill(page, kind=0)
    page.members.save.click()
    stage.settle()
    assert page._notices.count() == 1
    assert form.passphrase.value == PASSPHRASE
    assert page.members.save.isEnabled()
    form.training.kinds.buttons()[2].click()
    page.members.save.click()
    stage.settle()
    assert page.members.form is None
    assert "Elisabet Naisoko" in words(page)


def test_a_weak_passphrase_reaches_no_store(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    page = stage.page(SettingsPage)
    form = fill(page, kind=2, name="Rahasia Sekali")
    for line in (form.passphrase.first.line, form.passphrase.second.line):
        line.setText("rahasia sekali 1")
    page.members.save.click()
    assert stage.tasks.is_idle
    assert form.passphrase.first.field._error.text()


def test_a_half_typed_volunteer_is_kept_without_the_passphrase(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    page = stage.page(SettingsPage)
    assert page.unsaved() is None
    changes: list[bool] = []
    page.changed.connect(lambda: changes.append(True))
    fill(page, kind=1)
    assert changes
    left = page.unsaved()
    assert left is not None
    assert PASSPHRASE not in str(left.content)
    again = stage.page(SettingsPage, draft=dict(left.content))
    assert again.members.form is not None
    shown = again.members.form
    assert (shown.name.text(), shown.training.kind) == ("Elisabet Naisoko", "professional_education")
    assert again.members.form.passphrase.value == ""
    settled: list[bool] = []
    again.settled.connect(lambda: settled.append(True))
    again.members.cancel.click()
    assert (settled, again.unsaved()) == ([True], None)


def test_locking_and_the_recovery_sheet_are_one_click_away(stage_of: StageOf) -> None:
    stage: Stage = stage_of("ppt_empty")
    page = stage.page(SettingsPage)
    shown = words(page)
    assert "Petugas" in shown
    assert ("Belum dicocokkan dengan kertas" in shown) is not stage.desk.state.recovery_checked
    page.lock_now.click()
    page.open_sheet.click()
    assert [name for name, _ in stage.went] == ["lock", "recovery"]
