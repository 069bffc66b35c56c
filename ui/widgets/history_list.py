"""The list of past conversations: a heading for each day, a title, when it was, and what was found in it.

Owns how a row is painted and chosen. Which rows there are is `ui.shown.history`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QBrush,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui import theme
from ui.shown.history_rows import Row, group_title, turns_text, when_text
from ui.theme import Space

if TYPE_CHECKING:
    from assistant.api.history import Span

ROW_ROLE = Qt.ItemDataRole.UserRole

MOST_EXCERPTS = 2
"""Excerpts in a row; the rest is seen when it is opened."""

Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractListModel):
    """The rows of the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Hold these rows instead."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many there are."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the row, or what a screen reader says of it."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join([row.line.title, *_below(row)])
        if role == Qt.ItemDataRole.DisplayRole:
            return row.line.title
        return None


class HistoryDelegate(QStyledItemDelegate):
    """Paints a row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The heading, the title, the line below it, and what was found."""
        del option
        row: Row = index.data(ROW_ROLE)
        return QSize(100, _heading_height(row) + _body_height(row) + Space.XS)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint heading and row."""
        row: Row = index.data(ROW_ROLE)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRect(option.rect)
        heading = _heading_height(row)
        if row.heading is not None:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour("muted"))
            place = box.adjusted(Space.M, 0, -Space.M, 0)
            place.setHeight(heading - Space.XS)
            painter.drawText(
                place,
                Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft,
                group_title(row.heading),
            )
        box.setTop(box.top() + heading)
        box.setHeight(_body_height(row))
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if is_selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft" if is_selected else "hover"))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)
        self._paint_lines(painter, box.adjusted(Space.M, Space.S, -Space.M, -Space.S), row)
        painter.restore()

    def _paint_lines(self, painter: QPainter, box: QRect, row: Row) -> None:
        left, top, width = box.left(), box.top(), box.width()
        top += paint_spans(painter, QPointF(left, top), width, row.title, "strong") + 2
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("muted"))
        metrics = QFontMetrics(theme.font("small"))
        below = metrics.elidedText(" · ".join(_below(row)), Qt.TextElideMode.ElideRight, width)
        painter.drawText(QPointF(left, top + metrics.ascent()), below)
        top += metrics.height() + 2
        for spans in row.excerpts[:MOST_EXCERPTS]:
            top += paint_spans(painter, QPointF(left, top), width, spans, "small") + 2


class HistoryList(QListView):
    """The list; several conversations may be chosen at once."""

    chosen = Signal(list)
    """Ids of the conversations that are chosen."""

    delete_wanted = Signal()
    rename_wanted = Signal()
    more_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = HistoryModel(self)
        self.setModel(self._rows)
        self.setItemDelegate(HistoryDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setStyleSheet("QListView, QListView:focus { background: transparent; border: none; }")
        self.setAccessibleName(self.tr("Past conversations"))
        self.selectionModel().selectionChanged.connect(self._tell_chosen)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def show_rows(self, rows: tuple[Row, ...], chosen: Sequence[int]) -> None:
        """Show these rows, with those chosen that are still there."""
        place = self.verticalScrollBar().value()
        self._rows.show_rows(rows)
        wanted = set(chosen)
        selection = QItemSelection()
        indexes = [
            self._rows.index(number) for number, row in enumerate(rows) if row.line.id in wanted
        ]
        for index in indexes:
            selection.select(index, index)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if indexes:
            self.selectionModel().setCurrentIndex(
                indexes[0], QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self.verticalScrollBar().setValue(place)

    def ids(self) -> list[int]:
        """Return the ids of the conversations that are chosen, in the order of the list."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self._rows.rows[row].line.id for row in rows]

    def choose(self, conversation_id: int) -> None:
        """Choose one conversation, if it is there, and show it."""
        for number, row in enumerate(self._rows.rows):
            if row.line.id == conversation_id:
                self.setCurrentIndex(self._rows.index(number))
                self.scrollTo(self._rows.index(number))

    def choose_near(self, number: int) -> None:
        """Choose the row with this number, or the last."""
        if self._rows.rows:
            self.setCurrentIndex(self._rows.index(min(number, len(self._rows.rows) - 1)))

    def _tell_chosen(self) -> None:
        self.chosen.emit(self.ids())

    def _scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        if value >= bar.maximum() - bar.pageStep() and self._rows.rows:
            self.more_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and rename by the usual keys."""
        match event.key():
            case Qt.Key.Key_Delete if self.ids():
                self.delete_wanted.emit()
            case Qt.Key.Key_F2 if len(self.ids()) == 1:
                self.rename_wanted.emit()
            case _:
                super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure the rows again when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.scheduleDelayedItemsLayout()


def paint_spans(
    painter: QPainter, place: QPointF, width: int, spans: Sequence[Span], role: theme.TypeRole
) -> int:
    """Paint stretches of text on one line, hits in bold and in the accent's colour; returns its height."""
    font = theme.font(role)
    metrics = QFontMetrics(font)
    text = "".join(span.text for span in spans)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    layout = QTextLayout(shown, font)
    ranges = []
    position = 0
    for span in spans:
        length = len(span.text)
        if span.is_hit and position < len(shown):
            hit = QTextLayout.FormatRange()
            hit.start, hit.length = position, min(length, len(shown) - position)
            hit.format = hit_format()
            ranges.append(hit)
        position += length
    layout.setFormats(ranges)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width * 2)  # bold hits are wider than was measured
    layout.endLayout()
    painter.setPen(theme.colour("text"))
    layout.draw(painter, place)
    return metrics.height()


def hit_format() -> QTextCharFormat:
    """Return how a hit looks: bold in the accent's colour, so that colour alone does not tell it."""
    looks = QTextCharFormat()
    looks.setFontWeight(QFont.Weight.Bold)
    looks.setForeground(QBrush(theme.colour("accent")))
    return looks


def _below(row: Row) -> list[str]:
    today = datetime.now().astimezone().date()
    return [when_text(row.line.updated_at, today), turns_text(row.line.turn_count)]


def _heading_height(row: Row) -> int:
    if row.heading is None:
        return 0
    return QFontMetrics(theme.font("small")).height() + Space.L


def _body_height(row: Row) -> int:
    small = QFontMetrics(theme.font("small")).height()
    excerpts = len(row.excerpts[:MOST_EXCERPTS]) * (small + 2)
    return 2 * Space.S + QFontMetrics(theme.font("strong")).height() + 2 + small + excerpts
