"""Owns how addresses are said: web pages, e-mail, file names, handles.

It deliberately says only the host of a long address: nobody listens to a query string.
"""

from __future__ import annotations

import re
from typing import Final

from assistant.speech.normalize.lexicon import LEXICONS, Language

# Endings that make a bare word with dots an address; with http:// or www. any ending does.
_DOMAINS: Final = (
    "com|org|net|edu|gov|mil|int|info|io|ai|dev|app|co|me|tv|uk|us|ca|au|de|fr|es|mx|ar|cl|it|nl|eu"
    "|jp|cn|in|br|ch"
)
_EMAIL: Final = re.compile(r"(?:mailto:)?\b([\w.+-]{1,64})@([\w-]+(?:\.[\w-]+)+)")
_URL: Final = re.compile(
    r"\b(?:(?:https?|ftp)://|www\.)(?:[^\s/@<>\"]*@)?([\w-]+(?:\.[\w-]+)*)(?::\d+)?([/?#][^\s<>\")\]]*)?"
    rf"|(?<![\w.@/-])((?:[a-zA-Z0-9-]+\.)+(?:{_DOMAINS}))(?![\w@-])(?!\.\w)(/[^\s<>\")\]]*)?"
)
_FILE: Final = re.compile(r"(?<=\w\w)\.(?=[a-z]{2,5}\b)(?<!\d\.)")
_HANDLE: Final = re.compile(r"(?<!\w)@(?=\w)")
_SHORT_PATH: Final = re.compile(r"/[a-zA-Z]{1,15}/?")


def speak_addresses(text: str, language: Language) -> str:
    """Return the text with web and mail addresses, file names and handles in words."""
    if "." not in text and "@" not in text and "://" not in text:
        return text
    words = LEXICONS[language].words

    def spell(address: str) -> str:
        for sign, name in ((".", "dot"), ("-", "dash"), ("_", "underscore"), ("+", "plus")):
            address = address.replace(sign, f" {words[name]} ")
        return " ".join(address.split())

    def page(m: re.Match[str]) -> str:
        host, path = (m[1] or m[3]).removeprefix("www."), m[2] or m[4] or ""
        stop = re.search(r"[.,;:!?]*$", path)
        tail = stop[0] if stop else ""
        bare = path.removesuffix(tail) if tail else path
        if _SHORT_PATH.fullmatch(bare):
            return f"{spell(host)} {words['slash']} {bare.strip('/')}{tail}"
        return spell(host) + tail

    text = _EMAIL.sub(lambda m: f"{spell(m[1])} {words['at']} {spell(m[2])}", text)
    text = _URL.sub(page, text)
    text = _HANDLE.sub(f"{words['at']} ", text)
    return _FILE.sub(f" {words['dot']} ", text)
