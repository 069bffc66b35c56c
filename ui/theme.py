"""How the window looks: colours, type, spacing, icons, and the one place that follows the system's scheme.

Owns every colour and size of the window. Does not lay out or paint anything; widgets ask here while painting,
so that a change of scheme needs no more than a repaint.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Final, Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ui.icons import FOLDER, LineIcon

Appearance = Literal["system", "light", "dark"]
TypeRole = Literal["display", "title", "heading", "body", "strong", "small", "figures"]
StageName = Literal["stt", "llm", "tool", "tts", "wait"]
ColourName = Literal[
    "window", "surface", "sunken", "hover", "border", "control_border", "text", "muted", "accent",
    "on_accent", "accent_soft", "danger", "danger_soft", "warning", "warning_soft", "success",
    "success_soft", "stt", "llm", "tool", "tts", "wait", "on_stage",
]  # fmt: skip


class Space:
    """Distances in device-independent pixels, on a grid of four."""

    XS: Final = 4
    S: Final = 8
    M: Final = 12
    L: Final = 16
    XL: Final = 24
    XXL: Final = 32


RADIUS: Final = 8
"""Corners of cards and buttons, device-independent pixels."""

RADIUS_SMALL: Final = 4
"""Corners of chips, bars and tooltips, device-independent pixels."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """The colours of one appearance, as #rrggbb.

    Text reaches 4.5 : 1 on every ground it stands on (WCAG 2.2, 1.4.3), controls and stage colours 3 : 1 on
    ``surface`` (1.4.11). The stage colours also differ by at least 20 (CIE76) for people who see without red,
    green or blue cones (Machado et al. 2009); `tests/window/test_theme.py` computes both.
    """

    window: str
    surface: str
    sunken: str
    hover: str
    border: str
    control_border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_soft: str
    danger: str
    danger_soft: str
    warning: str
    warning_soft: str
    success: str
    success_soft: str
    stt: str
    llm: str
    tool: str
    tts: str
    wait: str
    on_stage: str


LIGHT: Final = Scheme(
    window="#f5f5f7", surface="#ffffff", sunken="#ebebef", hover="#e6e6ec", border="#dcdce2",
    control_border="#8b8d98", text="#1c1d22", muted="#5b5e69",
    accent="#5546c8", on_accent="#ffffff", accent_soft="#e7e4fb",
    danger="#b3261e", danger_soft="#fbe7e5", warning="#8a5300", warning_soft="#fdf0d8",
    success="#1c6e43", success_soft="#e0f3e8",
    stt="#2563d9", llm="#bd5600", tool="#7b2170", tts="#08623f", wait="#8f959e", on_stage="#ffffff",
)  # fmt: skip

DARK: Final = Scheme(
    window="#1d1e22", surface="#26282c", sunken="#16171a", hover="#32343a", border="#3a3c43",
    control_border="#7d808b", text="#ececf0", muted="#a9acb8",
    accent="#a79cff", on_accent="#17132e", accent_soft="#3a3560",
    danger="#ff9d94", danger_soft="#4a2522", warning="#f3c06b", warning_soft="#443417",
    success="#7fd6a4", success_soft="#1f3d2d",
    stt="#a8d5ff", llm="#eda23c", tool="#e556dc", tts="#3fc994", wait="#767d88", on_stage="#14161a",
)  # fmt: skip

_SIZES: Final[dict[TypeRole, tuple[float, QFont.Weight]]] = {
    "display": (1.9, QFont.Weight.Normal),
    "title": (1.5, QFont.Weight.DemiBold),
    "heading": (1.15, QFont.Weight.DemiBold),
    "body": (1.0, QFont.Weight.Normal),
    "strong": (1.0, QFont.Weight.DemiBold),
    "small": (0.88, QFont.Weight.Normal),
    "figures": (0.88, QFont.Weight.Normal),
}
"""Size relative to the system's font, and weight; ``figures`` has digits of one width."""

MIN_BASE_POINTS: Final = 10.0
"""Below this the system's font is enlarged: bare X servers say 9 pt, GNOME says 11 and KDE 10."""

_worn: list[Scheme] = [LIGHT]


def apply(app: QApplication, appearance: Appearance) -> None:
    """The whole program has this appearance and, for ``system``, follows the desktop from now on.

    May be called again at any time; GUI thread only.
    """
    wardrobe = app.findChild(_Wardrobe) or _Wardrobe(app)
    wardrobe.wear(appearance)


def is_dark() -> bool:
    """Whether the dark colours are worn now."""
    return _worn[0] is DARK


