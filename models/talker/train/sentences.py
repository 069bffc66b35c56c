"""Which sentences the voice learns from. Owns their choice; says nothing about how they are pronounced.

The result is kept (`data/sentences.txt`), so that training needs none of the packages below again:
Debian's wordnet-base (its example sentences), debian-handbook, jargon-text, fortunes; the standard library's
docstrings; what the starter thinker says and hears; and the questions and short replies made here.
"""

from __future__ import annotations

import gzip
import html
import inspect
import pkgutil
import random
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from dimensions import SEED

from assistant.speech.normalize import normalize

WORDS_MOST = 24
WANTED = {
    "wordnet": 3000, "handbook": 700, "jargon": 450, "fortunes": 450, "docstrings": 250,
    "assistant": 800, "questions": 420, "declarative questions": 260, "replies": 110,
}  # fmt: skip
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_PLAIN = re.compile(r"[A-Za-z0-9 ,.;:!?'%$-]+")
_FORTUNES = ("wisdom", "science", "work", "people", "literature", "food", "platitudes", "education")


def choose(test_sentences: Path, in_lexicon: Callable[[str], bool]) -> list[str]:
    """Return the training sentences, one of each wording, as plain normalised text.

    Every word is one `in_lexicon` accepts. No run of five words occurs in a test sentence.
    """
    rng = random.Random(SEED)
    tested = [line.split("\t")[1] for line in read_lines(test_sentences)]
    forbidden = {run for text in tested for run in _runs(_words(normalize(text)))}
    short_tests = {" ".join(_words(normalize(text))) for text in tested}
    chosen: dict[str, None] = {}
    for name, source in _SOURCES.items():
        found = list(dict.fromkeys(source(rng)))
        rng.shuffle(found)
        left = WANTED[name]
        for text in found:
            spoken = normalize(text)
            words = _words(spoken)
            if not (left and 1 <= len(words) <= WORDS_MOST and all(map(in_lexicon, words))):
                continue
            if name != "replies" and (len(words) < 3 or " ".join(words) in short_tests):
                continue
            if spoken in chosen or any(run in forbidden for run in _runs(words)):
                continue
            chosen[spoken] = None
            left -= 1
        print(f"{name}: {WANTED[name] - left} of {len(found)}", flush=True)
    sentences = list(chosen)
    rng.shuffle(sentences)
    return sentences


def read_lines(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower().replace("-", " "))


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + 5]) for at in range(len(words) - 4)]


def _ended(text: str, end: str = ".") -> str:
    text = re.sub(r"\s+", " ", text).strip(" ,;:-")
    text = text if text.endswith((".", "?", "!")) else text + end
    return text[:1].upper() + text[1:]


def _split(prose: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(re.sub(r"\s+", " ", prose)):
        if _PLAIN.fullmatch(sentence) and sentence[-1] in ".!?" and sentence[0].isupper():
            yield sentence


def _wordnet(_rng: random.Random) -> Iterator[str]:
    for kind in ("noun", "verb", "adj", "adv"):
        for line in Path(f"/usr/share/wordnet/data.{kind}").read_text("utf-8").splitlines():
            for example in re.findall(r'"([^"]+)"', line.partition("|")[2]):
                if _PLAIN.fullmatch(example) and len(example.split()) >= 4:
                    yield _ended(example)


def _handbook(_rng: random.Random) -> Iterator[str]:
    for page in sorted(Path("/usr/share/doc/debian-handbook/html/en-US").glob("*.html")):
        for block in re.findall(
            r'<div class="para">(.*?)</div>', page.read_text("utf-8"), re.DOTALL
        ):
            yield from _split(
                html.unescape(re.sub(r"<[^>]+>", "", block)).replace(
                    "\N{RIGHT SINGLE QUOTATION MARK}", "'"
                )
            )


def _jargon(_rng: random.Random) -> Iterator[str]:
    with gzip.open("/usr/share/doc/jargon-text/jargon.txt.gz", "rt", encoding="utf-8") as book:
        for block in book.read().split("\n\n"):
            yield from _split(re.sub(r"[{}_]", "", block))


def _fortunes(_rng: random.Random) -> Iterator[str]:
    for name in _FORTUNES:
        text = Path(f"/usr/share/games/fortunes/{name}").read_text("utf-8", "ignore")
        for block in text.split("\n%\n"):
            yield from _split(block.partition("\t\t--")[0])


def _docstrings(_rng: random.Random) -> Iterator[str]:
    for module in sorted(sys.stdlib_module_names & {m.name for m in pkgutil.iter_modules()}):
        if module.startswith("_") or module in {"this", "antigravity", "idlelib", "test"}:
            continue
        try:
            members = inspect.getmembers(__import__(module))
        except Exception:  # noqa: BLE001, S112 - some modules of other platforms do not import
            continue
        for _, member in members:
            yield from _split(inspect.getdoc(member) or "")


def _assistant(rng: random.Random) -> Iterator[str]:
    """What the starter thinker hears and answers, from the tables it is trained with."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "starter"))
    import dialogues
    import templates_train as wording

    templates = dialogues.by_tool(wording.build())
    for _ in range(1500):
        for role, content in dialogues.conversation(templates, wording, rng):
            if role == "assistant" and "<|" not in content:
                yield from (_ended(part) for part in _SENTENCE.split(content))


def _questions(rng: random.Random) -> Iterator[str]:
    made = _made_here()
    for _ in range(900):
        question = rng.choice(made["question"])
        yield re.sub(r"\{(\w+)\}", lambda name: rng.choice(made[name[1]]), question)


def _declarative(rng: random.Random) -> Iterator[str]:
    for text in _wordnet(rng):
        if len(text.split()) <= 9 and text.endswith("."):
            yield text[:-1] + "?"


def _replies(_rng: random.Random) -> Iterator[str]:
    yield from _made_here()["reply"]


def _made_here() -> dict[str, list[str]]:
    """Return the alternatives of each name in `data/made_here.txt`."""
    made: dict[str, list[str]] = {}
    for line in read_lines(Path(__file__).parents[1] / "data" / "made_here.txt"):
        name, _, alternatives = line.partition(": ")
        made.setdefault(name, []).extend(alternatives.split("|"))
    return made


_SOURCES: dict[str, Callable[[random.Random], Iterator[str]]] = {
    "replies": _replies,
    "questions": _questions,
    "declarative questions": _declarative,
    "assistant": _assistant,
    "handbook": _handbook,
    "jargon": _jargon,
    "fortunes": _fortunes,
    "docstrings": _docstrings,
    "wordnet": _wordnet,
}
