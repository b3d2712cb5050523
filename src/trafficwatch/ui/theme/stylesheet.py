# SPDX-License-Identifier: GPL-3.0-or-later
"""The application's style sheet, written from a palette and a zoom. Pure text, no Qt.

Widgets say what they are by a dynamic property, never by colours of their own: `role` for buttons (`primary`, `quiet`,
`danger`, `rail`, `tile`), `kind` for labels (`title`, `heading`, `lead`, `soft`, `small`, `error`), `box` for frames
(`card`, `bar`, `sunken`), `tone` for chips and bars. Focus is a ring of its own colour on everything that takes it.
"""

from __future__ import annotations

from collections.abc import Callable

from trafficwatch.ui.theme.palette import Palette, Tone


def stylesheet(colours: Palette, px: Callable[[float], int], target: int, marks: str) -> str:
    """All rules; `px` scales lengths, `target` is the least height of a control in pixels at 100 %.

    `marks` is the folder of the small pictures inside controls (tick, dot, arrow), each in a light and a dark ink.
    """
    c = colours
    on_accent, on_surface = _ink(c.on_accent), _ink(c.text)
    height, pad, radius, ring = px(target), px(10), px(6), px(2)
    inner = height - 2 * ring  # a border is outside of `min-height`
    parts = [
        f"""
QWidget {{ color: {c.text}; }}
QMainWindow, QDialog, QStackedWidget, QScrollArea, QWidget[box="page"] {{ background: {c.ground}; }}
QScrollArea {{ border: none; }}
QLabel {{ background: transparent; }}
QLabel[kind="title"] {{ font-size: {px(25)}px; font-weight: bold; }}
QLabel[kind="heading"] {{ font-size: {px(19)}px; font-weight: bold; }}
QLabel[kind="lead"] {{ font-size: {px(17)}px; }}
QLabel[kind="strong"] {{ font-weight: bold; }}
QLabel[kind="soft"] {{ color: {c.soft_text}; }}
QLabel[kind="small"] {{ color: {c.soft_text}; font-size: {px(13)}px; }}
QLabel[kind="error"] {{ color: {c.danger.ink}; font-weight: bold; }}
QLabel[kind="digits"] {{ font-size: {px(23)}px; font-weight: bold; }}
QLineEdit[kind="digits"] {{ font-size: {px(20)}px; }}
QLabel[kind="number"] {{ font-size: {px(29)}px; font-weight: bold; color: {c.accent_ink}; }}
QLabel:focus {{ border: {ring}px solid {c.focus}; border-radius: {px(3)}px; }}
QToolTip {{ background: {c.text}; color: {c.surface}; border: none; padding: {px(4)}px; }}

QFrame[box="card"] {{ background: {c.surface}; border: 1px solid {c.line}; border-radius: {px(10)}px; }}
QFrame[box="sunken"] {{ background: {c.sunken}; border: none; border-radius: {radius}px; }}
QFrame[box="answer"] {{ background: {c.surface}; border: {ring}px solid transparent; border-radius: {radius}px; }}
QFrame[box="answer"]:focus {{ border-color: {c.focus}; }}
QFrame[box="call"] {{
  background: {c.surface}; border: 1px solid {c.line}; border-radius: {px(10)}px; padding: 1px; }}
QFrame[box="call"]:focus {{ border: {ring}px solid {c.focus}; padding: 0px; }}
QFrame[box="footer"] {{ background: {c.surface}; border: none; border-top: 1px solid {c.line}; }}
QFrame[box="rail"], QFrame[box="rail"] > QWidget {{ background: {c.rail}; }}
QFrame[box="rail"] QLabel {{ color: {c.on_rail}; }}
QFrame[box="status"] {{ background: {c.sunken}; border: none; border-top: 1px solid {c.line}; }}
QFrame[box="rule"] {{ background: {c.line}; border: none; }}

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox {{
  background: {c.surface}; border: 1px solid {c.field_line}; border-radius: {radius}px;
  padding: 1px {pad}px; min-height: {inner}px;
  selection-background-color: {c.accent}; selection-color: {c.on_accent};
}}
QPlainTextEdit, QTextEdit {{ padding: {px(6)}px {px(8)}px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus {{
  border: {ring}px solid {c.focus}; padding: 0px {pad - 1}px;
}}
QPlainTextEdit:focus, QTextEdit:focus {{ padding: {px(6) - 1}px {px(8) - 1}px; }}
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"], QComboBox[wrong="true"] {{
  border: {ring}px solid {c.danger.ink}; padding: 0px {pad - 1}px; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {{
  background: {c.sunken}; color: {c.disabled}; border-color: {c.line}; }}
QLineEdit:read-only {{ background: {c.sunken}; }}
QComboBox::drop-down {{ border: none; width: {px(28)}px; }}
QComboBox::down-arrow {{ image: url("{marks}/down-{on_surface}.svg"); width: {px(18)}px; height: {px(18)}px; }}
QComboBox QAbstractItemView {{
  background: {c.surface}; color: {c.text}; border: 1px solid {c.field_line};
  selection-background-color: {c.accent}; selection-color: {c.on_accent}; outline: none; }}
QComboBox QAbstractItemView::item {{ min-height: {height}px; }}

QPushButton, QToolButton {{
  background: {c.surface}; color: {c.accent_ink}; border: 1px solid {c.field_line}; border-radius: {radius}px;
  padding: 1px {px(14)}px; min-height: {inner}px; font-weight: bold;
}}
QToolButton {{ padding: 1px {px(8)}px; }}
QLineEdit QToolButton {{ padding: 0; min-height: 0; border: none; background: transparent; }}
QPushButton:hover, QToolButton:hover {{ background: {c.accent_soft}; color: {c.text}; }}
QPushButton:focus, QToolButton:focus {{
  border: {ring}px solid {c.focus}; padding: 0px {px(14) - 1}px; outline: none; }}
QToolButton:focus {{ padding: 0px {px(8) - 1}px; }}
QPushButton:disabled, QToolButton:disabled {{
  color: {c.disabled}; background: {c.sunken}; border-color: {c.line}; }}
QPushButton[role="primary"] {{ background: {c.accent}; color: {c.on_accent}; border: 1px solid {c.accent}; }}
QPushButton[role="primary"]:hover {{ background: {c.accent_hover}; }}
QPushButton[role="primary"]:focus {{ border: {ring}px solid {c.focus}; }}
QPushButton[role="primary"]:disabled {{
  color: {c.disabled}; background: {c.sunken}; border-color: {c.line}; }}
QPushButton[role="danger"] {{ color: {c.danger.ink}; border-color: {c.danger.ink}; }}
QPushButton[role="quiet"], QToolButton[role="quiet"] {{ background: transparent; border: 1px solid transparent; }}
QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover {{ background: {c.accent_soft}; }}
QPushButton[role="quiet"]:focus, QToolButton[role="quiet"]:focus {{ border: {ring}px solid {c.focus}; }}
QPushButton[role="row"] {{
  text-align: left; font-weight: normal; color: {c.text}; background: {c.surface};
  border: 1px solid {c.line}; border-radius: {radius}px; }}
QPushButton[role="row"]:hover {{ background: {c.accent_soft}; }}
QPushButton[role="row"]:focus {{ border: {ring}px solid {c.focus}; }}
QPushButton[role="choice"] {{ color: {c.text}; font-weight: normal; }}
QPushButton[role="choice"]:hover {{ background: {c.accent_soft}; }}
QPushButton[role="choice"]:checked {{
  background: {c.accent}; color: {c.on_accent}; border: 1px solid {c.accent}; }}
QPushButton[role="choice"]:checked:focus {{ border: {ring}px solid {c.focus}; }}
QPushButton[role="step"] {{ color: {c.text}; font-weight: normal; text-align: left; border-color: {c.line}; }}
QPushButton[role="step"]:hover {{ background: {c.accent_soft}; }}
QPushButton[role="step"]:checked {{ background: {c.accent}; color: {c.on_accent}; border: 1px solid {c.accent}; }}
QPushButton[role="step"]:focus, QPushButton[role="step"]:checked:focus {{ border: {ring}px solid {c.focus}; }}
QPushButton[role="rail"] {{
  text-align: left; background: transparent; color: {c.on_rail}; border: {ring}px solid transparent;
  padding: 0px {px(10)}px; min-height: {px(40)}px; font-weight: normal; }}
QPushButton[role="rail"][opens="menu"] {{ text-align: center; }}
QPushButton[role="rail"]:hover {{ background: {c.rail_soft}; color: {c.on_rail}; }}
QPushButton[role="rail"]:checked {{ background: {c.rail_soft}; font-weight: bold; }}
QPushButton[role="rail"]:focus {{ border: {ring}px solid {c.focus}; }}
QPushButton[role="link"] {{
  background: transparent; color: {c.accent_ink}; border: {ring}px solid transparent; padding: 0px {px(2)}px;
  text-align: left; font-weight: normal; text-decoration: underline; }}
QPushButton[role="link"]:focus {{ border: {ring}px solid {c.focus}; padding: 0px {px(2)}px; }}
QPushButton::menu-indicator {{ image: none; width: 0px; }}

QCheckBox, QRadioButton {{ spacing: {px(9)}px; min-height: {height - 4}px; background: transparent;
  border: {ring}px solid transparent; border-radius: {px(4)}px; }}
QCheckBox:focus, QRadioButton:focus {{ border: {ring}px solid {c.focus}; }}
QCheckBox::indicator, QRadioButton::indicator {{
  width: {px(18)}px; height: {px(18)}px; background: {c.surface}; border: {ring}px solid {c.field_line}; }}
QCheckBox::indicator {{ border-radius: {px(4)}px; }}
QRadioButton::indicator {{ border-radius: {px(11)}px; }}
QCheckBox::indicator:checked, QRadioButton::indicator:checked {{
  background: {c.accent}; border: {ring}px solid {c.accent}; }}
QCheckBox::indicator:checked {{ image: url("{marks}/tick-{on_accent}.svg"); }}
QRadioButton::indicator:checked {{ image: url("{marks}/dot-{on_accent}.svg"); }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {c.disabled}; }}

QTableView, QListView, QTreeView {{
  background: {c.surface}; alternate-background-color: {c.sunken}; border: 1px solid {c.line};
  border-radius: {radius}px; gridline-color: {c.line}; outline: none;
  selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QTableView:focus, QListView:focus, QTreeView:focus {{ border: {ring}px solid {c.focus}; }}
QListView::item, QTableView::item {{ padding: {px(4)}px {px(8)}px; min-height: {height - px(8)}px; }}
QListView::item:selected, QTableView::item:selected {{ background: {c.accent}; color: {c.on_accent}; }}
QHeaderView::section {{
  background: {c.sunken}; color: {c.soft_text}; border: none; border-bottom: 1px solid {c.line};
  padding: {px(7)}px {px(8)}px; font-weight: bold; }}
QTableCornerButton::section {{ background: {c.sunken}; border: none; }}

QProgressBar {{ background: {c.sunken}; border: 1px solid {c.field_line}; border-radius: {px(4)}px;
  min-height: {px(10)}px; max-height: {px(10)}px; }}
QProgressBar::chunk {{ background: {c.accent}; border-radius: {px(3)}px; }}
QScrollBar:vertical {{ background: transparent; width: {px(14)}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(14)}px; margin: 0; }}
QScrollBar::handle {{ background: {c.field_line}; border-radius: {px(4)}px; margin: {px(3)}px; min-height: {px(30)}px;
  min-width: {px(30)}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QMenu {{ background: {c.surface}; border: 1px solid {c.field_line}; padding: {px(4)}px; }}
QMenu::item {{ padding: {px(8)}px {px(22)}px; border-radius: {px(4)}px; }}
QMenu::item:selected {{ background: {c.accent}; color: {c.on_accent}; }}
QMenu::item:disabled {{ color: {c.disabled}; }}
QMenu::separator {{ height: 1px; background: {c.line}; margin: {px(4)}px; }}
QGroupBox {{ border: none; margin-top: {px(24)}px; font-weight: bold; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 0; }}
"""
    ]
    for tone in Tone:
        pair = c.tone(tone)
        parts.append(
            f"""
QLabel[tone="{tone}"] {{ color: {pair.ink}; }}
QFrame[box="chip"][tone="{tone}"] {{ background: {pair.soft}; border: 1px solid {pair.ink};
  border-radius: {px(10)}px; }}
QFrame[box="chip"][tone="{tone}"] QLabel {{ color: {pair.ink}; font-size: {px(13)}px; font-weight: bold; }}
QFrame[box="bar"][tone="{tone}"] {{ background: {pair.soft}; border: 1px solid {pair.ink}; border-radius: {radius}px; }}
QFrame[box="bar"][tone="{tone}"] QLabel {{ color: {pair.ink}; }}
QFrame[box="strip"][tone="{tone}"] {{ background: {pair.soft}; border: none; }}
QFrame[box="strip"][tone="{tone}"] QLabel {{ color: {pair.ink}; font-weight: bold; }}
"""
        )
    return "".join(parts)


def _ink(colour: str) -> str:
    """Which ink is nearer to a colour: `light` or `dark`."""
    return "light" if int(colour[3:5], 16) > 127 else "dark"
