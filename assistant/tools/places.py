"""Owns which time zone a spoken place lies in: cities, countries, states and zones by name.

The table beside it (`places.tsv.gz`) is made by `build_places` from GeoNames. It is kept as one
string and searched, not parsed, so that a program that never asks pays nothing and one that asks
pays its few megabytes once. It deliberately knows no coordinates and corrects no spelling.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

__all__ = ["Place", "find_place", "folded", "titled"]

TABLE: Final = Path(__file__).with_name("places.tsv.gz")
MAX_CHARACTERS: Final = 100

# What people call a zone; daylight saving is the zone's own business, so "EST" in July is New York's.
_ZONES: Final = {
    "utc": "UTC", "gmt": "UTC", "greenwich mean time": "UTC", "zulu": "UTC", "greenwich": "Europe/London",
    "coordinated universal time": "UTC", "universal time": "UTC",
    "eastern": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
    "central": "America/Chicago", "cst": "America/Chicago", "cdt": "America/Chicago",
    "mountain": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver",
    "pacific": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "alaska": "America/Anchorage", "hawaii": "Pacific/Honolulu", "atlantic": "America/Halifax",
    "central european": "Europe/Paris", "cet": "Europe/Paris", "cest": "Europe/Paris",
    "eastern european": "Europe/Athens", "eet": "Europe/Athens", "western european": "Europe/Lisbon",
    "british": "Europe/London", "bst": "Europe/London", "british summer": "Europe/London",
    "india": "Asia/Kolkata", "indian": "Asia/Kolkata", "ist": "Asia/Kolkata",
    "japan": "Asia/Tokyo", "jst": "Asia/Tokyo", "moscow": "Europe/Moscow",
    "korea standard": "Asia/Seoul", "kst": "Asia/Seoul", "china": "Asia/Shanghai",
    "australian eastern": "Australia/Sydney", "aest": "Australia/Sydney",
}  # fmt: skip
_INITIALS: Final = frozenset({"uk", "us", "usa", "uae", "nyc", "sf", "dc", "drc"})
_REGION_WORDS: Final = 4
"""Longest region looked for after a city: "the democratic republic of congo" less its article."""
_ARTICLES: Final = re.compile(r"^(?:the|in|at|city of|state of|town of) (?=.)")


@dataclass(frozen=True, slots=True)
class Place:
    """A place somebody named.

    Attributes:
        name: how to call it in the answer; plain letters unless the asker wrote accents.
        zone: its time zone.
    """

    name: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table: a name of a place, and where that is.

    `region` is the folded name of the state or province, `country` the ISO code, both empty for none.
    """

    name: str
    zone: str
    country: str
    region: str


def find_place(words: str) -> Place | None:
    """Return the most populous place that is called this, or `None`.

    Accents, case and punctuation do not matter. A country stands for its capital's zone, a state for
    its most populous city's. A country or state after a city ("london ontario", "paris, texas")
    chooses among namesakes.
    """
    if len(words) > MAX_CHARACTERS:
        return None
    key = folded(words)
    while (shorter := _ARTICLES.sub("", key)) != key:
        key = shorter
    if not key:
        return None
    zone = _zone(key, words)
    if zone is not None:
        return Place(_shown(words, key, None), zone)
    rows = list(_rows(key))
    if rows:
        return Place(_shown(words, key, rows[0].name), ZoneInfo(rows[0].zone))
    return _qualified(words, key)


def folded(words: str) -> str:
    """Return the words as the table spells its keys: plain lower-case letters, single spaces, "saint"."""
    letters = unicodedata.normalize("NFKD", words.casefold().translate(_LETTERS))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    plain = re.sub(
        r"(?<=\b[a-z])\.(?=\s?[a-z]\b)", "", plain.replace("'", "").replace("\u2019", "")
    )
    spaced = re.sub(r"[^a-z0-9]+", " ", plain).strip()
    return re.sub(r"^st (?=.)", "saint ", re.sub(r"\bfort\b", "ft", spaced))


# Letters that Unicode does not take apart.
_LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ħ": "h",
    }
)


def _zone(key: str, words: str) -> ZoneInfo | None:
    """Return the zone that goes by this name: "pacific time", "utc", "Europe/Paris"."""
    bare = re.sub(r" (?:standard |daylight |summer )?(?:time zone|time|timezone)$", "", key)
    named = _ZONES.get(key) if bare == key else _ZONES.get(bare)
    # "hawaii" and "india" are places as well; they are zones only when "time" was said.
    if named is not None and (
        bare != key or key not in {"alaska", "hawaii", "india", "china", "japan"}
    ):
        return ZoneInfo(named)
    wanted = re.sub(r"\s+", "_", words.strip()).casefold()
    for name in _zone_names() if "/" in wanted else ():
        if name.casefold() == wanted:
            try:
                return ZoneInfo(name)
            except ZoneInfoNotFoundError:
                return None
    return None


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _table() -> bytes:
    """Return the table: lines of key, name, zone, country, region; best first among equal keys."""
    return b"\n" + gzip.decompress(TABLE.read_bytes())


def _rows(key: str) -> Iterator[_Row]:
    table = _table()
    line_start = f"\n{key}\t".encode()
    start = table.find(line_start)
    while start >= 0 and table.startswith(line_start, start):
        end = table.find(b"\n", start + 1)
        _key, name, zone, country, region = table[start + 1 : end].decode().split("\t")
        yield _Row(name, zone, country, region)
        start = end


def _qualified(words: str, key: str) -> Place | None:
    """Find "paris texas": a city, and after it the state or country that it must lie in."""
    parts = key.split()
    for cut in range(len(parts) - 1, max(len(parts) - 1 - _REGION_WORDS, 0), -1):
        city, around = " ".join(parts[:cut]), _ARTICLES.sub("", " ".join(parts[cut:]))
        regions = [row for row in _rows(around) if row.name.startswith("@")]
        for row in _rows(city):
            if any(_lies_in(row, region) for region in regions):
                inner, outer = _shown(words, city, row.name), _shown("", around, None)
                return Place(f"{inner}, {outer}", ZoneInfo(row.zone))
    return None


def _lies_in(city: _Row, region: _Row) -> bool:
    if city.name.startswith("@") or city.country != region.country:
        return False
    return region.region in {"", city.region}


def _shown(words: str, key: str, name: str | None) -> str:
    """Return the place's own spelling where that is what was said, else what was said, in capitals."""
    proper = name.removeprefix("@") if name else ""
    if proper and folded(proper) == key and (proper.isascii() or not words.isascii()):
        return proper
    if not words.isascii():
        return words.strip()
    if "/" in words:  # "Europe/Paris"
        return words.strip().rpartition("/")[2].replace("_", " ").title()
    return titled(key)


def titled(words: str) -> str:
    """Return a place's name with capitals where a name has them: "Rio de Janeiro", "UK"."""
    joined = re.sub(r"\b([a-z]) (?=[a-z]\b)", r"\1", words.strip().casefold())  # "u s" is "us"
    return " ".join(
        _capital(word, inside=place > 0, alone=" " not in joined)
        for place, word in enumerate(joined.split())
    )


def _capital(word: str, *, inside: bool, alone: bool) -> str:
    is_zone = alone and word in _ZONES and len(word) <= 4  # noqa: PLR2004 - "EST", not "India"
    if word in _INITIALS or is_zone or (alone and word == "la"):
        return word.upper()
    small = {"of", "the", "de", "da", "do", "and", "on", "upon"}
    return word if inside and word in small else word.capitalize()
