"""What a person sees who writes settings: layers, and every mistake at once with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import paths
from assistant.errors import SettingsError
from assistant.settings import EspeakNgSettings, LlamaCppSettings, Settings, load_settings
from assistant.settings.migrations import migrate


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


def load(tmp_path: Path, text: str = "", **env: str) -> Settings:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, env=env)


def problems(tmp_path: Path, text: str = "", **env: str) -> list[str]:
    """The lines of the refusal, each cut to what follows the folder."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text, **env)
    assert caught.value.code == "settings_invalid"
    assert caught.value.hint
    head, *lines = caught.value.message.splitlines()
    assert head in ("The settings have one problem:", f"The settings have {len(lines)} problems:")
    return [line.replace(str(tmp_path), "").lstrip("/") for line in lines]


# --- layers -----------------------------------------------------------------------------------------


def test_without_any_file_the_packaged_settings_hold() -> None:
    assert load_settings(env={}) == Settings()


def test_the_relative_name_means_the_packaged_file_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings(Path("config/sarai.yaml"), env={}) == Settings()


def test_the_persons_file_overrides_single_keys_deep_inside(own_home: Path) -> None:
    own = own_home / "config" / "sarai.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("models: {sarai-starter: {sampling: {seed: 7}}}\npool: {budget_mb: 900}\n")
    loaded = load_settings(env={})
    thinker = loaded.models["sarai-starter"]
    assert isinstance(thinker, LlamaCppSettings)
    assert (thinker.sampling.seed, thinker.sampling.top_k, loaded.pool.budget_mb) == (7, 40, 900)


def test_a_named_file_stands_in_for_the_persons(own_home: Path, tmp_path: Path) -> None:
    own = own_home / "config" / "sarai.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("pool: {budget_mb: 900}\n")
    assert load(tmp_path, "pool: {sweep_s: 2}").pool.budget_mb == 2000
    assert load_settings(Path("config/sarai.yaml"), env={}).pool.budget_mb == 900


def test_the_environment_overrides_the_files(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "pool: {budget_mb: 900}",
        SARAI__POOL__BUDGET_MB="1500",
        SARAI__MODELS__ESPEAK_NG__RATE_WPM="150",
        SARAI__MODELS__SARAI_STARTER__FALLBACK="[]",
        SARAI__CONVERSATION__SYSTEM_PROMPT="You are: terse",
        SARAI__LANGUAGE="",
    )
    voice = loaded.models["espeak-ng"]
    assert isinstance(voice, EspeakNgSettings)
    assert (loaded.pool.budget_mb, voice.rate_wpm) == (1500, 150)
    assert loaded.conversation.system_prompt == "You are: terse"
    assert loaded.language == "en"


def test_the_set_has_a_short_form_in_the_environment(tmp_path: Path) -> None:
    text = "sets: {mine: {stt: pocketsphinx-mixed, thinker: sarai-starter, tts: espeak-ng}}"
    assert load(tmp_path, text, SARAI_SET="mine").set == "mine"
    assert problems(tmp_path, SARAI_SET="startr") == [
        (
            "SARAI_SET: set: there is no set 'startr' (did you mean 'starter'?); known: starter,"
            " talker, light, light-es, standard, standard-es"
        )
    ]


def test_a_model_that_gets_another_engine_starts_afresh(tmp_path: Path) -> None:
    text = """
        models:
          sarai-starter: {engine: espeak_ng, catalogue: espeak-ng, voice: es}
          brain: {engine: llama_cpp, catalogue: sarai-starter}
        sets: {starter: {thinker: brain}, talker: {thinker: brain}}
        """
    assert load(tmp_path, text).models["sarai-starter"] == EspeakNgSettings(
        engine="espeak_ng", catalogue="espeak-ng", voice="es"
    )


def test_an_empty_or_commented_out_file_changes_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "# nothing yet\n") == Settings()
    assert load(tmp_path, "") == Settings()


