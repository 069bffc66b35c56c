"""Dialogues: template + slots + noise -> messages with the right call, a random result and its answer.

Owns the composition and the answer wordings. What is asked comes from a wording module
(`templates_train` or `templates_test`), so the test can use the same machinery with other wordings.
"""

# ruff: noqa: E501, PLR0911 (one case per tool reads best as a flat match)

from __future__ import annotations

import functools
import json
import random
import re
from dataclasses import dataclass, field
from types import ModuleType

import chat
import facts
import noise
import slots
from patterns import Template, bare_form, draw, expand_all

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

Message = tuple[str, str]
Pieces = list[tuple[str, bool]]


@dataclass
class Style:
    """How the user's words reach us: typed or spoken, and how badly heard (0 = perfectly)."""

    typed: bool = False
    noise_rate: float = 0.0
    noise_seed: int | None = (
        None  # the test: mistakes drawn apart, so that the question stays the same
    )


@dataclass
class Exchange:
    """Messages of one topic; `expected` keeps what a test must find."""

    messages: list[Message] = field(default_factory=list)
    kind: str = ""
    call: tuple[str, dict[str, str]] | None = None
    result: dict[str, str] = field(default_factory=dict)


def call_text(tool: str, args: dict[str, str]) -> str:
    inside = ", ".join(
        f"{k}={json.dumps(args[k], ensure_ascii=False)}" for k in ARGUMENTS[tool] if k in args
    )
    return f"<|tool_call_start|>[{tool}({inside})]<|tool_call_end|>"


def result_text(result: dict[str, str]) -> str:
    return f"<|tool_response_start|>{json.dumps(result, ensure_ascii=False)}<|tool_response_end|>"


# --- the user's words ------------------------------------------------------------------------------
def fill(pattern: str, rng: random.Random, typed: bool) -> tuple[Pieces, dict[str, str]]:
    """Pieces of the sentence and the arguments its slots give."""
    pieces: Pieces = []
    args: dict[str, str] = {}
    units = slots.unit_pair(rng, typed)
    temps = rng.sample(("celsius", "fahrenheit", "kelvin"), 2)
    for part in re.split(r"(\{[^}]*\})", pattern):
        if not part.startswith("{"):
            if part.strip():
                pieces.append((part.strip(), False))
            continue
        name, _, kind = part[1:-1].partition(":")
        if name == "any":  # a carrier word it has never seen there
            pieces.append(
                (rng.choice(slots.VERBS) if rng.random() < 0.2 else slots.word(rng), False)
            )
            continue
        value = {
            "place": slots.place, "day": slots.day, "expression": slots.expression, "amount": slots.amount, "text": slots.note,
            "duration": slots.duration_adjective if kind == "adj" else slots.duration,
            "name": slots.task if kind == "task" else slots.timer_name, "ignored": slots.timer_name, "list": slots.list_name,
            "item": {"bare": slots.bare_item, "todo": slots.todo_item}.get(kind, slots.item),
            "a": slots.operand, "b": slots.operand, "from_unit": lambda *_: units[0], "to_unit": lambda *_: units[1],
        }[name](rng, typed)  # fmt: skip
        if kind == "temp":
            value = temps[0 if name == "from_unit" else 1]
            value = value.capitalize() if typed and rng.random() < 0.5 else value
        elif kind == "one":
            value = slots.singular(value)
            if pieces and pieces[-1][0].split()[-1] in {"a", "an"}:
                fixed = "an" if value[0] in "aeiou" else "a"
                pieces[-1] = (" ".join([*pieces[-1][0].split()[:-1], fixed]), False)
        if name in {"item", "text", "name"} and not kind and value.endswith(("?", ".")):
            value = value[:-1]
        pieces.append((value, True))
        if name != "ignored":
            args[name] = value
    return pieces, args


