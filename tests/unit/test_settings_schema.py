"""The packaged file, the defaults and the help texts say the same."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

import pytest
import yaml
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from assistant import paths
from assistant.errors import SettingsError
from assistant.settings import ModelSet, PoolSettings, Settings
from assistant.settings.checks import ROLE_OF_ENGINE
from assistant.settings.models import ENGINES


def packaged_text() -> str:
    return paths.packaged_settings_file().read_text(encoding="utf-8")


def fields_of(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """Every field below a section, with a readable name."""
    for name, field in model.model_fields.items():
        yield f"{model.__name__}.{name}", field
        annotation: Any = field.annotation
        if get_origin(annotation) is Mapping:
            annotation = get_args(annotation)[1]
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from fields_of(annotation)


ALL_FIELDS = dict(
    [*fields_of(Settings), *(pair for engine in ENGINES.values() for pair in fields_of(engine))]
)


def bounds(field: FieldInfo) -> list[float]:
    found: list[Any] = []
    for item in field.metadata:
        match item:
            case Ge(ge=bound) | Gt(gt=bound) | Le(le=bound) | Lt(lt=bound):
                found.append(bound)
            case _:
                pass
    return found


def comments(text: str) -> Iterator[tuple[str, str]]:
    """Each key of a YAML text (with its line number) and the comment beside or right above it."""
    lines = text.splitlines()
    nodes: list[Any] = [yaml.compose(text)]
    while nodes:
        node = nodes.pop()
        for key, value in node.value:
            number = key.start_mark.line
            end = value.end_mark if isinstance(value, yaml.ScalarNode) else key.end_mark
            beside = lines[number][end.column :].partition("#")[2]
            above = lines[number - 1].strip() if number else ""
            yield f"{key.value}:{number + 1}", beside or above.partition("#")[2]
            if isinstance(value, yaml.MappingNode):
                nodes.append(value)


def test_the_packaged_file_holds_exactly_the_defaults() -> None:
    assert yaml.safe_load(packaged_text()) == Settings().model_dump(mode="json")


def test_every_key_of_the_packaged_file_has_a_comment() -> None:
    found = dict(comments(packaged_text()))
    assert len(found) > 60
    assert [key for key, comment in found.items() if not comment.strip()] == []


@pytest.mark.parametrize("name", ALL_FIELDS)
def test_every_field_has_a_title_and_a_description(name: str) -> None:
    field = ALL_FIELDS[name]
    assert field.title
    assert field.description
    assert field.description.endswith((".", ")"))


@pytest.mark.parametrize("name", [name for name, field in ALL_FIELDS.items() if bounds(field)])
def test_ranges_stand_in_the_description_and_in_the_files_comment(name: str) -> None:
    field, key = ALL_FIELDS[name], name.partition(".")[2]
    written = [
        comment for place, comment in comments(packaged_text()) if place.startswith(f"{key}:")
    ]
    assert written
    for bound in bounds(field):
        assert f"{bound:.12g}" in str(field.description)
        assert all(f"{bound:.12g}" in comment for comment in written)


def test_each_engine_is_bound_to_one_role() -> None:
    assert {name: engine.role for name, engine in ENGINES.items()} == ROLE_OF_ENGINE


def test_settings_survive_the_way_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Settings())) == Settings()  # noqa: S301  our own bytes


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().pool.budget_mb = 1


def test_settings_made_in_code_are_checked_as_a_whole_too() -> None:
    with pytest.raises(ValidationError, match=r"no set 'startr' \(did you mean 'starter'"):
        Settings(set="startr")
    with pytest.raises(ValidationError, match=r"more than pool\.budget_mb, 3000"):
        Settings(pool=PoolSettings(budget_mb=3000))


def test_a_model_is_found_by_name_role_and_alias() -> None:
    settings = Settings()
    names = [settings.model_name(name) for name in ("sarai-starter", "thinker", "tiny", "stt")]
    assert names == ["sarai-starter", "sarai-starter", "sarai-starter", "pocketsphinx-mixed"]


def test_the_alias_tiny_follows_the_active_set() -> None:
    base = Settings()
    bigger = base.models["sarai-starter"]
    settings = Settings(
        set="mine",
        sets={
            **base.sets,
            "mine": ModelSet(stt="pocketsphinx-mixed", thinker="bigger", tts="espeak-ng"),
        },
        models={**base.models, "bigger": bigger},
    )
    assert settings.model_name("tiny") == "bigger"


def test_an_unknown_model_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SettingsError, match=r"'espeak' .*did you mean 'espeak-ng'") as caught:
        Settings().model_name("espeak")
    assert caught.value.code == "model_unknown"
    assert "sarai-starter" in caught.value.hint


def test_only_a_thinker_has_a_reply_limit() -> None:
    assert Settings().max_reply_tokens("tiny") == 200
    with pytest.raises(SettingsError, match="is not a thinker"):
        Settings().max_reply_tokens("tts")
