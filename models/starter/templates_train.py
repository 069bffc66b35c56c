"""The wordings the model is trained on. `templates_test.py` holds others; `evaluate.py` proves them disjoint."""

# ruff: noqa: E501, SIM905 (wordings are kept as long rows)

from __future__ import annotations

from patterns import Template, read_wordings
from templates_parts import (
    MORE_AFTER,
    MORE_BEFORE_QUESTION,
    MORE_BEFORE_REQUEST,
    MORE_FOLLOW_UPS,
    MORE_SUMS,
    PARTS,
)

# Said before a request / a question, and after either. {} marks nothing: plain text.
REQUEST_BEFORE = (
    "would you mind and|could you maybe|can you quickly|could you also|please can you|would it be possible to|i was wondering if you could|can i ask you to|kindly|i'd love you to|you could|maybe|next|then|also|please go ahead and|it would be great if you could|you can|um could you|okay can you|i'd appreciate it if you|why don't you|help me and|please now|quickly|so please|please do|i beg you to|please|can you|could you|can you please|could you please|would you|would you please|will you|i want you to|"
    "i'd like you to|i need you to|hey|hey sarai|sarai|okay sarai|ok|okay|hi can you|hello please|hey can you|sarai please|"
    "now|go ahead and|i would like you to|um|uh|well|so|all right|alright|hey could you|just|quick|let's|you should|"
    "sarai can you|sarai could you please|hello|hi|listen|yo|be so kind and|do me a favor and|computer|assistant"
).split("|")
QUESTION_BEFORE = (
    "oh hey|good morning|good evening|um okay|okay then|all right so|right so|please sarai|now then|my friend|just wondering|out of interest|you know|actually|oh okay|by chance|also|dear sarai|hey|hey sarai|sarai|okay sarai|okay|ok|so|um|uh|well|please|hello|hi|excuse me|quick question|one question|"
    "hey there|hi sarai|sorry|and|now|hmm|alright|tell me|please tell me|computer|assistant|i wonder|listen"
).split("|")
AFTER = (
    "as soon as you can|when you have time|whenever you can|my friend|okay thanks|please thank you|if you would|today please|again|once again|for now|thank you sarai|and thanks|please now|dear|please|thanks|thank you|for me|sarai|please sarai|will you|now|right now|okay|would you|if you can|if you don't mind|"
    "real quick|quickly|then|for me please|can you|thanks a lot"
).split("|")

# tool -> (requests, questions and fragments)
PATTERNS = read_wordings("wordings.txt")

