"""Measure the shipped GGUF through llama.cpp, greedy, on wordings it was not trained on.

    python models/starter/evaluate.py [--model FILE] [--items 2400] [--manifest speech/manifest.json] [--show 20]

First proves in code that no test wording occurs in training. Owns the measurement; the wordings are in
`templates_test.py`, `facts.py` (ASK_TEST) and `chat.py` (*_TEST).
"""

# ruff: noqa: E501, D102, SLF001 (report lines; llama_cpp has no public way to clear its memory)

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import chat
import dialogues
import facts
import templates_blind
import templates_fresh
import templates_parts
import templates_test
import templates_train
import things
from dialogues import Exchange, Message, Style
from patterns import bare_form, expand_all

HERE = Path(__file__).parent
SEED = 777
PARTS = {pattern for _, pattern, _, _ in templates_parts.PARTS}
NOISE_RATE = 0.12
REFUSALS = {chat.DONT_KNOW, chat.NOT_UNDERSTOOD, *(answer for _, answer in chat.CANNOT)}


def training_forms() -> set[str]:
    templates = [t for t in templates_train.build() if t.pattern not in PARTS]
    forms = {bare_form(e) for t in templates for e in expand_all(t.pattern)}
    forms |= {bare_form(e) for p, _ in templates_train.REWORDED_SUMS for e in expand_all(p)}
    forms |= {bare_form(f) for v in templates_train.FOLLOW_UPS.values() for f in v.split("|")}
    forms |= {
        bare_form(f"{p} {q}")
        for v in facts.ASK.values()
        for q in v.split("|")
        for p in ("", *facts.SINGLE_PREFIX)
    }
    forms |= {
        bare_form(p + q)
        for topic, v in dialogues.ASK.items()
        if topic.startswith("single")
        for q in v
        for p in facts.SINGLE_PREFIX
    }
    forms |= {bare_form(e) for q, _ in chat.TALK for e in expand_all(f"({q})")} | {
        bare_form(e) for e in expand_all(f"({chat.JOKE_ASK})")
    }
    forms |= {bare_form(q) for q in chat.UNKNOWN_QUESTIONS} | {
        bare_form(e) for e in expand_all(f"({chat.UNKNOWN_FRAMES})")
    }
    return forms


def test_forms() -> set[str]:
    forms = {bare_form(e) for t in templates_test.build() for e in expand_all(t.pattern)}
    forms |= {bare_form(e) for p, _ in templates_test.REWORDED_SUMS for e in expand_all(p)}
    forms |= {bare_form(e) for t in templates_fresh.build() for e in expand_all(t.pattern)}
    forms |= {bare_form(e) for p, _ in templates_fresh.REWORDED_SUMS for e in expand_all(p)}
    forms |= {bare_form(f) for v in templates_test.FOLLOW_UPS.values() for f in v.split("|")}
    forms |= {bare_form(q) for v in dialogues.ASK_TEST.values() for q in v}
    forms |= {bare_form(q) for q, _ in chat.TALK_TEST} | {
        bare_form(q) for q in (*chat.UNKNOWN_TEST, *chat.STATEMENTS_TEST)
    }
    return forms


def drawn_wordings(count: int) -> set[str]:
    """Wordings as training draws them; its combined carriers are too many to list."""
    train, rng = dialogues.by_tool(templates_train.build()), random.Random(SEED)
    drawn = (
        dialogues.drawn_wording(train[tool], templates_train, rng)[1]
        for tool in rng.choices(list(train), k=count)
    )
    return {bare_form(wording) for wording in drawn}


def blind_wordings() -> tuple[ModuleType, int]:
    """The blind set without what training says by chance, and how many wordings that were.

    Its author saw no training wording, and training was not looked through for it.
    """
    known = training_forms() | drawn_wordings(200_000)
    kept = [
        t
        for t in templates_blind.build()
        if not any(bare_form(wording) in known for wording in expand_all(t.pattern))
    ]
    dropped = len(templates_blind.build()) - len(kept)
    templates_blind.build = lambda: kept  # type: ignore[assignment]
    return templates_blind, dropped


