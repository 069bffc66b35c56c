"""The kept files of the talker chain speak: text to ids, to tokens, to sound, whole and in pieces."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.speech.phonemes import SYMBOLS
from assistant.speech.word_errors import spoken_words, word_errors

HOME = Path(__file__).parents[2] / "models" / "talker"
RATE_HZ, HOP = 24_000, 240


@pytest.fixture(scope="module")
def speak() -> Iterator[Any]:
    """The reference inference; its folder is no package, so its modules leave again with this file."""
    before, path = set(sys.modules), list(sys.path)
    sys.path.insert(0, str(HOME / "train"))
    yield importlib.import_module("speak")
    sys.path[:] = path
    for name in set(sys.modules) - before:
        if str(HOME) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture(scope="module")
def voice(speak: Any) -> Any:
    return speak.Voice(HOME / "artefacts", threads=2)


def read(voice: Any, text: str) -> list[str]:
    return [" ".join(SYMBOLS[i] for i in s.ids) for s in voice.front_end.sentences(text)]


def pitch_hz(audio: np.ndarray) -> np.ndarray:
    """F0 of each voiced 20 ms, by autocorrelation: enough to tell high from low."""
    found = []
    for at in range(0, len(audio) - 1920, 480):
        block = audio[at : at + 1920] * np.hanning(1920)
        whole = np.correlate(block, block, "full")[1919:]
        if whole[0] > 0.5:
            lag = 60 + int(whole[60:240].argmax())
            if whole[lag] > 0.4 * whole[0]:
                found.append(RATE_HZ / lag)
    return np.array(found)


def recognise(audio: np.ndarray) -> str:
    pocketsphinx = pytest.importorskip("pocketsphinx")
    soxr = pytest.importorskip("soxr")
    decoder = pocketsphinx.Decoder(samprate=16_000, loglevel="FATAL")
    padded = np.pad(soxr.resample(audio, RATE_HZ, 16_000), 3200)
    decoder.start_utt()
    decoder.process_raw(
        (padded / np.abs(padded).max() * 16_000).astype(np.int16).tobytes(), full_utt=True
    )
    decoder.end_utt()
    return str(decoder.hyp().hypstr)


def test_words_become_phonemes_with_stress_boundaries_and_punctuation(voice: Any) -> None:
    assert read(voice, "The apple, please.") == ["^ DH IY0   AE1 P AH0 L , P L IY1 Z . $"]
    assert read(voice, "The 2 men") == ["^ DH AH0   T UW1   M EH1 N . $"]


def test_letters_are_spelt_and_the_article_is_not(voice: Any) -> None:
    assert read(voice, "A cat at 5 a.m.")[0].endswith("EY1   EH1 M . $")
    assert read(voice, "A cat.")[0].startswith("^ AH0   K AE1 T")


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Is it raining?", "?"),
        ("You left the door open?", "?"),
        ("Where are you?", "?w"),
        ("Tea or coffee?", "?w"),
        ("Stop!", "!"),
        ("It is raining", "."),
    ],
)
def test_each_kind_of_sentence_ends_with_its_mark(voice: Any, text: str, mark: str) -> None:
    assert read(voice, text)[-1].split()[-2:] == [mark, "$"]


def test_a_word_no_lexicon_has_is_still_pronounced(voice: Any) -> None:
    (said,) = read(voice, "Blimstrop.")
    assert said.replace("0", "").replace("1", "").replace("2", "") == "^ B L IH M S T R AA P . $"


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_sound_without_holes_or_nothing(voice: Any, text: str) -> None:
    audio = voice.say(text)
    assert audio.dtype == np.float32
    assert np.isfinite(audio).all()
    assert len(audio) % HOP == 0
    assert bool(len(audio)) == bool(voice.front_end.sentences(text))


LONG = (
    "When the rain had stopped at last, the two old friends walked slowly down to the harbor, where the "
    "boats lay in the evening sun, and talked for a long time about the summers they had spent together on "
    "the islands in the north of the country."
)


def test_a_long_sentence_encoded_in_pieces_is_the_same_as_in_one(voice: Any) -> None:
    ids = voice.front_end.sentences(LONG)[0].ids
    pieces = np.concatenate(list(voice.hidden_states(ids, 1.0, 0.0)), 1)
    one = {
        "phoneme_ids": np.array([ids]),
        "speed": np.ones(1, np.float32),
        "pitch_semitones": np.zeros(1, np.float32),
    }
    whole = voice._encode.run(["hidden_states"], one)[0]
    assert pieces.shape == whole.shape
    assert np.abs(pieces - whole).max() < 1e-3


@pytest.mark.parametrize(
    "text",
    [
        "No, no, no, no, no, no, no, no.",
        "That that is, is; that that is not, is not.",
        "He had had a bad day, and the the word came twice.",
        "She sells sea shells by the sea shore.",
        "One, two, three, four, five, six, seven, eight, nine, ten.",
        "I.",
        LONG,
    ],
)
@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_no_sound_is_dropped_or_said_twice(voice: Any, text: str, speed: float) -> None:
    for sentence in voice.front_end.sentences(text):
        ids = np.array([sentence.ids])
        given = {
            "phoneme_ids": ids,
            "speed": np.array([speed], np.float32),
            "pitch_semitones": np.zeros(1, np.float32),
        }
        hidden, frames = voice._encode.run(["hidden_states", "frames"], given)
        # Each phoneme has its own stretch of frames, in the order of the text; phones are never empty.
        assert frames.sum() == hidden.shape[1]
        assert (frames[ids >= 10] >= 1).all()
        assert frames.max() < 80


def test_a_batch_with_padding_is_the_same_as_each_alone(voice: Any) -> None:
    several = [voice.front_end.sentences(text)[0].ids for text in ("Good morning.", LONG)]
    rows = np.zeros((2, max(map(len, several))), np.int64)
    for row, ids in zip(rows, several, strict=True):
        row[: len(ids)] = ids
    speed, pitch = np.array([1.0, 1.3], np.float32), np.array([0.0, 2.0], np.float32)
    both, frames = voice._encode.run(
        None, {"phoneme_ids": rows, "speed": speed, "pitch_semitones": pitch}
    )
    assert both.shape[2] == 3584
    for at, ids in enumerate(several):
        given = {
            "phoneme_ids": np.array([ids]),
            "speed": speed[[at]],
            "pitch_semitones": pitch[[at]],
        }
        alone, counts = voice._encode.run(None, given)
        assert frames[at, : len(ids)].tolist() == counts[0].tolist()
        assert np.abs(both[at, : alone.shape[1]] - alone[0]).max() < 1e-3


def test_sound_made_in_chunks_is_the_sound_made_in_one(voice: Any) -> None:
    tokens = np.concatenate(list(voice.tokens("The harbor was quiet, and nobody spoke.")))
    chunks = list(voice.sound(iter([tokens[:50], tokens[50:90], tokens[90:]])))
    whole, _ = voice._vocode.run(
        None,
        {
            "audio_ids": tokens[None],
            "phase": np.zeros(1, np.float32),
            "anchor_frame": np.zeros(1, np.int64),
            "first_frame": np.zeros(1, np.int64),
        },
    )
    assert len(chunks) > 2
    joined = np.concatenate(chunks)
    assert joined.shape == whole[0].shape
    # The running phase is summed in another order; a seam would be as loud as the voice itself.
    assert np.sqrt(np.mean((joined - whole[0]) ** 2)) < 0.02 * np.sqrt(np.mean(whole**2))


def test_a_text_is_the_sound_of_its_sentences_in_a_row(voice: Any) -> None:
    both = np.concatenate(list(voice.tokens("Good morning. It is late.")))
    each = [np.concatenate(list(voice.tokens(text))) for text in ("Good morning.", "It is late.")]
    assert both.tolist() == np.concatenate(each).tolist()


def test_speed_shortens_and_pitch_raises(voice: Any) -> None:
    text = "The old house stands near the river."
    plain, fast = voice.say(text), voice.say(text, speed=1.5)
    assert 0.6 < len(fast) / len(plain) < 0.76
    semitones = 12 * np.log2(
        np.median(pitch_hz(voice.say(text, pitch_semitones=3))) / np.median(pitch_hz(plain))
    )
    assert 2 < semitones < 4


def test_a_question_ends_high_and_the_same_words_as_a_statement_do_not(voice: Any) -> None:
    asked, stated = (
        pitch_hz(voice.say(text)) for text in ("The window is open?", "The window is open.")
    )
    assert np.median(asked[-5:]) > 1.15 * np.median(stated[-5:])


@pytest.mark.slow
def test_the_recogniser_understands_it(voice: Any) -> None:
    texts = [
        "The train was late again this morning.",
        "Please put the book back on the table.",
        "We had dinner with our friends in the garden.",
        "The weather will be warm and sunny tomorrow.",
        "He opened the letter and read it twice.",
        "My brother is working in a large hospital.",
    ]
    errors = sum(
        word_errors(spoken_words(text), spoken_words(recognise(voice.say(text)))) for text in texts
    )
    assert errors / sum(len(spoken_words(text)) for text in texts) < 0.35
