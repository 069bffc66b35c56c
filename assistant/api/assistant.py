"""A running assistant: one object that is started, asked, listened to and stopped.

Owns the lifetime of a conversation and its tools. Never blocks the thread that events arrive on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from assistant.api.tooling import load_tools
from assistant.dialogue.conversation import Conversation
from assistant.dialogue.record import TurnRecord
from assistant.engines.base import Samples
from assistant.errors import AudioError, ModelError, WorkerError
from assistant.events import Event, HistoryTrouble, HistoryWritten, WorkerLost, WorkerReady
from assistant.metrics import now_s
from assistant.settings import Settings, load_settings
from assistant.worker.client import ALL_ROLES

if TYPE_CHECKING:
    from assistant.audio.backend import AudioBackend
    from assistant.audio.capture import CaptureStats
    from assistant.audio.playback import PlaybackStats
    from assistant.dialogue.live_audio import LiveAudio
    from assistant.history.past import PastConversation
    from assistant.history.recorder import HistoryRecorder
    from assistant.listening.vad import Vad
    from assistant.pool.pool import EngineLoader

STT_RATE_HZ = 16_000
"""Rate of the audio given to :meth:`Assistant.hear`; every recogniser of the catalogue takes 16 kHz."""

LIVE_BLOCK_S = 0.03
"""Audio files are fed in blocks of 30 ms, the longest frame webrtcvad takes, as a device would."""


class Assistant:
    """A running assistant.

    Args:
        settings: None loads them from their usual places.
        on_event: takes every event, in order, on the conversation thread; must return soon.
        load_engine: makes engines in the worker; None means the real ones.
        roles: which models to load: all for conversations, ``("stt",)`` to transcribe, ``("tts",)`` to
            speak.
        keeps_history: write the conversation down, unless the settings say not to.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        on_event: Callable[[Event], None] = lambda _event: None,
        load_engine: EngineLoader | None = None,
        roles: Sequence[str] = ALL_ROLES,
        keeps_history: bool = False,
    ) -> None:
        self.settings = settings if settings is not None else load_settings()
        self._listeners: list[Callable[[Event], None]] = [on_event]
        self._news = threading.Condition()
        self._ready: WorkerReady | None = None
        self._lost: WorkerLost | None = None
        self._tools = load_tools(self.settings, self._timer_due)
        self._conversation = Conversation(
            self.settings, self._tools, self._emit, load_engine=load_engine, roles=roles
        )
        self._recorder = self._history_recorder() if keeps_history else None
        self._started = False
        self._backend: AudioBackend | None = None
        self._vad: Vad | None = None
        self._audio: LiveAudio | None = None
        self._changing = threading.Lock()

    # --- life -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the conversation thread, the worker and the timers; returns at once."""
        if not self._started:
            self._started = True
            if self._recorder is not None:
                self._recorder.start()
            self._tools.start()
            self._conversation.start()

    def stop(self) -> None:
        """Cancel what runs and end every thread and process; idempotent."""
        if self._started:
            self._started = False
            if self._audio is not None:
                self._audio.stop()
                self._audio = None
            self._conversation.stop()
            self._tools.stop()
            if self._recorder is not None:
                self._recorder.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.stop()

    def wait_until_ready(self) -> WorkerReady:
        """Block until the models are loaded; returns what was loaded.

        Raises:
            ModelError: a model did not load.
            WorkerError: the worker died or hung at start.
        """
        with self._news:
            self._news.wait_for(lambda: self._ready is not None or self._gave_up())
            if self._ready is not None:
                return self._ready
            lost = self._lost
        assert lost is not None
        kind = WorkerError if lost.code.startswith(("worker_", "conversation_")) else ModelError
        raise kind(lost.code, lost.message, lost.hint)

    # --- live -----------------------------------------------------------------------------------------

    def go_live(self, backend: AudioBackend | None = None, vad: Vad | None = None) -> None:
        """Open microphone and loudspeaker; from now on turns are spoken, and replies heard.

        Args:
            backend: the sound system; None means PortAudio.
            vad: who judges what is speech; None means webrtcvad and Silero.

        Raises:
            AudioError: there is no sound system, microphone or loudspeaker.
        """
        with self._changing:
            if self._audio is not None:
                return
            if backend is None:
                from assistant.api.devices import sound_system

                backend = sound_system()
            self._backend, self._vad = backend, vad
            self._audio = self._opened(self.settings)

    def _opened(self, settings: Settings) -> LiveAudio:
        from assistant.dialogue.live_audio import LiveAudio

        assert self._backend is not None
        conversation = self._conversation
        audio = LiveAudio(
            settings, self._backend, conversation.heard, conversation.device_said, self._vad
        )
        conversation.go_live(audio.loudspeaker, audio.ears, settings)
        try:
            audio.start()
        except BaseException:
            conversation.leave_live()
            raise
        return audio

    def apply(self, settings: Settings) -> None:
        """Go by other settings from now on; blocks while devices are opened, at most a second or so.

        Devices and pauses change at once (what is being said is cancelled). Models change with the next
        turn after they are loaded: WorkerReady tells, or ModelsRefused, and those before serve on.

        Raises:
            AudioError: the new devices cannot be opened; those before serve on, all else is changed.
        """
        with self._changing:
            before, self.settings = self.settings, settings
            if self._recorder is not None:
                self._recorder.apply(settings)
            if _for_worker(before) != _for_worker(settings):
                self._conversation.change_models(settings)
            if self._audio is None or (before.audio, before.listening) == (
                settings.audio,
                settings.listening,
            ):
                return
            self._audio.stop()
            try:
                self._audio = self._opened(settings)
            except AudioError:
                self._audio = None
                lasting = settings.model_copy(update={"audio": before.audio})
                self._audio = self._opened(lasting)
                raise

    def restart(self) -> None:
        """Start a worker again after the last one was given up; WorkerReady or WorkerLost tells."""
        with self._news:
            self._lost = None
        self._conversation.change_models(self.settings)

    def talk_key(self, *, is_down: bool) -> None:
        """The talk key went down or up; what that means is `listening.talk_key`'s business."""
        self._conversation.talk_key(is_down=is_down)

    def talk(self, *, on: bool) -> None:
        """Begin or end a spoken turn by a button that knows its state."""
        self._conversation.talk(on=on)

    def mute(self, *, on: bool) -> None:
        """Let the microphone go, or take it again; the talk key works all the same. Only while live."""
        self._conversation.mute(on=on)

    @property
    def level_dbfs(self) -> float:
        """The microphone's level now; -120 without one."""
        return self._audio.microphone.level_dbfs if self._audio else -120.0

    def audio_stats(self) -> tuple[CaptureStats, PlaybackStats]:
        """Return how microphone and loudspeaker have done since they were opened; only while live."""
        assert self._audio is not None, "audio_stats() is for live conversations"
        return self._audio.microphone.stats(), self._audio.loudspeaker.stats()

    # --- turns ----------------------------------------------------------------------------------------

    def ask(self, text: str) -> int:
        """Begin a typed turn; returns its id."""
        return self._conversation.ask_text(text)

    def say(self, text: str) -> int:
        """Begin a turn that only speaks; returns its id."""
        return self._conversation.say(text)

    def listen(self, *, reply: bool = True) -> int:
        """Begin a spoken turn; returns its id."""
        return self._conversation.listen(reply=reply)

    def hear(self, turn_id: int, samples: Samples) -> None:
        """Hand over speech of the turn: float32, shape (n,), mono, 16 kHz."""
        self._conversation.hear(turn_id, samples)

    def end_of_speech(self, turn_id: int, last_speech_s: float | None = None) -> None:
        """Say that the user is done; the answer begins."""
        self._conversation.end_of_speech(turn_id, last_speech_s)

    def cancel(self) -> None:
        """Cancel every turn begun so far."""
        self._conversation.cancel()

    def ask_and_wait(self, text: str) -> TurnRecord:
        """Run one typed turn to its end; not from an event callback."""
        return self._follow(lambda: self.ask(text))

    def say_and_wait(self, text: str) -> TurnRecord:
        """Speak ``text`` to its end; not from an event callback."""
        return self._follow(lambda: self.say(text))

    def hear_and_wait(
        self,
        speech: Samples,
        *,
        speech_end: int | None = None,
        reply: bool = True,
        live: bool = True,
    ) -> TurnRecord:
        """Run one spoken turn on recorded speech to its end; not from an event callback.

        Args:
            speech: float32, shape (n,), mono, 16 kHz; its last sample is the endpoint.
            speech_end: index after the last sample of speech (``last_speech``); None means the end.
            reply: False for the transcript only.
            live: feed it at the pace it was spoken, as a microphone does, so that the latencies are
                those of a live turn; False feeds it at once.
        """
        return self._follow(lambda: self._play_in(speech, speech_end, reply=reply, live=live))

    def _play_in(self, speech: Samples, speech_end: int | None, *, reply: bool, live: bool) -> int:
        turn_id = self.listen(reply=reply)
        block = int(LIVE_BLOCK_S * STT_RATE_HZ)
        pause = threading.Event()  # never set: waits until a moment, as a device does
        started = now_s()
        for position in range(0, speech.size, block):
            piece = speech[position : position + block]
            if live:
                pause.wait(max(0.0, started + (position + piece.size) / STT_RATE_HZ - now_s()))
            self.hear(turn_id, piece)
        after_speech = speech.size - (speech.size if speech_end is None else speech_end)
        last_speech_s = now_s() - (after_speech / STT_RATE_HZ if live else 0.0)
        self.end_of_speech(turn_id, last_speech_s)
        return turn_id

    def _follow(self, begin: Callable[[], int]) -> TurnRecord:
        """Begin a turn, gather its events, return when it is over."""
        early: list[Event] = []
        record: TurnRecord | None = None

        def listener(event: Event) -> None:
            with self._news:
                if record is None:
                    early.append(event)
                else:
                    record.add(event)
                self._news.notify_all()

        self._listeners.append(listener)
        try:
            turn_id = begin()
            with self._news:
                record = TurnRecord(turn_id)
                for event in early:
                    record.add(event)
                self._news.wait_for(lambda: record.is_over)
            return record
        finally:
            self._listeners.remove(listener)

    # --- the conversation as a whole ------------------------------------------------------------------

    def begin_conversation(self) -> None:
        """Forget this conversation and begin another; a turn under way is cancelled."""
        if self._recorder is not None:
            self._recorder.begin_anew()
        self._conversation.begin_conversation()

    def go_on_with(self, past: PastConversation) -> None:
        """Go on with a conversation of the history: the thinker remembers it, new turns belong to it."""
        if self._recorder is not None:
            self._recorder.go_on_with(past.line.key)
        self._conversation.begin_conversation(past.pairs())

    def forget_turn(self, turn_id: int) -> None:
        """Delete a turn from the history; :meth:`remember_turn` undoes it within the minute."""
        if self._recorder is not None:
            self._recorder.forget_turn(turn_id)

    def remember_turn(self, turn_id: int) -> None:
        """Undo :meth:`forget_turn`."""
        if self._recorder is not None:
            self._recorder.remember_turn(turn_id)

    def _history_recorder(self) -> HistoryRecorder:
        from assistant.history.recorder import HistoryRecorder

        recorder = HistoryRecorder(
            self.settings,
            lambda error: self._conversation.tell(
                HistoryTrouble(error.code, error.message, error.hint)
            ),
            on_written=lambda: self._conversation.tell(HistoryWritten()),
        )
        self._listeners.append(recorder.take)
        return recorder

    # --- looking in -----------------------------------------------------------------------------------

    def memory_mb(self) -> dict[str, float]:
        """Resident memory (RSS) of the worker and of this process, in megabytes of 10^6 bytes."""
        import psutil

        worker = self._conversation.worker
        return {
            "worker": round(worker.resident_bytes() / 1e6, 1) if worker else 0.0,
            "app": round(psutil.Process().memory_info().rss / 1e6, 1),
        }

    def worker_pid(self) -> int:
        """Process id of the worker; 0 when there is none."""
        worker = self._conversation.worker
        return worker.pid if worker else 0

    # --- events ---------------------------------------------------------------------------------------

    def _emit(self, event: Event) -> None:
        with self._news:
            if isinstance(event, WorkerReady):
                self._ready = event
            elif isinstance(event, WorkerLost):
                self._ready = None
                self._lost = event
            self._news.notify_all()
        for listener in tuple(self._listeners):
            listener(event)

    def _gave_up(self) -> bool:
        return self._lost is not None and not self._lost.restarting

    def _timer_due(self, name: str, duration_s: float) -> None:
        self._conversation.timer_due(name, duration_s)


def _for_worker(settings: Settings) -> dict[str, object]:
    """What the worker and its models go by: all but devices, listening and the desktop."""
    others = {"audio", "listening", "keys", "window", "history"}
    return settings.model_dump(exclude=others)
