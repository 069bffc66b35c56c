"""What a transcript tells about the turn: pure functions on text, English and Spanish.

Owns four questions: is it a mere "mhm", is it our own voice coming back, does it begin with the wake
phrase, does it sound finished. Deliberately understands nothing: word lists and edit distances, so that
an answer takes a millisecond and anyone can see why.
"""

# ruff: noqa: SIM905 - lists of words read better as text
from __future__ import annotations

import re
import unicodedata
from typing import Literal

Completeness = Literal["complete", "open", "unknown"]

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


def _plain(word: str) -> str:
    """Lower case, without accents: recognisers disagree on both."""
    spread = unicodedata.normalize("NFKD", word.casefold().replace("\u2019", "'"))
    return "".join(c for c in spread if not unicodedata.combining(c))


def _words(text: str) -> list[str]:
    return [_plain(match.group()) for match in _WORD.finditer(text)]


# --- backchannels -----------------------------------------------------------------------------------

_BACKCHANNELS = frozenset(
    "mhm mm mmm mmhm hm hmm hmmm uhhuh huh aha ah oh ok okay okey yeah yep yup yes right sure fine good"
    " great nice cool wow really exactly true indeed alright"
    " si vale ya claro bueno bien aja eso exacto cierto perfecto genial verdad ajam".split()
)
_BACKCHANNEL_PAIRS = frozenset(
    {
        "uh huh", "mm hm", "mm hmm", "mm mm", "um hum", "i see", "got it", "all right", "of course",
        "very good", "ya veo", "ya ya", "de acuerdo", "por supuesto", "muy bien", "ah ya", "que bien",
    }
)  # fmt: skip


def is_backchannel(text: str) -> bool:
    """Whether ``text`` only says "I am listening": one or two words such as "mhm" or "okay".

    "No", "stop" and "wait" are none. Nothing at all is none either.
    """
    words = _words(text)
    if " ".join(words) in _BACKCHANNEL_PAIRS:
        return True
    return 1 <= len(words) <= 2 and all(word in _BACKCHANNELS for word in words)  # noqa: PLR2004


# --- our own voice ----------------------------------------------------------------------------------

_FEWEST_WORDS, _FEWEST_LETTERS = 3, 10
"""With less there is no telling "stop" of the user from "stop" in the reply; the user is believed."""

_ALIKE, _ALIKE_SHORT, _SHORT_LETTERS = 0.7, 0.85, 24
"""Share of a transcript's letters found in the reply from which it counts as a repetition. Unrelated texts
reach 0.3 to 0.5 at the best place of a reply (test_texts.py holds examples of both)."""

_LONGEST_LETTERS = 240
_CONTROL = frozenset(
    "stop wait no cancel quiet enough pause hold shut but what why who how sorry"
    " para espera cancela calla basta silencio pausa pero que quien como perdona".split()
)


def repeats_reply(transcript: str, being_said: str) -> bool:
    """Whether ``transcript`` mostly repeats what the assistant is saying: echo, not the user.

    Compares letters, not words, so that "wreck a nice beach" is found in "recognise speech". Texts of
    one or two words are never called echo, nor what begins with "stop", "wait", "what" and the like,
    unless it is long and the reply has that word too.

    Args:
        transcript: what was recognised while the assistant spoke.
        being_said: the text around what is being played; cost grows with the product of the lengths
            (200 letters in 1,000: about 20 ms).
    """
    words = _words(transcript)
    letters = "".join(words)[:_LONGEST_LETTERS]
    if len(words) < _FEWEST_WORDS or len(letters) < _FEWEST_LETTERS:
        return False
    said = _words(being_said)
    is_short = len(letters) < _SHORT_LETTERS
    if words[0] in _CONTROL and (is_short or words[0] not in said):
        return False
    wanted = _ALIKE_SHORT if is_short else _ALIKE
    return 1 - _distance_within(letters, "".join(said)) / len(letters) >= wanted


