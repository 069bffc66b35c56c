"""What tools answer, drawn at random so that the model learns to copy, and the sentence that says so."""

# ruff: noqa: E501

# ruff: noqa: PLR0911 (one case per tool reads best as a flat match)

from __future__ import annotations

import random
import re

import slots
import things
from slots import random_words


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
                (f"{things.timer_name(rng, False)}, " if rng.random() < 0.5 else "")
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
                        f"{things.timer_name(rng, False)} timer",
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
                things.bare_item(rng, False) for _ in range(rng.choice((0, 0, 1, 2, 3, 3, 4, 5, 6)))
            ]
            return {
                "list": echo(args.get("list", "shopping"), rng),
                "items": ", ".join(items) or "empty",
            }
        case "take_note":
            return {"noted": args["text"] if rng.random() < 0.85 else things.note(rng, False)}
        case _:
            entries = [things.note(rng, False) for _ in range(rng.choice((0, 0, 1, 1, 2, 3)))]
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
