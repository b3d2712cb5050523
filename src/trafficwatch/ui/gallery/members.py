# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of a member's page: oneself, somebody trained, somebody not yet trained, the question, renewing keys."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.shell.member_page import MemberPage


def of(stage: Stage, *, is_me: bool) -> MemberPage:
    """The page of who is at work, or of the first of the others."""
    from trafficwatch.village.member_card import member_card
    from trafficwatch.village.setup import desk_members

    def find(store: Any) -> str:
        me = member_card(store).member.id
        with store.work() as work:
            others = [each.id for each in desk_members(work) if each.id != me]
        return me if is_me else others[0]

    found: list[str] = []
    stage.tasks.do(stage.tasks, lambda: find(stage.tasks._opened()), found.append)  # noqa: SLF001 - the stage's own
    stage.settle()
    return stage.page(MemberPage, member_id=found[0])


def _me(stage: Stage) -> QWidget:
    return of(stage, is_me=True)


def _other(stage: Stage) -> QWidget:
    return of(stage, is_me=False)


def _sure(stage: Stage) -> QWidget:
    page = of(stage, is_me=False)
    page.remove.click()
    return page


def _renewing(stage: Stage) -> QWidget:
    page = of(stage, is_me=False)
    page.show_renewing()
    page.told(34, 100)
    return page


SCENES = (
    Scene("member-me", "village", _me),
    Scene("member-other", "village", _other),
    Scene("member-trained", "untrained", _other),
    Scene("member-sure", "village", _sure),
    Scene("member-renewing", "village", _renewing),
    Scene("member-long", "long", _me),
    Scene("member-ppt", "ppt", _me),
)
