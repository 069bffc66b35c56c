"""A gallery of impostors: files that look like a part of our voice and are not, each refused with its reason.

The genuine article passes the very same way: hashes, headers, each part run by itself, and the whole voice
heard by a recogniser. Every impostor's hash is the one its catalogue names, save where the hash is the point:
it is the other checks that have to find it. Parts of the audio core stand in files of their own here, where
that makes an impostor plainer; verification takes them either way.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import paths
from assistant.catalog.catalog import Catalog
from assistant.catalog.checks import Check
from assistant.catalog.entries import CatalogEntry
from assistant.catalog.graph_roles import CODES, CORE_MARK, CORE_ROLES
from assistant.catalog.meaning import SPOKEN, Recording, Trial, check_meaning
from assistant.catalog.onnx_weights import missing_weights, read_contents
from assistant.catalog.talker_products import Products, read_products, write_fp32
from assistant.catalog.verify import check_files, check_runs
from assistant.engines.onnx_limits import runtime_limits
from assistant.errors import ModelError
from assistant.export.audio_core import merge

onnx: Any = pytest.importorskip("onnx")

ARTEFACTS = Path(__file__).parents[2] / "models" / "talker" / "artefacts"
VOICE = ("lexicon.txt.gz", "letters.onnx", "audio_core.onnx", "talker_int8.onnx")
PARTS = ("tts_encode.onnx", "talker_int8.onnx", "vocode.onnx")
HIDDEN, INNER, VOCABULARY = 3584, 896, 8448
CATALOG = Catalog.load()
GENUINE = CATALOG.entry("sarai-voice").model_dump()
EARS = CATALOG.entry("pocketsphinx-mixed").paths()

# A recogniser takes its time over noise, on a busy machine minutes.
pytestmark = [pytest.mark.weights, pytest.mark.timeout(400)]

Make = Callable[[Path], None]


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of the genuine files, and the core's parts, each in a file of its own."""
    folder = tmp_path_factory.mktemp("single")
    core = onnx.load(ARTEFACTS / "audio_core.onnx")
    for role in CORE_ROLES:
        onnx.save_model(part_of(core, role), folder / f"{role}.onnx")
    for name in VOICE:
        shutil.copyfile(ARTEFACTS / name, folder / name)
    return folder


def part_of(core: Any, role: str) -> Any:
    """Take one role out of an audio core: what its branch computes, under the role's own names."""
    facts = {one.key: one.value for one in core.metadata_props}
    ports = json.loads(facts["roles"])[role]
    given, made = (
        {port["name"]: name for name, port in ports[kind].items()} for kind in ("inputs", "outputs")
    )
    gate = next(one for one in core.graph.node if set(one.output) & set(made))
    (branch,) = (one.g for one in gate.attribute if one.name == "then_branch")
    inside = dict(zip((one.name for one in branch.output), gate.output, strict=True))
    names = {**given, **made, **{inner: made[outer] for inner, outer in inside.items()}}
    model = onnx.ModelProto(ir_version=core.ir_version, opset_import=core.opset_import)
    model.graph.name = role
    used = {name for one in branch.node for name in one.input}
    before = []
    for one in reversed(
        core.graph.node
    ):  # what the branch takes from outside, such as weights made larger
        if used & set(one.output):
            before.append(one)
            used |= set(one.input)
    model.graph.node.extend([*reversed(before), *branch.node])
    model.graph.initializer.extend(branch.initializer)
    for one in core.graph.initializer:  # weights, and defaults that are more than an empty place
        is_empty = one.name in given and (0 in one.dims or one.data_type != onnx.TensorProto.FLOAT)
        if one.name in used and not is_empty:
            model.graph.initializer.append(one)
            model.graph.initializer[-1].name = names.get(one.name, one.name)
    for one in model.graph.node:
        one.input[:] = [names.get(name, name) for name in one.input]
        one.output[:] = [names.get(name, name) for name in one.output]
    for kind, mine in (("input", given), ("output", made)):
        getattr(model.graph, kind).extend(
            one for one in getattr(core.graph, kind) if one.name in mine
        )
        for one in getattr(model.graph, kind):
            one.name = mine[one.name]
    onnx.helper.set_model_props(
        model,
        {
            "role": role,
            **{k.partition("/")[2]: v for k, v in facts.items() if k.startswith(f"{role}/")},
        },
    )
    return model


