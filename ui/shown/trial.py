"""The record-and-play test as it is shown: how far it is, and what was found, in sentences.

Owns one trial at a time. Opens no device: `assistant.api.devices` does, off the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from assistant.errors import AssistantError
from ui.translated import translated

if TYPE_CHECKING:
    from assistant.api.devices import Step, Trial
    from assistant.settings.live import AudioSettings
    from ui.session import Session

Tone = Literal["success", "warning", "danger", ""]
Step_ = Callable[["Step", float, float], None]
RunTrial = Callable[["AudioSettings", Step_, Callable[[], bool]], "Trial | None"]


def real_trial(audio: AudioSettings, on_step: Step_, cancelled: Callable[[], bool]) -> Trial | None:
    """Record and play on this computer's devices."""
    from assistant.api.devices import try_out

    return try_out(audio, on_step, cancelled)


class MicrophoneTrial(QObject):
    """A trial of microphone and loudspeaker, during which the conversation does not listen.

    Args:
        session: the running assistant.
        run: records and plays, on another thread.
    """

    changed = Signal()
    """Whether it runs, or what was found, is another."""

    def __init__(self, session: Session, run: RunTrial = real_trial) -> None:
        super().__init__(session)
        self._session = session
        self._run = run
        self._step: tuple[Step, float, float] | None = None
        self._is_cancelled = False
        self._was_muted = False
        self._wanted: tuple[str | None, str | None] = (None, None)
        self.is_running = False
        self.sentence = ""
        self.tone: Tone = ""

    @classmethod
    def of(cls, session: Session) -> MicrophoneTrial:
        """Return the session's one trial: it may run on while pages are made anew."""
        return session.findChild(cls) or cls(session)

    @property
    def step(self) -> tuple[Step, float, float] | None:
        """What is being done, how much of it (0 to 1), and the level in dBFS; the latest only."""
        return self._step

    def start(self) -> None:
        """Begin; a trial that runs goes on."""
        if self.is_running:
            return
        self.is_running, self._is_cancelled = True, False
        self._step, self.sentence, self.tone = None, "", ""
        session = self._session
        self._was_muted = session.is_muted
        if not self._was_muted:
            session.mute(on=True)  # or the assistant would answer the test
        audio = session.settings.audio
        self._wanted = (audio.input_device, audio.output_device)
        session.run(
            lambda: self._run(audio, self._note, lambda: self._is_cancelled),
            self._found,
            self._failed,
        )
        self.changed.emit()

    def cancel(self) -> None:
        """End it soon, with nothing found."""
        self._is_cancelled = True

    def _note(self, step: Step, share: float, level_dbfs: float) -> None:
        """Keep the latest; on the trial's thread."""
        self._step = (step, share, level_dbfs)

    def _found(self, trial: Trial | None) -> None:
        if trial is not None:
            self.sentence, self.tone = self._said(trial)
        self._end()

    def _failed(self, problem: Exception) -> None:
        if isinstance(problem, AssistantError):
            self.sentence = f"{translated(problem.message)} {translated(problem.hint)}".strip()
            self.tone = "danger"
        else:
            self._session.report(problem)
        self._end()

    def _end(self) -> None:
        self.is_running, self._step = False, None
        if not self._was_muted:
            self._session.mute(on=False)
        self.changed.emit()

    def _said(self, trial: Trial) -> tuple[str, Tone]:
        level = f"{trial.level_dbfs:.0f} dBFS"
        tone: Tone = "warning"
        match trial.verdict:
            case "good":
                text = self.tr("Good: your voice arrives clearly, at {0}.").format(level)
                tone = "success"
            case "quiet":
                text = self.tr(
                    "Your voice is quiet, {0}. Come closer, or raise the microphone's volume in the"
                    " system's sound settings."
                ).format(level)
            case "clipping":
                text = self.tr(
                    "Too loud: {0} of the sound is cut off at the top. Lower the microphone's volume in"
                    " the system's sound settings."
                ).format(f"{100 * trial.clipped_share:.1f} %")
            case "no_speech":
                text = self.tr(
                    "Sound arrives, {0}, but nobody seems to speak in it. Try again and speak during the"
                    " recording, or choose another microphone."
                ).format(level)
            case "zeros":
                text = self.tr(
                    "The microphone delivers only silence: it is muted or switched off. Look at its switch"
                    " and at the system's sound settings."
                )
                return text, "danger"
        text += " " + self.tr("Recorded with {0}, played on {1}.").format(
            trial.microphone, trial.loudspeaker
        )
        for wanted, used in zip(self._wanted, (trial.microphone, trial.loudspeaker), strict=True):
            if wanted and wanted.casefold() not in used.casefold():
                text += " " + self.tr("{0} is not there; another one stood in for it.").format(
                    wanted
                )
                tone = "warning"
        if trial.lost_samples or trial.underruns:
            text += " " + self.tr("Some sound was lost on the way: the computer is very busy.")
            tone = "warning"
        return text, tone
