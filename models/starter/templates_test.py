"""Wordings used only to measure the model. None of them may occur in `templates_train.py` (`evaluate.py` asserts it)."""

# ruff: noqa: E501, SIM905 (wordings are kept as long rows)

from __future__ import annotations

from patterns import Template

REQUEST_BEFORE = (
    "would you kindly|i was hoping you could|hey sarai please|could you quickly|please just|okay now|any chance you could|"
    "right|can you also|okay please"
).split("|")
QUESTION_BEFORE = "okay so|hey um|sarai dear|right|say|oh|by the way|may i ask".split("|")
AFTER = "sarai thanks|when you can|if possible|please and thank you|this time|once more".split("|")

PATTERNS: dict[str, tuple[str, str]] = {
    "get_time": (
        """
        give me a time check
        look at the clock and tell me the time
        find out the time in {place}
        tell me how late it is in {place}
        please say what time it is over in {place}
        """,
        """
        what is the time of day
        what's the clock say
        what time might it be
        do you happen to know the time
        what time of day is it in {place}
        any idea what time it is in {place}
        what's the hour in {place}
        if i call {place} now what time is it there
        what does the clock say in {place}
        what time is it this moment in {place}
        """,
    ),
    "get_date": (
        """
        give me the current day and date
        look up what day {day} is
        find out the date for {day}
        """,
        """
        what's today's day
        what day are we today
        which date do we have today
        what is the calendar date
        do you happen to know what day it is
        what weekday would {day} be
        {day} falls on what day
        what is the day of the week {day}
        any idea what date {day} is
        so which weekday is {day}
        """,
    ),
    "calculate": (
        """
        read me the answer to {expression}
        please calculate for me {expression}
        give me {expression} as a number
        crunch the numbers {expression}
        """,
        """
        what does {expression} come out to
        what's the total of {expression}
        what will {expression} give me
        how much do i get for {expression}
        any idea what {expression} is
        quick maths {expression}
        how much does {expression} come to
        so {expression} is how much
        """,
    ),
    "convert": (
        """
        please turn {amount} {from_unit} to {to_unit}
        show me what {amount} {from_unit} is in {to_unit}
        give me the number of {to_unit} in {amount} {from_unit}
        switch {amount} {from_unit} over to {to_unit}
        """,
        """
        how many {to_unit} would {amount} {from_unit} be
        what's {amount} {from_unit} when converted to {to_unit}
        {amount} {from_unit} would be how many {to_unit}
        {amount} {from_unit} comes to how many {to_unit}
        what number of {to_unit} is {amount} {from_unit}
        how many {to_unit} will {amount} {from_unit} make
        {amount} {from_unit} converted to {to_unit}
        """,
    ),
    "set_timer": (
        """
        kick off a timer for {duration}
        set up a countdown of {duration}
        set a timer that rings in {duration}
        have a timer go off in {duration}
        get a {duration:adj} timer going
        start timing {duration}
        start the {name} timer with {duration}
        set a timer on the {name} for {duration}
        get a {duration:adj} timer going for the {name}
        please make a {name} timer of {duration}
        give me a shout in {duration}
        set my {name} timer to go for {duration}
        """,
        """
        i'd like a timer for {duration}
        how about a timer for {duration}
        a {name} timer of {duration}
        i need a {duration:adj} countdown
        we need a timer of {duration}
        could i get a {duration:adj} timer for the {name}
        let's have a {duration:adj} timer
        {name} timer set for {duration}
        """,
    ),
    "list_timers": (
        """
        tell me about my timers
        give me a status on my timers
        tell me the time left on the timer
        """,
        """
        what timers have i got
        how much longer on the timer
        do you have any timers running
        which timers did i start
        what is left on my timer
        how many minutes remain on the timer
        has my timer finished
        are my timers still running
        """,
    ),
    "cancel_timer": (
        """
        get the timer cancelled
        abort the timer
        please shut off the {name} timer
        make the {name} timer stop
        abort my {name} timer
        """,
        """
        i no longer need the timer
        let's cancel the {name} timer
        i no longer need the {name} timer
        please no more {name} timer
        the {name} timer can be cancelled
        """,
    ),
    "add_to_list": (
        """
        please get {item} onto my {list} list
        also put {item} down on my {list} list
        add {item} onto the {list} list
        make an entry for {item} on my {list} list
        have {item} added to the {list} list
        get {item} on the list
        pop {item} on my {list} list
        """,
        """
        i want {item} on my {list} list
        we should add {item} to the {list} list
        let's put {item} on the {list} list
        could my {list} list have {item} on it
        {item} should be on our {list} list
        let's add {item} to the list
        we should get {item}
        """,
    ),
    "remove_from_list": (
        """
        please have {item} removed from my {list} list
        drop {item} from my {list} list
        wipe {item} off the {list} list
        pull {item} from the {list} list
        cut {item} from the list
        take {item} away from my {list} list
        """,
        """
        i don't want {item} on my {list} list anymore
        let's remove {item} from the {list} list
        {item} doesn't need to be on the {list} list
        we can remove {item} from our list
        {item} is done take it off the {list} list
        """,
    ),
    "read_list": (
        """
        tell me what we have on the {list} list
        give me the rundown of my {list} list
        please say what's on my {list} list
        read off the {list} list
        """,
        """
        what did i put on my {list} list
        which things are on the {list} list
        what have we got on the list
        what's written on my {list} list
        what does my {list} list say
        what are the items on my {list} list
        """,
    ),
    "take_note": (
        """
        please write this in my notes {text}
        keep a note that {text}
        start a new note saying {text}
        put down a note that {text}
        keep this as a note {text}
        please remember this {text}
        """,
        """
        i'd like to note that {text}
        let's make a note {text}
        could you keep a note saying {text}
        a quick note to self {text}
        i want you to remember that {text}
        note for later {text}
        """,
    ),
    "read_notes": (
        """
        please read my notes to me
        play back my notes
        tell me all of my notes
        """,
        """
        what have i put in my notes
        what notes did i take
        what was in my notes
        do you have any notes of mine
        can i hear my notes
        which notes did i save
        """,
    ),
}  # fmt: skip