@functools.cache
def held_out() -> frozenset[str]:
    """Wordings kept for the tests: training draws again when it meets one."""
    import templates_fresh
    import templates_test

    forms = (
        expand_all(t.pattern) for kept in (templates_test, templates_fresh) for t in kept.build()
    )
    return frozenset(bare_form(e) for expanded in forms for e in expanded)


def drawn_wording(
    templates: list[Template], wording: ModuleType, rng: random.Random
) -> tuple[Template, str]:
    """One template and one of its wordings, never one that is kept for the tests while training."""
    while True:
        template = rng.choice(templates)
        drawn = draw(template.pattern, rng)
        if not is_training_carrier(wording) or bare_form(drawn) not in held_out():
            return template, drawn


def is_training_carrier(wording: ModuleType) -> bool:
    return wording.__name__ == "templates_train"


def dress(
    pieces: Pieces, is_request: bool, wording: ModuleType, rng: random.Random, is_open_end: bool
) -> Pieces:
    """With "please", "can you" and the like around."""
    pieces = list(pieces)
    if is_training_carrier(wording) and rng.random() < 0.1:
        # words it has no use for: it must find its way without knowing every carrier
        spot = rng.randint(0, 1)
        if spot == 0 or pieces[0][1] or len(pieces[0][0].split()) < 3:
            pieces.insert(0, (random_words(rng, 1, 3), False))
        else:
            words = pieces[0][0].split()
            words.insert(rng.randint(1, len(words) - 1), slots.word(rng))
            pieces[0] = (" ".join(words), False)
    if rng.random() < 0.38:
        pieces.insert(
            0,
            (rng.choice(wording.REQUEST_BEFORE if is_request else wording.QUESTION_BEFORE), False),
        )
    if not is_open_end and rng.random() < 0.18:
        pieces.append((rng.choice(wording.AFTER), False))
    return pieces


def write(pieces: Pieces, style: Style, rng: random.Random, is_question: bool = False) -> str:
    """The sentence as the recogniser or a keyboard gives it."""
    if not style.typed:
        merged: Pieces = []
        for text, is_slot in pieces:
            if merged and not is_slot and not merged[-1][1]:
                merged[-1] = (f"{merged[-1][0]} {text}", False)
            else:
                merged.append((text, is_slot))
        if style.noise_rate:
            source = (
                rng if style.noise_seed is None else random.Random(f"{style.noise_seed} {merged}")
            )
            return noise.noisy(merged, source, style.noise_rate)
        return " ".join(text for text, _ in merged)
    care = rng.random()
    out = [
        (re.sub(r"\bi\b", "I", t).replace("sarai", "Sarai") if not s and care < 0.7 else t)
        for t, s in pieces
    ]
    if (
        len(pieces) > 1
        and not pieces[0][1]
        and pieces[0][0].split()[0]
        in {"hey", "okay", "ok", "so", "sarai", "hi", "hello", "um", "well"}
        and rng.random() < 0.5
    ):
        out[0] += ","
    if (
        len(pieces) > 2
        and not pieces[-1][1]
        and pieces[-1][0] in {"please", "thanks", "thank you", "sarai"}
        and rng.random() < 0.4
    ):
        out[-2] += ","
    text = " ".join(out)
    if care < 0.75 and not pieces[0][1]:
        text = text[0].upper() + text[1:]
    if care < 0.65:
        text += "?" if is_question and rng.random() < 0.85 else rng.choice((".", ".", "", "!"))
    return text


def drawn_style(rng: random.Random) -> Style:
    draw_ = rng.random()
    if draw_ < 0.27:
        return Style(typed=True)
    if draw_ < 0.58:
        return Style()
    return Style(noise_rate=rng.uniform(0.03, 0.28))


# --- results and answers ---------------------------------------------------------------------------
def random_words(rng: random.Random, low: int, high: int) -> str:
    return " ".join(slots.word(rng) for _ in range(rng.randint(low, high)))


