"""One device kept open: lost, replaced by the default, and taken back when it returns.

Owns that policy for a microphone or a loudspeaker. Moves no samples.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from assistant.audio.backend import AudioBackend, AudioStream
from assistant.audio.choosing import NOUN, choose
from assistant.audio.device_events import DeviceBack, DeviceEvent, DeviceKind, DeviceLost
from assistant.errors import AudioError

STALL_S = 0.7
"""No callback for so long: the device is gone. PulseAudio moves a stream to another sink in up to 0.3 s."""

START_STALL_S = 4.0
"""The same while a stream starts. A PulseAudio null sink takes three blocks, then none for 1.9 s."""

SETTLED_BLOCKS = 25
"""So many callbacks make a started stream."""

RETRY_S = 0.5
"""Pause between attempts while there is no device at all."""

RETURN_S = 1.0
"""Pause between attempts to get back to the chosen device; doubles each time it fails to last."""

LONGEST_RETURN_S = 16.0

logger = logging.getLogger(__name__)

OpenDevice = Callable[[str | None, int], AudioStream]
"""Opens a device (None: the default) for a lane."""


class DeviceKeeper:
    """The device of one direction; all methods but :meth:`block_came` on one thread.

    Every opening has a number, its *lane*: a callback whose lane is not :attr:`lane` belongs to a stream
    not yet or no longer in use, and must be ignored.

    Args:
        kind: which direction.
        backend: for its clock.
        chosen: the device asked for; None: the default.
        open_device: opens a stream whose callbacks carry the lane.
        on_adopt: told of the new stream before its callbacks count.
        on_event: told of losses and returns.
    """

    def __init__(
        self,
        kind: DeviceKind,
        backend: AudioBackend,
        chosen: str | None,
        *,
        open_device: OpenDevice,
        on_adopt: Callable[[AudioStream], None],
        on_event: Callable[[DeviceEvent], None],
    ) -> None:
        self._kind = kind
        self._backend = backend
        self._chosen = chosen
        self._open_device = open_device
        self._on_adopt = on_adopt
        self._on_event = on_event
        self._lanes = 0
        self.lane = 0
        self.stream: AudioStream | None = None
        self.is_resting = False
        """Whether the device was let go on purpose."""
        self._is_chosen = False
        self._newly_selected = False
        self._announce = False
        self._believe_after = 1
        self.losses = 0
        self._opened_s = 0.0
        self._next_try_s = 0.0
        self._next_default_s = 0.0
        self._return_after_s = RETURN_S
        self._last_block_s: float | None = None
        self._blocks = 0

    def block_came(self, now_s: float) -> None:
        """Note a callback of the current lane; on the sound system's thread."""
        self._last_block_s = now_s
        self._blocks += 1

    def open_first(self) -> None:
        """Have a stream open: the chosen device's, else the default's (and say so).

        Raises:
            AudioError: neither can be opened.
        """
        try:
            self._adopt(self._opened(self._chosen), is_chosen=True)
        except AudioError as exc:
            if self._chosen is None or exc.code == "no_portaudio":
                raise
            try:
                stream = self._opened(None)
            except AudioError:
                raise exc from None
            self._on_event(DeviceLost(self._kind, self._chosen, exc.message))
            self._adopt(stream, is_chosen=False)
            self._announce = True

    def select(self, chosen: str | None) -> None:
        """Use another device from now on; the old one goes on until that is open."""
        self._chosen = chosen
        self._is_chosen = False
        self._newly_selected = True
        self._return_after_s = RETURN_S
        self._next_try_s = 0.0

    def look_after(self) -> None:
        """Notice a loss, find a replacement, return to the chosen device; call it ten times a second."""
        if self.is_resting:
            return
        now_s = self._backend.now_s()
        if self.stream is not None:
            reason = self._why_lost(self.stream, now_s)
            if reason:
                self._lose(self.stream, now_s, reason)
        if not self._is_chosen and now_s >= self._next_try_s:
            self._try_chosen(now_s)
        if self.stream is None and self._chosen is not None and now_s >= self._next_default_s:
            self._try_default(now_s)
        if self._announce and self.stream is not None and self._blocks >= self._believe_after:
            self._announce = False
            self._on_event(DeviceBack(self._kind, self.stream.name, self._is_chosen))

    def rest(self) -> None:
        """Let the device go until :meth:`rise`; a lost one is looked for on."""
        if self.stream is not None:
            self.close()
            self.is_resting = True

    def rise(self) -> None:
        """Have the device again: the chosen one or, as ever, the default."""
        self.is_resting = False
        was_chosen, self._is_chosen = self._is_chosen, False
        try:
            self._adopt(self._opened(self._chosen), is_chosen=True)
        except AudioError as exc:
            self._next_default_s = 0.0
            self._next_try_s = self._backend.now_s() + (
                RETRY_S if self._chosen is None else RETURN_S
            )
            if was_chosen:
                self.losses += 1
                self._on_event(DeviceLost(self._kind, self._chosen or "default", exc.message))
                self._announce = True
        else:
            self._announce = self._announce or not was_chosen

    def close(self) -> None:
        """Close the stream; idempotent."""
        self.lane = -1
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.close()

    def _opened(self, device: str | None) -> tuple[AudioStream, int]:
        self._lanes += 1
        return self._open_device(device, self._lanes), self._lanes

    def _adopt(self, opened: tuple[AudioStream, int], *, is_chosen: bool) -> None:
        stream, lane = opened
        if self.stream is not None:
            self.close()
        self._on_adopt(stream)
        self.stream = stream
        self._is_chosen = is_chosen
        self._opened_s = self._backend.now_s()
        self._last_block_s = None
        self._blocks = 0
        self.lane = lane
        logger.info("%s: %s at %d Hz", self._kind, stream.name, stream.rate_hz)

    def _why_lost(self, stream: AudioStream, now_s: float) -> str:
        if not stream.is_running:
            return f"The {NOUN[self._kind]} {stream.name} was unplugged or switched off."
        since_s = now_s - (self._opened_s if self._last_block_s is None else self._last_block_s)
        limit_s = STALL_S if self._blocks >= SETTLED_BLOCKS else START_STALL_S
        if since_s > limit_s:
            return f"The {NOUN[self._kind]} {stream.name} has stopped working."
        return ""

    def _lose(self, stream: AudioStream, now_s: float, message: str) -> None:
        self.close()
        self.losses += 1
        if not self._announce:  # else the person has not yet been told that it was back
            self._on_event(DeviceLost(self._kind, stream.name, message))
        self._announce = True
        lasted = now_s - self._opened_s > LONGEST_RETURN_S
        self._believe_after = 1 if lasted or self.losses == 1 else SETTLED_BLOCKS
        if self._is_chosen and self._chosen is not None:
            if lasted:
                self._return_after_s = RETURN_S
            self._next_try_s = now_s + self._return_after_s
            self._return_after_s = min(2 * self._return_after_s, LONGEST_RETURN_S)
        elif self._chosen is None:
            self._next_try_s = now_s
        self._is_chosen = False

    def _try_default(self, now_s: float) -> None:
        try:
            self._adopt(self._opened(None), is_chosen=False)
        except AudioError as exc:
            logger.debug("no default %s: %s", self._kind, exc)
            self._next_default_s = now_s + RETRY_S

    def _try_chosen(self, now_s: float) -> None:
        newly_selected, self._newly_selected = self._newly_selected, False
        try:
            if self.stream is not None and self._is_in_use(self.stream):
                self._is_chosen = True
            else:
                self._adopt(self._opened(self._chosen), is_chosen=True)
        except AudioError as exc:
            logger.debug("the %s %s: %s", self._kind, self._chosen or "default", exc)
            self._next_try_s = now_s + (RETRY_S if self._chosen is None else RETURN_S)
            if not newly_selected:
                return
            self._on_event(DeviceLost(self._kind, self._chosen or "default", exc.message))
        self._announce = True

    def _is_in_use(self, stream: AudioStream) -> bool:
        """Whether the chosen device is open already, as the default; some cannot be opened twice."""
        return choose(self._backend.devices(), self._chosen, self._kind).name == stream.name