IMPLIED: list[tuple[str, str, dict[str, str], bool]] = [
    ("cancel_timer", "abort all timers", {"name": "all"}, True),
    ("cancel_timer", "get rid of all my timers", {"name": "all"}, True),
    ("cancel_timer", "make all the timers stop", {"name": "all"}, True),
    ("cancel_timer", "i want all timers cancelled", {"name": "all"}, False),
    ("convert", "how many {to_unit} would a {from_unit:one} be", {"amount": "one"}, False),
    ("convert", "what number of {to_unit} is in a {from_unit:one}", {"amount": "one"}, False),
]  # fmt: skip

REWORDED_SUMS: list[tuple[str, str]] = [
    ("what do i get if i add {a} and {b}", "{a} plus {b}"),
    ("what is {a} taken away from {b}", "{b} minus {a}"),
    ("what do you get when you multiply {a} by {b}", "{a} times {b}"),
    ("please divide up {a} by {b}", "{a} divided by {b}"),
]


def build() -> list[Template]:
    """All test templates."""
    templates: list[Template] = []
    for tool, (requests, others) in PATTERNS.items():
        for text, is_request in ((requests, True), (others, False)):
            templates += [
                Template(tool, line.strip(), {}, is_request) for line in text.strip().splitlines()
            ]
    templates += [
        Template(tool, pattern, given, is_request) for tool, pattern, given, is_request in IMPLIED
    ]
    return templates


# Follow-ups: name of the follow-up -> wordings.
FOLLOW_UPS: dict[str, str] = {
    "place": "then what about {place}|now in {place}|same thing for {place}|and what time in {place}",
    "day": "then {day}|same for {day}|now for {day}",
    "unit": "same thing in {to_unit}|now in {to_unit}|then in {to_unit}",
    "more_sum": "now {op} {b}|take that {op} {b}",
    "cancel": "please cancel that one|scrap it|cancel that again",
    "left": "how long is it still|what's left of it",
    "also_item": "plus {item}|{item} as well please|oh and {item} as well",
    "undo_item": "take that back off|actually remove it",
    "read_it": "read the list to me|what's on it at the moment",
    "read_note": "read that note back|what was the note",
    "another_timer": "and one more for {duration}|please add another of {duration}",
}
