"""Dialogues: template + slots + noise -> messages with the right call, a random result and its answer.

Owns the composition and the answer wordings. What is asked comes from a wording module
(`templates_train` or `templates_test`), so the test can use the same machinery with other wordings.
"""

# ruff: noqa: E501 (one case per tool reads best as a flat match)

from __future__ import annotations

import json
import random
import re
from types import ModuleType

import chat
import facts
import slots
from asking import Exchange, Message, Pieces, Style, drawn_style, drawn_wording, dress, fill, write
from patterns import Template, draw
from results import answer_to, result_of
from statements import fill_words, statement

SYSTEM = "You are Sarai, an offline voice assistant. Answer in one or two short sentences. Use a tool when one fits."
ARGUMENTS = {
    "get_time": ("place",), "get_date": ("day",), "calculate": ("expression",), "convert": ("amount", "from_unit", "to_unit"),
    "set_timer": ("duration", "name"), "list_timers": (), "cancel_timer": ("name",), "add_to_list": ("item", "list"),
    "remove_from_list": ("item", "list"), "read_list": ("list",), "take_note": ("text",), "read_notes": (),
}  # fmt: skip
TOOL_WEIGHTS = {
    "get_time": 9, "get_date": 9, "calculate": 12, "convert": 11, "set_timer": 14, "list_timers": 5, "cancel_timer": 8,
    "add_to_list": 12, "remove_from_list": 9, "read_list": 6, "take_note": 11, "read_notes": 3,
}  # fmt: skip


def call_text(tool: str, args: dict[str, str]) -> str:
    inside = ", ".join(
        f"{k}={json.dumps(args[k], ensure_ascii=False)}" for k in ARGUMENTS[tool] if k in args
    )
    return f"<|tool_call_start|>[{tool}({inside})]<|tool_call_end|>"


def result_text(result: dict[str, str]) -> str:
    return f"<|tool_response_start|>{json.dumps(result, ensure_ascii=False)}<|tool_response_end|>"


# --- exchanges -------------------------------------------------------------------------------------
def use(tool: str, args: dict[str, str], user: str, rng: random.Random, kind: str = "") -> Exchange:
    result = result_of(tool, args, rng)
    args = {k: args[k] for k in ARGUMENTS[tool] if k in args}
    messages = [
        ("user", user),
        ("assistant", call_text(tool, args)),
        ("tool", result_text(result)),
        ("assistant", answer_to(result)),
    ]
    return Exchange(messages, kind or tool, (tool, args), result)


def tool_exchange(
    templates: dict[str, list[Template]],
    wording: ModuleType,
    rng: random.Random,
    style: Style,
    tool: str = "",
) -> Exchange:
    """One question for a tool; its wording drawn evenly from the tool's templates."""
    tool = tool or rng.choices(list(TOOL_WEIGHTS), list(TOOL_WEIGHTS.values()))[0]
    if tool == "calculate" and rng.random() < 0.12:
        question, rewritten = rng.choice(wording.REWORDED_SUMS)
        pieces, values = fill(draw(f"({question})", rng), rng, style.typed)
        pieces = dress(pieces, False, wording, rng, True)
        return use(
            tool, {"expression": rewritten.format(**values)}, write(pieces, style, rng, True), rng
        )
    template, wanted = drawn_wording(templates[tool], wording, rng)
    pieces, args = fill(wanted, rng, style.typed)
    if "list" in ARGUMENTS[tool] and (named := re.search(r"\b(to do|shopping) list\b", wanted)):
        args = {"list": named[1]} | args  # the wording itself names it
    is_open_end = template.pattern.endswith(("{text}", "{name:task}", "{item:todo}"))
    pieces = dress(pieces, template.is_request, wording, rng, is_open_end)
    is_question = not template.is_request and bool(
        re.match(
            r"(what|how|which|when|is|do|does|can|could|who|where|are|any)",
            template.pattern.strip("("),
        )
    )
    return use(tool, args | template.given, write(pieces, style, rng, is_question), rng)


