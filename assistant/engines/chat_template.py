"""Turns a conversation into the text a model was trained on, with the template of its own file.

Owns rendering, and what is done for templates that know no system message or no tool results: both are then
said by the user. Deliberately trusts nobody: the template comes from a downloaded file and runs in a
sandbox; what users and tools say cannot forge the model's control tokens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.engines.base import ChatMessage, ToolCall, ToolSpec
from assistant.engines.tool_calls import write_tool_calls
from assistant.errors import ModelError


def _to_json(value: object, indent: int | None = None, **_: object) -> str:
    # Not jinja's own filter: that one escapes for HTML.
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _refuse(message: str) -> None:
    raise TemplateError(message)


def _now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)


class _Generation(Extension):
    """``{% generation %}…{% endgeneration %}``: marks for training what a model wrote; here just its content.

    Later templates of LFM2.5 have it (transformers, `apply_chat_template`, return_assistant_tokens_mask).
    """

    tags = {"generation"}  # noqa: RUF012 - as jinja declares it

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


_PROBE = {role: f"probe {role}" for role in ("system", "user", "tool")}
"""What each role says when a template is tried out."""


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
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.loopcontrols", _Generation],
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
        self._folds_system = self._folds_tools = self._wants_user = False
        self._try_out()

    def _try_out(self) -> None:
        """See which roles the template knows, where it at least prints what a user says."""
        system, user, tool = (
            ChatMessage(role, _PROBE[role]) for role in ("system", "user", "tool")
        )
        call = ChatMessage("assistant", "", (ToolCall("probe", {}),))
        if not self._prints(user):
            return
        self._folds_system = not self._prints(system, user)
        self._folds_tools = not self._prints(user, call, tool)
        self._wants_user = not self._folds_system and not self._prints(system)

    def _prints(self, *messages: ChatMessage) -> bool:
        try:
            text = self.render(messages, add_generation_prompt=messages[-1].role != "system")
        except ModelError:
            return False
        return all(message.content in text for message in messages)

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
        if self._wants_user and not any(message.role == "user" for message in messages):
            return self._bos  # said when the user has spoken
        mappings = self._folded([self._as_mapping(message) for message in messages])
        if messages and not mappings:
            return self._bos
        try:
            text = self._template.render(
                messages=mappings,
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

    def _folded(self, mappings: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Let the user say what the template has no role for; a system message waits for the next user's."""
        if not self._folds_system and not self._folds_tools:
            return mappings
        folded: list[dict[str, Any]] = []
        waiting = ""
        for mapping in mappings:
            role, content = mapping["role"], mapping["content"]
            if role == "system" and self._folds_system:
                waiting += f"{content}\n\n"
                continue
            if role == "tool" and self._folds_tools:
                role, content = "user", f"Result: {content}"
            if role == "user":
                content, waiting = waiting + content, ""
                if folded and folded[-1]["role"] == "user":  # roles must alternate
                    content = f"{folded.pop()['content']}\n{content}"
                folded.append({"role": role, "content": content})
            else:
                folded.append(mapping)
        return folded

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
        safe = [
            ToolCall(call.name, self._harmless_value(dict(call.arguments)))
            for call in message.tool_calls
        ]
        if not self._knows_tool_calls or self._folds_tools:
            # LFM2 templates print the content only; the call is part of it, as the model wrote it.
            return {"role": message.role, "content": write_tool_calls(safe) + content}
        calls = [
            {"type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in safe
        ]
        return {"role": message.role, "content": content, "tool_calls": calls}

    def _harmless_value(self, value: Any) -> Any:
        match value:
            case str():
                return self.harmless(value)
            case dict():
                return {key: self._harmless_value(item) for key, item in value.items()}
            case list() | tuple():
                return [self._harmless_value(item) for item in value]
            case _:
                return value

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
