"""Carriers put together from interchangeable parts, so that the frame of a request carries its meaning and not one verb.

Owns these wordings only; `templates_train.build` adds them to its own. `{any}` is a random word.
"""

# ruff: noqa: E501 (wordings are kept as long rows)

from __future__ import annotations

PUT = "add|put|pop|stick|chuck|jot|note|write|pencil|include|toss|drop|shove|slide|slip|sneak|squeeze|tack|append|log|enter|record|set|place|mark|type|key|move|bring|stash|get|{any}|{any}|{any}"
TAKE = "remove|delete|take|cross|strike|erase|scratch|wipe|cut|scrap|pull|drop|knock|rub|lift|strip|kick|bump|yank|clear|dump|lose|bin|ditch|trim|get|{any}|{any}|{any}"
PUT_DONE = "added|put|written|noted|listed|included|entered|placed|stuck|thrown|saved|marked|jotted"
ONTO = "on|on|to|onto|in|into|down on|up on|over to|down in|on to|down onto"
OFF = "off|off|from|from|out of|off of|away from"
THE = "the|the|my|my|our|this|that"
KEEP_OFF = "doesn't need to|does not need to|need not|needn't|must not|mustn't|should not|shouldn't|has no reason to|no longer has to|isn't supposed to|is not meant to|won't have to|doesn't have to"

