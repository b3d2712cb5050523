# SPDX-License-Identifier: GPL-3.0-or-later
"""Qt's own texts: Indonesian in the dialogs and menus Qt draws, complete for this Qt, and English again when asked."""

from __future__ import annotations

import json
import re
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QLibraryInfo, QLocale, QPoint, Qt, QTimer, QTranslator
from PySide6.QtGui import QAccessible, QAction, QContextMenuEvent, QKeySequence, QUndoStack
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QErrorMessage,
    QFileDialog,
    QGroupBox,
    QInputDialog,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QProgressDialog,
    QScrollBar,
    QSpinBox,
    QTabBar,
    QTextEdit,
    QTreeView,
    QWidget,
    QWizard,
    QWizardPage,
)

from trafficwatch.resources import resource
from trafficwatch.ui.shell.qt_texts import QtTexts, qm, speak

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

TEXTS: dict[str, dict[str, str]] = json.loads(resource("qt", "id.json").read_text("utf-8"))
PAIRS = [(context, source, text) for context, texts in TEXTS.items() for source, text in texts.items()]

NO_WORDS = {("QGuiApplication", "QT_LAYOUT_DIRECTION"), ("QProgressBar", "%p%"), ("QKeySequenceEdit", "%1, ...")}
MARK = "⟦"

MENUS = [
    {"QLineEdit"},
    {"QWidgetTextControl"},
    {"QLineEdit", "QAbstractSpinBox"},
]
"""Contexts whose entries stand in one menu: their underlined letters must differ."""


def qt_sources() -> dict[str, set[str]]:
    """Every text this Qt can say, by context: read from the German that comes with it."""
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    content = (folder / "qtbase_de.qm").read_bytes()
    sections: dict[int, bytes] = {}
    at = 16
    while at < len(content):
        tag, size = struct.unpack_from(">BI", content, at)
        sections[tag] = content[at + 5 : at + 5 + size]
        at += 5 + size
    sources: dict[str, set[str]] = {}
    messages, at = sections[0x69], 0
    message: dict[int, bytes] = {}
    while at < len(messages):
        if messages[at] == 1:
            sources.setdefault(message[7].decode(), set()).add(message[6].decode())
            message = {}
            at += 1
            continue
        tag, size = struct.unpack_from(">BI", messages, at)
        message[tag] = messages[at + 5 : at + 5 + size]
        at += 5 + size
    return sources


