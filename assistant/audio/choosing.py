"""Which device a name means.

Owns the matching of names. Opens nothing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from assistant.audio.backend import Device
from assistant.audio.device_events import DeviceKind
from assistant.errors import AudioError

NOUN = {"input": "microphone", "output": "loudspeaker"}

LIKE = 0.6
"""Likeness from which a name may be a misspelling; difflib's own default."""

_CARD_NUMBER = re.compile(r"\s*\((?:plug)?hw:\d+(?:,\d+)?\)")
"""ALSA numbers its cards as they come: after a replug the same headset may have another number."""


def usable(devices: Sequence[Device], kind: DeviceKind) -> list[Device]:
    """Return the devices that can record (``input``) or play (``output``)."""
    return [d for d in devices if (d.inputs if kind == "input" else d.outputs) > 0]


def choose(devices: Sequence[Device], wanted: str | None, kind: DeviceKind) -> Device:
    """Return the device a person means by ``wanted``: its name or part of it, any case; None: the default.

    The whole name goes before the name without ALSA's card number, and that before a part; among
    several the default one goes first, then the first listed.

    Raises:
        AudioError: ``no_input_device``, ``no_output_device``, ``input_device_unknown`` or
            ``output_device_unknown`` (with the nearest names).
    """
    candidates = usable(devices, kind)
    if not candidates:
        raise AudioError(
            f"no_{kind}_device",
            f"There is no {NOUN[kind]}.",
            "Plug one in, or check the sound settings of your system.",
        )
    candidates.sort(key=lambda device: not is_default(device, kind))
    if not wanted:
        return candidates[0]
    found = _matching(candidates, wanted)
    if found is None:
        raise AudioError(
            f"{kind}_device_unknown",
            f"There is no {NOUN[kind]} called {wanted!r}.",
            _hint([device.name for device in candidates], wanted),
        )
    return found


def is_default(device: Device, kind: DeviceKind) -> bool:
    """Whether the system uses the device unless told otherwise."""
    return device.is_default_input if kind == "input" else device.is_default_output


def _matching(devices: Sequence[Device], wanted: str) -> Device | None:
    text = wanted.casefold().strip()
    bare = _CARD_NUMBER.sub("", text)
    names = [(device.name.casefold().strip(), device) for device in devices]
    for name, device in names:
        if name == text:
            return device
    for name, device in names:
        if _CARD_NUMBER.sub("", name) == bare:
            return device
    for name, device in names:
        if text in name:
            return device
    return None


def _hint(names: Sequence[str], wanted: str) -> str:
    near = sorted(names, key=lambda name: -_likeness(name, wanted))[:3]
    near = [name for name in near if _likeness(name, wanted) > LIKE] or near
    return f"Did you mean {' or '.join(near)}? `assistant devices` lists them all."


def _likeness(name: str, wanted: str) -> float:
    """Return 0 to 1: the best of the whole name and its single words."""
    text = _CARD_NUMBER.sub("", name.casefold())
    return max(
        difflib.SequenceMatcher(None, part, wanted.casefold()).ratio()
        for part in (text, *text.split())
    )