# tool, pattern, whether "please" and "can you" go before it, how often it stands in the list
PARTS: list[tuple[str, str, bool, int]] = [
    ("add_to_list", f"({PUT}) {{item}} ({ONTO}) ({THE}) {{list}} list", True, 8),
    ("add_to_list", f"({PUT}) {{item}} ({ONTO}) ({THE}) list", True, 4),
    ("add_to_list", f"({PUT}) (a|an|some|the|another|more) {{item:bare}} ({ONTO}) ({THE}) {{list}} list", True, 2),
    ("add_to_list", f"(get|have|see|want|keep) {{item}} ({PUT_DONE}) ({ONTO}) ({THE}) {{list}} list", True, 3),
    ("add_to_list", f"(i'd like|i want|we want|i need) {{item}} ({PUT_DONE}) ({ONTO}) ({THE}) {{list}} list", False, 2),
    ("add_to_list", f"(make|create|start|open|do|leave) (a|one|a new|another) (entry|line|point|mark|bullet|spot|slot|space|place|row|{{any}}) (for|with|called) {{item}} (on|in|to) ({THE}) {{list}} list", True, 3),
    ("add_to_list", f"(let|have|make) ({THE}) {{list}} list (have|get|include|take|hold|show|contain|carry) {{item}}", True, 2),
    ("add_to_list", f"(could|can|may|should|will) ({THE}) {{list}} list (have|get|include|take|hold|use|gain) {{item}} (in it|too|added|as well|put on it|)", False, 3),
    ("add_to_list", f"({THE}) {{list}} list (should|could|must|needs to|has to|ought to|wants to) (have|get|include|contain|take|show) {{item}} (on it|in it|too|)", False, 3),
    ("add_to_list", f"({THE}) {{list}} list (is missing|lacks|wants|requires|could use|is short of|gets) {{item}}", False, 2),
    ("add_to_list", f"({THE}) {{list}} list (plus|and add|add|and then add|with) {{item}}", False, 1),
    ("add_to_list", f"(i|we|you) (want|need|would like|like|wish|'d love|must have|ought to have|should have|could use) {{item}} ({ONTO}) ({THE}) {{list}} list", False, 4),
    ("add_to_list", f"{{item}} (ought to|should|must|may|needs to|has to|wants to|is to) (be|go|get|land|appear|stand|come|end up) ({ONTO}) ({THE}) {{list}} list", False, 3),
    ("add_to_list", f"({ONTO}) ({THE}) {{list}} list ({PUT}) {{item}}", True, 3),
    ("add_to_list", "(i|we) (should|could|must|might|ought to|had better|'d better|have to|need to|want to) (buy|grab|fetch|pick up|order|purchase|find|get hold of) (some|more|) {item}", False, 2),
    ("add_to_list", f"(remember|don't forget|think of) to ({PUT}) {{item}} ({ONTO}) ({THE}) {{list}} list", True, 2),
    ("remove_from_list", f"({TAKE}) {{item}} ({OFF}) ({THE}) {{list}} list", True, 8),
    ("remove_from_list", f"({TAKE}) {{item}} ({OFF}) ({THE}) list", True, 4),
    ("remove_from_list", f"({TAKE}) (a|the|some|any) {{item:bare}} ({OFF}) ({THE}) {{list}} list", True, 2),
    ("remove_from_list", f"{{item}} ({KEEP_OFF}) (stay|stand|remain|appear|show up|sit|go) (on|in) ({THE}) {{list}} list (anymore|any longer|now|)", False, 3),
    ("remove_from_list", f"{{item}} ({KEEP_OFF}) be (in|part of) ({THE}) {{list}} list (anymore|any longer|)", False, 2),
    ("remove_from_list", f"{{item}} (does not|doesn't|no longer|can't|cannot) (belong|belongs|go|stay|count|{{any}}) (on|in) ({THE}) {{list}} list (anymore|any longer|)", False, 3),
    ("remove_from_list", f"({THE}) {{list}} list (doesn't|does not|shouldn't|needn't|should not|won't) (need|have|include|contain|show|require) {{item}} (anymore|any more|any longer|)", False, 3),
    ("remove_from_list", f"{{item}} (is|was|has been|got) (finished|sorted|taken care of|handled|settled|paid|bought|found|{{any}}) (so|and|now|please|) ({TAKE}) it ({OFF}) ({THE}) {{list}} list", False, 3),
    ("remove_from_list", f"(i|we|you) (don't|do not|no longer) (want|need|have|require) {{item}} (on|in) ({THE}) {{list}} list (anymore|any longer|)", False, 3),
    ("remove_from_list", f"(get|have|see|want) {{item}} (removed|deleted|taken|crossed|struck|erased|wiped|gone|cleared|pulled) ({OFF}) ({THE}) {{list}} list", True, 3),
    ("remove_from_list", f"(make|leave|keep) ({THE}) {{list}} list (without|free of|clear of) {{item}}", True, 1),
    ("remove_from_list", f"({OFF}) ({THE}) {{list}} list ({TAKE}) {{item}}", True, 2),
    ("remove_from_list", f"{{item}} (must|should|has to|can|needs to|may) (go|come|get|be taken|be struck|be wiped|be {{any}}) (off|from|out of) ({THE}) {{list}} list", False, 3),
    ("read_list", f"(give|get|bring|do|{{any}}) (me|us) (a|the) (summary|reading|look|overview|gist|run through|{{any}}) (of|at|on|over) ({THE}) {{list}} list", True, 3),
    ("read_list", f"(read|go|look|run|{{any}}) (out|over|up|aloud|through|down|into|{{any}}) ({THE}) {{list}} list", True, 3),
    ("read_list", f"what (did|have|do) (i|we) (put|write|put down|stick|{{any}}) (on|in|to) ({THE}) {{list}} list", False, 2),
    ("read_list", f"what (else|exactly|stuff|things|{{any}}) (is|are|was|did i put|do we have) (on|in) ({THE}) {{list}} list", False, 2),
    ("get_time", "(if|when|suppose|because|in case|before|since|while) (i|we|you|they) (ring|phone|write to|visit|fly to|am in|are in|land in|work with|{any}) {place} (today|right now|then|tonight|) what time (is it|would it be|will it be) (there|over there)", False, 4),
    ("get_time", "(i'm|we're|my {any} is|she's|he's|my {any} {any} is) (calling|ringing|visiting|flying to|living in|moving to|in|{any}) {place} what (time|hour) (is it|do they have|have they) (there|over there|now|)", False, 4),
    ("get_time", "{any} {any} {place} {any} what time is it (there|over there)", False, 2),
    ("get_time", "(over|out|down|up) (in|at) {place} what (time|hour) (is it|do they have) (now|)", False, 2),
    ("get_time", "(people|someone|folks|they) in {place} have what time (now|)", False, 1),
    ("get_time", "(what|which) hour (is it|do they have|{any} it|{any} {any}) (in|over in|for) {place}", False, 2),
    ("get_time", "how (late|early) (is|are) (it|they|things) (by now|now|) (in|over in) {place}", False, 2),
    ("get_time", "the (clock|clocks|time|watches) in {place} (say|says|show|shows|is|{any}) what", False, 1),
    ("get_time", "what (do|would|does) (the clocks|a clock|clocks|their clock|watches) (say|show|read|{any}) (in|over in|for) {place}", False, 2),
    ("get_time", "(i {any}|we {any}|{any}) to know (the|what) time (it is|) (in|for|over in) {place}", False, 2),
    ("get_date", "(if|when|suppose) (we|i|they) {any} {day} what (day|date) (is|was|will) (that|it|that be)", False, 2),
    ("get_date", "(which|what) (day|date|weekday) (is|comes|falls|lands|{any}) (for|on|at|with) {day}", False, 2),
    ("calculate", "(crunch|run|reckon|punch in|count up|total|try|give|{any}) {expression} (for me|)", True, 3),
    ("calculate", "(i|we|you) {any} {any} {expression} {any}", False, 1),
    ("convert", "(swap|switch|flip|bring|put|move|shift|exchange|rewrite|{any}) {amount} {from_unit} (over to|over into|to|into|across to) {to_unit}", True, 4),
    ("convert", "(if|when|suppose) (i|we|you|it) (have|has|had|is|buy|{any}) {amount} {from_unit} (how many|how much in) {to_unit} (is that|would that be|do i have|{any} {any})", False, 3),
    ("set_timer", "(make|get|fix|do|bring|prepare|fire up|kick off|put|{any}) (me|us|) (a|the|my) {name} timer (of|for|at|with|lasting|running|to) {duration}", True, 5),
    ("set_timer", "(a|my|the|one) {name} timer (lasting|set for|running|going|with|for about|at|of) {duration}", False, 4),
    ("set_timer", "(set|get|have|put|let|{any}) (my|the|a) {name} timer (to|) (run|ring|last|finish|end|go off) (for|in|after|at) {duration}", True, 4),
    ("set_timer", "{name} timer (set|going|running|started|on|up) (for|at|to|in) {duration}", False, 3),
    ("set_timer", "(the|my) {name} timer (should|can|must|will|has to) (run|be|last|take|go on) (for|) {duration}", False, 2),
    ("set_timer", "(make|get|do|bring|fix|{any}) (me|us|) (a|the|another) timer (of|for|at|with|lasting|running) {duration}", True, 3),
    ("cancel_timer", "(the|my) {name} timer (should|may|must|could|has to|needs to) (be cancelled|be stopped|end|go|stop|go away|be removed|be {any})", False, 3),
    ("cancel_timer", "({any}|halt|axe|ditch|bin|dismiss|quit|abort) (the|my|that) {name} timer", True, 3),
    ("cancel_timer", "({any}|halt|axe|ditch|bin|dismiss|quit|abort) (the|my|that) timer", True, 2),
    ("cancel_timer", "(we|i) (are|am|'m|'re|have) (done|through|finished) with the {name} timer", False, 2),
    ("take_note", "(note|write|save|keep|store|set down|file|log) (for me|for tomorrow|for the record|in my notes|for the future|as a note) {text}", True, 3),
    ("take_note", "(put|{any}) (it|this|that|the following) (in|into|among|under) (my|the) notes {text}", True, 2),
    ("take_note", "(i'd like|i want|i need) (this|the following) (noted|written down|remembered|saved|on record) {text}", False, 2),
]  # fmt: skip