# More carriers, added for the second stage of training.
# `{any}` is a random word, so that "on/to … list" and "off/from … list" carry the meaning, not the verb.
ANY_CARRIER: list[tuple[str, str, bool]] = [
    ("add_to_list", "{any} {item} (on|onto|to|into) (the|my|our) {list} list", True),
    ("add_to_list", "{any} {item} (down|up|over|) (on|onto|to) (the|my|our) {list} list", True),
    ("add_to_list", "{any} {item} (on|onto|to) (the|my|our) list", True),
    ("add_to_list", "(we|you) {any} {any} {item} (on|onto|to) (the|my|our) {list} list", False),
    ("remove_from_list", "{any} {item} (off|from|out of|away from) (the|my|our) {list} list", True),
    ("remove_from_list", "{any} {item} (off|from|out of) (the|my|our) list", True),
    ("remove_from_list", "(we|you) {any} {any} {item} (off|from) (the|my|our) {list} list", False),
    ("read_list", "{any} (me|) what {any} on (the|my|our) {list} list", True),
    ("read_list", "{any} (out|through|me|over|back|) (the|my|our) {list} list", True),
    ("read_notes", "{any} (out|me|over|back|through|) my notes", True),
    ("set_timer", "{any} (me|it|) (a|the) timer (for|of) {duration}", True),
    ("set_timer", "{any} a {duration:adj} timer {any}", True),
    ("set_timer", "{any} (a|the) {name} timer (for|of|to) {duration}", True),
    ("set_timer", "{any} {any} timer {any} (for|of|in) {duration}", True),
    ("get_time", "{any} {any} the time {any} in {place}", False),
    ("get_time", "{any} {any} what time it is (in {place}|)", False),
    ("get_time", "what time {any} it {any} in {place}", False),
    ("get_time", "what does the clock {any} in {place}", False),
    ("get_time", "{any} you {any} know the time (in {place}|)", False),
    ("get_date", "{any} you {any} know (the date|what day it is)", False),
    ("get_date", "{any} {any} what (day|date) {day} {any}", False),
    ("get_date", "{any} {any} the date (for|of) {day}", False),
    ("calculate", "{any} {any} {expression}", False),
    ("calculate", "what {any} {expression} {any}", False),
    ("calculate", "how much {any} {expression} {any}", False),
    ("convert", "{any} {amount} {from_unit} (to|into) {to_unit}", True),
    ("convert", "how many {to_unit} {any} {amount} {from_unit} {any}", False),
    ("convert", "{amount} {from_unit} {any} {any} {to_unit}", False),
    ("take_note", "{any} a note {text}", True),
    ("take_note", "{any} {any} note (that|saying) {text}", False),
    ("list_timers", "{any} {any} my timers", False),
    ("list_timers", "how {any} (longer|minutes|time) {any} (on|of) the timer", False),
]
MORE_PATTERNS = read_wordings("wordings_more.txt")

# By three further authors, none of whom saw another's wordings or a test's; lines that a test says, too, were dropped unread.
AUTHORS = tuple(read_wordings(f"wordings_{author}.txt") for author in "abc")
AUTHORS_TIMES = 2  # how often each of their lines stands in the list

# Wordings that imply an argument.
IMPLIED: list[tuple[str, str, dict[str, str], bool]] = [
    ("cancel_timer", "(cancel|stop|delete|remove|clear|end|kill|turn off) (all|all the|all my|every|all of the|all of my) (timers|timer)", {"name": "all"}, True),
    ("cancel_timer", "(cancel|stop|delete|clear|end) (the|my|both|both my) timers", {"name": "all"}, True),
    ("cancel_timer", "(cancel|stop|delete|clear) every single timer", {"name": "all"}, True),
    ("cancel_timer", "(turn|switch) all (the|my|) timers off", {"name": "all"}, True),
    ("cancel_timer", "(halt|dismiss|erase|drop|quit|disable) (all|all the|all my|every|both) (timers|timer)", {"name": "all"}, True),
    ("cancel_timer", "(turn|switch|shut) off (all|all the|all my|every) (timers|timer)", {"name": "all"}, True),
    ("cancel_timer", "have (all|all the|all my) timers (stopped|removed)", {"name": "all"}, True),
    ("cancel_timer", "let's (cancel|stop|drop) (all|all the|all my) timers", {"name": "all"}, False),
    ("cancel_timer", "all (my|the) timers (should|can) (stop|go|be cancelled)", {"name": "all"}, False),
    ("convert", "how many {to_unit} (equal|go into|fit in) (a|an|one) {from_unit:one}", {"amount": "one"}, False),
    ("convert", "(a|an|one) {from_unit:one} is how many {to_unit}", {"amount": "one"}, False),
    ("convert", "tell me how many {to_unit} (is|are in|there are in) (a|an|one) {from_unit:one}", {"amount": "one"}, True),
    ("convert", "how many {to_unit} do you get (for|from) (a|an|one) {from_unit:one}", {"amount": "one"}, False),
    ("cancel_timer", "no more timers", {"name": "all"}, False),
    ("cancel_timer", "i don't need (any|the) timers (anymore|any more)", {"name": "all"}, False),
    ("cancel_timer", "all timers (off|stop|cancel)", {"name": "all"}, False),
    ("convert", "how many {to_unit} (is|are in|in|are there in|make) (a|an|one) {from_unit:one}", {"amount": "one"}, False),
    ("convert", "how many {to_unit} (is|are in|in|are there in|make) (a|an|one) {from_unit:one}", {"amount": "one"}, False),
    ("convert", "how many {to_unit} does (a|an|one) {from_unit:one} (have|make)", {"amount": "one"}, False),
    ("convert", "how much is (a|an|one) {from_unit:one} in {to_unit}", {"amount": "one"}, False),
    ("convert", "what is (a|an|one) {from_unit:one} in {to_unit}", {"amount": "one"}, False),
    ("convert", "what's (a|an|one) {from_unit:one} in {to_unit}", {"amount": "one"}, False),
    ("convert", "convert (a|an|one) {from_unit:one} (to|into) {to_unit}", {"amount": "one"}, True),
    ("convert", "(a|an|one) {from_unit:one} in {to_unit}", {"amount": "one"}, False),
    ("convert", "how many {to_unit} (is|are in|in) half (a|an) {from_unit:one}", {"amount": "half"}, False),
    ("convert", "what is half (a|an) {from_unit:one} in {to_unit}", {"amount": "half"}, False),
    ("convert", "convert half (a|an) {from_unit:one} to {to_unit}", {"amount": "half"}, True),
]  # fmt: skip

