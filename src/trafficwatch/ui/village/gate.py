# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in place of a page of handling for somebody whose training does not open it: who may, and the way on.

To notice, to inform and to hand over are for everyone (P2/2024 art. 4, 7), so the way on never ends here.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout

from trafficwatch.models.staff import Ability
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.training_form import ability_words
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import button, label
from trafficwatch.village.setup import who_may


class GateCard(QFrame):
    """Kindly: who does this, what everyone can do instead, to whom it can be handed over."""

    def __init__(self, desk: Desk, ability: Ability | None = Ability.SCREENING, task: str = "") -> None:
        """`task` names the title where it is another than the ability's own; without one any training will do."""
        super().__init__()
        title = t(f"ability.title.{task or ability or 'any'}")
        self.setProperty("box", "card")
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(title, "heading"))
        column.addWidget(label(t("ability.why")))
        if desk.state.trained and ability is not None:
            own = ability_words(desk.state.abilities)
            column.addWidget(label(t("ability.yours", own=own, needed=word("ability", ability))))
        column.addWidget(label(t("ability.can"), "strong"))
        for key in ("notice", "report", "calm"):
            column.addWidget(label(t(f"ability.can_{key}")))
        self.others = label("")
        column.addWidget(self.others)
        note = button(t("signs.title"), lambda: desk.go("sign_note"), icon_name="eye")
        emergency = button(t("screening_desk.emergency"), lambda: desk.go("emergency"), icon_name="emergency")
        for each in (note, emergency):
            column.addWidget(each, 0, Qt.AlignmentFlag.AlignLeft)
        desk.tasks.work(self, lambda work: who_may(work, ability), self.put)

    def failed(self, _: object) -> None:
        """Without names the card says enough."""

    def put(self, names: tuple[str, ...]) -> None:
        """To whom it can be handed over."""
        self.others.setText(t("ability.hand_over", names=", ".join(names)) if names else t("ability.hand_over_ppt"))
