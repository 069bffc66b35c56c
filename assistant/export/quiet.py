"""Keeps libraries from talking to the person: what they have to say here is for their own developers.

Owns that silence and nothing else; errors pass.
"""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator

LOUD = ("torch.onnx", "transformers")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Hold back warnings, progress bars and log lines of libraries for a ``with`` block."""
    loggers = [logging.getLogger(name) for name in LOUD]
    before = [one.level for one in loggers]
    root = logging.getLogger()
    with warnings.catch_warnings(), open(os.devnull, "w") as nowhere:  # noqa: PTH123
        warnings.simplefilter("ignore")
        for one in loggers:
            one.setLevel(logging.CRITICAL)
        root.addFilter(_is_important)  # onnxruntime.quantization logs to the root itself
        try:
            with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
                yield
        finally:
            root.removeFilter(_is_important)
            for one, level in zip(loggers, before, strict=True):
                one.setLevel(level)


def _is_important(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR
