"""The words of the settings pages: the model's own, translated, and plainer ones where the model speaks YAML.

Owns the names of choices and how problems are put. Decides nothing.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication

from assistant.settings import Settings
from ui.translated import translated

_RANGE = re.compile(r"\s*\((?:above |de |más de )?-?[\d.]+,? (?:to|a|hasta) [^()]*\)")
"""What a field's widget shows: ``(90 to 600)``, ``(0 to 36500, 0 = never)``; ``(de 90 a 600)`` in Spanish."""

_NULL = re.compile(r";\s*null = .*?(?=\.|$)")

_KEY_NAME = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


def field_title(key: str, title: str) -> str:
    """Return a field's title, translated."""
    return _titles().get(key) or translated(title)


def field_help(key: str, description: str) -> str:
    """Return what a field is for: the model's description without its range, or plainer words."""
    plain = _helps().get(key)
    if plain is not None:
        return plain
    return _NULL.sub("", _RANGE.sub("", translated(description))).strip()


def word_label(key: str, word: str) -> str:
    """Return what one of a choice's words is called."""
    return _labels().get(f"{key}={word}", word)


def unit_suffix(unit: str, value: float = 2) -> str:
    """Return what stands behind a figure."""
    if unit == "days":
        if value == 0:
            return ""
        if value == 1:
            return " " + QCoreApplication.translate("SettingsWords", "day")
        return " " + QCoreApplication.translate("SettingsWords", "days")
    if unit == "wpm":
        return " " + QCoreApplication.translate("SettingsWords", "wpm")
    return f" {unit}" if unit else ""


def lowest_label(key: str) -> str:
    """Return what the least figure of a setting means, where it means something else; else nothing."""
    if key == "history.keep_days":
        return QCoreApplication.translate("SettingsWords", "for ever")
    return ""


def explained(problem: str, *, is_share: bool = False) -> str:
    """Return the model's own wording of a problem, with titles in the place of keys, translated if known.

    Args:
        problem: as `assistant.settings.wording` puts it.
        is_share: whether its figures, from 0 to 1, are shown as percent.
    """

    def figure(text: str) -> str:
        try:
            return f"{100 * float(text):g} %" if is_share else text
        except ValueError:
            return text

    translate = QCoreApplication.translate
    if match := re.match(r"must be at least (\w+), (\S+) \(is (\S+?)\)", problem):
        text = translate("SettingsWords", "Must be at least “{0}”, {1} (is {2}).")
        return text.format(_title_of(match[1]), match[2], match[3])
    if match := re.match(
        r"must be (at least|at most|more than|less than) (\S+) \(is (.+?)\)", problem
    ):
        texts = {
            "at least": translate("SettingsWords", "Must be at least {0} (is {1})."),
            "at most": translate("SettingsWords", "Must be at most {0} (is {1})."),
            "more than": translate("SettingsWords", "Must be more than {0} (is {1})."),
            "less than": translate("SettingsWords", "Must be less than {0} (is {1})."),
        }
        return texts[match[1]].format(figure(match[2]), figure(match[3]))
    if problem.startswith("must not be empty or that short"):
        return translate("SettingsWords", "Must not be empty or that short.")
    if problem.startswith("is too long"):
        return translate("SettingsWords", "Is too long.")
    text = translated(problem)
    text = _KEY_NAME.sub(lambda found: _title_or_itself(found[0]), text)
    return text[:1].upper() + text[1:]


def _title_of(name: str) -> str:
    """Return the title of the setting whose key ends in ``name``."""
    for section_name, section in Settings():
        fields = getattr(type(section), "model_fields", {})
        if name in fields:
            return field_title(f"{section_name}.{name}", fields[name].title or name)
    return name


def _title_or_itself(name: str) -> str:
    title = _title_of(name)
    return f"“{title}”" if title != name else name


# --- plainer words than the model's -------------------------------------------------------------------


def _titles() -> dict[str, str]:
    translate = QCoreApplication.translate
    return {
        "language": translate("SettingsWords", "Language you speak"),
        "listening.mode": translate("SettingsWords", "How a turn begins"),
        "listening.talk_key": translate("SettingsWords", "How the talk key works"),
        "conversation.system_prompt": translate("SettingsWords", "Persona"),
        "audio.echo": translate("SettingsWords", "The assistant's own voice"),
        "audio.earcons": translate("SettingsWords", "Short sounds"),
    }


def _helps() -> dict[str, str]:
    translate = QCoreApplication.translate
    return {
        "audio.input_device": translate("SettingsWords", "What the assistant hears you with."),
        "audio.output_device": translate("SettingsWords", "What you hear the assistant with."),
        "audio.echo": translate(
            "SettingsWords", "What is done about the assistant's voice in the microphone."
        ),
        "language": translate("SettingsWords", "What the assistant understands and answers in."),
        "window.language": translate("SettingsWords", "What the window is written in."),
        "window.appearance": translate("SettingsWords", "Colours of the window."),
        "listening.mode": translate("SettingsWords", "By speaking, or only with the talk key."),
        "listening.talk_key": translate(
            "SettingsWords", "Automatic tells holding and tapping apart by how long you press."
        ),
        "listening.wake_phrase": translate(
            "SettingsWords",
            "Words a turn must begin with when you talk hands-free. Empty for none.",
        ),
        "keys.talk": translate("SettingsWords", "Keys pressed together to talk."),
        "keys.cancel": translate("SettingsWords", "Keys pressed together to stop the answer."),
        "conversation.system_prompt": translate(
            "SettingsWords",
            "What the model is told about itself. The starter model knows only the sentence it comes with;"
            " another one makes it worse.",
        ),
        "history.keep": translate(
            "SettingsWords", "Conversations are written to this computer's disk, and nowhere else."
        ),
        "history.keep_days": translate("SettingsWords", "Older conversations are deleted."),
        "set": translate("SettingsWords", "Which models are used."),
    }


def _labels() -> dict[str, str]:
    translate = QCoreApplication.translate
    return {
        "language=en": translate("SettingsWords", "English"),
        "language=es": translate("SettingsWords", "Spanish"),
        "window.language=system": translate("SettingsWords", "As the system"),
        "window.language=en": "English",
        "window.language=es": "Español",
        "window.appearance=system": translate("SettingsWords", "As the system"),
        "window.appearance=light": translate("SettingsWords", "Light"),
        "window.appearance=dark": translate("SettingsWords", "Dark"),
        "audio.echo=cancel": translate("SettingsWords", "Take it out"),
        "audio.echo=half_duplex": translate("SettingsWords", "Do not listen meanwhile"),
        "audio.echo=none": translate("SettingsWords", "Nothing, I use headphones"),
        "listening.mode=hands_free": translate("SettingsWords", "Hands-free"),
        "listening.mode=push_to_talk": translate("SettingsWords", "Talk key"),
        "listening.talk_key=hold": translate("SettingsWords", "Hold"),
        "listening.talk_key=tap": translate("SettingsWords", "Tap"),
        "listening.talk_key=auto": translate("SettingsWords", "Automatic"),
    }
