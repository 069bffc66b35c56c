"""The one thread that decides: turns, tools, and what happens when the worker dies.

    any thread ──public methods──► inbox ──► conversation thread ──► worker (requests)
    worker-reader thread ──replies, loss──► inbox          │
    capture thread ──reports──► inbox                      ├──► loudspeaker
    tool threads ──results──► inbox                        └──► on_event(...)

Owns the inbox, the history and who keeps the turns: without devices `assistant.dialogue.plain`, live
`assistant.dialogue.live`. Runs no model, blocks on nothing but its inbox. Public methods may be called
from any thread; methods with an underscore run on the conversation thread.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.audio.priority import prefer_this_thread
from assistant.dialogue.history import History
from assistant.dialogue.inbox import (
    BeginConversation,
    BeginTurn,
    CancelTurns,
    ChangeModels,
    DeviceSaid,
    FromWorker,
    GoLive,
    Inbox,
    LeaveLive,
    ListenerSaid,
    Mute,
    Stop,
    Talk,
    TalkKey,
    Tell,
    ToolAnswered,
)
from assistant.dialogue.live import LiveTurns
from assistant.dialogue.outside import Outside
from assistant.dialogue.plain import PlainTurns
from assistant.dialogue.tool_calls import ToolCalls, specs
from assistant.dialogue.worker_line import WorkerLine
from assistant.engines.base import Samples
from assistant.events import Event, ModelLoading, TimerDue, WorkerLost
from assistant.metrics import now_s
from assistant.worker.client import ALL_ROLES, WorkerClient, WorkerLoss
from assistant.worker.messages import (
    AskText,
    ConversationStarted,
    EndJudged,
    EndUtterance,
    Exiting,
    Loading,
    OpenUtterance,
    PartialTranscript,
    PoolStatsRead,
    Ready,
    Reply,
    ReplyText,
    SpeakText,
    SpeechChunk,
    StageFailed,
    StartConversation,
    ToolRequested,
    ToolResult,
    Transcript,
    TurnAudio,
    TurnDone,
    TurnStopped,
)

if TYPE_CHECKING:
    from assistant.audio.device_events import DeviceEvent
    from assistant.dialogue.devices import Ears, Voice
    from assistant.listening.reports import Report
    from assistant.pool.pool import EngineLoader
    from assistant.settings import Settings
    from assistant.tools.registry import ToolRegistry

logger = logging.getLogger(__name__)


class Conversation:
    """A conversation with one worker after another behind it.

    Args:
        settings: of the whole program.
        tools: what the thinker may call; started and stopped by the caller.
        on_event: takes every event, on the conversation thread; must not block for long.
        load_engine: makes engines in the worker; None means the real ones.
        roles: which models to load.
    """

    def __init__(
        self,
        settings: Settings,
        tools: ToolRegistry,
        on_event: Callable[[Event], None],
        *,
        load_engine: EngineLoader | None = None,
        roles: Sequence[str] = ALL_ROLES,
    ) -> None:
        self._tools = tools
        self._on_event = on_event
        self._inbox: queue.SimpleQueue[Inbox] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="conversation", daemon=True)
        self._ids = threading.Lock()
        self._last_turn_id = 0
        self._tool_calls = ToolCalls(tools, settings.conversation.tool_limit_s, self._inbox.put)
        self._line = WorkerLine(
            settings,
            self._inbox.put,
            on_event,
            self._turns_lost,
            load_engine=load_engine,
            roles=roles,
        )
        self._outside = Outside(
            self._line,
            on_event,
            History(settings.conversation.system_prompt),
            run_tool=lambda requested: self._tool_calls.begin(requested, self._line.life),
            only_looks=tools.only_looks,
            new_turn_id=self._new_turn_id,
            begin_anew=self._begin_anew,
        )
        self._plain = PlainTurns(self._outside)
        self._live: LiveTurns | None = None
        self._going_live: GoLive | None = None  # waits for a typed turn to end

    # --- from any thread ------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread and the worker; events tell the rest."""
        self._thread.start()

    def stop(self) -> None:
        """End everything: cancel, stop the worker, join; idempotent, not from an event callback."""
        self._inbox.put(Stop())
        if self._thread.is_alive():
            self._thread.join()

    def ask_text(self, text: str) -> int:
        """Begin a typed turn; returns its id."""
        turn_id = self._new_turn_id()
        self._inbox.put(BeginTurn(turn_id, AskText(turn_id, turn_id, text, now_s())))
        return turn_id

    def say(self, text: str) -> int:
        """Begin a turn that only speaks ``text``; returns its id."""
        turn_id = self._new_turn_id()
        self._inbox.put(BeginTurn(turn_id, SpeakText(turn_id, turn_id, text, now_s())))
        return turn_id

    def listen(self, *, reply: bool = True) -> int:
        """Begin a spoken turn; follow with :meth:`hear` and :meth:`end_of_speech`. Not while live."""
        turn_id = self._new_turn_id()
        self._inbox.put(BeginTurn(turn_id, OpenUtterance(turn_id, turn_id, reply)))
        return turn_id

    def hear(self, turn_id: int, samples: Samples) -> None:
        """Hand over microphone samples: float32, shape (n,), mono, at the recogniser's rate."""
        self._inbox.put(TurnAudio(turn_id, turn_id, samples))

    def end_of_speech(self, turn_id: int, last_speech_s: float | None) -> None:
        """The endpoint is now; ``last_speech_s`` is when the last sample of speech was captured."""
        self._inbox.put(EndUtterance(turn_id, turn_id, last_speech_s, now_s()))

    def cancel(self) -> None:
        """Cancel all turns begun so far; live, also what is being said."""
        self._inbox.put(CancelTurns())

    def go_live(self, voice: Voice, ears: Ears, settings: Settings) -> None:
        """From now on turns come from this microphone and replies go to this loudspeaker.

        A typed turn under way is finished first, a spoken one cancelled.
        """
        self._inbox.put(GoLive(voice, ears, settings))

    def leave_live(self) -> None:
        """Go on without devices; a live turn under way is cancelled."""
        self._inbox.put(LeaveLive())

    def change_models(self, settings: Settings) -> None:
        """Have other models serve from the next turn on; WorkerReady tells, or ModelsRefused."""
        self._inbox.put(ChangeModels(settings))

    def begin_conversation(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        """Forget this conversation and begin another, of which these turns are known already."""
        self._inbox.put(BeginConversation(tuple(pairs)))

    def tell(self, event: Event) -> None:
        """Send an event to whoever listens."""
        self._inbox.put(Tell(event))

    def heard(self, report: Report) -> None:
        """Take a report of the listener."""
        self._inbox.put(ListenerSaid(report))

    def device_said(self, event: DeviceEvent) -> None:
        """Take word of the sound devices."""
        self._inbox.put(DeviceSaid(event))

    def talk_key(self, *, is_down: bool) -> None:
        """The talk key went down or up; only while live."""
        self._inbox.put(TalkKey(is_down, now_s()))

    def talk(self, *, on: bool) -> None:
        """Begin or end a spoken turn, whatever the talk key's kind; only while live."""
        self._inbox.put(Talk(on))

    def mute(self, *, on: bool) -> None:
        """Stop or go on listening by itself; only while live."""
        self._inbox.put(Mute(on))

    def timer_due(self, name: str, duration_s: float) -> None:
        """A timer ran out; told as an event, and aloud while live."""
        self._inbox.put(TimerDue(name, duration_s))

    @property
    def worker(self) -> WorkerClient | None:
        """The worker of now, to look at (process id, memory); None before the first."""
        return self._line.client

    def _new_turn_id(self) -> int:
        with self._ids:
            self._last_turn_id += 1
            return self._last_turn_id

    # --- the conversation thread ----------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._line.start()
            while not isinstance(item := self._next(), Stop):
                if item is not None:
                    self._take(item)
                elif self._live is not None:
                    self._live.tick()
            self._turns.cancel()
        except Exception:
            logger.critical("the conversation thread broke down", exc_info=True)
            self._break_down()
        self._line.stop()
        self._tool_calls.join()

    def _break_down(self) -> None:
        """A fault of our own: nobody may wait for ever for what will not come."""
        why = (
            "conversation_broken",
            "The assistant has met an error of its own and stopped.",
            "Start it again; if that happens again, run `assistant doctor` and look at the log.",
        )
        with contextlib.suppress(Exception):
            self._turns.worker_lost(*why)
        self._on_event(WorkerLost(*why, restarting=False))

    def _next(self) -> Inbox | None:
        """Return the next item, or None when the live turns want to look at the clock."""
        due_s = self._live.due_s if self._live is not None else None
        try:
            return self._inbox.get(timeout=None if due_s is None else max(0.0, due_s - now_s()))
        except queue.Empty:
            return None

    @property
    def _turns(self) -> PlainTurns | LiveTurns:
        return self._live or self._plain

    def _take(self, item: Inbox) -> None:
        match item:
            case FromWorker():
                if item.life == self._line.life:
                    self._from_worker(item.message)
                else:
                    self._line.successor_said(item.life, item.message)
            case BeginTurn():
                self._turns.begin(item.turn_id, item.request)
            case TurnAudio() | EndUtterance():
                self._plain.hear(item)
            case CancelTurns():
                self._turns.cancel()
            case ToolAnswered():
                self._tool_answered(item)
            case (
                GoLive() | LeaveLive() | ChangeModels() | BeginConversation() | Tell() | TimerDue()
            ):
                self._arrange(item)
            case ListenerSaid() | DeviceSaid() | TalkKey() | Talk() | Mute():
                if self._live is not None:
                    self._live.take(item)
            case Stop():
                raise AssertionError("handled by the loop")
        if self._going_live is not None and not self._plain.has_typed:
            self._go_live(self._going_live)
        if self._line.wants_to_switch and self._turns.is_idle:
            self._line.switch(self._beginning)

    def _arrange(
        self, item: GoLive | LeaveLive | ChangeModels | BeginConversation | Tell | TimerDue
    ) -> None:
        """Take what concerns the conversation as a whole."""
        match item:
            case GoLive():
                self._going_live = item
                if self._live is not None:  # other devices: what they said and heard is over
                    self._go_live(item)
            case LeaveLive():
                self._leave_live()
            case ChangeModels():
                self._line.change(item.settings)
            case BeginConversation():
                self._turns.cancel()
                self._outside.history.begin(item.pairs)
                self._begin_anew()
            case Tell():
                self._on_event(item.event)
            case TimerDue():
                self._timer_due(item)

    def _go_live(self, item: GoLive) -> None:
        prefer_this_thread(heirs=False)
        self._going_live = None
        self._end_turns()
        self._live = LiveTurns(
            item.settings,
            item.voice,
            item.ears,
            self._outside,
            first_generation=self._new_turn_id(),
        )

    def _leave_live(self) -> None:
        self._going_live = None
        if self._live is not None:
            self._end_turns()
            self._live = None

    def _end_turns(self) -> None:
        """Cancel what is under way; ids from here on are larger than every generation used so far."""
        self._turns.cancel()
        self._plain.close()
        if self._live is not None:
            with self._ids:
                self._last_turn_id = max(self._last_turn_id, self._live.next_generation)

    def _timer_due(self, item: TimerDue) -> None:
        self._on_event(item)
        if self._live is not None:
            self._live.timer_due(item.name)

    def _from_worker(self, message: Reply | WorkerLoss) -> None:
        match message:
            case WorkerLoss():
                self._line.lost(message)
            case Loading():
                self._on_event(ModelLoading(message.role, message.name))
            case Ready():
                self._line.ready(message, self._beginning(self._line.settings))
            case (
                PartialTranscript()
                | Transcript()
                | EndJudged()
                | ReplyText()
                | SpeechChunk()
                | ToolRequested()
                | TurnDone()
                | TurnStopped()
                | StageFailed()
            ):
                self._turns.worker_said(message)
            case ConversationStarted():
                logger.debug("history processed in %.0f ms", message.compute_ms)
            case PoolStatsRead() | Exiting():
                logger.debug("%s", message)
            case _:
                logger.error("unexpected message %r", message)

    def _tool_answered(self, answered: ToolAnswered) -> None:
        requested = answered.requested
        if answered.life == self._line.life and self._turns.tool_answered(answered):
            self._line.send(
                ToolResult(
                    requested.turn_id, requested.generation, requested.call_index, answered.result
                )
            )

    def _beginning(self, settings: Settings) -> StartConversation:
        self._outside.history.instruct(settings.conversation.system_prompt)
        return StartConversation(self._outside.history.messages(), specs(self._tools))

    def _begin_anew(self) -> None:
        self._line.send(self._beginning(self._line.settings))

    def _turns_lost(self, code: str, message: str, hint: str) -> None:
        self._turns.worker_lost(code, message, hint)