@pytest.fixture
def shelf(tmp_path: Path, single: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped models of its own, with the genuine voice in it, whole and in parts."""
    monkeypatch.setattr(paths, "packaged_models", lambda: tmp_path)
    for name in (
        VOICE
    ):  # copies: an impostor that is written in the place of a link changes the genuine file
        shutil.copyfile(ARTEFACTS / name, tmp_path / name)
    for role in CORE_ROLES:
        shutil.copyfile(single / f"{role}.onnx", tmp_path / f"{role}.onnx")
    return tmp_path


def entry_of(folder: Path, names: tuple[str, ...] = VOICE, role: str = "tts") -> CatalogEntry:
    """The voice's catalogue entry with the hashes of what lies in the folder; or that of ears."""
    files = []
    for name in names:
        content = (folder / name).read_bytes()
        pin = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        files.append({"path": name, **pin})
    return CatalogEntry.model_validate({**GENUINE, "role": role, "files": files, "signature": {}})


def verdict(entry: CatalogEntry) -> list[Check]:
    """Everything `assistant models verify` finds out, of this one model."""
    checks = check_files(entry, runtime_limits())
    if not refusals(checks):
        checks += check_runs(entry)
    if not refusals(checks) and entry.role == "tts" and "audio_core.onnx" in entry.paths():
        checks += check_meaning({"stt": "ears", "tts": "voice"}, opener(entry), Trial())["tts"]
    return checks


def opener(entry: CatalogEntry) -> Any:
    @contextmanager
    def open_engine(name: str) -> Iterator[Any]:
        from assistant.engines.pocketsphinx import PocketsphinxRecognizer
        from assistant.engines.talker import TalkerSynthesizer

        engine: Any
        if name == "ears":
            engine = PocketsphinxRecognizer(
                "mixed", language_model=EARS["mixed.lm.bin"], dictionary=EARS["words.dict"]
            )
        else:
            engine = TalkerSynthesizer(entry.paths())
        yield engine
        engine.close()

    return open_engine


def refusals(checks: list[Check]) -> list[str]:
    return [f"{check.name}: {check.detail}" for check in checks if check.ok is False]


def replace(folder: Path, name: str, make: Make) -> None:
    """Put an impostor in the place of the genuine file."""
    (folder / name).unlink(missing_ok=True)
    make(folder / name)


# --- making graphs --------------------------------------------------------------------------------------


def port(name: str, kind: str, *shape: int | str) -> Any:
    number = getattr(onnx.TensorProto, kind)
    return onnx.helper.make_tensor_value_info(name, number, list(shape))


def node(operator: str, inputs: str, outputs: str, **attributes: Any) -> Any:
    return onnx.helper.make_node(operator, inputs.split(), outputs.split(), **attributes)


def save(
    path: Path,
    nodes: list[Any],
    inputs: list[Any],
    outputs: list[Any],
    *,
    weights: Mapping[str, np.ndarray],
    metadata: Mapping[str, str],
) -> None:
    constants = [onnx.numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = onnx.helper.make_graph(nodes, "impostor", inputs, outputs, constants)
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=10
    )
    onnx.helper.set_model_props(model, dict(metadata))
    onnx.save_model(model, path)


def changed(genuine: Path, change: Callable[[Any], None]) -> Make:
    """The genuine file with something changed in it."""

    def make(path: Path) -> None:
        model = onnx.load(genuine)
        change(model)
        onnx.save_model(model, path)

    return make


ENCODER_INPUTS = (
    ("phoneme_ids", "INT64", "b", "t"),
    ("speed", "FLOAT", "b"),
    ("pitch_semitones", "FLOAT", "b"),
)


def encoder(width: int, *, says: Callable[[], np.ndarray]) -> Make:
    """Eight frames a phoneme, of the row of ``says`` that is the phoneme's."""

    def make(path: Path) -> None:
        weights = {
            "table": says(),
            "eight": np.array([1, 1, 8], np.int64),
            "flat": np.array([1, -1], np.int64),
            "last": np.array([2], np.int64),
            "times": np.array(8, np.int64),
            "idle": np.ones(200_000, np.float32),
        }
        nodes = [
            node("Unsqueeze", "phoneme_ids last", "column"),
            node("Tile", "column eight", "each"),
            node("Reshape", "each flat", "row"),
            node("Gather", "table row", "raw"),
            node("Tanh", "raw", "hidden_states"),
            node("Sign", "phoneme_ids", "ones"),
            node("Mul", "ones times", "frames"),
        ]
        inputs = [port(*one) for one in ENCODER_INPUTS]
        outputs = [
            port("hidden_states", "FLOAT", "b", "s", width),
            port("frames", "INT64", "b", "t"),
        ]
        save(path, nodes, inputs, outputs, weights=weights, metadata={"role": "tts_encode"})

    return make


def vocoder(wave: np.ndarray) -> Make:
    """Plays the beginning of ``wave``, as long as it was asked for."""

    def make(path: Path) -> None:
        weights = {
            "wave": wave.astype(np.float32)[None],
            "zero": np.array([0], np.int64),
            "one": np.array([1], np.int64),
            "hop": np.array([240], np.int64),
            "idle": np.ones(200_000, np.float32),
        }
        nodes = [
            node("Shape", "audio_ids", "count", start=1, end=2),
            node("Mul", "count hop", "end"),
            node("Slice", "wave zero end one", "cut"),
            node("Tanh", "cut", "waveform"),
            node("Cast", "audio_ids", "frame_phases", to=onnx.TensorProto.FLOAT),
        ]
        inputs = [
            port("audio_ids", "INT64", "b", "s"),
            port("phase", "FLOAT", "b"),
            port("anchor_frame", "INT64", 1),
            port("first_frame", "INT64", 1),
        ]
        outputs = [port("waveform", "FLOAT", "b", "n"), port("frame_phases", "FLOAT", "b", "f")]
        save(path, nodes, inputs, outputs, weights=weights, metadata={"role": "vocode"})

    return make


def random_products(width: int = HIDDEN) -> Products:
    """Two products drawn by chance, as large as a layer of a language model has them."""
    draw = np.random.default_rng(0)
    first = draw.normal(0, 0.02, (width, INNER)).astype(np.float32)
    second = draw.normal(0, 0.02, (INNER, VOCABULARY)).astype(np.float32)
    return Products(first, np.zeros(INNER, np.float32), second)


def fp32_voice(folder: Path, products: Products, names: tuple[str, ...] = VOICE) -> tuple[str, ...]:
    """Put an FP32 talker in the folder instead of the INT8 one; returns the names of the voice's files."""
    write_fp32(products, folder / "talker.onnx")
    kept = (name for name in names if name != "talker_int8.onnx")
    return (*kept, "talker.onnx", "talker.onnx.data")


# --- the genuine article --------------------------------------------------------------------------------


def test_the_genuine_voice_passes_every_check(shelf: Path) -> None:
    checks = verdict(entry_of(shelf))
    assert refusals(checks) == []
    passed = {check.name for check in checks if check.ok}
    assert {
        "format of audio_core.onnx",
        "weights of talker_int8.onnx",
        "role of audio_core.onnx",
        "run of tts_encode in audio_core.onnx",
        "agreement of talker_int8.onnx with FP32",
        "run of vocode in audio_core.onnx",
        "says what it is given",
        "can be understood",
    } <= passed


def test_the_genuine_ears_pass_every_check_of_their_parts(shelf: Path) -> None:
    checks = verdict(entry_of(shelf, ("audio_core.onnx",), "stt"))
    assert refusals(checks) == []
    passed = {check.name for check in checks if check.ok}
    assert {f"run of {role} in audio_core.onnx" for role in ("stt_encode", "stt_decode")} < passed


def test_its_parts_pass_in_files_of_their_own(shelf: Path) -> None:
    """Taken out of the core: what the impostors below are made of is not itself what is refused."""
    for role, names in (("tts", PARTS), ("stt", ("stt_encode.onnx", "stt_decode.onnx"))):
        checks = verdict(entry_of(shelf, names, role))
        assert refusals(checks) == []
        assert {f"run of {name}" for name in names} < {check.name for check in checks if check.ok}


def test_the_genuine_talker_in_fp32_passes_too(shelf: Path) -> None:
    """Rebuilt from the INT8 one, by what the impostors below are made with."""
    names = fp32_voice(shelf, read_products(ARTEFACTS / "talker_int8.onnx"), PARTS)
    entry = entry_of(shelf, names)
    checks = [*check_files(entry), *check_runs(entry)]
    assert refusals(checks) == []
    (agreement,) = (check for check in checks if check.name.startswith("agreement"))
    assert agreement.detail.startswith("the same choice for 100.00%")


# --- files that are not what the catalogue names ----------------------------------------------------------


def test_right_size_and_wrong_hash(shelf: Path) -> None:
    entry = entry_of(shelf)

    def flip(path: Path) -> None:
        content = bytearray((ARTEFACTS / path.name).read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    replace(shelf, "talker_int8.onnx", flip)
    (reason,) = refusals(verdict(entry))
    pinned = next(file for file in entry.files if file.name == "talker_int8.onnx")
    assert pinned.sha256 is not None
    assert reason.startswith("file talker_int8.onnx: its sha256 is ")
    assert reason.endswith(f"instead of {pinned.sha256[:12]}…")


def test_half_a_file(shelf: Path, single: Path) -> None:
    def halve(path: Path) -> None:
        content = (single / path.name).read_bytes()
        path.write_bytes(content[: len(content) // 2])

    replace(shelf, "vocode.onnx", halve)
    assert refusals(verdict(entry_of(shelf, PARTS))) == [
        "format of vocode.onnx: vocode.onnx is not a whole ONNX file."
    ]


# --- files that the runtime here cannot read --------------------------------------------------------------


def test_a_newer_opset_than_the_runtime_reads(shelf: Path, single: Path) -> None:
    newest = runtime_limits().opset

    def newer(model: Any) -> None:
        model.opset_import[0].version = newest + 1

    replace(shelf, "vocode.onnx", changed(single / "vocode.onnx", newer))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert reason.startswith(f"format of vocode.onnx: needs opset {newest + 1}; the ONNX Runtime")
    assert reason.endswith(f"here reads up to {newest}")


def test_a_newer_format_than_the_runtime_reads(shelf: Path, single: Path) -> None:
    newest = runtime_limits().ir_version

    def newer(model: Any) -> None:
        model.ir_version = newest + 1

    replace(shelf, "tts_encode.onnx", changed(single / "tts_encode.onnx", newer))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert f"tts_encode.onnx: is written in IR version {newest + 1}; the ONNX Runtime" in reason


def test_the_limits_are_those_of_the_runtime_itself(tmp_path: Path) -> None:
    import onnxruntime

    limits = runtime_limits()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    path = tmp_path / "talker.onnx"
    for opset, ir_version in ((limits.opset, limits.ir_version), (limits.opset + 1, 10)):
        model = onnx.load(ARTEFACTS / "talker_int8.onnx")
        model.opset_import[0].version = opset
        model.ir_version = ir_version
        onnx.save_model(model, path)
        if opset <= limits.opset:
            onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        else:
            with pytest.raises(Exception, match=f"[Oo]pset {opset}"):
                onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


# --- weights that are not all there, or no numbers --------------------------------------------------------


def test_external_weights_cut_short(shelf: Path) -> None:
    names = fp32_voice(shelf, random_products())
    with (shelf / "talker.onnx.data").open("r+b") as data:
        data.truncate(20_000_000)
    assert refusals(verdict(entry_of(shelf, names))) == [
        "weights of talker.onnx: its weights talker.onnx.data have 20000000 bytes instead of 43126272"
    ]


def test_external_weights_missing(shelf: Path) -> None:
    names = fp32_voice(shelf, random_products())
    (shelf / "talker.onnx.data").rename(shelf / "elsewhere.data")
    assert refusals(verdict(entry_of(shelf, names[:-1]))) == [
        "weights of talker.onnx: its weights talker.onnx.data are missing"
    ]


def test_external_weights_in_a_file_that_is_none_of_its_business(tmp_path: Path) -> None:
    write_fp32(random_products(), tmp_path / "talker.onnx")
    model = onnx.load(tmp_path / "talker.onnx", load_external_data=False)
    for weight in model.graph.initializer:
        weight.external_data[0].value = "../secrets.data"
    onnx.save_model(model, tmp_path / "talker.onnx")
    found = list(missing_weights(tmp_path / "talker.onnx", read_contents(tmp_path / "talker.onnx")))
    assert found == ["its weights are said to lie in ../secrets.data, outside of its folder"]


def test_weights_that_are_no_numbers(shelf: Path) -> None:
    products = read_products(ARTEFACTS / "talker_int8.onnx")
    spoilt = products.second.copy()
    spoilt[3, :5] = np.nan
    names = fp32_voice(shelf, Products(products.first, products.bias, spoilt))
    assert refusals(verdict(entry_of(shelf, names))) == [
        "weights of talker.onnx: 5 of the weights second are no numbers"
    ]


def test_scales_that_are_no_numbers_hide_in_an_int8_talker(shelf: Path, single: Path) -> None:
    def spoil(model: Any) -> None:
        for weight in model.graph.initializer:
            if weight.name == "second_scale":
                weight.raw_data = np.full(VOCABULARY, np.nan, np.float32).tobytes()

    replace(shelf, "talker_int8.onnx", changed(single / "talker_int8.onnx", spoil))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert reason == "weights of talker_int8.onnx: 8448 of the weights second_scale are no numbers"


def test_no_numbers_that_only_running_brings_about(shelf: Path, single: Path) -> None:
    def divide(model: Any) -> None:
        for one in model.graph.node:
            if "waveform" in one.output:
                one.output[list(one.output).index("waveform")] = "sound"
        model.graph.initializer.append(
            onnx.numpy_helper.from_array(np.zeros(1, np.float32), "nothing")
        )
        model.graph.node.extend(
            [node("Mul", "sound nothing", "still"), node("Div", "still nothing", "waveform")]
        )

    replace(shelf, "vocode.onnx", changed(single / "vocode.onnx", divide))
    assert refusals(verdict(entry_of(shelf, PARTS))) == [
        "run of vocode.onnx: gives values that are no numbers"
    ]


# --- another part, or none ------------------------------------------------------------------------------


def ancestor(path: Path, metadata: Mapping[str, str]) -> None:
    """The ancestor's "audio core": one layer of 3072x32768 in INT8, 96 MiB, which it said could do it all."""
    weight = onnx.TensorProto(name="layer", data_type=onnx.TensorProto.INT8, dims=[3072, 32768])
    weight.data_location = onnx.TensorProto.EXTERNAL
    for key, value in {"location": "audio_core.onnx.data", "offset": "0"}.items():
        weight.external_data.add(key=key, value=value)
    with (path.parent / "audio_core.onnx.data").open("wb") as data:
        data.truncate(3072 * 32768)
    nodes = [
        node("DynamicQuantizeLinear", "audio", "rounded scale zero"),
        node("MatMulInteger", "rounded layer zero", "sums"),
        node("Cast", "sums", "floats", to=onnx.TensorProto.FLOAT),
        node("Mul", "floats scale", "features"),
    ]
    save(
        path,
        nodes,
        [port("audio", "FLOAT", "b", "t", 3072)],
        [port("features", "FLOAT", "b", "t", 32768)],
        weights={},
        metadata=metadata,
    )
    model = onnx.load(path, load_external_data=False)
    model.graph.initializer.append(weight)
    onnx.save_model(model, path)


CORE = ("audio_core.onnx", "audio_core.onnx.data")
ONE_LAYER = (
    "it is nothing but products with 3072x32768: weighted sums of what comes in,"
    " which cannot do the work of audio_core"
)


def test_the_ancestors_single_product_as_audio_core(shelf: Path) -> None:
    replace(shelf, "audio_core.onnx", lambda path: ancestor(path, {}))
    assert refusals(verdict(entry_of(shelf, CORE))) == [
        f"role of audio_core.onnx: it says of no role that it can do it; {ONE_LAYER}"
    ]


def test_the_ancestors_single_product_that_claims_all_four_roles(shelf: Path) -> None:
    ports = {
        "inputs": {"audio": {"name": "audio"}},
        "outputs": {"features": {"name": "features"}},
    }
    claims = {CORE_MARK: "1", "roles": json.dumps(dict.fromkeys(CORE_ROLES, ports))}
    replace(shelf, "audio_core.onnx", lambda path: ancestor(path, claims))
    (reason,) = refusals(verdict(entry_of(shelf, CORE)))
    assert ONE_LAYER in reason
    assert "stt_decode: there is no input features" in reason
    assert "tts_encode: there is no input phoneme_ids" in reason
    assert "vocode: there is no output waveform" in reason


def test_the_vocoder_in_the_place_of_the_text_encoder(shelf: Path, single: Path) -> None:
    replace(shelf, "tts_encode.onnx", lambda path: shutil.copyfile(single / "vocode.onnx", path))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert reason.startswith(
        "role of tts_encode.onnx: it says that it is vocode, not tts_encode;"
        " there is no input phoneme_ids; there is no input speed"
    )
    assert "there is no output hidden_states" in reason


def test_the_vocoder_in_the_place_of_the_text_encoder_with_its_papers_changed(
    shelf: Path, single: Path
) -> None:
    def lie(model: Any) -> None:
        onnx.helper.set_model_props(model, {"role": "tts_encode"})

    replace(shelf, "tts_encode.onnx", changed(single / "vocode.onnx", lie))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert reason.startswith("role of tts_encode.onnx: there is no input phoneme_ids")


def test_the_text_encoder_in_the_place_of_the_talker(shelf: Path, single: Path) -> None:
    replace(
        shelf, "talker_int8.onnx", lambda path: shutil.copyfile(single / "tts_encode.onnx", path)
    )
    role, size = refusals(verdict(entry_of(shelf, PARTS)))
    assert role.startswith("role of talker_int8.onnx: it says that it is tts_encode, not talker")
    assert "those of a talker are with 3584x896 and 896x8448" in role
    assert size.startswith("size of talker_int8.onnx: 3,")
    assert size.endswith("are too few for talker, which takes at least 10,780,672")


def test_swapped_roles_in_an_audio_core(shelf: Path, single: Path) -> None:
    graphs = {role: onnx.load(single / f"{role}.onnx") for role in CORE_ROLES}
    graphs["tts_encode"], graphs["vocode"] = graphs["vocode"], graphs["tts_encode"]
    replace(shelf, "audio_core.onnx", lambda path: onnx.save_model(merge(graphs), path))
    (reason,) = refusals(verdict(entry_of(shelf)))
    assert reason.startswith("role of audio_core.onnx: tts_encode: there is no input phoneme_ids")
    assert "vocode: there is no output waveform" in reason


def test_an_audio_core_that_lacks_ears(shelf: Path, single: Path) -> None:
    graphs = {role: onnx.load(single / f"{role}.onnx") for role in ("tts_encode", "vocode")}
    replace(shelf, "audio_core.onnx", lambda path: onnx.save_model(merge(graphs), path))
    assert refusals(verdict(entry_of(shelf))) == [
        "role of audio_core.onnx: it cannot do stt_encode, stt_decode"
    ]


def test_an_audio_core_whose_vocoder_answers_silence(shelf: Path, single: Path) -> None:
    vocoder(np.zeros(2_000_000))(shelf / "silent.onnx")
    graphs = {role: onnx.load(single / f"{role}.onnx") for role in CORE_ROLES}
    graphs["vocode"] = onnx.load(shelf / "silent.onnx")
    replace(shelf, "audio_core.onnx", lambda path: onnx.save_model(merge(graphs), path))
    assert refusals(verdict(entry_of(shelf))) == [
        "run of vocode in audio_core.onnx: gives only silence"
    ]


def test_an_audio_core_whose_ears_are_deaf(shelf: Path, single: Path) -> None:
    def deaf(model: Any) -> None:
        for one in model.graph.node:
            one.output[:] = ["heard" if name == "features" else name for name in one.output]
        nothing = onnx.numpy_helper.from_array(np.zeros(1, np.float32), "nothing")
        model.graph.initializer.append(nothing)
        model.graph.node.append(node("Mul", "heard nothing", "features"))

    changed(single / "stt_encode.onnx", deaf)(shelf / "deaf.onnx")
    graphs = {role: onnx.load(single / f"{role}.onnx") for role in CORE_ROLES}
    graphs["stt_encode"] = onnx.load(shelf / "deaf.onnx")
    replace(shelf, "audio_core.onnx", lambda path: onnx.save_model(merge(graphs), path))
    assert refusals(verdict(entry_of(shelf, ("audio_core.onnx",), "stt"))) == [
        "run of stt_encode in audio_core.onnx: gives the same features whatever it is given"
    ]


def test_hidden_states_in_half_precision(shelf: Path, single: Path) -> None:
    def halve(model: Any) -> None:
        model.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.FLOAT16
        model.graph.node[0].input[0] = "single"
        cast = node("Cast", "hidden_states", "single", to=onnx.TensorProto.FLOAT)
        model.graph.node.insert(0, cast)

    replace(shelf, "talker_int8.onnx", changed(single / "talker_int8.onnx", halve))
    assert refusals(verdict(entry_of(shelf, PARTS))) == [
        "role of talker_int8.onnx: input hidden_states is float16 [batch, seq, 3584]"
    ]


def test_right_names_and_wrong_hidden_size(shelf: Path) -> None:
    names = fp32_voice(shelf, random_products(4096), PARTS)
    table = np.random.default_rng(0).normal(0, 1, (100, 4096)).astype(np.float32)
    replace(shelf, "tts_encode.onnx", encoder(4096, says=lambda: table))
    encoder_reason, talker_reason = refusals(verdict(entry_of(shelf, names)))
    assert encoder_reason == "role of tts_encode.onnx: output hidden_states is float32 [b, s, 4096]"
    assert talker_reason == (
        "role of talker.onnx: input hidden_states is float32 [batch, seq, 4096];"
        " its products are with 4096x896 and 896x8448;"
        " those of a talker are with 3584x896 and 896x8448"
    )


# --- the right form, and nothing in it --------------------------------------------------------------------


def test_the_bare_projection_of_qwen_as_voice(shelf: Path) -> None:
    """Two products of exactly the right names, types and size, without the 24 layers before them."""
    names = fp32_voice(shelf, random_products())
    entry = entry_of(shelf, names)
    assert refusals(check_files(entry)) == []
    (reason,) = refusals(verdict(entry))
    assert reason.startswith("run of talker.onnx: chooses control codes, which are no sounds, for ")


@pytest.mark.slow
def test_the_bare_projection_that_avoids_control_codes_cannot_be_understood(shelf: Path) -> None:
    """Told which ids are no sounds, chance says something; nobody understands it."""
    drawn = random_products()
    second = drawn.second.copy()
    second[:, CODES:] = 0
    second[0, CODES:] = -1000
    bias = drawn.bias.copy()
    bias[0] = 5
    names = fp32_voice(shelf, Products(drawn.first, bias, second))
    (reason,) = refusals(verdict(entry_of(shelf, names)))
    assert reason.startswith("can be understood: ")


def test_a_voice_whose_sounds_were_shuffled_cannot_be_understood(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every part works, many sounds are used, and none is the right one."""
    monkeypatch.setattr(
        "assistant.catalog.meaning.SPOKEN", SPOKEN[2:4]
    )  # two short sentences of noise
    products = read_products(ARTEFACTS / "talker_int8.onnx")
    second = products.second.copy()
    second[:, :CODES] = second[:, np.random.default_rng(0).permutation(CODES)]
    names = fp32_voice(shelf, Products(products.first, products.bias, second))
    checks = verdict(entry_of(shelf, names))
    *_, reason = refusals(checks)
    assert reason.startswith("can be understood: ")
    assert "run of vocode in audio_core.onnx" in {check.name for check in checks if check.ok}


def test_a_talker_that_always_chooses_the_same_sound(shelf: Path) -> None:
    products = read_products(ARTEFACTS / "talker_int8.onnx")
    deaf = Products(np.zeros_like(products.first), products.bias, products.second)
    names = fp32_voice(shelf, deaf)
    assert refusals(verdict(entry_of(shelf, names))) == [
        "run of talker.onnx: chooses the same sound for every frame, whatever it is given"
    ]


def test_an_int8_talker_that_chooses_otherwise_than_its_weights_in_fp32(
    shelf: Path, single: Path
) -> None:
    def coarse(model: Any) -> None:
        step = onnx.numpy_helper.from_array(np.array(1.5, np.float32), "step")
        model.graph.initializer.append(step)
        model.graph.node[0].input[0] = "coarse"
        for at, one in enumerate(
            (
                node("Div", "hidden_states step", "steps"),
                node("Round", "steps", "rounded"),
                node("Mul", "rounded step", "coarse"),
            )
        ):
            model.graph.node.insert(at, one)

    replace(shelf, "talker_int8.onnx", changed(single / "talker_int8.onnx", coarse))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert reason.startswith("agreement of talker_int8.onnx with FP32: the same choice for ")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (lambda: np.ones((100, HIDDEN), np.float32), "gives the same for every sentence"),
        (
            lambda: np.full((100, HIDDEN), np.inf, np.float32) * 0,
            "gives values that are no numbers",
        ),
    ],
    ids=["constant", "no numbers"],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_an_encoder_that_does_not_answer_the_text(
    shelf: Path, rows: Callable[[], np.ndarray], reason: str
) -> None:
    replace(shelf, "tts_encode.onnx", encoder(HIDDEN, says=rows))
    (found,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert found.startswith(("run of tts_encode.onnx: ", "weights of tts_encode.onnx: "))
    assert reason.removeprefix("gives values that ") in found


def test_a_vocoder_that_answers_silence(shelf: Path) -> None:
    replace(shelf, "vocode.onnx", vocoder(np.zeros(2_000_000)))
    assert refusals(verdict(entry_of(shelf, PARTS))) == ["run of vocode.onnx: gives only silence"]


def test_a_vocoder_that_plays_the_same_whatever_it_is_given(shelf: Path) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 200 * np.arange(2_000_000) / 24_000)
    replace(shelf, "vocode.onnx", vocoder(tone))
    assert refusals(verdict(entry_of(shelf, PARTS))) == [
        "run of vocode.onnx: makes the same sound whatever it is given"
    ]


def test_a_vocoder_that_ends_too_soon(shelf: Path) -> None:
    replace(shelf, "vocode.onnx", vocoder(np.ones(1000)))
    (reason,) = refusals(verdict(entry_of(shelf, PARTS)))
    assert reason.startswith("run of vocode.onnx: makes 1000 samples of ")


# --- the recogniser -------------------------------------------------------------------------------------


def test_a_recording_of_a_person_is_heard_by_the_genuine_ears_and_not_by_others() -> None:
    from assistant.audio.speech_files import RATE_HZ, read_speech
    from assistant.engines.pocketsphinx import PocketsphinxRecognizer

    clip = Path(__file__).parents[1] / "data" / "what_time_is_it.wav"
    samples = read_speech(clip).samples
    genuine = PocketsphinxRecognizer("general")

    @contextmanager
    def open_engine(_name: str) -> Iterator[Any]:
        yield genuine

    for transcript, hears in (("what time is it", True), ("turn off the kitchen light", False)):
        trial = Trial(Recording(samples, RATE_HZ, transcript))
        checks = check_meaning({"stt": "ears"}, open_engine, trial)["stt"]
        (check,) = (one for one in checks if one.name == "hears a recording")
        assert check.ok is hears, check.detail
    genuine.close()


def test_what_loads_nowhere_is_refused_when_its_products_are_read() -> None:
    with pytest.raises(ModelError) as caught:
        read_products(ARTEFACTS / "letters.onnx")
    assert caught.value.code == "model_unfit"
