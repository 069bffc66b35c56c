"""Live turns: news from microphone, keys, worker and loudspeaker in; the turn machine's will done.

Runs on the conversation thread only. Owns the machine's state and who is told what. Decides nothing about
turns (`assistant.dialogue.turns`), words (`assistant.listening.texts`) or pauses
(`assistant.listening.endpoint`).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from assistant.audio.device_events import DeviceEvent, Flushed, PlaybackStarted, Played
from assistant.dialogue import turn_values as will
from assistant.dialogue.device_news import as_public
from assistant.dialogue.devices import Ears, Voice
from assistant.dialogue.inbox import DeviceSaid, ListenerSaid, Mute, Talk, TalkKey, ToolAnswered
from assistant.dialogue.live_replies import LiveReplies
from assistant.dialogue.live_turn import LiveTurn
from assistant.dialogue.outside import Outside, TurnMessage
from assistant.dialogue.sentences import timer_sentence
from assistant.dialogue.talking import Talking
from assistant.dialogue.turns import step
from assistant.dialogue.user_speech import UserSpeech
from assistant.engines.base import Samples
from assistant.events import ListeningChanged, SpeechIgnored, TurnCancelled, TurnFailed
from assistant.listening.endpoint import needed_pause_ms
from assistant.listening.reports import (
    Paused,
    Report,
    SpeechBegan,
    SpeechEnded,
    SpeechHeard,
    SpeechResumed,
)
from assistant.listening.texts import is_backchannel, repeats_reply, strip_wake_phrase
from assistant.metrics import TurnTimings, now_s
from assistant.worker.messages import (
    AskText,
    EndJudged,
    OpenUtterance,
    PartialTranscript,
    ReplyText,
    SpeakText,
    SpeechChunk,
    StageFailed,
    ToolRequested,
    Transcript,
    TurnDone,
    TurnStopped,
)

if TYPE_CHECKING:
    from assistant.settings import Settings

logger = logging.getLogger(__name__)


class LiveTurns:
    """The turns of a live conversation.

    Args:
        settings: of the whole program.
        voice: the loudspeaker.
        ears: the microphone's side.
        outside: the worker, the listeners, the tools, the history.
        first_generation: larger than every generation used before.
    """

    def __init__(
        self,
        settings: Settings,
        voice: Voice,
        ears: Ears,
        outside: Outside,
        first_generation: int = 1,
    ) -> None:
        self._settings = settings
        self._voice = voice
        self._ears = ears
        self._outside = outside
        self._turns = will.Turns(next_generation=first_generation)
        self._replies = LiveReplies(settings, voice, ears, outside)
        self._questions: dict[int, AskText | SpeakText] = {}  # by turn id, until committed
        self._speech = UserSpeech()
        self._talking = Talking(settings.listening, ears, self._listening_earcon, outside.on_event)
        self._awake_until_s = float("-inf")
        self._announcements: list[str] = []

    @property
    def is_idle(self) -> bool:
        """Whether nobody speaks and nothing is being answered."""
        return self._turns.user is None and self._turns.reply is None

    @property
    def next_generation(self) -> int:
        """Larger than every generation used so far."""
        return self._turns.next_generation

    # --- news -----------------------------------------------------------------------------------------

    def take(self, item: ListenerSaid | DeviceSaid | TalkKey | Talk | Mute) -> None:
        """Take what the microphone, the loudspeaker or the person's hand says."""
        match item:
            case ListenerSaid():
                self._report(item.report)
            case DeviceSaid():
                self._device(item.event)
            case TalkKey():
                self._talking.key(item)
            case Talk(on):
                self._talking.switch(on)
            case Mute():
                if item.on:
                    self._take(will.Ended(was_nothing=True))  # whoever mutes takes it back
                self._ears.mute(item.on)
                self._outside.on_event(ListeningChanged(not item.on))

    def begin(self, turn_id: int, question: AskText | OpenUtterance | SpeakText) -> None:
        """A typed question, or something to be said; it replaces whatever goes on."""
        lost = self._outside.line.given_up
        if lost is not None:
            why = (lost.code, lost.message, lost.hint)
            self._outside.on_event(TurnFailed(turn_id, "worker", *why))
        elif isinstance(question, OpenUtterance):
            why = ("live", "The microphone is in use.", "Speak, or use `assistant ask`.")
            self._outside.on_event(TurnFailed(turn_id, "stt", *why))
        else:
            self._questions[turn_id] = question
            self._take(will.Typed(turn_id))

    def timer_due(self, name: str) -> None:
        """Say so as soon as nobody speaks."""
        self._announcements.append(timer_sentence(name, self._settings.language))
        self._announce_next()

    def cancel(self) -> None:
        """The cancel key: stop speaking, and listening to this turn."""
        self._talking.cancel()
        self._take(will.CancelKey())

    def worker_said(self, message: TurnMessage) -> None:
        """Take what the worker says of a turn; of generations given up, nothing."""
        turn = self._replies.get(message.generation)
        if turn is None:
            return
        match message:
            case PartialTranscript():
                if turn.is_announced and not turn.question:
                    self._replies.tell_transcript(turn, message.text, is_final=False)
            case Transcript():
                self._transcribed(turn, message.text)
            case EndJudged():
                turn.ended_probability = message.probability
            case ReplyText() | SpeechChunk():
                self._replies.deliver(turn, message)
            case ToolRequested():
                self._replies.tool_requested(turn, message)
            case TurnDone():
                self._replies.done(turn, message)
                self._take(will.Answered(message.generation))
            case TurnStopped():
                self._broken(turn, TurnCancelled(turn.turn_id))
            case StageFailed():
                logger.warning("%s: %s\n%s", message.stage, message.message, message.traceback_text)
                why = (message.stage, message.code, message.message, message.hint)
                self._broken(turn, TurnFailed(turn.turn_id, *why))

    def tool_answered(self, answered: ToolAnswered) -> bool:
        """Tell of a tool call; returns whether its turn still wants the answer."""
        return self._replies.tool_answered(answered)

    def worker_lost(self, code: str, message: str, hint: str) -> None:
        """The worker is gone, and with it every generation it had not finished."""
        for turn in self._replies.unfinished():
            self._broken(turn, TurnFailed(turn.turn_id, "worker", code, message, hint))

    def _broken(self, turn: LiveTurn, event: TurnCancelled | TurnFailed) -> None:
        self._replies.broke(turn, event)
        self._take(will.Broken(turn.generation))

    # --- the microphone -------------------------------------------------------------------------------

    def _report(self, report: Report) -> None:
        match report:
            case SpeechBegan():
                self._onset(report.samples, within_stretch=False)
            case SpeechHeard():
                self._heard(report)
            case Paused():
                self._paused(report)
            case SpeechResumed():
                if self._turns.user is None:
                    self._onset(report.samples, within_stretch=True)
                else:
                    self._take(self._onset_news())
            case SpeechEnded():
                self._ended(report)

    def _ended(self, report: SpeechEnded) -> None:
        if report.last_speech_s is not None:
            self._speech.last_speech_s = report.last_speech_s
        if report.reason in {"max_length", "lost"}:
            self._talking.ended()
        self._take(will.Ended(was_nothing=report.reason == "too_short" or self._speech.is_a_click))

    def _onset(self, samples: Samples, *, within_stretch: bool) -> None:
        if self._turns.user is None:
            self._speech.begin(samples, within_stretch=within_stretch)
        else:
            self._speech.add(samples)
        self._take(self._onset_news())

    def _onset_news(self) -> will.Onset:
        listening = self._settings.listening
        asleep = bool(listening.wake_phrase) and now_s() > self._awake_until_s
        return will.Onset(
            self._outside.new_turn_id(),
            by_key=self._talking.is_on,
            must_judge=asleep and not self._talking.is_on,
            may_interrupt=listening.barge_in,
        )

    def _heard(self, report: SpeechHeard) -> None:
        self._speech.spoken(report.speech_ms)
        user = self._turns.user
        if user is None:
            return
        self._speech.add(report.samples)
        if not user.trial:
            self._replies.hear(user.generation, report.samples)
        self._take(will.Spoke(report.speech_ms))

    def _paused(self, report: Paused) -> None:
        user = self._turns.user
        if user is None:
            return
        self._speech.last_speech_s = report.last_speech_s
        turn = self._replies.get(user.generation)
        said = turn.question if turn is not None and user.verdict == "turn" else ""
        ended = turn.ended_probability if turn is not None else None
        is_enough = report.silence_ms >= needed_pause_ms(said, self._settings.listening, ended)
        if is_enough and self._speech.is_a_click:
            self._take(will.Ended(was_nothing=True))
        else:
            self._take(will.Silence(is_enough))

    # --- keys and devices -----------------------------------------------------------------------------

    def tick(self) -> None:
        """Time has passed; see :attr:`due_s`."""
        self._talking.tick()

    @property
    def due_s(self) -> float | None:
        """When :meth:`tick` is to be called, if nothing else happens; None for never."""
        return self._talking.due_s

    def _listening_earcon(self) -> None:
        if self._settings.audio.earcons and self._turns.reply is None:
            self._voice.earcon("listening")

    def _device(self, event: DeviceEvent) -> None:
        match event:
            case PlaybackStarted():
                self._replies.started(event)
            case Played():
                self._take(will.Played(event.generation))
            case Flushed():
                pass
            case _:
                self._outside.on_event(as_public(event))

    # --- what was said --------------------------------------------------------------------------------

    def _transcribed(self, turn: LiveTurn, text: str) -> None:
        turn.question = text
        verdict = self._verdict(turn, text)
        user = self._turns.user
        if user is not None and user.generation == turn.generation and not user.asks:
            heard = TurnTimings(
                last_speech=turn.last_speech_s, endpoint=turn.finish_s, stt_done=now_s()
            )
            asked = turn.question if verdict == "turn" else text
            self._questions[turn.turn_id] = AskText(turn.turn_id, 0, asked, now_s(), heard)
        if turn.is_announced:
            self._replies.tell_transcript(turn, text, is_final=True)
        self._take(will.Transcribed(turn.generation, verdict))

    def _verdict(self, turn: LiveTurn, text: str) -> will.Verdict:
        user = self._turns.user
        if not text:
            return "none"
        if user is None or user.generation != turn.generation or user.asks:
            return "turn"
        if user.over_reply:
            reply = self._turns.reply and self._replies.get(self._turns.reply.generation)
            is_nothing = is_backchannel(text) or repeats_reply(text, reply.reply if reply else "")
            return "none" if is_nothing else "turn"
        rest = strip_wake_phrase(text, self._settings.listening.wake_phrase)
        if rest is None:
            return "none"
        self._stay_awake()
        if not rest and self._settings.audio.earcons:
            self._voice.earcon("listening")
        turn.question = rest
        return "turn" if rest else "none"

    # --- the machine's will ---------------------------------------------------------------------------

    def _take(self, news: will.News) -> None:
        self._replies.at_s = now_s()
        self._turns, actions = step(self._turns, news)
        for action in actions:
            self._do(action)
        if actions:
            self._announce_next()

    def _do(self, action: will.Action) -> None:
        match action:
            case will.Open():
                self._voice.prepare()
                turn = LiveTurn(action.turn_id, action.generation, action.revision)
                self._replies.open(
                    turn, self._speech.audio, asks=action.asks, is_quiet=action.is_quiet
                )
            case will.Finish():
                self._replies.finish(action.generation, self._speech.last_speech_s)
            case will.TakeBack():
                self._replies.take_back(action.turn_id, action.generation)
            case will.Drop():
                self._dropped(action)
            case will.Commit():
                self._committed(action)
            case will.Interrupt():
                self._stay_awake()
                self._replies.interrupt(action.turn_id, action.generation)
            case will.Close():
                self._voice.end(action.generation)
            case will.Conclude():
                self._stay_awake()
                self._replies.conclude(action.turn_id, action.generation)
            case will.Volume("full"):
                self._replies.full_volume()
            case will.Volume("ducked"):
                self._voice.duck(True)
            case will.Volume():
                self._voice.pause()

    def _dropped(self, action: will.Drop) -> None:
        self._speech.forget()
        question = self._questions.pop(action.turn_id, None)
        if not action.is_quiet:
            self._outside.on_event(TurnCancelled(action.turn_id))
        elif isinstance(question, AskText):
            self._outside.on_event(SpeechIgnored(question.text))

    def _committed(self, action: will.Commit) -> None:
        self._speech.forget()
        if action.ask:
            question = self._questions.pop(action.turn_id)
            self._replies.ask(action.turn_id, action.generation, question)
        else:
            self._replies.commit(action.generation)

    # --- small things ---------------------------------------------------------------------------------

    def _stay_awake(self) -> None:
        self._awake_until_s = now_s() + self._settings.listening.wake_window_s

    def _announce_next(self) -> None:
        if self._announcements and self._turns.user is None and self._turns.reply is None:
            turn_id = self._outside.new_turn_id()
            self.begin(turn_id, SpeakText(turn_id, 0, self._announcements.pop(0), now_s()))
