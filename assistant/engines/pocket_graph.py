"""A graph that hands its states from step to step, without copying or reallocating the large ones.

Owns where those states lie. Deliberately knows nothing of what they mean: the specs come from the bundle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.engines.onnx_session import InterruptibleSession, SessionPlan, open_session
from assistant.engines.pocket_bundle import WHAT, Array, StateSpec

State = dict[str, Any]
"""ONNX Runtime's own values by input name."""


class PocketGraph:
    """One ONNX file of a bundle: the 8-bit one where there is one. One thread at a time.

    Caches (49 MB in the language model) lie in two sets of buffers, and it steps from one into the other.
    So there is one course of steps at a time, and a state is overwritten by the second step after it.

    Args:
        folder: the bundle.
        stem: the file's name without ``_int8`` and ``.onnx``.
        plan: threads and memory.
        ports: names of inputs and outputs beside the states.
        specs: the states.

    Raises:
        ModelError: as :func:`~assistant.engines.onnx_session.open_session`.
    """

    def __init__(
        self,
        folder: Path,
        stem: str,
        plan: SessionPlan,
        ports: tuple[Sequence[str], Sequence[str]],
        specs: tuple[StateSpec, ...] = (),
    ) -> None:
        inputs, outputs = ports
        small = folder / f"{stem}_int8.onnx"
        self.session = InterruptibleSession(
            open_session(
                small if small.is_file() else folder / f"{stem}.onnx",
                plan,
                WHAT,
                inputs=[*inputs, *(spec.input_name for spec in specs)],
                outputs=[*outputs, *(spec.output_name for spec in specs)],
            )
        )
        self._specs = specs
        caches = [spec for spec in specs if spec.key == "cache" and 0 not in spec.shape]
        self._memory = {spec.input_name: np.empty(spec.shape, spec.dtype) for spec in caches}
        other = {name: np.empty_like(array) for name, array in self._memory.items()}
        self._buffers = values(self._memory), values(other)

    def run(self, names: Sequence[str], feeds: Mapping[str, Array]) -> list[Array]:
        """Run a graph without states; return the outputs ``names``.

        Raises:
            Interrupted: the work was cancelled.
        """
        found: list[Array] = self.session.run(names, feeds)
        return found

    def begin(self, known: Mapping[str, Array]) -> State:
        """Return the state before the first step, beginning with ``known``; an earlier course ends."""
        state: State = {}
        for spec in self._specs:
            name = spec.input_name
            array = self._memory.get(name)
            if array is None:
                array = np.empty(spec.shape, spec.dtype)
            spec.fill_in(array, known.get(name))
            state |= (
                {name: self._buffers[0][name]} if name in self._memory else values({name: array})
            )
        return state

    def step(
        self, names: Sequence[str], feeds: Mapping[str, Array], state: State
    ) -> tuple[list[Array], State]:
        """Run one step; return the outputs ``names`` and the new state.

        Raises:
            Interrupted: the work was cancelled.
        """
        binding = self.session.io_binding()
        for name, array in feeds.items():
            binding.bind_cpu_input(name, array)
        for name in names:
            binding.bind_output(name)
        first, second = self._buffers
        in_use = any(state[name] is value for name, value in first.items())
        buffers = second if in_use else first
        for spec in self._specs:
            binding.bind_ortvalue_input(spec.input_name, state[spec.input_name])
            if spec.input_name in buffers:
                binding.bind_ortvalue_output(spec.output_name, buffers[spec.input_name])
            else:
                binding.bind_output(spec.output_name)
        self.session.run_bound(binding)
        outputs = binding.get_outputs()
        given = zip(self._specs, outputs[len(names) :], strict=True)
        new = {spec.input_name: value for spec, value in given}
        return [value.numpy() for value in outputs[: len(names)]], new | buffers


def values(arrays: Mapping[str, Array]) -> State:
    """Return ONNX Runtime's values over these arrays' own memory."""
    import onnxruntime

    runtime: Any = onnxruntime  # untyped
    make = runtime.OrtValue.ortvalue_from_numpy
    return {name: make(np.ascontiguousarray(array)) for name, array in arrays.items()}
