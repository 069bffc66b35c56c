"""The espeak-ng voice, through what a caller sees: chunks of sound, endings, errors, and words read back."""

from __future__ import annotations

import gc
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from assistant.engines import espeak
from assistant.engines.base import CancelToken, Synthesizer
from assistant.engines.espeak import ONSET_AMPLITUDE, EspeakSynthesizer
from assistant.errors import AssistantError, ModelError, SettingsError, TurnError

SENTENCE = "It is a quarter past three in the afternoon, and the kettle is boiling."
LONG = "One more word, and then the next. " * 300  # minutes of speech: more than the queue holds

Samples = NDArray[np.float32]


@pytest.fixture
def synthesizer() -> Iterator[EspeakSynthesizer]:
    opened = EspeakSynthesizer()
    yield opened
    opened.close()


def speak(synthesizer: Synthesizer, text: str) -> Samples:
    chunks = list(synthesizer.synthesize(text, cancel=CancelToken()))
    return np.concatenate(chunks) if chunks else np.zeros(0, dtype=np.float32)


def speech_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "espeak-synth"]


# --- speaking ----------------------------------------------------------------------------------------


def test_a_sentence_is_spoken_in_chunks(synthesizer: EspeakSynthesizer) -> None:
    chunks = list(synthesizer.synthesize(SENTENCE, cancel=CancelToken()))

    assert isinstance(synthesizer, Synthesizer)
    assert synthesizer.rate_hz == 24000
    assert len(chunks) > 10
    for chunk in chunks:
        assert chunk.dtype == np.float32
        assert chunk.ndim == 1
        assert 0 < chunk.size < 24000 // 4
    whole = np.concatenate(chunks)
    assert 2 < whole.size / 24000 < 8
    assert 0.1 < np.abs(whole).max() <= 1.0
    assert not speech_threads()


@pytest.mark.parametrize("text", ["Yes.", "Hello", "Part one", "so", SENTENCE])
def test_the_first_sound_is_speech(synthesizer: EspeakSynthesizer, text: str) -> None:
    samples = speak(synthesizer, text)
    loud = np.flatnonzero(np.abs(samples) > ONSET_AMPLITUDE)
    assert loud[0] / 24000 < 0.005


def test_a_full_stop_is_followed_by_a_longer_pause_than_a_comma(
    synthesizer: EspeakSynthesizer,
) -> None:
    def pause_s(text: str) -> float:
        samples = speak(synthesizer, text)
        last = np.flatnonzero(np.abs(samples) > ONSET_AMPLITUDE)[-1]
        return float(samples.size - last) / 24000

    assert pause_s("the kettle") < 0.05
    assert 0.1 < pause_s("the kettle,") < 0.25
    assert 0.25 < pause_s("the kettle.") < 0.5
    assert pause_s('"the kettle!" ') > 0.25


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\n", "...", "?!", "—", "()", "\0\x01\x02", "\ud800"]
)
def test_a_text_with_nothing_to_speak_gives_nothing(
    synthesizer: EspeakSynthesizer, text: str
) -> None:
    assert speak(synthesizer, text).size == 0


@pytest.mark.parametrize(
    "text",
    [
        "a\0b",  # would end the C string
        "\x01100P pitch",  # would be an embedded command
        "[[h@l'oU]] <speak> &amp;",
        "\ud800 lone surrogate",
        "語 ñ é 🙂",
        "x" * 2000,
    ],
)
def test_odd_text_is_spoken(synthesizer: EspeakSynthesizer, text: str) -> None:
    assert speak(synthesizer, text).size > 2400


def test_nothing_after_a_nul_is_lost(synthesizer: EspeakSynthesizer) -> None:
    assert speak(synthesizer, f"Yes\0{SENTENCE}").size > 2 * speak(synthesizer, "Yes").size


def test_slower_speech_lasts_longer() -> None:
    lengths = []
    for rate_wpm in (80, 165, 450):
        synthesizer = EspeakSynthesizer(rate_wpm=rate_wpm)
        lengths.append(speak(synthesizer, SENTENCE).size)
        synthesizer.close()
    assert lengths[0] > 1.5 * lengths[1] > 1.5 * 1.5 * lengths[2]


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 24000, 48000])
def test_the_wanted_rate_is_given(rate_hz: int) -> None:
    synthesizer = EspeakSynthesizer(rate_hz=rate_hz)
    assert synthesizer.rate_hz == rate_hz
    seconds = speak(synthesizer, SENTENCE).size / rate_hz
    synthesizer.close()
    assert 3.5 < seconds < 4.5


# --- ending early ------------------------------------------------------------------------------------


def test_cancelling_ends_the_speech_early(synthesizer: EspeakSynthesizer) -> None:
    cancel = CancelToken()
    spoken = 0
    for chunk in synthesizer.synthesize(LONG, cancel=cancel):
        spoken += chunk.size
        cancel.cancel()
    assert 0 < spoken / 24000 < 0.5
    assert not speech_threads()


