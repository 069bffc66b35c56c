"""The recognisers of onnx-asr: streaming, pace, windows, bad files, features against independent ones.

The models are tiny, with random weights and the interfaces of the real ones: they prove the way, not the
hearing. What the library itself says of the whole audio is the measure for what streaming says.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from importlib.resources import files as resource_files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnx_asr
import pytest

from assistant.engines import onnx_asr as engine
from assistant.engines.base import Recognition, Recognizer, RecognizerStream
from assistant.engines.onnx_asr import OnnxAsrRecognizer
from assistant.engines.onnx_session import SessionPlan
from assistant.engines.smart_turn import _hz, _mel
from assistant.errors import ModelError
from tests.fakes import tiny_asr

RATE = 16_000
KINDS: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "ctc": (tiny_asr.write_ctc, "nemo-conformer-ctc", "int8"),
    "tdt": (tiny_asr.write_tdt, "nemo-conformer-tdt", "int8"),
    "canary": (tiny_asr.write_canary, "nemo-conformer-aed", "int8"),
    "whisper": (tiny_asr.write_whisper, "whisper", "quantized"),
}


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return KINDS[kind][0](tmp_path_factory.mktemp("model") / kind)


@pytest.fixture(scope="module")
def ctc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_asr.write_ctc(tmp_path_factory.mktemp("model") / "ctc")


def speech(seconds: float) -> np.ndarray:
    """Rising tones that swell, over a little noise."""
    t = np.arange(int(seconds * RATE)) / RATE
    swell = (1 + np.sin(2 * np.pi * 3 * t)) / 2
    noise = 0.01 * np.random.default_rng(7).standard_normal(len(t))
    return (0.3 * np.sin(2 * np.pi * (200 * t + 50 * t * t)) * swell + noise).astype(np.float32)


def blocks(samples: np.ndarray, milliseconds: int = 20) -> list[np.ndarray]:
    size = RATE * milliseconds // 1000
    return [samples[start : start + size] for start in range(0, len(samples), size)]


def hear(recognizer: Recognizer, samples: np.ndarray) -> tuple[list[str], Recognition]:
    stream = recognizer.open()
    partials = [text for block in blocks(samples) if (text := stream.feed(block)) is not None]
    return partials, stream.finish()


def library_says(folder: Path, kind: str, samples: np.ndarray) -> str:
    _, name, precision = KINDS[kind]
    model: Any = onnx_asr.load_model(name, folder, quantization=precision)
    options = {"language": "en"} if kind in ("canary", "whisper") else {}
    return str(model.recognize(samples, sample_rate=RATE, **options)).strip()


# --- streaming ----------------------------------------------------------------------------------


def test_streamed_speech_becomes_what_the_library_says_of_the_whole(
    kind: str, folder: Path
) -> None:
    recognizer = OnnxAsrRecognizer(folder)
    assert isinstance(recognizer, Recognizer)
    assert isinstance(recognizer.open(), RecognizerStream)
    assert (recognizer.rate_hz, recognizer.languages) == (RATE, ("en",))
    samples = speech(3.2)
    partials, final = hear(recognizer, samples)
    wanted = library_says(folder, kind, samples)
    if kind == "canary":  # bounded by the audio's length, which the library's own loop is not
        assert final.text
        assert wanted.startswith(final.text)
    else:
        assert final.text == wanted != ""
    assert final.is_final
    assert partials
    assert all(one != other for one, other in pairwise(partials))


def test_a_partial_is_what_was_said_until_then(ctc: Path) -> None:
    recognizer = OnnxAsrRecognizer(ctc, partial_ms=300, clock=lambda: 0.0)
    samples = speech(1.5)
    stream, told = recognizer.open(), []
    for number, block in enumerate(blocks(samples), 1):
        text = stream.feed(block)
        if text is not None:
            told.append((number * 20, text))
    assert [at_ms for at_ms, _ in told] == [300, 600, 900, 1200, 1500]
    for at_ms, text in told:
        assert text == library_says(ctc, "ctc", samples[: at_ms * RATE // 1000])


def test_partials_come_no_faster_than_a_slow_machine_keeps_up_with(ctc: Path) -> None:
    class SlowClock:
        """Every look at it costs half a second of computing, so a recognition costs half a second."""

        now_s = 0.0

        def __call__(self) -> float:
            self.now_s += 0.5
            return self.now_s

    clock = SlowClock()
    recognizer = OnnxAsrRecognizer(ctc, partial_ms=300, clock=clock)
    stream = recognizer.open()
    for block in blocks(speech(10.0)):
        stream.feed(block)
    computed_s = clock.now_s / 2  # two looks around each recognition
    assert 0.5 <= computed_s <= 10.0 / 3 + 0.5


def test_after_the_last_partial_nothing_is_recognised_twice(
    ctc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recognizer = OnnxAsrRecognizer(ctc, clock=lambda: 0.0)
    lengths: list[int] = []
    batch = recognizer._model.recognize_batch

    def counted(waves: np.ndarray, *rest: Any, **options: Any) -> Any:
        lengths.append(waves.shape[1])
        return batch(waves, *rest, **options)

    monkeypatch.setattr(recognizer._model, "recognize_batch", counted)
    stream = recognizer.open()
    partial = stream.feed(speech(0.3))
    assert stream.finish().text == partial
    assert lengths == [4800]


def test_confidence_is_the_mean_probability_of_the_tokens(ctc: Path) -> None:
    samples = speech(2.0)
    _, final = hear(OnnxAsrRecognizer(ctc), samples)
    model: Any = onnx_asr.load_model("nemo-conformer-ctc", ctc, quantization="int8")
    logprobs = model.with_timestamps().recognize(samples).logprobs
    assert final.confidence == pytest.approx(min(1.0, math.exp(np.mean(logprobs))), abs=1e-6)


@pytest.mark.parametrize("length", [0, 1, 100, 1600, 3199])
def test_very_short_audio_is_heard_without_an_error(kind: str, folder: Path, length: int) -> None:
    stream = OnnxAsrRecognizer(folder).open()
    stream.feed(speech(1.0)[:length])
    final = stream.finish()
    assert final.is_final
    assert final.text == "" or length > 0


def test_broken_samples_count_as_silence(ctc: Path) -> None:
    recognizer = OnnxAsrRecognizer(ctc)
    samples = speech(1.0)
    broken = samples.copy()
    broken[4000:4010] = np.nan
    samples[4000:4010] = 0.0
    assert hear(recognizer, broken)[1] == hear(recognizer, samples)[1]


def test_a_new_utterance_ends_the_last_and_a_spent_one_is_refused(ctc: Path) -> None:
    recognizer = OnnxAsrRecognizer(ctc)
    first = recognizer.open()
    first.feed(speech(1.0))
    second = recognizer.open()
    with pytest.raises(RuntimeError, match="utterance is over"):
        first.feed(speech(0.1))
    second.cancel()
    second.cancel()
    with pytest.raises(RuntimeError, match="utterance is over"):
        second.finish()
    assert hear(recognizer, speech(1.0)) == hear(OnnxAsrRecognizer(ctc), speech(1.0))
    recognizer.close()
    recognizer.close()
    with pytest.raises(RuntimeError, match="closed"):
        recognizer.open()


# --- long speech --------------------------------------------------------------------------------


def test_long_speech_is_cut_in_its_pauses_and_nothing_is_lost(
    ctc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = speech(70.0)
    pauses = (15.4, 31.0, 46.0, 61.0)
    for at_s in pauses:
        samples[int(at_s * RATE) : int((at_s + 0.5) * RATE)] = 0.0
    recognizer = OnnxAsrRecognizer(ctc, partial_ms=5000, clock=lambda: 0.0)
    heard: list[int] = []
    cuts: list[int] = []
    batch, quietest = recognizer._model.recognize_batch, engine._quietest

    def counted(waves: np.ndarray, *rest: Any, **options: Any) -> Any:
        heard.append(waves.shape[1])
        return batch(waves, *rest, **options)

    def cut(audio: np.ndarray) -> int:
        cuts.append(quietest(audio))
        return cuts[-1]

    monkeypatch.setattr(recognizer._model, "recognize_batch", counted)
    monkeypatch.setattr(engine, "_quietest", cut)
    partials, final = hear(recognizer, samples)
    assert max(heard) <= engine.WINDOW_S * RATE
    edges = [0, *np.cumsum(cuts).tolist(), len(samples)]
    for at_s, edge in zip(pauses, edges[1:-1], strict=True):
        assert at_s <= edge / RATE <= at_s + 0.5
    parts = [samples[start:end] for start, end in pairwise(edges)]
    assert final.text == " ".join(library_says(ctc, "ctc", part) for part in parts)
    assert len(partials) > 10


def test_an_hour_given_at_once_is_recognised_in_windows(ctc: Path) -> None:
    stream = OnnxAsrRecognizer(ctc).open()
    stream.feed(np.tile(speech(10.0), 20))
    assert len(stream.finish().text.split()) > 200


def test_a_whisper_that_never_ends_is_stopped(tmp_path: Path) -> None:
    folder = tiny_asr.write_whisper(tmp_path / "endless", ends=0.0)
    _, final = hear(OnnxAsrRecognizer(folder), speech(2.0))
    syllables = len(final.text.replace(" ", "")) // 2
    assert 24 <= syllables <= 2 * 12 + 16


# --- languages and layouts ----------------------------------------------------------------------


@pytest.mark.parametrize("write", [tiny_asr.write_canary, tiny_asr.write_whisper])
def test_a_model_of_several_languages_is_told_which(
    tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    folder = write(tmp_path / "model")
    english = hear(OnnxAsrRecognizer(folder, language="en"), speech(2.0))[1].text
    spanish = hear(OnnxAsrRecognizer(folder, language="es"), speech(2.0))[1].text
    assert english != spanish


def test_the_graphs_may_lie_in_a_folder_below_as_on_the_hub(tmp_path: Path) -> None:
    folder = tiny_asr.write_whisper(tmp_path / "whisper")
    wanted = hear(OnnxAsrRecognizer(folder), speech(1.0))
    (folder / "onnx").mkdir()
    for graph in list(folder.glob("*.onnx")):
        graph.rename(folder / "onnx" / graph.name)
    assert hear(OnnxAsrRecognizer(folder), speech(1.0)) == wanted


def test_of_two_precisions_the_smaller_is_taken(tmp_path: Path) -> None:
    folder = tiny_asr.write_ctc(tmp_path / "both", seed=1)
    wanted = hear(OnnxAsrRecognizer(folder), speech(1.0))
    tiny_asr.write_ctc(folder, seed=2, name="model.onnx")
    assert hear(OnnxAsrRecognizer(folder), speech(1.0)) == wanted


def test_thread_and_memory_plans_do_not_change_the_text(ctc: Path) -> None:
    frugal = SessionPlan(threads=2, memory_arena=False, prepacking=False)
    _, one = hear(OnnxAsrRecognizer(ctc, plan=frugal), speech(2.0))
    _, other = hear(OnnxAsrRecognizer(ctc), speech(2.0))
    assert one.text == other.text


# --- bad files ----------------------------------------------------------------------------------


def refused(folder: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        OnnxAsrRecognizer(folder)
    assert caught.value.message.count(".") >= 1
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_each_missing_file_is_reported(tmp_path: Path, kind: str) -> None:
    folder = KINDS[kind][0](tmp_path / kind)
    for path in list(folder.iterdir()):
        if path.name == "config.json":
            continue
        content = path.read_bytes()
        path.unlink()
        assert refused(folder).code == "model_missing"
        path.write_bytes(content)
    assert refused(tmp_path / "nowhere").code == "model_missing"


@pytest.mark.parametrize("kind", KINDS)
def test_each_truncated_graph_is_reported_by_name(tmp_path: Path, kind: str) -> None:
    folder = KINDS[kind][0](tmp_path / kind)
    for path in list(folder.glob("*.onnx")):
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        error = refused(folder)
        assert (error.code, path.name in error.message) == ("model_corrupt", True)
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("ctc", "vocab.txt"), ("whisper", "vocab.json"), ("whisper", "added_tokens.json")],
)
def test_an_unreadable_vocabulary_is_reported_by_name(tmp_path: Path, kind: str, name: str) -> None:
    folder = KINDS[kind][0](tmp_path / kind)
    (folder / name).write_text("{half a", encoding="utf-8")
    error = refused(folder)
    assert (error.code, name in error.message) == ("model_corrupt", True)


def test_a_vocabulary_of_another_model_is_refused(ctc: Path, tmp_path: Path) -> None:
    folder = tiny_asr.write_ctc(tmp_path / "model")
    short = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()[:10]
    (folder / "vocab.txt").write_text("\n".join([*short, "<blk> 10"]) + "\n", encoding="utf-8")
    assert refused(folder).code == "model_unfit"


def test_a_graph_of_another_kind_is_refused(tmp_path: Path) -> None:
    folder = tiny_asr.write_ctc(tmp_path / "model")
    other = tiny_asr.write_whisper(tmp_path / "other")
    graph = (other / "encoder_model_quantized.onnx").read_bytes()
    (folder / "model.int8.onnx").write_bytes(graph)
    assert refused(folder).code == "model_unfit"


# --- features against independent ones ----------------------------------------------------------


def test_nemos_features_agree_with_those_of_the_exported_graph() -> None:
    """NumPy's features, which we use, against the same front-end as an ONNX graph: within 2e-3."""
    from onnx_asr.preprocessors.numpy_preprocessor import NemoPreprocessorNumpy

    from tests.fakes.run_graph import run_graph

    for mels in (80, 128):
        data = resource_files("onnx_asr.preprocessors") / "data" / f"nemo{mels}.onnx"
        wave, length = speech(2.0)[None], np.array([32000], np.int64)
        ours, ours_length = NemoPreprocessorNumpy(f"nemo{mels}")(wave, length)
        theirs, theirs_length = run_graph(
            data.read_bytes(), {"waveforms": wave, "waveforms_lens": length}
        )
        assert ours_length == theirs_length == 200
        np.testing.assert_allclose(ours[..., :200], theirs[..., :200], atol=2e-3)


