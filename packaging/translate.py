"""Bring the translations up to date: `make translate`.

1. collects what the assistant says (settings' titles and descriptions, sentences of errors) into
   `ui/sentences.py`, where Qt's tools find it; f-strings become templates with %1, %2, …;
2. lets pyside6-lupdate bring `ui/translations/sarai_*.ts` up to date with those and the window's own texts;
3. lets pyside6-lrelease make the .qm files that the window loads;
4. lists what is not translated yet and ends with 1 if there is anything.

Translate in Qt Linguist (pyside6-linguist ui/translations/sarai_es.ts) or in the .ts file itself.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SENTENCES = ROOT / "ui" / "sentences.py"
TRANSLATIONS = ROOT / "ui" / "translations"
LANGUAGES = ("es",)
PLURALS_OF = "en"
"""The language the texts are written in; its file holds nothing but plural forms."""

SPEAKING = (
    "api",
    "audio",
    "catalog",
    "dialogue",
    "engines",
    "errors.py",
    "history",
    "listening",
    "paths.py",
    "pool",
    "settings",
    "worker",
)
"""Parts of `assistant/` whose sentences reach the window. The tools' do too, but spoken, in the language one
speaks; what stands in the command line is English."""

IN_PIECES = (
    "assistant/api/doctor.py",
    "assistant/api/models.py",
    "assistant/catalog/doctor.py",
    "assistant/catalog/speed.py",
)
"""Modules that make lines for lists, not sentences: whatever has a space in it is collected."""

IN_CATALOGUE = ("summary", "licence_note", "title", "measure", "not_pinned_because")
"""Keys of `models/catalogue.yaml` that are shown."""

NOT_SHOWN = ("sentences.py", "simulated_devices.py", "entry.py")
"""Spoken announcements and our own product, the tests' devices, and the checks before there is a window."""

WORDS = (
    "microphone",
    "loudspeaker",
    "mixed",
    "domain",
    "general",
    "was killed",
    "ended",
    " (signal %1)",
    " (exit code %1)",
)
"""Words that sentences are filled in with."""

BOUNDS = (
    "must be at least %1",
    "must be at most %1",
    "must be more than %1",
    "must be less than %1",
    "%1 (is %2). %3",
    "a mapping",
    "a list of %1",
)
"""What `assistant.settings.wording` puts together from smaller pieces than sentences."""

_SENTENCE = re.compile(r"""^["'“%A-Z¡¿].*[ ].*[.?!:]$""", re.DOTALL)
_NOT_SAID = re.compile(r"^(You are |import |It is 5 o'clock|[A-Z]{6} |PRAGMA )|WHERE | = \?")
_LETTERS = re.compile(r"[a-z]{3}")
_ERROR = re.compile(r"Error$|^_wrong$|^problem$")


def main() -> int:
    """Do all four steps; returns the exit code."""
    SENTENCES.write_text(sentences_module(), encoding="utf-8")
    missing = 0
    for language in (*LANGUAGES, PLURALS_OF):
        file = TRANSLATIONS / f"sarai_{language}.ts"
        update(file, language)
        missing += report(file)
        qt_tool("lrelease", "-silent", str(file), "-qm", str(file.with_suffix(".qm")))
    return 1 if missing else 0


# --- what the assistant says ------------------------------------------------------------------------


def sentences_module() -> str:
    """Return the text of `ui/sentences.py` as it should be."""
    found = sorted(
        {*settings_texts(), *error_texts(), *catalogue_texts(), *piece_texts(), *WORDS, *BOUNDS}
    )
    lines = [f'    QT_TRANSLATE_NOOP("assistant", {_quoted(text)}),' for text in found]
    return "\n".join(
        [
            '"""What the assistant says, for Qt\'s tools. Made by `make translate`; not to be edited."""',
            "",
            "# ruff: noqa: E501, Q003",
            "from __future__ import annotations",
            "",
            "from PySide6.QtCore import QT_TRANSLATE_NOOP",
            "",
            "# fmt: off",
            "SENTENCES: tuple[object, ...] = (",
            *lines,
            ")",
            "# fmt: on",
            "",
        ]
    )


def settings_texts() -> Iterator[str]:
    """Titles and descriptions of every setting."""
    sys.path.insert(0, str(ROOT))
    from pydantic import BaseModel

    from assistant.settings import models, schema, wording

    yield from wording._WANTED.values()  # noqa: SLF001 - its words have no other name
    for module in (schema, models):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, BaseModel):
                for field in value.model_fields.values():
                    yield from (text for text in (field.title, field.description) if text)


