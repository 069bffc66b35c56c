"""Pocket TTS: the loop over its graphs, voices, text rules, cancelling, bad files.

The bundle is tiny, with random weights and the interfaces of the real one: it proves the way, not the voice.
The measure is a plain loop here that hands every state through numpy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import sentencepiece
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from assistant.engines.base import CancelToken, Synthesizer
from assistant.engines.onnx_session import SessionPlan
from assistant.engines.pocket_text import TextRules, prompts
from assistant.engines.pocket_tts import PocketTtsSynthesizer
from assistant.errors import ModelError, TurnError
from tests.fakes import tiny_tts
from tests.fakes.run_graph import run_graph

TEXT = "hello there, how are you today? the time is nine"
FRAME = tiny_tts.FRAME_SAMPLES


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_tts.write_pocket(tmp_path_factory.mktemp("pocket") / "en")


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return tiny_tts.write_pocket(tmp_path / "en")


def say(voice: PocketTtsSynthesizer, text: str) -> list[np.ndarray]:
    return list(voice.synthesize(text, cancel=CancelToken()))


# --- the loop -----------------------------------------------------------------------------------


def plainly(folder: Path, text: str, cache: Callable[[int], tuple[np.ndarray, int]]) -> np.ndarray:
    """The same speech at temperature 0, every state a numpy array, all frames decoded at once."""
    facts = json.loads((folder / "bundle.json").read_text())
    tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    main, flow, decoder = (
        folder / f"{name}_int8.onnx" for name in ("flow_lm_main", "flow_lm_flow", "mimi_decoder")
    )
    tokens = np.array([tokenizer.encode(text)], np.int64)
    (embeddings,) = run_graph(folder / "text_conditioner.onnx", {"token_ids": tokens})
    states: dict[str, np.ndarray] = {}
    for layer in range(tiny_tts.LAYERS):
        kept, step = cache(layer)
        whole = np.full((2, 1, tiny_tts.POSITIONS, *kept.shape[3:]), np.nan, np.float32)
        whole[:, :, : kept.shape[2]] = kept
        states |= {
            f"state_{3 * layer}": whole,
            f"state_{3 * layer + 1}": np.zeros(0, np.float32),
            f"state_{3 * layer + 2}": np.array([step]),
        }

    def step(sequence: np.ndarray, text_rows: np.ndarray) -> tuple[np.ndarray, float]:
        given_now = {"sequence": sequence, "text_embeddings": text_rows, **states}
        conditioning, end, *new = run_graph(main, given_now)
        names = [f"state_{3 * n + place}" for n in range(tiny_tts.LAYERS) for place in range(3)]
        by_output = dict(zip(output_names(main)[2:], new, strict=True))
        states.update({name: by_output[f"out_{name}"] for name in names})
        return conditioning, float(end[0, 0])

    step(np.zeros((1, 0, 32), np.float32), embeddings)
    frame, latents, last = np.full((1, 1, 32), np.nan, np.float32), [], None
    after = 5 if len(text.split()) <= 4 else 3
    for number in range(int(np.ceil((tokens.size / 3 + 2) * facts["frame_rate"]))):
        conditioning, end = step(frame, np.zeros((1, 0, 16), np.float32))
        if last is None and end > -4:
            last = number + after
        if last is not None and number >= last:
            break
        zero, one = np.zeros((1, 1), np.float32), np.ones((1, 1), np.float32)
        noise = np.zeros((1, 32), np.float32)
        (direction,) = run_graph(flow, {"c": conditioning, "s": zero, "t": one, "x": noise})
        frame = direction.reshape(1, 1, 32)
        latents.append(frame)
    start = {
        "state_0": np.zeros((1, 32, 1), np.float32),
        "state_1": np.ones(1, np.bool_),
        "state_2": np.zeros(1, np.int64),
    }
    return run_graph(decoder, {"latent": np.concatenate(latents, axis=1), **start})[0].reshape(-1)


def output_names(path: Path) -> list[str]:
    import onnx

    return [one.name for one in onnx.load(str(path)).graph.output]


def alba(folder: Path) -> Callable[[int], tuple[np.ndarray, int]]:
    stored = load_file(folder / "voices" / "alba.safetensors")

    def cache(layer: int) -> tuple[np.ndarray, int]:
        module = f"transformer.layers.{layer}.self_attn"
        return stored[f"{module}/cache"], int(stored[f"{module}/offset"][0])

    return cache


def test_the_stream_is_what_a_plain_loop_computes(bundle: Path) -> None:
    voice = PocketTtsSynthesizer(bundle, "alba", temperature=0.0)
    assert isinstance(voice, Synthesizer)
    assert (voice.rate_hz, voice.languages) == (24_000, ("en",))
    wanted = plainly(bundle, "Hello there, how are you today? the time is nine.", alba(bundle))
    chunks = say(voice, TEXT)
    assert [len(chunk) // FRAME for chunk in chunks[:3]] == [2, 2, 4]
    assert all(chunk.dtype == np.float32 for chunk in chunks)
    np.testing.assert_allclose(np.concatenate(chunks), wanted, atol=1e-5)
    assert np.abs(wanted).mean() > 0.05
    # Nothing of one piece lingers in the next.
    np.testing.assert_array_equal(np.concatenate(say(voice, TEXT)), np.concatenate(chunks))


def test_the_first_sound_comes_after_two_frames(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = PocketTtsSynthesizer(bundle, "alba")
    steps: list[int] = []
    latent = voice._latent

    def counted(conditioning: np.ndarray) -> np.ndarray:
        steps.append(1)
        return latent(conditioning)

    monkeypatch.setattr(voice, "_latent", counted)
    stream = voice.synthesize(TEXT, cancel=CancelToken())
    assert len(next(stream)) == 2 * FRAME
    assert len(steps) == 2
    stream.close()


def test_noise_makes_each_time_sound_different_and_a_seed_the_same(bundle: Path) -> None:
    voice = PocketTtsSynthesizer(bundle, "alba", seed=3)
    first, second = (np.concatenate(say(voice, TEXT)) for _ in range(2))
    size = min(len(first), len(second))
    assert np.abs(first[:size] - second[:size]).mean() > 0.01
    again = np.concatenate(say(PocketTtsSynthesizer(bundle, "alba", seed=3), TEXT))
    np.testing.assert_array_equal(first, again)


def test_threads_and_memory_plans_do_not_change_the_sound(bundle: Path) -> None:
    frugal = SessionPlan(threads=2, memory_arena=False, prepacking=False)
    one = say(PocketTtsSynthesizer(bundle, "alba", temperature=0.0, plan=frugal), "Good night.")
    other = say(PocketTtsSynthesizer(bundle, "alba", temperature=0.0), "Good night.")
    np.testing.assert_allclose(np.concatenate(one), np.concatenate(other), atol=1e-5)


def test_caches_are_never_copied_through_numpy(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = PocketTtsSynthesizer(bundle, "alba")

    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("a state was made from an array")

    stream = voice.synthesize(TEXT, cancel=CancelToken())
    next(stream)
    monkeypatch.setattr(onnxruntime.OrtValue, "ortvalue_from_numpy", fail)
    assert len(list(stream)) >= 2


def test_a_model_that_finds_no_end_is_stopped(fresh: Path) -> None:
    facts = json.loads((fresh / "bundle.json").read_text())
    facts["model_recommended_frames_after_eos"] = 10_000
    (fresh / "bundle.json").write_text(json.dumps(facts))
    voice = PocketTtsSynthesizer(fresh, "alba")
    tokens = len(voice._token_ids("Good night."))
    spoken = sum(map(len, say(voice, "Good night.")))
    assert spoken == int(np.ceil((tokens / 3 + 2) * 12.5)) * FRAME


def test_another_rate_becomes_24_khz(fresh: Path) -> None:
    facts = json.loads((fresh / "bundle.json").read_text())
    before = sum(map(len, say(PocketTtsSynthesizer(fresh, "alba", temperature=0.0), TEXT)))
    facts["sample_rate"] = 12_000
    (fresh / "bundle.json").write_text(json.dumps(facts))
    after = sum(map(len, say(PocketTtsSynthesizer(fresh, "alba", temperature=0.0), TEXT)))
    assert abs(after - 2 * before) <= 2


# --- cancelling ---------------------------------------------------------------------------------


def test_a_cancel_ends_the_stream_quietly_and_the_voice_speaks_on(bundle: Path) -> None:
    voice = PocketTtsSynthesizer(bundle, "alba", temperature=0.0)
    whole = say(voice, TEXT)
    cancel = CancelToken()
    stream = voice.synthesize(TEXT, cancel=cancel)
    assert len(next(stream)) == 2 * FRAME
    cancel.cancel()
    assert list(stream) == []
    assert list(voice.synthesize(TEXT, cancel=cancel)) == []
    np.testing.assert_array_equal(np.concatenate(say(voice, TEXT)), np.concatenate(whole))


def test_a_cancel_ends_a_running_computation(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cancel comes from inside the run, as it would from another thread."""
    voice = PocketTtsSynthesizer(bundle, "alba")
    cancel = CancelToken()
    session = voice._main.session._session

    class CancelledWhileRunning:
        def run_with_iobinding(self, binding: Any, options: Any) -> None:
            cancel.cancel()
            assert options.terminate
            session.run_with_iobinding(binding, options)

        def __getattr__(self, name: str) -> Any:
            return getattr(session, name)

    monkeypatch.setattr(voice._main.session, "_session", CancelledWhileRunning())
    assert list(voice.synthesize(TEXT, cancel=cancel)) == []


