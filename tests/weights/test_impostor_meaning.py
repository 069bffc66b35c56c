"""Impostors of the right form with nothing in them, found by running them and by listening."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.catalog.graph_roles import CODES
from assistant.catalog.meaning import SPOKEN, Recording, Trial, check_meaning
from assistant.catalog.talker_products import Products, read_products
from assistant.catalog.verify import check_files
from assistant.errors import ModelError
from tests.weights.gallery import (
    ARTEFACTS,
    HIDDEN,
    PARTS,
    changed,
    encoder,
    entry_of,
    fp32_voice,
    node,
    onnx,
    random_products,
    refusals,
    replace,
    verdict,
    vocoder,
)

# A recogniser takes its time over noise, on a busy machine minutes.
pytestmark = [pytest.mark.weights, pytest.mark.timeout(400)]


# --- the right form, and nothing in it --------------------------------------------------------------------


def test_the_bare_projection_of_qwen_as_voice(shelf: Path) -> None:
    """Two products of exactly the right names, types and size, without the 24 layers before them."""
    names = fp32_voice(shelf, random_products())
    entry = entry_of(shelf, names)
    assert refusals(check_files(entry)) == []
    (reason,) = refusals(verdict(entry))
    assert reason.startswith("run of talker.onnx: chooses control codes, which are no sounds, for ")


@pytest.mark.slow
def test_the_bare_projection_that_avoids_control_codes_cannot_be_understood(shelf: Path) -> None:
    """Told which ids are no sounds, chance says something; nobody understands it."""
    drawn = random_products()
    second = drawn.second.copy()
    second[:, CODES:] = 0
    second[0, CODES:] = -1000
    bias = drawn.bias.copy()
    bias[0] = 5
    names = fp32_voice(shelf, Products(drawn.first, bias, second))
    (reason,) = refusals(verdict(entry_of(shelf, names)))
    assert reason.startswith("can be understood: ")


def test_a_voice_whose_sounds_were_shuffled_cannot_be_understood(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every part works, many sounds are used, and none is the right one."""
    monkeypatch.setattr(
        "assistant.catalog.meaning.SPOKEN", SPOKEN[2:4]
    )  # two short sentences of noise
    products = read_products(ARTEFACTS / "talker_int8.onnx")
    second = products.second.copy()
    second[:, :CODES] = second[:, np.random.default_rng(0).permutation(CODES)]
    names = fp32_voice(shelf, Products(products.first, products.bias, second))
    checks = verdict(entry_of(shelf, names))
    *_, reason = refusals(checks)
    assert reason.startswith("can be understood: ")
    assert "run of vocode in audio_core.onnx" in {check.name for check in checks if check.ok}


def test_a_talker_that_always_chooses_the_same_sound(shelf: Path) -> None:
    products = read_products(ARTEFACTS / "talker_int8.onnx")
    deaf = Products(np.zeros_like(products.first), products.bias, products.second)
    names = fp32_voice(shelf, deaf)
    assert refusals(verdict(entry_of(shelf, names))) == [
        "run of talker.onnx: chooses the same sound for every frame, whatever it is given"
    ]


def test_an_int8_talker_that_chooses_otherwise_than_its_weights_in_fp32(
    shelf: Path, single: Path
) -> None:
    def coarse(model: Any) -> None:
        step = onnx.numpy_helper.from_array(np.array(1.5, np.float32), "step")
        model.graph.initializer.append(step)
        model.graph.node[0].input[0] = "coarse"
        for at, one in enumerate(
            (
                node("Div", "hidden_states step", "steps"),
                node("Round", "steps", "rounded"),
                node("Mul", "rounded step", "coarse"),
            )
        ):
            model.graph.node.insert(at, one)

    replace(shelf, "talker_int8.onnx", changed(single / "talker_int8.onnx", coarse))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert reason.startswith("agreement of talker_int8.onnx with FP32: the same choice for ")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (lambda: np.ones((100, HIDDEN), np.float32), "gives the same for every sentence"),
        (
            lambda: np.full((100, HIDDEN), np.inf, np.float32) * 0,
            "gives values that are no numbers",
        ),
    ],
    ids=["constant", "no numbers"],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_an_encoder_that_does_not_answer_the_text(
    shelf: Path, rows: Callable[[], np.ndarray], reason: str
) -> None:
    replace(shelf, "tts_encode.onnx", encoder(HIDDEN, says=rows))
    (found,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert found.startswith(("run of tts_encode.onnx: ", "weights of tts_encode.onnx: "))
    assert reason.removeprefix("gives values that ") in found


def test_a_vocoder_that_answers_silence(shelf: Path) -> None:
    replace(shelf, "vocode.onnx", vocoder(np.zeros(2_000_000)))
    assert refusals(verdict(entry_of(shelf, PARTS))) == ["run of vocode.onnx: gives only silence"]


def test_a_vocoder_that_plays_the_same_whatever_it_is_given(shelf: Path) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 200 * np.arange(2_000_000) / 24_000)
    replace(shelf, "vocode.onnx", vocoder(tone))
    assert refusals(verdict(entry_of(shelf, PARTS))) == [
        "run of vocode.onnx: makes the same sound whatever it is given"
    ]


def test_a_vocoder_that_ends_too_soon(shelf: Path) -> None:
    replace(shelf, "vocode.onnx", vocoder(np.ones(1000)))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert reason.startswith("run of vocode.onnx: makes 1000 samples of ")


# --- the recogniser -------------------------------------------------------------------------------------


def test_a_recording_of_a_person_is_heard_by_the_genuine_ears_and_not_by_others() -> None:
    from assistant.audio.speech_files import RATE_HZ, read_speech
    from assistant.engines.pocketsphinx import PocketsphinxRecognizer

    clip = Path(__file__).parents[1] / "data" / "what_time_is_it.wav"
    samples = read_speech(clip).samples
    genuine = PocketsphinxRecognizer("general")

    @contextmanager
    def open_engine(_name: str) -> Iterator[Any]:
        yield genuine

    for transcript, hears in (("what time is it", True), ("turn off the kitchen light", False)):
        trial = Trial(Recording(samples, RATE_HZ, transcript))
        checks = check_meaning({"stt": "ears"}, open_engine, trial)["stt"]
        (check,) = (one for one in checks if one.name == "hears a recording")
        assert check.ok is hears, check.detail
    genuine.close()


def test_what_loads_nowhere_is_refused_when_its_products_are_read() -> None:
    with pytest.raises(ModelError) as caught:
        read_products(ARTEFACTS / "letters.onnx")
    assert caught.value.code == "model_unfit"
