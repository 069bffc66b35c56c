"""How voices sound and whether they are understood: DNSMOS, and words lost on the way through recognisers.

Owns the sentences and the round trip. A recogniser's own errors are in the figure: it compares voices with
each other, best by several, none of which was trained on one of the voices. Nobody who judges is told which
voice a clip is of (`assistant.bench.voice_blind`).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from assistant.bench.dnsmos import RATE_HZ, Opinion, SpeechJudge
from assistant.bench.recognizers import with_decoding
from assistant.bench.voice_blind import (
    Clip,
    Difference,
    Shuffled,
    mean_difference,
    rate_difference,
)
from assistant.engines.base import CancelToken, Recognizer, Samples, Synthesizer
from assistant.engines.resampling import resampled
from assistant.errors import ModelError, SettingsError
from assistant.metrics import Distribution, distribution
from assistant.pool.pool import ModelPool
from assistant.pool.replica import is_replica
from assistant.speech.normalize import normalize
from assistant.speech.word_errors import spoken_words, word_errors

if TYPE_CHECKING:
    from assistant.settings import Settings

SENTENCES: Final[Mapping[str, Sequence[str]]] = {
    "en": (
        "The timer for twenty minutes has started.",
        "Tomorrow morning will be cold with a little rain.",
        "I have written down milk, bread and two lemons.",
        "The train to the north leaves at a quarter past nine.",
        "There are one hundred and eighty days until summer.",
        "The museum is closed on Mondays and open every other day.",
        "Water boils at a lower temperature on high mountains.",
        "Your next appointment is on Thursday afternoon.",
        "A group of crows is sometimes called a murder.",
        "The red lamp in the kitchen has been switched off.",
        "Seven times eight is fifty six.",
        "Honey keeps for many years when the jar is closed.",
        "The old bridge was built of stone and iron.",
        "It takes about four hours to drive to the coast.",
        "Please check the door before you go to bed.",
        "The moon is smaller than the earth but larger than it looks.",
        "My favourite colour would be a deep shade of blue.",
        "The cat slept under the warm stove all winter.",
        "Two pounds are a little less than one kilogram.",
        "Nobody has called while you were away.",
        "The second page of the letter is missing.",
        "Fresh basil goes well with ripe tomatoes.",
        "The shortest way leads through the park.",
        "I did not understand the last word, please say it again.",
    ),
    "es": (
        "El temporizador de veinte minutos ha empezado.",
        "Mañana por la mañana hará frío y lloverá un poco.",
        "He apuntado leche, pan y dos limones.",
        "El tren del norte sale a las nueve y cuarto.",
        "El museo cierra los lunes y abre los demás días.",
        "Tu próxima cita es el jueves por la tarde.",
        "La lámpara roja de la cocina está apagada.",
        "Siete por ocho son cincuenta y seis.",
        "La miel se conserva muchos años en un bote cerrado.",
        "El puente viejo es de piedra y de hierro.",
        "Se tarda unas cuatro horas en llegar a la costa.",
        "El gato durmió todo el invierno junto a la estufa.",
    ),
}
"""Written for this bench; in no training data of ours."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one recogniser understood.

    Attributes:
        recogniser: its name in the settings, and its decoding if it was given one.
        counts: (wrong, missing and added words; words said) of each sentence.
        replica: it has random weights.
    """

    recogniser: str
    counts: tuple[tuple[int, int], ...]
    replica: bool

    @property
    def errors(self) -> int:
        """Of all sentences together."""
        return sum(errors for errors, _ in self.counts)

    @property
    def words(self) -> int:
        """Said in all sentences together."""
        return sum(words for _, words in self.counts)

    @property
    def word_error_rate(self) -> float:
        """Errors for each word that was said."""
        return self.errors / max(1, self.words)


@dataclass(frozen=True, slots=True)
class VoiceReport:
    """One voice.

    Attributes:
        voice: its name in the settings.
        language: of the sentences.
        replica: it has random weights.
        sentences: how many were spoken.
        audio_s: of speech.
        first_ms: text → first samples.
        times_real_time: seconds of speech made in a second.
        heard: by each recogniser.
        opinions: of DNSMOS on each sentence; empty = not judged.
    """

    voice: str
    language: str
    replica: bool
    sentences: int
    audio_s: float
    first_ms: Distribution
    times_real_time: float
    heard: tuple[Heard, ...]
    opinions: tuple[Opinion, ...] = field(default=(), repr=False)

    def mean_opinion(self) -> Opinion | None:
        """Return the mean over the sentences, or None without a judge."""
        if not self.opinions:
            return None
        rows = np.array([(one.signal, one.background, one.overall) for one in self.opinions])
        return Opinion(*(float(value) for value in rows.mean(axis=0)))

    def against(self, other: VoiceReport) -> list[Difference]:
        """Return how it differs from another voice that said the same, in each measure."""
        found = [
            Difference(
                f"word errors by {mine.recogniser}",
                *rate_difference(mine.counts, theirs.counts),
                unit="points",
                less_is_better=True,
            )
            for mine, theirs in zip(self.heard, other.heard, strict=True)
        ]
        if self.opinions and other.opinions:
            value, error = mean_difference(
                [one.overall for one in self.opinions], [one.overall for one in other.opinions]
            )
            found.append(Difference("DNSMOS overall", value, error, "", less_is_better=False))
        first = self.first_ms.p95 - other.first_ms.p95
        return [*found, Difference("first sound P95", first, None, "ms", less_is_better=True)]

    def as_json(self) -> dict[str, object]:
        """Return everything as plain values."""
        opinion = self.mean_opinion()
        return {
            "voice": self.voice,
            "language": self.language,
            "replica": self.replica,
            "sentences": self.sentences,
            "audio_s": round(self.audio_s, 2),
            "first_ms": asdict(self.first_ms),
            "times_real_time": round(self.times_real_time, 2),
            "dnsmos": asdict(opinion) if opinion else None,
            "word_error_rate": {
                one.recogniser: {
                    "rate": round(one.word_error_rate, 4),
                    "words": one.words,
                    "errors": one.errors,
                    "replica": one.replica,
                }
                for one in self.heard
            },
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Speaker:
    """One voice and what it said."""

    name: str
    language: str
    engine: Synthesizer
    texts: Sequence[str]
    waves: list[Samples] = field(default_factory=list)
    first_ms: list[float] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)


def measure_voices(
    settings: Settings,
    voices: Sequence[str],
    recognisers: Sequence[str],
    *,
    judge: SpeechJudge | None,
    sentences: Sequence[str] | None = None,
    on_step: Callable[[str], None] = lambda _step: None,
) -> list[VoiceReport]:
    """Have the voices say all sentences in turns, then a judge and each recogniser hear them, blind.

    Args:
        settings: that know the models.
        voices: names of models that speak.
        recognisers: names of models that hear; ``name:decoding`` for another language model of pocketsphinx.
        judge: None = nobody rates the sound.
        sentences: None = ours in each voice's language.
        on_step: told what comes next.

    Raises:
        SettingsError: ``not_a_voice`` or ``not_a_recogniser``, or no such model.
        ModelError: one does not load, or a voice made no sound.
    """
    on_step(f"{', '.join(voices)} speak")
    speakers = _speak(settings, voices, sentences)
    spoken = {one.name: list(zip(one.texts, one.waves, strict=True)) for one in speakers}
    opinions: dict[str, list[Opinion]] = {}
    if judge is not None:
        on_step("the judge listens")
        rated: Shuffled[Opinion] = Shuffled(spoken, RATE_HZ)
        opinions = rated.sorted([judge.rate(clip.wave) for clip in rated.clips])
    heard: dict[str, list[Heard]] = {one.name: [] for one in speakers}
    for number, name in enumerate(recognisers, start=1):
        on_step(f"{name} listens")
        counted: Shuffled[tuple[int, int]] = Shuffled(spoken, RATE_HZ, seed=number)
        counts, replica = _hear(settings, name, counted.clips)
        for voice, several in counted.sorted(counts).items():
            heard[voice].append(Heard(name, tuple(several), replica))
    return [
        VoiceReport(
            voice=one.name,
            language=one.language,
            replica=is_replica(settings.models[settings.model_name(one.name)]),
            sentences=len(one.texts),
            audio_s=_seconds(one),
            first_ms=distribution(one.first_ms),
            times_real_time=_seconds(one) / max(1e-9, sum(one.took_s)),
            heard=tuple(heard[one.name]),
            opinions=tuple(opinions.get(one.name, ())),
        )
        for one in speakers
    ]


def _seconds(speaker: _Speaker) -> float:
    return sum(wave.size for wave in speaker.waves) / RATE_HZ


def _speak(
    settings: Settings, voices: Sequence[str], sentences: Sequence[str] | None
) -> list[_Speaker]:
    """Return what each voice said. They speak in turns, so that whatever else the machine does hits all."""
    with ModelPool(settings) as pool, ExitStack() as stack:
        speakers = []
        for name in dict.fromkeys(voices):
            lease = stack.enter_context(pool.get(name))
            engine = lease.engine
            if not isinstance(engine, Synthesizer):
                raise SettingsError("not_a_voice", f"{name} does not speak.", "Name a voice.")
            if lease.fallback_reason:
                raise ModelError("model_missing", lease.fallback_reason)
            known = engine.languages
            language = settings.language if settings.language in known else known[0]
            written = sentences or SENTENCES.get(language, SENTENCES["en"])
            # As in a conversation: voices are given words, not digits; and words are what is counted.
            texts = [normalize(text, "es" if language == "es" else "en") for text in written]
            speakers.append(_Speaker(name, language, engine, texts))
        order = random.Random(0)
        for at in range(max(len(one.texts) for one in speakers)):
            for one in order.sample(speakers, len(speakers)):
                if at < len(one.texts):
                    _say(one, one.texts[at])
    return speakers


def _say(speaker: _Speaker, text: str) -> None:
    begun = time.perf_counter()
    first_ms, blocks = 0.0, []
    for block in speaker.engine.synthesize(text, cancel=CancelToken()):
        first_ms = first_ms or (time.perf_counter() - begun) * 1000
        blocks.append(block)
    took_s = time.perf_counter() - begun
    waves = list(resampled(iter(blocks), speaker.engine.rate_hz, RATE_HZ)) if blocks else []
    if not waves:
        raise ModelError(
            "voice_silent",
            f"The voice {speaker.name} made no sound of {text!r}.",
            "Try another voice.",
        )
    speaker.waves.append(np.concatenate(waves))
    speaker.first_ms.append(first_ms)
    speaker.took_s.append(took_s)


def _hear(
    settings: Settings, name: str, clips: Sequence[Clip]
) -> tuple[list[tuple[int, int]], bool]:
    """Return (errors, words) of each clip, and whether the recogniser is a replica."""
    model, _, decoding = name.partition(":")
    chosen = with_decoding(settings, model, decoding) if decoding else settings
    counts = []
    with ModelPool(chosen) as pool, pool.get(model) as lease:
        engine = lease.engine
        if not isinstance(engine, Recognizer):
            raise SettingsError("not_a_recogniser", f"{name} does not hear.", "Name a recogniser.")
        if lease.fallback_reason:
            raise ModelError("model_missing", lease.fallback_reason)
        for clip in clips:
            stream = engine.open()
            stream.feed(clip.wave)
            reference = spoken_words(clip.text)
            heard = spoken_words(stream.finish().text)
            counts.append((word_errors(reference, heard), len(reference)))
        return counts, lease.is_replica