MORE_SUMS: list[tuple[str, str]] = [
    ("take {a} off {b}", "{b} minus {a}"),
    ("{a} (removed|deducted|subtracted) from {b}", "{b} minus {a}"),
    ("(how much|what) (is|remains|would be) {a} (removed|subtracted|taken) from {b}", "{b} minus {a}"),
    ("(what do i have left|what's left|what is left) (of|from) {b} (after|without|if i spend|minus) {a}", "{b} minus {a}"),
    ("by how much does {a} exceed {b}", "{a} minus {b}"),
    ("how much (bigger|more|larger) is {a} than {b}", "{a} minus {b}"),
    ("{a} (groups|lots|sets|boxes) of {b}", "{a} times {b}"),
    ("(share|split|distribute) {a} (between|among|over) {b}", "{a} divided by {b}"),
    ("how (many times|often) does {b} (go into|fit in|fit into) {a}", "{a} divided by {b}"),
    ("(increase|raise) {a} by {b}", "{a} plus {b}"),
    ("(decrease|lower|reduce|cut) {a} by {b}", "{a} minus {b}"),
    ("(what's|what is|give me) {a} (and|together with|along with) {b} (added together|in total|added up|altogether)", "{a} plus {b}"),
]  # fmt: skip

MORE_BEFORE_REQUEST = (
    "first of all|before i forget|another thing|look|see|man|good afternoon|my dear|would it be okay to|is it possible to|"
    "may i ask you to|i'd be happy if you could|if you don't mind|are you able to|could you please just|i'm asking you to|"
    "remember to|try to|feel free to|make sure to|after that|in the meantime|instead|again|anyway|uh please|er|hm|ah okay|great now|good now|"
    "fine now|thanks now|thank you now|perfect and now|all good now"
).split("|")
MORE_BEFORE_QUESTION = (
    "first of all|before i forget|another thing|look|man|good afternoon|my dear|let me ask you|let me know|could you say|"
    "do you happen to know|i was wondering|i'm wondering|i'd like to know|help me out|quick one|er|hm|ah|great|good|fine|thanks|perfect|anyway|"
    "for my homework|between us|honestly|seriously|remind me|what i want to know is|the question is"
).split("|")
MORE_AFTER = (
    "at once|immediately|straight away|soon|first|before i forget|just quickly|one more time|my dear|buddy|mate|old friend|"
    "like before|as usual|just like that|just for fun|if it's no trouble|if that's okay|if that's all right|cheers|much appreciated|"
    "thank you very much|thank you so much|that would be great|that'd be nice|i'm in a hurry|and hurry|and that's it|that's all|"
    "right away|computer|assistant|a s a p|would you please|could you|just this one|for the moment|for a start|okay sarai|sarai my friend|"
    "and be quick|don't wait|in case you can|i beg you|by any chance|or so|then please|now please|this minute|for today|and nothing more"
).split("|")
MORE_FOLLOW_UPS: dict[str, str] = {
    "place": "same question for {place}|likewise for {place}|repeat that for {place}|again for {place}|this time {place}|once more for {place}|the same but for {place}|and also {place}|over in {place}|{place} too|{place} as well|now the same with {place}|and if i am in {place}|or {place}|or in {place}",
    "cancel": "scratch it|dump it|end that|end that timer|i don't need it|i changed my mind stop it|please drop that|bin it|no more of that|forget that timer|wipe it|call it off|stop that one please|take it away",
    "read_it": "what's on it so far|what is on it right now|what do i have on it|so what's on it|what's on that list|what's in it|and what's on it|say the whole list|what does it have on it|what's on it today",
    "undo_item": "put it back off|take it off the list|no longer that|please take that back|take that away again|remove that one|delete that one please|drop that from it|i don't want that on it|get it off there",
    "also_item": "{item} on top|and then {item}|{item} goes there too|one more {item}|also {item} please|and some {item:bare}|more {item:bare}|and {item} please|and put {item}|include {item} too|together with {item}",
}
