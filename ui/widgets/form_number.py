"""A figure, typed or dragged.

Owns the range: arrows and slider stop at its ends, typing may go beyond and is then explained.
"""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QSizePolicy, QSlider, QWidget

from ui.widgets.form_controls import Control, keep_still

FAR = 1e9
"""A figure may be typed beyond its range: it is then explained, not refused keystroke by keystroke."""


class _Figure(QDoubleSpinBox):
    """A figure that steps within its range, and may be typed beyond it."""

    LEAST_WIDTH = 116
    """So that sliders above one another are equally long."""

    def __init__(self, low: float, high: float, lowest: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._low, self._high, self._lowest = low, high, lowest
        self.setRange(-FAR, FAR)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)

    def stepBy(self, steps: int) -> None:
        """Step, and stop at the ends of the range."""
        self.setValue(min(self._high, max(self._low, self.value() + steps * self.singleStep())))

    def textFromValue(self, value: float) -> str:
        """Write the figure, or what the least one means."""
        if self._lowest and value == self._low:
            return self._lowest
        return super().textFromValue(value)

    def valueFromText(self, text: str) -> float:
        """Read either."""
        return self._low if self._is_lowest(text) else super().valueFromText(text)

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Allow either."""
        if self._is_lowest(text):
            return QValidator.State.Acceptable, text, pos
        return super().validate(text, pos)

    def _is_lowest(self, text: str) -> bool:
        return bool(self._lowest) and text.removesuffix(self.suffix()).strip() == self._lowest

    def sizeHint(self) -> QSize:
        """Room for the longest figure in the range, not for the widest that may be typed."""
        longest = max((self._low, self._high), key=lambda v: len(self.textFromValue(v)))
        text = self.prefix() + self.textFromValue(longest) + self.suffix() + "0"
        text = max(text, self._lowest, key=len)
        hint = super().sizeHint()
        hint.setWidth(max(self.LEAST_WIDTH, self.fontMetrics().horizontalAdvance(text) + 52))
        return hint

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()


class NumberControl(Control):
    """A figure, with a slider where its range is small.

    Args:
        low: least value.
        high: greatest value.
        step: of slider and arrows.
        decimals: shown and typed.
        scale: shown value / value, 100 for percent.
        suffix: what stands behind the figure.
        has_slider: whether there is a slider.
        lowest: shown instead of the least figure; empty = the figure.
    """

    def __init__(
        self,
        low: float,
        high: float,
        step: float,
        *,
        decimals: int = 0,
        scale: float = 1.0,
        suffix: str = "",
        has_slider: bool = True,
        lowest: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._step, self._scale, self._is_whole = (
            low,
            step,
            scale,
            decimals == 0 == scale - 1,
        )
        self.main = self._figure = _Figure(low * scale, high * scale, lowest, self)
        self._figure.setDecimals(decimals)
        self._figure.setSingleStep(step * scale)
        self._figure.setSuffix(suffix)
        self._figure.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        keep_still(self._figure)
        self._figure.valueChanged.connect(self._typed)
        self._slider: QSlider | None = None
        if has_slider:
            self._slider = QSlider(Qt.Orientation.Horizontal, self)
            self._slider.setRange(0, round((high - low) / step))
            self._slider.setMinimumWidth(120)
            self._slider.setPageStep(max(1, self._slider.maximum() // 10))
            keep_still(self._slider)
            self._slider.valueChanged.connect(self._dragged)
            self._fill(self._slider, self._figure)
        else:
            self._fill(self._figure)

    def name(self, title: str, text: str) -> None:
        """Name both parts."""
        super().name(title, text)
        if self._slider is not None:
            self._slider.setAccessibleName(title)

    def set_suffix(self, suffix: str) -> None:
        """Show another unit."""
        self._figure.setSuffix(suffix)

    def set_value(self, value: object) -> None:
        """Show a figure."""
        figure = float(value) if isinstance(value, (int, float)) else 0.0
        with QSignalBlocker(self._figure):
            if (
                abs(self._figure.value() - figure * self._scale)
                > 10 ** -self._figure.decimals() / 2
            ):
                self._figure.setValue(figure * self._scale)
        self._follow(figure)

    def _follow(self, figure: float) -> None:
        if self._slider is not None:
            with QSignalBlocker(self._slider):
                self._slider.setValue(round((figure - self._low) / self._step))

    def _typed(self, shown: float) -> None:
        figure = shown / self._scale
        self._follow(figure)
        self.edited.emit(round(figure) if self._is_whole else round(figure, 6))

    def _dragged(self, position: int) -> None:
        figure = self._low + position * self._step
        with QSignalBlocker(self._figure):
            self._figure.setValue(figure * self._scale)
        self.edited.emit(round(figure) if self._is_whole else round(figure, 6))
