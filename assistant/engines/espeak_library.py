"""libespeak-ng through ctypes: opening it, choosing a voice, speaking on a thread of its own.

Owns the only binding to the C API (``speak_lib.h`` of espeak-ng 1.52, from ``espeakng-loader``).
Deliberately gives out espeak-ng's own 16-bit blocks; trimming and resampling are ``espeak.py``'s.

espeak-ng keeps its whole state in global variables. So a process has one open library at a time,
and one speech at a time. ctypes releases the GIL while espeak-ng computes.
"""

from __future__ import annotations

import ctypes
import itertools
import logging
import os
import queue
import re
import shutil
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import ModelError, TurnError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from assistant.engines.base import CancelToken

_log = logging.getLogger(__name__)

LANGUAGES = ("en", "es")
"""Languages whose voices are offered; espeak-ng knows more, nobody here has checked them."""

_BLOCK_MS = 60  # espeak-ng takes anything less for 60
_QUEUED_BLOCKS = 64  # bounds what a slow listener makes us hold: about 4 s of audio

# speak_lib.h, espeak-ng 1.52.
RATE_RANGE_WPM = (80, 450)  # espeakRATE_MINIMUM, espeakRATE_MAXIMUM
PITCH_RANGE = (0, 100)  # 50 is normal
PARAMETER_RATE, PARAMETER_PITCH = 1, 3
_OK = 0  # EE_OK
_AUDIO_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_DONT_EXIT = 0x8000
_CHARS_UTF8 = 1
_END_PAUSE = 0x1000
_POS_CHARACTER = 1
_SYNTH_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)

# N_PATH_HOME is 160 in espeak-ng's speech.h: a longer data path is cut off and then not found.
_LONGEST_DATA_PATH_BYTES = 159

# A sentence or clause ends here, quotes and brackets after its mark included.
_ENDS_IN_PUNCTUATION = re.compile(r"[.,;:!?\u2026\u2014][\"'\u2019\u201d)\]]*\s*$")

_process_slot = threading.Lock()  # held by the one open library of this process


@dataclass(frozen=True, slots=True)
class EspeakVoice:
    """A voice espeak-ng can speak with.

    Attributes:
        name: what to ask for, such as ``en-us`` or ``es-419``.
        language: two letters.
        description: espeak-ng's own English name for it.
    """

    name: str
    language: str
    description: str


class EspeakLibrary:
    """libespeak-ng, initialised; holds the process-wide slot until closed."""

    def __init__(self) -> None:
        if not _process_slot.acquire(blocking=False):
            raise ModelError(
                "model_busy",
                "The espeak-ng voice is already in use in this process.",
                "Close the synthesiser that holds it, then open this one.",
            )
        self._holds_slot = True
        self._open = False
        self._link_folder: str | None = None
        self._speech: Speech | None = None
        try:
            self._functions, data_folder = _load()
            if len(os.fsencode(data_folder)) > _LONGEST_DATA_PATH_BYTES:
                self._link_folder, data_folder = _shortened(data_folder)
            self.rate_hz = _initialize(self._functions, data_folder)
            self._open = True
            self._identifiers = self._list_voices()
        except BaseException:
            self.close()
            raise

    @property
    def voices(self) -> tuple[EspeakVoice, ...]:
        """Return the voices of LANGUAGES, by name."""
        return tuple(self._identifiers)

    def set_voice(self, name: str) -> EspeakVoice:
        """Choose the voice of everything spoken from now on; ModelError ``model_missing``."""
        chosen = next((voice for voice in self.voices if voice.name == name), None)
        if (
            chosen is None
            or self._functions.espeak_SetVoiceByName(self._identifiers[chosen]) != _OK
        ):
            raise ModelError(
                "model_missing",
                f"espeak-ng has no voice called {name!r}.",
                f"Choose one of {', '.join(voice.name for voice in self.voices)}.",
            )
        return chosen

    def set_parameter(self, parameter: int, value: int) -> None:
        """Set PARAMETER_RATE or PARAMETER_PITCH for everything spoken from now on."""
        self._functions.espeak_SetParameter(parameter, value, 0)

    def speak(self, text: str, cancel: CancelToken) -> Speech:
        """Start speaking; ends an unfinished earlier speech first."""
        if not self._open:
            raise TurnError(
                "tts", "tts_closed", "The espeak-ng voice was closed.", "Open it again to speak."
            )
        if self._speech is not None:
            self._speech.stop()
        self._speech = Speech(self._functions, text, cancel)
        return self._speech

    def close(self) -> None:
        """End any speech, free espeak-ng and the process-wide slot; idempotent."""
        if not self._holds_slot:
            return
        if self._speech is not None:
            self._speech.stop()
        if self._open:
            self._functions.espeak_Terminate()
        self._open = False
        if self._link_folder is not None:
            shutil.rmtree(self._link_folder, ignore_errors=True)
        self._holds_slot = False
        _process_slot.release()

    def _list_voices(self) -> dict[EspeakVoice, bytes]:
        """Return espeak-ng's identifier of each voice; by its tag alone "en-gb" is not found."""
        found = {}
        for pointer in itertools.takewhile(bool, self._functions.espeak_ListVoices(None)):
            entry = pointer.contents
            # A priority byte, then the NUL-terminated tag; further languages follow (speak_lib.h).
            tag = ctypes.string_at(entry.languages + 1).decode("ascii", "replace")
            language = tag.partition("-")[0]
            # The Shavian voice reads another alphabet; mb/ voices need the MBROLA program.
            if (
                language in LANGUAGES
                and tag != "en-shaw"
                and not entry.identifier.startswith(b"mb")
            ):
                description = entry.name.decode("utf-8", "replace")
                found[EspeakVoice(tag, language, description)] = bytes(entry.identifier)
        return dict(sorted(found.items(), key=lambda item: item[0].name))


