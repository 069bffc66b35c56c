"""What stands on each picture of the window: words, made-up figures, and the way to each page.

Owns the scenes; `pictures` owns the window they are shown in, and the saving.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pictures import Studio
    from PySide6.QtWidgets import QWidget

WORDS = {
    "en": {
        "time": ("what time is it", "It is ten past nine."),
        "sum": ("what is seven times eight", "Seven times eight is fifty-six."),
        "milk": ("put milk on the shopping list", "Milk is on the shopping list."),
        "far": (
            "how many kilometers are ten miles",
            "Ten miles are sixteen point zero nine kilometers, a little more than sixteen.",
        ),
        "cut": (
            "tell me about the moon",
            ("The moon goes round the earth in a little more than twenty-seven days."
            " It always shows us the same side."),
        ),
        "heard": "The moon goes round the earth in a little more",
        "now": ("what is the weather like on", "what is the weather"),
        "story": ("how long is a marathon", "A marathon is forty-two kilometers and one hundred"),
    },
    "es": {
        "time": ("qué hora es", "Son las nueve y diez."),
        "sum": ("cuánto es siete por ocho", "Siete por ocho son cincuenta y seis."),
        "milk": ("pon leche en la lista de la compra", "La leche está en la lista de la compra."),
        "far": (
            "cuántos kilómetros son diez millas",
            "Diez millas son dieciséis coma cero nueve kilómetros, algo más de dieciséis.",
        ),
        "cut": (
            "háblame de la luna",
            ("La luna da la vuelta a la tierra en algo más de veintisiete días."
            " Siempre nos muestra la misma cara."),
        ),
        "heard": "La luna da la vuelta a la tierra en algo más",
        "now": ("qué tiempo hace en la", "qué tiempo hace"),
        "story": ("cuánto mide un maratón", "Un maratón mide cuarenta y dos kilómetros y ciento"),
    },
}  # fmt: skip


def write_history(language: str) -> None:
    """Put some conversations into the history of this home."""
    from assistant.history.store import HistoryStore
    from tests.fakes.past import past_turn

    words = WORDS[language]
    store = HistoryStore()
    now = datetime.now(UTC)
    days = {"milk": 0.02, "sum": 1, "far": 2, "cut": 9, "time": 33}
    for name, ago in days.items():
        at = now - timedelta(days=ago)
        first, second = words[name], words["sum"] if name != "sum" else words["time"]
        assert isinstance(first, tuple)
        assert isinstance(second, tuple)
        turns = [past_turn(*first, at=at), past_turn(*second, at=at + timedelta(seconds=40))]
        store.add(name, turns)


# --- what is photographed ---------------------------------------------------------------------------

Shots = Iterator[tuple[str, "QWidget"]]


def welcome(studio: Studio) -> Shots:
    """The window as it is met for the first time."""
    from assistant.events import ModelLoading, WorkerStarting

    studio.facade().tell(WorkerStarting(1), ModelLoading("thinker", "sarai-starter"))
    studio.settle()
    yield "-loading", studio.window
    make_ready(studio)
    yield "", studio.window


def conversation(studio: Studio) -> Shots:
    """A conversation: done, interrupted, listening, thinking, speaking."""
    from assistant.events import (
        ReplyStarted,
        ReplyUpdated,
        ToolUsed,
        TranscriptUpdated,
        TurnCommitted,
        TurnFinished,
        TurnInterrupted,
        TurnStarted,
    )
    from tests.window.fakes.facade import turn

    make_ready(studio)
    facade = studio.facade()
    tools = {
        "time": ToolUsed(1, "get_time", {}, {"time": "09:10"}, 1.2),
        "milk": ToolUsed(2, "add_to_list", {"item": "milk", "list": "shopping"}, {"count": 3}, 4.1),
    }
    rng = random.Random(4)  # noqa: S311 - made-up figures
    for number, name in enumerate(("time", "milk"), start=1):
        question, answer = studio.said(name)
        made_up = timings(rng, number)
        facade.tell(*turn(number, question, answer, timings=made_up, tools=[tools[name]]))
    question, answer = studio.said("cut")
    events = turn(3, question, answer)
    *before, last = events
    assert isinstance(last, TurnFinished)
    facade.tell(*before)
    heard = str(studio.words["heard"])
    facade.tell(TurnInterrupted(3, question, answer, heard, timings(rng, 3)))
    studio.settle()
    yield "", studio.window
    said, partial = studio.said("now")
    facade.level = -24.0
    facade.tell(TurnStarted(4), TranscriptUpdated(4, said, is_final=False))
    studio.settle()
    yield "-listening", studio.window
    facade.tell(TranscriptUpdated(4, partial, is_final=True), TurnCommitted(4, 1))
    studio.settle()
    yield "-thinking", studio.window
    question, answer = studio.said("story")
    facade.tell(*turn(4, *studio.said("sum"), timings=timings(rng, 4)))
    facade.tell(TurnStarted(5), TranscriptUpdated(5, question, is_final=True), TurnCommitted(5, 1))
    facade.tell(ReplyUpdated(5, answer), ReplyStarted(5, 20.0))
    studio.settle()
    yield "-speaking", studio.window
    facade.tell(TurnFinished(5, question, answer, timings(rng, 5)))


def trouble(studio: Studio) -> Shots:
    """Banners: a microphone that is gone, and a worker that starts again."""
    from assistant.events import MicrophoneChanged, WorkerLost

    gone = "The microphone “USB Audio” was unplugged or switched off."
    lost = "The worker process was killed unexpectedly (signal 9)."
    studio.facade().tell(MicrophoneChanged("USB Audio", "lost", gone))
    studio.facade().tell(WorkerLost("worker_crashed", lost, "", restarting=False))
    studio.settle()
    yield "", studio.window
    make_ready(studio)
    studio.facade().tell(MicrophoneChanged("USB Audio", "open"))
    studio.settle()


def session_page(studio: Studio) -> Shots:
    """The figures of thirty turns, and the overlay with the last one."""
    from tests.window.fakes.facade import turn

    make_ready(studio)
    rng = random.Random(7)  # noqa: S311 - made-up figures
    for number in range(10, 40):
        question, answer = studio.said(rng.choice(["time", "sum", "milk", "far"]))
        studio.facade().tell(*turn(number, question, answer, timings=timings(rng, number)))
    studio.settle()
    studio.window.open_page("session")
    studio.settle()
    yield "", studio.window
    from ui.overlay import Overlay

    overlay = Overlay(studio.session)
    overlay.show()
    studio.settle()
    yield "-overlay", overlay
    overlay.hide()
    overlay.deleteLater()


def history(studio: Studio) -> Shots:
    """Past conversations, and one of them."""
    studio.window.open_page("history")
    page = current(studio)
    studio.wait(lambda: page.shown.rows, "the history")
    first = page.shown.rows[0]
    page.list.choose(first.line.id)
    studio.wait(lambda: page.shown.open, "the conversation")
    studio.settle()
    yield "", studio.window


def settings(studio: Studio) -> Shots:
    """Every page of the settings."""
    from ui.pages.settings import PLACES

    for place in PLACES:
        studio.window.open_page(f"settings/{place.name}")
        studio.settle()
        yield f"-{place.name}", studio.window


def doctor(studio: Studio) -> Shots:
    """What the doctor finds on this machine."""
    studio.window.open_page("doctor")
    page = current(studio)
    studio.wait(page._again.isEnabled, "the doctor")  # noqa: SLF001 - it says when it is done
    studio.settle()
    yield "", studio.window


SCENES: dict[str, Callable[[Studio], Shots]] = {
    "welcome": welcome,
    "conversation": conversation,
    "trouble": trouble,
    "session": session_page,
    "history": history,
    "settings": settings,
    "doctor": doctor,
}


def current(studio: Studio) -> QWidget:
    """Return the page that is open."""
    from PySide6.QtWidgets import QStackedWidget

    stack = studio.window.findChild(QStackedWidget)
    assert stack is not None
    return stack.currentWidget()


def make_ready(studio: Studio) -> None:
    """The models are there, and the window is on its first page."""
    from assistant.events import WorkerReady

    models = {"stt": "pocketsphinx-mixed", "thinker": "sarai-starter", "tts": "espeak-ng"}
    studio.facade().tell(WorkerReady(models, 1.9))
    studio.window.open_page("conversation")
    studio.settle()


def timings(rng: random.Random, number: int) -> object:
    """Return stamps of a plausible turn; made up."""
    from assistant.metrics import TurnTimings

    start = 100.0 * number
    stt, prompt, token = rng.uniform(30, 90), rng.uniform(15, 40), rng.uniform(8, 20)
    llm = prompt + token + rng.uniform(20, 120)
    tts = rng.uniform(25, 70)
    at = [start, start + stt / 1e3, start + (stt + llm) / 1e3, start + (stt + llm + tts) / 1e3]
    return TurnTimings(
        last_speech=start - rng.uniform(0.42, 0.65),
        endpoint=at[0],
        stt_done=at[1],
        prompt_done=at[1] + prompt / 1e3,
        first_token=at[1] + (prompt + token) / 1e3,
        first_piece=at[2],
        tts_first=at[3],
        first_audio=at[3] + rng.uniform(0.002, 0.02),
        finished=at[3] + rng.uniform(1.2, 3.5),
        stt_compute_ms=rng.uniform(200, 420),
        tool_ms=rng.uniform(1, 6) if number % 3 else None,
        output_latency_ms=20.0,
        prompt_tokens_evaluated=rng.randint(14, 60),
        prompt_tokens_reused=rng.randint(180, 900),
        generated_tokens=rng.randint(9, 40),
        decode_s=rng.uniform(0.1, 0.5),
    )
