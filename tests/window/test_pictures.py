"""The pictures in the documentation: all there, of every page, and small."""

from __future__ import annotations

import struct
import sys
from itertools import product
from pathlib import Path

import pytest

from ui.pages.settings import PLACES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"
PAGES = (
    "welcome",
    "conversation",
    "trouble",
    "session",
    "session-overlay",
    "history",
    *(f"settings-{place.name}" for place in PLACES),
    "doctor",
)
MOMENTS = (
    "welcome-loading",
    "conversation-listening",
    "conversation-thinking",
    "conversation-speaking",
)
LOOKS = tuple(product(("en", "es"), ("light", "dark")))


def size_of(file: Path) -> tuple[int, int, int]:
    """Width, height and colour type of a PNG; type 3 has a palette."""
    head = file.read_bytes()[:26]
    assert head[:8] == b"\x89PNG\r\n\x1a\n", file.name
    width, height, _depth, kind = struct.unpack(">IIBB", head[16:26])
    return width, height, kind


@pytest.mark.parametrize(("language", "appearance"), LOOKS)
def test_every_page_is_there_at_both_sizes(language: str, appearance: str) -> None:
    for page in PAGES:
        once, twice = (
            size_of(FOLDER / f"{page}-{language}-{appearance}-{scale}x.png") for scale in (1, 2)
        )
        assert once[2] == twice[2] == 3, f"{page}: colours are not reduced"
        assert twice[0] == 2 * once[0]
        assert abs(twice[1] - 2 * once[1]) <= 2


@pytest.mark.parametrize(("language", "appearance"), LOOKS)
def test_the_moments_of_a_conversation_are_there(language: str, appearance: str) -> None:
    for moment in MOMENTS:
        assert (FOLDER / f"{moment}-{language}-{appearance}-1x.png").is_file()


def test_a_real_session_is_there_and_the_others_are_said_to_be_scripted() -> None:
    assert (FOLDER / "real-session.png").is_file()
    assert "made up" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_no_picture_is_left_over_and_all_are_small() -> None:
    expected = {
        f"{page}-{language}-{appearance}-{scale}x.png"
        for page in PAGES
        for language, appearance in LOOKS
        for scale in (1, 2)
    }
    expected |= {f"{m}-{language}-{looks}-1x.png" for m in MOMENTS for language, looks in LOOKS}
    files = list(FOLDER.glob("*.png"))
    assert {file.name for file in files} == expected | {"real-session.png"}
    assert sum(file.stat().st_size for file in files) < 6_000_000


def test_light_and_dark_and_the_languages_differ() -> None:
    for page in PAGES:
        looks = {
            (FOLDER / f"{page}-{language}-{appearance}-1x.png").read_bytes()
            for language, appearance in LOOKS
        }
        assert len(looks) == len(LOOKS), page


def test_the_scenes_are_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    monkeypatch.delitem(sys.modules, "picture_scenes", raising=False)
    import picture_scenes

    assert set(picture_scenes.SCENES) == {page.split("-")[0] for page in (*PAGES, *MOMENTS)}
    assert picture_scenes.WORDS["en"].keys() == picture_scenes.WORDS["es"].keys()
