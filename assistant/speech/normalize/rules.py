"""Owns what a rule of rewriting is: a pattern, and what to say for each match.

It deliberately holds no rule itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