@contextlib.contextmanager
def real_things() -> Iterator[None]:
    """Lists, items, notes and timers as people say them, instead of words drawn from a dictionary.

    `data/blind_things.txt`, whose author saw neither training nor tests.
    """
    text = (HERE / "data" / "blind_things.txt").read_text(encoding="utf-8")
    said = {
        heading: rows.split("\n")
        for heading, rows in re.findall(r"\[(\w+)\]\n([^\[]+)(?=\n|$)", text)
    }
    said = {heading: [row for row in rows if row] for heading, rows in said.items()}
    said["items"] = [things.without_article(row) for row in said["items"]]
    plain = [row for row in said["items"] if row.split()[0] not in things.QUANTITIES]
    drawn = {
        "item": said["items"],
        "bare_item": plain,
        "list_name": said["lists"],
        "note": said["notes"],
        "timer_name": said["timers"],
    }
    before = {name: getattr(things, name) for name in drawn}
    for name, rows in drawn.items():
        setattr(things, name, lambda rng, _typed, rows=rows: rng.choice(rows))
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(things, name, function)


def assert_disjoint() -> int:
    shared = (training_forms() | drawn_wordings(200_000)) & test_forms()
    shared |= {
        *templates_fresh.REQUEST_BEFORE,
        *templates_fresh.QUESTION_BEFORE,
        *templates_fresh.AFTER,
        *templates_test.REQUEST_BEFORE,
        *templates_test.QUESTION_BEFORE,
        *templates_test.AFTER,
    } & {
        *templates_train.REQUEST_BEFORE,
        *templates_train.QUESTION_BEFORE,
        *templates_train.AFTER,
    }
    if shared:
        raise SystemExit(f"test wordings occur in training: {sorted(shared)}")
    return len(test_forms())


class Thinker:
    """The GGUF in llama.cpp, greedy, one thread."""

    def __init__(self, path: Path) -> None:
        import llama_cpp
        import numpy as np

        self.llama_cpp, self.np = llama_cpp, np
        self.llama = llama_cpp.Llama(
            str(path), n_ctx=2048, n_threads=1, n_threads_batch=1, flash_attn=True, use_mmap=False, verbose=False
        )  # fmt: skip
        self.end = self.llama.token_eos()

    def reply(self, messages: list[Message], limit: int = 160) -> str:
        text = "<|startoftext|>" + "".join(f"<|im_start|>{r}\n{t}<|im_end|>\n" for r, t in messages)
        ids = self.llama.tokenize(
            f"{text}<|im_start|>assistant\n".encode(), add_bos=False, special=True
        )
        self.llama.reset()
        self.llama._ctx.kv_cache_clear()
        self.llama.eval(ids)
        out: list[int] = []
        while len(out) < limit:
            pointer = self.llama_cpp.llama_get_logits_ith(self.llama.ctx, -1)
            token = int(self.np.ctypeslib.as_array(pointer, (self.llama.n_vocab(),)).argmax())
            if token == self.end:
                break
            out.append(token)
            self.llama.eval([token])
        return str(self.llama.detokenize(out, special=True).decode("utf-8", "replace"))


_worker: Thinker


def _start_worker(path: Path) -> None:
    global _worker  # noqa: PLW0603 - one model per worker process
    _worker = Thinker(path)


def _reply(messages: list[Message]) -> str:
    return _worker.reply(messages)


class Thinkers:
    """Several of them, each in a process of its own."""

    def __init__(self, path: Path, workers: int) -> None:
        self.pool = multiprocessing.get_context("spawn").Pool(workers, _start_worker, (path,))

    def replies(self, dialogues_: list[list[Message]]) -> list[str]:
        """What is said next in each of the dialogues."""
        return self.pool.map(_reply, dialogues_, chunksize=8)


@dataclass
class Item:
    """One test question: what came before, the question, what is right."""

    before: list[Message]
    exchange: Exchange
    user: str


def tool_items(
    count: int, noise_rate: float, typed: bool = False, wording: ModuleType = templates_test
) -> list[Item]:
    """`count` questions; the same seed gives the same questions whatever the noise."""
    train = dialogues.by_tool(templates_train.build())
    test = dialogues.by_tool(wording.build())
    items = []
    for i in range(count):
        rng = random.Random(SEED * 1_000_003 + i)
        before: list[Message] = [("system", dialogues.SYSTEM)]
        if rng.random() < 0.3:
            for _ in range(rng.randint(1, 3)):
                kind = rng.random()
                earlier = (
                    dialogues.tool_exchange(train, templates_train, rng, Style(typed)) if kind < 0.5
                    else dialogues.fact_exchange(rng, Style(typed)) if kind < 0.75 else dialogues.unknown_exchange(rng, Style(typed))
                )  # fmt: skip
                before += earlier.messages
        style = Style(typed, noise_rate, SEED)
        if rng.random() < 0.08:
            exchange = dialogues.follow_up(test, wording, rng, style)
            users = [j for j, (r, _) in enumerate(exchange.messages) if r == "user"]
            before += exchange.messages[: users[-1]]
            exchange.messages = exchange.messages[users[-1] :]
        else:
            exchange = dialogues.tool_exchange(test, wording, rng, style)
        items.append(Item(before, exchange, exchange.messages[0][1]))
    return items