def clock(rng: random.Random) -> str:
    if rng.random() < 0.85:
        return f"{rng.randint(1, 12)}:{rng.randint(0, 59):02d} {rng.choice(('AM', 'PM'))}"
    return f"{rng.randint(0, 23)}:{rng.randint(0, 59):02d}"


def date(rng: random.Random) -> str:
    year = rng.randint(2024, 2032) if rng.random() < 0.7 else rng.randint(1900, 2120)
    return f"{rng.choice(slots.WEEKDAYS)}, {rng.choice(slots.MONTHS)} {rng.randint(1, 31)}, {year}"


def number_string(rng: random.Random) -> str:
    shape = rng.random()
    if shape < 0.45:
        text = str(slots.size(rng))
    elif shape < 0.75:
        text = f"{rng.randint(0, 999)}.{rng.randint(1, 9) if rng.random() < 0.4 else rng.randint(1, 9999)}"
    elif shape < 0.9:
        text = f"{rng.randint(1000, 99_999_999):,}"
    else:
        text = (
            f"{rng.randint(1, 99)}/{rng.randint(2, 99)}"
            if rng.random() < 0.3
            else str(rng.randint(10_000, 10**9))
        )
    return f"-{text}" if rng.random() < 0.12 else text


def span(rng: random.Random) -> str:
    parts = []
    for unit, high in rng.choice(
        (
            (("minute", 59),),
            (("second", 59),),
            (("hour", 23),),
            (("hour", 23), ("minute", 59)),
            (("minute", 59), ("second", 59)),
            (("minute", 59),),
        )
    ):
        n = rng.randint(1, high)
        parts.append(f"{n} {unit}{'' if n == 1 else 's'}")
    return rng.choice((" ", " ", " and ")).join(parts)


ERRORS = (
    "I don't know a place called {W}", "I don't know a place called {w}", "No timer is called {w}", "There is no {w} timer", "There is no list called {w}", "{w} is not on your {w} list",
    "I can't divide by zero", "I don't know a unit called {w}", "I can't convert {w} to {w}", "I don't understand the number {w}", "I don't know what day {w} is", "There is no timer to cancel",
    "A timer can be at most {n} hours", "A timer needs at least {n} seconds", "The {w} {w} is too long", "The number is too large", "I can't read the expression {w}", "{w} took too long", "There is no timer called {w} {w}",
    "The notes file can't be read", "The {w} list is full", "I did not find {w}", "I did not understand {w} {w}", "That tool failed: {w} {w}", "The duration {w} is not clear", "No timer is running", "I don't know the unit {w}",
    "The date {w} {w} does not exist", "Say how long the timer should run", "The disk is full", "{W} {w} {w} {w}", "You already have {n} timers", "I can only count up to {n}", "There is nothing called {w} on the {w} list",
    "The square root of a negative number is not real", "I need a number to calculate with", "{w} and {w} can't be converted into each other", "{W} is not a day I know",
)  # fmt: skip


def error(rng: random.Random) -> str:
    text = re.sub(
        r"\{(.)\}",
        lambda m: {
            "w": lambda: slots.word(rng),
            "W": lambda: slots.word(rng).capitalize(),
            "n": lambda: str(slots.size(rng)),
        }[m[1]](),
        rng.choice(ERRORS),
    )
    return text[0].upper() + text[1:] + (rng.choice((".", "")) if rng.random() < 0.3 else "")


def echo(text: str, rng: random.Random) -> str:
    """A tool names things in its own way: capitals, no article, or another word altogether."""
    draw_ = rng.random()
    if draw_ < 0.2:
        return random_words(rng, 1, 2)
    return text


