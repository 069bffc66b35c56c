"""Sentences drawn from the assistant-domain grammar `domain.txt`, the same ones for the same seed.

Owns the small grammar notation (explained at the top of `domain.txt`). Does not count or smooth
anything: that is `build.py`.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

_TOKEN = re.compile(r"[()|]|<[a-z0-9_]+>|[^\s()|<>]+")

# A node is a word, a rule reference, or a choice between sequences of nodes.
Node = str | list["Sequence"]
Sequence = list["Node"]


@dataclass(frozen=True)
class Grammar:
    """Rules by name, and the weights of the public ones (those a sentence may start from)."""

    rules: dict[str, tuple[list[Sequence], list[float]]]
    public: dict[str, float]

    def sentence(self, rng: random.Random) -> str:
        """Return one sentence, words separated by single spaces."""
        rule = rng.choices(list(self.public), weights=list(self.public.values()))[0]
        return " ".join(self._expand_rule(rule, rng))

    def _expand_rule(self, name: str, rng: random.Random) -> list[str]:
        sequences, weights = self.rules[name]
        return self._expand(rng.choices(sequences, weights=weights)[0], rng)

    def _expand(self, sequence: Sequence, rng: random.Random) -> list[str]:
        words: list[str] = []
        for node in sequence:
            if isinstance(node, list):
                words += self._expand(rng.choice(node), rng)
            elif node.startswith("<"):
                words += self._expand_rule(node[1:-1], rng)
            else:
                words.append(node)
        return words


def _parse_choice(tokens: list[str], at: int) -> tuple[list[Sequence], int]:
    """Parse `a b (c|)|d` up to the closing bracket or the end; return it and where it stopped."""
    choice: list[Sequence] = [[]]
    while at < len(tokens):
        symbol = tokens[at]
        if symbol == ")":
            return choice, at
        if symbol == "|":
            choice.append([])
        elif symbol == "(":
            inner, at = _parse_choice(tokens, at + 1)
            if at >= len(tokens):
                raise ValueError(f"bracket not closed: {' '.join(tokens)}")
            choice[-1].append(inner)
        else:
            choice[-1].append(symbol)
        at += 1
    return choice, at


def load(path: Path) -> Grammar:
    """Return the grammar in `path`; ValueError names the rule that is unknown or malformed."""
    rules: dict[str, tuple[list[Sequence], list[float]]] = {}
    public: dict[str, float] = {}
    name = ""
    for raw in path.read_text(encoding="utf-8").splitlines():
        line = raw.split("#")[0].strip()
        if not line:
            continue
        if line.startswith("@"):
            name, *weight = line[1:].split()
            rules[name] = ([], [])
            if weight:
                public[name] = float(weight[0])
            continue
        times = re.match(r"(\d+)\*", line)
        choice, _ = _parse_choice(_TOKEN.findall(line[times.end() :] if times else line), 0)
        rules[name][0].append([choice] if len(choice) > 1 else choice[0])
        rules[name][1].append(float(times[1]) if times else 1.0)
    for name, (sequences, _) in rules.items():
        for reference in re.findall(r"<([a-z0-9_]+)>", repr(sequences)):
            if reference not in rules:
                raise ValueError(f"rule {name!r} uses <{reference}>, which does not exist")
    return Grammar(rules, public)


def sentences(path: Path, count: int, seed: int) -> list[str]:
    """Return `count` sentences of the grammar in `path`."""
    grammar, rng = load(path), random.Random(seed)
    return [grammar.sentence(rng) for _ in range(count)]