# --- mistakes ---------------------------------------------------------------------------------------


def test_all_problems_of_all_layers_are_reported_at_once_with_file_and_line(tmp_path: Path) -> None:
    text = """\
language: de
pool:
  bugdet_mb: 7
  sweep_s: -1
worker: {hang_timeout_s: '10'}
models:
  sarai-starter:
    threads: 99
    fallback: [sarai-startr]
"""
    found = problems(tmp_path, text, SARAI__POOL__BUDGET_MB="lots")
    keys = [line.rsplit(": ", 1)[0].split(": ")[0:2] for line in found]
    assert keys == [
        ["mine.yaml:1", "language"],
        ["mine.yaml:3", "pool.bugdet_mb"],
        ["mine.yaml:4", "pool.sweep_s"],
        ["mine.yaml:5", "worker.hang_timeout_s"],
        ["mine.yaml:8", "models.sarai-starter.threads"],
        ["mine.yaml:9", "models.sarai-starter.fallback"],
        ["SARAI__POOL__BUDGET_MB", "pool.budget_mb"],
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "language: no",
            "must be en or es (is false). Language you speak: en or es. YAML reads no",
        ),
        ("language: no", "'no' is the word"),
        ("pool: {bugdet_mb: 7}", "unknown key (did you mean 'budget_mb'?)"),
        ("pool: {zzz: 7}", "unknown key; known here: budget_mb, sweep_s"),
        ("pool: {budget_mb: '600'}", "must be a whole number (is '600')"),
        ("pool: {budget_mb: 600.5}", "must be a whole number (is 600.5)"),
        ("pool: {budget_mb: true}", "must be a whole number (is true)"),
        ("pool: {budget_mb: 6}", "must be at least 64 (is 6). Megabytes for all loaded models"),
        ("pool: {budget_mb: 9999999}", "(64 to 1000000)"),
        ("pool: {sweep_s: .nan}", "must be an ordinary number (is nan)"),
        ("pool: {sweep_s: .inf}", "(is inf)"),
        ("pool: 3", "must be a mapping of keys to values (is 3)"),
        ("pool:", "must be a mapping of keys to values (is null)"),
        ("set: 2026-11-20", "must be text (is 2026-11-20)"),
        ("set: [a]", "must be text (is a list of 1)"),
        ("models: {a: {engine: llama_ccp, catalogue: x}}", "(did you mean 'llama_cpp'?)"),
        ("models: {a: {catalogue: x}}", "has no engine; known engines: llama_cpp"),
        ("models: {a: {engine: llama_cpp}}", "models.a.catalogue: is missing"),
        ("models: {a: 3}", "models.a: must be a mapping"),
        ("models: {'A b': {engine: llama_cpp, catalogue: x}}", "must be a name of lower-case"),
        ("models: {sarai-starter: {fallback: espeak-ng}}", "must be a list, such as [a, b]"),
        ("models: {sarai-starter: {sampling: {top_p: 0}}}", "must be more than 0"),
        ("models: {sarai-starter: {permanent: 1}}", "must be true or false (is 1)"),
        ("models: {sarai-starter: {context_tokens: 300}}", "must be at most context_tokens, 300"),
        ("models: {sarai-starter: {idle_unload_s: 60}}", "a permanent model is never unloaded"),
        ("models: {espeak-ng: {voice: no}}", "must be text (is false)"),
        ("set: startr", "there is no set 'startr' (did you mean 'starter'?)"),
        ("sets: {x: {stt: a, thinker: sarai-starter, tts: espeak-ng}}", "sets.x.stt: there is no"),
        ("sets: {starter: {stt: espeak-ng}}", "'espeak-ng' serves as tts, not as stt"),
        ("aliases: {tiny: thinkr}", "no role or model 'thinkr' (did you mean 'thinker'?)"),
        ("aliases: {tts: thinker}", "'tts' is already the name of a model or role"),
        ("models: {sarai-starter: {fallback: [x]}}", "there is no model 'x'"),
        ("models: {sarai-starter: {fallback: [espeak-ng]}}", "serves another role"),
        ("models: {sarai-starter: {fallback: [sarai-starter]}}", "sarai-starter → sarai-starter"),
        ("worker: {memory_cap_mb: 2000}", "must be more than pool.budget_mb, 2000 (is 2000)"),
        ("worker: {ping_interval_s: 40}", "must be more than worker.ping_interval_s, 40 (is 30.0)"),
        ("pool: {sweep_s: 1}\npool: {sweep_s: 2}", "mine.yaml:2: pool: is written twice"),
        ("pool: {sweep_s: 1, sweep_s: 2}", "written twice; the first is in line 1"),
        ("on: 1", "the key on is no word to YAML"),
        ("? [a, b]\n: 1", "the key a list or mapping is no word to YAML"),
        ("pool: &a {sweep_s: 1}\nworker: *a", "repeats another part by a YAML alias"),
        ("pool: &a\n  sweep_s: *a", "repeats another part by a YAML alias"),
        ("pool:\n  <<: {sweep_s: 1}", "merge keys (<<) are not supported"),
        ("pool: {budget_mb: !!python/object:os.system x}", "cannot be read"),
        ("set: 2026-13-45", "cannot be read: month must be in 1..12"),
        ("pool: {budget_mb: 7", "mine.yaml:1: is not valid YAML"),
        ("a: b: c", "mine.yaml:1: is not valid YAML"),
        ("--- 1\n--- 2", "is not valid YAML"),
        ("\t- x", "is not valid YAML"),
        ("\x07", "is not valid YAML"),
        ("- a\n- b", "must be a mapping of keys to values, such as"),
        ("hello", "must be a mapping of keys to values, such as"),
        ("[" * 1000, "is nested too deeply"),
        ("schema_version: 2", "is layout 2, written for a newer program; this one knows up to 1"),
        ("schema_version: 0", "is 0, but layouts are numbered from 1"),
        ("schema_version: new", "schema_version: must be 1 (is 'new')"),
        ("schema_version: true", "schema_version: must be a whole number"),
    ],
)
def test_each_mistake_is_named_in_plain_words(tmp_path: Path, text: str, wanted: str) -> None:
    found = problems(tmp_path, text)
    assert any(wanted in line for line in found), found
    assert all(line.startswith("mine.yaml") for line in found), found


