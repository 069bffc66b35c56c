"""The turn machine of a live conversation: what happens next, as a pure function of state and news.

    nobody speaks ──Onset──► the user speaks ──Silence──► trial (the worker answers, unheard)
          ▲                       ▲  └──Onset again: new revision──┘     │ the pause is long enough
          └──────Played───── the reply is heard ◄───────commit───────────┘

Owns the order of things: one open turn of the user, one reply to be heard, who gives way to whom. Holds
no audio, model, clock or text rule; `assistant.dialogue.live` carries the actions out.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue.turn_values import (
    Action,
    Answered,
    Broken,
    CancelKey,
    Close,
    Commit,
    Conclude,
    Drop,
    Ended,
    Finish,
    Interrupt,
    News,
    Onset,
    Open,
    Played,
    Silence,
    Spoke,
    SpokenReply,
    TakeBack,
    Transcribed,
    Turns,
    Typed,
    UserTurn,
    Volume,
)

JUDGED_SPEECH_MS = 300.0
"""Speech over a reply that silences it, frames before the onset that were likely speech included
(LiveKit asks 500 ms, HF speech-to-speech 384)."""

Step = tuple[Turns, tuple[Action, ...]]

# --- transitions --------------------------------------------------------------------------------------


def step(turns: Turns, news: News) -> Step:
    """Return what is true after ``news`` and what must be done; pure, total, never raises."""
    match news:
        case Onset():
            result = _onset(turns, news)
        case Spoke():
            result = _spoke(turns, news)
        case Silence():
            result = _endpoint(*_trial(turns), is_reached=news.is_enough)
        case Ended():
            result = (
                _dropped(turns) if news.was_nothing else _endpoint(*_trial(turns), is_reached=True)
            )
        case Transcribed():
            result = _transcribed(turns, news)
        case Typed():
            result = _typed(turns, news)
        case Answered():
            result = _answered(turns, news.generation)
        case Broken():
            result = _broken(turns, news.generation)
        case Played():
            result = _played(turns, news.generation)
        case CancelKey():
            result = _cancelled(turns)
    return result


def _onset(turns: Turns, news: Onset) -> Step:
    user = turns.user
    actions: tuple[Action, ...] = ()
    if user is not None and not user.trial:
        return turns, ()  # still the same speech
    generation = turns.next_generation
    if user is not None:  # it goes on before the commit: a new revision
        again = replace(
            user,
            generation=generation,
            revision=user.revision + 1,
            trial=False,
            verdict=None,
            answered=False,
            due=False,
        )
        actions = (TakeBack(user.turn_id, user.generation), _opened(again))
        return replace(turns, user=again, next_generation=generation + 1), actions
    if news.by_key:
        turns, actions = _interrupted(turns)
    over_reply = turns.reply is not None
    if over_reply and not news.may_interrupt:
        return turns, actions
    user = UserTurn(
        news.turn_id,
        generation,
        over_reply=over_reply,
        asks=not over_reply and not news.must_judge,
        by_key=news.by_key,
    )
    actions = (*actions, _opened(user))
    if over_reply:
        actions = (*actions, Volume("ducked"))
    return replace(turns, user=user, next_generation=generation + 1), actions


def _opened(user: UserTurn) -> Open:
    return Open(user.turn_id, user.generation, user.revision, user.asks, is_quiet=not user.asks)


def _spoke(turns: Turns, news: Spoke) -> Step:
    user = turns.user
    if user is None or user.paused or news.speech_ms < JUDGED_SPEECH_MS:
        return turns, ()
    if not user.over_reply or turns.reply is None:
        return turns, ()
    return replace(turns, user=replace(user, paused=True)), (Volume("paused"),)


def _trial(turns: Turns) -> Step:
    """Let the worker finish the transcript, once per revision."""
    user = turns.user
    if user is None or user.trial:
        return turns, ()
    return (
        replace(turns, user=replace(user, trial=True)),
        (Finish(user.turn_id, user.generation),),
    )


def _endpoint(turns: Turns, before: tuple[Action, ...], *, is_reached: bool) -> Step:
    """Commit, drop or wait for the verdict, if the turn has reached its end."""
    user = turns.user
    if user is None or not is_reached:
        return turns, before
    if user.verdict == "none":
        turns, after = _dropped(turns)
    elif user.verdict is None and not user.asks:
        turns, after = replace(turns, user=replace(user, due=True)), ()
    else:
        turns, after = _committed(turns, user)
    return turns, (*before, *after)


def _committed(turns: Turns, user: UserTurn) -> Step:
    turns, actions = _interrupted(turns)
    if user.asks:
        reply = SpokenReply(user.turn_id, user.generation, user.answered)
        actions = (*actions, Commit(user.turn_id, user.generation))
        if user.answered:
            actions = (*actions, Close(user.generation))
        return replace(turns, user=None, reply=reply), actions
    generation = turns.next_generation  # judged first; the transcript is asked anew
    reply = SpokenReply(user.turn_id, generation)
    actions = (
        *actions,
        TakeBack(user.turn_id, user.generation),
        Commit(user.turn_id, generation, ask=True),
    )
    return replace(turns, user=None, reply=reply, next_generation=generation + 1), actions


def _dropped(turns: Turns) -> Step:
    user = turns.user
    if user is None:
        return turns, ()
    actions: tuple[Action, ...] = (
        TakeBack(user.turn_id, user.generation),
        Drop(user.turn_id, is_quiet=not user.asks),
    )
    if user.over_reply and turns.reply is not None:
        actions = (*actions, Volume("full"))
    return replace(turns, user=None), actions


def _interrupted(turns: Turns) -> Step:
    reply = turns.reply
    if reply is None:
        return turns, ()
    return replace(turns, reply=None), (Interrupt(reply.turn_id, reply.generation),)


def _cancelled(turns: Turns) -> Step:
    turns, dropped = _dropped(turns)
    turns, interrupted = _interrupted(turns)
    return turns, (*dropped, *interrupted)


def _transcribed(turns: Turns, news: Transcribed) -> Step:
    user = turns.user
    if user is None or user.generation != news.generation:
        return turns, ()
    if news.verdict == "none" and user.over_reply:
        return _dropped(turns)  # the reply goes on at once; should more follow, it is a new turn
    turns = replace(turns, user=replace(user, verdict=news.verdict))
    return _endpoint(turns, (), is_reached=user.due)


def _typed(turns: Turns, news: Typed) -> Step:
    turns, stopped = _cancelled(turns)
    generation = turns.next_generation
    reply = SpokenReply(news.turn_id, generation)
    turns = replace(turns, reply=reply, next_generation=generation + 1)
    return turns, (*stopped, Commit(news.turn_id, generation, ask=True))


def _answered(turns: Turns, generation: int) -> Step:
    user, reply = turns.user, turns.reply
    if reply is not None and reply.generation == generation and not reply.answered:
        return replace(turns, reply=replace(reply, answered=True)), (Close(generation),)
    if user is not None and user.generation == generation and user.asks:
        return replace(turns, user=replace(user, answered=True)), ()
    return turns, ()


def _broken(turns: Turns, generation: int) -> Step:
    user, reply = turns.user, turns.reply
    if reply is not None and reply.generation == generation:
        return replace(turns, reply=None), ()
    if user is not None and user.generation == generation:
        volume = (Volume("full"),) if user.over_reply and reply is not None else ()
        return replace(turns, user=None), volume
    return turns, ()


def _played(turns: Turns, generation: int) -> Step:
    reply = turns.reply
    if reply is None or reply.generation != generation or not reply.answered:
        return turns, ()
    return replace(turns, reply=None), (Conclude(reply.turn_id, generation),)