def states(answer: str, result: dict[str, str]) -> bool:
    return all(value.rstrip(".").lower() in answer.lower() for value in result.values())


def measure_tools(
    thinkers: Thinkers, items: list[Item], title: str, show: int, with_answers: bool
) -> None:
    exact: Counter[str] = Counter()
    total: Counter[str] = Counter()
    name_right = 0
    wrong = []
    got_all = thinkers.replies([[*item.before, ("user", item.user)] for item in items])
    for item, got in zip(items, got_all, strict=True):
        assert item.exchange.call is not None
        tool = item.exchange.call[0]
        wanted = dialogues.call_text(*item.exchange.call)
        total[tool] += 1
        exact[tool] += got == wanted
        name_right += got.startswith(f"<|tool_call_start|>[{tool}(")
        if got != wanted:
            wrong.append((item.user, wanted, got))
    n = len(items)
    right = sum(exact.values())
    print(
        f"{title}: tool call exact {right}/{n} = {right / n:.1%}; tool name {name_right / n:.1%}",
        flush=True,
    )
    print("   " + ", ".join(f"{t} {exact[t] / total[t]:.1%} of {total[t]}" for t in sorted(total)))
    for user, wanted, got in wrong[:show]:
        print(f"   {user!r}\n      wanted {wanted}\n      got    {got}")
    if with_answers:
        answers = thinkers.replies([[*item.before, *item.exchange.messages[:-1]] for item in items])
        missing = [
            (i.exchange.result, a)
            for i, a in zip(items, answers, strict=True)
            if not states(a, i.exchange.result)
        ]
        print(
            f"{title}: result stated {n - len(missing)}/{n} = {1 - len(missing) / n:.2%}",
            flush=True,
        )
        for result, answer in missing[:show]:
            print(f"   not stated: {result} -> {answer}")


def measure_facts(thinkers: Thinkers, show: int) -> int:
    """Every fact, asked in a wording kept for the test; returns how many clean ones were refused."""
    refused_clean = 0
    for name, rate in (("clean", 0.0), ("noisy", NOISE_RATE)):
        rng = random.Random(SEED)
        users = [
            dialogues.fact_exchange(rng, Style(noise_rate=rate), f, is_test=True).messages[0]
            for f in dialogues.FACTS
        ]
        answers = thinkers.replies([[("system", dialogues.SYSTEM), user] for user in users])
        right = [f.core in a for f, a in zip(dialogues.FACTS, answers, strict=True)]
        refused = sum(a in REFUSALS for a in answers)
        n = len(right)
        print(
            f"facts, other wordings, {name}: right {sum(right)}/{n} = {sum(right) / n:.1%}, refused {refused}, wrong {n - sum(right) - refused}",
            flush=True,
        )
        if rate == 0:
            refused_clean = refused
            for (_, user), answer, fine in list(zip(users, answers, right, strict=True)):
                if not fine and show:
                    print(f"   {user!r} -> {answer}")
    return refused_clean


