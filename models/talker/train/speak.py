"""How the program speaks with the kept files, for reference: numpy and ONNX Runtime, no torch.

Owns the joining of pieces. `python speak.py "Is it raining?" out.wav [--speed 1.2] [--pitch 2]`. The contract
is described in `docs/talker.md`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.speech.phonemes import FrontEnd, read_lexicon

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
RATE_HZ, HOP = 24_000, 240
SPEED_RANGE, PITCH_RANGE = (0.5, 2.0), (-4.5, 4.5)

PHONEMES_A_PIECE = (40, 120)  # first, later
PHONEMES_OF_CONTEXT = 36  # 16 that the phoneme layers see, and enough to fill the 20 frames
FRAMES_A_TALK = (48, 200)  # through the talker at once, first and later: it sees each frame alone
FRAMES_A_CHUNK = (24, 60, 120)  # first, second, later
FRAMES_OF_CONTEXT = 18  # what the vocoder sees to either side

F32 = NDArray[np.float32]


class LetterToSound:
    """Pronounces a word of the letters a to z; "" for one without any."""

    def __init__(self, path: Path, threads: int) -> None:
        self._session = session(path, threads)
        kept = self._session.get_modelmeta().custom_metadata_map
        self._letters, self._phones = kept["letters"], json.loads(kept["phones"])

    def __call__(self, word: str) -> list[str]:
        """Return the phones with stress; none for a word without letters."""
        ids = [self._letters.index(letter) for letter in word if letter in self._letters[1:]]
        if not ids:
            return []
        path = self._session.run(None, {"letters": np.array([ids], np.int64)})[0][0].argmax(1)
        pairs = zip(path, [0, *path[:-1]], strict=True)
        return [self._phones[phone] for phone, before in pairs if phone and phone != before]


class Voice:
    """Text of any length to sound at 24 kHz, piece by piece."""

    def __init__(
        self,
        folder: Path = ARTEFACTS,
        talker: Path | None = None,
        threads: int = 2,
        graphs: Path | None = None,
    ) -> None:
        """Open the kept files; `graphs` holds the two roles as files of their own, before there is a core."""
        self.front_end = FrontEnd(
            read_lexicon(folder / "lexicon.txt.gz"), LetterToSound(folder / "letters.onnx", 1)
        )
        self._talker = session(talker or folder / "talker_int8.onnx", threads)
        if graphs is not None:
            self._encode = session(graphs / "tts_encode.onnx", threads)
            self._vocode = session(graphs / "vocode.onnx", threads)
        else:
            core = session(folder / "audio_core.onnx", threads)
            self._encode, self._vocode = Role(core, "tts_encode"), Role(core, "vocode")

    def say(self, text: str, speed: float = 1.0, pitch_semitones: float = 0.0) -> F32:
        """Return the whole sound, float32 [-1, 1]; empty if nothing can be said."""
        chunks = list(self.stream(text, speed, pitch_semitones))
        return np.concatenate(chunks) if chunks else np.zeros(0, np.float32)

    def stream(self, text: str, speed: float = 1.0, pitch_semitones: float = 0.0) -> Iterator[F32]:
        """Yield the sound in chunks; the first is ready when the first words are done."""
        yield from self.sound(self.tokens(text, speed, pitch_semitones))

    def tokens(
        self, text: str, speed: float = 1.0, pitch_semitones: float = 0.0
    ) -> Iterator[NDArray[np.int64]]:
        """Yield audio tokens, 100 a second."""
        size = FRAMES_A_TALK[0]
        for number, sentence in enumerate(self.front_end.sentences(text)):
            for hidden in self.hidden_states(
                sentence.ids, speed, pitch_semitones, is_first=number == 0
            ):
                at = 0
                while at < hidden.shape[1]:
                    part = np.ascontiguousarray(hidden[:, at : at + size])
                    (logits,) = self._talker.run(["audio_logits"], {"hidden_states": part})
                    yield logits[0].argmax(1)
                    at, size = at + size, FRAMES_A_TALK[1]

    def hidden_states(
        self, ids: Sequence[int], speed: float, pitch_semitones: float, *, is_first: bool = True
    ) -> Iterator[F32]:
        """Yield hidden_states [1, S, 3584] of a sentence piece by piece; together the same as in one go."""
        begin = 0
        while begin < len(ids):
            end = min(begin + PHONEMES_A_PIECE[0 if is_first and begin == 0 else 1], len(ids))
            left, right = (
                max(begin - PHONEMES_OF_CONTEXT, 0),
                min(end + PHONEMES_OF_CONTEXT, len(ids)),
            )
            hidden, frames = self._encode.run(
                ["hidden_states", "frames"],
                {
                    "phoneme_ids": np.array([ids[left:right]], np.int64),
                    "speed": np.array([np.clip(speed, *SPEED_RANGE)], np.float32),
                    "pitch_semitones": np.array(
                        [np.clip(pitch_semitones, *PITCH_RANGE)], np.float32
                    ),
                },
            )
            skipped = int(frames[0, : begin - left].sum())
            count = int(frames[0, begin - left : end - left].sum())
            if count:
                yield hidden[:, skipped : skipped + count]
            begin = end

    def sound(self, pieces: Iterator[NDArray[np.int64]]) -> Iterator[F32]:
        """Yield the sound of token pieces, in chunks that join without a seam.

        Each chunk is made with the frames around it, which are cut away; the running phase is handed on.
        """
        held = np.zeros(0, np.int64)  # from `held_at` on
        held_at = made = number = 0
        phase, is_last = 0.0, False
        while not is_last:
            piece = next(pieces, None)
            is_last = piece is None
            if piece is not None:
                held = np.concatenate([held, piece])
            while True:
                wanted = FRAMES_A_CHUNK[min(number, len(FRAMES_A_CHUNK) - 1)]
                known = held_at + len(held)
                if not is_last and known < made + wanted + FRAMES_OF_CONTEXT:
                    break
                count = min(wanted, known - made)
                if not count:
                    break
                left = max(made - FRAMES_OF_CONTEXT, 0)
                ids = held[left - held_at : made + count + FRAMES_OF_CONTEXT - held_at]
                wave, phases = self._vocode.run(
                    ["waveform", "frame_phases"],
                    {
                        "audio_ids": ids[None],
                        "phase": np.array([phase], np.float32),
                        "anchor_frame": np.array([made - left], np.int64),
                        "first_frame": np.array([left], np.int64),
                    },
                )
                yield wave[0, (made - left) * HOP : (made - left + count) * HOP]
                phase = float(phases[0, made - left + count])
                made, number = made + count, number + 1
                kept = max(made - FRAMES_OF_CONTEXT, 0)
                held, held_at = held[kept - held_at :], kept


class Role:
    """One role of the audio core: its names carry the role's, and nothing else runs (docs/talker.md)."""

    def __init__(self, core: Any, name: str) -> None:
        self._core, self._name = core, name

    def run(
        self, outputs: Sequence[str] | None, feeds: Mapping[str, np.ndarray]
    ) -> list[np.ndarray]:
        """Return the role's outputs; None = all of them."""
        if outputs is None:
            names = (port.name.partition("/") for port in self._core.get_outputs())
            outputs = [name for role, _, name in names if role == self._name]
        given = {f"{self._name}/{name}": value for name, value in feeds.items()}
        return self._core.run([f"{self._name}/{name}" for name in outputs], given)


def session(path: Path, threads: int):
    """Return a session that leaves the cores alone between runs."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def main() -> None:
    import soundfile

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text")
    parser.add_argument("wav", type=Path)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--pitch", type=float, default=0.0, help="semitones")
    args = parser.parse_args()
    voice = Voice()
    voice.say("Ready.")
    begin = time.perf_counter()
    chunks, first = [], 0.0
    for chunk in voice.stream(args.text, args.speed, args.pitch):
        first = first or time.perf_counter() - begin
        chunks.append(chunk)
    spent = time.perf_counter() - begin
    audio = np.concatenate(chunks)
    soundfile.write(args.wav, audio, RATE_HZ)
    print(
        f"{len(audio) / RATE_HZ:.2f} s of sound in {spent * 1e3:.0f} ms, the first after {first * 1e3:.0f} ms"
    )


if __name__ == "__main__":
    main()