def colour(name: ColourName) -> QColor:
    """Return a colour of the appearance worn now; ask while painting, do not keep it."""
    return QColor(getattr(_worn[0], name))


def stage_colour(stage: StageName) -> QColor:
    """Return the colour that stands for a stage everywhere: bar, chart, overlay, legend."""
    return colour(stage)


def text_on_stage() -> QColor:
    """Return the colour of text inside a stage's bar."""
    return colour("on_stage")


def icon(name: str, ink: ColourName = "text") -> QIcon:
    """Return a line icon that takes ``ink``'s colour whenever it is painted.

    Args:
        name: a drawing in `ui/icons`, without its suffix.
        ink: ``on_accent`` on primary buttons.

    Raises:
        KeyError: there is no such drawing.
    """
    return QIcon(LineIcon(name, lambda: colour(ink)))


def font(role: TypeRole) -> QFont:
    """Return the system's font in the size and weight of ``role``."""
    made = QFont(QApplication.font())
    size, weight = _SIZES[role]
    made.setPointSizeF(made.pointSizeF() * size)
    made.setWeight(weight)
    if role == "figures":
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def set_type(widget: QWidget, role: TypeRole, *, muted: bool = False) -> None:
    """``widget`` shows its text in this role; ``muted`` for what only accompanies."""
    widget.setFont(font(role))
    widget.setProperty("muted", muted)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class _Wardrobe(QObject):
    """Dresses the application again whenever the desktop changes its scheme."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._appearance: Appearance = "system"
        self._desktop_is_dark = app.palette().window().color().lightnessF() < 0.5  # noqa: PLR2004
        app.setStyle("Fusion")
        base = QFont(app.font())
        if 0 < base.pointSizeF() < MIN_BASE_POINTS:
            base.setPointSizeF(MIN_BASE_POINTS)
            app.setFont(base)
        app.styleHints().colorSchemeChanged.connect(self._dress)

    def wear(self, appearance: Appearance) -> None:
        self._appearance = appearance
        hints = self._app.styleHints()
        match appearance:
            case "system":
                hints.unsetColorScheme()
            case "light":
                hints.setColorScheme(Qt.ColorScheme.Light)
            case "dark":
                hints.setColorScheme(Qt.ColorScheme.Dark)
        self._dress()

    def _dress(self) -> None:
        scheme = DARK if self._wants_dark() else LIGHT
        _worn[0] = scheme
        palette = _palette(scheme)
        if palette != self._app.palette():
            self._app.setPalette(palette)
        sheet = Template(_sheet()).substitute(
            asdict(scheme),
            icons=(FOLDER / "style").as_posix(),
            on="dark" if scheme is DARK else "light",
        )
        if sheet != self._app.styleSheet():
            self._app.setStyleSheet(sheet)

    def _wants_dark(self) -> bool:
        if self._appearance != "system":
            return self._appearance == "dark"
        known = desktop_scheme()
        if known == Qt.ColorScheme.Unknown:
            return self._desktop_is_dark
        return known == Qt.ColorScheme.Dark


def desktop_scheme() -> Qt.ColorScheme:
    """Return what the desktop says; Unknown where it says nothing, as on bare X11."""
    return QApplication.styleHints().colorScheme()


@lru_cache(maxsize=1)
def _sheet() -> str:
    return (Path(__file__).parent / "theme.qss").read_text(encoding="utf-8")


def _palette(scheme: Scheme) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, name in (
        (role.Window, scheme.window), (role.WindowText, scheme.text), (role.Base, scheme.surface),
        (role.AlternateBase, scheme.window), (role.Text, scheme.text), (role.Button, scheme.surface),
        (role.ButtonText, scheme.text), (role.BrightText, scheme.danger),
        (role.ToolTipBase, scheme.surface), (role.ToolTipText, scheme.text),
        (role.PlaceholderText, scheme.muted), (role.Highlight, scheme.accent),
        (role.HighlightedText, scheme.on_accent), (role.Accent, scheme.accent),
        (role.Link, scheme.accent), (role.LinkVisited, scheme.accent),
        (role.Light, scheme.surface), (role.Midlight, scheme.hover), (role.Mid, scheme.border),
        (role.Dark, scheme.control_border), (role.Shadow, scheme.sunken),
    ):  # fmt: skip
        palette.setColor(which, QColor(name))
    faded = QColor(scheme.muted)
    faded.setAlphaF(0.7)
    for which in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, faded)
    return palette
