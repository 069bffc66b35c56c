"""Recognisers in ONNX files, run by the library onnx-asr: NeMo CTC, NeMo TDT, Canary and Whisper.

Owns the streaming around them: partial texts by recognising the growing audio again, and the cut of long
speech into windows. Deliberately downloads nothing, knows no file names of single models (a model's kind
is seen from its folder) and leaves decoding to the library, and features, but for what it need not compute
twice (`assistant.engines.nemo_features`).

The library's ``load_model`` is not used: it also opens seven resamplers (0.5 s, 32 MB and 7 threads,
2026-11-21), and its lookup of files is what may download (docs/adr/0015-onnx-asr.md).
"""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from assistant.engines.base import Recognition
from assistant.engines.onnx_session import PROVIDERS, SessionPlan, corrupt, required, unfit
from assistant.errors import ModelError, TurnError

if TYPE_CHECKING:
    from assistant.engines.base import Samples

logger = logging.getLogger(__name__)

RATE_HZ: Final = 16_000

WINDOW_S: Final = 20.0
"""Longest audio recognised at once: Whisper hears 30 s, and the work memory the others keep grows with it
(by 170 MB for 28 s; replica of FastConformer 110M, 2026-11-21)."""

_CUT_FROM_S: Final = 12.0
"""Longer speech is cut at its quietest moment after this much of a window."""
_CUT_FRAME: Final = 320  # 20 ms
_CUT_SPAN: Final = 10  # frames that must be quiet together: 200 ms, a pause between words
_SHORTEST_S: Final = 0.2
"""Shorter audio is filled up with silence: the features' variance needs a few frames."""

_AUDIO_PER_COMPUTE: Final = 3.0
"""Seconds of new audio per second the last recognition took, before the next partial: recognition then takes
at most a third of the time, the audio waiting behind it is always caught up with, and however slow the
machine, the inbox of the stage does not grow."""

_TOKENS_PER_S: Final = 12
_SPARE_TOKENS: Final = 16
"""Bound of a decoder that writes one token after another: fast speech has about 5 tokens a second. Without
it a Whisper that repeats itself would go on for 448 tokens."""

Kind = Literal["nemo-conformer-ctc", "nemo-conformer-tdt", "nemo-conformer-aed", "whisper"]

_GRAPHS: Final[Mapping[Kind, Mapping[str, str]]] = {
    "whisper": {"encoder": "encoder_model", "decoder": "decoder_model_merged"},
    "nemo-conformer-aed": {"encoder": "encoder-model", "decoder": "decoder-model"},
    "nemo-conformer-tdt": {"encoder": "encoder-model", "decoder_joint": "decoder_joint-model"},
    "nemo-conformer-ctc": {"model": "model"},
}
"""Names of a kind's graphs, before ``.int8.onnx``, ``_quantized.onnx`` or ``.onnx`` (onnx-asr 0.12.0)."""

_TEXTS: Final[Mapping[Kind, Mapping[str, str]]] = {
    "whisper": {"vocab": "vocab.json", "added_tokens": "added_tokens.json"},
    "nemo-conformer-aed": {"vocab": "vocab.txt"},
    "nemo-conformer-tdt": {"vocab": "vocab.txt"},
    "nemo-conformer-ctc": {"vocab": "vocab.txt"},
}

_WHAT: Final = "recogniser"


@dataclass(frozen=True, slots=True)
class _Heard:
    """One window's text; ``logprobs`` of its tokens where the model's outputs are log-probabilities."""

    text: str
    logprobs: tuple[float, ...] = ()