# Requests in other words: (pattern with {a}, {b}, the expression to write).
REWORDED_SUMS: list[tuple[str, str]] = [
    ("(add|sum) {a} and {b}", "{a} plus {b}"),
    ("add {a} (to|with) {b}", "{a} plus {b}"),
    ("(what's|what is|calculate|tell me|give me) the sum of {a} and {b}", "{a} plus {b}"),
    ("subtract {a} from {b}", "{b} minus {a}"),
    ("take {a} (away|) from {b}", "{b} minus {a}"),
    ("(what's|what is|calculate|tell me) the difference (between|of) {a} and {b}", "{a} minus {b}"),
    ("multiply {a} (by|with|and|times) {b}", "{a} times {b}"),
    ("(what's|what is|calculate|tell me) the product of {a} and {b}", "{a} times {b}"),
    ("(how much|what) is the (total|sum) of {a} and {b}", "{a} plus {b}"),
    ("(put|count|sum) together {a} and {b}", "{a} plus {b}"),
    ("what (is|comes out) if you (multiply|times) {a} (by|with) {b}", "{a} times {b}"),
    ("what (is|comes out) if you divide {a} by {b}", "{a} divided by {b}"),
    ("what (is|remains) if you (take|subtract) {a} from {b}", "{b} minus {a}"),
    ("(deduct|take) {a} from {b}", "{b} minus {a}"),
    ("divide {a} by {b}", "{a} divided by {b}"),
    ("(what's|what is) {a} (split|divided) (in|into) {b}", "{a} divided by {b}"),
]