class Speech:
    """One ``espeak_Synth`` call on its own thread, read block by block through a bounded queue."""

    def __init__(self, functions: Any, text: str, cancel: CancelToken) -> None:
        self._functions = functions
        self._text = text
        self._cancel = cancel
        self._stopped = threading.Event()
        self._blocks: queue.Queue[NDArray[np.int16] | None] = queue.Queue(_QUEUED_BLOCKS)
        self._error = 0
        # Referenced for as long as espeak-ng may call it: until the thread has ended.
        self._callback = _SYNTH_CALLBACK(self._receive)
        # A daemon, so that a forgotten iterator cannot keep the program from ending.
        self._thread = threading.Thread(target=self._run, name="espeak-synth", daemon=True)
        self._thread.start()

    def blocks(self) -> Iterator[NDArray[np.int16]]:
        """Yield what espeak-ng makes, until it is done or stopped."""
        while (block := self._blocks.get()) is not None:
            yield block
        if self._error and not self._stopped.is_set() and not self._cancel.cancelled:
            raise TurnError(
                "tts",
                "tts_failed",
                f"espeak-ng could not speak this text (its error {self._error}).",
                "Try other words; if it happens with every text, reinstall espeakng-loader.",
            )

    def stop(self) -> None:
        """Make espeak-ng give up at its next block and join the thread; idempotent."""
        self._stopped.set()
        # The thread may be waiting for room. Once stopped it adds at most the block it holds and
        # the end mark, and the queue takes more than two.
        while not self._blocks.empty():
            self._blocks.get_nowait()
        self._thread.join()
        # An iterator that is still waiting, or comes back later, finds the end.
        self._blocks.put(None)

    def _run(self) -> None:
        spoken = self._text.encode("utf-8", "replace")
        flags = _CHARS_UTF8
        if _ENDS_IN_PUNCTUATION.search(self._text):
            flags |= _END_PAUSE
        self._functions.espeak_SetSynthCallback(self._callback)
        self._error = self._functions.espeak_Synth(
            spoken, len(spoken) + 1, 0, _POS_CHARACTER, 0, flags, None, None
        )
        self._blocks.put(None)

    def _receive(self, samples: Any, count: int, _events: object) -> int:
        """Called by espeak-ng inside ``espeak_Synth``; a result of 1 makes it stop."""
        if samples and count > 0 and not self._stopped.is_set():
            copied = ctypes.string_at(samples, 2 * count)
            self._blocks.put(np.frombuffer(copied, dtype=np.int16))
        return int(self._stopped.is_set() or self._cancel.cancelled)


class _VoiceEntry(ctypes.Structure):
    """``espeak_VOICE`` of speak_lib.h."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


def _load() -> tuple[ctypes.CDLL, str]:
    """Return the library with its C signatures set, and the folder of its data."""
    import espeakng_loader

    loader: Any = espeakng_loader
    library_path = Path(loader.get_library_path())
    # The loader's get_data_path() raises an error of its own kind when the folder is missing.
    data_folder = library_path.parent / "espeak-ng-data"
    # Without `phontab` espeak-ng looks elsewhere and writes to stderr; so look first.
    if not library_path.is_file() or not (data_folder / "phontab").is_file():
        raise ModelError(
            "model_missing",
            "The files of the espeak-ng voice are missing.",
            "Reinstall the Python package espeakng-loader.",
        )
    try:
        functions = ctypes.CDLL(str(library_path))
        functions.espeak_Initialize.argtypes = (
            ctypes.c_int,
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_int,
        )
        functions.espeak_ListVoices.argtypes = (ctypes.c_void_p,)
        functions.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_VoiceEntry))
        functions.espeak_SetVoiceByName.argtypes = (ctypes.c_char_p,)
        functions.espeak_SetParameter.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int)
        functions.espeak_SetSynthCallback.argtypes = (_SYNTH_CALLBACK,)
        functions.espeak_SetSynthCallback.restype = None
        functions.espeak_Synth.argtypes = (
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        )
    except (OSError, AttributeError) as error:
        _log.warning("libespeak-ng at %s does not load: %s", library_path, error)
        raise ModelError(
            "model_corrupt",
            "The espeak-ng library does not load on this machine.",
            "Reinstall the Python package espeakng-loader.",
        ) from error
    return functions, str(data_folder)


def _initialize(functions: ctypes.CDLL, data_folder: str) -> int:
    """Return espeak-ng's rate in Hz once it has read its files; ModelError ``model_corrupt``."""
    rate_hz = functions.espeak_Initialize(
        _AUDIO_OUTPUT_SYNCHRONOUS, _BLOCK_MS, os.fsencode(data_folder), _INITIALIZE_DONT_EXIT
    )
    if rate_hz <= 0:
        raise ModelError(
            "model_corrupt",
            "The espeak-ng voice files could not be loaded.",
            "Reinstall the Python package espeakng-loader.",
        )
    return int(rate_hz)


def _shortened(data_folder: str) -> tuple[str, str]:
    """Return a temporary folder and a link in it that makes a deep data folder short enough."""
    folder = tempfile.mkdtemp(prefix="espeak-")
    link = Path(folder, "d")
    try:
        link.symlink_to(data_folder, target_is_directory=True)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ModelError(
            "model_unfit",
            "The program lies in a folder whose path is too long for espeak-ng.",
            "Move it so that the whole path is shorter, for example into your home folder.",
        ) from error
    return folder, str(link)
