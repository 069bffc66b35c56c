from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.bench.asr import figures, measure, read_manifest
from assistant.engines.base import Recognition
from assistant.errors import AudioError
from assistant.speech.word_errors import spoken_words, word_error_rate, word_errors

word_lists = st.lists(st.sampled_from(["set", "a", "timer", "go", "stop"]), max_size=8)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Set a timer for 30 seconds.", "set a timer for thirty seconds"),
        ("set a timer for 25 minutes", "set a timer for twenty five minutes"),
        ("Is the front-door locked?", "is the front door locked"),
        ("6 \N{MULTIPLICATION SIGN} 10 = 60", "six times ten equals sixty"),
        ("6 x 10 not 600000", "six x ten not six hundred thousand"),
        ("a 12% chance", "a twelve percent chance"),
        ("1,250 people", "one thousand two hundred fifty people"),
        ("it is 2.5 miles", "it is two point five miles"),
        ("what's TODAY\N{RIGHT SINGLE QUOTATION MARK}S date", "what's today's date"),
        ("'quoted' words", "quoted words"),
        ("call 0800", "call zero eight zero zero"),
        (
            "1234567890123456",
            "one two three four five six seven eight nine zero one two three four five six",
        ),
        ("", ""),
    ],
)
def test_text_is_compared_as_it_would_be_said(written: str, spoken: str) -> None:
    assert spoken_words(written) == spoken.split()


@settings(deadline=None)
@given(st.text(max_size=60))
def test_saying_what_is_already_spoken_changes_nothing(text: str) -> None:
    once = spoken_words(text)
    assert spoken_words(" ".join(once)) == once


@pytest.mark.parametrize(
    ("reference", "hypothesis", "errors"),
    [
        ("set a timer", "set a timer", 0),
        ("set a timer", "set the timer", 1),
        ("set a timer", "set timer", 1),
        ("stop", "please stop now", 2),
        ("stop", "", 1),
        ("", "noise", 1),
    ],
)
def test_word_errors_count_substituted_missing_and_added_words(
    reference: str, hypothesis: str, errors: int
) -> None:
    assert word_errors(reference.split(), hypothesis.split()) == errors


@settings(deadline=None)
@given(word_lists, word_lists)
def test_word_errors_are_a_symmetric_distance_within_its_bounds(a: list[str], b: list[str]) -> None:
    errors = word_errors(a, b)
    assert errors == word_errors(b, a)
    assert abs(len(a) - len(b)) <= errors <= max(len(a), len(b))
    assert (errors == 0) == (a == b)


@settings(deadline=None)
@given(word_lists, word_lists, word_lists)
def test_word_errors_obey_the_triangle_inequality(a: list[str], b: list[str], c: list[str]) -> None:
    assert word_errors(a, c) <= word_errors(a, b) + word_errors(b, c)


@pytest.mark.parametrize(
    ("reference", "heard", "rate"),
    [
        ("what time is it", "What time is it?", 0.0),
        ("what time is it", "what dime is it", 0.25),
        ("what time is it", "time is it", 0.25),
        ("what time is it", "so what time is it now", 0.5),
        ("a timer for 30 seconds", "a timer for thirty seconds", 0.0),
        ("what time is it", "", 1.0),
        ("stop", "stop the music now", 3.0),
        ("don't", "dont", 1.0),
        ("", "two words", 2.0),
        ("", "", 0.0),
    ],
)
def test_word_error_rate_counts_errors_for_each_word_that_was_said(
    reference: str, heard: str, rate: float
) -> None:
    assert word_error_rate(reference, heard) == rate


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_a_rate_is_zero_only_where_the_same_words_would_be_said(one: str, two: str) -> None:
    assert (word_error_rate(one, two) == 0) == (spoken_words(one) == spoken_words(two))


@settings(deadline=None)
@given(word_lists.filter(bool), word_lists)
def test_a_rate_is_the_errors_divided_by_the_words_said(said: list[str], heard: list[str]) -> None:
    rate = word_error_rate(" ".join(said), " ".join(heard))
    assert rate * len(said) == pytest.approx(word_errors(said, heard))


