"""The theme: legible for everybody, and following the system."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from ui import icons, theme
from ui.theme import DARK, LIGHT, Scheme

Rgb = tuple[float, float, float]

SCHEMES = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")]
GROUNDS = ("window", "surface")

SIGHT = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "without red cones": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "without green cones": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "without blue cones": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""Machado, Oliveira, Fernandes (2009), severity 1, on linear RGB."""


@pytest.fixture(autouse=True)
def _light_again(qapp: QApplication) -> Iterator[None]:
    yield
    theme.apply(qapp, "light")


def _linear(colour: str) -> Rgb:
    def channel(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    made = QColor(colour)
    return channel(made.redF()), channel(made.greenF()), channel(made.blueF())


def _luminance(rgb: Rgb) -> float:
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2's ratio."""
    light, dark = sorted((_luminance(_linear(one)), _luminance(_linear(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _lab(rgb: Rgb) -> Rgb:
    r, g, b = (min(1.0, max(0.0, value)) for value in rgb)
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883

    def bend(value: float) -> float:
        return value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116

    return 116 * bend(y) - 16, 500 * (bend(x) - bend(y)), 200 * (bend(y) - bend(z))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_all_text_can_be_read(scheme: Scheme) -> None:
    pairs = [
        (ink, ground)
        for ink in ("text", "muted", "accent", "danger", "warning", "success")
        for ground in GROUNDS
    ]
    pairs += [("text", ground) for ground in ("hover", "sunken", "accent_soft")]
    pairs += [("on_accent", "accent"), ("muted", "sunken")]
    pairs += [(f"{tone}", f"{tone}_soft") for tone in ("danger", "warning", "success")]
    pairs += [("text", f"{tone}_soft") for tone in ("danger", "warning", "success")]
    pairs += [("on_stage", stage) for stage in ("stt", "llm", "tool", "tts")]
    ratios = {pair: _contrast(*(getattr(scheme, name) for name in pair)) for pair in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_controls_and_stages_stand_out_from_their_ground(scheme: Scheme) -> None:
    names = ("control_border", "accent", "stt", "llm", "tool", "tts", "wait")
    ratios = {name: _contrast(getattr(scheme, name), scheme.surface) for name in names}
    assert {name: ratio for name, ratio in ratios.items() if ratio < 3.0} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("sight", SIGHT)
def test_stages_are_told_apart_by_every_sight(scheme: Scheme, sight: str) -> None:
    def seen(stage: str) -> Rgb:
        rgb = _linear(getattr(scheme, stage))
        r, g, b = (sum(m * c for m, c in zip(row, rgb, strict=True)) for row in SIGHT[sight])
        return _lab((r, g, b))

    pairs = itertools.combinations(("stt", "llm", "tool", "tts", "wait"), 2)
    distances = {pair: math.dist(seen(pair[0]), seen(pair[1])) for pair in pairs}
    assert {pair: distance for pair, distance in distances.items() if distance < 20} == {}


def test_the_chosen_appearance_is_worn_by_every_widget(qapp: QApplication) -> None:
    label = QLabel("x")
    for appearance, scheme in (("dark", DARK), ("light", LIGHT)):
        theme.apply(qapp, appearance)  # type: ignore[arg-type]
        assert label.palette().color(QPalette.ColorRole.Window) == QColor(scheme.window)
        assert theme.colour("accent") == QColor(scheme.accent)
        assert theme.is_dark() is (scheme is DARK)


def test_the_desktop_is_followed_when_it_changes(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt without a screen knows no desktop, so what one would say is put in its place."""
    theme.apply(qapp, "system")
    for scheme, dark in ((Qt.ColorScheme.Dark, True), (Qt.ColorScheme.Light, False)):
        monkeypatch.setattr(theme, "desktop_scheme", lambda scheme=scheme: scheme)
        qapp.styleHints().colorSchemeChanged.emit(scheme)
        assert theme.is_dark() is dark
    theme.apply(qapp, "dark")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.is_dark(), "an appearance that was chosen stays"


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_draws_in_the_colour_of_the_moment(qapp: QApplication, name: str) -> None:
    icon = theme.icon(name)
    inks = []
    for appearance in ("light", "dark"):
        theme.apply(qapp, appearance)  # type: ignore[arg-type]
        picture = icon.pixmap(QSize(48, 48), 1.0).toImage()
        solid = Counter(
            picture.pixelColor(x, y).name()
            for x in range(48)
            for y in range(48)
            if picture.pixelColor(x, y).alpha() == 255
        )
        inks.append(solid.most_common(1)[0][0])
    assert inks == [LIGHT.text, DARK.text]


def test_disabled_icons_are_fainter(qapp: QApplication) -> None:
    def most(mode: QIcon.Mode) -> int:
        picture = theme.icon("stop").pixmap(QSize(48, 48), 1.0, mode).toImage()
        return max(picture.pixelColor(x, y).alpha() for x in range(48) for y in range(48))

    assert most(QIcon.Mode.Normal) == 255
    assert 0 < most(QIcon.Mode.Disabled) < 160


def test_an_unknown_icon_is_refused() -> None:
    with pytest.raises(KeyError):
        theme.icon("no-such-drawing")


def test_figures_stay_in_their_columns(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    label = QLabel()
    theme.set_type(label, "figures")
    widths = {label.fontMetrics().horizontalAdvance(digit * 4) for digit in "0123456789"}
    assert len(widths) == 1
    assert label.font().pointSizeF() < qapp.font().pointSizeF()
