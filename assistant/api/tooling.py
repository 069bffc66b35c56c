"""The tools of a running assistant, and as a thinker is told of them.

Owns how the registry is made; what the tools do is `assistant.tools`' business.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from assistant import paths
from assistant.dialogue.tool_calls import specs
from assistant.engines.base import ToolSpec
from assistant.settings import Settings
from assistant.tools.registry import ToolContext, ToolRegistry


def load_tools(settings: Settings, on_timer_due: Callable[[str, float], None]) -> ToolRegistry:
    """Return every tool there is; ``on_timer_due`` is told (name, seconds) on the timers' thread."""
    return ToolRegistry.load(
        ToolContext(
            now=lambda: datetime.now().astimezone(),
            monotonic=time.monotonic,
            data_dir=paths.data_dir(),
            on_timer_due=on_timer_due,
            language=settings.language,
        )
    )


def tool_specs(settings: Settings) -> tuple[ToolSpec, ...]:
    """Return the tools as a thinker is told of them."""
    return specs(load_tools(settings, lambda _name, _duration_s: None))