def test_a_cancelled_request_says_nothing(synthesizer: EspeakSynthesizer) -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert list(synthesizer.synthesize(SENTENCE, cancel=cancel)) == []


def test_cancelling_from_another_thread_ends_the_speech(synthesizer: EspeakSynthesizer) -> None:
    cancel = CancelToken()
    speech = synthesizer.synthesize(LONG, cancel=cancel)
    next(speech)
    other = threading.Thread(target=cancel.cancel)
    other.start()
    other.join()
    assert list(speech) == []
    assert not speech_threads()


def test_closing_an_unfinished_speech_joins_its_thread(synthesizer: EspeakSynthesizer) -> None:
    speech = synthesizer.synthesize(LONG, cancel=CancelToken())
    next(speech)
    assert speech_threads()  # it waits: the queue is full, or will be
    speech.close()  # type: ignore[attr-defined]
    assert not speech_threads()
    assert speak(synthesizer, SENTENCE).size > 2 * 24000


def test_letting_an_unfinished_speech_go_joins_its_thread(synthesizer: EspeakSynthesizer) -> None:
    speech = synthesizer.synthesize(LONG, cancel=CancelToken())
    next(speech)
    del speech
    gc.collect()
    assert not speech_threads()


def test_a_new_speech_ends_the_unfinished_one(synthesizer: EspeakSynthesizer) -> None:
    first = synthesizer.synthesize(LONG, cancel=CancelToken())
    next(first)
    assert speak(synthesizer, SENTENCE).size > 2 * 24000
    assert sum(chunk.size for chunk in first) < 24000
    assert not speech_threads()


def test_a_speech_of_minutes_is_whole(synthesizer: EspeakSynthesizer) -> None:
    once = speak(synthesizer, LONG[: len(LONG) // 300]).size
    assert speak(synthesizer, LONG[: len(LONG) // 10]).size == pytest.approx(30 * once, rel=0.15)


# --- opening and closing -----------------------------------------------------------------------------


def test_closing_twice_and_opening_again_works() -> None:
    for voice in ("en-us", "en-gb", "es", "en-us"):
        synthesizer = EspeakSynthesizer(voice)
        assert speak(synthesizer, "Hola. Hello.").size > 2400
        synthesizer.close()
        synthesizer.close()


def test_closing_ends_an_unfinished_speech() -> None:
    synthesizer = EspeakSynthesizer()
    speech = synthesizer.synthesize(LONG, cancel=CancelToken())
    next(speech)
    synthesizer.close()
    assert not speech_threads()
    assert sum(chunk.size for chunk in speech) < 24000


def test_speaking_after_closing_is_refused() -> None:
    synthesizer = EspeakSynthesizer()
    synthesizer.close()
    with pytest.raises(TurnError) as caught:
        speak(synthesizer, SENTENCE)
    assert caught.value.code == "tts_closed"
    assert_plain(caught.value)


def test_a_second_synthesizer_is_refused_until_the_first_closes() -> None:
    first = EspeakSynthesizer()
    with pytest.raises(ModelError) as caught:
        EspeakSynthesizer()
    assert caught.value.code == "model_busy"
    assert_plain(caught.value)
    first.close()
    EspeakSynthesizer().close()


def test_a_forgotten_synthesizer_does_not_block_the_next() -> None:
    EspeakSynthesizer()
    gc.collect()
    EspeakSynthesizer().close()


def assert_plain(error: AssistantError) -> None:
    for text in (error.message, error.hint):
        assert text.isprintable()
        assert text.endswith(".")
        assert "Error" not in text


# --- voices and their faults -------------------------------------------------------------------------


def test_every_listed_voice_speaks_its_language() -> None:
    synthesizer = EspeakSynthesizer()
    voices = synthesizer.voices()
    synthesizer.close()
    assert {"en-us", "en-gb", "es", "es-419"} <= {voice.name for voice in voices}
    assert {voice.language for voice in voices} == {"en", "es"}
    for voice in voices:
        synthesizer = EspeakSynthesizer(voice.name)
        assert synthesizer.languages == (voice.language,)
        assert speak(synthesizer, "no").size > 2400
        synthesizer.close()


def test_spanish_is_not_read_as_english() -> None:
    def seconds(voice: str) -> float:
        synthesizer = EspeakSynthesizer(voice)
        samples = speak(synthesizer, "¿Qué hora es en Bogotá?")
        synthesizer.close()
        return samples.size / 24000

    assert seconds("es") != pytest.approx(seconds("en-us"), rel=0.05)


@pytest.mark.parametrize("voice", ["", "xx", "en", "en-us+f3", "EN-US", "../en", "en\0-us", "de"])
def test_an_unknown_voice_is_refused_with_the_known_ones(voice: str) -> None:
    with pytest.raises(ModelError) as caught:
        EspeakSynthesizer(voice)
    assert caught.value.code == "model_missing"
    assert "en-us" in caught.value.hint
    assert_plain(caught.value)
    EspeakSynthesizer().close()  # the refused one holds nothing


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate_wpm": 79},
        {"rate_wpm": 451},
        {"pitch": -1},
        {"pitch": 101},
        {"rate_hz": 7999},
        {"rate_hz": 48001},
    ],
)
def test_values_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(SettingsError) as caught:
        EspeakSynthesizer(**wrong)  # type: ignore[arg-type]
    assert caught.value.code == "value_out_of_range"
    assert_plain(caught.value)


def library_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the loader point into `folder`; returns where the real wheel's folder is."""
    import espeakng_loader

    real = Path(espeakng_loader.get_library_path())
    monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: str(folder / real.name))
    return real


def test_missing_files_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = library_in(tmp_path, monkeypatch)
    with pytest.raises(ModelError) as caught:
        EspeakSynthesizer()
    assert caught.value.code == "model_missing"
    (tmp_path / real.name).symlink_to(real)
    with pytest.raises(ModelError) as caught:
        EspeakSynthesizer()
    assert caught.value.code == "model_missing"
    assert_plain(caught.value)


@pytest.mark.allow_warnings("the loader's own words go to the log")
def test_a_damaged_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = library_in(tmp_path, monkeypatch)
    (tmp_path / real.name).write_bytes(b"no library")
    (tmp_path / "espeak-ng-data").symlink_to(real.parent / "espeak-ng-data")
    with pytest.raises(ModelError) as caught:
        EspeakSynthesizer()
    assert caught.value.code == "model_corrupt"
    assert_plain(caught.value)


def test_a_deep_folder_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("d" * 90) / ("e" * 90)  # espeak-ng itself takes 159 bytes
    deep.mkdir(parents=True)
    real = library_in(deep, monkeypatch)
    for name in (real.name, "espeak-ng-data"):
        (deep / name).symlink_to(real.parent / name)
    synthesizer = EspeakSynthesizer("es")
    assert speak(synthesizer, "Buenos días.").size > 2400
    synthesizer.close()


# --- resampling --------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(
    arrays(np.int16, st.integers(0, 4000)),
    st.lists(st.integers(0, 4000), max_size=6),
    st.sampled_from([8000, 16000, 22050, 24000, 48000]),
)
def test_chunks_together_are_the_whole_resampled_at_once(
    samples: NDArray[np.int16], cuts: list[int], rate_hz: int
) -> None:
    import soxr

    blocks = np.split(samples, sorted(cut for cut in cuts if cut < samples.size))

    chunks = list(espeak._resampled(blocks, 22050, rate_hz))

    whole = np.concatenate([*chunks, np.zeros(0, dtype=np.float32)])
    expected = soxr.resample(samples.astype(np.float32) / 32768, 22050, rate_hz)
    assert all(chunk.size for chunk in chunks)
    np.testing.assert_allclose(whole, expected, atol=1e-3)