def test_nemos_features_are_those_of_the_formula() -> None:
    """Against the formula of NeMo's AudioToMelSpectrogramPreprocessor written out in float64."""
    from onnx_asr.preprocessors.numpy_preprocessor import NemoPreprocessorNumpy

    wave = speech(2.0)
    found, _ = NemoPreprocessorNumpy("nemo80")(wave[None], np.array([32000], np.int64))
    emphasised = wave.astype(np.float64)
    emphasised[1:] -= 0.97 * wave[:-1]
    padded = np.pad(emphasised, 256)
    window = np.pad(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 399), 56)
    frames = np.stack([padded[at * 160 : at * 160 + 512] * window for at in range(200)])
    power = np.abs(np.fft.rfft(frames)) ** 2
    log = np.log(power @ slaney(512, 80) + 2.0**-24).T
    mean, deviation = log.mean(axis=1, keepdims=True), log.std(axis=1, ddof=1, keepdims=True)
    np.testing.assert_allclose(found[0][:, :200], (log - mean) / (deviation + 1e-5), atol=2e-3)


@pytest.mark.parametrize("name", ["nemo80", "nemo128"])
def test_features_of_speech_that_grows_are_the_librarys_of_the_whole(name: str) -> None:
    """Within 1e-5: also where audio was cut short, or is another utterance's."""
    from onnx_asr.preprocessors.numpy_preprocessor import NemoPreprocessorNumpy

    from assistant.engines.nemo_features import GrowingFeatures

    ours, theirs = GrowingFeatures(name), NemoPreprocessorNumpy(name)
    wave = speech(3.0)
    for first, last in [
        (0, 3200),
        (0, 3201),
        (0, 8000),
        (0, 8320),
        (0, 48000),
        (0, 20000),
        (9, 30000),
    ]:
        part, length = wave[None, first:last], np.array([last - first], np.int64)
        found, count = ours(part, length)
        expected, expected_count = theirs(part.copy(), length)
        assert count == expected_count
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_features_heard_before_are_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.engines.nemo_features import GrowingFeatures

    transformed: list[int] = []
    original = np.fft.rfft

    def counting(windows: np.ndarray, size: int) -> np.ndarray:
        transformed.append(len(windows))
        return original(windows, size)

    monkeypatch.setattr(np.fft, "rfft", counting)
    features, wave = GrowingFeatures("nemo80"), speech(4.0)
    for samples in (63_520, 64_000, 64_000):
        features(wave[None, :samples], np.array([samples], np.int64))
    assert transformed == [398, 5, 2]  # all, the last 30 ms, and frames that reach beyond the end


