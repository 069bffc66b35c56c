"""Photograph every page of the window: `make pictures`.

    python packaging/pictures.py            all of docs/pictures/
    python packaging/pictures.py --only doctor,history --into /tmp/look

Every page, light and dark, English and Spanish, at single and double size, plus one real session. The pages
show the real window on a scripted assistant (`tests/window/fakes/facade.py`): its words and milliseconds are
made up and say nothing about speed; sets, settings, devices and the doctor's findings are this machine's. The
real session is what it says: the real worker hears a recording through a virtual microphone. Colours are
reduced so that all files stay small. What is shown is `picture_scenes`' business.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from picture_scenes import SCENES, WORDS, write_history  # noqa: E402 - beside this file

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication, QWidget

    from tests.window.fakes.facade import ScriptedFacade
    from ui.session import Session
    from ui.window import MainWindow

FOLDER = ROOT / "docs" / "pictures"
LANGUAGES = ("en", "es")
APPEARANCES = ("light", "dark")
SCALES = (1, 2)
COLOURS = 96
PASSES = 3
"""Of looking for better colours: without them a small patch of its own colour, as in a legend, is lost."""

QUIET_DBFS = -72.0
"""A quiet room: a virtual microphone's exact zeros would be taken for a muted one."""

MOMENTS = ("-loading", "-listening", "-thinking", "-speaking")
"""Of pages that are there anyway: taken at single size only."""

SIZE = (1000, 760)
PATIENCE_S = 60.0
SETTLE_S = 0.4
"""For what moves into its place: fading banners, layouts, devices that are listed on another thread."""

SPOKEN = ROOT / "tests" / "data" / "what_time_is_it.wav"
"""What the real session hears: a person's recording (`tests/data/README.md`)."""

TYPED = ("what is seven times eight", "put milk on the shopping list")
"""What is typed after it."""


def main() -> int:
    """Take the pictures; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--only", default="", help="names of pages, joined by commas")
    parser.add_argument("--into", type=Path, default=FOLDER, help="another folder")
    parser.add_argument("--one", nargs=3, metavar=("LANGUAGE", "APPEARANCE", "SCALE"))
    parser.add_argument("--real", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    chosen.into.mkdir(parents=True, exist_ok=True)
    only = frozenset(filter(None, chosen.only.split(",")))
    if chosen.real:
        return take_real(chosen.into)
    if chosen.one:
        return take_scripted(chosen.into, only, *chosen.one)
    return take_all(chosen.into, only)


def take_all(into: Path, only: frozenset[str]) -> int:
    """Take every picture, each language, appearance and scale in a process of its own."""
    from private_desktop import private_screen, private_sound

    worst = 0
    with private_sound(hum_dbfs=QUIET_DBFS) as sound, private_screen() as screen:
        desktop = sound | screen
        for language, appearance, scale in product(LANGUAGES, APPEARANCES, SCALES):
            combination = (language, appearance, str(scale))
            print("…", *combination, flush=True)
            worst |= _again(into, only, ["--one", *combination], desktop | _offscreen(scale))
        if not only or "real" in only:
            print("… a real session", flush=True)
            worst |= _again(into, only, ["--real"], desktop)
    pictures = sorted(into.glob("*.png"))
    total_mb = sum(picture.stat().st_size for picture in pictures) / 1e6
    print(f"{len(pictures)} pictures, {total_mb:.1f} MB in {into}")
    return worst


def _again(
    into: Path, only: frozenset[str], options: Sequence[str], environment: dict[str, str]
) -> int:
    with tempfile.TemporaryDirectory(prefix="sarai-pictures-") as home:
        command = [
            sys.executable,
            __file__,
            "--into",
            str(into),
            "--only",
            ",".join(only),
            *options,
        ]
        variables = os.environ | environment | {"SARAI_HOME": f"{home}/sarai"}
        return subprocess.run(command, env=variables, check=False).returncode


def _offscreen(scale: int) -> dict[str, str]:
    return {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale)}


# --- the studio -------------------------------------------------------------------------------------


@dataclass
class Studio:
    """A window on a scripted assistant, and how to make it show something.

    Attributes:
        words: what is said, in the window's language.
    """

    app: QApplication
    session: Session
    window: MainWindow
    facade: Callable[[], ScriptedFacade]
    words: dict[str, tuple[str, str] | str]

    def said(self, name: str) -> tuple[str, str]:
        """Return a question and its answer."""
        pair = self.words[name]
        assert isinstance(pair, tuple)
        return pair

    def settle(self) -> None:
        """Let everything find its place."""
        self._spin(lambda: False, SETTLE_S)

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Process events until it holds; ends the program when it never does."""
        if not self._spin(condition, PATIENCE_S):
            sys.exit(f"waited in vain for {what}")

    def _spin(self, condition: Callable[[], object], patience_s: float) -> bool:
        from PySide6.QtCore import QDeadlineTimer, QEventLoop, QTimer

        deadline = QDeadlineTimer(round(patience_s * 1000))
        tick = QTimer()
        tick.start(5)
        loop = QEventLoop()
        while not condition():
            if deadline.hasExpired():
                return False
            loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        return True


