"""The generations of a live conversation: what the worker makes of them, and what is heard of it.

Runs on the conversation thread only. Owns every generation in progress from its opening to its end;
before the commit it keeps whatever could be heard or change anything. Does not decide: the turn machine's
actions come as calls.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.audio.device_events import PlaybackStarted
from assistant.dialogue.devices import Ears, Voice
from assistant.dialogue.inbox import ToolAnswered
from assistant.dialogue.live_turn import LiveTurn
from assistant.dialogue.outside import Outside
from assistant.engines.base import Samples
from assistant.events import (
    ReplyAudio,
    ReplyStarted,
    ReplyUpdated,
    ToolUsed,
    TranscriptUpdated,
    TurnCancelled,
    TurnCommitted,
    TurnFailed,
    TurnFinished,
    TurnInterrupted,
    TurnStarted,
)
from assistant.worker.messages import (
    AmendTurn,
    AskText,
    Cancel,
    EndUtterance,
    OpenUtterance,
    ReplyText,
    SpeakText,
    SpeechChunk,
    ToolRequested,
    TurnAudio,
    TurnDone,
)

if TYPE_CHECKING:
    from assistant.settings import Settings

logger = logging.getLogger(__name__)


class LiveReplies:
    """Generations by number, oldest first.

    Args:
        settings: of the whole program.
        voice: the loudspeaker.
        ears: the microphone's side, for half duplex.
        outside: the worker, the listeners, the tools, the history.
    """

    def __init__(self, settings: Settings, voice: Voice, ears: Ears, outside: Outside) -> None:
        self._audio = settings.audio
        self._voice = voice
        self._ears = ears
        self._outside = outside
        self._known: dict[int, LiveTurn] = {}
        self._is_deaf = False
        self.at_s = 0.0
        """When what happens now happens: the same stamp for everything that one piece of news brings."""

    def get(self, generation: int) -> LiveTurn | None:
        """Return a generation in progress; None for one given up or unknown."""
        return self._known.get(generation)

    def unfinished(self) -> list[LiveTurn]:
        """Return the generations that the worker has not finished."""
        return [turn for turn in self._known.values() if turn.done is None]

    # --- the course of a generation -------------------------------------------------------------------

    def open(self, turn: LiveTurn, audio: Sequence[Samples], *, asks: bool, is_quiet: bool) -> None:
        """Begin to recognise; ``audio`` is what was said before."""
        turn.life = self._outside.line.life
        turn.is_announced = not is_quiet
        self._known[turn.generation] = turn
        if turn.is_announced and turn.revision == 1:
            self._outside.on_event(TurnStarted(turn.turn_id))
        self._outside.line.send(OpenUtterance(turn.turn_id, turn.generation, asks))
        for samples in audio:
            self.hear(turn.generation, samples)

    def hear(self, generation: int, samples: Samples) -> None:
        """Pass more of the user's speech on."""
        if (turn := self.get(generation)) is not None:
            self._outside.line.send(TurnAudio(turn.turn_id, generation, samples))

    def finish(self, generation: int, last_speech_s: float | None) -> None:
        """Say that the user's speech is complete, perhaps on trial."""
        if (turn := self.get(generation)) is None:
            return
        turn.finish_s, turn.last_speech_s = self.at_s, last_speech_s
        self._outside.line.send(
            EndUtterance(turn.turn_id, generation, last_speech_s, turn.finish_s)
        )

    def take_back(self, turn_id: int, generation: int) -> None:
        """Undo a generation of which nothing was heard; older ones go on."""
        self._known.pop(generation, None)
        self._outside.line.send(Cancel(generation, and_older=False))
        self._outside.line.send(AmendTurn(turn_id, generation, ()))

    def ask(self, turn_id: int, generation: int, question: AskText | SpeakText) -> None:
        """Put words to the worker, committed from the start."""
        turn = LiveTurn(turn_id, generation, life=self._outside.line.life)
        self._known[generation] = turn
        if isinstance(question, AskText):
            turn.question = question.text
            if question.heard is not None:
                turn.finish_s = question.heard.endpoint
                turn.last_speech_s = question.heard.last_speech
                turn.commit_s = self.at_s
            else:
                turn.commit_s = question.submitted
        self._outside.line.send(replace(question, generation=generation))
        self.commit(generation)

    def commit(self, generation: int) -> None:
        """Let what was made so far be heard, and its tools act; likewise all that comes."""
        turn = self.get(generation)
        if turn is None:
            return
        turn.is_committed = True
        turn.commit_s = turn.commit_s or self.at_s
        if not turn.is_announced:
            turn.is_announced = True
            self._outside.on_event(TurnStarted(turn.turn_id))
            if turn.question:
                self.tell_transcript(turn, turn.question, is_final=True)
        self._outside.on_event(TurnCommitted(turn.turn_id, turn.revision))
        if not turn.held and turn.done is None and turn.question and self._audio.earcons:
            self._voice.earcon("thinking")
        for event in turn.tools_used:
            self._outside.on_event(event)
        held, turn.held = turn.held, []
        for message in held:
            if isinstance(message, ToolRequested):
                self._outside.run_tool(message)
            else:
                self.deliver(turn, message)
        if turn.done is not None:
            self._outside.history.add_turn(turn.done.messages)

    def interrupt(self, turn_id: int, generation: int) -> None:
        """Silence a reply; the conversation keeps what was heard of it."""
        turn = self._known.pop(generation, None)
        if turn is None:
            return
        heard = turn.heard(self._voice.played_samples(generation))
        self._voice.flush(generation)
        self.full_volume()
        messages = turn.remembered(heard)
        if turn.done is not None:
            self._outside.history.replace_last_turn(messages)
        else:
            self._outside.history.add_turn(messages)
        self._outside.line.send(Cancel(generation))
        if turn.life == self._outside.line.life:
            self._outside.line.send(AmendTurn(turn_id, generation, messages))
        else:
            self._outside.begin_anew()  # this worker was told of the whole turn when it began
        self._outside.on_event(
            TurnInterrupted(turn_id, turn.question, turn.reply, heard, turn.timings())
        )

    def conclude(self, turn_id: int, generation: int) -> None:
        """The reply was heard to its end."""
        turn = self._known.pop(generation, None)
        self.full_volume()
        if turn is not None:
            self._outside.on_event(TurnFinished(turn_id, turn.question, turn.reply, turn.timings()))

    def broke(self, turn: LiveTurn, event: TurnCancelled | TurnFailed) -> None:
        """The worker gave a generation up, of its own accord."""
        self._known.pop(turn.generation, None)
        self._voice.flush(turn.generation)
        self.full_volume()
        if turn.is_announced:
            self._outside.on_event(event)

    # --- what the worker makes ------------------------------------------------------------------------

    def deliver(self, turn: LiveTurn, message: ReplyText | SpeechChunk) -> None:
        """Let words be read and sound be heard, once the turn is committed."""
        if not turn.is_committed:
            turn.held.append(message)
        elif isinstance(message, ReplyText):
            turn.reply += message.delta
            self._outside.on_event(ReplyUpdated(turn.turn_id, message.delta))
        else:
            samples = message.samples
            samples.flags.writeable = False
            if not turn.pieces and self._must_be_deaf():
                self._ears.half_duplex(True)
            turn.spoken(message.text, samples.size)
            self._voice.play(turn.generation, samples, message.rate_hz)
            self._outside.on_event(ReplyAudio(turn.turn_id, samples, message.rate_hz, message.text))

    def tool_requested(self, turn: LiveTurn, message: ToolRequested) -> None:
        """Run a tool now if it changes nothing or the turn is certain; otherwise at the commit."""
        if turn.is_committed or self._outside.only_looks(message.name):
            self._outside.run_tool(message)
        else:
            turn.held.append(message)

    def tool_answered(self, answered: ToolAnswered) -> bool:
        """Tell of a tool call; returns whether its turn still wants the answer."""
        requested = answered.requested
        turn = self.get(requested.generation)
        if turn is None:
            return False
        result = json.dumps(dict(answered.result), ensure_ascii=False)
        turn.used(requested.name, dict(requested.arguments), result)
        event = ToolUsed(
            requested.turn_id,
            requested.name,
            requested.arguments,
            answered.result,
            answered.duration_ms,
        )
        if turn.is_committed:
            self._outside.on_event(event)
        else:
            turn.tools_used.append(event)
        return True

    def done(self, turn: LiveTurn, message: TurnDone) -> None:
        """Take the worker's account of a finished generation."""
        turn.done = message
        if turn.is_committed:
            self._outside.history.add_turn(message.messages)

    # --- the loudspeaker ------------------------------------------------------------------------------

    def started(self, event: PlaybackStarted) -> None:
        """Take note of a reply's first audible sample."""
        turn = self.get(event.generation)
        if turn is not None and turn.first_audio_s is None:
            turn.first_audio_s = event.at_s
            turn.output_latency_ms = event.latency_s * 1000.0
            self._outside.on_event(ReplyStarted(turn.turn_id, turn.output_latency_ms))

    def full_volume(self) -> None:
        """Undo what speech over a reply did to the loudspeaker."""
        self._voice.resume()
        self._voice.duck(False)
        if self._is_deaf:
            self._is_deaf = False
            self._ears.half_duplex(False)

    def _must_be_deaf(self) -> bool:
        """Whether the microphone must not count while this reply sounds; decided once a reply."""
        self._is_deaf = self._audio.echo == "half_duplex" or self._ears.hears_itself
        return self._is_deaf

    def tell_transcript(self, turn: LiveTurn, text: str, *, is_final: bool) -> None:
        """Show what was heard so far."""
        self._outside.on_event(TranscriptUpdated(turn.turn_id, text, is_final=is_final))