def follow_up(
    templates: dict[str, list[Template]], wording: ModuleType, rng: random.Random, style: Style
) -> Exchange:
    """A question for a tool and one or two that lean on it."""
    tool = rng.choice(
        (
            "get_time",
            "get_time",
            "get_date",
            "convert",
            "calculate",
            "set_timer",
            "set_timer",
            "add_to_list",
            "add_to_list",
            "take_note",
            "cancel_timer",
        )
    )
    first = tool_exchange(templates, wording, rng, style, tool)
    messages, args, last = list(first.messages), dict(first.call[1]) if first.call else {}, first
    for _ in range(rng.choice((1, 1, 1, 2))):
        name, next_tool = {
            "get_time": ("place", "get_time"), "get_date": ("day", "get_date"), "convert": ("unit", "convert"), "calculate": ("more_sum", "calculate"),
            "set_timer": rng.choice((("cancel", "cancel_timer"), ("left", "list_timers"), ("another_timer", "set_timer"))), "cancel_timer": ("another_timer", "set_timer"),
            "add_to_list": rng.choice((("also_item", "add_to_list"), ("undo_item", "remove_from_list"), ("read_it", "read_list"), ("also_item", "add_to_list"))),
            "take_note": ("read_note", "read_notes"), "list_timers": ("cancel", "cancel_timer"), "read_list": ("also_item", "add_to_list"), "remove_from_list": ("also_item", "add_to_list"),
        }.get(tool, ("", ""))  # fmt: skip
        if not name:
            break
        pattern = rng.choice(wording.FOLLOW_UPS[name].split("|"))
        op = rng.choice(("plus", "minus", "times", "divided by", "multiplied by"))
        pieces, new = fill(pattern.replace("{op}", op), rng, style.typed)
        if name == "more_sum":
            value = last.result.get("result")
            if value is None:
                break
            new = {"expression": f"{value} {op} {new['b']}"}
        elif name == "unit":
            kind = next((k for k, u in slots.UNITS.items() if args["to_unit"] in u.split(",")), "")
            if not kind:
                break
            unit = rng.choice(
                [
                    u
                    for u in slots.UNITS[kind].split(",")
                    if u not in {args["to_unit"], args["from_unit"]}
                ]
                or ["liters"]
            )
            pieces = [(unit if is_slot else text, is_slot) for text, is_slot in pieces]
            new = {"amount": args["amount"], "from_unit": args["from_unit"], "to_unit": unit}
        elif name == "cancel":
            new = {"name": args["name"]} if "name" in args else {}
        elif name in {"also_item", "undo_item", "read_it"}:
            new = ({"item": args["item"]} if name == "undo_item" and "item" in args else new) | (
                {"list": args["list"]} if "list" in args else {}
            )
        user = write(
            pieces,
            Style(style.typed, style.noise_rate * 0.6, style.noise_seed),
            rng,
            pattern.startswith(("what", "how", "is")),
        )
        last = use(next_tool, new, user, rng)
        messages += last.messages
        tool, args = next_tool, new
    return Exchange(messages, "follow_up", last.call, last.result)


ASK_BACK = {
    "set_timer": ("(set|start|make|i need|i want|give me|create) a timer|timer|new timer|another timer|set timer|start a countdown|can you set a timer|set a timer for me|set me a timer", "For how long?"),
    "take_note": ("(take|make|write|save|create) a note|new note|note|i want to make a note|can you take a note|write something down|note something|take a note for me|remember something", "What should I note?"),
    "add_to_list": ("add something to (my|the) {list} list|put something on (my|the) {list} list|i want to add something to my {list} list|add to (my|the) {list} list|add an item to (my|the) {list} list", "What should I add?"),
    "calculate": ("calculate something|can you calculate something|do some math|i need a calculation|i have a math question|can you do math|help me with math|calculator|do a calculation", "What should I calculate?"),
    "convert": ("convert {amount} {from_unit}|can you convert {amount} {from_unit}|convert {amount} {from_unit} for me", "To which unit?"),
}  # fmt: skip
ANSWER_BACK = {
    "set_timer": "{duration}|for {duration}|{duration} please|make it {duration}|let's say {duration}|uh {duration}|{duration} i think",
    "take_note": "{text}|that {text}|{text}", "add_to_list": "{item}|{item} please|add {item}|some {item:bare}|{item}",
    "calculate": "{expression}|what is {expression}|{expression} please", "convert": "{to_unit}|to {to_unit}|in {to_unit}|into {to_unit}|{to_unit} please",
}  # fmt: skip