def test_whispers_features_are_those_of_the_formula() -> None:
    """The mel filters here agree with transformers' own extractor (`test_smart_turn`)."""
    from onnx_asr.preprocessors.numpy_preprocessor import WhisperPreprocessorNumpy

    wave = speech(2.0)
    found, _ = WhisperPreprocessorNumpy("whisper80")(wave[None], np.array([32000], np.int64))
    assert found.shape == (1, 80, 3000)
    whole = np.pad(np.pad(wave.astype(np.float64), (0, 30 * RATE - len(wave))), 200, "reflect")
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    frames = np.stack([whole[at * 160 : at * 160 + 400] * hann for at in range(3000)])
    power = np.abs(np.fft.rfft(frames)) ** 2
    log = np.log10(np.maximum(power @ slaney(400, 80), 1e-10)).T
    log = np.maximum(log, log.max() - 8.0)
    np.testing.assert_allclose(found[0], (log + 4.0) / 4.0, atol=1e-3)


def slaney(fft: int, mels: int) -> np.ndarray:
    """Slaney's mel filters of equal area up to 8 kHz, shape (fft / 2 + 1, mels)."""
    edges = _hz(np.linspace(0.0, _mel(RATE / 2), mels + 2))
    hz = np.linspace(0, RATE / 2, fft // 2 + 1)[:, None]
    rising = (hz - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - hz) / np.diff(edges)[1:]
    return np.maximum(0, np.minimum(rising, falling)) * (2.0 / (edges[2:] - edges[:-2]))


def test_the_vocabulary_of_canary_holds_its_whole_prompt(tmp_path: Path) -> None:
    folder = tiny_asr.write_canary(tmp_path / "canary")
    assert json.loads((folder / "config.json").read_text())["features_size"] == 128
    tokens = (folder / "vocab.txt").read_text(encoding="utf-8")
    (folder / "vocab.txt").write_text(tokens.replace("<|noitn|>", "<|itn|>"), encoding="utf-8")
    assert refused(folder).code in ("model_corrupt", "model_unfit")
