"""Recordings spoken into a microphone that is no microphone: PulseAudio's null sink behind a live assistant.

Owns the speaking and the waiting. The whole way is the real one: PortAudio, echo canceller, VAD, turn
machine, worker, loudspeaker.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from typing import TYPE_CHECKING

import numpy as np

from assistant.audio.speech_files import RATE_HZ
from assistant.dialogue.record import TurnRecord
from assistant.errors import AudioError, TurnError
from assistant.events import Event, TurnStarted

if TYPE_CHECKING:
    from assistant.audio.speech_files import SpeechFile

LATENCY_MS = 200
"""What PulseAudio buffers of the recording; it delays the speech, not the answer to it."""

WAIT_S = 30.0


class SpokenTurns:
    """Says recordings into a sink and gives back the turn that follows; its ``take`` gets the events.

    Args:
        sink: PulseAudio sink whose monitor is the assistant's microphone.
    """

    def __init__(self, sink: str) -> None:
        self._sink = sink
        self._records: dict[int, TurnRecord] = {}
        self._changed = threading.Condition()

    def take(self, event: Event) -> None:
        """Take an event; conversation thread."""
        turn_id = getattr(event, "turn_id", None)
        if turn_id is None:
            return
        with self._changed:
            if isinstance(event, TurnStarted):
                self._records[turn_id] = TurnRecord(turn_id)
            if (record := self._records.get(turn_id)) is not None:  # not of the recording before
                record.add(event)
                self._changed.notify_all()

    def ask(self, speech: SpeechFile) -> TurnRecord:
        """Say a recording; returns the answered turn, or the last one that ended if none was.

        Raises:
            AudioError: ``no_pulseaudio``: nothing here can speak into a sink.
        """
        with self._changed:
            self._records.clear()
        self._speak(speech.samples)
        with self._changed:
            self._changed.wait_for(lambda: self._answered() is not None, WAIT_S)
            answered = self._answered()
            if answered is not None:
                return answered
            nobody = TurnRecord(0)
            nobody.failure = TurnError("stt", "not_heard", "Nothing was heard.", "")
            return nobody

    def _answered(self) -> TurnRecord | None:
        ended = [record for record in self._records.values() if record.is_over]
        return next((record for record in ended if record.reply or record.failure), None)

    def _speak(self, samples: np.ndarray) -> None:
        player = shutil.which("pacat")
        if player is None:
            raise AudioError(
                "no_pulseaudio",
                "There is no pacat here to speak into a sink.",
                "Install pulseaudio-utils.",
            )
        command = [player, "--playback", "-d", self._sink, f"--rate={RATE_HZ}", "--channels=1"]
        command += ["--format=float32le", f"--latency-msec={LATENCY_MS}"]
        try:
            subprocess.run(  # noqa: S603 - a fixed program, found on the path
                command, input=samples.astype("<f4").tobytes(), check=True, capture_output=True
            )
        except subprocess.CalledProcessError as exc:
            raise AudioError(
                "no_sink",
                f"PulseAudio has no sink called {self._sink}.",
                "`pactl list short sinks` names them; docs/audio.md shows how to make one.",
            ) from exc