def ask_back(rng: random.Random, style: Style) -> Exchange:
    """The user leaves out what is needed; the assistant asks; then the tool is used."""
    tool = rng.choice(list(ASK_BACK))
    question, reply = ASK_BACK[tool]
    pieces, args = fill(draw(f"({question})", rng), rng, style.typed)
    user = write(pieces, style, rng)
    pieces, more = fill(rng.choice(ANSWER_BACK[tool].split("|")), rng, style.typed)
    if tool == "convert":
        kind = next(
            (
                k
                for k, u in (slots.UNITS | slots.ABBREVIATIONS).items()
                if args["from_unit"] in u.split(",")
            ),
            "length",
        )
        unit = rng.choice([u for u in slots.UNITS[kind].split(",") if u != args["from_unit"]])
        pieces = [(unit if s else t, s) for t, s in pieces]
        more = {"to_unit": unit}
    last = use(tool, args | more, write(pieces, style, rng), rng)
    return Exchange(
        [("user", user), ("assistant", reply), *last.messages], "ask_back", last.call, last.result
    )


FACTS, ASK, ASK_TEST = facts.build()


def fact_exchange(
    rng: random.Random, style: Style, fact: facts.Fact | None = None, is_test: bool = False
) -> Exchange:
    fact = fact or rng.choice(FACTS)
    entity = fact.entity if style.typed and rng.random() < 0.7 else fact.entity.lower()
    if entity.startswith("the ") and fact.topic == "capital" and rng.random() < 0.15:
        entity = entity[4:]
    question = rng.choice((ASK_TEST if is_test else ASK)[fact.topic]).replace("{e}", entity)
    question = re.sub(r"\ba (?=[aeiou])", "an ", question)
    if fact.topic.startswith("single") and not is_test:
        if rng.random() < 0.25:
            for old, new in rng.sample(facts.REPHRASE, len(facts.REPHRASE)):
                if old in question:
                    question = question.replace(old, new, 1)
                    break
        question = rng.choice(facts.SINGLE_PREFIX) + question
    pieces: Pieces = [(question, False)]
    if not is_test:
        import templates_train

        pieces = dress(pieces, False, templates_train, rng, False)
    if style.noise_rate and entity and entity in question and not is_test:
        head, _, tail = question.partition(entity)
        pieces = [(head.strip(), False), (entity, True), (tail.strip(), False)]
        pieces = [p for p in pieces if p[0]]
    user = write(pieces, style, rng, True)
    return Exchange([("user", user), ("assistant", fact.answer)], "fact:" + fact.core)


def talk_exchange(rng: random.Random, style: Style) -> Exchange:
    if rng.random() < 0.12:
        user = draw(f"({chat.JOKE_ASK})", rng)
        return Exchange(
            [
                ("user", write(dress([(user, False)], True, _train(), rng, False), style, rng)),
                ("assistant", rng.choice(chat.JOKES)),
            ],
            "joke",
        )
    questions, answers = rng.choice(chat.TALK)
    pieces: Pieces = [(draw(f"({questions})", rng), False)]
    if rng.random() < 0.3:
        pieces = dress(pieces, False, _train(), rng, False)
    return Exchange(
        [
            ("user", write(pieces, Style(style.typed, style.noise_rate * 0.5), rng, True)),
            ("assistant", rng.choice(answers)),
        ],
        "talk",
    )