def result_of(tool: str, args: dict[str, str], rng: random.Random) -> dict[str, str]:
    """A result in the tool's shape, its values random so that the model learns to copy."""
    if rng.random() < 0.09:
        return {"error": error(rng)}
    match tool:
        case "get_time":
            if "place" not in args:
                return {"time": clock(rng)}
            place = " ".join(
                w if w[:1].isupper() else w.capitalize() for w in args["place"].split()
            )
            return {
                "time": clock(rng),
                "place": rng.choice(slots.PLACES) if rng.random() < 0.2 else place,
            }
        case "get_date":
            return {"date": date(rng)} | ({"day": echo(args["day"], rng)} if "day" in args else {})
        case "calculate":
            return {"result": number_string(rng)}
        case "convert":
            unit = (
                args["to_unit"]
                if rng.random() < 0.75
                else rng.choice(rng.choice(list(slots.UNITS.values())).split(","))
            )
            return {"result": f"{number_string(rng)} {unit}"}
        case "set_timer":
            return {"set": span(rng)} | (
                {"name": echo(args["name"], rng)} if "name" in args else {}
            )
        case "list_timers":
            entries = [
                (f"{slots.timer_name(rng, False)}, " if rng.random() < 0.5 else "")
                + span(rng)
                + rng.choice((" left", " left", ""))
                for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 2, 3)))
            ]
            return {"timers": "; ".join(entries) or "none"}
        case "cancel_timer":
            if args.get("name") == "all":
                return {
                    "cancelled": rng.choice(
                        ("all timers", "all timers", f"{rng.randint(2, 9)} timers", "all 2 timers")
                    )
                }
            if "name" in args:
                return {"cancelled": f"{echo(args['name'], rng)} timer"}
            return {
                "cancelled": rng.choice(
                    (
                        "timer",
                        f"{span(rng)} timer",
                        f"{slots.timer_name(rng, False)} timer",
                        "the timer",
                        "1 timer",
                        f"{rng.randint(1, 90)} minute timer",
                    )
                )
            }
        case "add_to_list" | "remove_from_list":
            key = "added" if tool == "add_to_list" else "removed"
            return {key: echo(args["item"], rng), "list": echo(args.get("list", "shopping"), rng)}
        case "read_list":
            items = [
                slots.bare_item(rng, False) for _ in range(rng.choice((0, 0, 1, 2, 3, 3, 4, 5, 6)))
            ]
            return {
                "list": echo(args.get("list", "shopping"), rng),
                "items": ", ".join(items) or "empty",
            }
        case "take_note":
            return {"noted": args["text"] if rng.random() < 0.85 else slots.note(rng, False)}
        case _:
            entries = [slots.note(rng, False) for _ in range(rng.choice((0, 0, 1, 1, 2, 3)))]
            return {"notes": "; ".join(entries) or "none"}


def answer_to(result: dict[str, str]) -> str:
    """The sentence that states the result."""
    match result:
        case {"error": text}:
            return f"Sorry. {text}" + ("" if text.endswith(".") else ".")
        case {"time": time, "place": place}:
            return f"It's {time} in {place}."
        case {"time": time}:
            return f"It's {time}."
        case {"date": day, "day": asked}:
            return f"By my calendar, {asked} is {day}."
        case {"date": day}:
            return f"Today is {day}."
        case {"result": value}:
            return f"That's {value}."
        case {"set": span_, "name": name}:
            return f"Your {name} timer is set for {span_}."
        case {"set": span_}:
            return f"Your timer is set for {span_}."
        case {"timers": "none"}:
            return "There are none: no timer is running."
        case {"timers": entries}:
            return f"Your timers: {entries}."
        case {"cancelled": what}:
            return f"Okay, {what} cancelled."
        case {"added": item, "list": name}:
            return f"I added {item} to your {name} list."
        case {"removed": item, "list": name}:
            return f"I removed {item} from your {name} list."
        case {"items": "empty", "list": name}:
            return f"Your {name} list is empty."
        case {"items": items, "list": name}:
            return f"Your {name} list has {items}."
        case {"noted": text}:
            return f"Noted: {text}."
        case {"notes": "none"}:
            return "There are none: you have no notes yet."
        case {"notes": entries}:
            return f"Your notes: {entries}."
    raise ValueError(f"no answer for {result}")


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


