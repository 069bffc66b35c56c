"""The facade: everything a window, a terminal or a script needs, without a window, terminal or script.

    with Assistant(settings, on_event=print) as assistant:
        assistant.wait_until_ready()
        record = assistant.ask_and_wait("what time is it")

Each module owns one side of it; nothing below this layer is meant for programs outside.
"""

from assistant.api.assistant import Assistant
from assistant.api.tooling import tool_specs
from assistant.dialogue.record import TurnRecord

__all__ = ["Assistant", "TurnRecord", "tool_specs"]
