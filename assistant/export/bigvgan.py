"""BigVGAN v2, from Qwen2.5-Omni or as NVIDIA published it, becomes one ONNX file.

Owns the two forms in which its weights come. The network is transformers' own in both cases
(``Qwen2_5OmniToken2WavBigVGANModel``): NVIDIA's is the same one without the scaling of the spectrogram and
with other names for its parts. Precision: weights in half, arithmetic in float32 (docs/export.md says why).
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import ModelError
from assistant.export.compare import HALF, close, same
from assistant.export.files import growing, sizes
from assistant.export.quantize import halved
from assistant.export.quiet import quiet
from assistant.export.sources import CONFIG, Source, check_class, corrupt
from assistant.export.steps import Exported, OnStep, Steps, agree, need
from assistant.export.torch_graph import as_module, describe, pretrained, session, to_onnx

if TYPE_CHECKING:
    import torch

QWEN: Final = "Qwen2_5OmniToken2WavBigVGANModel"
WHOLE: Final = ("Qwen2_5OmniModel", "Qwen2_5OmniForConditionalGeneration")
PREFIX: Final = "token2wav.code2wav_bigvgan_model."
"""Of its tensors in a whole Qwen2.5-Omni."""

NVIDIA: Final = "bigvgan_generator.pt"
FRAMES: Final = (12, 31)
"""Lengths of the spectrogram: traced with the first, compared at both."""

QWEN_RATE_HZ: Final = 24_000

NAMES: Final = (
    "load the weights",
    "write the graph",
    "compare with PyTorch",
    "halve the weights",
    "compare again",
)
DONE_IN_FLOAT32: Final = (
    "The weights are in half precision and are cast to float32 when the file is loaded: CPUs compute in"
    " float32, so the file is half as large and not faster."
)


def export_bigvgan(source: Source, target: Path, on_step: OnStep) -> Exported:
    """Write ``mel`` float32 [B, bands, T] → ``waveform`` float32 [B, 1, T times hop].

    Args:
        source: a folder of ``Qwen2_5OmniToken2WavBigVGANModel``, of a whole Qwen2.5-Omni (of which only the
            shards with the vocoder are read), or of NVIDIA's with ``bigvgan_generator.pt``.
        target: the file.
        on_step: told about each step.

    Raises:
        ModelError: it cannot be read, is something else, or the result differs; nothing is left then.
    """
    need("BigVGAN", "torch", "transformers", "onnx")
    import onnx
    import torch

    steps = Steps(NAMES, on_step)
    steps.begin(NAMES[0])
    net, about = _network(source)
    weights = sum(one.numel() for one in net.parameters())
    bands = int(about["mel_bands"])
    with growing(target.parent, weights * 10) as folder, torch.no_grad():
        full, path = folder / "full.onnx", folder / target.name
        steps.begin(NAMES[1])
        examples = [_spectrogram(bands, count) for count in FRAMES]
        axes = {"mel": {0: "B", 2: "T"}, "waveform": {0: "B", 2: "N"}}
        with _constant_filters(net):
            to_onnx(net, (examples[0],), full, axes, ["waveform"])
        steps.begin(NAMES[2])
        wanted = [net(mel).numpy() for mel in examples]
        made = _run(full, examples)
        checks = [
            same(f"float32, {count} frames, against PyTorch", one, other)
            for count, one, other in zip(FRAMES, wanted, made, strict=True)
        ]
        steps.begin(NAMES[3])
        onnx.save(halved(onnx.load(full)), path)
        full.unlink()
        describe(path, about)
        steps.begin(NAMES[4])
        checks += [
            close(f"half precision, {count} frames, against PyTorch", one, other, HALF)
            for count, one, other in zip(FRAMES, wanted, _run(path, examples), strict=True)
        ]
        agree("BigVGAN", tuple(checks))
        made_sizes = sizes(folder)
    steps.end()
    return Exported(
        "BigVGAN", target.parent, made_sizes, weights * 4, tuple(checks), (DONE_IN_FLOAT32,)
    )


def _run(path: Path, mels: list[torch.Tensor]) -> list[Any]:
    ready = session(path)
    return [ready.run(["waveform"], {"mel": mel.numpy()})[0] for mel in mels]


def _spectrogram(bands: int, count: int) -> torch.Tensor:
    """Return a spectrogram as the vocoder knows them: log amplitudes, smooth in time, falling to the top."""
    import torch

    random = torch.Generator().manual_seed(count)
    slow = torch.randn(1, bands, count, generator=random).cumsum(2) / math.sqrt(count)
    tilt = torch.linspace(-2.0, -6.0, bands)[None, :, None]
    return slow + tilt


def _network(source: Source) -> tuple[torch.nn.Module, dict[str, str]]:
    if source.find(NVIDIA) is not None:
        return _nvidia(source)
    config = source.json(CONFIG)
    found = check_class(source, config, QWEN, *WHOLE)
    with quiet():
        from transformers.models.qwen2_5_omni.modeling_qwen2_5_omni import (
            Qwen2_5OmniToken2WavBigVGANModel,
        )
    if found == QWEN:
        net = pretrained(Qwen2_5OmniToken2WavBigVGANModel, source, config)
    else:
        net = _of_whole(source, config)
    about = _about(config.get("token2wav_config", {}).get("bigvgan_config", config), QWEN_RATE_HZ)
    return _wrapped(net, scales=True, clamps=True), about


def _of_whole(source: Source, config: Mapping[str, Any]) -> torch.nn.Module:
    """Return the vocoder of a whole Qwen2.5-Omni, from the shards that hold it."""
    import torch

    own = config.get("token2wav_config", {}).get("bigvgan_config")
    if not isinstance(own, dict):
        raise _unfit(source, "its config.json has no token2wav_config.bigvgan_config")
    net = _empty(source, own)
    names = {f"{PREFIX}{name}" for name in net.state_dict()}
    found = source.tensors(names)
    state = {name.removeprefix(PREFIX): torch.from_numpy(one) for name, one in found.items()}
    return _filled(source, net, state)


def _empty(source: Source, config: Mapping[str, Any]) -> torch.nn.Module:
    from transformers.models.qwen2_5_omni.configuration_qwen2_5_omni import (
        Qwen2_5OmniBigVGANConfig,
    )
    from transformers.models.qwen2_5_omni.modeling_qwen2_5_omni import (
        Qwen2_5OmniToken2WavBigVGANModel,
    )

    known = {
        key: config[key]
        for key in (
            "mel_dim",
            "upsample_initial_channel",
            "resblock_kernel_sizes",
            "resblock_dilation_sizes",
            "upsample_rates",
            "upsample_kernel_sizes",
        )
        if key in config
    }
    try:
        with quiet():
            net: torch.nn.Module = Qwen2_5OmniToken2WavBigVGANModel(
                Qwen2_5OmniBigVGANConfig(**known)
            )
    except Exception as exc:  # transformers' own validation has classes of its own
        raise _unfit(source, "its configuration is that of no BigVGAN") from exc
    return net.eval()


def _filled(
    source: Source, net: torch.nn.Module, state: Mapping[str, torch.Tensor]
) -> torch.nn.Module:
    try:
        lacking, surplus = net.load_state_dict(state, strict=False)
    except RuntimeError as exc:
        raise _unfit(source, "its weights do not fit its config.json") from exc
    if lacking:
        raise _unfit(source, f"it lacks {', '.join(lacking[:3])}")
    if surplus:
        raise _unfit(source, f"it has {', '.join(surplus[:3])}, which this network does not know")
    return net


def _wrapped(net: Any, *, scales: bool, clamps: bool) -> torch.nn.Module:
    """Return the network as a graph wants it: spectrogram [B, bands, T] to waveform [B, 1, N]."""

    def forward(mel: torch.Tensor) -> torch.Tensor:
        hidden = net.conv_pre(net.process_mel_spectrogram(mel) if scales else mel)
        kinds = net.num_residual_blocks
        for number, up in enumerate(net.ups):
            hidden = up[0](hidden)
            blocks = net.resblocks[number * kinds : (number + 1) * kinds]
            hidden = sum(block(hidden) for block in blocks) / kinds
        wave: torch.Tensor = net.conv_post(net.activation_post(hidden))
        return wave.clamp(-1.0, 1.0) if clamps else wave.tanh()

    return as_module(forward, net)


@contextmanager
def _constant_filters(net: torch.nn.Module) -> Iterator[None]:
    """Let the network filter each channel as an item of the batch, for a ``with`` block: the same numbers.

    By itself it repeats a filter for as many channels as come, which is no constant to the tracer.
    """
    from torch.nn import functional

    def filtered(module: Any, *, up: bool) -> Any:
        def forward(hidden: torch.Tensor) -> torch.Tensor:
            sides = (module.pad, module.pad) if up else (module.pad_left, module.pad_right)
            padded = functional.pad(hidden, sides, mode="replicate")
            alone = padded.reshape(-1, 1, padded.shape[2])
            if up:
                made = functional.conv_transpose1d(alone, module.filter, stride=module.stride)
                made = module.ratio * made[..., module.pad_left : -module.pad_right]
            else:
                made = functional.conv1d(alone, module.filter, stride=module.stride)
            return made.reshape(hidden.shape[0], -1, made.shape[2])

        return forward

    changed: list[Any] = []
    for module in net.modules():
        if hasattr(module, "upsample") and hasattr(module, "downsample"):
            changed += [module.upsample, module.downsample]
            changed[-2].forward = filtered(changed[-2], up=True)
            changed[-1].forward = filtered(changed[-1], up=False)
    try:
        yield
    finally:
        for module in changed:
            del module.forward


def _about(config: Mapping[str, Any], rate_hz: int) -> dict[str, str]:
    hop = math.prod(config.get("upsample_rates", (5, 3, 2, 2, 2, 2)))
    return {
        "role": "vocode",
        "sample_rate": str(rate_hz),
        "hop": str(hop),
        "mel_bands": str(config.get("mel_dim", 80)),
        "precision": "weights float16, arithmetic float32",
    }


def _unfit(source: Source, why: str) -> ModelError:
    return ModelError(
        "model_unfit",
        f"{source.name} is no BigVGAN that can be exported: {why}.",
        "docs/export.md says which are.",
    )


# --- NVIDIA's ------------------------------------------------------------------------------------------

SUPPORTED: Final = {
    "resblock": "1",
    "activation": "snakebeta",
    "snake_logscale": True,
    "use_bias_at_final": False,
}
"""What config.json must say for the network to be the one above (all of v2 does)."""

NEW_NORM: Final = (".original0", ".original1")


def _nvidia(source: Source) -> tuple[torch.nn.Module, dict[str, str]]:
    config = source.json(CONFIG)
    for key, value in SUPPORTED.items():
        if config.get(key, True if key == "use_bias_at_final" else None) != value:
            raise _unfit(source, f"{key} is {config.get(key)!r}, and only {value!r} is supported")
    bands = config.get("num_mels")
    net = _empty(source, {**config, "mel_dim": bands})
    state = _renamed(_generator(source))
    filters = {name: state.pop(name) for name in list(state) if name.endswith(".filter")}
    _check_filters(source, net, filters)
    clamps = not config.get("use_tanh_at_final", True)
    about = _about({**config, "mel_dim": bands}, int(config.get("sampling_rate", 24_000)))
    return _wrapped(_filled(source, net, state), scales=False, clamps=clamps), about


def _check_filters(
    source: Source, net: torch.nn.Module, filters: Mapping[str, torch.Tensor]
) -> None:
    """Look whether the file's filters are those which this network computes from a formula."""
    import torch

    own = dict(net.named_buffers())
    for name, value in filters.items():
        known = own.get(name.replace(".lowpass.", "."))
        if (
            known is None
            or known.shape != value.shape
            or not torch.allclose(known, value, atol=1e-5)
        ):
            raise _unfit(source, f"{name} is another filter than BigVGAN v2 has")


def _generator(source: Source) -> dict[str, torch.Tensor]:
    import torch

    path = source.file(NVIDIA)
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)["generator"]
    except (OSError, RuntimeError, EOFError, KeyError, TypeError, pickle.UnpicklingError) as exc:
        raise corrupt(path) from exc
    return dict(found)


def _renamed(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return the weights with their norms multiplied out; PyTorch keeps weight norm in two forms."""
    made: dict[str, torch.Tensor] = {}
    for name, value in state.items():
        for gain, direction in (("_g", "_v"), NEW_NORM):
            if name.endswith(f"weight{direction}"):
                axes = tuple(range(1, value.dim()))
                whole = f"{name.removesuffix(direction)}"
                norm = value.norm(dim=axes, keepdim=True)
                made[whole.replace("parametrizations.", "")] = value * (state[whole + gain] / norm)
                break
            if name.endswith(f"weight{gain}"):
                break
        else:
            made[name] = value
    return made