@pytest.fixture
def indonesian(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    speak(qapp, "id")
    yield
    speak(qapp, "en")
    QLocale.setDefault(before)


@pytest.fixture
def marked(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    """Indonesian, and every text of Qt that we lack comes with a mark: a translator behind ours is asked for it."""
    compiled = qm(
        {
            context: {source: MARK + source for source in sources if (context, source) not in NO_WORDS}
            for context, sources in qt_sources().items()
        }
    )
    behind = QTranslator()
    assert behind.load(compiled)
    qapp.installTranslator(behind)
    request.getfixturevalue("indonesian")
    yield
    qapp.removeTranslator(behind)


def shown(widget: Any) -> Any:
    widget.show()
    return widget


def message_box() -> QMessageBox:
    box = QMessageBox()
    box.setStandardButtons(QMessageBox.StandardButton.YesToAll | QMessageBox.StandardButton.Retry)
    box.setDetailedText("123")
    return box


def button_box() -> QDialogButtonBox:
    box = QDialogButtonBox()
    for button in set(QDialogButtonBox.StandardButton) - {QDialogButtonBox.StandardButton.NoButton}:
        box.addButton(button)
    return box


def file_dialog(folder: Path, mode: QFileDialog.FileMode, accept: QFileDialog.AcceptMode) -> QFileDialog:
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setFileMode(mode)
    dialog.setAcceptMode(accept)
    dialog.setViewMode(QFileDialog.ViewMode.Detail)
    dialog.setDirectory(str(folder))
    return shown(dialog)


def wizard(style: QWizard.WizardStyle) -> QWizard:
    dialog = QWizard()
    dialog.setWizardStyle(style)
    dialog.setOption(QWizard.WizardOption.HaveHelpButton)
    for commit in (True, False, False):
        page = QWizardPage()
        page.setCommitPage(commit)
        dialog.addPage(page)
    return shown(dialog)


def error_message() -> QErrorMessage:
    dialog = QErrorMessage()
    dialog.showMessage("123")
    return dialog


def print_dialog() -> QPrintDialog:
    printer = QPrinter()
    dialog = QPrintDialog(printer)
    dialog.printer_to_keep = printer  # Qt doesn't own it
    for option in QPrintDialog.PrintDialogOption:
        if option.value:
            dialog.setOption(option)
    return shown(dialog)


def print_preview() -> QPrintPreviewDialog:
    printer = QPrinter()
    dialog = QPrintPreviewDialog(printer)
    dialog.printer_to_keep = printer
    return shown(dialog)


def undo_actions() -> QWidget:
    holder = QWidget()
    stack = QUndoStack(holder)
    holder.addActions([stack.createUndoAction(holder), stack.createRedoAction(holder)])
    return holder


def tabs() -> QTabBar:
    bar = QTabBar()
    bar.setTabsClosable(True)
    for number in range(50):
        bar.addTab(str(number))
    return shown(bar)


def with_menu(edit: QLineEdit | QTextEdit | QPlainTextEdit) -> QWidget:
    """The field with its context menu, which is its child."""
    edit.menu_to_keep = edit.createStandardContextMenu()
    return edit


def link() -> QTextEdit:
    edit = QTextEdit()
    edit.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
    return edit


WINDOWS: dict[str, Callable[[], Any]] = {
    "message box": message_box,
    "button box": button_box,
    "wizard, classic": lambda: wizard(QWizard.WizardStyle.ClassicStyle),
    "wizard, modern": lambda: wizard(QWizard.WizardStyle.ModernStyle),
    "error message": error_message,
    "input dialog": lambda: shown(QInputDialog()),
    "progress dialog": lambda: shown(QProgressDialog()),
    "key sequence": QKeySequenceEdit,
    "undo": undo_actions,
    "tabs": tabs,
    "menu of a line edit": lambda: with_menu(QLineEdit()),
    "menu of a text edit": lambda: with_menu(QTextEdit()),
    "menu of a plain text edit": lambda: with_menu(QPlainTextEdit()),
    "menu of a text with links": lambda: with_menu(link()),
}

PRINTING: dict[str, Callable[[], Any]] = {"print dialog": print_dialog, "print preview": print_preview}


def words(text: str) -> str:
    return text.partition("\t")[0]


def said(widget: QWidget) -> set[str]:
    """Every text a person can read in a window or menu."""
    texts: set[str] = set()
    for part in (widget, *widget.findChildren(QWidget)):
        texts |= {part.windowTitle(), part.toolTip(), part.whatsThis(), part.accessibleName()}
        if isinstance(part, QAbstractButton | QLabel):
            texts.add(part.text())
        if isinstance(part, QGroupBox):
            texts.add(part.title())
        if isinstance(part, QSpinBox):
            texts |= {part.suffix(), part.specialValueText()}
        if isinstance(part, QLineEdit):
            texts.add(part.placeholderText())
        if isinstance(part, QComboBox):
            texts |= {part.itemText(row) for row in range(part.count())}
        if isinstance(part, QTabBar):
            texts |= {part.tabText(row) for row in range(part.count())}
        texts |= {action.text() for action in part.actions()} | {action.toolTip() for action in part.actions()}
    texts |= {action.text() for action in widget.findChildren(QAction)}
    return {words(text) for text in texts} - {""}


def foreign(texts: Iterable[str]) -> set[str]:
    """Those of the texts that aren't in Indonesian."""
    english = {source for _, source, text in PAIRS if source != text} - {text for _, _, text in PAIRS}
    return {text for text in texts if MARK in text or text in english}


def open_menu(widget: QWidget) -> list[str]:
    """The texts of the menu a right click opens; Qt runs it until we close it."""
    texts: list[str] = []

    def read() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        texts.extend(words(action.text()) for action in menu.actions() if action.text())
        menu.close()

    shown(widget).resize(200, 200)
    where = QPoint(3, 3)
    QTimer.singleShot(0, widget, read)
    QApplication.sendEvent(widget, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, widget.mapToGlobal(where)))
    QApplication.processEvents()
    return texts


@pytest.mark.parametrize("window", WINDOWS)
def test_windows_and_menus_speak_indonesian(window: str, qapp: QApplication, marked: None) -> None:
    widget = WINDOWS[window]()
    qapp.processEvents()
    texts = said(widget)
    assert foreign(texts) == set()
    assert texts & {words(text) for _, source, text in PAIRS if source != text}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system draws the print dialogs")
@pytest.mark.parametrize("window", PRINTING)
def test_printing_speaks_indonesian(window: str, qapp: QApplication, marked: None) -> None:
    widget = PRINTING[window]()
    qapp.processEvents()
    texts = said(widget)
    assert foreign(texts) == set()
    assert "Cetak" in texts


@pytest.mark.parametrize("accept", list(QFileDialog.AcceptMode))
@pytest.mark.parametrize(
    "mode", [QFileDialog.FileMode.AnyFile, QFileDialog.FileMode.Directory, QFileDialog.FileMode.ExistingFiles]
)
def test_file_dialog_speaks_indonesian(
    mode: QFileDialog.FileMode,
    accept: QFileDialog.AcceptMode,
    tmp_path: Path,
    qapp: QApplication,
    marked: None,
) -> None:
    dialog = file_dialog(tmp_path, mode, accept)
    qapp.processEvents()
    texts = said(dialog)
    assert foreign(texts) == set()
    assert {"Batal", "&Lihat di:", "Tampilan Rincian"} <= texts
    model = dialog.findChild(QTreeView).model()
    headers = [model.headerData(section, Qt.Orientation.Horizontal) for section in range(4)]
    assert headers == ["Nama", "Ukuran", "Jenis", "Tanggal Diubah"]


def test_menus_of_a_right_click_speak_indonesian(marked: None) -> None:
    assert open_menu(QSpinBox()) == [
        *["&Urungkan", "U&langi", "&Potong", "&Salin", "&Tempel", "Hapus"],
        *["Pilih S&emua", "&Naikkan", "Tu&runkan"],
    ]
    for way in Qt.Orientation:
        bar = QScrollBar(way)
        texts = open_menu(bar)
        assert texts[0] == "Gulir ke sini"
        assert foreign(set(texts)) == set()


def test_screen_readers_hear_indonesian(marked: None) -> None:
    for widget in (QComboBox(), QSpinBox(), QLineEdit(), QScrollBar()):
        interface = QAccessible.queryAccessibleInterface(widget)
        assert foreign({interface.text(part) for part in QAccessible.Text}) == set()


def test_key_names_are_those_on_the_keyboard_and_keep_their_meaning(qapp: QApplication, indonesian: None) -> None:
    native = QKeySequence.SequenceFormat.NativeText
    assert QKeySequence("Ctrl+PgDown").toString(native) == "Ctrl+PgDn"
    assert QKeySequence("Alt+Left").toString(native) == "Alt+Panah kiri"
    assert QKeySequence("Ctrl+Return").toString(native) == "Ctrl+Enter ↵"
    names = [name for name in TEXTS["QShortcut"] if name not in {"+", "F%1", "Alt", "Ctrl", "Meta", "Num", "Shift"}]
    keys = {name: QKeySequence(f"Ctrl+{name}") for name in names}
    assert {name: QKeySequence.fromString(key.toString(native), native) for name, key in keys.items()} == keys
    speak(qapp, "en")
    assert {name: QKeySequence(f"Ctrl+{name}") for name in names} == keys
    assert QKeySequence("Ctrl+PgDown").toString(native) == "Ctrl+PgDown"


def test_switching_back_gives_english(qapp: QApplication, indonesian: None, tmp_path: Path) -> None:
    assert QLocale().name() == "id_ID"
    assert QLocale().toString(1234.5, "f", 1) == "1.234,5"
    assert "Batal" in said(button_box())
    speak(qapp, "en")
    assert qapp.findChild(QtTexts) is None
    assert QLocale().name() == "en_GB"
    assert {"Cancel", "&Yes"} <= said(button_box())
    assert {"&Undo", "Cu&t"} <= said(with_menu(QLineEdit()))
    mode, accept = QFileDialog.FileMode.AnyFile, QFileDialog.AcceptMode.AcceptOpen
    assert {"&Look in:", "Cancel"} <= said(file_dialog(tmp_path, mode, accept))
    speak(qapp, "id")
    assert "Batal" in said(button_box())


def test_choosing_the_same_language_twice_changes_nothing(qapp: QApplication, indonesian: None) -> None:
    speak(qapp, "id")
    assert len(qapp.findChildren(QtTexts)) == 1
    speak(qapp, "en")
    speak(qapp, "en")
    assert "Cancel" in said(button_box())


def test_what_we_do_not_know_stays_english(qapp: QApplication, indonesian: None) -> None:
    assert qapp.translate("QColorDialog", "&Red:") == "&Red:"
    assert qapp.translate("QPlatformTheme", "Nothing of Qt's") == "Nothing of Qt's"


def test_every_text_of_these_contexts_is_there() -> None:
    sources = qt_sources()
    lacking = {
        (context, source)
        for context in TEXTS
        if context != "QShortcut"  # the keys of a keyboard stand there, those of a remote control don't
        for source in sources.get(context, set()) - set(TEXTS[context])
    }
    assert lacking <= NO_WORDS


@pytest.mark.parametrize("context", TEXTS)
def test_texts_keep_what_qt_fills_in(context: str) -> None:
    marks = (r"%L?\d", r"%n", r"&(?=\w)(?!\w+;)", r"\n", r"</?\w+", r"&\w+;", r"\(\*\)", r"\.\.\.$", r"^\s|\s$")
    for source, text in TEXTS[context].items():
        assert text
        for mark in marks:
            assert sorted(re.findall(mark, text)) == sorted(re.findall(mark, source)), source


@pytest.mark.parametrize("contexts", MENUS)
def test_underlined_letters_of_a_menu_differ(contexts: set[str]) -> None:
    texts = [text for context in contexts for text in TEXTS[context].values()]
    letters = [letter.lower() for text in texts for letter in re.findall(r"&(\w)", text)]
    assert len(letters) >= 5
    assert sorted(letters) == sorted(set(letters))