def test_an_abandoned_stream_leaves_nothing_behind(bundle: Path) -> None:
    voice = PocketTtsSynthesizer(bundle, "alba", temperature=0.0)
    whole = np.concatenate(say(voice, TEXT))
    for stream in (voice.synthesize(TEXT, cancel=CancelToken()) for _ in range(3)):
        next(stream)
        stream.close()
    np.testing.assert_array_equal(np.concatenate(say(voice, TEXT)), whole)


def test_another_piece_begun_meanwhile_ends_the_first(bundle: Path) -> None:
    voice = PocketTtsSynthesizer(bundle, "alba", temperature=0.0)
    whole = np.concatenate(say(voice, TEXT))
    first = voice.synthesize("Good night.", cancel=CancelToken())
    next(first)
    second = voice.synthesize(TEXT, cancel=CancelToken())
    begun = next(second)
    assert list(first) == []
    np.testing.assert_array_equal(np.concatenate([begun, *second]), whole)


def test_a_closed_voice_says_so(bundle: Path) -> None:
    voice = PocketTtsSynthesizer(bundle, "alba")
    voice.close()
    voice.close()
    with pytest.raises(TurnError, match="closed"):
        say(voice, "Hello.")


# --- voices -------------------------------------------------------------------------------------


def test_voices_sound_different_and_are_listed(bundle: Path) -> None:
    tiny_tts.write_pocket_voice(bundle / "voices" / "marius.safetensors", 99)
    voices = [PocketTtsSynthesizer(bundle, name, temperature=0.0) for name in ("alba", "marius")]
    assert set(voices[0].voices()) >= {"alba", "embedded", "marius"}
    one, other = (np.concatenate(say(voice, "Good night."))[: 4 * FRAME] for voice in voices)
    assert np.abs(one - other).mean() > 0.01


