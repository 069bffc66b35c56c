"""The history page: past conversations, found, read, renamed, exported, deleted, and brought back.

Owns the page's layout and what its controls mean. What is shown and every errand is `ui.shown.history`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSize, QStandardPaths, Qt, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.session import Trouble
from ui.shown.history import Deleted, ExportKind, HistoryShown, open_history
from ui.theme import Space
from ui.translated import translated
from ui.widgets.history_list import HistoryList
from ui.widgets.history_notes import Divider, Note, Several
from ui.widgets.past_view import PastView, export_menu

if TYPE_CHECKING:
    from assistant.api.history import History
    from assistant.settings import Settings
    from ui.session import Session

SIDE_PX = 308
NARROW_PX = 640
"""Below this width list and conversation take turns."""

ENDINGS = {"markdown": "md", "json": "json", "srt": "srt"}

UNDO_KIND = "history-undo"


class HistoryPage(QWidget):
    """Past conversations.

    Args:
        session: the running assistant.
        opener: opens the history, on another thread.
    """

    continue_wanted = Signal(object)
    """A `PastConversation` the person wants to go on with; see `offer_continuing`."""

    def __init__(
        self,
        session: Session,
        parent: QWidget | None = None,
        *,
        opener: Callable[[], History] = open_history,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._dialog: QFileDialog | None = None
        self._is_narrow = False
        self._next_row: int | None = None
        self.shown = HistoryShown(session, opener, parent=self)
        self.setAccessibleName(self.tr("History"))
        self.view = PastView()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._divider = Divider()
        row.addWidget(self._make_side())
        row.addWidget(self._divider)
        row.addWidget(self._make_right(), 1)
        self._connect()
        self._follow_settings(session.settings)
        self._show_rows()
        self._show_open()

    # --- layout -----------------------------------------------------------------------------------------

    def _make_side(self) -> QWidget:
        side = QFrame()
        column = QVBoxLayout(side)
        column.setSpacing(Space.M)
        self._side_column = column
        head = QHBoxLayout()
        title = QLabel(self.tr("History"))
        theme.set_type(title, "title")
        head.addWidget(title, 1)
        self.export_all = QToolButton()
        self.export_all.setIcon(theme.icon("export"))
        self.export_all.setIconSize(QSize(18, 18))
        self.export_all.setProperty("kind", "flat")
        self.export_all.setToolTip(self.tr("Export all conversations"))
        self.export_all.setAccessibleName(self.tr("Export all conversations"))
        self.export_all.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.export_all.setMenu(export_menu(self, partial(self.ask_where, None)))
        head.addWidget(self.export_all)
        column.addLayout(head)
        self.box = QLineEdit()
        self.box.setPlaceholderText(self.tr("Search"))
        self.box.setAccessibleName(self.tr("Search past conversations"))
        self.box.setClearButtonEnabled(True)
        self.box.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        column.addWidget(self.box)
        self._off = self._make_off()
        column.addWidget(self._off)
        self.list = HistoryList()
        self._nothing = Note()
        self._lists = QStackedWidget()
        self._lists.addWidget(self.list)
        self._lists.addWidget(self._nothing)
        column.addWidget(self._lists, 1)
        self._side = side
        return side

    def _make_off(self) -> QWidget:
        off = QFrame()
        off.setProperty("card", True)
        column = QVBoxLayout(off)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.M)
        text = QLabel(self.tr("Conversations are not being kept."))
        text.setWordWrap(True)
        theme.set_type(text, "small")
        column.addWidget(text)
        change = QPushButton(self.tr("Change this"))
        change.clicked.connect(partial(self._session.page_wanted.emit, "settings/privacy"))
        column.addWidget(change, 0, Qt.AlignmentFlag.AlignLeft)
        return off

    def _make_right(self) -> QWidget:
        self._right = QStackedWidget()
        self._none_open = Note()
        self._several = Several()
        for page in (self._none_open, self.view, self._several):
            self._right.addWidget(page)
        return self._right

    def _connect(self) -> None:
        shown, view = self.shown, self.view
        shown.rows_changed.connect(self._show_rows)
        shown.open_changed.connect(self._show_open)
        shown.deleted.connect(self._offer_undo)
        shown.exported.connect(self._exported)
        shown.export_failed.connect(self._not_exported)
        self.box.textChanged.connect(shown.search)
        self.list.chosen.connect(self._chosen)
        self.list.delete_wanted.connect(self._delete)
        self.list.rename_wanted.connect(view.rename)
        self.list.more_wanted.connect(shown.read_more)
        self._nothing.button.clicked.connect(shown.reload)
        view.back_wanted.connect(self._back)
        view.renamed.connect(self._rename)
        view.export_wanted.connect(lambda kind: self.ask_where(self.list.ids(), kind))
        view.delete_wanted.connect(self._delete)
        view.turn_deleted.connect(shown.delete_turn)
        view.repeat_wanted.connect(lambda text: self._session.assistant.say(text.strip()))
        view.ask_wanted.connect(self._ask)
        view.continue_wanted.connect(self._continue)
        self._several.export.setMenu(
            export_menu(self, lambda kind: self.ask_where(self.list.ids(), kind))
        )
        self._several.delete.clicked.connect(self._delete)
        self._session.settings_changed.connect(self._follow_settings)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find)
        clear = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.box)
        clear.setContext(Qt.ShortcutContext.WidgetShortcut)
        clear.activated.connect(self.box.clear)

    def _follow_settings(self, settings: Settings) -> None:
        self._off.setVisible(not settings.history.keep)

    # --- what is shown ----------------------------------------------------------------------------------

    def _show_rows(self) -> None:
        shown = self.shown
        chosen = self.list.ids()
        self.list.show_rows(shown.rows, chosen)
        if self._next_row is not None and not self.list.ids():
            if not self._is_narrow:
                self.list.choose_near(self._next_row)
            self._next_row = None
        elif chosen != self.list.ids():
            self._chosen(self.list.ids())
        self.export_all.setEnabled(bool(shown.rows))
        self._lists.setCurrentWidget(self.list if shown.state == "list" else self._nothing)
        match shown.state:
            case "empty":
                self._nothing.show_note(
                    "history",
                    self.tr("No conversations yet"),
                    self.tr("What you say and hear is kept here, on this computer alone."),
                )
            case "nothing_found":
                self._nothing.show_note(
                    "search", self.tr("Nothing found"), self.tr("Try fewer letters or other words.")
                )
            case "failed" if shown.failure is not None:
                self._nothing.show_note(
                    "warning",
                    translated(shown.failure.message),
                    translated(shown.failure.hint),
                    self.tr("Try again"),
                )
            case _:
                self._nothing.show_note("", "", "")
        self._show_open()

    def _show_open(self) -> None:
        opened, several = self.shown.open, len(self.list.ids())
        if several > 1:
            self._several.show_count(several)
            self._right.setCurrentWidget(self._several)
        elif opened is not None:
            self.view.show_conversation(opened)
            self._right.setCurrentWidget(self.view)
        else:
            has_rows = bool(self.shown.rows)
            text = self.tr("Choose a conversation to read it.") if has_rows else ""
            self._none_open.show_note("conversation" if has_rows else "", text, "")
            self._right.setCurrentWidget(self._none_open)
        self._fit()

    def _fit(self) -> None:
        """Show list and conversation side by side, or one of them where there is no room, or no list."""
        is_reading = self.shown.open is not None or len(self.list.ids()) > 1
        is_empty = self.shown.state in {"empty", "failed"}
        self._is_narrow = self.width() < NARROW_PX
        is_alone = is_empty or (self._is_narrow and not is_reading)
        self._side.setVisible(is_alone or not self._is_narrow)
        self._right.setVisible(not is_alone)
        self._divider.setVisible(not is_alone and not self._is_narrow)
        self._side.setMinimumWidth(0 if is_alone else SIDE_PX)
        self._side.setMaximumWidth(16_777_215 if is_alone else SIDE_PX)  # Qt's "no limit"
        self._side_column.setContentsMargins(
            Space.XL, Space.XL, Space.XL if is_alone else Space.S, 0
        )
        self.box.setVisible(not is_empty)
        self.export_all.setVisible(not is_empty)
        self.view.back.setVisible(self._is_narrow)
        self._several.back.setVisible(self._is_narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose between one and two columns."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the list anew: other programs write to it, too."""
        super().showEvent(event)
        self.shown.reload()

    # --- what the person does ---------------------------------------------------------------------------

    def _chosen(self, ids: list[int]) -> None:
        self.shown.choose(ids[0] if len(ids) == 1 else None)
        self._show_open()

    def _back(self) -> None:
        self.list.clearSelection()
        self.shown.choose(None)
        self.list.setFocus()

    def _find(self) -> None:
        if self._is_narrow:
            self._back()
        self.box.setFocus()
        self.box.selectAll()

    def _rename(self, title: str) -> None:
        if self.shown.open is not None:
            self.shown.rename(self.shown.open.past.line.id, title)

    def _delete(self) -> None:
        ids = self.list.ids()
        numbers = [
            number
            for number, row in enumerate(self.shown.rows)
            if row.line.id == next(iter(ids), 0)
        ]
        self._next_row = next(iter(numbers), None)
        self.shown.delete(ids)

    def _offer_undo(self, deleted: Deleted | None) -> None:
        if deleted is None:
            self._session.trouble_over.emit(UNDO_KIND)
            return
        if deleted.is_turn:
            message = self.tr("The turn was deleted.")
        elif deleted.count == 1:
            message = self.tr("“{0}” was deleted.").format(deleted.title)
        else:
            message = self.tr("%n conversations were deleted.", "", deleted.count)
        self._session.trouble.emit(
            Trouble(UNDO_KIND, message, "", self.tr("Undo"), self.shown.undo, is_notice=True)
        )

    def _ask(self, question: str) -> None:
        self._session.page_wanted.emit("conversation")
        self._session.ask(question)

    def offer_continuing(self) -> None:
        """Show the button that goes on with the open conversation; `continue_wanted` tells of it."""
        self.view.continue_button.show()

    def _continue(self) -> None:
        if self.shown.open is not None:
            self.continue_wanted.emit(self.shown.open.past)

    # --- export -----------------------------------------------------------------------------------------

    def ask_where(self, conversation_ids: Sequence[int] | None, kind: str) -> None:
        """A dialog asks where to write; the page goes on meanwhile."""
        if self._dialog is not None:
            self._dialog.deleteLater()
        documents = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        is_one = conversation_ids is not None and len(conversation_ids) == 1
        if kind == "srt" and not is_one:
            dialog = QFileDialog(self, self.tr("Folder for the subtitles"), documents)
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        else:
            ending = ENDINGS[kind]
            name = f"{self._file_name() if is_one else 'sarai-history'}.{ending}"
            dialog = QFileDialog(self, self.tr("Export"), str(Path(documents) / name))
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(ending)
            dialog.setNameFilter(f"{ending.upper()} (*.{ending})")
        self._dialog = dialog
        dialog.fileSelected.connect(
            lambda chosen: self.export(conversation_ids, kind, Path(chosen))
        )
        dialog.open()

    def export(self, conversation_ids: Sequence[int] | None, kind: str, target: Path) -> None:
        """Write conversations, None for all, to ``target``; a banner tells how it went."""
        from assistant.api.history import Names

        names = Names(self.tr("You"), self.tr("Sarai"), self.tr("interrupted"), self.tr("failed"))
        self.shown.export(conversation_ids, cast("ExportKind", kind), target, names)

    def _file_name(self) -> str:
        opened = self.shown.open
        title = opened.past.line.title if opened is not None else ""
        plain = "".join(letter for letter in title if letter.isalnum() or letter in " -_")
        return " ".join(plain.split())[:60] or "sarai-history"

    def _exported(self, written: Sequence[Path]) -> None:
        if not written:
            return
        folder = written[0].parent
        if len(written) == 1:
            message = self.tr("Saved as {0}.").format(written[0].name)
        else:
            message = self.tr("%n files were saved.", "", len(written))

        def act() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

        self._session.trouble.emit(
            Trouble("export", message, str(folder), self.tr("Open folder"), act, is_notice=True)
        )

    def _not_exported(self, problem: Exception) -> None:
        self._session.report(problem, "export")