def test_one_mistake_is_one_line(tmp_path: Path) -> None:
    assert len(problems(tmp_path, "pool: {budget_mb: 700, budget_mb: 600}")) == 1
    assert len(problems(tmp_path, "schema_version: 9\nnonsense: 1")) == 1
    assert len(problems(tmp_path, "set: startr")) == 1


def test_a_circle_of_fallbacks_is_reported_once(tmp_path: Path) -> None:
    text = """
        models:
          one: {engine: espeak_ng, catalogue: espeak-ng, fallback: [two]}
          two: {engine: espeak_ng, catalogue: espeak-ng, fallback: [three]}
          three: {engine: espeak_ng, catalogue: espeak-ng, fallback: [one]}
        """
    found = problems(tmp_path, text)
    assert len(found) == 1
    assert "one → two → three → one" in found[0]


def test_a_chain_of_fallbacks_that_meets_again_is_no_circle(tmp_path: Path) -> None:
    text = """
        models:
          one: {engine: espeak_ng, catalogue: espeak-ng, fallback: [two, three]}
          two: {engine: espeak_ng, catalogue: espeak-ng, fallback: [three]}
          three: {engine: espeak_ng, catalogue: espeak-ng}
        """
    assert load(tmp_path, text).models["one"].fallback == ("two", "three")


