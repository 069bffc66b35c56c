"""Is the turn over? Smart Turn v3 listens to how the last words sound (intonation, fillers), not to silence.

Owns the model's session and its features. Deliberately decides nothing: it gives one vote to
`assistant.listening.endpoint`. An optional model; without its file the words alone vote.

Contract of the file (pipecat-ai/smart-turn-v3, smart-turn-v3.2-cpu.onnx, BSD-2-Clause): input
``input_features`` float32 (1, 80, 800), Whisper's log-mel of the last 8 s, the waveform padded with
zeros on the left and brought to zero mean and unit variance; output the probability, sigmoid applied.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.engines.base import Samples
from assistant.errors import ModelError

RATE_HZ = 16_000
WINDOW_S = 8.0
"""What the model was trained on; of a longer turn the end counts."""

_INPUT = "input_features"
_MELS, _COLUMNS = 80, 800
_FFT, _HOP = 400, 160
"""25 ms windows every 10 ms. Source: Whisper's audio.py (openai/whisper, MIT)."""


class SmartTurn:
    """The model on one thread of the processor; some 12 ms a question. One thread at a time asks.

    Ask once in a pause (at the soft end), not continuously.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt`` (it does not load) or ``model_unfit`` (it is
            no Smart Turn v3).
    """

    def __init__(self, path: Path) -> None:
        import onnxruntime

        runtime: Any = onnxruntime  # untyped
        if not path.is_file():
            raise ModelError(
                "model_missing",
                f"The Smart Turn model {path.name} is not installed.",
                "Pull it again, or go on without: pauses then decide by the words alone.",
            )
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what goes wrong is raised; nothing else may print
        try:
            self._session = runtime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own classes derive from nothing more precise
            raise ModelError(
                "model_corrupt",
                f"The Smart Turn model {path.name} does not load.",
                "Remove and pull it again.",
            ) from error
        inputs = {one.name: one.shape for one in self._session.get_inputs()}
        if list(inputs) != [_INPUT] or inputs[_INPUT][1:] != [_MELS, _COLUMNS]:
            raise ModelError(
                "model_unfit",
                f"{path.name} takes {inputs}, not the features of Smart Turn v3.",
                "Use smart-turn-v3.x; earlier versions listen to the waveform itself.",
            )

    def probability(self, samples: Samples) -> float:
        """Return how likely the turn is over after ``samples``.

        Args:
            samples: the turn so far, its last pause included: float32, shape (n,), mono, 16 kHz.
        """
        (answer,) = self._session.run(None, {_INPUT: features(samples)[None]})[:1]
        return float(np.asarray(answer).reshape(-1)[0])


def features(samples: Samples) -> NDArray[np.float32]:
    """Return Whisper's log-mel of the last 8 s, shape (80, 800), as Smart Turn wants it."""
    window = int(WINDOW_S * RATE_HZ)
    last = samples[-window:].astype(np.float64)
    wave = np.concatenate((np.zeros(window - len(last)), last))
    wave = (wave - wave.mean()) / np.sqrt(wave.var() + 1e-7)
    padded = np.pad(wave, _FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_HOP][:_COLUMNS]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FFT) / _FFT)
    power = np.abs(np.fft.rfft(frames * hann)) ** 2
    log = np.log10(np.maximum(power @ _mel_filters(), 1e-10)).T
    log = np.maximum(log, log.max() - 8.0)
    scaled: NDArray[np.float32] = ((log + 4.0) / 4.0).astype(np.float32)
    return scaled


@lru_cache(maxsize=1)
def _mel_filters() -> NDArray[np.float64]:
    """Return Slaney's mel filters of equal area up to 8 kHz, shape (201, 80). Source: librosa.filters.mel."""
    edges = _hz(np.linspace(0.0, _mel(RATE_HZ / 2), _MELS + 2))
    hz = np.linspace(0, RATE_HZ / 2, _FFT // 2 + 1)[:, None]
    rising = (hz - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - hz) / np.diff(edges)[1:]
    triangles: NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling))
    return triangles * (2.0 / (edges[2:] - edges[:-2]))


_LINEAR_HZ, _BREAK_HZ, _STEPS = 200 / 3, 1000.0, np.log(6.4) / 27
"""Slaney's scale: linear below 1 kHz, logarithmic above, 27 steps to 6.4 times the frequency."""


def _mel(hz: float) -> float:
    assert hz >= _BREAK_HZ
    return float(_BREAK_HZ / _LINEAR_HZ + np.log(hz / _BREAK_HZ) / _STEPS)


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    bend = _BREAK_HZ / _LINEAR_HZ
    return np.where(
        mel < bend, mel * _LINEAR_HZ, _BREAK_HZ * np.exp(_STEPS * (np.maximum(mel, bend) - bend))
    )
