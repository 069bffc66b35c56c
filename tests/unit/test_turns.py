"""The turn machine: every situation a person gets into, and what holds whatever the order of events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

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
    TakeBack,
    Transcribed,
    Turns,
    Typed,
    Volume,
)
from assistant.dialogue.turns import step


def run(*news: News, turns: Turns | None = None) -> tuple[Turns, list[Action]]:
    turns = turns or Turns()
    done: list[Action] = []
    for one in news:
        turns, actions = step(turns, one)
        done += actions
    return turns, done


def opened(turn_id: int, generation: int, revision: int = 1, *, asks: bool = True) -> Open:
    return Open(turn_id, generation, revision, asks, is_quiet=not asks)


# --- one turn after another ---------------------------------------------------------------------------


def test_a_question_is_answered_on_trial_and_heard_after_the_pause() -> None:
    turns, actions = run(
        Onset(7),
        Spoke(900.0),
        Silence(is_enough=False),
        Transcribed(1, "turn"),
        Answered(1),
        Silence(is_enough=False),
        Silence(is_enough=True),
        Played(1),
    )
    assert actions == [opened(7, 1), Finish(7, 1), Commit(7, 1), Close(1), Conclude(7, 1)]
    assert turns == Turns(next_generation=2)


def test_an_answer_that_is_not_ready_is_closed_when_it_is() -> None:
    _, actions = run(Onset(1), Silence(is_enough=True), Transcribed(1, "turn"), Answered(1))
    assert actions == [opened(1, 1), Finish(1, 1), Commit(1, 1), Close(1)]


def test_speech_that_goes_on_before_the_commit_takes_the_trial_back() -> None:
    turns, actions = run(
        Onset(1), Silence(is_enough=False), Answered(1), Onset(2), Silence(is_enough=True)
    )
    assert actions == [
        opened(1, 1),
        Finish(1, 1),
        TakeBack(1, 1),
        opened(1, 2, revision=2),
        Finish(1, 2),
        Commit(1, 2),
    ]
    assert turns.reply is not None
    assert turns.reply.turn_id == 1


def test_speech_too_short_to_be_any_is_dropped() -> None:
    turns, actions = run(Onset(1), Ended(was_nothing=True))
    assert actions == [opened(1, 1), TakeBack(1, 1), Drop(1, is_quiet=False)]
    assert turns.user is None


def test_a_turn_in_which_nothing_was_understood_is_dropped_at_its_end() -> None:
    _, actions = run(
        Onset(1), Silence(is_enough=False), Transcribed(1, "none"), Silence(is_enough=True)
    )
    assert actions == [opened(1, 1), Finish(1, 1), TakeBack(1, 1), Drop(1, is_quiet=False)]


def test_the_talk_key_ends_a_turn_at_once() -> None:
    _, actions = run(Onset(1, by_key=True), Spoke(500.0), Ended())
    assert actions == [opened(1, 1), Finish(1, 1), Commit(1, 1)]


def test_a_late_transcript_of_a_wake_phrase_is_waited_for() -> None:
    turns, actions = run(Onset(1, must_judge=True), Silence(is_enough=True))
    assert actions == [opened(1, 1, asks=False), Finish(1, 1)]
    _, actions = run(Transcribed(1, "turn"), turns=turns)
    assert actions == [TakeBack(1, 1), Commit(1, 2, ask=True)]


# --- speaking over a reply ----------------------------------------------------------------------------


def answering() -> Turns:
    """The assistant speaks: turn 1, generation 1."""
    return run(Onset(1), Silence(is_enough=True), Transcribed(1, "turn"), Answered(1))[0]


def test_speech_over_a_reply_ducks_it_then_silences_it_then_takes_its_place() -> None:
    turns, actions = run(
        Onset(2),
        Spoke(100.0),
        Spoke(310.0),
        Spoke(320.0),
        Silence(is_enough=False),
        Transcribed(2, "turn"),
        Silence(is_enough=True),
        turns=answering(),
    )
    assert actions == [
        opened(2, 2, asks=False),
        Volume("ducked"),
        Volume("paused"),
        Finish(2, 2),
        Interrupt(1, 1),
        TakeBack(2, 2),
        Commit(2, 3, ask=True),
    ]
    assert turns.reply is not None
    assert turns.reply.turn_id == 2


def test_a_backchannel_lets_the_reply_go_on_at_once() -> None:
    turns, actions = run(
        Onset(2), Spoke(350.0), Silence(is_enough=False), Transcribed(2, "none"), turns=answering()
    )
    assert actions[-3:] == [TakeBack(2, 2), Drop(2, is_quiet=True), Volume("full")]
    assert turns.reply is not None
    assert turns.user is None


def test_a_noise_over_a_reply_only_ducks_it() -> None:
    _, actions = run(Onset(2), Spoke(120.0), Ended(was_nothing=True), turns=answering())
    assert actions == [
        opened(2, 2, asks=False),
        Volume("ducked"),
        TakeBack(2, 2),
        Drop(2, is_quiet=True),
        Volume("full"),
    ]


def test_speech_does_not_interrupt_where_that_is_switched_off() -> None:
    turns, actions = run(Onset(2, may_interrupt=False), Spoke(900.0), Ended(), turns=answering())
    assert actions == []
    assert turns == answering()


def test_the_talk_key_interrupts_at_once() -> None:
    _, actions = run(Onset(2, by_key=True), turns=answering())
    assert actions == [Interrupt(1, 1), opened(2, 2)]


def test_a_typed_question_replaces_speech_and_reply() -> None:
    turns, _ = run(Onset(2), turns=answering())
    _, actions = run(Typed(3), turns=turns)
    assert actions == [
        TakeBack(2, 2),
        Drop(2, is_quiet=True),
        Volume("full"),
        Interrupt(1, 1),
        Commit(3, 3, ask=True),
    ]


def test_the_cancel_key_silences_the_reply() -> None:
    turns, actions = run(CancelKey(), turns=answering())
    assert actions == [Interrupt(1, 1)]
    assert turns.reply is None


def test_a_reply_that_ends_while_spoken_over_leaves_the_speech_a_turn_of_its_own() -> None:
    _, actions = run(
        Onset(2), Played(1), Silence(is_enough=True), Transcribed(2, "turn"), turns=answering()
    )
    assert actions == [
        opened(2, 2, asks=False),
        Volume("ducked"),
        Conclude(1, 1),
        Finish(2, 2),
        TakeBack(2, 2),
        Commit(2, 3, ask=True),
    ]


def test_a_broken_generation_leaves_nobody_waiting() -> None:
    assert run(Broken(1), turns=answering())[0].reply is None
    turns, _ = run(Onset(2), turns=answering())
    assert run(Broken(2), turns=turns) == (
        Turns(reply=answering().reply, next_generation=3),
        [Volume("full")],
    )


# --- whatever happens ---------------------------------------------------------------------------------

GENERATIONS = st.integers(0, 12)
NEWS = st.one_of(
    st.builds(
        Onset,
        st.just(0),
        by_key=st.booleans(),
        must_judge=st.booleans(),
        may_interrupt=st.booleans(),
    ),
    st.builds(Spoke, st.sampled_from([50.0, 287.0, 288.0, 2000.0])),
    st.builds(Silence, st.booleans()),
    st.builds(Ended, st.booleans()),
    st.builds(Transcribed, GENERATIONS, st.sampled_from(["turn", "none"])),
    st.builds(Typed, st.just(0)),
    st.builds(Answered, GENERATIONS),
    st.builds(Broken, GENERATIONS),
    st.builds(Played, GENERATIONS),
    st.just(CancelKey()),
)


def numbered(news: list[News]) -> list[News]:
    """Give every new turn an id of its own, as the conversation does."""
    out: list[News] = []
    for number, one in enumerate(news, start=100):
        match one:
            case Onset():
                out.append(Onset(number, one.by_key, one.must_judge, one.may_interrupt))
            case Typed():
                out.append(Typed(number))
            case _:
                out.append(one)
    return out


@given(st.lists(NEWS, max_size=40))
def test_a_turn_is_committed_at_most_once_and_only_one_is_heard(news: list[News]) -> None:
    turns = Turns()
    committed: list[int] = []
    heard: set[int] = set()
    for one in numbered(news):
        if isinstance(one, Broken):
            heard.discard(one.generation)
        turns, actions = step(turns, one)
        for action in actions:
            match action:
                case Commit():
                    committed.append(action.turn_id)
                    heard.add(action.generation)
                case Interrupt() | Conclude():
                    heard.remove(action.generation)
                case _:
                    pass
            assert len(heard) <= 1
    assert len(committed) == len(set(committed))


@given(st.lists(NEWS, max_size=40))
def test_nothing_is_done_with_a_generation_after_it_was_given_up(news: list[News]) -> None:
    turns = Turns()
    given_up: set[int] = set()
    live: set[int] = set()
    for one in numbered(news):
        turns, actions = step(turns, one)
        for action in actions:
            match action:
                case TakeBack() | Interrupt() | Conclude():
                    assert action.generation in live, "only what was begun can be given up"
                    live.remove(action.generation)
                    given_up.add(action.generation)
                case Open() | Commit():
                    assert action.generation not in given_up
                    live.add(action.generation)
                case Finish() | Close():
                    assert action.generation in live
                case Drop() | Volume():
                    pass


@given(st.lists(NEWS, max_size=40))
def test_it_is_never_stuck(news: list[News]) -> None:
    turns, _ = run(*numbered(news))
    turns, _ = run(Ended(), turns=turns)
    if turns.user is not None:
        turns, _ = run(Transcribed(turns.user.generation, "turn"), turns=turns)
    if turns.reply is not None:
        generation = turns.reply.generation
        turns, _ = run(Answered(generation), Played(generation), turns=turns)
    assert turns.user is None
    assert turns.reply is None


@given(st.lists(NEWS, max_size=40))
def test_a_silenced_reply_is_always_let_go_or_given_up(news: list[News]) -> None:
    turns, level = Turns(), "full"
    for one in numbered(news):
        turns, actions = step(turns, one)
        for action in actions:
            match action:
                case Volume():
                    level = action.level
                case Interrupt() | Conclude():
                    level = "full"  # whoever carries that out sets it so
                case _:
                    pass
        if isinstance(one, Broken):
            level = "full" if turns.reply is None else level
        if turns.reply is None or turns.user is None:
            assert level == "full"