class OnnxAsrRecognizer:
    """Recognises one utterance at a time; texts are written as the model writes them.

    Args:
        folder: where the model's files lie, in any of the layouts above.
        language: what is spoken; models of one language take no notice.
        partial_ms: new audio after which the text so far is recognised again.
        plan: threads and memory of each of its sessions (Whisper, Canary and TDT have two).
        clock: seconds, monotonic; measures what a recognition costs.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt``, or ``model_unfit`` when the files load and are
            no such model: it is run once here.
    """

    rate_hz: int = RATE_HZ

    def __init__(
        self,
        folder: Path,
        *,
        language: str = "en",
        partial_ms: int = 300,
        plan: SessionPlan | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.languages: tuple[str, ...] = (language,)
        self.kind, files = _find(folder)
        self._partial_samples = partial_ms * RATE_HZ // 1000
        self._clock = clock
        self._model: Any = _open(self.kind, files, plan or SessionPlan(threads=2))
        self._stream: _Stream | None = None
        graph = next(iter(files.values()))
        try:
            self._recognize(np.zeros(RATE_HZ, np.float32))
        except Exception as exc:  # whatever a foreign graph makes the library raise
            logger.info("%s cannot be run: %s", folder, exc)
            raise unfit(graph, _WHAT, "a trial run failed") from exc

    def open(self) -> _Stream:
        """Start an utterance; one still open is cancelled."""
        if self._model is None:
            raise RuntimeError("the recogniser is closed")
        if self._stream is not None:
            self._stream.cancel()
        self._stream = _Stream(self._recognize_or_fail, self._partial_samples, self._clock)
        return self._stream

    def close(self) -> None:
        """Free the model; idempotent."""
        if self._stream is not None:
            self._stream.cancel()
        self._stream = self._model = None

    def _recognize_or_fail(self, samples: Samples) -> _Heard:
        if self._model is None:
            raise RuntimeError("the recogniser is closed")
        try:
            return self._recognize(samples)
        except Exception as exc:
            raise TurnError(
                "stt", "stt_failed", "The recogniser failed.", "Say it again; see the log."
            ) from exc

    def _recognize(self, samples: Samples) -> _Heard:
        missing = int(_SHORTEST_S * RATE_HZ) - len(samples)
        wave = np.pad(samples, (0, missing)) if missing > 0 else samples
        options: dict[str, str] = {}
        if self.kind in ("whisper", "nemo-conformer-aed"):
            options["language"] = self.languages[0]
            self._model.config["max_sequence_length"] = _SPARE_TOKENS + math.ceil(
                _TOKENS_PER_S * len(wave) / RATE_HZ
            )
        lengths = np.array([len(wave)], np.int64)
        (found,) = self._model.recognize_batch(wave[None], lengths, **options)
        if self.kind != "nemo-conformer-ctc" or found.logprobs is None:
            return _Heard(found.text.strip())
        return _Heard(found.text.strip(), tuple(found.logprobs))


class _Stream:
    """One utterance: windows already decided, and the audio of the window still open."""

    def __init__(
        self,
        recognize: Callable[[Samples], _Heard],
        partial_samples: int,
        clock: Callable[[], float],
    ) -> None:
        self._recognize = recognize
        self._partial_samples = partial_samples
        self._clock = clock
        self._blocks: list[Samples] = []
        self._length = 0
        self._new = 0
        self._wait_for = partial_samples
        self._decided: list[_Heard] = []
        self._latest: _Heard | None = None
        self._told = ""
        self._spent = False

    def feed(self, samples: Samples) -> str | None:
        """Take more audio; return the text so far when it changed, at the pace the machine keeps up with."""
        self._check_not_spent()
        wave = np.clip(np.nan_to_num(samples, posinf=1.0, neginf=-1.0), -1.0, 1.0)
        self._blocks.append(wave.astype(np.float32, copy=False))
        self._length += len(wave)
        self._new += len(wave)
        self._decide_full_windows()
        if self._new < self._wait_for:
            return None
        self._listen()
        text = self._text()
        if text == self._told:
            return None
        self._told = text
        return text

    def finish(self) -> Recognition:
        """Recognise what is left and return everything; the stream is spent afterwards."""
        self._check_not_spent()
        if self._new or (self._latest is None and self._length):
            self._listen()
        self._spent = True
        text = self._text()
        logprobs = [one for heard in self._heard() for one in heard.logprobs]
        self._blocks.clear()
        if not text or not logprobs:
            return Recognition(text, None)
        return Recognition(text, min(1.0, math.exp(sum(logprobs) / len(logprobs))))

    def cancel(self) -> None:
        """Forget the utterance; idempotent."""
        self._spent = True
        self._blocks.clear()

    def _check_not_spent(self) -> None:
        if self._spent:
            raise RuntimeError("the utterance is over; open() starts another")

    def _audio(self) -> Samples:
        if len(self._blocks) != 1:
            joined = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)
            self._blocks = [joined]
        return self._blocks[0]

    def _listen(self) -> None:
        started = self._clock()
        self._latest = self._recognize(self._audio())
        cost_s = self._clock() - started
        self._new = 0
        self._wait_for = max(self._partial_samples, int(_AUDIO_PER_COMPUTE * cost_s * RATE_HZ))

    def _decide_full_windows(self) -> None:
        while self._length > WINDOW_S * RATE_HZ:
            audio = self._audio()
            cut = _quietest(audio)
            self._decided.append(self._recognize(audio[:cut]))
            self._blocks = [audio[cut:]]
            self._length -= cut
            self._new, self._latest = self._length, None

    def _heard(self) -> list[_Heard]:
        return [*self._decided, *([self._latest] if self._latest else [])]

    def _text(self) -> str:
        return " ".join(heard.text for heard in self._heard() if heard.text)


