"""DNSMOS P.835: how good speech sounds to a judge trained on people's ratings, 1 to 5.

Owns running that judge. The model comes in the wheel of `speechmos` (MIT); its own code is not run, as it
needs librosa for a second model, not used here. It hears noise and artefacts, not whether words are clear.
Source: ``speechmos/dnsmos.py`` 0.0.1.1; C. K. A. Reddy et al., "DNSMOS P.835", ICASSP 2022.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from assistant.engines.base import Samples
from assistant.engines.onnx_session import SessionPlan, open_session
from assistant.errors import ModelError

RATE_HZ: Final = 16_000
WINDOW: Final = int(9.01 * RATE_HZ)

_SIGNAL: Final = (-0.08397278, 1.22083953, 0.0052439)
_BACKGROUND: Final = (-0.13166888, 1.60915514, -0.39604546)
_OVERALL: Final = (-0.06766283, 1.11546468, 0.04602535)
"""From what the network says to the scale of people's ratings, highest power first."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """Ratings from 1 (bad) to 5 (excellent): of the speech, of the background, of both together."""

    signal: float
    background: float
    overall: float


class SpeechJudge:
    """The loaded judge; one thread at a time.

    Raises:
        ModelError: ``judge_missing`` when `speechmos` is not installed, or its file does not load.
    """

    def __init__(self) -> None:
        spec = importlib.util.find_spec("speechmos")
        if spec is None or spec.origin is None:
            raise ModelError(
                "judge_missing",
                "Judging how speech sounds needs the package speechmos, which is not installed.",
                "Run `pip install 'sarai-assistant[judges]'`.",
            )
        path = Path(spec.origin).parent / "dnsmos_models" / "sig_bak_ovr.onnx"
        self._session = open_session(
            path, SessionPlan(), "speech judge", inputs=["input_1"], outputs=[]
        )

    def rate(self, speech: Samples) -> Opinion:
        """Return the mean opinion over windows of 9.01 s, a second apart; shorter speech is repeated.

        Args:
            speech: float32, mono, 16 kHz, at least one sample.
        """
        wave = np.clip(speech, -1.0, 1.0).astype(np.float32)
        while wave.size < WINDOW:
            wave = np.concatenate([wave, wave])
        count = int(wave.size // RATE_HZ - WINDOW / RATE_HZ) + 1
        starts = [number * RATE_HZ for number in range(count)]
        raw = np.array(
            [
                self._session.run(None, {"input_1": wave[None, start : start + WINDOW]})[0][0]
                for start in starts
                if start + WINDOW <= wave.size
            ]
        )
        curves = zip((_SIGNAL, _BACKGROUND, _OVERALL), raw.T, strict=True)
        return Opinion(*(float(np.polyval(curve, said).mean()) for curve, said in curves))
