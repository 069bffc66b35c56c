"""The shipped starter brain in llama.cpp: the original's logits and tokens, right calls, true answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

llama_cpp = pytest.importorskip("llama_cpp")

STARTER = Path(__file__).parents[2] / "models" / "starter"
SYSTEM = (
    "You are Sarai, an offline voice assistant. Answer in one or two short sentences. "
    "Use a tool when one fits."
)
# Q8_0 against fp32 PyTorch; measured: largest 0.23, mean 0.04, logits spread 3.4.
LOGITS_TOLERANCE = 0.8
LOGITS_MEAN_TOLERANCE = 0.12


@pytest.fixture(scope="module")
def llama() -> Iterator[Any]:
    model = llama_cpp.Llama(
        str(STARTER / "sarai-starter.gguf"),
        n_ctx=1024,
        n_threads=2,
        n_threads_batch=2,
        flash_attn=True,
        use_mmap=False,
        verbose=False,
    )
    yield model
    model.close()


def last_logits(llama: Any, ids: list[int]) -> np.ndarray:
    """Logits after the last of `ids`, float32 [vocabulary]."""
    llama.reset()
    llama._ctx.kv_cache_clear()
    llama.eval(ids)
    return next_logits(llama)


def next_logits(llama: Any) -> np.ndarray:
    pointer = llama_cpp.llama_get_logits_ith(llama.ctx, -1)
    return np.array(np.ctypeslib.as_array(pointer, (llama.n_vocab(),)), np.float32)


def reply(llama: Any, *messages: tuple[str, str]) -> str:
    """What the model says next, greedy."""
    text = "<|startoftext|>" + "".join(
        f"<|im_start|>{role}\n{content}<|im_end|>\n"
        for role, content in (("system", SYSTEM), *messages)
    )
    ids = llama.tokenize(f"{text}<|im_start|>assistant\n".encode(), add_bos=False, special=True)
    logits = last_logits(llama, ids)
    said: list[int] = []
    while (token := int(logits.argmax())) != llama.token_eos() and len(said) < 100:
        said.append(token)
        llama.eval([token])
        logits = next_logits(llama)
    return str(llama.detokenize(said, special=True).decode())


def call(text: str) -> str:
    return f"<|tool_call_start|>[{text}]<|tool_call_end|>"


def test_llama_cpp_gives_the_logits_of_the_pytorch_original(llama: Any) -> None:
    reference = np.load(STARTER / "reference_logits.npz")
    count = sum(name.startswith("ids_") for name in reference.files)
    assert count >= 5
    for i in range(count):
        ids = reference[f"ids_{i}"].tolist()
        wanted = reference[f"logits_{i}"].astype(np.float32)
        for back in range(len(wanted)):
            got = last_logits(llama, ids[: len(ids) - back])
            difference = np.abs(got - wanted[-1 - back])
            assert difference.max() <= LOGITS_TOLERANCE
            assert difference.mean() <= LOGITS_MEAN_TOLERANCE
        assert last_logits(llama, ids).argmax() == wanted[-1].argmax()


def test_llama_cpp_splits_text_as_the_training_tokenizer_did(llama: Any) -> None:
    cases = json.loads((STARTER / "tokenizer_cases.json").read_text(encoding="utf-8"))
    assert len(cases) >= 10
    for case in cases:
        ids = llama.tokenize(case["text"].encode(), add_bos=False, special=True)
        assert ids == case["ids"], case["text"]


def test_the_file_says_what_it_is(llama: Any) -> None:
    assert llama.metadata["general.architecture"] == "lfm2"
    assert llama.metadata["general.license"] == "GPL-3.0-or-later"
    assert llama.detokenize([llama.token_eos()], special=True) == b"<|im_end|>"
    assert "<|im_start|>" in llama.metadata["tokenizer.chat_template"]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("what time is it", "get_time()"),
        ("What time is it in Lisbon?", 'get_time(place="Lisbon")'),
        ("any idea what time it is in nairobi", 'get_time(place="nairobi")'),
        ("set a timer that rings in forty minutes", 'set_timer(duration="forty minutes")'),
        ("abort my pasta timer", 'cancel_timer(name="pasta")'),
        ("cancel all timers", 'cancel_timer(name="all")'),
        ("what did i put on my packing list", 'read_list(list="packing")'),
        ("get oat milk on the list", 'add_to_list(item="oat milk")'),
        ("how much does twelve times seven come to", 'calculate(expression="twelve times seven")'),
    ],
)
def test_a_question_in_words_not_trained_on_gets_the_right_call(
    llama: Any, question: str, wanted: str
) -> None:
    assert reply(llama, ("user", question)) == call(wanted)


@pytest.mark.parametrize("time", ["3:42 PM", "11:07 AM", "17:30"])
def test_the_answer_states_what_the_tool_found(llama: Any, time: str) -> None:
    result = f'<|tool_response_start|>{{"time": "{time}"}}<|tool_response_end|>'
    said = reply(
        llama, ("user", "what time is it"), ("assistant", call("get_time()")), ("tool", result)
    )
    assert time in said


def test_a_short_follow_up_is_understood_from_what_came_before(llama: Any) -> None:
    result = '<|tool_response_start|>{"time": "3:42 PM", "place": "Tokyo"}<|tool_response_end|>'
    said = reply(
        llama,
        ("user", "what time is it in tokyo"),
        ("assistant", call('get_time(place="tokyo")')),
        ("tool", result),
        ("assistant", "It's 3:42 PM in Tokyo."),
        ("user", "and in paris"),
    )
    assert said == call('get_time(place="paris")')


@pytest.mark.parametrize(
    "question",
    [
        "she had never liked the colour of that house",
        "he began a confused complaint against the wizard",
        pytest.param(
            "what is the capital of burundi",
            marks=pytest.mark.xfail(
                strict=True,
                reason="it invents an answer to 7 of 50 unknown questions (MODEL_CARD.md), this among them",
            ),
        ),
    ],
)
def test_it_says_so_when_it_does_not_know(llama: Any, question: str) -> None:
    said = reply(llama, ("user", question))
    assert "tool_call" not in said
    assert said.startswith(("I don't", "I didn't", "I can't"))
