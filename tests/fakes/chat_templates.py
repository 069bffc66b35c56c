"""Chat templates with the behaviour of published ones, written anew and shorter.

LFM2 and LFM2.5: dialogue and tool notation of Liquid AI's model cards and of the templates in their files
(2025-07 to 2026-08). The others stand for what else a person may point at.
"""

from __future__ import annotations

_SYSTEM = """\
{{- bos_token -}}
{%- set ns = namespace(system="", last=-1) -%}
{%- if messages[0]["role"] == "system" -%}
    {%- set ns.system = messages[0]["content"] -%}
    {%- set messages = messages[1:] -%}
{%- endif -%}
"""
_SYSTEM_OUT = """\
{%- if ns.system -%}
    {{- "<|im_start|>system\\n" + ns.system + "<|im_end|>\\n" -}}
{%- endif -%}
"""
_OPENING = """\
{%- if add_generation_prompt -%}{{- "<|im_start|>assistant\\n" -}}{%- endif -%}
"""

LFM2 = f"""\
{_SYSTEM}
{{%- if tools -%}}
    {{%- set ns.system = ns.system + ("\\n" if ns.system else "") + "List of tools: <|tool_list_start|>[" -%}}
    {{%- for tool in tools -%}}
        {{%- set ns.system = ns.system + (tool if tool is string else tool | tojson) -%}}
        {{%- if not loop.last -%}}{{%- set ns.system = ns.system + ", " -%}}{{%- endif -%}}
    {{%- endfor -%}}
    {{%- set ns.system = ns.system + "]<|tool_list_end|>" -%}}
{{%- endif -%}}
{_SYSTEM_OUT}
{{%- for message in messages -%}}
    {{{{- "<|im_start|>" + message["role"] + "\\n" -}}}}
    {{%- if message["role"] == "tool" -%}}
        {{{{- "<|tool_response_start|>" + message["content"] + "<|tool_response_end|>" -}}}}
    {{%- else -%}}
        {{{{- message["content"] -}}}}
    {{%- endif -%}}
    {{{{- "<|im_end|>\\n" -}}}}
{{%- endfor -%}}
{_OPENING}"""
"""LFM2: markers around the list of tools and around results; calls are part of the content."""

_LFM25_CALLS = """\
{%- macro calls(tool_calls) -%}
    {{- "<|tool_call_start|>[" -}}
    {%- for call in tool_calls -%}
        {{- call.function.name + "(" -}}
        {%- for name, value in call.function.arguments.items() -%}
            {{- name + "=" -}}
            {%- if value is string -%}{{- '"' + value + '"' -}}
            {%- elif value is mapping -%}{{- value | tojson -}}
            {%- else -%}{{- value | string -}}{%- endif -%}
            {%- if not loop.last -%}{{- ", " -}}{%- endif -%}
        {%- endfor -%}
        {{- ")" -}}
        {%- if not loop.last -%}{{- ", " -}}{%- endif -%}
    {%- endfor -%}
    {{- "]<|tool_call_end|>" -}}
{%- endmacro -%}
"""
_LFM25_REPLIES = """\
{%- for message in messages -%}
    {%- if message.role == "assistant" -%}{%- set ns.last = loop.index0 -%}{%- endif -%}
{%- endfor -%}
{%- for message in messages -%}
    {{- "<|im_start|>" + message.role + "\\n" -}}
    GENERATION
    {%- if message.tool_calls is defined -%}{{- calls(message.tool_calls) -}}{%- endif -%}
    {%- set content = message.content -%}
    {%- if message.role == "assistant" and loop.index0 != ns.last and "</think>" in content -%}
        {%- set content = content.split("</think>")[-1] | trim -%}
    {%- endif -%}
    {{- content + "<|im_end|>\\n" -}}
    END
{%- endfor -%}
"""

LFM25 = f"""\
{_LFM25_CALLS}{_SYSTEM}
{{%- if tools -%}}
    {{%- set ns.system = ns.system + ("\\n" if ns.system else "") + "List of tools: [" -%}}
    {{%- for tool in tools -%}}
        {{%- set ns.system = ns.system + (tool if tool is string else tool | tojson) -%}}
        {{%- if not loop.last -%}}{{%- set ns.system = ns.system + ", " -%}}{{%- endif -%}}
    {{%- endfor -%}}
    {{%- set ns.system = ns.system + "]" -%}}
{{%- endif -%}}
{_SYSTEM_OUT}{_LFM25_REPLIES.replace("GENERATION", "").replace("END", "")}{_OPENING}"""
"""LFM2.5 Instruct: no markers around list and results; earlier reasoning is dropped; calls come as data."""

LFM25_DATED = f"""\
{_LFM25_CALLS}{_SYSTEM}
{{%- if tools -%}}
    {{%- set ns.system = ns.system + ("\\n\\n" if ns.system else "") + "Today's date: "
        + strftime_now("%Y-%m-%d") + "\\n\\nList of tools: " + (tools | tojson) -%}}
{{%- endif -%}}
{_SYSTEM_OUT}{
    _LFM25_REPLIES.replace("GENERATION", "{%- generation -%}").replace(
        "END", "{%- endgeneration -%}"
    )
}{_OPENING}"""
"""Later LFM2.5: the date before the list, and marks for training around what the model wrote."""

NO_SYSTEM_NO_TOOLS = """\
{{- bos_token -}}
{%- if messages[0]['role'] == 'system' -%}{{- raise_exception('System role not supported') -}}{%- endif -%}
{%- for message in messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{- raise_exception('Conversation roles must alternate user/assistant') -}}
    {%- endif -%}
    {{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}
"""
"""As Gemma's: two roles that alternate strictly."""

NEEDS_A_USER = """\
{{- bos_token -}}
{%- if not messages | selectattr('role', 'equalto', 'user') | list -%}
    {{- raise_exception('No user query found in messages.') -}}
{%- endif -%}
{%- for message in messages -%}
    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}
"""
"""As Qwen's later ones: nothing is rendered before the user has spoken."""
