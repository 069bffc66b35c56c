"""From checkpoints to the ONNX files the program loads. Owns names, shapes, precisions and metadata.

`tts_encode.onnx`, `vocode.onnx`: two of the audio core's four roles (`core.py`). `talker_int8.onnx` is kept;
`talker.onnx` with its external data (43 MB) is rebuilt from the codebook by `talker_weights.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import codec as codec_module
import corpus
import numpy as np
import talker_weights
import torch
from dimensions import HIDDEN, HOP, RATE_HZ
from encoder import Encoder
from torch import Tensor, nn
from vocoder import FRAMES_OF_CONTEXT, Vocoder

from assistant.speech.phonemes import FIRST_PHONE, SYMBOLS

OPSET = 17
IR_VERSION = 10


class TtsEncode(nn.Module):
    """The encoder with its way into the talker's space: [B, T] phonemes to [B, S, 3584]."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        source, gain, offset = talker_weights.spread()
        self.register_buffer("limits", torch.from_numpy(talker_weights.limits()))
        self.register_buffer("source", torch.from_numpy(source))
        self.register_buffer("gain", torch.from_numpy(gain))
        self.register_buffer("offset", torch.from_numpy(offset))

    def forward(self, ids: Tensor, speed: Tensor, semitones: Tensor) -> tuple[Tensor, Tensor]:
        """Return hidden_states [B, S, 3584] and the frames of each phoneme [B, T]."""
        vectors, counts = self.encoder(ids, speed, semitones)
        limited = torch.minimum(torch.maximum(vectors, -self.limits), self.limits)
        padded = nn.functional.pad(limited, (0, 1))
        return torch.index_select(padded, 2, self.source) * self.gain + self.offset, counts


def to_onnx(  # noqa: PLR0917 - torch.onnx.export's own order
    net: nn.Module,
    example: tuple,
    path: Path,
    inputs: Sequence[str],
    outputs: Sequence[str],
    axes: dict,
) -> None:
    torch.onnx.export(
        net,
        example,
        str(path),
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )


def halved(model):
    """Return the model with its large weights in half precision, cast when loaded: half the file."""
    import onnx
    from onnx import numpy_helper

    casts = []
    for weight in model.graph.initializer:
        if weight.data_type != onnx.TensorProto.FLOAT or np.prod(weight.dims) < 256:
            continue
        name = weight.name
        weight.CopyFrom(
            numpy_helper.from_array(
                numpy_helper.to_array(weight).astype(np.float16), name + "_half"
            )
        )
        casts.append(
            onnx.helper.make_node("Cast", [name + "_half"], [name], to=onnx.TensorProto.FLOAT)
        )
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def write(work: Path, artefacts: Path, folder: Path) -> None:
    """Write the talker and its codebook into `artefacts`, the roles of the core into `folder`."""
    import onnx

    artefacts.mkdir(exist_ok=True)
    folder.mkdir(exist_ok=True)
    codec = codec_module.load(work / "codec.npz")
    kept = codec.centroids.astype(np.float16)
    talker = talker_weights.build(kept.astype(np.float32))
    np.savez_compressed(
        artefacts / "codebook.npz", centroids=kept, mean=codec.mean, scale=codec.scale
    )
    talker_weights.write_int8(talker, artefacts / "talker_int8.onnx")

    encoder = Encoder()
    encoder.load_state_dict(torch.load(work / "encoder.pt", map_location="cpu")["mean"])
    encoder.stretch.fill_(stretch(encoder.eval(), corpus.read(work / "teacher", with_audio=False)))
    net = TtsEncode(encoder).eval()
    ids = torch.tensor([[1, 10, 40, 3, 20, 41, 50, 5, 2]])
    path = folder / "tts_encode.onnx"
    to_onnx(
        net, (ids, torch.ones(1), torch.zeros(1)), path, ["phoneme_ids", "speed", "pitch_semitones"],
        ["hidden_states", "frames"],
        {"phoneme_ids": {0: "B", 1: "T"}, "speed": {0: "B"}, "pitch_semitones": {0: "B"},
         "hidden_states": {0: "B", 1: "S"}, "frames": {0: "B", 1: "T"}},
    )  # fmt: skip
    _finish(path, {"role": "tts_encode", "symbols": json.dumps(SYMBOLS), "hidden": str(HIDDEN)})

    vocoder = Vocoder(codec.centroids, codec.mean[-1], codec.scale[-1])
    vocoder.load_state_dict(torch.load(work / "vocoder.pt", map_location="cpu")["mean"])
    path = folder / "vocode.onnx"
    example = (
        torch.arange(40)[None],
        torch.zeros(1),
        torch.zeros(1, dtype=torch.int64),
        torch.zeros(1, dtype=torch.int64),
    )
    to_onnx(
        vocoder.eval(), example, path, ["audio_ids", "phase", "anchor_frame", "first_frame"],
        ["waveform", "frame_phases"],
        {"audio_ids": {0: "B", 1: "S"}, "phase": {0: "B"},
         "waveform": {0: "B", 1: "N"}, "frame_phases": {0: "B", 1: "F"}},
    )  # fmt: skip
    _finish(
        path,
        {
            "role": "vocode",
            "sample_rate": str(RATE_HZ),
            "hop": str(HOP),
            "frames_of_context": str(FRAMES_OF_CONTEXT),
        },
    )
    onnx.checker.check_model(str(path))
    for file in (*sorted(artefacts.iterdir()), *sorted(folder.iterdir())):
        print(f"export: {file.name} {file.stat().st_size:,} bytes", flush=True)


def stretch(encoder: Encoder, data: corpus.Corpus) -> float:
    """Return by how much the sounds of the training sentences are longer than the encoder says."""
    said = true = 0.0
    for item in data.chosen("encoder", held_out=False)[:400]:
        ids = torch.tensor([item["ids"]])
        with torch.no_grad():
            logs = encoder.phones(ids, torch.tensor([item["semitones"]]))[1][0]
        is_phone = ids[0] >= FIRST_PHONE
        said += float((torch.exp(logs) - 1).clamp(min=0)[is_phone].sum())
        true += float(torch.tensor(item["durations"])[is_phone].sum())
    print(f"export: durations stretched by {true / said:.4f}", flush=True)
    return true / said


def _finish(path: Path, properties: dict[str, str]) -> None:
    import onnx

    model = halved(onnx.load(path))
    model.ir_version = IR_VERSION
    onnx.helper.set_model_props(
        model,
        properties | {"licence": "GPL-3.0-or-later", "language": "en", "teacher": "flite slt"},
    )
    onnx.save(model, path)
