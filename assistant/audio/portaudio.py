"""The sound system of this computer, through PortAudio (the `sounddevice` library).

Owns PortAudio's life, its streams and its errors. Knows nothing of microphones' and loudspeakers' policy.

What was found on PulseAudio 16 through ALSA's `pulse` device (2026-11, Debian 12; `docs/audio.md`):
a removed sink or source is replaced by PulseAudio itself within 10 to 300 ms (no error, no flag); when
there is none left, or the ALSA device names one sink, the stream ends (``active`` becomes False at once);
a suspended one just stops calling, ``active`` stays True. So both are watched.
"""

from __future__ import annotations

import logging
import math
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.audio.alsa import forget_configuration, quiet_stderr, send_to_log
from assistant.audio.attendants import ThreadAttendant
from assistant.audio.backend import AudioStream, Device, FillBlock, TakeBlock
from assistant.audio.choosing import NOUN, choose
from assistant.audio.device_events import DeviceKind
from assistant.audio.priority import preferred_threads
from assistant.errors import AudioError
from assistant.metrics import now_s

RESCAN_S = 30.0
"""Where nothing tells whether devices came or went, and streams are open that would be interrupted."""

FRESH_S = 2.0
"""A list this young is believed while nothing is open; reading it takes 0.05 to 0.5 s."""

BUFFER_S = {"input": 0.04, "output": 0.04}
"""Asked of the device: by how much a callback may be late before sound is lost. Of a microphone's 0.04 s
PulseAudio delivers blocks of 20 ms one by one (of 0.1 s in bursts of 30 ms); of a loudspeaker's 0.04 s it
makes 55 ms of latency (27 ms of 0.02, 80 ms of 0.06), all of which is still heard after a flush."""

LATENCY_BLOCKS = 50
"""Callbacks over which latency is followed."""

SETTLING_BLOCKS = 10
"""The first callbacks fill the empty buffer; their latency grows from 0."""

_CARDS = Path("/proc/asound/cards")

logger = logging.getLogger(__name__)


class PortAudioBackend:
    """See :class:`assistant.audio.backend.AudioBackend`; one per process, shared by both directions.

    PortAudio lists devices once, when it is initialised, and can only be initialised anew while no
    stream is open. So where the list must be read anew, open streams are closed, and opened again
    afterwards: a gap of some 0.1 s for their owners, who see a lost block.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        """PortAudio is not thread-safe but in its callbacks."""
        self._sounddevice: Any = None
        self._streams: list[_PortAudioStream] = []
        self._cards = ""
        self._scanned_s = 0.0

    def now_s(self) -> float:
        """Return the one clock of all stamps."""
        return now_s()

    def attend(self, name: str, work: Callable[[], None], every_s: float) -> ThreadAttendant:
        """Have the work done on a thread of that name."""
        return ThreadAttendant(name, work, every_s)

    def devices(self) -> tuple[Device, ...]:
        """List what is there now.

        Raises:
            AudioError: ``no_portaudio``.
        """
        with self._lock:
            self._refresh()
            return self._listed()

    def open_input(
        self, device: str | None, rate_hz: int, block_frames: int, take: TakeBlock
    ) -> AudioStream:
        """Record from a device; see the protocol."""
        return self._open("input", device, rate_hz, block_frames, take)

    def open_output(
        self, device: str | None, rate_hz: int, block_frames: int, fill: FillBlock
    ) -> AudioStream:
        """Play to a device; see the protocol."""
        return self._open("output", device, rate_hz, block_frames, fill)

    # --- devices

    def library(self) -> Any:
        """Return the library, loaded at the first call."""
        if self._sounddevice is None:
            try:
                import sounddevice
            except OSError as exc:
                raise AudioError(
                    "no_portaudio",
                    "The PortAudio library is not installed.",
                    "Install it: on Debian and Ubuntu, the package libportaudio2.",
                ) from exc
            send_to_log()
            self._sounddevice = sounddevice
            self._cards = _cards()
            self._scanned_s = now_s()
        return self._sounddevice

    def _refresh(self) -> None:
        """Read the list anew if devices may have come or gone since."""
        if self._sounddevice is None:
            self.library()
            return
        age_s = now_s() - self._scanned_s
        cards = _cards()
        if self._streams:
            due = cards != self._cards if cards else age_s > RESCAN_S
        else:
            due = cards != self._cards or age_s > FRESH_S
        if due:
            self._rescan()

    def _rescan(self) -> None:
        """Initialise PortAudio anew, with the open streams closed meanwhile."""
        library = self.library()
        running = [stream for stream in self._streams if stream.is_running]
        for stream in self._streams:  # dead ones too: PortAudio would free them under their owners
            stream.let_go()
        library._terminate()  # noqa: SLF001 - the only way to a fresh list; see its documentation
        forget_configuration()
        library._initialize()  # noqa: SLF001
        self._cards = _cards()
        self._scanned_s = now_s()
        for stream in running:
            try:
                with quiet_stderr(), preferred_threads():
                    stream.take_up(self._index(stream.name, stream.kind))
            except (AudioError, library.PortAudioError) as exc:
                logger.info("%s did not come back: %s", stream.name, exc)

    def _listed(self) -> tuple[Device, ...]:
        library = self.library()
        default_input, default_output = _default(library, "input"), _default(library, "output")
        return tuple(
            Device(
                name=str(entry["name"]),
                inputs=int(entry["max_input_channels"]),
                outputs=int(entry["max_output_channels"]),
                rate_hz=round(entry["default_samplerate"]),
                is_default_input=index == default_input,
                is_default_output=index == default_output,
            )
            for index, entry in enumerate(library.query_devices())
        )

    def _index(self, name: str | None, kind: DeviceKind) -> int:
        listed = self._listed()
        return listed.index(choose(listed, name, kind))

    # --- streams

    def _open(
        self,
        kind: DeviceKind,
        name: str | None,
        rate_hz: int,
        block_frames: int,
        callback: Callable[[NDArray[np.float32], bool], None],
    ) -> AudioStream:
        with self._lock:
            library = self.library()
            self._refresh()
            index = self._index(name, kind)
            device = self._listed()[index]
            problem: Exception | None = None
            for rate, channels in _formats(device, kind, rate_hz):
                stream = _PortAudioStream(
                    self,
                    kind,
                    device.name,
                    block_frames=max(1, block_frames * rate // rate_hz),
                    rate_hz=rate,
                    channels=channels,
                    callback=callback,
                )
                try:
                    with quiet_stderr(), preferred_threads():
                        stream.take_up(index)
                except library.PortAudioError as exc:
                    logger.debug("%s at %d Hz, %d channels: %s", name, rate, channels, exc)
                    problem = exc
                    continue
                self._streams.append(stream)
                return stream
            raise _cannot_open(device.name, kind, problem) from problem

    def _forget(self, stream: _PortAudioStream) -> None:
        if stream in self._streams:
            self._streams.remove(stream)


class _PortAudioStream:
    """See :class:`assistant.audio.backend.AudioStream`."""

    def __init__(
        self,
        backend: PortAudioBackend,
        kind: DeviceKind,
        name: str,
        *,
        block_frames: int,
        rate_hz: int,
        channels: int,
        callback: Callable[[NDArray[np.float32], bool], None],
    ) -> None:
        self._backend = backend
        self._library = backend.library()
        self._block_frames = block_frames
        self.kind: DeviceKind = kind
        self.name = name
        self.rate_hz = rate_hz
        self.channels = channels
        self.latency_s = 0.0
        self._callback = callback
        self._interrupted = False
        self._blocks = 0
        self._least_s = math.inf
        self._handle = threading.Lock()
        """Guards `_stream`: asking a freed stream whether it is active would read freed memory."""
        self._stream: Any = None
        self._mono = np.zeros(0, np.float32)

    @property
    def is_running(self) -> bool:
        """Whether PortAudio still serves it."""
        with self._handle:
            try:
                return self._stream is not None and bool(self._stream.active)
            except self._library.PortAudioError:
                return False

    def take_up(self, index: int) -> None:
        """Open the device with this index and start; PortAudio's own error where it cannot."""
        opener, served = (
            (self._library.InputStream, self._captured)
            if self.kind == "input"
            else (self._library.OutputStream, self._to_play)
        )
        stream = opener(
            samplerate=self.rate_hz,
            blocksize=self._block_frames,
            device=index,
            channels=self.channels,
            dtype="float32",
            latency=BUFFER_S[self.kind],
            callback=served,
        )
        # What PortAudio says now is the size of its buffers; the callbacks will tell better.
        self.latency_s = 0.0 if self.kind == "input" else float(stream.latency)
        self._blocks = 0
        try:
            stream.start()
        except self._library.PortAudioError:
            stream.close()
            raise
        with self._handle:
            self._stream = stream

    def let_go(self) -> None:
        """Close the device; :meth:`take_up` may follow."""
        with self._handle:
            stream, self._stream = self._stream, None
        self._interrupted = True
        if stream is None:
            return
        try:
            # Not stop(): it waits until all is played, which a suspended PulseAudio sink never does.
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)
        except self._library.PortAudioError as exc:
            logger.info("%s closed badly: %s", self.name, exc)

    def close(self) -> None:
        """Close for good."""
        with self._backend._lock:  # noqa: SLF001 - one module
            self.let_go()
            self._backend._forget(self)  # noqa: SLF001

    def _captured(self, block: NDArray[np.float32], frames: int, times: Any, status: Any) -> None:
        lost = bool(status.input_overflow) or self._interrupted
        self._interrupted = False
        # ADC time is the block's first sample. Jitter only adds, so the smallest lately seen counts.
        delay_s = times.currentTime - times.inputBufferAdcTime - frames / self.rate_hz
        self._least_s = min(self._least_s, max(0.0, delay_s))
        self._blocks += 1
        if self._blocks % LATENCY_BLOCKS == 0:
            self.latency_s, self._least_s = self._least_s, math.inf
        self._callback(block, lost)

    def _to_play(self, block: NDArray[np.float32], frames: int, times: Any, status: Any) -> None:
        del frames
        ran_dry = bool(status.output_underflow) or self._interrupted
        self._interrupted = False
        delay_s = times.outputBufferDacTime - times.currentTime
        self._blocks += 1
        if delay_s > 0 and self._blocks > SETTLING_BLOCKS:
            self.latency_s += (delay_s - self.latency_s) / LATENCY_BLOCKS
        if self.channels == 1:
            self._callback(block[:, 0], ran_dry)
            return
        if self._mono.size != block.shape[0]:
            self._mono = np.zeros(block.shape[0], np.float32)
        self._callback(self._mono, ran_dry)
        block[:] = self._mono[:, None]


def _cards() -> str:
    """Return what tells that a device came or went, empty where nothing does."""
    if not sys.platform.startswith("linux"):
        return ""
    try:
        return _CARDS.read_text() or "none"
    except OSError:
        return "none"


def _default(library: Any, kind: DeviceKind) -> int:
    try:
        return int(library.query_devices(kind=kind)["index"])
    except library.PortAudioError:  # there is none
        return -1


def _formats(device: Device, kind: DeviceKind, rate_hz: int) -> list[tuple[int, int]]:
    """Return rates and channels in the order in which they are tried."""
    most = device.inputs if kind == "input" else device.outputs
    rates = list(dict.fromkeys((rate_hz, device.rate_hz, 48_000, 44_100)))
    channels = [1, 2] if most > 1 else [1]
    return [(rate, count) for rate in rates for count in channels]


def _cannot_open(name: str, kind: DeviceKind, problem: Exception | None) -> AudioError:
    noun = NOUN[kind]
    text = str(problem)
    if "-9985" in text:  # paDeviceUnavailable
        return AudioError(
            "device_busy",
            f"Another program is using the {noun} {name}.",
            "Close that program, or choose another device: `assistant devices` lists them.",
        )
    logger.info("PortAudio on %s: %s", name, text)
    return AudioError(
        f"no_{kind}_device",
        f"The {noun} {name} cannot be opened.",
        "Check that it is plugged in and switched on in the sound settings, or choose another one.",
    )
