"""What the gallery of impostors is made with: the genuine voice in parts, forged graphs, the verdict on them.

The genuine article passes the very same way: hashes, headers, each part run by itself, and the whole voice
heard by a recogniser. Every impostor's hash is the one its catalogue names, save where the hash is the point:
it is the other checks that have to find it. Parts of the audio core stand in files of their own here, where
that makes an impostor plainer; verification takes them either way.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.catalog.catalog import Catalog
from assistant.catalog.checks import Check
from assistant.catalog.entries import CatalogEntry
from assistant.catalog.meaning import Trial, check_meaning
from assistant.catalog.talker_products import Products, write_fp32
from assistant.catalog.verify import check_files, check_runs
from assistant.engines.onnx_limits import runtime_limits

onnx: Any = pytest.importorskip("onnx")

ARTEFACTS = Path(__file__).parents[2] / "models" / "talker" / "artefacts"
VOICE = ("lexicon.txt.gz", "letters.onnx", "audio_core.onnx", "talker_int8.onnx")
PARTS = ("tts_encode.onnx", "talker_int8.onnx", "vocode.onnx")
HIDDEN, INNER, VOCABULARY = 3584, 896, 8448
CATALOG = Catalog.load()
GENUINE = CATALOG.entry("sarai-voice").model_dump()
EARS = CATALOG.entry("pocketsphinx-mixed").paths()

Make = Callable[[Path], None]


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
