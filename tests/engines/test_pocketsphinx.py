from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.engines.base import Recognizer, RecognizerStream
from assistant.engines.pocketsphinx import PocketsphinxRecognizer
from assistant.errors import ModelError
from assistant.speech.word_errors import spoken_words

ARTEFACTS = Path(__file__).parents[2] / "models" / "sphinx" / "artefacts"
MIXED, DOMAIN = ARTEFACTS / "mixed.lm.bin", ARTEFACTS / "domain.lm.bin"
DICTIONARY = ARTEFACTS / "words.dict"
RECORDINGS = Path(__file__).parent / "recordings"
CHUNK = 1600


@pytest.fixture(scope="module")
def recognizer() -> PocketsphinxRecognizer:
    return PocketsphinxRecognizer("mixed", MIXED, DICTIONARY)


def recording(name: str) -> np.ndarray:
    samples, rate_hz = soundfile.read(RECORDINGS / f"{name}.flac", dtype="float32")
    assert rate_hz == 16_000
    return samples


def transcribe(recognizer: PocketsphinxRecognizer, samples: np.ndarray) -> str:
    stream = recognizer.open()
    for start in range(0, len(samples), CHUNK):
        stream.feed(samples[start : start + CHUNK])
    return stream.finish().text


def test_it_is_a_recogniser_and_opens_streams(recognizer: PocketsphinxRecognizer) -> None:
    assert isinstance(recognizer, Recognizer)
    assert isinstance(recognizer.open(), RecognizerStream)
    assert (recognizer.rate_hz, recognizer.languages) == (16_000, ("en",))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("an4_an225-fwxs-b", "yes"),
        ("an4_an230-msjm-b", "stop"),
        ("stp_what_time_is_it", "what time is it"),
    ],
)
def test_a_human_recording_is_written_down(
    recognizer: PocketsphinxRecognizer, name: str, said: str
) -> None:
    text = transcribe(recognizer, recording(name))
    assert text == said
    assert spoken_words(text) == text.split()


@pytest.mark.parametrize(("model", "path"), [("domain", DOMAIN), ("general", None)])
def test_the_other_language_models_can_be_chosen(model: str, path: Path | None) -> None:
    other = PocketsphinxRecognizer(model, path, DICTIONARY if path else None)  # type: ignore[arg-type]
    assert transcribe(other, recording("an4_an225-fwxs-b")) == "yes"
    other.close()


def test_partial_texts_come_while_the_person_speaks_and_only_when_they_change(
    recognizer: PocketsphinxRecognizer,
) -> None:
    samples = recording("stp_what_time_is_it")
    stream = recognizer.open()
    partials = [stream.feed(samples[i : i + 800]) for i in range(0, len(samples), 800)]
    told = [text for text in partials if text is not None]
    assert told
    assert all(now != before for before, now in pairwise(told))
    final = stream.finish()
    assert final.is_final
    assert final.confidence is not None
    assert 0.0 <= final.confidence <= 1.0


def test_an_utterance_leaves_no_trace_in_the_next(recognizer: PocketsphinxRecognizer) -> None:
    samples = recording("an4_an230-msjm-b")
    first = transcribe(recognizer, samples)
    noise = np.random.default_rng(1).normal(0, 0.1, 12_000).astype(np.float32)
    transcribe(recognizer, noise)
    abandoned = recognizer.open()
    abandoned.feed(noise)
    abandoned.cancel()
    assert transcribe(recognizer, samples) == first


def test_a_whole_recording_may_be_fed_at_once(recognizer: PocketsphinxRecognizer) -> None:
    stream = recognizer.open()
    stream.feed(recording("an4_an230-msjm-b"))
    assert stream.finish().text == "stop"


@pytest.mark.parametrize("samples", [0, 1, 159, 16_000, 80_000])
def test_silence_of_any_length_has_no_words(
    recognizer: PocketsphinxRecognizer, samples: int
) -> None:
    stream = recognizer.open()
    assert stream.feed(np.zeros(samples, dtype=np.float32)) is None
    assert stream.finish().text == ""


def test_silence_around_speech_changes_no_word(recognizer: PocketsphinxRecognizer) -> None:
    quiet = np.random.default_rng(2).normal(0, 1e-4, 16_000).astype(np.float32)
    samples = np.concatenate([quiet, recording("an4_an230-msjm-b"), quiet, quiet])
    assert transcribe(recognizer, samples) == "stop"


def test_impossible_samples_do_no_harm(recognizer: PocketsphinxRecognizer) -> None:
    broken = np.tile(np.array([np.nan, np.inf, -np.inf, 1e30, -5.0], dtype=np.float32), 2000)
    assert isinstance(transcribe(recognizer, broken), str)


def test_a_spent_stream_says_so_and_cancel_may_be_repeated(
    recognizer: PocketsphinxRecognizer,
) -> None:
    finished, older = recognizer.open(), None
    finished.finish()
    older = recognizer.open()
    older.feed(recording("an4_an225-fwxs-b"))
    newer = recognizer.open()  # ends the older one
    for spent in (finished, older):
        spent.cancel()
        spent.cancel()
        with pytest.raises(RuntimeError):
            spent.feed(np.zeros(10, dtype=np.float32))
        with pytest.raises(RuntimeError):
            spent.finish()
    newer.cancel()


def test_a_closed_recogniser_opens_nothing() -> None:
    closed = PocketsphinxRecognizer("domain", DOMAIN, DICTIONARY)
    closed.close()
    closed.close()
    with pytest.raises(RuntimeError):
        closed.open()


def test_the_library_writes_nothing_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    quiet = PocketsphinxRecognizer("domain", DOMAIN, DICTIONARY)
    transcribe(quiet, recording("an4_an225-fwxs-b"))
    quiet.close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("model", "language_model", "dictionary"),
    [
        ("mixed", None, DICTIONARY),
        ("mixed", Path("no such file"), DICTIONARY),
        ("domain", DOMAIN, Path("no such file")),
    ],
)
def test_a_missing_file_is_one_plain_error(
    model: str, language_model: Path | None, dictionary: Path
) -> None:
    with pytest.raises(ModelError) as raised:
        PocketsphinxRecognizer(model, language_model, dictionary)  # type: ignore[arg-type]
    assert raised.value.code == "model_missing"
    assert raised.value.hint


@pytest.mark.parametrize("kept_bytes", [0, 10, 33, 5000, 1_000_000, -1])
def test_a_truncated_language_model_is_refused_before_the_library_reads_it(
    tmp_path: Path, kept_bytes: int
) -> None:
    damaged = tmp_path / "damaged.lm.bin"
    damaged.write_bytes(DOMAIN.read_bytes()[:kept_bytes])
    with pytest.raises(ModelError) as raised:
        PocketsphinxRecognizer("domain", damaged, DICTIONARY)
    assert raised.value.code == "model_corrupt"


def test_a_file_of_another_kind_is_no_language_model() -> None:
    with pytest.raises(ModelError) as raised:
        PocketsphinxRecognizer("domain", DICTIONARY, DICTIONARY)
    assert raised.value.code == "model_corrupt"
