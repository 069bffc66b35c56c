"""Word of the devices, as the outside is told; pure."""

from __future__ import annotations

from assistant.audio.device_events import DeviceBack, DeviceLost, InputHeard, InputSilent
from assistant.events import LoudspeakerChanged, MicrophoneChanged


def as_public(
    event: DeviceLost | DeviceBack | InputSilent | InputHeard,
) -> MicrophoneChanged | LoudspeakerChanged:
    """Return the public event for one of the sound system's."""
    match event:
        case DeviceLost(kind="output"):
            return LoudspeakerChanged(event.name, "lost", event.message)
        case DeviceBack(kind="output"):
            return LoudspeakerChanged(event.name, "open")
        case DeviceLost():
            return MicrophoneChanged(event.name, "lost", event.message)
        case InputSilent():
            return MicrophoneChanged(
                event.name,
                "silent",
                "Your microphone delivers only zeros; it may be muted in the sound settings.",
            )
        case _:
            return MicrophoneChanged(event.name, "open")
