"""ONNX Runtime as every engine here uses it: options, loading, interface check, interruption.

Owns the one way from a file to a session (docs/adr/0015-onnx-asr.md says why these options). Deliberately
knows no model: what goes in and comes out is the engine's business.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from assistant.engines.base import CancelToken
from assistant.errors import ModelError

logger = logging.getLogger(__name__)

PROVIDERS = ["CPUExecutionProvider"]
PULL_AGAIN = "Remove the model and pull it again, or run `assistant models verify`."


GraphLevel = Literal["disabled", "basic", "extended", "all"]
_LEVELS: Final[Mapping[GraphLevel, str]] = {
    "disabled": "DISABLE_ALL",
    "basic": "ENABLE_BASIC",
    "extended": "ENABLE_EXTENDED",
    "all": "ENABLE_ALL",
}


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """How much of the machine one session may take.

    Attributes:
        threads: of one operator; operators run one after another.
        memory_arena: keep freed work memory for the next run: faster, but it never shrinks.
        prepacking: keep a second, reordered copy of the weights: faster, more memory.
        graph_level: how far the graph is rewritten when it is loaded.
        parallel: operators that do not need each other run side by side.
        spinning: threads spin between two operators of a run, and sleep as soon as it is over. Nothing here
            asks for it: spinning threads starve the thinker of the same two cores (2 threads of llama.cpp
            fell from 20 to 1-5 tokens/s, 2026-11-20), and on a busy machine the recogniser itself took 223
            instead of 115 ms for 4 s (2026-11-21). On an idle one it saves 5 of 30 ms.
    """

    threads: int = 1
    memory_arena: bool = True
    prepacking: bool = True
    graph_level: GraphLevel = "all"
    parallel: bool = False
    spinning: bool = False

    def options(self) -> Any:
        """Return a new ``onnxruntime.SessionOptions``."""
        import onnxruntime

        runtime: Any = onnxruntime  # untyped
        options = runtime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = self.memory_arena
        # A plan of all work memory for each length of input costs more than it saves: 70 of 470 MB with the
        # replica of Pocket TTS, at the same speed (2026-11-21).
        options.enable_mem_pattern = False
        options.log_severity_level = 4  # what goes wrong is raised; nothing else may print
        options.graph_optimization_level = getattr(
            runtime.GraphOptimizationLevel, f"ORT_{_LEVELS[self.graph_level]}"
        )
        if self.parallel:
            options.execution_mode = runtime.ExecutionMode.ORT_PARALLEL
            options.inter_op_num_threads = self.threads
        options.add_session_config_entry("session.intra_op.allow_spinning", f"{self.spinning:d}")
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        if self.spinning:
            options.add_session_config_entry("session.force_spinning_stop", "1")
        if not self.prepacking:
            options.add_session_config_entry("session.disable_prepacking", "1")
        return options


def required(path: Path, what: str) -> Path:
    """Return ``path`` if that file is there.

    Raises:
        ModelError: ``model_missing``.
    """
    if not path.is_file():
        raise ModelError("model_missing", f"The {what} lacks its file {path.name}.", PULL_AGAIN)
    return path


def corrupt(path: Path, what: str) -> ModelError:
    """Return the error for a file that is there and cannot be read."""
    return ModelError("model_corrupt", f"The {what}'s file {path.name} is damaged.", PULL_AGAIN)


def unfit(path: Path, what: str, why: str) -> ModelError:
    """Return the error for a file that loads and is something else."""
    return ModelError(
        "model_unfit",
        f"{path.name} is not the file of the {what}: {why}.",
        "Use the files the catalogue names (`assistant models list`).",
    )


def open_session(
    path: Path,
    plan: SessionPlan,
    what: str,
    *,
    inputs: Mapping[str, str] | Sequence[str],
    outputs: Sequence[str],
) -> Any:
    """Return an ``onnxruntime.InferenceSession`` whose interface has at least the named tensors.

    Args:
        path: the file.
        plan: threads and memory.
        what: the model, in words for errors.
        inputs: names, or name → type as ONNX Runtime writes it (``tensor(int64)``).
        outputs: names.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt`` or ``model_unfit``.
    """
    import onnxruntime

    runtime: Any = onnxruntime  # untyped
    required(path, what)
    try:
        session = runtime.InferenceSession(str(path), plan.options(), providers=PROVIDERS)
    except Exception as exc:  # onnxruntime's own classes derive from nothing more precise
        logger.info("%s does not load: %s", path, exc)
        raise corrupt(path, what) from exc
    _give_back_freed_memory()
    has = {one.name: one.type for one in session.get_inputs()}
    gives = {one.name for one in session.get_outputs()}
    missing = [name for name in inputs if name not in has] + [
        name for name in outputs if name not in gives
    ]
    if missing:
        raise unfit(path, what, f"it has no {', '.join(missing)}")
    wrong = [
        f"{name} is {has[name]}"
        for name, wanted in (inputs.items() if isinstance(inputs, Mapping) else ())
        if has[name] != wanted
    ]
    if wrong:
        raise unfit(path, what, ", ".join(wrong))
    return session


def _give_back_freed_memory() -> None:
    """Return what loading needed in between to the system: glibc would keep a file's size of it for later.

    67 of 147 MB for a language model of 76 MB (replica of Pocket TTS, 2026-11-21). Elsewhere nothing happens.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):  # a system without glibc
            ctypes.CDLL(None).malloc_trim(0)


class InterruptibleSession:
    """A session whose running inference ends when the work it belongs to is cancelled.

    Looks like ``onnxruntime.InferenceSession`` to libraries that are given one. One thread at a time runs;
    the cancelling thread is another.

    Attributes:
        cancel: whose cancellation ends what runs from now on; None = nothing does.
    """

    def __init__(self, session: Any) -> None:
        self._session = session
        self.cancel: CancelToken | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def run(self, names: Sequence[str] | None, feeds: Mapping[str, Any], _: object = None) -> Any:
        """Run as the original does.

        Raises:
            Interrupted: the work was cancelled.
        """
        return self._interruptible(lambda options: self._session.run(names, feeds, options))

    def run_bound(self, binding: Any) -> None:
        """Run with an ``IOBinding``.

        Raises:
            Interrupted: the work was cancelled.
        """
        self._interruptible(
            lambda options: self._session.run_with_iobinding(binding, options),
        )

    def _interruptible(self, run: Callable[[Any], Any]) -> Any:
        import onnxruntime

        runtime: Any = onnxruntime  # untyped
        options = runtime.RunOptions()
        cancel = self.cancel
        if cancel is None:
            return run(options)

        def stop() -> None:
            options.terminate = True

        unsubscribe = cancel.on_cancel(stop)
        try:
            return run(options)
        except Exception as exc:
            if cancel.cancelled:
                raise Interrupted from exc
            raise
        finally:
            unsubscribe()


class Interrupted(Exception):  # noqa: N818 - a result, not an error
    """The inference was given up because its work was cancelled."""
