"""The loudspeaker: samples queued, played by a thread of its own.

Owns one output stream. Does not decide when to stop or what to play; flushing, device loss and latency
reports belong to the live conversation.
"""

from __future__ import annotations

import logging
import queue
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import AudioError

QUEUE_CHUNKS = 8192
"""Bound of the queue: at 10 ms a chunk, more than a minute. Overflow: the newest chunk is dropped."""

logger = logging.getLogger(__name__)


class Speaker:
    """The default output device, open from construction until :meth:`close`.

    Args:
        rate_hz: rate of the samples given to :meth:`put`.

    Raises:
        AudioError: ``no_portaudio`` or ``no_output_device``.
    """

    def __init__(self, rate_hz: int) -> None:
        self._stream = _open(rate_hz)
        self._queue: queue.Queue[NDArray[np.float32] | None] = queue.Queue(QUEUE_CHUNKS)
        self._thread = threading.Thread(target=self._play, name="playback", daemon=True)
        self._thread.start()

    def put(self, samples: NDArray[np.float32]) -> None:
        """Queue samples: float32, shape (n,), mono; any thread, never blocks."""
        try:
            self._queue.put_nowait(samples)
        except queue.Full:
            logger.warning("the loudspeaker is over a minute behind; a chunk was dropped")

    def close(self) -> None:
        """Play what is queued, then close the device; idempotent."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _play(self) -> None:
        try:
            while (samples := self._queue.get()) is not None:
                self._stream.write(samples)
        except Exception as exc:  # noqa: BLE001 - a lost device must not take the program down
            logger.warning("the loudspeaker stopped: %s", exc)
        finally:
            self._stream.stop()
            self._stream.close()


def _open(rate_hz: int) -> Any:
    try:
        import sounddevice
    except OSError as exc:
        raise AudioError(
            "no_portaudio", "The PortAudio library is not installed.", "Install libportaudio2."
        ) from exc
    try:
        stream = sounddevice.OutputStream(samplerate=rate_hz, channels=1, dtype="float32")
        stream.start()
    except sounddevice.PortAudioError as exc:
        raise AudioError(
            "no_output_device",
            f"No loudspeaker could be opened: {exc}.",
            "Check the sound settings.",
        ) from exc
    return stream
