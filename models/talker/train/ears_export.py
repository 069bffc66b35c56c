"""From the ears' checkpoint to the graphs of two roles. Owns their names, shapes, precision and metadata.

`stt_encode.onnx`: samples to features; `stt_decode.onnx`: features to scores. Products may be kept in eight
bits, a scale for each column; the rest is half precision in the file and single when it runs.
"""

from __future__ import annotations

import json
from pathlib import Path

import ears_features
import export
import numpy as np
import torch
from ears_net import FRAMES_OF_CONTEXT, SUBSAMPLING, WIDTH, Ears, Front
from ears_text import UNITS
from torch import Tensor, nn

INT8 = False  # it changes the best phone of 30 % of the frames


class SttEncode(nn.Module):
    """Samples [B, N] to features [B, T, 192]; what was heard before comes and goes as a sum of levels."""

    def __init__(self, ears: Ears) -> None:
        super().__init__()
        self.front, self.ears = Front(), ears

    def forward(
        self, samples: Tensor, level_sum: Tensor, level_hops: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return features [B, T, 192] and the sums of levels before each frame [B, T, 64]."""
        flat, before = self.ears.level(self.front(samples), level_sum, level_hops)
        return self.ears.encode(flat)[0], before


class SttDecode(nn.Module):
    """Features [B, T, 192] to the scores of phones [B, T, 40]."""

    def __init__(self, ears: Ears) -> None:
        super().__init__()
        self.ears = ears

    def forward(self, features: Tensor) -> Tensor:
        """Return scores [B, T, 40]."""
        return self.ears.decode(features)


def load(work: Path | None) -> Ears:
    """Return the trained ears; None = untrained ones, to try everything around them."""
    ears = Ears()
    if work is not None:
        ears.load_state_dict(
            torch.load(work / "ears.pt", map_location="cpu", weights_only=False)["running"]
        )
    return ears.eval()


def write(work: Path | None, folder: Path, *, int8: bool = INT8) -> None:
    """Write both graphs into `folder`."""
    ears = load(work)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "stt_encode.onnx"
    # 1.28 s; the legacy exporter takes the number of frames from the graph, not from the example.
    example = (torch.randn(1, 20_480) * 0.1, torch.zeros(1, ears_features.MELS), torch.zeros(1))
    export.to_onnx(
        SttEncode(ears), example, path, ["samples", "level_sum", "level_hops"], ["features", "level_sums"],
        {"samples": {0: "B", 1: "N"}, "level_sum": {0: "B"}, "level_hops": {0: "B"},
         "features": {0: "B", 1: "T"}, "level_sums": {0: "B", 1: "T"}},
    )  # fmt: skip
    if int8:
        in_eight_bits(path)
    _finish(
        path,
        {
            "role": "stt_encode",
            "sample_rate": str(ears_features.RATE_HZ),
            "hop": str(ears_features.HOP * SUBSAMPLING),
            "frames_of_context": str(FRAMES_OF_CONTEXT),
            "features": str(WIDTH),
        },
    )
    path = folder / "stt_decode.onnx"
    export.to_onnx(
        SttDecode(ears), (torch.randn(1, 9, WIDTH),), path, ["features"], ["text_logits"],
        {"features": {0: "B", 1: "T"}, "text_logits": {0: "B", 1: "T"}},
    )  # fmt: skip
    _finish(
        path,
        {"role": "stt_decode", "units": json.dumps(UNITS), "decoding": "ctc, unit 0 is the blank"},
    )
    for name in ("stt_encode.onnx", "stt_decode.onnx"):
        print(f"ears' export: {name} {(folder / name).stat().st_size:,} bytes", flush=True)


def in_eight_bits(path: Path, nodes: list[str] | None = None) -> None:
    """Turn the products with kept weights into products of eight bits, a scale for each column."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        str(path), str(path), op_types_to_quantize=["MatMul"], per_channel=True, reduce_range=True,
        weight_type=QuantType.QInt8, nodes_to_quantize=nodes or [],
        extra_options={"MatMulConstBOnly": True},
    )  # fmt: skip


def _finish(path: Path, properties: dict[str, str]) -> None:
    import onnx

    model = export.halved(onnx.load(path))
    model.ir_version = export.IR_VERSION
    licence = {"licence": "GPL-3.0-or-later", "language": "en"}
    onnx.helper.set_model_props(model, properties | licence)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def check(folder: Path, work: Path | None) -> float:
    """Return by how much the graphs' scores differ from PyTorch's, at most, on a noise of another length."""
    import onnxruntime

    ears = load(work)
    samples = np.random.default_rng(5).standard_normal((1, 33_333)).astype(np.float32) * 0.1
    with torch.no_grad():
        zeros = torch.zeros(1, ears_features.MELS), torch.zeros(1)
        features, _ = SttEncode(ears)(torch.from_numpy(samples), *zeros)
        wanted = ears.decode(features).numpy()
    encode, decode = (
        onnxruntime.InferenceSession(str(folder / name), providers=["CPUExecutionProvider"])
        for name in ("stt_encode.onnx", "stt_decode.onnx")
    )
    given = {"samples": samples, "level_sum": zeros[0].numpy(), "level_hops": zeros[1].numpy()}
    (made,) = decode.run(["text_logits"], {"features": encode.run(["features"], given)[0]})
    return float(np.abs(made - wanted).max())


def write_reference(work: Path, path: Path) -> None:
    """Write what PyTorch makes of one spoken sentence in single precision, for the tests."""
    import ears_voices

    text = "set a timer for ten minutes"
    manner = ears_voices.Manner("flite", "awb", "", 1.0, 0.0, 1.0)
    (sound,) = ears_voices.speak([(text, manner)])
    samples = np.round(sound * 32767).astype(np.int16)
    ears = load(work)
    heard = torch.from_numpy(samples.astype(np.float32) / 32767)[None]
    with torch.no_grad():
        zeros = torch.zeros(1, ears_features.MELS), torch.zeros(1)
        features, _ = SttEncode(ears)(heard, *zeros)
        logits = ears.decode(features)[0].numpy()
    np.savez_compressed(
        path, samples=samples, text_logits=logits.astype(np.float16), text=np.array(text)
    )
