"""The pronunciation of words that no lexicon has, from their letters.

Owns the small model's session. Trained on cmudict by `models/talker/train/letters.py`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from assistant.engines.onnx_session import SessionPlan, open_session, unfit


class LetterToSound:
    """Pronounces a word; about 0.2 ms. One thread at a time.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt`` or ``model_unfit``.
    """

    def __init__(self, path: Path) -> None:
        what = "letter-to-sound model"
        self._session = open_session(
            path,
            SessionPlan(threads=1),
            what,
            inputs={"letters": "tensor(int64)"},
            outputs=["scores"],
        )
        kept = self._session.get_modelmeta().custom_metadata_map
        try:
            self._letters: str = kept["letters"]
            self._phones: list[str] = json.loads(kept["phones"])
        except (KeyError, ValueError) as exc:
            raise unfit(path, what, "it does not say which phones it gives") from exc

    def __call__(self, word: str) -> list[str]:
        """Return the phones with stress; none for a word without a letter it knows."""
        ids = [self._letters.index(letter) for letter in word if letter in self._letters[1:]]
        if not ids:
            return []
        feeds = {"letters": np.array([ids], np.int64)}
        best = self._session.run(["scores"], feeds)[0][0].argmax(axis=1)
        # As in CTC: a phone counts once while it stays, and 0 is no phone.
        pairs = zip(best, [0, *best[:-1]], strict=True)
        return [self._phones[phone] for phone, before in pairs if phone and phone != before]
