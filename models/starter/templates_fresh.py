"""A second set of test wordings, written when the training wordings were finished and never tuned against."""

# ruff: noqa: E501, SIM905 (wordings are kept as rows)

from __future__ import annotations

import templates_test
from patterns import Template

REQUEST_BEFORE = (
    "dear assistant|would you be able to|can i get you to|hey there please|when you're ready".split(
        "|"
    )
)
QUESTION_BEFORE = "hang on|one more thing|okay sarai tell me|let me think|good day".split("|")
AFTER = "if that works|for a moment|if you please|many thanks|as always".split("|")
FOLLOW_UPS = templates_test.FOLLOW_UPS

PATTERNS: dict[str, tuple[str, str]] = {
    "get_time": ("give me the clock time in {place}|pull up the time for {place}|let me hear the time",
                 "what's the time right about now|is there a chance you know the time|what is the hour now over in {place}|what time zone time is it in {place}|so what does the time say"),
    "get_date": ("look up today's date for me|pull up the date of {day}|let me hear which day {day} is",
                 "what day of the month do we have|so what's the date|on what weekday will {day} land|what is {day}'s date|is there a chance you know what date {day} is"),
    "calculate": ("let me hear what {expression} makes|do this sum {expression}|help me figure out {expression}",
                  "what's the sum {expression}|can you solve {expression} for me|so how much would {expression} make|i'd like to know what {expression} is|{expression} is equal to what"),
    "convert": ("let me hear {amount} {from_unit} in {to_unit}|do a quick conversion from {amount} {from_unit} to {to_unit}|make {amount} {from_unit} into {to_unit}",
                "so how many {to_unit} are {amount} {from_unit}|i'd like to know what {amount} {from_unit} is in {to_unit}|what amount of {to_unit} is {amount} {from_unit}|{amount} {from_unit} is the same as how many {to_unit}"),
    "set_timer": ("let a timer run for {duration}|set me up with a timer of {duration}|get me a timer that lasts {duration}|set off a {duration:adj} timer|let the {name} timer run for {duration}|create the {name} timer with a length of {duration}",
                  "i need to be told in {duration}|there should be a timer for {duration}|the timer should ring in {duration}|i want to set a {name} timer for {duration}|one {duration:adj} timer for the {name} would be good"),
    "list_timers": ("let me know about my timers|say how long my timer has to go|read out all my timers",
                    "what are my timers|how long does my timer have to go|are there timers at the moment|what's going on with my timer"),
    "cancel_timer": ("throw away the timer|let me cancel the timer|call off the {name} timer|throw away the {name} timer",
                     "the {name} timer is not needed any more|you can stop the {name} timer now|i want the {name} timer gone"),
    "add_to_list": ("let me add {item} to my {list} list|set {item} on my {list} list|get me {item} on the {list} list|save {item} on my list|work {item} into the {list} list",
                    "my {list} list should have {item}|i want to have {item} on the {list} list|{item} should go onto the {list} list|it would be nice to have {item} on our {list} list"),
    "remove_from_list": ("let me remove {item} from my {list} list|scrap {item} from the {list} list|lose {item} from my {list} list|take {item} off of the {list} list",
                         "my {list} list doesn't need {item} any more|i want {item} removed from my list|{item} is no longer needed on the {list} list"),
    "read_list": ("let me know what my {list} list says|go and read the {list} list|say everything on our {list} list",
                  "so what's on the {list} list|what do you have on my {list} list|which items do we have on the {list} list"),
    "take_note": ("let me leave a note {text}|get this down as a note {text}|make sure to note that {text}|keep a record that {text}",
                  "here is something to remember {text}|i want this noted {text}|one more note {text}"),
    "read_notes": ("let me know what my notes are|go over my notes with me",
                   "so what's in the notes|what was it that i noted|can you tell me my notes"),
}  # fmt: skip
IMPLIED: list[tuple[str, str, dict[str, str], bool]] = [
    ("cancel_timer", "call off all timers", {"name": "all"}, True),
    ("cancel_timer", "throw away every timer", {"name": "all"}, True),
    ("convert", "what amount of {to_unit} is a {from_unit:one}", {"amount": "one"}, False),
]
REWORDED_SUMS: list[tuple[str, str]] = [
    ("if you add {a} and {b} what is it", "{a} plus {b}"),
    ("please multiply {a} times {b}", "{a} times {b}"),
    ("how much is left if i take {a} from {b}", "{b} minus {a}"),
]


def build() -> list[Template]:
    """All of them."""
    templates: list[Template] = []
    for tool, (requests, others) in PATTERNS.items():
        for text, is_request in ((requests, True), (others, False)):
            templates += [Template(tool, line, {}, is_request) for line in text.split("|")]
    return templates + [
        Template(tool, pattern, given, is_request) for tool, pattern, given, is_request in IMPLIED
    ]
