"""The window's language: choosing it, and translating what comes from the assistant in English.

Owns the translators and the sentences of the assistant (settings' titles and descriptions, errors). What the
window itself says is translated where it is written, by ``self.tr``. Nothing here knows a language: the texts
are in `ui/translations`, and `packaging/translate.py` keeps them complete.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

CONTEXT: Final = "assistant"
"""The Qt Linguist context of everything that is not written in `ui/`."""

LANGUAGES: Final = ("en", "es")
FOLDER: Final = Path(__file__).parent / "translations"

WindowLanguage = Literal["system", "en", "es"]

_PLACE = re.compile(r"%\d")
_WORD: Final = re.compile(r"[A-Za-z]{2}")

_installed: list[QTranslator] = []


def install(app: QCoreApplication, language: WindowLanguage) -> str:
    """The window speaks this language from now on; returns it as en or es.

    Texts on the screen change when their widgets take the QEvent.LanguageChange that follows. GUI thread.
    """
    chosen = language if language != "system" else _of_the_system()
    for translator in _installed:
        app.removeTranslator(translator)
    _installed.clear()
    QLocale.setDefault(_locale(chosen))
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in ((f"qtbase_{chosen}", qt_folder), (f"sarai_{chosen}", str(FOLDER))):
        translator = QTranslator(app)
        if translator.load(name, folder):  # English needs no file of Qt's
            app.installTranslator(translator)
            _installed.append(translator)
    _found.cache_clear()
    return chosen


def translated(text: str) -> str:
    """Return a sentence or title of the assistant in the window's language; unknown ones stay as they are."""
    return _found(text) if text.strip() else text


@lru_cache(maxsize=512)
def _found(text: str) -> str:
    if not _installed:
        return text
    whole = _exact(text) or _filled_in(text)
    if whole is not None:
        return whole
    if "\n" in text:
        return "\n".join(_found(line) for line in text.split("\n"))
    return text


def _exact(text: str) -> str | None:
    found = QCoreApplication.translate(CONTEXT, text)
    return found if found != text else None


def _filled_in(text: str) -> str | None:
    """The translation of the template the text was made from, with the same values in it."""
    for template, pattern in _templates():
        values = pattern.fullmatch(text)
        if values is None:
            continue
        said = _exact(template)
        if said is None:
            return None
        return _PLACE.sub(partial(_value, values), said)
    return None


def _value(values: re.Match[str], place: re.Match[str]) -> str:
    return _found(str(values[int(place[0][1:])]))


@lru_cache(maxsize=1)
def _templates() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every sentence with places for values, the one with the most words of its own first."""
    from ui.sentences import SENTENCES

    texts = [str(one) for one in SENTENCES]  # QT_TRANSLATE_NOOP returns its text, but says object
    own = {text: _PLACE.sub("", text) for text in texts if _PLACE.search(text)}
    ordered = sorted(own, key=lambda text: len(own[text]), reverse=True)
    return tuple((text, _pattern(text)) for text in ordered if _WORD.search(own[text]))


def _pattern(template: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in _PLACE.split(template)]
    return re.compile("(.*?)".join(parts), re.DOTALL)


def _of_the_system() -> str:
    for name in QLocale.system().uiLanguages():
        language = name.split("-")[0]
        if language in LANGUAGES:
            return language
    return "en"


def _locale(language: str) -> QLocale:
    """The person's own country where it speaks the language, so that numbers look as usual."""
    system = QLocale.system()
    if system.name().startswith(language):
        return system
    return QLocale(language)