def measure_unknown(thinkers: Thinkers, refused_facts: int, show: int) -> None:
    def replies(users: list[str]) -> list[tuple[str, str]]:
        said = thinkers.replies([[("system", dialogues.SYSTEM), ("user", u)] for u in users])
        return list(zip(users, said, strict=True))

    refused_unknown = 0
    for title, users in (
        ("unknown questions", list(chat.UNKNOWN_TEST)),
        ("statements", list(chat.STATEMENTS_TEST)),
    ):
        answers = replies(users)
        honest = [a in REFUSALS for _, a in answers]
        tools = sum("<|tool_call_start|>" in a for _, a in answers)
        refused_unknown += sum(honest)
        other = len(users) - sum(honest) - tools
        print(
            f"{title}: refused honestly {sum(honest)}/{len(users)} = {sum(honest) / len(users):.1%}; tool called {tools}; answered otherwise {other}"
        )
        for (user, answer), fine in zip(answers, honest, strict=True):
            if not fine and show:
                print(f"   {user!r} -> {answer}")
    talk = replies([q for q, _ in chat.TALK_TEST])
    right = sum(w in a for (_, a), (_, w) in zip(talk, chat.TALK_TEST, strict=True))
    refused_talk = sum(a in REFUSALS for _, a in talk)
    print(f"small talk, other wordings: {right}/{len(talk)} right, {refused_talk} refused")
    for (user, answer), (_, wanted) in zip(talk, chat.TALK_TEST, strict=True):
        if wanted not in answer and show:
            print(f"   {user!r} -> {answer}")
    wrongly = refused_facts + refused_talk
    unknown = len(chat.UNKNOWN_TEST) + len(chat.STATEMENTS_TEST)
    precision = refused_unknown / max(1, refused_unknown + wrongly)
    print(
        f'"don\'t know": recall {refused_unknown / unknown:.1%} ({refused_unknown}/{unknown}); precision {precision:.1%} ({wrongly} refusals of known facts and talk)'
    )


def measure_manifest(thinkers: Thinkers, manifest: Path) -> None:
    """Transcripts of real recordings: every command is shown; speech must not call a tool."""
    clips = json.loads(manifest.read_text(encoding="utf-8"))
    texts: dict[str, str] = {}
    for clip in clips:
        if clip.get("transcript") and clip.get("language") == "en":
            spoken = re.sub(r"[^a-z0-9' ]", "", clip["transcript"].lower().replace("-", " "))
            texts.setdefault(spoken, clip["kind"])
    answers = thinkers.replies([[("system", dialogues.SYSTEM), ("user", t)] for t in texts])
    speech = called = refused = 0
    for (text, kind), answer in zip(texts.items(), answers, strict=True):
        if kind == "speech" and len(text.split()) > 4:
            speech += 1
            called += "<|tool_call_start|>" in answer
            refused += answer in REFUSALS
            if answer not in REFUSALS:
                print(f"   speech {text[:90]!r} -> {answer}")
        else:
            print(f"   {kind} {text!r} -> {answer}")
    print(f"real read sentences: {speech}, refused honestly {refused}, tool called {called}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=HERE / "sarai-starter.gguf")
    parser.add_argument("--items", type=int, default=2400)
    parser.add_argument("--manifest", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    started = time.monotonic()
    print(f"{assert_disjoint()} test wordings, none of them in training")
    thinkers = Thinkers(options.model, options.workers)
    first = thinkers.replies([[("system", dialogues.SYSTEM), ("user", "what time is it")]])
    print("what time is it ->", first[0], flush=True)
    show, count = options.show, options.items
    measure_tools(thinkers, tool_items(count, 0.0), "clean", show, with_answers=True)
    measure_tools(
        thinkers,
        tool_items(count, NOISE_RATE),
        f"noisy ({NOISE_RATE:.0%} of words outside slots)",
        show,
        with_answers=False,
    )
    measure_tools(
        thinkers, tool_items(count // 4, 0.0, typed=True), "typed", show, with_answers=True
    )
    fresh = tool_items(count, 0.0, wording=templates_fresh)
    measure_tools(thinkers, fresh, "fresh wordings, clean", show, with_answers=False)
    fresh = tool_items(count, NOISE_RATE, wording=templates_fresh)
    measure_tools(thinkers, fresh, "fresh wordings, noisy", show, with_answers=False)
    wording, known = blind_wordings()
    print(f"{known} of the blind wordings occur in training, too, and are left out")
    blind = tool_items(count, 0.0, wording=wording)
    measure_tools(thinkers, blind, "blind wordings, clean", show, with_answers=False)
    blind = tool_items(count, NOISE_RATE, wording=wording)
    measure_tools(thinkers, blind, "blind wordings, noisy", show, with_answers=False)
    with real_things():
        blind = tool_items(count, 0.0, wording=wording)
    measure_tools(thinkers, blind, "blind wordings, blind things, clean", show, with_answers=False)
    measure_unknown(thinkers, measure_facts(thinkers, show), show)
    if options.manifest:
        measure_manifest(thinkers, options.manifest)
    print(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