def _distance_within(needle: str, hay: str) -> int:
    """Return the least edit distance between ``needle`` and any part of ``hay`` (Sellers 1980)."""
    row = [0] * (len(hay) + 1)
    for i, letter in enumerate(needle, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(hay, 1):
            best = diagonal if letter == other else diagonal + 1
            diagonal = row[j]
            best = min(best, diagonal + 1)
            best = min(best, row[j - 1] + 1)
            row[j] = best
    return min(row)


# --- the wake phrase --------------------------------------------------------------------------------

_FILLERS = frozenset(
    "um uh uhm er erm em eh ah oh hm hmm mm mmm so ok okay well pues bueno".split()
)
_MOST_FILLERS = 2
_SHORT_WORD = 3


def strip_wake_phrase(text: str, phrase: str) -> str | None:
    """Return what follows the wake phrase, as it was written, or None when ``text`` does not begin so.

    Each word may be misheard a little ("hay computer", "hey computers"), words may be joined or split
    ("heycomputer"), and up to two fillers may come first. An empty phrase asks for nothing.
    """
    wanted = _words(phrase)
    if not wanted:
        return text
    matches = list(_WORD.finditer(text))
    heard = [_plain(match.group()) for match in matches]
    for skipped in range(min(_MOST_FILLERS, len(heard)) + 1):
        if any(word not in _FILLERS for word in heard[:skipped]):
            break
        for count in (len(wanted), len(wanted) + 1, len(wanted) - 1):
            found = heard[skipped : skipped + count]
            if count and len(found) == count and _same_words(found, wanted):
                end = matches[skipped + count - 1].end()
                return text[end:].lstrip(" ,.;:!?\u2026-\u2013\u2014\t\n")
    return None


def _same_words(heard: list[str], wanted: list[str]) -> bool:
    if len(heard) == len(wanted):
        return all(_misheard(a, b) for a, b in zip(heard, wanted, strict=True))
    # Joined or split: the letters must agree as a whole, nearly exactly.
    return _distance("".join(heard), "".join(wanted)) <= 1


def _misheard(heard: str, wanted: str) -> bool:
    """Whether ``heard`` can be ``wanted``: up to two letters off, one in short words, none in "a"."""
    if len(wanted) <= _SHORT_WORD and len(heard) != len(wanted):
        return False  # "they" and "he" are not "hey"
    return _distance(heard, wanted) <= min(2, len(wanted) // 3)


def _distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            best = min(row[j] + 1, row[j - 1] + 1, diagonal + (letter != other))
            diagonal, row[j] = row[j], best
    return row[-1]


# --- does it sound finished? ------------------------------------------------------------------------

_OPEN = frozenset(
    # conjunctions, articles, possessives, fillers, prepositions, auxiliaries and contractions
    "and or but because if while although unless until than whether so nor plus"
    " the a an my your our their its every some any very really"
    " um uh uhm er erm uhh umm hmm hm"
    " to of with from into onto for at by about between without during toward towards per as in under"
    " near behind beyond against through"
    " is are was were am will would could should can must shall might may does did"
    " i we they he she i'm i'd i'll i've it's that's what's who's where's how's there's let's you're we're"
    " don't doesn't isn't can't gonna wanna gotta want"
    # Spanish
    " y e o u pero porque si aunque sino mientras que cuando donde ni"
    " el la los las un una unos unas mi mis tu tus su sus nuestro nuestra cada muy algun"
    " eh em este"
    " de del al en con por para sin sobre entre hasta desde hacia segun contra"
    " se te le les lo nos quiero puedes podrias".split()
)
_WITH_QUESTION = frozenset("for from with about of to at in is are was were am as can do".split())
"""A question may end in these: "what are you looking for", "who are they with", "where they are"."""

_SPANISH_QUESTION = frozenset(
    "que quien quienes donde cuanto cuanta cuantos cuantas cual cuales".split()
)
_QUESTION = _SPANISH_QUESTION | frozenset(
    "what what's who who's whose where where's when's why how how's which"
    " is are was were do does did can could will would should have has".split()
)
"""Not "when", "cuando" and "como": they begin side clauses as often ("when a man looks for something")."""

_COMMAND = frozenset(
    "turn set play stop pause resume cancel start lock unlock open close show tell call remind add switch"
    " activate deactivate dim read repeat skip mute launch convert calculate translate spell find delete"
    " enciende apaga pon sube baja abre cierra para pausa cancela dime muestra reproduce llama anade quita"
    " recuerdame cuentame busca lee repite traduce calcula activa desactiva crea".split()
)
_SHORT_COMMAND = frozenset("pause resume cancel stop launch mute skip cancela pausa quita".split())
"""What they act on takes one word: "pause timer"."""

_POLITE = frozenset("please now okay ok and then hey so well por favor ahora ya pues oye".split())
_ALONE = frozenset(
    "stop cancel pause resume next previous repeat yes no yeah yep nope okay ok continue thanks start go"
    " help louder quieter hello hi goodbye bye enough quiet"
    " si vale gracias cancela siguiente anterior continua repite detente silencio basta hola adios".split()
)
_PHRASES = frozenset(
    {"thank you", "never mind", "go on", "go ahead", "shut up", "be quiet", "that's all", "that is all",
     "no thanks", "no thank you", "por favor", "muchas gracias", "no gracias", "da igual", "nada mas"}
)  # fmt: skip
_FEWEST_OF_QUESTION, _FEWEST_OF_COMMAND = 4, 3
"""Words; "what's" counts as two, "qué" and its like too ("qué hora es")."""

_NUMBER = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand"
    " point"
    " cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce quince veinte treinta cuarenta"
    " cincuenta sesenta cien mil coma".split()
)
_NOT_LAST = frozenset(
    # verbs and adjectives that ask for more
    "tell set turn play show give make put get take call remind add switch read open close send find say"
    " new next first last big small good best same other more most many much all each both this these those"
    " not just only also not's dime pon sube baja pone enciende apaga otro otra gran primer buen".split()
)


def completeness(text: str) -> Completeness:
    """Say whether ``text`` sounds as if more must follow (``open``), or as if all is said (``complete``).

    ``open`` after a conjunction, an article, a preposition, a filler, an auxiliary; or a comma or dots at
    the end. ``complete`` for words that stand alone ("stop"), and for commands and questions that reach a
    word they can end in. A full stop proves nothing: recognisers write one after anything.
    """
    words = _words(text)
    if not words:
        return "unknown"
    if " ".join(words) in _PHRASES or (len(words) == 1 and words[0] in _ALONE):
        return "complete"
    last = words[-1]
    if text.rstrip().endswith((",", "\u2026", "...", "-", "\u2013", "\u2014", ":")):
        return "open"
    while len(words) > 1 and words[0] in _POLITE:
        words = words[1:]
    is_question = words[0] in _QUESTION
    if last in _OPEN:
        is_end = is_question and last in _WITH_QUESTION and len(words) >= _FEWEST_OF_QUESTION
        return "unknown" if is_end else "open"
    if last in _NUMBER or last.isdigit() or last in _NOT_LAST:
        return "unknown"
    counts_twice = "'" in words[0] or words[0] in _SPANISH_QUESTION
    if is_question and len(words) + counts_twice >= _FEWEST_OF_QUESTION:
        return "complete"
    fewest = _FEWEST_OF_COMMAND - (words[0] in _SHORT_COMMAND)
    if words[0] in _COMMAND and len(words) >= fewest:
        return "complete"
    return "unknown"
