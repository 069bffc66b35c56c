"""The audio core: four roles in one file and one session, of which a call runs one."""

from __future__ import annotations

import gc
import json
import shutil
import threading
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.engines.audio_core import ROLES, AudioCore, shared_core
from assistant.engines.onnx_session import SessionPlan
from assistant.errors import ModelError
from assistant.pool.pool import ModelPool
from assistant.settings import load_settings

ARTEFACTS = Path(__file__).parents[2] / "models" / "talker" / "artefacts"
CORE = ARTEFACTS / "audio_core.onnx"
CONFIG = Path(__file__).parents[2] / "config" / "sarai.yaml"
MOST_BYTES = 45_000_000

Feeds = dict[str, np.ndarray]

GIVEN: dict[str, Feeds] = {
    "stt_encode": {
        "samples": np.random.default_rng(1).normal(0, 0.1, (1, 8000)).astype(np.float32)
    },
    "stt_decode": {
        "features": np.random.default_rng(2).normal(0, 1, (1, 7, 192)).astype(np.float32)
    },
    "tts_encode": {"phoneme_ids": np.array([[1, 10, 40, 3, 20, 41, 50, 5, 2]])},
    "vocode": {"audio_ids": np.arange(30)[None]},
}
"""What makes each role run; its other inputs keep their defaults."""

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def core() -> AudioCore:
    return AudioCore(CORE)


def outputs(core: AudioCore, role: str) -> list[str]:
    return list(json.loads(core.metadata["roles"])[role]["outputs"])


def run(core: AudioCore, role: str) -> list[np.ndarray]:
    return core.role(role, {}, []).run(outputs(core, role), GIVEN[role])


def test_one_small_file_says_all_there_is_to_know_of_itself(core: AudioCore) -> None:
    assert CORE.stat().st_size <= MOST_BYTES
    assert CORE.read_bytes()[:2] == bytes([8, 10]), "IR version 10"
    assert set(json.loads(core.metadata["roles"])) == set(ROLES)
    assert json.loads(core.metadata["sample_rates"]) == {"stt_encode": 16_000, "vocode": 24_000}
    assert core.metadata["licence"] == "GPL-3.0-or-later"
    assert json.loads(core.described("stt_decode/units"))[0] == "<blank>"
    assert "AA1" in json.loads(core.described("tts_encode/symbols"))
    with pytest.raises(ModelError, match="does not say its colour"):
        core.described("colour")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_answers_with_nothing_of_the_others_given(core: AudioCore, role: str) -> None:
    for found in run(core, role):
        assert found.size
        assert np.isfinite(found).all()


def test_no_input_has_to_be_given(core: AudioCore) -> None:
    assert core.session.get_inputs() == [] or all(
        one.name in {o.name for o in core.session.get_overridable_initializers()}
        for one in core.session.get_inputs()
    )
    assert all(found.size == 0 for found in core.session.run(None, {}))


@pytest.mark.parametrize("role", ROLES)
def test_only_the_role_that_is_given_something_works(core: AudioCore, role: str) -> None:
    given = {f"{role}/{name}": value for name, value in GIVEN[role].items()}
    names = [one.name for one in core.session.get_outputs()]
    for name, found in zip(names, core.session.run(names, given), strict=True):
        assert bool(found.size) == name.startswith(f"{role}/")


@pytest.mark.parametrize("role", ROLES)
def test_nodes_of_other_roles_do_not_run(tmp_path: Path, role: str) -> None:
    import onnxruntime

    runtime: Any = onnxruntime
    options = SessionPlan().options()
    options.enable_profiling = True
    options.profile_file_prefix = str(tmp_path / "profile")
    session = runtime.InferenceSession(str(CORE), options, providers=["CPUExecutionProvider"])
    session.run(None, {f"{role}/{name}": value for name, value in GIVEN[role].items()})
    events = json.loads(Path(session.end_profiling()).read_text("utf-8"))
    ran = {one["name"].removesuffix("_kernel_time") for one in events if one.get("cat") == "Node"}
    # Of each other role: the length of its first input, whether that is more than 0, and the gate.
    for other in set(ROLES) - {role}:
        assert sum(name.startswith(f"{other}/") for name in ran) <= 4, sorted(ran)
    assert sum(name.startswith(f"{role}/") for name in ran) > 4


def test_roles_run_at_once_as_they_run_alone(core: AudioCore) -> None:
    alone = {role: run(core, role) for role in ROLES}
    found: dict[str, list[np.ndarray]] = {}

    def work(role: str) -> None:
        for _ in range(3):
            found[role] = run(core, role)

    threads = [threading.Thread(target=work, args=(role,)) for role in ROLES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for role in ROLES:
        for one, other in zip(alone[role], found[role], strict=True):
            np.testing.assert_array_equal(one, other)


def test_ears_and_voice_of_the_pool_share_one_session() -> None:
    settings = load_settings(CONFIG).model_copy(update={"set": "talker"})
    with ModelPool(settings) as pool:
        ears, voice = pool.get("stt"), pool.get("tts")
        assert (ears.name, voice.name) == ("sarai-ears", "sarai-voice")
        hearing: Any = ears.engine
        speaking: Any = voice.engine
        assert hearing.core is speaking.core
        assert hearing.core.session is speaking.core.session
        one = weakref.ref(hearing.core)
        ears.release()
        voice.release()
        ears = voice = hearing = speaking = None  # type: ignore[assignment]
    gc.collect()
    assert one() is None, "the pool's end frees the core"


def test_a_core_is_loaded_once_for_a_plan_and_lives_as_long_as_it_is_held() -> None:
    one, other = shared_core(CORE, SessionPlan()), shared_core(CORE, SessionPlan())
    assert one is other
    assert shared_core(CORE, SessionPlan(prepacking=False)) is not one
    gone = weakref.ref(one)
    del one, other
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("fault", "code"),
    [("missing", "model_missing"), ("half", "model_corrupt"), ("other", "model_unfit")],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, fault: str, code: str) -> None:
    wrong = tmp_path / "audio_core.onnx"
    if fault == "half":
        content = CORE.read_bytes()
        wrong.write_bytes(content[: len(content) // 2])
    elif fault == "other":
        shutil.copy(ARTEFACTS / "letters.onnx", wrong)
    with pytest.raises(ModelError) as refused:
        AudioCore(wrong)
    assert refused.value.code == code
    assert "audio_core.onnx" in refused.value.message
    assert refused.value.hint


def test_a_role_without_what_is_asked_of_it_is_refused(core: AudioCore) -> None:
    with pytest.raises(ModelError, match="its role vocode has no volume"):
        core.role("vocode", {"volume": "tensor(float)"}, [])
    with pytest.raises(ModelError, match="in its role vocode, audio_ids is"):
        core.role("vocode", {"audio_ids": "tensor(float)"}, [])