def _train() -> ModuleType:
    import templates_train

    return templates_train


def unknown_exchange(rng: random.Random, style: Style) -> Exchange:
    shape = rng.random()
    if shape < 0.34:
        patterns, answer = rng.choice(chat.CANNOT)
        user = fill_words(draw(f"({patterns})", rng), rng, style)
    elif shape < 0.56:
        user, answer = fill_words(draw(f"({chat.UNKNOWN_FRAMES})", rng), rng, style), chat.DONT_KNOW
    elif shape < 0.62:
        user, answer = rng.choice(chat.UNKNOWN_QUESTIONS), chat.DONT_KNOW
    else:
        user, answer = statement(rng, style), chat.NOT_UNDERSTOOD
        if rng.random() < 0.08:
            return Exchange([("user", user.upper()), ("assistant", answer)], "unknown")
        return Exchange(
            [("user", write([(user, False)], style, rng)), ("assistant", answer)], "unknown"
        )
    pieces: Pieces = [(user, False)]
    if rng.random() < 0.5:
        pieces = dress(pieces, True, _train(), rng, False)
    return Exchange([("user", write(pieces, style, rng, True)), ("assistant", answer)], "unknown")


REPEAT = "repeat that|say that again|can you repeat that|repeat|what did you say|once more please|please repeat|say it again|again|could you repeat that please|come again|sorry what did you say|repeat please|can you say that again|one more time|repeat that please|pardon can you repeat that"


def drill(
    templates: dict[str, list[Template]], wording: ModuleType, rng: random.Random
) -> list[Message]:
    """Requests and their calls only: most of what is to be learned for the fewest tokens."""
    messages: list[Message] = [("system", SYSTEM)]
    for _ in range(rng.choice((1, 1, 2, 3, 4))):
        if rng.random() < 0.35:  # or it learns to hear a request in everything
            messages += unknown_exchange(rng, drawn_style(rng)).messages
            continue
        exchange = tool_exchange(templates, wording, rng, drawn_style(rng))
        messages += exchange.messages if rng.random() < 0.25 else exchange.messages[:2]
    return messages


def conversation(
    templates: dict[str, list[Template]], wording: ModuleType, rng: random.Random
) -> list[Message]:
    """A training dialogue: the system prompt and one to many topics."""
    messages: list[Message] = [("system", SYSTEM)] if rng.random() < 0.98 else []
    shape = rng.random()
    topics = (
        1
        if shape < 0.3
        else rng.randint(2, 4)
        if shape < 0.65
        else rng.randint(4, 9)
        if shape < 0.93
        else rng.randint(9, 16)
    )
    style = drawn_style(rng)
    for _ in range(topics):
        if rng.random() < 0.3:
            style = drawn_style(rng)
        kind = rng.random()
        if kind < 0.50:
            exchange = tool_exchange(templates, wording, rng, style)
        elif kind < 0.59:
            exchange = follow_up(templates, wording, rng, style)
        elif kind < 0.615:
            exchange = ask_back(rng, style)
        elif kind < 0.795:
            exchange = fact_exchange(rng, style)
        elif kind < 0.86:
            exchange = talk_exchange(rng, style)
        elif kind < 0.985:
            exchange = unknown_exchange(rng, style)
        else:
            user = write([(rng.choice(REPEAT.split("|")), False)], style, rng, True)
            said = next(
                (t for r, t in reversed(messages) if r == "assistant"),
                "I haven't said anything yet.",
            )
            exchange = Exchange([("user", user), ("assistant", said)], "repeat")
        messages += exchange.messages
    return messages


def by_tool(templates: list[Template]) -> dict[str, list[Template]]:
    out: dict[str, list[Template]] = {}
    for template in templates:
        out.setdefault(template.tool, []).append(template)
    return out
