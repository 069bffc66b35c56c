"""The devices of a live conversation, wired: microphone → listener → conversation → loudspeaker.

Owns their lifetimes and nothing else; the conversation thread decides, see `assistant.dialogue.live`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.audio.capture import Microphone
from assistant.audio.device_events import DeviceEvent, DeviceLost
from assistant.audio.playback import Loudspeaker
from assistant.errors import AudioError
from assistant.listening.double_talk import vad_beside
from assistant.listening.echo import ReferenceLine, WebRtcEchoCanceller
from assistant.listening.listener import Listener

if TYPE_CHECKING:
    from assistant.audio.backend import AudioBackend
    from assistant.listening.reports import Report
    from assistant.listening.vad import Vad
    from assistant.settings import Settings

logger = logging.getLogger(__name__)


class LiveEars:
    """The microphone's side of a conversation: see :class:`assistant.dialogue.devices.Ears`."""

    def __init__(self, listener: Listener, microphone: Microphone) -> None:
        self._listener = listener
        self._microphone = microphone
        self._is_muted = False

    @property
    def hears_itself(self) -> bool:
        """Whether the assistant's own voice is left in what is heard."""
        return self._listener.hears_itself

    def hold(self, on: bool) -> None:
        """Report everything as speech while on: the talk key, which counts also while muted."""
        if on and self._is_muted:
            self._close(False)
        self._listener.hold(on)
        self._microphone.wake()
        if not on and self._is_muted:
            self._close(True)

    def mute(self, on: bool) -> None:
        """Report nothing while on, and let the device go: the system then shows that nobody listens."""
        self._is_muted = on
        self._close(on)

    def _close(self, on: bool) -> None:
        self._listener.mute(on)
        self._microphone.rest(on)

    def half_duplex(self, speaking: bool) -> None:
        """Report nothing while the assistant speaks."""
        self._listener.half_duplex(speaking)


class LiveAudio:
    """One microphone, one loudspeaker, and the listener between them.

    Args:
        settings: of the whole program.
        backend: the sound system.
        on_report: takes what is heard, on the capture thread.
        on_device: takes word of the devices, on any thread.
        vad: who judges what is speech; None means webrtcvad and Silero.
    """

    def __init__(
        self,
        settings: Settings,
        backend: AudioBackend,
        on_report: Callable[[Report], None],
        on_device: Callable[[DeviceEvent], None],
        vad: Vad | None = None,
    ) -> None:
        self._on_device = on_device
        echo = _canceller() if settings.audio.echo == "cancel" else None
        reference = ReferenceLine() if echo is not None else None
        if vad is None and echo is not None:
            vad = vad_beside(echo.hears_playback)
        self.listener = Listener(
            settings.listening,
            on_report,
            echo,
            reference,
            vad,
            is_open=settings.audio.echo == "cancel",
        )
        self.microphone = Microphone(
            backend,
            settings.audio.input_device,
            self.listener.take,
            self._microphone_said,
            on_rest=self.listener.microphone_lost,
            on_wake=self.listener.attend,
            may_wait=lambda: self.listener.may_wait,
        )
        self.ears = LiveEars(self.listener, self.microphone)
        self.loudspeaker = Loudspeaker(
            backend,
            settings.audio.output_device,
            on_device,
            on_played=reference.put if reference is not None else None,
        )

    def _microphone_said(self, event: DeviceEvent) -> None:
        """End what was being said at once, on the microphone's thread.

        By the time the conversation hears of the loss, somebody may speak into another one.
        """
        if isinstance(event, DeviceLost):
            self.listener.microphone_lost()
        self._on_device(event)

    def start(self) -> None:
        """Open the devices.

        Raises:
            AudioError: there is no sound system, microphone or loudspeaker.
        """
        self.loudspeaker.start()
        try:
            self.microphone.start()
        except BaseException:
            self.loudspeaker.stop()
            raise

    def stop(self) -> None:
        """Close the devices; idempotent."""
        self.microphone.stop()
        self.loudspeaker.stop()


def _canceller() -> WebRtcEchoCanceller | None:
    try:
        return WebRtcEchoCanceller()
    except AudioError as exc:
        logger.warning("%s", exc.message)
        return None
