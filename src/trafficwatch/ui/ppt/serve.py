# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's page for its inbox over the internet: start and stop it, where it listens, and what came since.

The certificate's fingerprint is shown to compare with what a village sees. Nothing here is needed for working with
sticks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trafficwatch.errors import ExpectedError
from trafficwatch.sync.network.settings import Settings, choose, own_inbox, settings
from trafficwatch.texts import t
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.ppt.serving import serving_of
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import Field, button, card, label, line_edit

COUNTED = ("taken", "again", "refused", "later", "failed")
"""Events of the inbox that are counted, in this order."""
_GROUP = 4


class ServePage(Page):
    """Starting, stopping, and what came."""

    name = "serve"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("serve.title"), t("serve.subtitle"), can_go_back=True)
        self.serving = serving_of(desk)
        self._chosen = Settings()
        self.serving.changed.connect(self._show)
        self.serving.trouble.connect(self.failed)
        frame, column = card(t("serve.now"))
        self.said, self.since = label("", "lead"), label("", "soft")
        self.counts = {kind: label("") for kind in COUNTED}
        for widget in (self.said, self.since, *self.counts.values()):
            column.addWidget(widget)
        self.body.addWidget(frame)
        frame, column = card(t("serve.where"), t("serve.where_what"))
        self.address = line_edit(placeholder="https://ppt.example.go.id:8443", limit=200)
        self.port = line_edit(limit=5)
        column.addWidget(Field(t("serve.address"), self.address, t("serve.address_hint")))
        column.addWidget(Field(t("serve.port"), self.port, t("serve.port_hint")))
        self.keep = button(t("serve.keep"), self._keep, icon_name="save")
        column.addLayout(side_by_side(self.keep))
        self.body.addWidget(frame)
        self.print_card, column = card(t("serve.pin"), t("serve.pin_what"))
        self.print_of = label("", "digits")
        column.addWidget(self.print_of)
        self.body.addWidget(self.print_card)
        self.body.addStretch(1)
        self.act = button("", self._act, role="primary")
        self.footer(primary=self.act)
        self._show()
        self.print_card.hide()

    def enter(self, **_: Any) -> None:
        self._load()

    def _load(self) -> None:
        self.desk.tasks.work(self, lambda work: (settings(work), own_inbox(work)[1]), self._put, slot="inbox")

    def _put(self, found: tuple[Settings, str]) -> None:
        self._chosen, pin = found
        self.address.setText(self._chosen.address)
        self.port.setText(str(self._chosen.port))
        self.show_pin(pin)
        self._show()

    def _show(self) -> None:
        """How it stands now."""
        serving = self.serving
        if serving.is_running:
            self.show_running(serving.port, serving.since, serving.counts)
        else:
            self.said.setText(t("serve.stopped"))
            self.since.setText(t("serve.stopped_what"))
            self.act.setText(t("serve.start"))
            for words in self.counts.values():
                words.hide()
        is_free = self.desk.state.trained and not serving.is_changing
        self.act.setEnabled(is_free)
        for entry in (self.address, self.port, self.keep):
            entry.setEnabled(is_free and not serving.is_running)

    def show_running(self, port: int, since: str, counts: Mapping[str, int]) -> None:
        """Say that it takes bundles in, and what came since."""
        self.said.setText(t("serve.running", port=port))
        self.act.setText(t("serve.stop"))
        self.since.setText(t("serve.since", at=moment(since)))
        for kind, words in self.counts.items():
            count = counts.get(kind, 0)
            words.setText(t(f"serve.count.{kind}", count=count))
            words.setVisible(bool(count) or kind in {"taken", "refused"})

    def show_pin(self, pin: str) -> None:
        """Show the fingerprint of the certificate, '' for none."""
        self.print_of.setText(fingerprint(pin))
        self.print_card.setVisible(bool(pin))

    def _act(self) -> None:
        self.clear_notices()
        if self.serving.is_running:
            self.serving.stop()
        else:
            self.serving.start()

    def _keep(self) -> None:
        port = int(self.port.text()) if self.port.text().strip().isdecimal() else -1
        chosen = Settings(self._chosen.host, port, self.address.text().strip())
        self.clear_notices()
        self.desk.tasks.work(self, lambda work: choose(work, chosen), lambda _: self._kept())

    def _kept(self) -> None:
        self.tell(t("serve.kept"), Tone.OK, more=t("serve.kept_more"))
        self._load()

    def failed(self, error: ExpectedError) -> None:
        super().failed(error)
        self._show()


def fingerprint(pin: str) -> str:
    """A certificate's SHA-256 (hex) in groups that can be read aloud."""
    return " ".join(pin[place : place + _GROUP] for place in range(0, len(pin), _GROUP)).upper()