def test_how_far_a_voice_fills_the_caches_is_told_in_any_of_three_ways(fresh: Path) -> None:
    path = fresh / "voices" / "alba.safetensors"
    wanted = np.concatenate(say(PocketTtsSynthesizer(fresh, "alba", temperature=0.0), TEXT))
    stored = load_file(path)
    for key, value in (
        ("step", np.array([12], np.int64)),
        ("current_end", np.zeros(12, np.float32)),
    ):
        renamed = {
            name.replace("offset", key): value if name.endswith("offset") else tensor
            for name, tensor in stored.items()
        }
        save_file(renamed, path)
        found = np.concatenate(say(PocketTtsSynthesizer(fresh, "alba", temperature=0.0), TEXT))
        np.testing.assert_array_equal(found, wanted)


def test_a_voice_of_embeddings_is_read_after_the_bundles_first_vector(bundle: Path) -> None:
    """Its state is what the language model makes of them; the sound is a plain loop's."""
    rows = np.concatenate(
        [np.load(bundle / "bos_before_voice.npy"), np.load(bundle / "voices" / "embedded.npy")],
        axis=1,
    )
    main = bundle / "flow_lm_main_int8.onnx"
    empty: dict[str, np.ndarray] = {}
    for layer in range(tiny_tts.LAYERS):
        shape = (2, 1, tiny_tts.POSITIONS, tiny_tts.HEADS, tiny_tts.HEAD)
        empty[f"state_{3 * layer}"] = np.full(shape, np.nan, np.float32)
        empty[f"state_{3 * layer + 1}"] = np.zeros(0, np.float32)
        empty[f"state_{3 * layer + 2}"] = np.zeros(1, np.int64)
    nothing = np.zeros((1, 0, 32), np.float32)
    values = run_graph(main, {"sequence": nothing, "text_embeddings": rows, **empty})
    by_name = dict(zip(output_names(main), values, strict=True))

    def cache(layer: int) -> tuple[np.ndarray, int]:
        return by_name[f"out_state_{3 * layer}"], int(by_name[f"out_state_{3 * layer + 2}"][0])

    assert cache(0)[1] == 8
    voice = PocketTtsSynthesizer(bundle, "embedded", temperature=0.0)
    found = np.concatenate(say(voice, "Good night."))
    np.testing.assert_allclose(found, plainly(bundle, "Good night.", cache), atol=1e-5)


