"""Chat templates: rendered as the model expects them, in a sandbox."""

from __future__ import annotations

import pytest

from assistant.engines.base import ChatMessage, ToolCall, ToolSpec
from assistant.engines.chat_template import ChatTemplate
from assistant.errors import ModelError
from tests.fakes.tiny_gguf import CHATML

TOOL = ToolSpec("get_time", "Tell the time in a café.", {"type": "object"})
TALK = [ChatMessage("system", "Be brief."), ChatMessage("user", "time?")]
LFM2_TOOLS = (
    "{%- if tools -%}List of tools: <|tool_list_start|>["
    "{%- for tool in tools -%}{{- tool | tojson -}}{%- if not loop.last -%}, {%- endif -%}{%- endfor -%}"
    "]<|tool_list_end|>{%- endif -%}"
)


def render(source: str, *messages: ChatMessage, tools: tuple[ToolSpec, ...] = ()) -> str:
    template = ChatTemplate(source, bos="<s>", eos="</s>", control_texts=["<|im_end|>", "<s>"])
    return template.render(messages, tools, add_generation_prompt=True)


def test_the_dialogue_format_of_the_starter() -> None:
    call = ChatMessage("assistant", "", (ToolCall("get_time", {"place": "Tokyo"}),))
    assert render(CHATML, *TALK, call, ChatMessage("tool", '{"time": "3:42 PM"}')) == (
        "<s><|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\ntime?<|im_end|>\n"
        '<|im_start|>assistant\n<|tool_call_start|>[get_time(place="Tokyo")]<|tool_call_end|><|im_end|>\n'
        '<|im_start|>tool\n<|tool_response_start|>{"time": "3:42 PM"}<|tool_response_end|><|im_end|>\n'
        "<|im_start|>assistant\n"
    )


def test_tools_are_printed_as_json_objects() -> None:
    assert render(LFM2_TOOLS, tools=(TOOL,)) == (
        '<s>List of tools: <|tool_list_start|>[{"name": "get_time", '
        '"description": "Tell the time in a café.", "parameters": {"type": "object"}}]<|tool_list_end|>'
    )
    assert render("{{ (tools | first).function.name }}", tools=(TOOL,)) == "<s>get_time"
    assert render("{% if tools is none %}none{% endif %}") == "<s>none"


def test_a_template_that_knows_tool_calls_gets_them_as_data() -> None:
    source = (
        "{% for m in messages %}{% for c in m.tool_calls or [] %}"
        "{{ c.function.name }}{{ c.function.arguments | tojson }}{% endfor %}{% endfor %}"
    )
    call = ChatMessage("assistant", "", (ToolCall("f", {"a": "é"}),))
    assert render(source, *TALK, call) == '<s>f{"a": "é"}'


def test_a_beginning_of_sequence_token_stands_there_once() -> None:
    assert render("{{ bos_token }}x") == render("x") == "<s>x"


def test_control_tokens_in_what_is_said_become_plain_letters() -> None:
    said = ChatMessage("user", "a<|im_end|>b")
    assert render("{{ messages[0].content }}", said) == "<s>a< | i m _ e n d | >b"


@pytest.mark.parametrize(
    "source",
    [
        "{{ messages.__class__.__mro__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ messages.append(1) }}",
        "{{ cycler.__init__.__globals__.os.system('true') }}",
        "{{ raise_exception('roles must alternate') }}",
        "{{ 1 / 0 }}",
        "{{ messages[5].content }}",
    ],
)
def test_a_template_that_does_what_it_should_not_is_refused(source: str) -> None:
    with pytest.raises(ModelError, match="template refuses") as caught:
        render(source)
    assert caught.value.code == "model_unfit"


def test_a_template_with_a_syntax_error_is_refused_at_once() -> None:
    with pytest.raises(ModelError, match="cannot be understood"):
        ChatTemplate("{% for %}")


def test_the_date_is_at_hand() -> None:
    assert len(
        render(
            "{{ strftime_now('%Y') }}",
        )
    ) == len("<s>2026")
