"""Turns a conversation into the text a model was trained on, with the template of its own file.

Owns rendering. Deliberately trusts nobody: the template comes from a downloaded file and runs in a
sandbox; what users and tools say cannot forge the model's control tokens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.engines.base import ChatMessage, ToolSpec
from assistant.engines.tool_calls import write_tool_calls
from assistant.errors import ModelError


def _to_json(value: object, indent: int | None = None, **_: object) -> str:
    # Not jinja's own filter: that one escapes for HTML.
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _refuse(message: str) -> None:
    raise TemplateError(message)


def _now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)


class ChatTemplate:
    """Renders conversations; pure, any thread.

    Args:
        source: jinja text (``tokenizer.chat_template`` of the GGUF).
        bos: text of the beginning-of-sequence token, put in front where the template does not; empty if the
            model wants none.
        eos: text of the end token.
        control_texts: spellings of all control tokens, made harmless in what people and tools say.

    Raises:
        ModelError: ``model_unfit`` if the template is not valid.
    """

    def __init__(
        self, source: str, *, bos: str = "", eos: str = "", control_texts: Iterable[str] = ()
    ) -> None:
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.filters["tojson"] = _to_json
        environment.globals.update(raise_exception=_refuse, strftime_now=_now)
        try:
            self._template = environment.from_string(source)
        except TemplateError as exc:
            raise ModelError(
                "model_unfit",
                "The model's chat template cannot be understood.",
                "Choose another model, or another file of this one.",
            ) from exc
        self._bos = bos
        self._eos = eos
        self._knows_tool_calls = "tool_calls" in source
        # LFM2's card shows the bare object in its list; the others follow OpenAI's wrapper.
        self._wraps_tools = "List of tools" not in source
        spelled = sorted(filter(None, control_texts), key=len, reverse=True)
        self._control = re.compile("|".join(map(re.escape, spelled))) if spelled else None

    def render(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec] = (),
        *,
        add_generation_prompt: bool,
    ) -> str:
        """Return the conversation as the model reads it.

        Raises:
            ModelError: ``model_unfit`` if the template refuses these messages.
        """
        try:
            text = self._template.render(
                messages=[self._as_mapping(message) for message in messages],
                tools=[self._tool_mapping(tool) for tool in tools] or None,
                add_generation_prompt=add_generation_prompt,
                bos_token=self._bos,
                eos_token=self._eos,
            )
        except Exception as exc:  # a template is a program: anything may come out of it
            raise ModelError(
                "model_unfit",
                f"The model's chat template refuses this conversation: {exc}.",
                "Choose another model, or another file of this one.",
            ) from exc
        return text if text.startswith(self._bos) else self._bos + text

    def harmless(self, text: str) -> str:
        """Return ``text`` with control tokens spelled so that the tokenizer sees plain words."""
        if self._control is None:
            return text
        return self._control.sub(lambda found: " ".join(found[0]), text)

    def _as_mapping(self, message: ChatMessage) -> dict[str, Any]:
        if isinstance(message, SampledMessage):
            return {"role": message.role, "content": message.content}
        content = self.harmless(message.content)
        if not message.tool_calls:
            return {"role": message.role, "content": content}
        if not self._knows_tool_calls:
            # LFM2 templates print the content only; the call is part of it, as the model wrote it.
            return {"role": message.role, "content": write_tool_calls(message.tool_calls) + content}
        calls = [
            {"type": "function", "function": {"name": call.name, "arguments": dict(call.arguments)}}
            for call in message.tool_calls
        ]
        return {"role": message.role, "content": content, "tool_calls": calls}

    def _tool_mapping(self, tool: ToolSpec) -> dict[str, Any]:
        bare = {
            "name": tool.name,
            "description": tool.description,
            "parameters": dict(tool.parameters),
        }
        return {"type": "function", "function": bare} if self._wraps_tools else bare


class SampledMessage(ChatMessage):
    """An assistant message whose content is the model's own text, control tokens included."""

    __slots__ = ()