def _quietest(audio: Samples) -> int:
    """Return the sample of a window's end at which a cut hurts least: the middle of the quietest 200 ms."""
    first = int(_CUT_FROM_S * RATE_HZ)
    last = int(WINDOW_S * RATE_HZ)
    frames = audio[first:last].astype(np.float64)
    frames = frames[: len(frames) // _CUT_FRAME * _CUT_FRAME].reshape(-1, _CUT_FRAME)
    energy = np.convolve((frames**2).sum(axis=1), np.ones(_CUT_SPAN), mode="valid")
    return first + (int(np.argmin(energy)) + _CUT_SPAN // 2) * _CUT_FRAME


# --- from files to a model --------------------------------------------------------------------------


def _find(folder: Path) -> tuple[Kind, dict[str, Path]]:
    """Return which kind of model lies in ``folder``, and its files by onnx-asr's names for them."""
    if not folder.is_dir():
        raise ModelError(
            "model_missing",
            f"The folder {folder.name} of the recogniser is not there.",
            "Pull the model (`assistant models pull`).",
        )
    for kind, stems in _GRAPHS.items():
        found = {key: _graph(folder, stem) for key, stem in stems.items()}
        if None in found.values():
            continue
        files = {key: path for key, path in found.items() if path is not None}
        files |= {key: required(folder / name, _WHAT) for key, name in _TEXTS[kind].items()}
        config = folder / "config.json"
        if config.is_file():
            files["config"] = config
        return kind, files
    raise ModelError(
        "model_missing",
        f"There is no recogniser in {folder.name}: its ONNX files are missing.",
        "Pull the model again, or point at the folder that holds its .onnx files.",
    )


def _graph(folder: Path, stem: str) -> Path | None:
    """Return the graph called ``stem`` in any precision, a quantised one first."""
    form = re.compile(rf"{re.escape(stem)}(?P<precision>[._][a-z0-9]+)?\.(onnx|ort)")
    found = [(form.fullmatch(path.name), path) for path in sorted(folder.rglob(f"{stem}*"))]
    fitting = [(not match["precision"], path) for match, path in found if match and path.is_file()]
    return min(fitting)[1] if fitting else None


def _open(kind: Kind, files: dict[str, Path], plan: SessionPlan) -> Any:
    """Return onnx-asr's model.

    Raises:
        ModelError: ``model_corrupt`` when a file cannot be read.
    """
    from onnx_asr.models import nemo, whisper
    from onnx_asr.preprocessors.numpy_preprocessor import WhisperPreprocessorNumpy

    from assistant.engines.nemo_features import GrowingFeatures

    class BoundedWhisper(whisper.WhisperHf):
        """Stops where more tokens than the audio can hold have been written."""

        def _decoding(self, input_features: Any, tokens: Any, max_length: int = 448) -> Any:
            most = self.config.get("max_sequence_length", max_length)
            return super()._decoding(input_features, tokens, min(max_length, most))

    models: dict[Kind, Any] = {
        "whisper": BoundedWhisper,
        "nemo-conformer-aed": nemo.NemoConformerAED,
        "nemo-conformer-tdt": nemo.NemoConformerTdt,
        "nemo-conformer-ctc": nemo.NemoConformerCtc,
    }

    def features(name: str) -> Any:
        return (WhisperPreprocessorNumpy if kind == "whisper" else GrowingFeatures)(name)

    options = {"sess_options": plan.options(), "providers": PROVIDERS, "provider_options": None}
    try:
        return models[kind](files, features, options)
    except Exception as exc:
        logger.info("the recogniser does not load: %s", exc)
        raise corrupt(_culprit(files, str(exc)), _WHAT) from exc


def _culprit(files: Mapping[str, Path], complaint: str) -> Path:
    """Return the file the complaint names, else the text file that is no text, else the first."""
    for path in files.values():
        if path.name in complaint:
            return path
    for path in files.values():
        if path.suffix in (".json", ".txt") and not _readable(path):
            return path
    return next(iter(files.values()))


def _readable(path: Path) -> bool:
    import json

    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            json.loads(text)
        else:
            [int(line.split(" ")[1]) for line in text.splitlines()]
    except (ValueError, IndexError, OSError):
        return False
    return True
