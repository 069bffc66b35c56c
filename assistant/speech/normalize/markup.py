"""Owns the removal of markup: Markdown, HTML, LaTeX; what is left is running text.

It deliberately keeps every word a reader would see, and leaves signs and numbers to later steps.
"""

# ruff: noqa: RUF001 - typographic signs are what this module is about
from __future__ import annotations

import html
import re
from typing import Final

_TAG: Final = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>\n]{0,200}>", re.DOTALL)
_AUTOLINK: Final = re.compile(r"<((?:https?://|mailto:)[^\s<>]+)>")
_ENTITY: Final = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_IMAGE_OR_LINK: Final = re.compile(r"!?\[([^\[\]]*)\]\((?:[^()\n]|\([^()\n]*\))*\)")
_REFERENCE: Final = re.compile(r"\[([^\[\]\n]+)\]\[[^\[\]\n]*\]")
_FOOTNOTE: Final = re.compile(r"(?<=[\w.,!?\"')])\[\^?\d{1,3}\]|\[\^\w{1,20}\]")
_EMPHASIS: Final = (
    re.compile(r"(\*\*\*|\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1"),
    re.compile(r"(?<![\w*])(\*)(?=[^\s*])(.+?)(?<=[^\s*])\*(?![\w*])"),
    re.compile(r"(?<![\w_])(_)(?=[^\s_])(.+?)(?<=[^\s_])_(?![\w_])"),
)
# Half of a pair whose other half is in another piece.
_STRAY: Final = re.compile(
    r"`+|~~|(?<!\d)(?<!\d )\*{2,3}|\*{2,3}(?! ?\d)|(?<!\w)_{1,3}|_{1,3}(?!\w)"
)
_STRAY_STAR: Final = re.compile(r"(?<!\S)\*(?=[^\W\d])|(?<=[^\W\d])\*(?!\S)")

_FENCE: Final = re.compile(r"\s*(?:`{3,}|~{3,})[\w+#.-]*\s*")
_RULE: Final = re.compile(r"\s*(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,}|={3,})")
_TABLE_RULE: Final = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_HEADING: Final = re.compile(r"\s*#{1,6}\s+(.*?)[\s#]*")
_QUOTE: Final = re.compile(r"\s*(?:>\s*)+(?=\S)")
_BULLET: Final = re.compile(r"\s*[-*+•‣◦·▪●–]\s+(?:\[[ xX]\]\s+)?")
_NUMBERED: Final = re.compile(r"\s*(\d{1,3})[.)]\s+(?=\S)")
_TABLE_ROW: Final = re.compile(r"\s*\|.*\|\s*|[^|]+(?:\|[^|]*){2,}")
_ENDED: Final = re.compile(r"[.!?:;,…][\"'”’»)\]*_]*$")

_LATEX_WORDS: Final = {
    "times": "×", "cdot": "×", "div": "÷", "pm": "±", "approx": "≈", "neq": "≠", "ne": "≠",
    "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "pi": "π", "infty": "∞", "sqrt": "√", "circ": "°",
    "ldots": "…", "dots": "…",
}  # fmt: skip
_LATEX_DOLLARS: Final = re.compile(r"\$\$([^$]+)\$\$|\$([^$\n]*\\[^$\n]*)\$")
_LATEX_FRACTION: Final = re.compile(r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}")
_LATEX_WRAP: Final = re.compile(r"\\(?:text|boxed|mathrm|mathbf|textbf)\{([^{}]*)\}")
_LATEX_WORD: Final = re.compile(r"\\([a-zA-Z]+)")


def strip_markup(text: str) -> str:
    """Return the text without markup, on one line, with a full stop where a line break was a pause."""
    if "<" in text:
        text = _TAG.sub(_tag_space, _AUTOLINK.sub(r"\1", text))
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if "\\" in text or "$$" in text:
        text = _strip_latex(text)
    if "[" in text:
        text = _IMAGE_OR_LINK.sub(r"\1", text)
        text = _FOOTNOTE.sub("", _REFERENCE.sub(r"\1", text))
    return _strip_inline(_join_lines(text.splitlines()))


def _tag_space(tag: re.Match[str]) -> str:
    """Return a line break for block tags, nothing for those inside a word's sentence."""
    return "\n\n" if re.match(r"</?(?:p|br|li|tr|div|h\d|ul|ol|table)\b", tag[0]) else ""


def _strip_latex(text: str) -> str:
    text = _LATEX_DOLLARS.sub(lambda formula: formula[1] or formula[2], text)
    text = _LATEX_FRACTION.sub(r"\1/\2", text)
    text = _LATEX_WRAP.sub(r"\1", text)
    text = _LATEX_WORD.sub(lambda word: f" {_LATEX_WORDS.get(word[1], word[1])} ", text)
    return re.sub(r"\\([*_#`~$%&{}\[\]()+.!|>-])", r" \1", text).replace("\\", " ")


def _strip_inline(text: str) -> str:
    if not any(sign in text for sign in "*_~`"):
        return text
    for _ in range(2):
        for pattern in _EMPHASIS:
            text = pattern.sub(r"\2", text)
    return _STRAY_STAR.sub("", _STRAY.sub("", text))


def _join_lines(lines: list[str]) -> str:
    """Join lines; after a list item, heading, table row or paragraph the voice gets a full stop."""
    joined = ""
    pause = False
    for line in lines:
        if (
            not line.strip()
            or _FENCE.fullmatch(line)
            or _RULE.fullmatch(line)
            or ("|" in line and _TABLE_RULE.fullmatch(line))
        ):
            pause = True
            continue
        plain, is_block = _strip_block(line)
        if joined:
            needs_stop = (pause or is_block) and not _ENDED.search(joined.rstrip())
            joined = joined.rstrip() + (". " if needs_stop else " ")
        joined += plain.strip()
        pause = is_block
    return joined


def _strip_block(line: str) -> tuple[str, bool]:
    """Return one line without what makes it a block, and whether anything did."""
    if "|" in line and _TABLE_ROW.fullmatch(line):
        return ", ".join(cell.strip() for cell in line.split("|") if cell.strip()), True
    rest = _QUOTE.sub("", line, count=1) if line.lstrip().startswith(">") else line
    heading = _HEADING.fullmatch(rest)
    if heading:
        return heading[1], True
    bullet = _BULLET.match(rest)
    if bullet and not re.match(r"\s*[-–+]\s+\d+(?:[.,]\d+)?\s*[=+×÷*/]", rest):
        rest = rest[bullet.end() :]
    numbered = _NUMBERED.match(rest)
    if numbered:
        return f"{numbered[1]}, {rest[numbered.end() :]}", True
    return rest, bullet is not None
