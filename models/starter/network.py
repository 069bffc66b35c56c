"""The starter network, LFM2 architecture, written lean for CPU training.

Parameter names are those of transformers' `Lfm2ForCausalLM`, so a state dict moves over as it is
(`export_gguf.py` writes the reference logits with transformers' own code). Owns the forward pass and
the shape; not the loss, the data or the export.
"""

# ruff: noqa: E501, D101, D102, N812 (module names are the architecture's own)

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# conv and attention layers; the second kind holds the copying
LAYER_TYPES = ["conv", "full_attention"] * 4
HIDDEN, FEED_FORWARD, HEADS, KV_HEADS, HEAD_DIM = 256, 704, 8, 4, 32
VOCAB, ROPE_THETA, EPS, L_CACHE, CONTEXT = 4096, 10_000.0, 1e-5, 3, 4096


def config() -> object:
    """The same shape as a transformers `Lfm2Config`."""
    from transformers import Lfm2Config

    return Lfm2Config(
        vocab_size=VOCAB, hidden_size=HIDDEN, intermediate_size=FEED_FORWARD, num_hidden_layers=len(LAYER_TYPES), num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS, max_position_embeddings=CONTEXT, norm_eps=EPS, block_auto_adjust_ff_dim=False, layer_types=LAYER_TYPES,
        conv_L_cache=L_CACHE, conv_bias=False, tie_word_embeddings=True, pad_token_id=0, bos_token_id=1, eos_token_id=4,
        rope_parameters={"rope_type": "default", "rope_theta": ROPE_THETA},
    )  # fmt: skip


class Norm(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight.to(x.dtype), EPS)


class ConvHolder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(HIDDEN, 1, L_CACHE))


class ShortConv(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = ConvHolder()
        self.in_proj = nn.Linear(HIDDEN, 3 * HIDDEN, bias=False)
        self.out_proj = nn.Linear(HIDDEN, HIDDEN, bias=False)

    def forward(self, x: Tensor, _rope: tuple[Tensor, Tensor]) -> Tensor:
        b, c, v = self.in_proj(x).chunk(3, dim=-1)
        v = b * v
        taps = self.conv.weight[:, 0, :].to(v.dtype)
        out = (
            v * taps[:, 2]
            + F.pad(v, (0, 0, 1, 0))[:, :-1] * taps[:, 1]
            + F.pad(v, (0, 0, 2, 0))[:, :-2] * taps[:, 0]
        )
        return self.out_proj(c * out)


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.q_proj = nn.Linear(HIDDEN, HEADS * HEAD_DIM, bias=False)
        self.k_proj = nn.Linear(HIDDEN, KV_HEADS * HEAD_DIM, bias=False)
        self.v_proj = nn.Linear(HIDDEN, KV_HEADS * HEAD_DIM, bias=False)
        self.out_proj = nn.Linear(HEADS * HEAD_DIM, HIDDEN, bias=False)
        self.q_layernorm, self.k_layernorm = Norm(HEAD_DIM), Norm(HEAD_DIM)

    def forward(self, x: Tensor, rope: tuple[Tensor, Tensor]) -> Tensor:
        n, t, _ = x.shape
        q = self.q_layernorm(self.q_proj(x).view(n, t, HEADS, HEAD_DIM)).transpose(1, 2)
        k = self.k_layernorm(self.k_proj(x).view(n, t, KV_HEADS, HEAD_DIM)).transpose(1, 2)
        v = self.v_proj(x).view(n, t, KV_HEADS, HEAD_DIM).transpose(1, 2)
        q, k = rotate(q, rope), rotate(k, rope)
        k, v = k.repeat_interleave(HEADS // KV_HEADS, 1), v.repeat_interleave(HEADS // KV_HEADS, 1)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out_proj(out.transpose(1, 2).reshape(n, t, HEADS * HEAD_DIM))


def rotate(x: Tensor, rope: tuple[Tensor, Tensor]) -> Tensor:
    cos, sin = rope
    half = HEAD_DIM // 2
    turned = torch.cat((-x[..., half:], x[..., :half]), -1)
    return x * cos.to(x.dtype) + turned * sin.to(x.dtype)


class FeedForward(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w1 = nn.Linear(HIDDEN, FEED_FORWARD, bias=False)
        self.w3 = nn.Linear(HIDDEN, FEED_FORWARD, bias=False)
        self.w2 = nn.Linear(FEED_FORWARD, HIDDEN, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class Layer(nn.Module):
    def __init__(self, kind: str) -> None:
        super().__init__()
        if kind == "conv":
            self.conv: nn.Module = ShortConv()
        else:
            self.self_attn: nn.Module = Attention()
        self.kind = kind
        self.feed_forward = FeedForward()
        self.operator_norm, self.ffn_norm = Norm(HIDDEN), Norm(HIDDEN)

    def forward(self, x: Tensor, rope: tuple[Tensor, Tensor]) -> Tensor:
        mixer = self.conv if self.kind == "conv" else self.self_attn
        x = x + mixer(self.operator_norm(x), rope)
        return x + self.feed_forward(self.ffn_norm(x))


class Body(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(VOCAB, HIDDEN)
        self.layers = nn.ModuleList(Layer(kind) for kind in LAYER_TYPES)
        self.embedding_norm = Norm(HIDDEN)

    def forward(self, ids: Tensor) -> Tensor:
        t = ids.shape[1]
        frequencies = ROPE_THETA ** (-torch.arange(0, HEAD_DIM, 2).float() / HEAD_DIM)
        angles = torch.outer(torch.arange(t).float(), frequencies)
        angles = torch.cat((angles, angles), -1)
        rope = (angles.cos(), angles.sin())
        x = self.embed_tokens(ids)
        if torch.is_autocast_enabled("cpu"):
            x = x.bfloat16()
        for layer in self.layers:
            x = layer(x, rope)
        return self.embedding_norm(x)


class Starter(nn.Module):
    """Token ids in, hidden states out; the output matrix is the embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Body()
        for name, p in self.named_parameters():
            if p.ndim == 2 and "embed" not in name:
                scale = 0.5 if name.endswith(("out_proj.weight", "w2.weight")) else 1.0
                nn.init.normal_(p, std=scale * p.shape[1] ** -0.5)
            elif "embed_tokens" in name:
                # wide, so that rare words keep codes of their own; a narrow start lets Adam push them all one way
                nn.init.normal_(p, std=0.7)
            elif "embedding_norm" in name:
                nn.init.constant_(
                    p, 0.04
                )  # small logits at the start in spite of the wide embedding
            elif p.ndim == 3:
                nn.init.uniform_(p, -(L_CACHE**-0.5), L_CACHE**-0.5)

    def forward(self, ids: Tensor) -> Tensor:
        return self.model(ids)

    def logits(self, hidden: Tensor) -> Tensor:
        return F.linear(hidden, self.model.embed_tokens.weight.to(hidden.dtype))