def test_a_recording_becomes_a_voice_by_the_encoder(fresh: Path) -> None:
    wave = np.sin(np.arange(48_000) / 30).astype(np.float32) * 0.3
    soundfile.write(fresh / "voices" / "mine.wav", np.stack([wave, wave], axis=1), 48_000)
    mine = np.concatenate(say(PocketTtsSynthesizer(fresh, "mine", temperature=0.0), "Good night."))
    alba_says = say(PocketTtsSynthesizer(fresh, "alba", temperature=0.0), "Good night.")
    assert np.abs(mine[:FRAME] - alba_says[0][:FRAME]).mean() > 0.01
    (fresh / "mimi_encoder.onnx").unlink()
    assert refused(fresh, "mine").code == "model_missing"


# --- bad files ----------------------------------------------------------------------------------


def refused(folder: Path, voice: str = "alba") -> ModelError:
    with pytest.raises(ModelError) as caught:
        PocketTtsSynthesizer(folder, voice)
    assert caught.value.hint
    return caught.value


NEEDED = [
    "bundle.json",
    "tokenizer.model",
    "text_conditioner.onnx",
    "flow_lm_main_int8.onnx",
    "flow_lm_flow_int8.onnx",
    "mimi_decoder_int8.onnx",
    "voices/alba.safetensors",
]


@pytest.mark.parametrize("name", NEEDED)
def test_each_missing_or_truncated_file_is_reported(fresh: Path, name: str) -> None:
    path = fresh / name
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    error = refused(fresh)
    assert (error.code, path.name in error.message) == ("model_corrupt", True)
    path.unlink()
    assert refused(fresh).code == "model_missing"


def test_an_unknown_voice_is_refused_with_those_there_are(bundle: Path) -> None:
    error = refused(bundle, "nobody")
    assert error.code == "model_missing"
    assert "alba" in error.message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sample_rate", "often"),
        ("flow_lm_state_manifest", None),
        ("mimi_state_manifest", [{"input_name": "state_0"}]),
        ("tokenizer_file", ["a"]),
    ],
)
def test_a_bundle_that_does_not_say_enough_is_refused(fresh: Path, key: str, value: Any) -> None:
    facts = json.loads((fresh / "bundle.json").read_text())
    facts[key] = value
    if value is None:
        del facts[key]
    (fresh / "bundle.json").write_text(json.dumps(facts))
    assert refused(fresh).code in ("model_unfit", "model_missing")


def test_graphs_and_manifest_that_differ_are_refused(fresh: Path) -> None:
    facts = json.loads((fresh / "bundle.json").read_text())
    facts["flow_lm_state_manifest"][0]["input_name"] = "state_99"
    (fresh / "bundle.json").write_text(json.dumps(facts))
    error = refused(fresh)
    assert (error.code, "state_99" in error.message) == ("model_unfit", True)