def take_scripted(
    into: Path, only: frozenset[str], language: str, appearance: str, scale: str
) -> int:
    """Take every page in one language, appearance and scale."""
    studio = open_studio(language, appearance)
    for name, scene in SCENES.items():
        if only and name not in only:
            continue
        for suffix, widget in scene(studio):
            if suffix in MOMENTS and scale != "1":
                continue
            studio.settle()
            save(widget, into / f"{name}{suffix}-{language}-{appearance}-{scale}x.png")
    studio.window.close()
    studio.session.stop()
    return 0


def open_studio(language: str, appearance: str) -> Studio:
    """Open the window on a scripted assistant, with a past of some conversations."""
    from PySide6.QtWidgets import QApplication

    from assistant.settings import Settings, load_settings
    from tests.window.fakes.facade import ScriptedFacade
    from ui import theme, translated
    from ui.desktop.places import Places
    from ui.session import Session
    from ui.shown.figure_keeper import figures_of
    from ui.window import MainWindow

    write_history(language)
    settings = load_settings(env={})
    looks = settings.window.model_copy(update={"language": language, "appearance": appearance})
    settings = settings.model_copy(update={"window": looks})
    app = QApplication(["sarai"])
    translated.install(app, looks.language)
    theme.apply(app, looks.appearance)
    facades: list[ScriptedFacade] = []

    def make(chosen: Settings, on_event: Callable[..., None]) -> ScriptedFacade:
        facades.append(ScriptedFacade(chosen, on_event))
        return facades[-1]

    session = Session(settings, make, lambda _changes: None)
    window = MainWindow(session, Places())
    window.resize(*SIZE)
    window.show()
    session.start()
    figures_of(session)  # the overlay keeps them in the real program, from the start
    studio = Studio(app, session, window, lambda: facades[-1], dict(WORDS[language]))
    studio.wait(lambda: session.is_live, "the scripted assistant")
    return studio


def save(widget: QWidget, file: Path) -> None:
    """Write a picture of the widget."""
    save_image(widget.grab().toImage(), file)


def save_image(picture: QImage, file: Path) -> None:
    """Write a picture with few colours."""
    from io import BytesIO

    from PIL import Image
    from PySide6.QtCore import QBuffer

    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    image = Image.open(BytesIO(buffer.data().data())).convert("RGB")
    few = image.quantize(
        COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=PASSES, dither=Image.Dither.NONE
    )
    few.save(file, optimize=True)


# --- a real session ---------------------------------------------------------------------------------


def take_real(into: Path) -> int:
    """Speak to the real program through the virtual microphone, and photograph the screen."""
    from PySide6.QtCore import QMargins
    from PySide6.QtWidgets import QApplication

    from assistant.events import TurnFinished, WorkerReady
    from assistant.settings.recover import load_settings_or_defaults
    from ui import theme, translated
    from ui.app import Program

    app = QApplication(["sarai"])
    app.setQuitOnLastWindowClosed(False)
    loaded = load_settings_or_defaults()
    translated.install(app, "en")
    theme.apply(app, "light")
    program = Program(app, loaded)
    studio = Studio(app, program.session, program.window, _nobody, {})
    happened: list[object] = []
    program.session.event.connect(happened.append)
    studio.wait(lambda: any(isinstance(one, WorkerReady) for one in happened), "the models")
    studio.wait(lambda: program.session.is_live, "the virtual microphone")
    program.session.change_settings({"window.overlay": True})
    studio.settle()
    speak(SPOKEN)
    studio.wait(lambda: count(happened, TurnFinished) == 1, "the answer to the recording")
    for number, question in enumerate(TYPED, start=2):
        program.window.conversation.ask(question)
        studio.wait(partial(_has, happened, TurnFinished, number), f"the answer to {question}")
    studio.settle()
    assert program.overlay is not None
    window = program.window.frameGeometry()
    program.overlay.move(window.right() - 150, window.bottom() - 330)
    studio.settle()
    seen = window.united(program.overlay.frameGeometry()).marginsAdded(QMargins(24, 24, 24, 24))
    shot = app.primaryScreen().grabWindow(0, seen.x(), seen.y(), seen.width(), seen.height())
    save_image(shot.toImage(), into / "real-session.png")
    for event in happened:
        if isinstance(event, TurnFinished):
            print(f"  heard “{event.transcript}”, answered “{event.reply}”")
    program.end()
    return 0


def count(happened: Sequence[object], kind: type) -> int:
    """Return how many events of a kind there were."""
    return sum(isinstance(one, kind) for one in happened)


def _has(happened: Sequence[object], kind: type, number: int) -> bool:
    return count(happened, kind) >= number


def _nobody() -> ScriptedFacade:
    raise AssertionError("nothing is scripted in a real session")


def speak(recording: Path) -> None:
    """Play a recording and some silence into the virtual microphone; returns at once."""
    import numpy as np
    import soundfile

    samples, rate_hz = soundfile.read(recording, dtype="float32")
    quiet = np.zeros(rate_hz * 2, np.float32)
    raw = np.concatenate([quiet[: rate_hz // 2], samples, quiet]).astype("<f4").tobytes()
    form = [f"--rate={rate_hz}", "--channels=1", "--format=float32le"]
    player = subprocess.Popen(["pacat", "--playback", "--device=mic", *form], stdin=subprocess.PIPE)
    assert player.stdin is not None
    player.stdin.write(raw)
    player.stdin.close()


if __name__ == "__main__":
    sys.exit(main())
