"""Cards one below the other, whose heights are measured once for each width.

Owns their places. Qt's box layouts measure every card again whenever one is added or the page is laid out,
more than a millisecond for each card with wrapped text; here a new card costs itself only, and a new width is
followed a few cards at a time. For cards whose contents do not change.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.theme import Space

BATCH = 6
"""Cards measured at a time when the width changes: some milliseconds."""


class CardColumn(QWidget):
    """A column of cards."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[QWidget] = []
        self._heights: list[int] = []
        self._widths: list[int] = []
        self._measuring = QTimer(self)
        self._measuring.setInterval(0)
        self._measuring.timeout.connect(self._measure_some)

    @property
    def cards(self) -> tuple[QWidget, ...]:
        """The cards, from top to bottom."""
        return tuple(self._cards)

    def add(self, cards: Iterable[QWidget]) -> None:
        """Append cards."""
        for card in cards:
            card.setParent(self)
            card.ensurePolished()
            self._cards.append(card)
            self._heights.append(0)
            self._widths.append(0)
            self._measure(len(self._cards) - 1)
            card.show()
        self._place()

    def clear(self) -> None:
        """Take all cards away."""
        for card in self._cards:
            card.hide()
            card.deleteLater()
        self._cards, self._heights, self._widths = [], [], []
        self._measuring.stop()
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure the cards for a new width, those in sight first."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            seen = [
                index
                for index, card in enumerate(self._cards)
                if not card.visibleRegion().isEmpty()
            ]
            for index in seen:
                self._measure(index)
            self._place()
            self._measuring.start()

    def changeEvent(self, event: QEvent) -> None:
        """Measure again in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._widths = [0] * len(self._cards)
            self._measuring.start()

    def _measure_some(self) -> None:
        stale = [index for index, width in enumerate(self._widths) if width != self.width()]
        for index in stale[:BATCH]:
            self._measure(index)
        self._place()
        if len(stale) <= BATCH:
            self._measuring.stop()

    def _measure(self, index: int) -> None:
        card, width = self._cards[index], self.width()
        height = card.heightForWidth(width) if card.hasHeightForWidth() else -1
        self._heights[index] = height if height >= 0 else card.sizeHint().height()
        self._widths[index] = width

    def _place(self) -> None:
        top = 0
        for card, height in zip(self._cards, self._heights, strict=True):
            card.setGeometry(0, top, self.width(), height)
            top += height + Space.L
        self.setFixedHeight(max(0, top - Space.L))