# Follow-ups: what they continue -> wordings.
FOLLOW_UPS: dict[str, str] = {
    "place": "then {place}|the same for {place}|and then in {place}|next {place}|how is it in {place}|do {place} too|what time for {place}|and in {place}|what about {place}|and {place}|how about {place}|and what about {place}|what about in {place}|in {place}|what's it in {place}|and how about {place}|"
    "also in {place}|and for {place}|what time is it there in {place}|now {place}|{place}|and over in {place}|and the time in {place}|okay and {place}",
    "day": "then what about {day}|the same for {day}|next {day}|and then {day}|do {day} too|and {day}|what about {day}|how about {day}|and what about {day}|and for {day}|what day is {day}|okay and {day}|and what is {day}|{day}|also {day}",
    "unit": "then what about {to_unit}|the same in {to_unit}|and then in {to_unit}|next in {to_unit}|as {to_unit}|give it in {to_unit}|and in {to_unit}|what about {to_unit}|what about in {to_unit}|how about {to_unit}|in {to_unit}|and how many {to_unit}|also in {to_unit}|and {to_unit}|how many {to_unit} is that|what is that in {to_unit}|okay and in {to_unit}",
    "more_sum": "take it {op} {b}|the result {op} {b}|next {op} {b}|it {op} {b}|{op} {b}|and {op} {b}|now {op} {b} please|that {op} {b}|and that {op} {b}|then {op} {b}|what about {op} {b}|what is that {op} {b}|and what's that {op} {b}|okay {op} {b}",
    "cancel": "drop it|please stop it|no cancel that|cancel this one|end it|kill it|get rid of it|please cancel that|cancel it|cancel that|stop it|delete it|cancel that timer|stop that timer|actually cancel it|please cancel it|never mind cancel it|remove it|turn it off|forget it cancel it|undo that|cancel it again|stop that",
    "left": "how long still|how long now|what is left|how much is left on it|what time is left|how long does it still run|how long is left|how much time is left|how long is left on it|how much is left|how long does it have|how much longer|when is it done|how long has it got|how's it doing|what's the status|is it done yet",
    "also_item": "oh and {item}|also put {item}|{item} also please|and please {item}|{item} too please|then also {item}|and {item}|also {item}|{item} too|and also {item}|add {item} too|add {item} as well|{item} as well|oh and {item}|and add {item}|also add {item}|plus {item} please|{item} also|and {item} too|put {item} there too|then {item}|add {item}",
    "undo_item": "no take it off|please remove it|actually delete it|take that off|take it back off|cancel that|remove it|take it off|take it off again|remove it again|remove that|delete that|undo that|delete it again|no remove it|actually take it off|remove that again|cross it off|never mind take it off|scratch that",
    "read_it": "what is on the list|read the list|what's on there now|say what's on it|let me hear it|what's on it|what's on it now|read it back|read it|what is on it|read it to me|what's on there|what's on the list now|tell me what's on it|read me the list|show me|what else is on it|read it out",
    "read_note": "what was it|read the note|say it back|read that back|tell me the note|what does the note say|read it back|read it back to me|what did i say|what's the note|read it|read me the note|what did you write|what did you note|repeat the note",
    "another_timer": "and one more of {duration}|add one for {duration}|please also {duration}|add another for {duration}|and a second one for {duration}|and another for {duration}|and one for {duration}|another one for {duration}|and {duration}|also one for {duration}|and another one for {duration}|one more for {duration}|and a timer for {duration}|another for {duration}|and also {duration}",
}


REQUEST_BEFORE = [*REQUEST_BEFORE, *MORE_BEFORE_REQUEST]
QUESTION_BEFORE = [*QUESTION_BEFORE, *MORE_BEFORE_QUESTION]
AFTER = [*AFTER, *MORE_AFTER]
REWORDED_SUMS = [*REWORDED_SUMS, *MORE_SUMS]
for _name, _more in MORE_FOLLOW_UPS.items():
    FOLLOW_UPS[_name] += "|" + _more


def build() -> list[Template]:
    """All training templates."""
    templates: list[Template] = []
    for tool, (requests, others) in (*PATTERNS.items(), *MORE_PATTERNS.items()):
        for text, is_request in ((requests, True), (others, False)):
            templates += [
                Template(tool, line.strip(), {}, is_request) for line in text.strip().splitlines()
            ]
    for tables in AUTHORS:
        for tool, (requests, others) in tables.items():
            for text, is_request in ((requests, True), (others, False)):
                lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
                templates += [
                    Template(tool, line, {}, is_request) for line in lines
                ] * AUTHORS_TIMES
    templates += [
        Template(tool, pattern, given, is_request) for tool, pattern, given, is_request in IMPLIED
    ]
    for _ in range(3):
        templates += [
            Template(tool, pattern, {}, is_request) for tool, pattern, is_request in ANY_CARRIER
        ]
    for tool, pattern, is_request, times in PARTS:
        templates += [Template(tool, pattern, {}, is_request)] * times
    return templates
