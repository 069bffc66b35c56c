"""The legend of the stages: colour, name, and the definition as a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui import theme
from ui.shown.latency import STAGES, Stage, definition, stage_name
from ui.widgets.columns import Columns
from ui.widgets.stage_paint import fill_stage

SWATCH_PX = 12


class StageLegend(QWidget):
    """Names every stage beside its colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Legend of the stages"))
        names = [_Name(stage, self) for stage in STAGES]
        columns = Columns(names, least_px=0, gap_px=theme.Space.M, fills=False, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(columns)


class _Name(QWidget):
    """A stage's colour and name."""

    def __init__(self, stage: Stage, parent: QWidget) -> None:
        super().__init__(parent)
        name = QLabel(stage_name(stage), self)
        theme.set_type(name, "small", muted=True)
        name.setAccessibleDescription(definition(stage))
        self.setToolTip(definition(stage))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.Space.S)
        row.addWidget(_Swatch(stage, self))
        row.addWidget(name, 1)


class _Swatch(QWidget):
    """A small square in a stage's colour."""

    def __init__(self, stage: Stage, parent: QWidget) -> None:
        super().__init__(parent)
        self._stage = stage
        self.setFixedSize(QSize(SWATCH_PX, SWATCH_PX))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always all of it
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill_stage(painter, QRectF(self.rect()), self._stage, radius=3)