def fill_words(text: str, rng: random.Random, style: Style) -> str:
    """Free slots of chat and unknown questions."""

    def one(match: re.Match[str]) -> str:
        match match[1]:
            case "word":
                return slots.word(rng)
            case "subject" | "verb" | "object":
                return fill_words(rng.choice(chat.SENTENCE_PARTS[match[1]].split("|")), rng, style)
            case "smallnumber":
                return slots.number(rng, style.typed)
            case "verbword":
                return rng.choice(slots.VERBS)
            case "weekday":
                return rng.choice(slots.WEEKDAYS).lower()
            case "letter":
                return rng.choice("abcdefghijklmnopqrstuvwxyz")
            case "person":
                return (
                    f"{rng.choice(slots.FIRST_NAMES)} {slots.word(rng)}"
                    if rng.random() < 0.7
                    else random_words(rng, 2, 2)
                )
            case "sentence":
                return " ".join(rng.choice(slots.SENTENCES).split()[: rng.randint(3, 8)])
            case "task":
                return slots.task(rng, False)
            case "hour":
                return (
                    rng.choice(
                        (
                            slots.number_words(rng.randint(1, 12)),
                            slots.number_words(rng.randint(1, 12)) + " thirty",
                            f"half past {slots.number_words(rng.randint(1, 12))}",
                        )
                    )
                    if not style.typed
                    else f"{rng.randint(1, 12)}:{rng.choice(('00', '30', '15'))}"
                )
            case "ampm":
                return (
                    rng.choice(("a m", "p m", "in the morning", "o'clock", "tonight"))
                    if not style.typed
                    else rng.choice(("am", "pm", "AM", "PM"))
                )
            case "place":
                return slots.place(rng, style.typed)
            case "day":
                return slots.day(rng, style.typed)
            case "name":
                return slots.timer_name(rng, False)
            case "duration":
                return slots.duration(rng, style.typed)
            case "list":
                return slots.list_name(rng, False)
            case "number":
                return slots.number(rng, style.typed)
            case other:
                raise ValueError(other)

    return re.sub(r"\{(\w+)\}", one, text)


def statement(rng: random.Random, style: Style) -> str:
    shape = rng.random()
    if shape < 0.08:
        return f"{statement(rng, style)} {statement(rng, style)}"
    if shape < 0.28:
        return fill_words(draw(f"({chat.DECOYS})", rng), rng, style)
    if shape < 0.33:
        return " ".join(slots.pseudo_word(rng) for _ in range(rng.randint(1, 8)))
    if shape < 0.5:
        return rng.choice(slots.SENTENCES)
    if shape < 0.85:
        parts = [
            rng.choice(chat.SENTENCE_PARTS[k].split("|"))
            for k in ("subject", "verb", "object", "tail")
        ]
        if rng.random() < 0.35:
            parts += [
                rng.choice(
                    ("and", "but", "who", "which", "because", "when", "that", "so", "then", "where")
                ),
                *(
                    rng.choice(chat.SENTENCE_PARTS[k].split("|"))
                    for k in ("subject", "verb", "object")
                ),
            ]
        if rng.random() < 0.2:
            parts.insert(
                0,
                rng.choice(
                    (
                        "and",
                        "but",
                        "then",
                        "so",
                        "when",
                        "for",
                        "let",
                        "if",
                        "in the end",
                        "after that",
                        "yet",
                        "once",
                        "at that",
                    )
                ),
            )
        words = " ".join(" ".join(p for p in parts if p).split()).split()
        start = rng.randint(0, 3) if rng.random() < 0.2 else 0
        return fill_words(" ".join(words[start:]), rng, style)
    if shape < 0.95:
        return random_words(rng, 1, 8)
    return " ".join(slots.number_words(slots.size(rng)) for _ in range(rng.randint(1, 4)))


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