def error_texts() -> Iterator[str]:
    """Sentences in the assistant's and the window's code that a person may get to see."""
    for part in SPEAKING:
        place = ROOT / "assistant" / part
        files = [place] if place.suffix else sorted(place.rglob("*.py"))
        for file in files:
            if file.name not in NOT_SHOWN:
                yield from texts_of(ast.parse(file.read_text(encoding="utf-8")), whole_module=True)
    for file in sorted((ROOT / "ui").rglob("*.py")):
        if file.name not in NOT_SHOWN:
            yield from texts_of(ast.parse(file.read_text(encoding="utf-8")), whole_module=False)


def catalogue_texts() -> Iterator[str]:
    """What the catalogue of models says of sets and models."""
    import yaml

    def within(node: object) -> Iterator[str]:
        match node:
            case dict():
                for key, value in node.items():
                    if key in IN_CATALOGUE and isinstance(value, str):
                        yield value
                    else:
                        yield from within(value)
            case list():
                for value in node:
                    yield from within(value)
            case _:
                pass

    file = ROOT / "models" / "catalogue.yaml"
    yield from within(yaml.safe_load(file.read_text(encoding="utf-8")))


def piece_texts() -> Iterator[str]:
    """Lines that the doctor and the models page put together."""
    for name in IN_PIECES:
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        unsaid = _unsaid(tree)
        for node in ast.walk(tree):
            text = _text(node) if id(node) not in unsaid else None
            if (
                text
                and " " in text.strip()
                and _LETTERS.search(text)
                and not _NOT_SAID.search(text)
            ):
                yield text


def texts_of(tree: ast.Module, *, whole_module: bool) -> Iterator[str]:
    """Sentences in errors, and with `whole_module` whatever looks like one; no comments, no log lines."""
    unsaid = _unsaid(tree)
    errors: set[int] = set()
    problems: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(name)) if _ERROR.search(name):
                errors.update(map(id, ast.walk(node)))
            case ast.Call(func=ast.Name("Problem"), args=[_, said, *_]):
                problems.add(id(said))
            case _:
                pass
    for node in ast.walk(tree):
        if id(node) in unsaid or not (whole_module or id(node) in errors):
            continue
        text = _text(node)
        if text and (id(node) in problems or _is_sentence(text)):
            yield text


def _unsaid(tree: ast.Module) -> set[int]:
    """Nodes whose text nobody gets to see: docstrings, log lines, and parts of a text that is one whole."""
    unsaid: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()):
                unsaid.add(id(node.value))
            case ast.Call(func=ast.Attribute(value=ast.Name("logger"))):
                unsaid.update(map(id, ast.walk(node)))
            case ast.Call(func=ast.Name("Field")):
                unsaid.update(map(id, ast.walk(node)))  # `settings_texts` has them, checked
            case ast.Call(func=ast.Name("ValueError" | "TypeError" | "RuntimeError")):
                unsaid.update(map(id, ast.walk(node)))
            case ast.JoinedStr():
                unsaid.update(id(inner) for inner in ast.walk(node) if inner is not node)
            case _:
                pass
    return unsaid


def _is_sentence(text: str) -> bool:
    return bool(_SENTENCE.match(text)) and not _NOT_SAID.search(text)


def _text(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=values):
            numbers = iter(range(1, 10))
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else f"%{next(numbers)}"
                for part in values
            )
        case _:
            return None


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


# --- Qt's tools -------------------------------------------------------------------------------------


def update(file: Path, language: str) -> None:
    """Bring a .ts file up to date with every text in `ui/`; texts that are gone are kept, marked as such."""
    sources = [str(one) for one in sorted((ROOT / "ui").rglob("*.py"))]
    options = ["-locations", "none", "-source-language", "en"]
    if language == PLURALS_OF:
        options.append("-pluralonly")
    qt_tool(
        "lupdate", "-silent", *options, "-target-language", language, *sources, "-ts", str(file)
    )


def qt_tool(name: str, *arguments: str) -> None:
    """Run one of Qt's tools as PySide6 brings it."""
    subprocess.run([Path(sys.executable).with_name(f"pyside6-{name}"), *arguments], check=True)


def report(file: Path) -> int:
    """Print the texts of a .ts file that are not translated; returns how many."""
    open_texts = [
        f"{context.findtext('name')}: {message.findtext('source')}"
        for context in ET.parse(file).getroot().iter("context")  # noqa: S314 - our own file
        for message in context.iter("message")
        if message.find("translation[@type='unfinished']") is not None
    ]
    for text in open_texts:
        print(f"{file.name}: {text}")
    print(f"{file.name}: {len(open_texts)} texts to translate")
    return len(open_texts)


if __name__ == "__main__":
    sys.exit(main())