def test_a_limit_crossed_in_the_persons_file_is_blamed_there(tmp_path: Path) -> None:
    (line,) = problems(tmp_path, "language: en\npool:\n  budget_mb: 5000")
    assert line.startswith("mine.yaml:3: worker.memory_cap_mb: must be more than pool.budget_mb")


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    assert problems(
        tmp_path, SARAI__POOL__BUGDET_MB="1", SARAI__POOL="3", SARAI__LANGUAGE="no"
    ) == [
        "SARAI__LANGUAGE: language: must be en or es (is 'no'). Language you speak: en or es.",
        (
            "SARAI__POOL: pool: must be a mapping of keys to values (is 3). "
            "How much the loaded models may take together."
        ),
    ]


def test_a_file_that_is_not_there_or_no_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no settings file") as caught:
        load_settings(tmp_path / "absent.yaml", env={})
    assert caught.value.code == "settings_missing"
    with pytest.raises(SettingsError, match="cannot be read") as caught:
        load_settings(tmp_path, env={})
    assert caught.value.code == "settings_unreadable"


def test_files_that_are_no_text_or_far_too_big_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(b"language: \xff\xfe")
    with pytest.raises(SettingsError, match="is not text in UTF-8"):
        load_settings(file, env={})
    file.write_bytes(b"#" * 1_000_001)
    with pytest.raises(SettingsError, match="too big for a settings file"):
        load_settings(file, env={})


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("pool: {budget_mb: 900}", encoding="utf-8-sig")
    assert load_settings(file, env={}).pool.budget_mb == 900


WORDS = st.sampled_from(
    ["pool", "models", "sarai-starter", "sets", "engine", "llama_cpp", "fallback", "set", "aliases"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


def refusal(file: Path, env: dict[str, str]) -> list[str]:
    """The lines of the refusal; none when the settings are taken."""
    try:
        load_settings(file, env=env)
    except SettingsError as exc:
        return exc.message.splitlines()[1:]
    return []


@given(st.dictionaries(WORDS | st.text(max_size=4), VALUES, max_size=4))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_yaml_is_taken_or_refused_with_a_place(tmp_path: Path, tree: dict[str, object]) -> None:
    file = tmp_path / "any.yaml"
    file.write_text(yaml.safe_dump(tree), encoding="utf-8")
    assert all(line.startswith(str(file)) for line in refusal(file, {}))


@given(st.text(max_size=40), st.text(alphabet="ABC_abc", max_size=12))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_text_is_taken_or_refused(tmp_path: Path, text: str, variable: str) -> None:
    file = tmp_path / "any.yaml"
    file.write_text(text, encoding="utf-8", errors="ignore")
    lines = refusal(file, {f"SARAI__{variable}": text, "SARAI__POOL__SWEEP_S": text})
    assert all(line.strip() for line in lines)


# --- migrations -------------------------------------------------------------------------------------


def test_older_layouts_go_through_every_step_in_order() -> None:
    steps = [
        lambda tree: {**tree, "seen": [1]},
        lambda tree: {**tree, "seen": [*tree.get("seen", []), 2]},
    ]
    assert migrate({"schema_version": 1}, steps) == ({"schema_version": 3, "seen": [1, 2]}, "")
    assert migrate({"schema_version": 2}, steps) == ({"schema_version": 3, "seen": [2]}, "")
    assert migrate({"schema_version": 3}, steps) == ({"schema_version": 3}, "")


def test_a_file_without_a_version_is_of_the_first_layout() -> None:
    tree, problem = migrate({"language": "en"}, [lambda tree: {**tree, "migrated": True}])
    assert tree == {"language": "en", "migrated": True, "schema_version": 2}
    assert problem == ""


def test_migrating_leaves_what_was_read_as_it_was() -> None:
    def step(tree: dict[str, object]) -> dict[str, object]:
        pool = tree["pool"]
        assert isinstance(pool, dict)
        pool.clear()
        return tree

    read = {"pool": {"sweep_s": 1}}
    migrate(read, [step])
    assert read == {"pool": {"sweep_s": 1}}
