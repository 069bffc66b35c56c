"""Our audio core: one ONNX file, one session, four roles that run one at a time.

    stt_encode   samples → features            tts_encode   phoneme ids → hidden states
    stt_decode   features → scores of phones   vocode       audio ids → waveform

Owns the session and the way from a role's names to the file's. Every input of the file has a default. That
of a role's first input is empty, and the file itself passes over a role whose first input is empty; so a
call that gives one role's inputs does that role's work only (docs/talker.md). What the numbers mean is
the engines' business.
"""

from __future__ import annotations

import json
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.engines.onnx_session import SessionPlan, open_session, unfit

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROLES: Final = ("stt_encode", "stt_decode", "tts_encode", "vocode")
FILE: Final = "audio_core.onnx"
_WHAT: Final = "audio core"

_lock = threading.Lock()
_shared: weakref.WeakValueDictionary[tuple[Path, SessionPlan], AudioCore] = (
    weakref.WeakValueDictionary()
)


def shared_core(path: Path, plan: SessionPlan) -> AudioCore:
    """Return the core that this process has loaded from `path` with `plan`, loading it if nobody has it.

    It lives as long as somebody holds it. Any thread may ask.

    Raises:
        ModelError: as :class:`AudioCore`.
    """
    key = (path.resolve(), plan)
    with _lock:
        core = _shared.get(key)
        if core is None:
            core = _shared[key] = AudioCore(path, plan)
        return core


class AudioCore:
    """The loaded file. Any number of threads may run roles at once.

    Args:
        path: the file.
        plan: threads and memory of the one session.

    Attributes:
        metadata: what the file says of itself: rates, vocabularies, licence, ``role/key`` for a role's own.
        session: the one session, for those who count them.

    Raises:
        ModelError: ``model_missing``, ``model_corrupt`` or ``model_unfit``.
    """

    def __init__(self, path: Path, plan: SessionPlan | None = None) -> None:
        self._path = path
        self.session: Any = open_session(path, plan or SessionPlan(), _WHAT, inputs=(), outputs=())
        self.metadata: Mapping[str, str] = dict(self.session.get_modelmeta().custom_metadata_map)
        try:
            ports = json.loads(self.metadata["roles"])
            self._names = {
                role: {
                    kind: {name: port["name"] for name, port in ports[role][kind].items()}
                    for kind in ("inputs", "outputs")
                }
                for role in ROLES
            }
        except (KeyError, TypeError, ValueError, AttributeError) as exc:
            raise unfit(path, _WHAT, "it does not say where its four roles are") from exc
        self._types = {
            port.name: port.type
            for port in (
                *self.session.get_overridable_initializers(),
                *self.session.get_inputs(),
                *self.session.get_outputs(),
            )
        }

    def role(self, name: str, inputs: Mapping[str, str], outputs: Sequence[str]) -> CoreRole:
        """Return one role, once it is sure that the file has what the caller needs.

        Args:
            name: of :data:`ROLES`.
            inputs: the role's own name → type as ONNX Runtime writes it.
            outputs: the role's own names.

        Raises:
            ModelError: ``model_unfit``.
        """
        names = self._names[name]
        missing = [one for one in inputs if one not in names["inputs"]]
        missing += [one for one in outputs if one not in names["outputs"]]
        if missing:
            raise unfit(self._path, _WHAT, f"its role {name} has no {', '.join(missing)}")
        found = {one: self._types.get(names["inputs"][one]) for one in inputs}
        wrong = [f"{one} is {kind}" for one, kind in found.items() if kind != inputs[one]]
        if wrong:
            raise unfit(self._path, _WHAT, f"in its role {name}, {', '.join(wrong)}")
        return CoreRole(self, names["inputs"], names["outputs"])

    def described(self, key: str) -> str:
        """Return what the file says under ``key``; ModelError ``model_unfit`` if it says nothing."""
        if key not in self.metadata:
            raise unfit(self._path, _WHAT, f"it does not say its {key}")
        return self.metadata[key]


class CoreRole:
    """One role of an audio core, called like a session of its own; keeps the core alive.

    Attributes:
        core: the same object for all roles of a file.
    """

    def __init__(
        self, core: AudioCore, inputs: Mapping[str, str], outputs: Mapping[str, str]
    ) -> None:
        self.core = core
        self._inputs = inputs
        self._outputs = outputs

    def run(self, outputs: Sequence[str], feeds: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """Return the named outputs; inputs that are not given have their defaults."""
        found: list[NDArray[Any]] = self.core.session.run(
            [self._outputs[name] for name in outputs],
            {self._inputs[name]: value for name, value in feeds.items()},
        )
        return found
