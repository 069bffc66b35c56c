"""The wordings the model is trained on. `templates_test.py` holds others; `evaluate.py` proves them disjoint."""

# ruff: noqa: E501, SIM905 (wordings are kept as long rows)

from __future__ import annotations

from patterns import Template
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
PATTERNS: dict[str, tuple[str, str]] = {
    "get_time": (
        """
        (tell|give|show) me (the|the current|the exact|the local|) time
        (tell|give|show) me (the|the current|the local) time (in|for|at) {place}
        (tell|show) me what time it is (now|right now|)
        (tell|show) me what time it is (now|right now|) in {place}
        (check|look up|say|read|get|look at) the (time|clock)
        (check|look up|say|get) the (time|local time|current time) (in|for) {place}
        check what time it is (in {place}|)
        let me know what time it is (in {place}|)
        let me know the time (in {place}|)
        """,
        """
        what time is it
        what time is it
        what time is it (now|right now|currently|at the moment|here|exactly|today)
        what time is it (now|right now|currently|at the moment|) in {place}
        what time is it (now|right now|) (over|) (in|at) {place}
        what's the (time|current time|local time|exact time) (now|right now|)
        what's the (time|current time|local time) (now|right now|) in {place}
        what is the (time|current time|local time|exact time) (now|right now|)
        what is the (time|current time|local time) (now|right now|) in {place}
        what time do we have (now|)
        what time does the clock (say|show)
        do you (know|have) (the|what) time (it is|)
        do you know what time it is (in {place}|)
        do you know the time in {place}
        (can|could) you tell me (the time|what time it is)
        (can|could) you tell me (the time|what time it is) in {place}
        (the|current|local|) time (now|please|)
        (the|current|local|) time (in|for) {place}
        {place} time
        what's {place} time
        what is {place} time (right now|)
        how late is it (now|)
        how late is it in {place}
        is it (late|already late|noon already|midnight yet)
        got the time
        have you got the time
        i (need|want) (to know|) the time
        i (need|want) to know the time in {place}
        i (need|want) to know what time it is (in {place}|)
        i'd like to know what time it is (in {place}|)
        what hour is it (in {place}|)
        in {place} what time is it (now|)
        what time is it for (people|someone) in {place}
        time check
        clock
        what's on the clock
        what does the clock say
        (what|which) time is it over there in {place}
        what time would it be in {place} (now|)
        what time have you got
        the time in {place} (is what|)
        """,
    ),
    "get_date": (
        """
        (tell|give|show) me (the date|today's date|the current date|what day it is|what the date is)
        (tell|give|show) me the date (of|for|on) {day}
        (tell|show) me what (day|date) (it is|it will be|it's going to be) {day}
        (tell|show) me what (day|date|weekday) {day} is
        (check|look up|say|read|get) (the date|today's date)
        (check|look up|get) the date (of|for) {day}
        let me know (the date|what day it is|today's date)
        let me know what (day|date) {day} (is|falls on)
        check (the|my) calendar
        """,
        """
        what day is it
        what day is (it|today)
        what date is (it|today)
        what's (the date|today's date|the day|the day today|today|the date today|the current date)
        what is (the date|today's date|the day|the day today|today|the date today|the current date)
        what (day|date) do we have (today|)
        what day of the (week|month) is it (today|)
        (which|what) (day|weekday|day of the week) is (it today|today)
        today's date
        (the|) date (today|please|)
        what (year|month) is it (now|)
        what's the (year|month)
        which (year|month) (is it|are we in)
        is (today|it) (monday|friday|sunday|tuesday|wednesday)
        is it the weekend (yet|)
        do you know (the date|today's date|what day it is|what day today is)
        (can|could) you tell me (the date|today's date|what day it is|what the date is)
        what day is {day}
        what date is {day}
        what day is it {day}
        what day of the week is {day}
        what day of the week (was|will be|is it) {day}
        what's the (date|day) {day}
        what's the date (for|of|on) {day}
        what is the (date|day) {day}
        what is the date (for|of|on) {day}
        (what|which) (day|date|weekday) will it be {day}
        (what|which) (day|date|weekday) (will|does) {day} (be|fall on)
        (what|which) (day|date|weekday) was (it|) {day}
        on (what|which) (day|date|weekday) (is|does) {day} (fall|)
        when is {day}
        when's {day} (this year|)
        when (does|will) {day} (come|be)
        (the|) date (of|for) {day}
        (can|could) you tell me (the date|what day it is|what the date is) {day}
        do you know what (day|date) {day} (is|falls on)
        i (need|want) to know (the date|what day it is|today's date)
        i (need|want) to know what (day|date) {day} is
        how many days until {day}
        how (long|far) is it (until|to) {day}
        what day are we on
        what's the date going to be {day}
        what will the date be {day}
        {day} is (what|which) (day|date)
        """,
    ),
    "calculate": (
        """
        (calculate|compute|work out|figure out|evaluate|solve|do|determine) {expression}
        (tell|give|show) me {expression}
        (tell|show) me (what|how much) {expression} (is|makes|equals)
        tell me what's {expression}
        (tell|give) me the (result|answer|value|solution) (of|for|to) {expression}
        (calculate|find|compute|get) the (result|answer|value) (of|for) {expression}
        (calculate|compute|work out|figure out) (what|how much) {expression} is
        do the math (on|for) {expression}
        (find|work out|figure out) {expression}
        help me (with|calculate|work out) {expression}
        let me know (what|how much) {expression} is
        """,
        """
        what is {expression}
        what is {expression}
        what's {expression}
        what's {expression}
        how much is {expression}
        how much is {expression}
        how much (does|would|do) {expression} (make|equal|be)
        how much would {expression} be
        what does {expression} (equal|make|come to|give)
        what (do|would) you get (for|from) {expression}
        what would {expression} be
        what are {expression}
        {expression}
        {expression}
        {expression} (equals|is|makes) (what|how much|)
        {expression} equals
        (do you know|you know) (what|how much) {expression} is
        (can|could) you (calculate|compute|work out|tell me|solve|do|figure out) {expression}
        (can|could) you tell me (what|how much) {expression} (is|equals|makes)
        what's the (result|answer|value|solution) (of|for|to) {expression}
        what is the (result|answer|value|solution) (of|for|to) {expression}
        the (result|answer) of {expression}
        i (need|want) to (know|calculate|work out) {expression}
        i (need|want) to know (what|how much) {expression} is
        i (need|want) the (result|value) of {expression}
        if i (do|take|calculate) {expression} what do i get
        (math|calculation|maths|calculator) {expression}
        what number is {expression}
        here's one {expression}
        and what is {expression}
        """,
    ),
    "convert": (
        """
        convert {amount} {from_unit} (to|into|in) {to_unit}
        convert {amount} {from_unit} (to|into) {to_unit}
        (change|turn|translate|transform) {amount} {from_unit} (to|into) {to_unit}
        (tell|show|give) me {amount} {from_unit} in {to_unit}
        (tell|show) me how (many|much) {to_unit} {amount} {from_unit} (is|are|makes|has)
        (tell|show) me how (many|much) {to_unit} (is|are|are in) {amount} {from_unit}
        tell me what {amount} {from_unit} (is|are) in {to_unit}
        (express|write|give|say) {amount} {from_unit} in {to_unit}
        (calculate|work out|figure out|compute) {amount} {from_unit} in {to_unit}
        do a conversion of {amount} {from_unit} to {to_unit}
        do {amount} {from_unit} to {to_unit}
        """,
        """
        how many {to_unit} (is|are|in|are in|are there in|make) {amount} {from_unit}
        how many {to_unit} (is|are|in|are in|are there in) {amount} {from_unit}
        how many {to_unit} (does|do) {amount} {from_unit} (make|have|equal)
        how many {to_unit} do {amount} {from_unit} come to
        how much is {amount} {from_unit} in {to_unit}
        how much (are|would be) {amount} {from_unit} in {to_unit}
        what is {amount} {from_unit} in {to_unit}
        what's {amount} {from_unit} in {to_unit}
        what are {amount} {from_unit} in {to_unit}
        what (would|does|do) {amount} {from_unit} (be|make|come to) in {to_unit}
        {amount} {from_unit} (in|to|into|as) {to_unit}
        {amount} {from_unit} (is|are|equals|makes) how many {to_unit}
        {amount} {from_unit} in {to_unit} is what
        (can|could) you convert {amount} {from_unit} (to|into) {to_unit}
        (can|could) you tell me how many {to_unit} (is|are|are in) {amount} {from_unit}
        (can|could) you tell me what {amount} {from_unit} is in {to_unit}
        i (want|need) to (know|convert|have) {amount} {from_unit} (in|to) {to_unit}
        i have {amount} {from_unit} how many {to_unit} is that
        i (want|need) to know how many {to_unit} {amount} {from_unit} (is|are)
        how (long|far|heavy|big|hot|fast) is {amount} {from_unit} in {to_unit}
        (conversion|convert|conversion of) {amount} {from_unit} to {to_unit}
        in {to_unit} how much is {amount} {from_unit}
        in {to_unit} what is {amount} {from_unit}
        {to_unit} in {amount} {from_unit}
        if it's {amount} {from_unit} what is that in {to_unit}
        how (hot|cold|warm) is {amount} degrees {from_unit:temp} in {to_unit:temp}
        what's {amount} degrees {from_unit:temp} in {to_unit:temp}
        what is {amount} degrees {from_unit:temp} in (degrees|) {to_unit:temp}
        convert {amount} degrees {from_unit:temp} to (degrees|) {to_unit:temp}
        {amount} degrees {from_unit:temp} (in|to) {to_unit:temp}
        """,
    ),
    "set_timer": (
        """
        set a timer (for|to|of) {duration}
        set a timer (for|to) {duration}
        set (the|my|one|another|me a|a new|up a) timer (for|to|of) {duration}
        (start|create|make|begin|put on|run|give me|add|launch) (a|the|another|a new) timer (for|of) {duration}
        (start|make|create|begin|put on) a {duration:adj} timer
        set (a|me a|another|up a|the) {duration:adj} timer
        (give|get) me (a|another) {duration:adj} timer
        (give|get) me (a|another) timer (for|of) {duration}
        (set|start|put) (a|) countdown (for|of|to) {duration}
        (set|start) a {duration:adj} countdown
        time {duration}
        count down {duration}
        count down from {duration}
        (set|start|put) {duration} on (the|a|my) (timer|clock)
        (set|start) timer (for|) {duration}
        set (the|a|my) clock for {duration}
        (tell|alert|notify|ping|warn|wake|call) me (in|after) {duration}
        (tell|alert|notify|warn) me when {duration} (are|is) (over|up|done)
        let me know (in|after) {duration}
        let me know when {duration} (are|is|have) (over|up|passed)
        remind me in {duration}
        beep (in|after) {duration}
        (set|start|make|create|give me) (a|another|) {name} timer (for|of) {duration}
        set (a|the|my|another) {name} timer (for|to|of) {duration}
        (set|start) a {duration:adj} {name} timer
        (set|start|give me|make) a {duration:adj} timer for (the|my|some|) {name}
        (set|start|make) a {duration:adj} timer (called|named) {name}
        (set|start|make|create) a timer (called|named|with the name) {name} (for|of|with) {duration}
        (set|start|make|create) a timer (called|named) {name} {duration}
        (set|start|make|create) a timer (for|of) {duration} (called|named) {name}
        (set|start|make|create) a timer (for|of) {duration} for (the|my|) {name}
        (set|start) a timer for (the|my|) {name} (for|to|of) {duration}
        (set|start) a timer {duration} for the {name}
        (time|put) the {name} for {duration}
        (set|start) {duration} for (the|my) {name}
        remind me in {duration} to {name:task}
        remind me to {name:task} in {duration}
        (tell|alert) me in {duration} to {name:task}
        (tell|alert|remind) me to {name:task} (in|after) {duration}
        """,
        """
        timer (for|of|) {duration}
        timer {duration}
        {duration:adj} timer
        a {duration:adj} timer
        a timer (for|of) {duration}
        new timer (for|) {duration}
        another timer (for|) {duration}
        another {duration:adj} timer
        {duration} timer
        {duration} on the (timer|clock)
        countdown (for|) {duration}
        {duration} countdown
        i (need|want) (a|another) timer (for|of) {duration}
        i (need|want|would like|'d like) a {duration:adj} timer
        (can|could|may) i (have|get) a timer (for|of) {duration}
        (can|could|may) i (have|get) a {duration:adj} timer
        (can|could) you (set|start) a timer (for|of) {duration}
        (can|could) you time {duration}
        i (need|want) to (time|wait) {duration}
        let's (do|set|start) a timer (for|of) {duration}
        let's (do|set) a {duration:adj} timer
        {name} timer (for|of|) {duration}
        {name} timer {duration}
        {duration:adj} {name} timer
        {duration:adj} timer for (the|) {name}
        {duration} for the {name}
        timer for (the|) {name} {duration}
        timer for {duration} (called|named) {name}
        i (need|want) (a|another) {name} timer (for|of) {duration}
        i (need|want) a {duration:adj} timer for (the|my) {name}
        i (need|want) a timer for (the|my) {name} (for|of) {duration}
        the {name} (needs|takes|need|take) {duration}
        """,
    ),
    "list_timers": (
        """
        (list|show|read|tell|give) (me|) (the|my|all|all my|all the) timers
        (list|show|check) timers
        (check|show|tell|read|give) (me|) (the|my) timer (status|)
        (check|show|read) (the|my) timers
        (tell|show) me (what|which) timers (are running|are set|are active|i have)
        (tell|show) me how (much|long) (time|) is left (on the timer|on my timer|)
        (tell|show) me how much time (remains|i have left|is remaining)
        (check|look) how much time is left
        read (out|) (the|my) (remaining|left) time
        """,
        """
        (what|which) timers (do i have|are running|are set|are active|are there|are on)
        (what|which) timers (are|do i have) (running|set|going) (right now|now|)
        do i have (any|a) (timers|timer) (running|set|going|active|on|)
        (are|is) there any (timers|timer) (running|set|going|active|on|)
        is (the|my|a) timer (still|) (running|going|on|active)
        how (much|long) (time|) is (left|remaining)
        how much time is (left|remaining) (on|for) (the|my) timer
        how long is left on (the|my) (timer|timers)
        how much (time|) (do i have|have i got) left
        how (many|much) minutes are left
        how long (until|till|before) (the|my) timer (goes off|ends|is done|rings)
        how (many) timers (are running|do i have|are there)
        how (long|much longer) (do i have|will the timer run|does the timer have)
        when (does|will) (the|my) timer (go off|end|ring|be done|finish)
        timer status
        timers
        (status of|state of) (the|my) (timer|timers)
        (my|active|running|current) timers
        what's (the status of|left on|on) (the|my) timer
        what's the timer (at|status)
        time (left|remaining)
        is the timer done (yet|)
        how is (the|my) timer doing
        how's (the|my) timer
        how (far|long) is the {ignored} timer
        how much time is left on the {ignored} timer
        how long (for|until|left on) the {ignored} timer
        when is the {ignored} (timer|) (done|ready|finished)
        """,
    ),
    "cancel_timer": (
        """
        (cancel|stop|delete|remove|clear|end|kill|turn off|switch off) (the|my|that|this) timer
        (cancel|stop|delete|clear|end) timer
        (cancel|stop|delete|end) the (countdown|current timer|running timer|last timer)
        (shut|turn) (the|that) timer off
        (get rid of|forget|drop|discard|scrap) (the|my|that) timer
        (cancel|stop|delete|remove|clear|end|kill|turn off) (the|my|that) {name} timer
        (cancel|stop|delete|clear|end) {name} timer
        (cancel|stop|delete|remove) the timer (for|called|named) (the|my|) {name}
        (get rid of|forget|drop|scrap) (the|my) {name} timer
        turn the {name} timer off
        """,
        """
        no more timer
        i don't need (the|that|my) timer (anymore|any more|any longer)
        the timer (can be|should be) (stopped|cancelled|deleted)
        forget about the timer
        forget about the {name} timer
        i don't need (the|my) {name} timer (anymore|any more|any longer)
        timer (off|cancel|stop)
        {name} timer (off|cancel|stop)
        (can|could) you (cancel|stop|end) (the|my) {name} timer
        (can|could) you (cancel|stop|end) (the|my) timer
        i (want|need) to (cancel|stop|delete) (the|my) timer
        i (want|need) to (cancel|stop|delete) (the|my) {name} timer
        """,
    ),
    "add_to_list": (
        """
        add {item} to (the|my|our) {list} list
        add {item} to (the|my|our) {list} list
        add {item} to (the|my|our) list
        add {item} to {list} list
        add (a|an|some|the|more|another) {item:bare} to (the|my|our) {list} list
        add (a|an|some|the|more|another) {item:bare} to (the|my|our) list
        (put|write|place|stick|throw|include|enter) {item} (on|in|onto) (the|my|our) {list} list
        (put|write|place|stick|throw|include|enter) {item} (on|in|onto) (the|my|our) list
        (put|write|place|stick) (a|an|some|the) {item:bare} on (the|my|our) {list} list
        (put|write) (a|an|some|the) {item:bare} on (the|my|our) list
        add {item}
        add (a|an|some) {item:bare}
        add {item} (there|too|as well|also)
        append {item} to (the|my) {list} list
        append {item} to (the|my) list
        add to (the|my|our) {list} list {item}
        add to (the|my|our) list {item}
        put on (the|my|our) {list} list {item}
        (add|put) {item:todo} (to|on) (the|my|our) to do list
        (add|put) {item:todo} (to|on) (the|my|our) {list} list
        add the (item|entry|task) {item:bare} to (the|my) {list} list
        (note|write down|jot down) {item} (on|in) (the|my|our) {list} list
        make sure {item} is on (the|my|our) {list} list
        save {item} to (the|my) {list} list
        """,
        """
        we need {item}
        we need (some|more|a) {item:bare}
        we need {item} on (the|our) {list} list
        we (need|have) to buy {item}
        we're (out of|running out of|low on|all out of) {item:bare}
        we are (out of|running out of|low on) {item:bare}
        we ran out of {item:bare}
        i (need|want|have) to buy {item}
        i (need|want|have) to (get|pick up) (some|a|more) {item:bare}
        i need {item} on (the|my) {list} list
        i (need|want) {item} on (the|my) list
        i'd like {item} on (the|my) {list} list
        {item} (to|on|for) (the|my) {list} list
        {item} (goes|should go) on (the|my|our) {list} list
        (the|my) {list} list needs {item}
        (can|could) you add {item} to (the|my|our) {list} list
        (can|could) you put {item} on (the|my|our) {list} list
        (can|could) you put {item} on (the|my|our) list
        i'm (out of|running out of|low on) {item:bare}
        on (the|my|our) {list} list (put|add|write) {item}
        """,
    ),
    "remove_from_list": (
        """
        (remove|delete|take|cross|strike|erase|scratch) {item} (off|from) (the|my|our) {list} list
        (remove|delete|erase) {item} from (the|my|our) {list} list
        (remove|delete|erase|drop) {item} from (the|my|our) list
        (take|cross|strike|scratch) {item} off (the|my|our) list
        (remove|take|delete) (the|a|an|some) {item:bare} (from|off) (the|my|our) {list} list
        (remove|take|delete) (the|a|an|some) {item:bare} (from|off) (the|my|our) list
        (remove|cross off|check off|tick off|strike) {item} (from|on) (the|my|our) {list} list
        (cross off|check off|tick off|cross out|take off) {item}
        (cross|check|tick) {item} off
        (remove|delete) {item}
        (remove|delete) the {item:bare}
        get {item} off (the|my|our) {list} list
        get rid of {item} (on|from) (the|my|our) {list} list
        clear {item} from (the|my|our) {list} list
        (remove|delete|cross off) {item:todo} from (the|my|our) {list} list
        (mark|set) {item} as (done|bought) on (the|my|our) {list} list
        """,
        """
        i (got|bought|have) {item} (already|) (take it off|remove it from|cross it off) the list
        i already (got|bought|have) {item}
        we already (got|bought|have) {item}
        we don't need {item} (anymore|any more|any longer)
        we don't need (any|the) {item:bare} (anymore|any more|any longer)
        i don't need {item} on (the|my) {list} list (anymore|)
        no more {item:bare} on (the|my|our) {list} list
        (can|could) you (remove|delete|take) {item} (from|off) (the|my|our) {list} list
        {item} (can|should) (come off|go off|be removed from) (the|my|our) {list} list
        {item} off (the|my|our) {list} list
        """,
    ),
    "read_list": (
        """
        (read|show|tell|give|open|list|display) (me|) (the|my|our) {list} list
        (read|show|open|display) (me|) (the|my|our) list
        (read|tell) (me|) what's on (the|my|our) {list} list
        (read|tell) (me|) what's on (the|my|our) list
        (tell|show) me what is on (the|my|our) {list} list
        tell me (what's|everything) (in|on) (the|my|our) {list} list
        (check|go through|look at|review|read out|read back|go over|list) (the|my|our) {list} list
        (check|go through|look at|review|read out|read back) (the|my|our) list
        read (me|) (back|) (everything|all items|the items) (on|from) (the|my|our) {list} list
        let me (hear|see) (the|my|our) {list} list
        let me (hear|see) (the|my|our) list
        """,
        """
        what's on (the|my|our) {list} list
        what's (in|on) (the|my|our) {list} list
        what is (in|on) (the|my|our) {list} list
        what's on (the|my|our) list
        what is on (the|my|our) list
        what (do i|do we) have on (the|my|our) {list} list
        what (do i|do we) have on (the|my|our) list
        what (items|things) are on (the|my|our) {list} list
        what (items|things) are on (the|my|our) list
        what (do we|do i) need (to buy|to get|from the store)
        what (should|must) (i|we) buy
        what else is on (the|my|our) {list} list
        is there anything on (the|my|our) {list} list
        is (the|my|our) {list} list empty
        is there anything on (the|my|our) list
        (my|the|our) {list} list
        {list} list
        (my|the) list
        (can|could) you read (me|) (the|my|our) {list} list
        (can|could) you tell me what's on (the|my|our) {list} list
        i (want|need) to (hear|see|know) (the|my|our) {list} list
        i (want|need) to know what's on (the|my|our) {list} list
        how (long|many things) is (the|my) {list} list
        does (the|my|our) {list} list have anything (on it|)
        """,
    ),
    "take_note": (
        """
        take a note {text}
        take a note (that|saying|to|which says) {text}
        (make|write|save|create|leave|add) a note {text}
        (make|write|save|create|leave|add) a note (that|saying|to) {text}
        (make|write|take|save|create) (me|) a (quick|short|new|little) note (that|saying|) {text}
        note (that|down that|down|) {text}
        note {text}
        (remember|memorize) (that|) {text}
        remember that {text}
        remember to {text}
        write (down|this down|that down|) {text}
        write down that {text}
        jot (down|this down|) {text}
        jot down that {text}
        (put|write|add) {text} (in|to|into) my notes
        (save|record|keep|store) the note {text}
        (save|record|store) (that|this|) {text}
        add to my notes (that|) {text}
        take (this|that) down {text}
        keep in mind that {text}
        (make|take) note (of|that) {text}
        don't let me forget (that|to|) {text}
        """,
        """
        note to self {text}
        new note {text}
        a note {text}
        memo {text}
        quick note {text}
        (can|could) you (take|make|write|save) a note (that|saying|) {text}
        (can|could) you note (that|down|) {text}
        (can|could) you write down (that|) {text}
        (can|could) you remember that {text}
        i (want|need) to (make|take|write|save) a note (that|saying|) {text}
        i need to remember (that|to) {text}
        i (want|need) a note (that|saying|which says) {text}
        for my notes {text}
        my note is {text}
        here's a note {text}
        """,
    ),
    "read_notes": (
        """
        (read|show|tell|list|open|display|give) (me|) (the|my|all my|all the|our) notes
        (read|show|open) (me|) the note
        (read|show) (me|) (back|out) (the|my) notes
        (read|check|go through|look at|review|list|read out|read back|recite) (the|my|all my) notes
        (tell|show) me what (i noted|i wrote down|notes i have|i told you to remember|my notes say)
        (tell|show) me what's in my notes
        let me (hear|see) my notes
        """,
        """
        what (notes do i have|did i note|did i write down|do my notes say|is in my notes|are my notes)
        what's in my notes
        what are the notes
        what (did i|have i) (noted|note) (down|)
        what have i written down
        what did i (tell|ask) you to (remember|note|write down)
        what did you (note|write down) (for me|)
        what (should|do) i (have to|) remember
        do i have (any|some) notes
        are there any notes
        is there a note
        notes
        my notes
        (can|could) you read (me|) my notes
        i (want|need) to (hear|see) my notes
        how many notes (do i have|are there)
        which notes (do i have|are there|did i make)
        anything in my notes
        """,
    ),
}  # fmt: skip

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
MORE_PATTERNS: dict[str, tuple[str, str]] = {
    "get_time": (
        """
        find the (time|local time) (for|at) {place}
        report the time (in {place}|)
        announce the time
        give the hour (in {place}|)
        figure out what time it is in {place}
        say the time (in {place}|)
        tell me how late it is
        tell me the hour (in {place}|)
        (name|state) the (current|) time (in {place}|)
        """,
        """
        how late is it getting (in {place}|)
        what's the time like in {place}
        (time|hour) of the day
        would you know the time (in {place}|)
        does anybody know what time it is (in {place}|)
        what time might it be in {place}
        what time are we at
        what time has it got to
        when it's now here what time is it in {place}
        i'm calling {place} what time do they have
        what time do they have in {place}
        what's the time over in {place}
        what does my watch say
        how early is it (in {place}|)
        the hour (in {place}|)
        i wonder what time it is (in {place}|)
        any clue what time it is (in {place}|)
        """,
    ),
    "get_date": (
        """
        report (the date|today's date)
        name the (day|date) (for|of) {day}
        figure out (which|what) (day|date|weekday) {day} is
        say (the date|what day it is)
        tell me (the weekday|the day of the week) (of|for) {day}
        give me (the|) day and (the|) date
        give me today's day
        tell me the day and the date
        """,
        """
        which day do we have
        which day of the year is it
        what's on the calendar for the date today
        (what|which) (weekday|day) is that {day}
        does {day} fall on a (monday|sunday|saturday|friday|weekend)
        any clue what (day|date) it is
        any clue what (day|date) {day} is
        would you know the date (of|for) {day}
        how is {day} dated
        which date comes {day}
        {day} (will be|was) (what|which) (day|date|weekday)
        is {day} a (monday|tuesday|saturday|sunday)
        the (day|weekday) of {day}
        the calendar date today
        i forgot what day it is
        current (day|date)
        """,
    ),
    "calculate": (
        """
        count up {expression}
        give me the total (for|of) {expression}
        reckon {expression}
        run the numbers (on|for) {expression}
        (answer|compute) this {expression}
        read out the result of {expression}
        work (it|this) out {expression}
        (tell|show) me the total (of|for) {expression}
        tell me how much you get (for|from) {expression}
        """,
        """
        what would you say {expression} is
        what's the outcome of {expression}
        {expression} gives (what|how much)
        how many is {expression}
        what is the number for {expression}
        what comes out of {expression}
        what comes out if i do {expression}
        any clue (what|how much) {expression} is
        {expression} what's that
        {expression} how much is it
        would you know {expression}
        i'm trying to work out {expression}
        what might {expression} be
        what did you get for {expression}
        i get stuck at {expression}
        numbers {expression}
        how big is {expression}
        the (total|value|solution) of {expression}
        """,
    ),
    "convert": (
        """
        bring {amount} {from_unit} into {to_unit}
        put {amount} {from_unit} (in|into) {to_unit}
        swap {amount} {from_unit} (to|into) {to_unit}
        give me {amount} {from_unit} as {to_unit}
        figure out how many {to_unit} {amount} {from_unit} (is|are|would be)
        tell me {amount} {from_unit} converted into {to_unit}
        read {amount} {from_unit} (as|in) {to_unit}
        work out how many {to_unit} there are in {amount} {from_unit}
        tell me the {to_unit} in {amount} {from_unit}
        """,
        """
        how many {to_unit} equal {amount} {from_unit}
        how many {to_unit} would i get for {amount} {from_unit}
        how many {to_unit} do you get from {amount} {from_unit}
        {amount} {from_unit} gives how many {to_unit}
        {amount} {from_unit} how many {to_unit} is that
        {amount} {from_unit} how much in {to_unit}
        what might {amount} {from_unit} be in {to_unit}
        what's the {to_unit} value of {amount} {from_unit}
        the number of {to_unit} for {amount} {from_unit}
        if i have {amount} {from_unit} how many {to_unit} do i have
        any clue how many {to_unit} {amount} {from_unit} is
        {amount} {from_unit} turned into {to_unit}
        {amount} {from_unit} expressed in {to_unit}
        would you know {amount} {from_unit} in {to_unit}
        from {from_unit} to {to_unit} {amount}
        how does {amount} {from_unit} look in {to_unit}
        """,
    ),
    "set_timer": (
        """
        begin timing for {duration}
        (get|fire up|turn on) (a|the) timer (for|of) {duration}
        (get|have) a timer (running|started|ready) for {duration}
        have the timer (ring|beep|buzz|sound) (in|after) {duration}
        set a timer (to ring|to beep|to go off|ringing) (in|after) {duration}
        set the timer so (it|that it) (rings|ends|beeps) in {duration}
        put a timer on for {duration}
        put a {duration:adj} timer on
        (give|send) me a (signal|ping|reminder|beep|warning) (in|after) {duration}
        (wake|poke|nudge|buzz) me in {duration}
        keep time for {duration}
        measure {duration}
        have a {duration:adj} timer (run|start)
        prepare a timer (for|of) {duration}
        (get|put) a {name} timer (on|running|started) for {duration}
        put a {duration:adj} timer on for the {name}
        start timing the {name} for {duration}
        (run|turn on) the {name} timer for {duration}
        set the timer for the {name} to {duration}
        give the {name} {duration}
        (run|begin) a {duration:adj} {name} timer
        """,
        """
        (a|one) countdown of {duration}
        {duration:adj} countdown
        what about a timer for {duration}
        we want a timer for {duration}
        i'll need a timer (for|of) {duration}
        i'm going to need a {duration:adj} timer
        a {duration:adj} {name} timer
        a {name} timer for {duration}
        could we have a {duration:adj} timer for the {name}
        could we do a timer for {duration}
        may i have {duration} on the timer
        the {name} timer (should be|must run|should run) {duration}
        {name} {duration} timer
        {duration} from now (beep|ring|tell me)
        in {duration} (tell me|let me know|beep|ring)
        time the {name} {duration}
        """,
    ),
    "list_timers": (
        """
        give me (an overview|the state|a list) of (the|my|all) timers
        report on (the|my) (timer|timers)
        say how long the timer still runs
        tell me how (the|my) timers are doing
        tell me (what's|what is) left on (the|my) timer
        show (the|) (remaining time|time remaining|countdown)
        go through (the|my) timers
        """,
        """
        what about (the|my) timers
        (any|which) timers (going|on|active) (right now|)
        are (the|my|any) timers (on|going|active|running)
        is something being timed
        how many seconds are left
        how many minutes (remain|are remaining|does the timer have)
        how long does the timer still (run|go|have)
        what time is left on (the|my) timer
        what's the remaining time
        what's my timer (at|doing|up to)
        did my timer (end|go off|finish|ring) (yet|already|)
        has the timer (ended|rung|gone off) (yet|already|)
        will the timer end soon
        when is time up
        which timers have been set
        do we have a timer (on|running|going)
        """,
    ),
    "cancel_timer": (
        """
        (halt|abandon|dismiss|erase|quit|disable|deactivate) (the|my|that) timer
        (halt|dismiss|erase|quit|disable) (the|my) {name} timer
        have the timer (stopped|removed|cancelled)
        have the {name} timer (stopped|removed|cancelled)
        let the {name} timer go
        make the timer (stop|end)
        (shut|switch) off (the|my) timer
        (switch|turn) off (the|my) {name} timer
        take the {name} timer away
        put an end to the {name} timer
        """,
        """
        we don't need the {name} timer (now|anymore|)
        we don't need the timer (now|anymore|)
        i changed my mind about the timer
        i changed my mind about the {name} timer
        let's (stop|end|drop) the timer
        let's (stop|end|drop) the {name} timer
        (the|my) {name} timer (should|must) (stop|end|go)
        the {name} is (done|ready|finished) (stop|cancel) the timer
        no {name} timer (please|anymore)
        stop timing
        """,
    ),
    "add_to_list": (
        """
        (note|mark|list|register|log|record) {item} on (the|my|our) {list} list
        (bring|get|move) {item} (to|onto) (the|my|our) {list} list
        (drop|slip|toss) {item} (in|into|on) (the|my|our) {list} list
        have {item} (put|written) on (the|my|our) {list} list
        extend (the|my|our) {list} list (with|by) {item}
        (expand|update|fill) (the|my|our) {list} list with {item}
        let (the|my|our) {list} list include {item}
        put down {item} for the {list} list
        remember {item} for (the|my|our) {list} list
        (list|note) {item} (too|as well) on the {list} list
        (get|set) {item} down on the list
        make {item} part of (the|my) {list} list
        """,
        """
        let's (get|write|have) {item} on (the|my|our) {list} list
        let's (get|write) {item} on the list
        we (could|must|ought to) (add|put) {item} (to|on) the {list} list
        i (would like|wish|need) to (add|put) {item} (to|on) (the|my|our) {list} list
        {item} (belongs|has to be|must be|needs to be|is missing) on (the|my|our) {list} list
        {item} (must|has to) go on the list
        there should be {item} on (the|my|our) {list} list
        is it possible to have {item} on (the|my) {list} list
        can (the|my|our) {list} list (get|take) {item}
        we (have no|haven't got any|are short of) {item:bare}
        we (must|ought to) (buy|get) {item}
        don't forget {item} on the {list} list
        """,
    ),
    "remove_from_list": (
        """
        (clear|strip|pull|kick|throw|rub) {item} (off|out of) (the|my|our) {list} list
        (clear|pull|throw) {item} off (the|my|our) list
        have {item} (taken|crossed|struck) off (the|my|our) {list} list
        let {item} (go|disappear) from (the|my|our) {list} list
        (eliminate|discard|cancel|exclude|withdraw|cut out) {item} from (the|my|our) {list} list
        (eliminate|discard|cancel) {item} from (the|my|our) list
        make sure {item} is not on (the|my|our) {list} list
        take {item} out of (the|my|our) {list} list
        (get|take) {item} (off|away from) (the|my|our) list
        """,
        """
        let's (take|cross|strike|get) {item} off (the|my|our) {list} list
        we can (take|cross|strike) {item} off (the|my|our) {list} list
        {item} (isn't|is not) needed on (the|my|our) {list} list (anymore|)
        {item} (has been|is|was) (bought|found|handled) (remove it from|take it off) (the|my|our) {list} list
        {item} should not be on (the|my|our) {list} list (anymore|)
        there's no need for {item} on (the|my|our) {list} list
        i no longer want {item} on (the|my|our) {list} list
        i (want|would like) {item} (off|removed from|gone from) (the|my|our) {list} list
        we (won't|will not) need {item} on (the|my|our) {list} list
        {item} can leave (the|my) {list} list
        """,
    ),
    "read_list": (
        """
        (give|get) me (an overview|the contents|the items) of (the|my|our) {list} list
        (say|recite|repeat|report|pull up|bring up) (the|my|our) {list} list
        (recite|repeat|pull up|bring up) (the|my|our) list
        run through (the|my|our) {list} list
        tell me (the|all|) (items|things|entries) (of|on) (the|my|our) {list} list
        (remind|inform) me what's on (the|my|our) {list} list
        read (me|) what (i|we) (have|wrote) on (the|my|our) {list} list
        find out what's on (the|my) {list} list
        """,
        """
        what (have|did) (i|we) (written|write|add|added) (on|to) (the|my|our) {list} list
        what (stands|is standing|is listed) on (the|my|our) {list} list
        what's (left|missing|still) on (the|my|our) {list} list
        what all is on (the|my|our) {list} list
        which (entries|items|stuff) (are|is|do i have) on (the|my|our) {list} list
        what (does|do) (the|my|our) {list} list (have|contain|hold|include)
        how does (the|my|our) {list} list look
        what things (do i need|are there) on (the|my|our) {list} list
        what was on (the|my|our) {list} list (again|)
        i forgot what's on (the|my|our) {list} list
        what's everything on (the|my|our) {list} list
        """,
    ),
    "take_note": (
        """
        (put|get|type|enter) this (down|in|into the notes) {text}
        (put|place) a note (that|saying|) {text}
        put in a note {text}
        (begin|start|open) a note (that|saying|with|) {text}
        (keep|hold|file) this (note|for me|) {text}
        (keep|leave|add) a (short|quick|little) note (that says|saying|) {text}
        have a note (made|written) that {text}
        (memorize|remember|note) this (for me|) {text}
        (note|write) it down {text}
        write me a note (that|saying|) {text}
        record a note (that|saying|) {text}
        (log|register) a note {text}
        """,
        """
        a (short|new|quick) note (that|saying|) {text}
        (note|reminder) to myself {text}
        this is a note {text}
        let's (write|note|put) down (that|) {text}
        let's take a note (that|) {text}
        please note {text}
        i would like (a note|you to note) that {text}
        i'd like to (remember|write down|save) (that|) {text}
        you should (remember|note) that {text}
        could you put in my notes that {text}
        for the record {text}
        don't forget this {text}
        remember for me {text}
        """,
    ),
    "read_notes": (
        """
        (give|bring|get) me (back|) my notes
        (recite|repeat|pull up|bring up|run through) (my|the|all) notes
        (read|say) (aloud|out loud) (my|the) notes
        (tell|remind) me what i (saved|noted down|wrote)
        find my notes
        (let me|i want to) (have|listen to) my notes
        """,
        """
        what (have you|did you) (noted|saved|note|save) for me
        what (stands|is written) in my notes
        what are all my notes
        which notes (have i got|are saved|are in there)
        what have i (saved|noted down|asked you to remember)
        what do i have in my notes
        have i (got|made|taken) (any|some) notes
        did i (make|take|leave) (any|a|some) (notes|note)
        what was my note (again|)
        is there anything in my notes
        could i (get|have) my notes
        """,
    ),
}

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
