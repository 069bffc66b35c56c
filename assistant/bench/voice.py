"""How a voice sounds and whether it is understood: DNSMOS, and words lost on the way through a recogniser.

Owns the sentences and the round trip. A recogniser's own errors are in the figure: it compares voices with
each other, best by a recogniser that is not the assistant's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from assistant.bench.dnsmos import RATE_HZ, Opinion, SpeechJudge
from assistant.engines.base import CancelToken, Recognizer, Samples, Synthesizer
from assistant.engines.resampling import resampled
from assistant.errors import ModelError, SettingsError
from assistant.metrics import Distribution, distribution
from assistant.pool.pool import ModelPool
from assistant.pool.replica import is_replica
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
    """What one recogniser understood of all sentences together.

    Attributes:
        recogniser: its name in the settings.
        words: that were said.
        errors: wrong, missing and added ones.
        replica: it has random weights.
    """

    recogniser: str
    words: int
    errors: int
    replica: bool

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


@dataclass(frozen=True, slots=True)
class _Spoken:
    text: str
    wave: Samples
    first_ms: float
    took_s: float


def measure_voice(
    settings: Settings,
    voice: str,
    recognisers: Sequence[str],
    *,
    judge: SpeechJudge | None,
    sentences: Sequence[str] | None = None,
    on_step: Callable[[str], None] = lambda _step: None,
) -> VoiceReport:
    """Have a voice say all sentences, then a judge and each recogniser hear them, one model at a time.

    Args:
        settings: that know the models.
        voice: name of a model that speaks.
        recognisers: names of models that hear.
        judge: None = nobody rates the sound.
        sentences: None = ours in the voice's language.
        on_step: told what comes next.

    Raises:
        SettingsError: ``not_a_voice`` or ``not_a_recogniser``, or no such model.
        ModelError: one does not load, or the voice made no sound.
    """
    on_step(f"{voice} speaks")
    spoken, language = _speak(settings, voice, sentences)
    opinions = []
    if judge is not None:
        on_step("the judge listens")
        opinions = [judge.rate(one.wave) for one in spoken]
    heard = []
    for name in recognisers:
        on_step(f"{name} listens")
        heard.append(_hear(settings, name, spoken))
    audio_s = sum(one.wave.size for one in spoken) / RATE_HZ
    return VoiceReport(
        voice=voice,
        language=language,
        replica=is_replica(settings.models[settings.model_name(voice)]),
        sentences=len(spoken),
        audio_s=audio_s,
        first_ms=distribution([one.first_ms for one in spoken]),
        times_real_time=audio_s / max(1e-9, sum(one.took_s for one in spoken)),
        heard=tuple(heard),
        opinions=tuple(opinions),
    )


def _speak(
    settings: Settings, voice: str, sentences: Sequence[str] | None
) -> tuple[list[_Spoken], str]:
    with ModelPool(settings) as pool, pool.get(voice) as lease:
        engine = lease.engine
        if not isinstance(engine, Synthesizer):
            raise SettingsError("not_a_voice", f"{voice} does not speak.", "Name a voice.")
        if lease.fallback_reason:
            raise ModelError("model_missing", lease.fallback_reason)
        known = engine.languages
        language = settings.language if settings.language in known else known[0]
        texts = sentences or SENTENCES.get(language, SENTENCES["en"])
        return [_say(engine, text) for text in texts], language


def _say(engine: Synthesizer, text: str) -> _Spoken:
    begun = time.perf_counter()
    first_ms, blocks = 0.0, []
    for block in engine.synthesize(text, cancel=CancelToken()):
        first_ms = first_ms or (time.perf_counter() - begun) * 1000
        blocks.append(block)
    took_s = time.perf_counter() - begun
    waves = list(resampled(iter(blocks), engine.rate_hz, RATE_HZ)) if blocks else []
    if not waves:
        raise ModelError(
            "voice_silent", f"The voice made no sound of {text!r}.", "Try another voice."
        )
    return _Spoken(text, np.concatenate(waves), first_ms, took_s)


def _hear(settings: Settings, name: str, spoken: Sequence[_Spoken]) -> Heard:
    words = errors = 0
    with ModelPool(settings) as pool, pool.get(name) as lease:
        engine = lease.engine
        if not isinstance(engine, Recognizer):
            raise SettingsError("not_a_recogniser", f"{name} does not hear.", "Name a recogniser.")
        if lease.fallback_reason:
            raise ModelError("model_missing", lease.fallback_reason)
        for one in spoken:
            stream = engine.open()
            stream.feed(one.wave)
            reference = spoken_words(one.text)
            words += len(reference)
            errors += word_errors(reference, spoken_words(stream.finish().text))
        return Heard(name, words, errors, lease.is_replica)