class ScriptedRecognizer:
    """Says one fixed text once it has heard any sample; counts what it was fed."""

    rate_hz = 16_000
    languages = ("en",)

    def __init__(self, text: str) -> None:
        self.text = text
        self.chunk_lengths: list[int] = []

    def open(self) -> ScriptedRecognizer:
        return self

    def feed(self, samples: np.ndarray) -> str | None:
        self.chunk_lengths.append(len(samples))
        return None

    def finish(self) -> Recognition:
        return Recognition(self.text, 0.5)

    def cancel(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    def entry(name: str, kind: str, transcript: str | None, **more: str) -> dict[str, str | None]:
        file = f"{name}.flac"
        rate_hz = 8000 if name == "slow" else 16_000
        soundfile.write(tmp_path / file, np.zeros(2500, dtype=np.int16), rate_hz)
        return {
            "file": file,
            "kind": kind,
            "language": "en",
            "transcript": transcript,
            "transcript_quality": "exact",
            "speaker": "somebody",
        } | more

    path = tmp_path / "manifest.json"
    entries = [
        entry("lights", "command", "Turn on 2 lights"),
        entry("nine", "digits", "nine"),
        entry("mix2_both", "speech", "two at once"),
        entry("guess", "speech", "not sure", transcript_quality="approximate"),
        entry("hola", "command", "hola", language="es"),
        entry("hum", "noise", None, language="und", transcript_quality="n/a"),
    ]
    path.write_text(json.dumps(entries))
    return path


def test_only_exact_single_speaker_clips_of_the_language_are_scored(manifest: Path) -> None:
    assert [clip.path.stem for clip in read_manifest(manifest)] == ["lights", "nine"]
    assert [clip.path.stem for clip in read_manifest(manifest, "es")] == ["hola"]
    assert [clip.path.stem for clip in read_manifest(manifest, kinds=("noise",))] == ["hum"]


def test_a_report_gives_word_error_rate_by_kind(manifest: Path) -> None:
    recognizer = ScriptedRecognizer("turn on two light")
    report = measure(read_manifest(manifest), recognizer, chunk_ms=100)

    assert recognizer.chunk_lengths == [1600, 900] * 2
    by_kind = report.by_kind()
    assert (by_kind["command"].errors, by_kind["command"].words) == (1, 4)
    assert by_kind["command"].wer == 0.25
    assert by_kind["digits"].wer == 4.0
    assert figures(report.results).words == 5


def test_words_heard_in_noise_count_as_errors_without_a_rate(manifest: Path) -> None:
    report = measure(read_manifest(manifest, kinds=("noise",)), ScriptedRecognizer("hm hm"))
    assert (report.by_kind()["noise"].errors, report.by_kind()["noise"].wer) == (2, 0.0)


@pytest.mark.parametrize("content", ["", "{}", '["x"]', '[{"kind": "command"}]', "\x00"])
def test_a_broken_manifest_is_one_plain_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(content)
    with pytest.raises(AudioError) as raised:
        read_manifest(path)
    assert raised.value.code == "manifest_unreadable"


def test_a_recording_at_another_rate_is_resampled(manifest: Path) -> None:
    (clip, _) = read_manifest(manifest)
    soundfile.write(clip.path, np.zeros(1250, dtype=np.int16), 8000)
    recognizer = ScriptedRecognizer("")
    (result,) = measure([clip], recognizer).results
    assert sum(recognizer.chunk_lengths) == 2500
    assert result.audio_s == pytest.approx(2500 / 16_000)


def test_a_missing_and_a_broken_clip_are_plain_errors(manifest: Path) -> None:
    clips = read_manifest(manifest)
    clips[0].path.unlink()
    clips[1].path.write_bytes(b"no sound")
    with pytest.raises(AudioError) as missing:
        measure(clips[:1], ScriptedRecognizer(""))
    with pytest.raises(AudioError) as broken:
        measure(clips[1:], ScriptedRecognizer(""))
    assert (missing.value.code, broken.value.code) == ("file_missing", "file_not_audio")
