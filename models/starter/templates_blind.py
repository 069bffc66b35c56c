"""A blind set of test wordings: its author had seen no training wording; for measuring only, never tuned against."""

# ruff: noqa: E501, SIM905 (wordings are kept as rows)

from __future__ import annotations

from patterns import Template

REQUEST_BEFORE = "please|could you|would you mind trying to|be a dear and|hey sarai please|i'd like you to|sorry can you|if you get a second|right then can you just".split(
    "|"
)
QUESTION_BEFORE = (
    "um|hey sarai|excuse me|oh and|right so|quick question|sorry|morning sarai|well".split("|")
)
AFTER = "thanks|please|thank you very much|if you don't mind|cheers|when you get a chance|would you|if that's okay|thanks a bunch".split(
    "|"
)
FOLLOW_UPS = {
    "place": "and over in {place}|what about {place} then|and what time is it in {place}|how about for {place}",
    "day": "and what about {day}|okay and {day}|how about {day} then",
    "unit": "and what's that in {to_unit}|now do it in {to_unit}|how about {to_unit}|can i have that in {to_unit} instead",
    "more_sum": "and now {op} {b}|okay {op} {b} what's that|then that {op} {b}",
    "cancel": "actually don't bother with that timer|sorry turn that one off again|scrap that timer|i changed my mind stop it",
    "left": "how long has that got to go|how's that timer getting on|how much of that is left now",
    "another_timer": "and one more for {duration}|start a second one for {duration}|i need a {duration:adj} one as well|and another for the {name} for {duration}",
    "also_item": "oh and {item}|we need {item} too|put {item} on there as well|{item} as well please",
    "undo_item": "no wait take that back off|actually we don't need that take it off|oh never mind take that one off again",
    "read_it": "so what's on there now|read me the whole list back|what have i got on it so far",
    "read_note": "read that back to me|what have i got in my notes now|can you go over my notes again",
}

PATTERNS: dict[str, tuple[str, str]] = {
    "get_time": ("tell me how late it is|check what time they've got in {place}|find out the time over in {place}",
                 "have you got the time|do you happen to have the right time|what time would it be over in {place} right now|what does the clock say in {place}|if i rang someone in {place} now what time would it be there|my sister lives in {place} what time is it for her"),
    "get_date": ("tell me what day it is today|work out what date {day} is|check the calendar and tell me today's date",
                 "i've lost track what day is it|which date are we on today|what day of the week is {day}|what date would {day} be|{day} is what date|do you know today's date"),
    "calculate": ("work out {expression} for me|tell me the answer to {expression}|run the numbers on {expression}",
                  "what do you get for {expression}|{expression} what does that come to|how much does {expression} come out at|quick maths question {expression}|my kid's homework says {expression} what's the answer|i can't do this in my head {expression}"),
    "convert": ("turn {amount} {from_unit} into {to_unit} for me|tell me what {amount} {from_unit} works out at in {to_unit}|switch {amount} {from_unit} over to {to_unit}",
                "{amount} {from_unit} how many {to_unit} is that|if i've got {amount} {from_unit} how many {to_unit} have i got|it says {amount} {from_unit} here what's that in {to_unit}|i've got {amount} {from_unit} and i need it in {to_unit}|how hot is {amount} {from_unit:temp} in {to_unit:temp}|it's {amount} degrees {from_unit:temp} out what's that in {to_unit:temp}"),
    "set_timer": ("put a timer on for {duration}|give me a shout in {duration}|count down {duration} for me|start me a {duration:adj} timer|stick a {name} timer on for {duration}|put {duration} on the timer for the {name}",
                  "i could do with a timer for {duration}|can we do {duration} on the timer|i need a {duration:adj} timer for the {name}|{name} timer {duration}|i need a timer for my {name} make it {duration}|the {name} needs {duration} so set a timer for it"),
    "list_timers": ("check on my timers|tell me how long's left on the timer|run through the timers i've got on",
                    "how much longer on that timer|have i got any timers on|is my timer still going|when's the timer going to go off|which timers have i got running right now"),
    "cancel_timer": ("turn that timer off|switch the {name} timer off|forget about the {name} timer|get rid of the timer for the {name}",
                     "i don't need that timer any more|we're finished with the {name} timer so turn it off|never mind the {name} timer|the {name} is done so you can cancel that timer"),
    "add_to_list": ("pop {item} on the {list} list|chuck {item} on the list|write {item} on our {list} list|tack {item} onto my {list} list|make sure {item} is on the {list} list|put {item} down on the list for me",
                    "we're out of {item} put it on the {list} list|i need {item} on my {list} list|we need {item} can you put that on the list|could {item} go on the {list} list|i've got to {item:todo} so stick that on my {list} list"),
    "remove_from_list": ("cross {item} off my {list} list|strike {item} off our {list} list|wipe {item} off the list|get {item} off the {list} list",
                         "i've already got {item} so take it off the {list} list|we don't need {item} any more take it off the list|{item} can come off the {list} list|i bought {item} so you can cross it off my {list} list|can we take {item} back off the list"),
    "read_list": ("read me back the {list} list|run me through my {list} list|tell me what i've put on the list|go through the {list} list with me",
                  "what have i got on my {list} list|what's left on my {list} list|is there anything on the {list} list|what's on our {list} list again|what all is on the list"),
    "take_note": ("jot this down {text}|put in my notes {text}|scribble a note saying {text}|add a note that says {text}|stick this in my notes {text}",
                  "note for later {text}|i need to write this down {text}|here's a note for you {text}|can you note something down for me {text}"),
    "read_notes": ("read me back my notes|go back over what i wrote down|run through my notes|tell me what i've got in my notes",
                   "what have i got written down|what did i ask you to note down|have i got any notes|what were those notes i left"),
}  # fmt: skip
IMPLIED: list[tuple[str, str, dict[str, str], bool]] = [
    ("cancel_timer", "turn every timer off", {"name": "all"}, True),
    ("cancel_timer", "get rid of all the timers i've got going", {"name": "all"}, True),
    ("convert", "how many {to_unit} go into a {from_unit:one}", {"amount": "one"}, False),
]
REWORDED_SUMS: list[tuple[str, str]] = [
    ("what do {a} and {b} add up to", "{a} plus {b}"),
    ("i had {a} and spent {b} how much have i got left", "{a} minus {b}"),
    ("take {b} away from {a} and tell me what's left", "{a} minus {b}"),
    ("what do i get if i split {a} between {b}", "{a} divided by {b}"),
    ("how much is {a} lots of {b}", "{a} times {b}"),
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
