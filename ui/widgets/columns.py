"""Widgets side by side in as many columns of one width as there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class Columns(QWidget):
    """Places widgets in rows; narrower means more rows, never cut off.

    Args:
        widgets: in reading order.
        least_px: a column's least width; 0 takes the widest widget's.
        gap_px: between columns and between rows.
        fills: columns share all of the width; otherwise they keep their least.
    """

    def __init__(
        self,
        widgets: Sequence[QWidget],
        *,
        least_px: int,
        gap_px: int,
        fills: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._widgets = tuple(widgets)
        self._least_px = least_px
        self._gap_px = gap_px
        self._fills = fills
        for widget in self._widgets:
            widget.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all rows."""
        rows = -(-len(self._widgets) // self._in_row(width))
        return rows * self._row_px() + (rows - 1) * self._gap_px

    def sizeHint(self) -> QSize:
        """All in one row."""
        count = len(self._widgets)
        width = count * self._column_px() + (count - 1) * self._gap_px
        return QSize(width, self._row_px())

    def minimumSizeHint(self) -> QSize:
        """One column."""
        return QSize(self._column_px(), self._row_px())

    def _column_px(self) -> int:
        return self._least_px or max(one.sizeHint().width() for one in self._widgets)

    def _row_px(self) -> int:
        return max(one.sizeHint().height() for one in self._widgets)

    def _in_row(self, width: int) -> int:
        """Return how many fit; of those that fill, as many as leave no row half empty."""
        count = len(self._widgets)
        fit = max(1, (width + self._gap_px) // (self._column_px() + self._gap_px))
        if not self._fills:
            return min(fit, count)
        return max(each for each in range(1, count + 1) if each <= fit and count % each == 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the widgets."""
        in_row, gap = self._in_row(self.width()), self._gap_px
        column = self._column_px()
        if self._fills:
            column = (self.width() - (in_row - 1) * gap) // in_row
        for index, widget in enumerate(self._widgets):
            line, place = divmod(index, in_row)
            left, top = place * (column + gap), line * (self._row_px() + gap)
            widget.setGeometry(QRect(left, top, column, self._row_px()))
        super().resizeEvent(event)
