"""The audio page: which devices, how loud one is, and a recording to hear oneself.

Owns the look at what is plugged in: when the page is shown, at a click, and when a device comes or goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from assistant.errors import AssistantError
from assistant.events import LoudspeakerChanged, MicrophoneChanged
from assistant.settings import Settings
from ui import theme
from ui.pages.settings_tabs import SettingsTab
from ui.session import Session
from ui.shown.settings_form import SettingsForm
from ui.shown.trial import MicrophoneTrial
from ui.translated import translated
from ui.widgets.form import Card, Row, label, set_tone, while_alive
from ui.widgets.form_device import DeviceControl, LevelMeter

if TYPE_CHECKING:
    from assistant.api.devices import DeviceLists

LOOK_MS = 40
CALM_LOOK_MS = 250
"""Between two looks at the level; the second with reduced motion."""

NO_MICROPHONE_DBFS = -119.0
"""The session says -120 without one."""


def real_devices() -> DeviceLists:
    """List this computer's devices."""
    from assistant.api.devices import list_devices

    return list_devices()


class AudioTab(SettingsTab):
    """Devices, the level, and the record-and-play test."""

    SOUNDS = ("audio.echo", "audio.earcons")

    def __init__(
        self,
        session: Session,
        form: SettingsForm,
        parent: QWidget | None = None,
        *,
        devices: Callable[[], DeviceLists] | None = None,
        trial: MicrophoneTrial | None = None,
    ) -> None:
        self._devices = devices or real_devices
        self._trial = trial or MicrophoneTrial.of(session)
        super().__init__(session, form, parent)

    @classmethod
    def keys(cls, settings: Settings) -> Iterable[str]:
        """The settings on this page."""
        del settings
        return ("audio.input_device", "audio.output_device", *cls.SOUNDS)

    def heading(self) -> str:
        """Return the title."""
        return self.tr("Audio")

    def build(self) -> None:
        """Put the cards on the page."""
        card = self.card(self.tr("Devices"))
        self._inputs, self._outputs = DeviceControl(), DeviceControl()
        self.add(card, "audio.input_device", self._inputs)
        card.add(self._level_row())
        self.add(card, "audio.output_device", self._outputs)
        card.add(self._look_row())
        self._build_trial(self.card(self.tr("Try it out")))
        self.card(self.tr("Sounds"), "", self.SOUNDS)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._trial.changed.connect(self._show_trial)
        self.session.event.connect(self._heard_of)
        self._show_trial()

    def _level_row(self) -> QWidget:
        row = Row(self.tr("Level"))
        self._meter = LevelMeter()
        self._meter.setAccessibleName(self.tr("Microphone level"))
        self._figure = label("", "figures", muted=True)
        self._figure.setFixedWidth(
            self._figure.fontMetrics().horizontalAdvance("\N{MINUS SIGN}100 dBFS") + 8
        )
        both = QWidget()
        line = QHBoxLayout(both)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.Space.M)
        line.addWidget(self._meter, 1)
        line.addWidget(self._figure)
        row.below(both)
        self._level_hint = row
        return row

    def _look_row(self) -> QWidget:
        row = Row(self.tr("Plugged something in?"))
        self._look_hint = row
        self._refresh = QPushButton(theme.icon("refresh"), self.tr("Look again"))
        self._refresh.setAccessibleDescription(self.tr("Lists microphones and loudspeakers anew"))
        self._refresh.clicked.connect(self.refresh)
        row.beside(self._refresh)
        return row

    def _build_trial(self, card: Card) -> None:
        row = Row(
            self.tr("Record and play"),
            self.tr(
                "Speak for three seconds and hear yourself. The conversation does not listen meanwhile."
            ),
        )
        self._button = QPushButton()
        self._button.setIconSize(QSize(18, 18))
        self._button.clicked.connect(self._toggle_trial)
        row.beside(self._button)
        self._progress = QProgressBar()
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        self._step_text = label("", "small", muted=True)
        self._running = QWidget()
        column = QVBoxLayout(self._running)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.Space.XS)
        column.addWidget(self._step_text)
        column.addWidget(self._progress)
        self._verdict = label("")
        row.below(self._running)
        row.below(self._verdict)
        card.add(row)

    # --- devices --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """List the devices anew."""
        self._refresh.setEnabled(False)
        self.session.run(
            self._devices, while_alive(self, self._listed), while_alive(self, self._not_listed)
        )

    def _listed(self, lists: DeviceLists) -> None:
        self._refresh.setEnabled(True)
        missing = []
        if not lists.microphones:
            missing.append(self.tr("No microphone was found."))
        if not lists.loudspeakers:
            missing.append(self.tr("No loudspeaker was found."))
        self._look_hint.set_text(" ".join(missing))
        self._inputs.set_choices(lists.microphones)
        self._outputs.set_choices(lists.loudspeakers)

    def _not_listed(self, problem: Exception) -> None:
        self._refresh.setEnabled(True)
        if isinstance(problem, AssistantError):
            text = f"{translated(problem.message)} {translated(problem.hint)}"
            self._look_hint.set_text(text)
        else:
            self.session.report(problem)

    def _heard_of(self, event: object) -> None:
        if isinstance(event, (MicrophoneChanged, LoudspeakerChanged)) and self.isVisible():
            self.refresh()

    # --- level and trial ------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the devices and follow the level while one can see it."""
        super().showEvent(event)
        calm = self.session.settings.window.reduced_motion
        self._timer.start(CALM_LOOK_MS if calm else LOOK_MS)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop following the level, and a test."""
        self._timer.stop()
        self._trial.cancel()
        super().hideEvent(event)

    def _look(self) -> None:
        step = self._trial.step
        level_dbfs = step[2] if step is not None else self.session.level_dbfs
        is_on = level_dbfs > NO_MICROPHONE_DBFS
        self._meter.show_level(level_dbfs if is_on else None)
        text = f"{max(-100.0, level_dbfs):.0f} dBFS".replace("-", "\N{MINUS SIGN}") if is_on else ""
        if self._figure.text() != text:
            self._figure.setText(text)
        hint = "" if is_on else self.tr("No microphone is open.")
        if self._level_hint.text.text() != hint:
            self._level_hint.set_text(hint)
        if step is not None:
            self._show_step(*step[:2])

    def _show_step(self, step: str, share: float) -> None:
        text = self.tr("Recording: speak now …") if step == "recording" else self.tr("Playing …")
        if self._step_text.text() != text:
            self._step_text.setText(text)
        self._progress.setValue(round(1000 * share))

    def _toggle_trial(self) -> None:
        if self._trial.is_running:
            self._trial.cancel()
        else:
            self.form.save()
            # A device chosen a moment ago is saved on another thread first.
            QTimer.singleShot(0, self, partial(self._trial.start))

    def _show_trial(self) -> None:
        trial = self._trial
        self._button.setText(self.tr("Stop") if trial.is_running else self.tr("Record and play"))
        self._button.setIcon(theme.icon("stop" if trial.is_running else "record"))
        self._progress.setValue(0)
        self._step_text.setText(self.tr("Opening the microphone …"))
        self._running.setVisible(trial.is_running)
        self._verdict.setText(trial.sentence)
        self._verdict.setVisible(bool(trial.sentence))
        set_tone(self._verdict, trial.tone)