@settings(deadline=None)
@given(
    st.integers(0, 500),
    arrays(np.int16, st.integers(0, 300), elements=st.integers(-64, 64)),
    st.lists(st.integers(0, 900), max_size=6),
)
def test_only_what_comes_before_the_speech_is_trimmed(
    zeros: int, quiet: NDArray[np.int16], cuts: list[int]
) -> None:
    speech = np.array([-32768, 0, 65, 3], dtype=np.int16)
    lead = np.concatenate((np.zeros(zeros, dtype=np.int16), quiet))
    samples = np.concatenate((lead, speech))
    blocks = np.split(samples, sorted(cut for cut in cuts if cut < samples.size))

    left = np.concatenate(list(espeak._without_leading_silence(blocks, 22050)))

    kept = min(lead.size, 44)  # 2 ms
    np.testing.assert_array_equal(left, samples[lead.size - kept :])
    assert list(espeak._without_leading_silence([lead], 22050)) == []


# --- read back ---------------------------------------------------------------------------------------

READ_BACK = (
    "what time is it",
    "there are three people in the house",
    "good morning how are you",
    "you have one hour and ten minutes left",
)


@pytest.mark.timeout(300)  # seconds of computing, but a machine may be busy
def test_a_recogniser_reads_the_speech_back() -> None:
    """pocketsphinx's general model gets most words, slowly spoken and over the faint hiss of a room.

    (In digital silence its level normalisation goes astray: half as many words.)
    """
    import pocketsphinx

    decoder = pocketsphinx.Decoder(samprate=16000, loglevel="FATAL")
    synthesizer = EspeakSynthesizer(rate_hz=16000, rate_wpm=130)
    hiss = np.random.default_rng(0)
    pause = np.zeros(8000, dtype=np.float32)
    right = total = 0
    for sentence in READ_BACK:
        samples = np.concatenate((pause, speak(synthesizer, f"{sentence}.") / 2, pause))
        samples += hiss.normal(0, 0.003, samples.size).astype(np.float32)
        decoder.start_utt()
        decoder.process_raw(np.rint(samples * 32767).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        heard = decoder.hyp().hypstr.split() if decoder.hyp() else []
        wanted = re.findall(r"[a-z]+", sentence.lower())
        total += len(wanted)
        right += sum(word in heard for word in wanted)
    synthesizer.close()
    assert right / total >= 0.6