def test_a_graph_of_another_kind_is_refused(fresh: Path) -> None:
    (fresh / "flow_lm_flow_int8.onnx").write_bytes((fresh / "text_conditioner.onnx").read_bytes())
    assert refused(fresh).code == "model_unfit"


@pytest.mark.parametrize("change", [{"length": tiny_tts.POSITIONS + 1}, {"heads": 3}])
def test_a_voice_of_another_model_is_refused(fresh: Path, change: dict[str, int]) -> None:
    tiny_tts.write_pocket_voice(fresh / "voices" / "alba.safetensors", 1, **change)
    assert refused(fresh).code == "model_unfit"


def test_a_voice_without_caches_is_refused(fresh: Path) -> None:
    save_file({"x/y": np.zeros(3, np.float32)}, fresh / "voices" / "alba.safetensors")
    assert refused(fresh).code == "model_unfit"


# --- the text -----------------------------------------------------------------------------------


def words(text: str) -> int:
    """A stand-in for the tokenizer: one token a word."""
    return len(text.split())


def prepared(text: str, rules: TextRules) -> list[str]:
    return [prompt.text for prompt in prompts(text, rules, words)]


def test_english_begins_with_a_capital_and_ends_with_a_mark() -> None:
    rules = TextRules()
    assert prepared("  good\n night ", rules) == ["Good night."]
    assert prepared('he said "no"; why?', rules) == ['He said "no"; why?']
    assert prepared("… !", rules) == prepared("", rules) == []


def test_spanish_loses_quotes_brackets_and_opening_marks() -> None:
    rules = TextRules(language="es")
    assert prepared("¿qué hora es? ¡Hola (amiga)!", rules) == ["Qué hora es? Hola amiga!"]
    assert prepared("dijo «sí», 'no' y d'Artagnan", rules) == ["Dijo sí, no y d'Artagnan."]


def test_a_bundles_own_rules_are_kept() -> None:
    assert prepared("one; two", TextRules(remove_semicolons=True)) == ["One, two."]
    assert prepared("yes", TextRules(pad_short=True)) == ["        Yes."]
    assert prepared("one two three four five", TextRules(pad_short=True))[0][0] == "O"


def test_short_text_gets_more_frames_after_its_end() -> None:
    def frames(text: str, rules: TextRules) -> list[int]:
        return [prompt.frames_after_end for prompt in prompts(text, rules, words)]

    assert frames("one two three four", TextRules()) == [5]
    assert frames("one two three four five", TextRules()) == [3]
    assert frames("one", TextRules(frames_after_end=7)) == [7]


def test_long_text_is_cut_at_sentences_then_clauses_then_words() -> None:
    rules = TextRules(most_tokens=4)
    assert prepared("One two. Three four. Five.", rules) == ["One two. Three four.", "Five."]
    assert prepared("One two, three four, five.", rules) == ["One two, three four,", "Five."]
    assert prepared("One two three four five six", rules) == ["One two three four.", "Five six."]


@given(
    st.lists(st.sampled_from(["uno", "dos", "tres,", "cuatro.", "3.5", "¿cinco?"]), max_size=60),
    st.integers(1, 12),
)
def test_chunks_fit_and_keep_every_word_in_order(parts: list[str], most: int) -> None:
    found = list(prompts(" ".join(parts), TextRules(most_tokens=most), words))
    assert all(words(prompt.text) <= most for prompt in found)

    def bare(texts: Iterator[str]) -> list[str]:
        return re.findall(r"\w+", " ".join(texts).lower())

    assert bare(prompt.text for prompt in found) == bare(iter(parts))


def test_long_speech_is_spoken_chunk_after_chunk(bundle: Path) -> None:
    voice = PocketTtsSynthesizer(bundle, "alba", temperature=0.0)
    first, second = (
        "What a lovely evening; " * 4 + "good night!",
        "The time is a quarter past nine.",
    )
    together = np.concatenate(say(voice, f"{first} {second}"))
    apart = np.concatenate([*say(voice, first), *say(voice, second)])
    np.testing.assert_allclose(together, apart, atol=1e-6)
    assert len(list(islice(voice.synthesize("", cancel=CancelToken()), 1))) == 0
